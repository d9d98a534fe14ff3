"""Turns incidents into columns like those of ACLED and PLOVER, by the table review/data/mapping.csv."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from review.exports import Item, Stamp, safe_cell, write_table
from review.wording import Wording
from store.times import to_iso

ACLED_COLUMNS = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type", "sub_event_type", "actor1",
    "actor2", "civilian_targeting", "country", "admin1", "location", "latitude", "longitude", "geo_precision", "source",
    "notes", "fatalities", "tags", "timestamp", "information_cut_off", "coder_version",
)  # fmt: skip
# ACLED's codebook: time 1 the day, 2 the week, 3 the month; place 1 exact, 2 part of a region, 3 the region.
_TIME = {"day": 1, "week": 2, "month": 3, "year": 3}
_PLACE = {"site": 1, "quarter": 1, "village": 1, "town": 1, None: 1, "district": 2, "governorate": 3, "region": 3}
_UNARMED = ("civilians", "government", "diplomatic", "us_diplomatic", "infrastructure")


@cache
def load_mapping() -> Mapping[str, Mapping[str, str]]:
    """Method → what the other two data sets call it."""
    lines = (files("review") / "data" / "mapping.csv").read_text(encoding="utf-8").splitlines()
    return {row["method"]: row for row in csv.DictReader(lines)}


def acled_row(item: Item, stamp: Stamp, words: Wording) -> dict[str, Any]:
    """One incident in ACLED's manner; what is not known is empty, fatalities too."""
    row, mapped = item.row, load_mapping()[item.row["method"]]
    event, sub_event = mapped["acled_event_type"], mapped["acled_sub_event_type"]
    if row["method"] == "gunfire" and row["target"] in _UNARMED:
        event, sub_event = "Violence against civilians", "Attack"
    if row["status"] == "foiled":
        event, sub_event = "Strategic developments", "Disrupted weapons use"
    has_point = row["lat"] is not None
    return {
        "event_id_cnty": row["id"],
        "event_date": row["date"],
        "year": row["date"][:4] if row["date"] else None,
        "time_precision": _TIME.get(row["date_precision"]),
        "disorder_type": "Strategic developments" if event == "Strategic developments" else "Political violence",
        "event_type": event,
        "sub_event_type": sub_event,
        "actor1": words.value("actor", row["actor"]) if row["actor"] else None,
        "actor2": words.value("target", row["target"]) if row["target"] not in ("other", "unknown") else None,
        "civilian_targeting": "Civilian targeting" if row["target"] == "civilians" else None,
        "country": words.value("country", row["country"]) if row["country"] else None,
        "admin1": words.value("admin1", row["admin1"]) if row["admin1"] else None,
        "location": row["place"],
        "latitude": row["lat"],
        "longitude": row["lon"],
        "geo_precision": _PLACE.get(row["place_precision"]) if has_point else None,
        "source": "; ".join(dict.fromkeys(carrier["publisher"] for carrier in item.carriers)),
        "notes": f"{words.headline(row)} · {words.value('status', row['status'])}",
        "fatalities": row["killed"],
        "tags": f"standing={row['standing']}; claim={row['claim']}; reviewed={row['reviewed'] or 'no'}",
        "timestamp": row["updated_at"],
        "information_cut_off": to_iso(stamp.cut_off),
        "coder_version": stamp.version,
    }


def write_acled(items: Iterable[Item], stamp: Stamp, words: Wording) -> Iterator[str]:
    """A CSV file with ACLED's columns as far as they are known, in the words' language."""
    return write_table(ACLED_COLUMNS, (acled_row(item, stamp, words) for item in items))


def plover_row(item: Item, stamp: Stamp, words: Wording) -> dict[str, Any]:
    """One incident in PLOVER's manner: who did what to whom, when and where."""
    row, mapped = item.row, load_mapping()[item.row["method"]]
    contexts = ["military"] if row["target"].endswith("forces") or row["target"].startswith("coalition") else []
    return {
        "id": row["id"],
        "event": mapped["plover_event"],
        "mode": mapped["plover_mode"] or None,
        "context": contexts,
        "source": [{"code": row["actor"], "text": words.value("actor", row["actor"])}] if row["actor"] else [],
        "target": [{"code": row["target"], "text": words.value("target", row["target"])}],
        "date": row["date"],
        "date_precision": row["date_precision"],
        "location": {
            "country": row["country"], "adm1": row["admin1"], "name": row["place"],
            "lat": row["lat"], "lon": row["lon"],
        },
        "fatalities": {"best": row["killed"], "low": row["killed_low"], "high": row["killed_high"]},
        "status": row["status"],
        "publishers": sorted({carrier["publisher"] for carrier in item.carriers}),
        "urls": [safe_cell(carrier["url"]) for carrier in item.carriers],
        "information_cut_off": to_iso(stamp.cut_off),
        "coder_version": stamp.version,
    }  # fmt: skip


def write_plover(items: Iterable[Item], stamp: Stamp, words: Wording) -> Iterator[str]:
    """One JSON object a line, with PLOVER's words."""
    for item in items:
        yield json.dumps(plover_row(item, stamp, words), ensure_ascii=False) + "\n"
