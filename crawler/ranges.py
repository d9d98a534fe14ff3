"""Turns a stretch of a large file on the web into its bytes, by a range request through the guarded fetcher."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from crawler.fetch import Answer, Fetcher, Limits, Network
from crawler.outcomes import FetchFailed, classify_status, read_retry_after

NO_RANGES = "the server gives no stretches of a file: fetch it by other means, and name the file"
CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
MOST_REDIRECTS = 5
TRIES = 4
REST_SECONDS = 1.0  # after the first failure that may pass, then twice as long each time
LONGEST_REST_SECONDS = 60.0
BRIEF = frozenset({"timeout", "connection_lost", "incomplete", "server_error", "rate_limited", "unreachable"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How one asks: who one says that one is, which private hosts are allowed, seconds for a stretch."""

    user_agent: str
    allowed_private: frozenset[str] = frozenset()
    timeout_seconds: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Bytes from `start` on of a file of `total` bytes; `version` changes when the file does."""

    start: int
    body: bytes
    total: int
    version: str


async def fetch_stretch(url: str, start: int, stop: int, reach: Reach) -> Stretch:
    """Fetch the bytes from `start` to before `stop`, fewer where the file ends; raises FetchFailed.

    What may pass (a lost connection, a server that is busy) is tried again a few times.
    """
    network = Network()
    fetcher = Fetcher(network, allowed_private=reach.allowed_private)
    try:
        for attempt in range(1, TRIES + 1):
            try:
                return read_stretch(await follow(fetcher, url, start, stop, reach), start)
            except FetchFailed as failure:
                if failure.outcome not in BRIEF or attempt == TRIES:
                    raise
                rest = failure.retry_after_seconds or REST_SECONDS * 2 ** (attempt - 1)
            await asyncio.sleep(min(rest, LONGEST_REST_SECONDS))
        raise AssertionError("unreachable")
    finally:
        await fetcher.close()
        network.close()


async def follow(fetcher: Fetcher, url: str, start: int, stop: int, reach: Reach) -> Answer:
    """Ask for a range and follow redirects; each address on the way is checked like the first."""
    limits = Limits(timeout_seconds=reach.timeout_seconds, max_bytes=stop - start)
    headers = {"Range": f"bytes={start}-{stop - 1}", "Accept-Encoding": "identity", "User-Agent": reach.user_agent}
    for _ in range(MOST_REDIRECTS + 1):
        try:
            answer = await fetcher.fetch(url, headers, limits)
        except FetchFailed as failure:  # the whole file is coming
            if failure.outcome != "too_large":
                raise
            raise FetchFailed("http_error", NO_RANGES) from failure
        if answer.status not in REDIRECTS:
            return answer
        url = urljoin(url, answer.header("Location") or "")
    raise FetchFailed("http_error", "redirects without end")


def read_stretch(answer: Answer, start: int) -> Stretch:
    """Read an answer to a range request; FetchFailed where it is none."""
    if answer.status == 200:
        raise FetchFailed("http_error", NO_RANGES)
    if answer.status != 206:
        after = read_retry_after(answer.header("Retry-After"), now=datetime.now(UTC))
        word = classify_status(answer.status, retry_after=after is not None) or "http_error"
        raise FetchFailed(word, f"HTTP status {answer.status}", retry_after_seconds=after)
    told = CONTENT_RANGE.fullmatch((answer.header("Content-Range") or "").strip())
    if told is None or int(told[1]) != start or int(told[2]) + 1 - start != len(answer.body):
        raise FetchFailed("bad_response", "its Content-Range is not what was asked for")
    version = answer.header("ETag") or answer.header("Last-Modified") or ""
    return Stretch(start=start, body=answer.body, total=int(told[3]), version=f"{told[3]}:{version}")
