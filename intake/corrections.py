"""Turns the values that a reviewer types into fields that fit together, or into codes of what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from alerts.names import load_names
from extract.places.gazetteer import place_from_row, read_rows
from extract.places.records import PRECISIONS, Place
from extract.text import fold
from store.records import Incident

CORRECTABLE = (
    "role", "status", "method", "target", "date", "date_precision", "country", "admin1", "place", "lat", "lon",
    "place_precision", "munitions", "killed", "wounded", "actor", "claim",
)  # fmt: skip
ROLES = ("news", "background")
STATUSES = ("occurred", "intercepted", "foiled", "disputed")
DATE_PRECISIONS = ("day", "week", "month", "year", "unknown")
CLAIMS = ("claimed", "attributed", "none")
_NEEDED = ("role", "status", "method", "target", "date_precision", "claim")
_MOST = 100_000  # no count of people or means is larger
_LONGEST_PLACE = 120


def allowed_values() -> dict[str, tuple[str, ...]]:
    """The values that a field with a closed list may take."""
    names = load_names()
    return {
        "role": ROLES, "status": STATUSES, "date_precision": DATE_PRECISIONS, "claim": CLAIMS,
        "method": tuple(names.methods), "target": tuple(names.targets), "actor": tuple(names.actors),
        "country": tuple(names.countries), "admin1": tuple(names.governorates), "place_precision": PRECISIONS,
    }  # fmt: skip


def complete_fields(incident: Incident, fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """The fields with what follows from them: a known place brings its point, no date means an unknown precision.

    Only what the reviewer left alone is filled in; keys that nobody may set are dropped.
    """
    wanted = {name: (value or "").strip() or None for name, value in fields.items() if name in CORRECTABLE}
    wanted = {name: value for name, value in wanted.items() if value != _text(getattr(incident, name))}
    if "place" in wanted:
        _follow_place(incident, wanted)
    elif "admin1" in wanted and incident.place is not None:  # the old place lies in another governorate
        for name in ("place", "lat", "lon", "place_precision"):
            wanted.setdefault(name, None)
    if wanted.get("admin1"):
        wanted.setdefault("country", str(wanted["admin1"])[:2])
    if "date" in wanted and "date_precision" not in wanted:
        if wanted["date"] is None:
            wanted["date_precision"] = "unknown"
        elif incident.date_precision == "unknown":
            wanted["date_precision"] = "day"
    if wanted.get("date_precision") == "unknown":
        wanted.setdefault("date", None)
    if wanted.get("claim") == "none":
        wanted["actor"] = None
    elif "actor" in wanted and "claim" not in wanted:
        if wanted["actor"] is None:
            wanted["claim"] = "none"
        elif incident.claim == "none":
            wanted["claim"] = "attributed"
    return wanted


def _follow_place(incident: Incident, wanted: dict[str, str | None]) -> None:
    name = wanted["place"]
    if name is None:
        for part in ("lat", "lon", "place_precision"):
            wanted.setdefault(part, None)
        return
    if wanted.get("lat") or wanted.get("lon"):
        return
    admin1 = wanted.get("admin1", incident.admin1)
    found = find_places(name)
    same = [place for place in found if place.admin1 == admin1] or found
    if len(same) == 1:
        place = same[0]
        known = {
            "place": place.name, "lat": _text(place.lat), "lon": _text(place.lon), "admin1": place.admin1,
            "country": place.country, "place_precision": place.precision,
        }  # fmt: skip
        wanted.update(known)
    else:  # a name that the gazetteer lacks, or has twice: no point is invented
        for part in ("lat", "lon", "place_precision"):
            wanted.setdefault(part, None)


def find_faults(incident: Incident, wanted: Mapping[str, str | None]) -> list[str]:
    """What is wrong with the values, as `field:code`; nothing is stored while there is any."""
    faults = [f"{name}:missing" for name in _NEEDED if name in wanted and wanted[name] is None]
    for name, allowed in allowed_values().items():
        value = wanted.get(name)
        if value is not None and value not in allowed:
            faults.append(f"{name}:unknown")
    for name in ("killed", "wounded", "munitions"):
        value = wanted.get(name)
        if value is not None and not (re.fullmatch(r"[0-9]{1,6}", value) and int(value) <= _MOST):
            faults.append(f"{name}:number")
    for name, most in (("lat", 90.0), ("lon", 180.0)):
        value = wanted.get(name)
        if value is not None and not (re.fullmatch(r"-?\d{1,3}(\.\d{1,8})?", value) and abs(float(value)) <= most):
            faults.append(f"{name}:number")
    if len(wanted.get("place") or "") > _LONGEST_PLACE:
        faults.append("place:long")
    return [*faults, *_find_contrary(incident, wanted)]


def _find_contrary(incident: Incident, wanted: Mapping[str, str | None]) -> list[str]:
    """Values that do not go together."""
    faults = []
    day = wanted.get("date")
    if day is not None and not _is_day(day):
        faults.append("date:day")

    def final(name: str) -> str | None:
        return wanted[name] if name in wanted else _text(getattr(incident, name))

    if (final("date") is None) != (final("date_precision") == "unknown"):
        faults.append("date_precision:contrary")
    if (final("actor") is None) != (final("claim") == "none"):
        faults.append("claim:contrary")
    if (final("lat") is None) != (final("lon") is None):
        faults.append("lat:contrary")
    if final("admin1") and final("country") and not str(final("admin1")).startswith(str(final("country"))):
        faults.append("country:contrary")
    return faults


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text and 1900 < date.fromisoformat(text).year < 2200
    except ValueError:
        return False


@lru_cache(maxsize=1)
def _places_by_name() -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for row in read_rows():
        place = place_from_row(row)
        for name in (place.name, place.name_en, *row["variants"].split(";")):
            key = fold(name.strip())
            if key and place not in found.setdefault(key, []):
                found[key].append(place)
    return found


def find_places(name: str) -> list[Place]:
    """The gazetteer's places of that name, in Arabic or English, however it is spelled; those with a point alone."""
    return [place for place in _places_by_name().get(fold(name.strip()), []) if place.lat is not None]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
