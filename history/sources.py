"""Turns the paths that a user names into sources, and these into parts that workers read independently."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from history.records import Part
from store.errors import MarsadError

PART_BYTES = 4 << 20  # the same for any number of workers, so that nothing depends on it
PAGES_A_PART = 200
WARC_SUFFIXES = (".warc", ".warc.gz")
LINE_SUFFIXES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
PARQUET_SUFFIXES = (".parquet",)
PAGE_SUFFIXES = (".html", ".htm", ".xhtml")


def plan_parts(paths: Iterable[Path]) -> list[Part]:
    """All parts of the named files and folders in a fixed order; MarsadError where one holds nothing readable."""
    parts: list[Part] = []
    for path in paths:
        found = list(plan_folder(path) if path.is_dir() else plan_file(path))
        if not found:
            raise MarsadError(f"{path}: holds no WARC, JSON Lines, Parquet or HTML files")
        parts += found
    return list({part.key: part for part in parts}.values())  # what was named twice is read once


def plan_folder(folder: Path) -> Iterator[Part]:
    """The archives in a folder and below, each a source; its HTML files together are one more."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        if kind_of(path) not in (None, "pages"):
            yield from plan_file(path)
    pages = [path for path in files if kind_of(path) == "pages"]
    if pages:
        names = "\n".join(str(path.relative_to(folder)) for path in pages)
        mark = hashlib.sha256(names.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        for start in range(0, len(pages), PAGES_A_PART):
            stop = min(start + PAGES_A_PART, len(pages))
            size = sum(path.stat().st_size for path in pages[start:stop])
            yield Part(source=folder.resolve(), kind="pages", fingerprint=mark, start=start, stop=stop, size=size)


def list_pages(folder: Path) -> list[Path]:
    """The HTML files of a folder in the order in which positions count them."""
    if folder.is_file():
        return [folder]
    return sorted(path for path in folder.rglob("*") if path.is_file() and kind_of(path) == "pages")


def plan_file(path: Path) -> Iterator[Part]:
    """The parts of one file; nothing where its suffix says nothing."""
    kind = kind_of(path)
    if kind is None:
        return
    stat = path.stat()
    mark = f"{stat.st_size}:{stat.st_mtime_ns}"
    path = path.resolve()
    if kind == "parquet":
        from history.tables import count_rows

        borders = count_rows(path)
        for start, stop in pairwise(borders):
            weight = stat.st_size * (stop - start) // max(1, borders[-1])
            yield Part(source=path, kind=kind, fingerprint=mark, start=start, stop=stop, size=weight)
        return
    end = 1 if kind == "pages" else max(1, stat.st_size)
    step = PART_BYTES if is_divisible(path) else end
    for start in range(0, end, step):
        stop = min(start + step, end)
        weight = stat.st_size if kind == "pages" else stop - start
        yield Part(source=path, kind=kind, fingerprint=mark, start=start, stop=stop, size=weight)


def is_divisible(path: Path) -> bool:
    """Whether a reader finds the next record from any byte: gzip members of a WARC, and plain lines."""
    return path.name.lower().endswith((".warc.gz", ".jsonl", ".ndjson"))


def kind_of(path: Path) -> str | None:
    """What a file is by its name: warc, lines, parquet, pages; None: none of these."""
    name = path.name.lower()
    kinds = {"warc": WARC_SUFFIXES, "lines": LINE_SUFFIXES, "parquet": PARQUET_SUFFIXES, "pages": PAGE_SUFFIXES}
    return next((kind for kind, suffixes in kinds.items() if name.endswith(suffixes)), None)
