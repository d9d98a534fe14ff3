"""Turns JSON Lines and Parquet files of articles (id, text; title, url, outlet, published) into entries."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from extract.reports import Malformed, parse_report, read_reports
from history.records import Broken, Entry, Part
from store.errors import MarsadError
from store.records import Report
from store.times import latest_moment

COLUMNS = ("id", "title", "text", "url", "outlet", "published")


def read_lines(part: Part, start: int) -> Iterator[Entry | Broken]:
    """The reports whose lines begin in the part, from byte `start` on (of the unpacked text, where it is gzipped)."""
    written = datetime.fromtimestamp(part.source.stat().st_mtime, UTC)
    if part.source.name.endswith(".gz"):
        with gzip.open(part.source, "rb") as stream:
            yield from read_from(cast("BinaryIO", stream), start, None, written)
        return
    with part.source.open("rb") as plain:
        if start:
            plain.seek(start - 1)
            plain.readline()  # a line that begins before the part belongs to the part before
        yield from read_from(plain, plain.tell(), part.stop, written)


def read_from(stream: BinaryIO, start: int, stop: int | None, written: datetime) -> Iterator[Entry | Broken]:
    """The lines from byte `start` on that begin before `stop`; a stream that breaks off ends with a broken entry."""
    at = start
    try:
        stream.seek(start)
        while (stop is None or at < stop) and (line := stream.readline()):
            for found in read_reports([line]):
                yield as_entry(found, at, written)
            at += len(line)
    except (OSError, EOFError) as error:
        yield Broken(position=at, problem=f"the rest of the file cannot be read: {error}")


def as_entry(found: Report | Malformed, at: int, written: datetime) -> Entry | Broken:
    """A report that counts as seen when it was published; where that is unknown, when its file was written."""
    if isinstance(found, Malformed):
        return Broken(position=at, problem=found.problem)
    seen = latest_moment(found.published, found.published_precision) if found.published else written
    return Entry(position=at, url=found.url or f"report:{found.id}", captured=seen, report=found)


def count_rows(path: Path) -> list[int]:
    """The rows at which the row groups of a Parquet file begin, and their end."""
    metadata = open_parquet(path).metadata
    borders = [0]
    for group in range(metadata.num_row_groups):
        borders.append(borders[-1] + metadata.row_group(group).num_rows)
    return borders if len(borders) > 1 else [0, 0]


def read_parquet(part: Part, start: int) -> Iterator[Entry | Broken]:
    """The reports of one row group, from row `start` on."""
    file = open_parquet(part.source)
    written = datetime.fromtimestamp(part.source.stat().st_mtime, UTC)
    group = count_rows(part.source).index(part.start)
    present = [name for name in COLUMNS if name in file.schema_arrow.names]
    try:
        rows: Iterable[dict[str, Any]] = file.read_row_group(group, columns=present).to_pylist()
    except OSError as error:
        yield Broken(position=part.start, problem=f"the row group cannot be read: {error}")
        return
    for at, row in enumerate(rows, part.start):
        if at >= start:
            yield read_row(row, at, written)


def read_row(row: dict[str, Any], at: int, written: datetime) -> Entry | Broken:
    """A row as the line of JSON that it stands for; a row without an id goes by its address."""
    fields = json.loads(json.dumps(row, default=plain_time))
    fields["id"] = fields.get("id") or fields.get("url")
    try:
        return as_entry(parse_report(fields), at, written)
    except ValueError as error:
        return Broken(position=at, problem=str(error))


def plain_time(value: Any) -> str:
    """A time or a day as ISO 8601 writes it."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def open_parquet(path: Path) -> Any:
    """Open a Parquet file; MarsadError where the extra is not installed or the file is none."""
    try:
        from pyarrow import ArrowInvalid
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise MarsadError(f"{path}: Parquet needs the extra `parquet`: pip install 'marsad[parquet]'") from error
    try:
        return ParquetFile(path)
    except (ArrowInvalid, OSError) as error:
        raise MarsadError(f"{path}: is no Parquet file: {error}") from error
