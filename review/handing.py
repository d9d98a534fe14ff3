"""Hands incidents on in the format asked for: to a browser, or piece by piece to a file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

from datasette.utils.asgi import AsgiStream, AsgiWriter, Request

from review.exports import Item, Stamp, Writer, write_csv, write_geojson, write_jsonl
from review.exports_coded import write_acled, write_plover
from review.exports_xml import write_atom, write_kml
from review.front import read_request
from review.page import Desk
from review.wording import Wording
from store.board import BoardFilter, each_incident, list_carriers, list_coders
from store.database import Database

PIECE_LENGTH = 262_144  # characters of an export that are in memory at once
FEED_LENGTH = 200  # a feed holds the newest
_PATTERN_SAFE = "abcdefghijklmnopqrstuvwxyz."


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write incidents."""

    write: Writer
    content_type: str
    most: int | None = None


FORMATS: Mapping[str, Format] = {
    "csv": Format(write=write_csv, content_type="text/csv; charset=utf-8"),
    "jsonl": Format(write=write_jsonl, content_type="application/x-ndjson; charset=utf-8"),
    "geojson": Format(write=write_geojson, content_type="application/geo+json; charset=utf-8"),
    "kml": Format(write=write_kml, content_type="application/vnd.google-earth.kml+xml; charset=utf-8"),
    "atom": Format(write=write_atom, content_type="application/atom+xml; charset=utf-8", most=FEED_LENGTH),
    "acled.csv": Format(write=write_acled, content_type="text/csv; charset=utf-8"),
    "plover.jsonl": Format(write=write_plover, content_type="application/x-ndjson; charset=utf-8"),
}
assert all(set(name) <= set(_PATTERN_SAFE) for name in FORMATS)


def write_export(
    db: Database, name: str, wanted: BoardFilter, words: Wording, *, now: datetime, public: bool = False
) -> Iterator[str]:
    """The incidents that meet the filter and were first seen by its cut-off (None: by now), in a format of FORMATS."""
    cut_off = wanted.seen_until or now
    chosen = FORMATS[name]
    stamp = Stamp(cut_off=cut_off, coders=tuple(list_coders(db)), public=public)
    rows = each_incident(db, replace(wanted, seen_until=cut_off), limit=chosen.most)
    items = (Item(row=row, carriers=list_carriers(db, row["id"])) for row in rows)
    return chosen.write(items, stamp, words)


async def give_export(desk: Desk, request: Request) -> AsgiStream:
    """The incidents of the address's filter as a file, however many; made on disk, so that memory does not grow."""
    name = request.url_vars["format"]
    _, wanted, _ = read_request(desk, request)
    words, now = desk.wording(request), desk.workings.clock()
    with ExitStack() as until_made:
        made = until_made.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline=""))
        await desk.read(lambda db: made.writelines(write_export(db, name, wanted, words, now=now)))
        held = until_made.pop_all()

    async def send(writer: AsgiWriter) -> None:
        with held:
            made.seek(0)
            while piece := made.read(PIECE_LENGTH):
                await writer.write(piece)

    headers = {} if name == "atom" else {"content-disposition": f'attachment; filename="marsad-incidents.{name}"'}
    return AsgiStream(send, headers=headers, content_type=FORMATS[name].content_type)
