"""Turns when and where something happened into the known incidents that could be the same, by indexed queries only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from store.database import read_rows
from store.incidents import COLUMNS, to_incident
from store.records import Incident
from store.times import to_iso

_BOX_DEGREES = 0.8  # about 80 km: roads between towns, quarters at a border of governorates
_SLACK = {"day": (10, 10), "week": (12, 12), "month": (4, 35), "year": (4, 370)}  # days before and after the date
_UNDATED_DAYS = 21
_MOST = 60
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM incidents"
# Near in place: no place known on either side, the same governorate, or within the box.
_NEAR = (
    " AND merged_into IS NULL AND (:admin1 IS NULL OR admin1 IS NULL OR admin1 = :admin1"
    " OR (lat BETWEEN :south AND :north AND lon BETWEEN :west AND :east))"
    " ORDER BY abs(julianday(date) - julianday(:day)) LIMIT :most"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """When and where to look."""

    date: date | None
    date_precision: str
    country: str | None
    admin1: str | None
    lat: float | None
    lon: float | None
    at: datetime  # of the report


def find_candidates(db: Database, probe: Probe) -> list[Incident]:
    """The living incidents that could be the one looked for, at most some sixty of each kind of date."""
    found: dict[str, Incident] = {}
    for query, values in _queries(probe):
        for row in read_rows(db, query, values):
            found.setdefault(row["id"], to_incident(row))
    return list(found.values())


def _queries(probe: Probe) -> Iterator[tuple[str, dict[str, Any]]]:
    day = probe.date or probe.at.date()
    lat, lon = probe.lat, probe.lon
    values: dict[str, Any] = {
        "country": probe.country, "admin1": probe.admin1, "day": day.isoformat(), "most": _MOST,
        "south": None if lat is None else lat - _BOX_DEGREES, "north": None if lat is None else lat + _BOX_DEGREES,
        "west": None if lon is None else lon - _BOX_DEGREES, "east": None if lon is None else lon + _BOX_DEGREES,
    }  # fmt: skip
    if probe.date is None:
        first, last = day - timedelta(days=_UNDATED_DAYS), day + timedelta(days=1)
    else:
        before, after = _SLACK.get(probe.date_precision, _SLACK["day"])
        first, last = day - timedelta(days=before), day + timedelta(days=after)
    values |= {"first": first.isoformat(), "last": last.isoformat()}
    for country in _countries(probe):
        yield f"{_SELECT} WHERE {country} AND date BETWEEN :first AND :last{_NEAR}", values
        if probe.date is not None and probe.date_precision != "year":
            # A month's or a year's incident stands at the period's first day.
            vague = {**values, "first": f"{day.year}-01-01"}
            yield (
                (
                    f"{_SELECT} WHERE {country} AND date BETWEEN :first AND :last"
                    f" AND date_precision IN ('month', 'year'){_NEAR}"
                ),
                vague,
            )
        undated = {
            **values,
            "first": to_iso(probe.at - timedelta(days=_UNDATED_DAYS)),
            "last": to_iso(probe.at + timedelta(days=_UNDATED_DAYS)),
        }
        # The planner would rather read all of a country's undated incidents.
        seen = "INDEXED BY incidents_undated WHERE date IS NULL AND first_seen_at BETWEEN :first AND :last"
        yield f"{_SELECT} {seen} AND {country}{_NEAR}", undated


def _countries(probe: Probe) -> tuple[str, ...]:
    """Whose incidents to look among; where no country is told, all of the days' incidents."""
    if probe.country is None:
        return ("country IS NOT NULL", "country IS NULL")
    return ("country = :country", "country IS NULL")
