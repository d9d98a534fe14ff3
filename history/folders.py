"""Turns a folder of saved HTML files into entries, each under the address that the page itself states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from crawler.saved import find_stated_address
from history.records import Broken, Entry, Part
from history.sources import list_pages


def read_pages(part: Part, start: int) -> Iterator[Entry | Broken]:
    """The files from number `start` on; a file counts as captured when it was last written."""
    paths = list_pages(part.source)
    for number in range(start, min(part.stop, len(paths))):
        path = paths[number]
        try:
            body, written = path.read_bytes(), path.stat().st_mtime
        except OSError as error:
            yield Broken(position=number, problem=f"{path.name}: {error.strerror}")
            continue
        yield Entry(
            position=number, url=find_stated_address(body) or path.as_uri(),
            captured=datetime.fromtimestamp(written, UTC), content_type="text/html", load=partial(bytes, body),
        )  # fmt: skip
