"""Turns incidents into what other programs read: one function a format, each yielding text piece by piece."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from review.marking import plain
from review.wording import Wording
from store.records import Incident
from store.times import to_iso

Row = Mapping[str, Any]
FIELDS = (
    "id", "role", "status", "standing", "method", "target", "date", "date_precision", "country", "admin1", "place",
    "lat", "lon", "place_precision", "munitions", "killed", "killed_low", "killed_high", "wounded", "wounded_low",
    "wounded_high", "actor", "claim", "confidence", "reports", "publishers", "title", "first_published_at",
    "first_seen_at", "updated_at", "reviewed", "reviewed_at",
)  # fmt: skip
OUTLETS_WORDS = ("title",)  # what a public copy leaves out
assert set(FIELDS) <= {*Incident.__slots__, "reviewed", "reviewed_at"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What an export must say of itself."""

    cut_off: datetime  # nothing that was first seen later is in it
    coders: tuple[str, ...]  # versions of the coder
    public: bool = False  # without any outlet's words

    @property
    def version(self) -> str:
        return ", ".join(self.coders)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One incident with the reports that carry it."""

    row: Row
    carriers: Sequence[Row]


Writer = Callable[[Iterable[Item], Stamp, Wording], Iterator[str]]


def shown_fields(stamp: Stamp) -> tuple[str, ...]:
    """The columns of an export."""
    return tuple(name for name in FIELDS if not (stamp.public and name in OUTLETS_WORDS))


def plain_row(item: Item, stamp: Stamp) -> dict[str, Any]:
    """An incident's values without hidden marks, its sources and the stamp."""
    row: dict[str, Any] = {
        name: plain(item.row[name]) if isinstance(item.row[name], str) else item.row[name]
        for name in shown_fields(stamp)
    }
    row["sources"] = [
        {
            "outlet": carrier["outlet_id"], "publisher": carrier["publisher"], "url": carrier["url"],
            "published_at": carrier["published_at"], "copy": carrier["copy_of"] is not None,
        }
        for carrier in item.carriers
    ]  # fmt: skip
    row["information_cut_off"], row["coder_version"] = to_iso(stamp.cut_off), stamp.version
    return row


def safe_cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: text that begins like one gets an apostrophe in front."""
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def write_table(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A CSV file with a header line; for Excel it begins with a byte order mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(names)
    for row in rows:
        writer.writerow([safe_cell(row.get(name)) for name in names])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def write_csv(items: Iterable[Item], stamp: Stamp, words: Wording) -> Iterator[str]:
    """Every field, with the outlets and addresses of the sources in one cell each."""
    del words
    names = (*shown_fields(stamp), "source_outlets", "source_urls", "information_cut_off", "coder_version")

    def rows() -> Iterator[dict[str, Any]]:
        for item in items:
            row = plain_row(item, stamp)
            row["source_outlets"] = "; ".join(source["outlet"] for source in row["sources"])
            row["source_urls"] = " ".join(source["url"] for source in row["sources"])
            yield row

    return write_table(names, rows())


def write_jsonl(items: Iterable[Item], stamp: Stamp, words: Wording) -> Iterator[str]:
    """One JSON object a line."""
    del words
    for item in items:
        yield json.dumps(plain_row(item, stamp), ensure_ascii=False) + "\n"


def write_geojson(items: Iterable[Item], stamp: Stamp, words: Wording) -> Iterator[str]:
    """A feature collection (RFC 7946); incidents without a point have no geometry."""
    head = {"information_cut_off": to_iso(stamp.cut_off), "coder_version": stamp.version}
    yield f'{{"type": "FeatureCollection", {json.dumps(head, ensure_ascii=False)[1:-1]}, "features": [\n'
    comma = ""
    for item in items:
        row = plain_row(item, stamp)
        lat, lon = row.pop("lat"), row.pop("lon")
        point = None if lat is None else {"type": "Point", "coordinates": [lon, lat]}
        properties = {**row, "label": str(words.headline(item.row))}
        feature = {"type": "Feature", "id": row["id"], "geometry": point, "properties": properties}
        yield comma + json.dumps(feature, ensure_ascii=False)
        comma = ",\n"
    yield "\n]}\n"
