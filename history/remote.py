"""Turns WARC files on the web into parts, and a part into its records: each stretch is fetched by who reads it.

Nothing of a file is kept. A server has to give stretches of files (range requests), as archives' servers do.
"""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from crawler.outcomes import FetchFailed
from crawler.ranges import Reach, Stretch, fetch_stretch
from history.records import Broken, Entry, Part, Remote, Unreachable
from history.sources import PART_BYTES
from history.warc import find_record, read_stream

TAIL = 1 << 20  # fetched beyond a part's end for its last record, twice as much each time until that is whole
LONGEST_TAIL = 1 << 26
AT_ONCE = 4  # files whose size is asked at one time
# CC-NEWS-20240131235959-00001.warc.gz: when the file was begun.
STAMP = re.compile(r"(?<!\d)((?:19|20)\d{6})\d{6}(?!\d)")


class Window(io.BytesIO):
    """A stretch of a file in memory that counts positions as the whole file does."""

    def __init__(self, start: int, body: bytes) -> None:
        super().__init__(body)
        self._start = start

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position of the whole file."""
        return self._start + super().seek(max(0, offset - self._start) if whence == io.SEEK_SET else offset, whence)

    def tell(self) -> int:
        """The position in the whole file."""
        return self._start + super().tell()


def plan_remote(urls: Sequence[str], reach: Reach) -> tuple[list[Part], list[str]]:
    """The parts of WARC files on the web, and in words which of these files cannot be had now."""
    asked = asyncio.run(ask_sizes(urls, reach))
    parts, problems = list[Part](), list[str]()
    for url, told in zip(urls, asked, strict=True):
        if isinstance(told, FetchFailed):
            problems.append(f"{url}: {told}")
            continue
        name = Path(urlsplit(url).path).name
        for start in range(0, told.total, PART_BYTES):
            stop = min(start + PART_BYTES, told.total)
            parts.append(
                Part(
                    source=Path(name), kind="warc", fingerprint=told.version, start=start, stop=stop,
                    size=stop - start, remote=Remote(url=url, reach=reach),
                )
            )  # fmt: skip
    return parts, problems


async def ask_sizes(urls: Sequence[str], reach: Reach) -> list[Stretch | FetchFailed]:
    """The first byte of each file, which tells its size and version."""
    places = asyncio.Semaphore(AT_ONCE)

    async def ask(url: str) -> Stretch | FetchFailed:
        async with places:
            try:
                return await fetch_stretch(url, 0, 1, reach)
            except FetchFailed as failure:
                return failure

    return list(await asyncio.gather(*map(ask, urls)))


def is_before(url: str, since: date | None) -> bool:
    """Whether a file was begun, and by its name ended, too long before `since` to hold anything of that day."""
    told = STAMP.search(Path(urlsplit(url).path).name)
    if told is None or since is None:
        return False
    try:
        begun = datetime.strptime(told[1], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return False
    return begun + timedelta(days=2) < since  # a file of CC-NEWS is full within hours


def read_remote(part: Part, remote: Remote, start: int) -> Iterator[Entry | Broken]:
    """The records that begin in the part, from `start` on; Unreachable where the file cannot be had, or is another."""
    window, end = fetch_window(part, remote, start)
    return read_stream(window, start, min(part.stop, end), gzipped=True)


def fetch_window(part: Part, remote: Remote, start: int) -> tuple[Window, int]:
    """The stretch from `start` to where the last record that begins in the part is over, and where that is."""
    body, tail = bytearray(), TAIL
    while True:
        at = start + len(body)
        told = fetch_now(remote, at, max(part.stop, start) + tail)
        if told.version != part.fingerprint:
            raise Unreachable("it changed since it was planned")
        body += told.body
        end, whole = start + len(body), start + len(body) >= told.total
        window = Window(start, bytes(body))
        over = find_record(window, part.stop, end) if end > part.stop else None
        if over is not None:
            return Window(start, bytes(body[: over - start])), over
        if whole or tail >= LONGEST_TAIL:
            return window, end
        tail *= 2


def fetch_now(remote: Remote, start: int, stop: int) -> Stretch:
    """Fetch in a worker, where no event loop runs."""
    try:
        return asyncio.run(fetch_stretch(remote.url, start, stop, remote.reach))
    except FetchFailed as failure:
        raise Unreachable(str(failure)) from failure
