"""Turns kept pages into a WARC file (ISO 28500, version 1.1), so that other tools can show what was seen and when."""

from __future__ import annotations

import base64
import gzip
import hashlib
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import BinaryIO

from store.records import Page

# The stored body is unpacked and whole, so what spoke of the way it travelled no longer holds.
TRANSPORT_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"})
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 4122, for URLs: the same page gets the same id


def write_warc(stream: BinaryIO, pages: Iterable[Page], *, software: str, now: datetime) -> int:
    """Write pages as gzipped records, each a member of its own; returns how many. Pages without an answer are left out.

    A Telegram message, which is a part of a page, becomes a `resource` record; every other page a `response`.
    """
    count = 0
    stream.write(gzip.compress(info_record(software, now), mtime=0))
    for page in pages:
        for record in page_records(page):
            stream.write(gzip.compress(record, mtime=0))
            count += 1
    return count


def page_records(page: Page) -> Iterator[bytes]:
    """Return a page's record; nothing where there is no body."""
    if page.body is None:
        return
    common = [
        ("WARC-Target-URI", page.requested_url),
        ("WARC-Date", warc_date(page.fetched_at)),
        ("WARC-Payload-Digest", digest(page.body)),
    ]
    identity = f"{page.requested_url} {page.fetched_at.isoformat()} {digest(page.body)}"
    if page.status is None:
        headers = [("WARC-Type", "resource"), *common, ("Content-Type", page.content_type or "text/html")]
        yield record(headers, page.body, identity)
        return
    headers = [("WARC-Type", "response"), *common, ("Content-Type", "application/http; msgtype=response")]
    yield record(headers, http_block(page, page.body), identity)


def http_block(page: Page, body: bytes) -> bytes:
    """Return the answer as HTTP/1.1 would carry its stored body."""
    assert page.status is not None
    kept = [(name, value) for name, value in page.headers if name.lower() not in TRANSPORT_HEADERS]
    if page.content_type and not any(name.lower() == "content-type" for name, _ in kept):
        kept.append(("Content-Type", page.content_type))
    kept.append(("Content-Length", str(len(body))))
    lines = [f"HTTP/1.1 {page.status} {reason(page.status)}", *(f"{name}: {one_line(value)}" for name, value in kept)]
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + body


def info_record(software: str, now: datetime) -> bytes:
    """Return the record that says what wrote the file."""
    fields = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    headers = [("WARC-Type", "warcinfo"), ("WARC-Date", warc_date(now)), ("Content-Type", "application/warc-fields")]
    return record(headers, fields, f"{software} {now.isoformat()}")


def record(headers: list[tuple[str, str]], block: bytes, identity: str) -> bytes:
    """Return one record: head, block and the two empty lines that end it."""
    head = [
        ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid5(NAMESPACE, identity)}>"),
        *headers,
        ("WARC-Block-Digest", digest(block)),
        ("Content-Length", str(len(block))),
    ]
    lines = ["WARC/1.1", *(f"{name}: {one_line(value)}" for name, value in head)]
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + block + b"\r\n\r\n"


def digest(data: bytes) -> str:
    """Return a digest as WARC files write it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode("ascii")


def warc_date(moment: datetime) -> str:
    """Return a time as WARC files write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reason(status: int) -> str:
    """Return a status's usual phrase."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def one_line(value: str) -> str:
    """Return a header's value without line breaks, which would end the header."""
    return " ".join(value.split())
