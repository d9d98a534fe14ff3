"""Turns parts of archives into a Parquet data set partitioned by month: `FOLDER/month=YYYY-MM/PART.parquet`.

A row is an article with what it tells of, as `mentions` (JSON). Nothing is linked or told, and no database is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from history.backfill import Engine, Ledger
from history.records import Batch, Found, Job, Part, PartResult, Wanted
from store.articles import name_article
from store.errors import MarsadError
from store.times import iso_or_none, to_iso

DONE = "_parts"  # one file a part that is written; readers of data sets pass over names that begin so
COLUMNS = (
    "article_id", "url", "outlet", "title", "text", "published_at", "published_precision", "captured_at",
    "coder_version", "mentions",
)  # fmt: skip


def write_dataset(
    folder: Path,
    parts: Sequence[Part],
    wanted: Wanted,
    engine: Engine,
    *,
    on_batch: Callable[[Part, Batch], None] = lambda part, batch: None,
    on_part: Callable[[Part], None] = lambda part: None,
) -> Ledger:
    """Read what is left of `parts` and write a file a part and month; what an earlier run has written is left alone.

    A file depends on its part and on `wanted` alone, so that any engine and number of workers give the same bytes.
    """
    import_pyarrow()
    (folder / DONE).mkdir(parents=True, exist_ok=True)
    ledger, jobs = Ledger(), list[Job]()
    for part in parts:
        done = folder / DONE / f"{name_part(part, wanted)}.json"
        if done.exists():
            counts = json.loads(done.read_text(encoding="utf-8"))
            ledger.counts.update(counts)
            ledger.resumed += counts.get("records", 0)
            on_part(part)
        else:
            jobs.append(Job(part=part, wanted=wanted, start=part.start))
    for result in engine(jobs) if jobs else ():
        if result.problem is not None:
            ledger.lost.append(result)
            continue
        write_part(folder, result, wanted, ledger)
        for batch in result.batches:
            on_batch(result.part, batch)
        on_part(result.part)
    return ledger


def write_part(folder: Path, result: PartResult, wanted: Wanted, ledger: Ledger) -> None:
    """Write a part's articles by month, and then that it is done."""
    name, counts = name_part(result.part, wanted), Counter[str]()
    months: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for batch in result.batches:
        counts.update(batch.counts)
        counts["broken"] += len(batch.broken)
        ledger.broken += [(result.part, broken) for broken in batch.broken]
        for found in batch.found:
            counts["new" if found.article else "rejected"] += 1
            if (row := as_row(found)) is not None:
                counts["mentions"] += len(found.coding.mentions) if found.coding else 0
                months[(row["published_at"] or row["captured_at"])[:7]].append(row)
    for month, rows in months.items():
        write_rows(folder / f"month={month}" / f"{name}.parquet", rows)
    ledger.counts.update(+counts)
    ledger.read += counts["records"]
    write_whole(folder / DONE / f"{name}.json", json.dumps(+counts, sort_keys=True).encode())


def as_row(found: Found) -> dict[str, Any] | None:
    """One article as the data set keeps it; None for a page that is none."""
    article, coding = found.article, found.coding
    if article is None:
        return None
    mentions = [asdict(mention) for mention in coding.mentions] if coding else []
    values = (
        name_article(article.url), article.url, found.outlet.id, article.title, article.text,
        iso_or_none(article.published), article.published_precision, to_iso(found.captured),
        coding.coder_version if coding else None, json.dumps(mentions, ensure_ascii=False, default=str),
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """One file, all its columns text."""
    pyarrow = import_pyarrow()
    from pyarrow import parquet

    schema = pyarrow.schema([(column, pyarrow.string()) for column in COLUMNS])
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), sink, compression="zstd")
    path.parent.mkdir(exist_ok=True)
    write_whole(path, sink.getvalue().to_pybytes())


def write_whole(path: Path, content: bytes) -> None:
    """All of a file or nothing of it, whatever ends the process."""
    half = path.with_name(f"_{path.name}.half")
    half.write_bytes(content)
    os.replace(half, path)


def name_part(part: Part, wanted: Wanted) -> str:
    """A name for what one part gives under one choice of records."""
    return hashlib.sha256(repr((part.key, part.stop, wanted.name)).encode()).hexdigest()[:24]


def import_pyarrow() -> Any:
    """The library; MarsadError where the extra is missing."""
    try:
        import pyarrow
    except ImportError as error:
        raise MarsadError("--parquet needs the extra `parquet`: pip install 'marsad[parquet]'") from error
    return pyarrow
