"""Turns a stretch of a WARC file into its responses, one by one, going on after a record that is broken.

In a .warc.gz each record is a gzip member of its own (ISO 28500, annex D), so that reading can start at any of them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from history.records import Broken, Entry, Part

GZIP_MAGIC = b"\x1f\x8b\x08"
CHUNK = 1 << 16
LONGEST_BODY = 10_000_000  # bytes; what is longer is no article


def read_warc(part: Part, start: int) -> Iterator[Entry | Broken]:
    """The responses and resources from the first record at or after `start` up to the part's end."""
    with part.source.open("rb") as stream:
        yield from read_stream(stream, start, part.stop, gzipped=part.source.name.lower().endswith(".gz"))


def read_stream(stream: BinaryIO, start: int, stop: int, *, gzipped: bool) -> Iterator[Entry | Broken]:
    """The same of an open file."""
    at = find_record(stream, start, stop) if gzipped else start
    while at is not None and at < stop:
        last = at
        try:
            for record in open_records(stream, at):
                last = int(record.stream_pos)
                if last >= stop:
                    return
                yield from read_record(record, last)
            return
        except OSError as error:
            if not gzipped:
                yield Broken(position=last, problem=f"{describe(error)}; the rest of the file is lost")
                return
            following = find_record(stream, last + 1, stop)
            if last == at:
                yield Broken(position=at, problem=describe(error))
            at = following


def open_records(stream: BinaryIO, at: int) -> Iterator[WarcRecord]:
    """The records from byte `at` on."""
    stream.seek(at)
    kinds = WarcRecordType.response | WarcRecordType.resource
    return iter(ArchiveIterator(stream, record_types=kinds, parse_http=True, auto_decode="all"))


def read_record(record: WarcRecord, position: int) -> Iterator[Entry | Broken]:
    """One record as an entry; OSError from its `load` is a broken record too."""
    http = record.http_headers if record.is_http else None
    captured = record.record_date
    url = record.headers.get("WARC-Target-URI") or ""
    if captured is None or not url:
        yield Broken(position=position, problem="no address or no date in its head")
        return
    yield Entry(
        position=position, url=url.strip("<>"), captured=as_utc(captured),
        status=(http.status_code or 0) if http is not None else 200,
        content_type=(http.get("Content-Type") if http is not None else record.headers.get("Content-Type")),
        load=lambda: load_body(record),
    )  # fmt: skip


def load_body(record: WarcRecord) -> bytes:
    """The body, unpacked; OSError where it is torn."""
    length = record.content_length
    body = bytes(record.reader.read(LONGEST_BODY + 1))
    if length and not body:
        raise OSError("the record is torn: its body is missing")
    stated = record.http_headers.get("Content-Length") if record.http_headers is not None else None
    encoded = record.http_headers is not None and record.http_headers.get("Content-Encoding")
    if stated and stated.isdigit() and not encoded and len(body) < min(int(stated), length, LONGEST_BODY):
        raise OSError(f"the record is torn: {len(body)} of {stated} bytes")
    return body


def find_record(stream: BinaryIO, start: int, stop: int) -> int | None:
    """The first byte from `start` on, before `stop`, at which a gzipped WARC record begins; None where none does."""
    at = start
    while at < stop:
        stream.seek(at)
        chunk = stream.read(CHUNK)
        if len(chunk) < len(GZIP_MAGIC):
            return None
        found = chunk.find(GZIP_MAGIC)
        while found >= 0:
            if at + found >= stop:
                return None
            if begins_record(stream, at + found):
                return at + found
            found = chunk.find(GZIP_MAGIC, found + 1)
        at += len(chunk) - len(GZIP_MAGIC) + 1
    return None


def begins_record(stream: BinaryIO, at: int) -> bool:
    """Whether the gzip member at a byte unpacks to the head of a WARC record."""
    stream.seek(at)
    try:
        return zlib.decompressobj(31).decompress(stream.read(4096), 5) == b"WARC/"
    except zlib.error:
        return False


def as_utc(moment: datetime) -> datetime:
    """The capture's time; WARC dates are UTC even where they do not say so."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def describe(error: OSError) -> str:
    """What the reader says, in one line."""
    return " ".join(str(error).split()) or "unreadable"
