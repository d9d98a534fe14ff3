"""Turns a filter of incidents into rows, counts, points and bars for the people who look at them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from store.search import MOST_ARTICLES
from store.times import to_iso

Row = dict[str, Any]
LISTS = ("method", "target", "status", "standing", "role", "country", "admin1", "actor")  # any of several values
REVIEWED = ("awaiting", "confirmed", "corrected", "rejected", "changed")
ORDERS = {
    "newest": "date DESC, first_seen_at DESC, id DESC",  # the order of the index incidents_board, backwards
    "seen": "first_seen_at DESC, id",
    "updated": "updated_at DESC, id",
    "toll": "coalesce(killed, 0) + coalesce(wounded, 0) / 4.0 DESC, date DESC, id",
    "doubtful": "confidence, date DESC, id",
}
_FACETS = ("method", "target", "status", "standing", "actor", "admin1", "country")
MOST_POINTS = 3_000
_STEPS = (("day", 120), ("week", 900))  # a bar's width by the days shown
_EXACT = "lat IS NOT NULL AND coalesce(place_precision, 'town') NOT IN ('governorate', 'region', 'country')"
_MATCHES = f"""
id IN (SELECT incident_id FROM mentions WHERE incident_id IS NOT NULL AND article_number IN
  (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match ORDER BY rowid DESC LIMIT {MOST_ARTICLES}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """Which incidents somebody wants to see; what is None or empty asks for nothing."""

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # a name of LISTS → its values
    since: date | None = None  # day of the incident
    until: date | None = None
    seen_since: datetime | None = None
    updated_since: datetime | None = None
    seen_until: datetime | None = None  # the information cut-off of an export
    publishers: int | None = None  # at least
    confidence: float | None = None  # at least
    doubt: float | None = None  # confidence below
    reviewed: str | None = None  # a word of REVIEWED
    box: tuple[float, float, float, float] | None = None  # of points on a map: west, south, east, north
    among: tuple[str, ...] | None = None  # these incidents alone: what a search found
    match: str | None = None  # an FTS5 expression over the reports
    id_prefix: str | None = None  # beside `match`: or an incident of this id


def list_board(
    db: Database, wanted: BoardFilter, *, order: str = "newest", limit: int = 50, offset: int = 0
) -> list[Row]:
    """One page of the incidents that meet the filter, each with when it was first told."""
    where, values = write_where(wanted)
    # The ids come from the index alone; whole rows are read for one page only.
    return list(
        db.query(
            "SELECT *, (SELECT min(sent_at) FROM alerts WHERE incident_id = incidents.id AND kind = 'new'"
            " AND state = 'sent') AS alerted_at FROM incidents WHERE id IN (SELECT id FROM incidents"
            f" WHERE {where} ORDER BY {ORDERS[order]} LIMIT :limit OFFSET :offset) ORDER BY {ORDERS[order]}",
            {**values, "limit": limit, "offset": offset},
        )
    )


def count_board(db: Database, wanted: BoardFilter) -> Row:
    """How many incidents meet the filter, with their killed and wounded."""
    where, values = write_where(wanted)
    return next(
        iter(
            db.query(
                "SELECT count(*) AS incidents, coalesce(sum(killed), 0) AS killed, coalesce(sum(wounded), 0) AS wounded"
                f" FROM incidents WHERE {where}",
                values,
            )
        )
    )


def count_tiles(db: Database, *, day: datetime, week: datetime) -> Row:
    """How many living incidents are new, updated or disputed since `day` and since `week`; how many await review."""
    living = "merged_into IS NULL AND standing != 'retracted'"
    recent = db.query(
        "SELECT sum(first_seen_at >= :day) AS new_day, sum(first_seen_at >= :week) AS new_week,"
        " sum(updated_at >= :day AND first_seen_at < :day) AS updated_day,"
        " sum(updated_at >= :week AND first_seen_at < :week) AS updated_week,"
        " sum(standing = 'disputed' AND updated_at >= :day) AS disputed_day,"
        " sum(standing = 'disputed' AND updated_at >= :week) AS disputed_week,"
        " sum(reviewed IS NULL AND first_seen_at >= :day) AS awaiting_day,"
        " sum(reviewed IS NULL AND first_seen_at >= :week) AS awaiting_week"
        # what was first seen since then was updated since then, and the index finds the few of a week
        f" FROM incidents INDEXED BY incidents_updated WHERE updated_at >= :week AND {living}",
        {"day": to_iso(day), "week": to_iso(week)},
    )
    awaiting = db.execute(f"SELECT count(*) FROM incidents WHERE {living} AND reviewed IS NULL").fetchone()[0]
    return {**next(iter(recent)), "awaiting": awaiting}


def list_values(db: Database) -> dict[str, list[str]]:
    """The governorates, countries and actors that occur, commonest first."""
    counted = _count_together(db, BoardFilter(), ("admin1", "country", "actor"))
    return {name: [row["value"] for row in rows] for name, rows in counted.items()}


def count_facets(db: Database, wanted: BoardFilter) -> dict[str, list[Row]]:
    """For each list, how many incidents have each value; the list's own choice is left out, so that it can grow."""
    found = _count_together(db, wanted, tuple(name for name in _FACETS if not wanted.lists.get(name)))
    for name in _FACETS:
        if wanted.lists.get(name):
            others = {key: chosen for key, chosen in wanted.lists.items() if key != name}
            found |= _count_together(db, replace(wanted, lists=others), (name,))
    return found


def _count_together(db: Database, wanted: BoardFilter, names: Sequence[str]) -> dict[str, list[Row]]:
    """How many incidents have each value of several columns, by one walk through the index."""
    where, values = write_where(wanted)
    columns = ", ".join(names)
    counts: dict[str, Counter[str]] = {name: Counter() for name in names}
    for *found, n in db.execute(f"SELECT {columns}, count(*) FROM incidents WHERE {where} GROUP BY {columns}", values):
        for name, value in zip(names, found, strict=True):
            if value is not None:
                counts[name][value] += n
    return {name: [{"value": value, "n": n} for value, n in counts[name].most_common(400)] for name in names}


def list_points(db: Database, wanted: BoardFilter, *, cell: float) -> list[Row]:
    """The incidents on a map in cells of so many degrees, the fullest first, at most MOST_POINTS.

    A cell gives its mean position, its incidents, its dead, and where it holds one incident alone that one's id.
    Incidents that are known to a governorate or less belong to no point: only to its area.
    """
    where, values = write_where(wanted)
    points = db.query(
        "SELECT avg(lat) AS lat, avg(lon) AS lon, count(*) AS n, coalesce(sum(killed), 0) AS killed,"
        f" CASE WHEN count(*) = 1 THEN min(id) END AS id FROM incidents WHERE {where} AND {_EXACT}"
        # one whole number is grouped a third faster than a pair
        " GROUP BY CAST(round(lat / :cell) AS INTEGER) * 1000000 + CAST(round(lon / :cell) AS INTEGER)"
        " ORDER BY n DESC LIMIT :most",
        {**values, "cell": cell, "most": MOST_POINTS},
    )
    return list(points)


def count_areas(db: Database, wanted: BoardFilter) -> Row:
    """The incidents by governorate: `areas`, each with how many are `vague`, that is without a point.

    `nowhere` counts those without point and governorate, `pointed` all that have a point.
    """
    where, values = write_where(wanted)
    counted = db.query(
        f"SELECT admin1 AS id, count(*) AS n, sum(NOT ({_EXACT})) AS vague FROM incidents WHERE {where}"
        " GROUP BY 1 ORDER BY n DESC",
        values,
    )
    areas = list(counted)
    nowhere = sum(area["vague"] for area in areas if area["id"] is None)
    pointed = sum(area["n"] - area["vague"] for area in areas)
    return {"areas": [area for area in areas if area["id"]], "nowhere": nowhere, "pointed": pointed}


def list_bars(db: Database, wanted: BoardFilter) -> Row:
    """The incidents over time: `bars` by day, week or month as `step` says, with `undated` ones counted apart."""
    where, values = write_where(wanted)
    days = list(
        db.query(
            f"SELECT date, count(*) AS n, coalesce(sum(killed), 0) AS killed FROM incidents WHERE {where}"
            " GROUP BY date ORDER BY date",
            values,
        )
    )
    undated = sum(row["n"] for row in days if row["date"] is None)
    days = [{**row, "date": date.fromisoformat(row["date"])} for row in days if row["date"] is not None]
    if not days:
        return {"step": "day", "bars": [], "undated": undated, "first": None, "last": None}
    first, last = days[0]["date"], days[-1]["date"]
    step = next((name for name, most in _STEPS if (last - first).days <= most), "month")
    bars: dict[str, Row] = {}
    for row in days:
        start = _first_day(row["date"], step).isoformat()
        bar = bars.setdefault(start, {"day": start, "n": 0, "killed": 0})
        bar["n"] += row["n"]
        bar["killed"] += row["killed"]
    return {
        "step": step, "bars": list(bars.values()), "undated": undated, "first": first.isoformat(),
        "last": last.isoformat(),
    }  # fmt: skip


def _first_day(day: date, step: str) -> date:
    """The first day of a day's bar: the day itself, its Monday, or the first of its month."""
    if step == "day":
        return day
    return day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)


def each_incident(db: Database, wanted: BoardFilter, *, limit: int | None = None) -> Iterator[Row]:
    """Every incident that meets the filter, newest first, for an export; without building a list of them."""
    where, values = write_where(wanted)
    query = f"SELECT * FROM incidents WHERE {where} ORDER BY {ORDERS['newest']} LIMIT :limit"
    yield from db.query(query, {**values, "limit": -1 if limit is None else limit})


def list_carriers(db: Database, incident_id: str) -> list[Row]:
    """The reports on an incident as an export names them: outlet, publisher, URL, title and time, copies included."""
    return list(
        db.query(
            "SELECT DISTINCT a.id, a.outlet_id, a.publisher, a.url, a.title, a.published_at, a.copy_of, a.coder_version"
            " FROM mentions m JOIN articles a ON a.id = m.article_id WHERE m.incident_id = ?"
            " ORDER BY coalesce(a.published_at, a.first_seen_at), a.number",
            [incident_id],
        )
    )


def list_coders(db: Database) -> list[str]:
    """The versions of the coder that the database's mentions come from."""
    return [row[0] for row in db.execute("SELECT DISTINCT coder_version FROM mentions ORDER BY 1")]


def read_stamp(db: Database) -> tuple[int | str | None, ...]:
    """Something that is another after every change of an incident, a report or a review; asked from indexes alone."""
    row = db.execute(
        "SELECT (SELECT max(id) FROM incident_history), (SELECT max(id) FROM reviews), (SELECT max(id) FROM mentions),"
        " (SELECT max(rowid) FROM incidents), (SELECT max(updated_at) FROM incidents),"
        " (SELECT max(number) FROM articles_searchable)"
    ).fetchone()
    return tuple(row)


def save_query(db: Database, name: str, query: str, *, at: datetime, by: str) -> None:
    """Keep a filter under a name; the same name again replaces it."""
    db.execute("INSERT OR REPLACE INTO saved_queries VALUES (?, ?, ?, ?)", (name, query, to_iso(at), by))


def drop_query(db: Database, name: str) -> None:
    """Forget a saved filter."""
    db.execute("DELETE FROM saved_queries WHERE name = ?", (name,))


def list_queries(db: Database) -> list[Row]:
    """The saved filters by name."""
    return list(db.query("SELECT * FROM saved_queries ORDER BY name"))


def write_where(wanted: BoardFilter) -> tuple[str, dict[str, Any]]:
    """The filter as SQL and its values. Rejected incidents are left out unless they are asked for."""
    parts, values = ["merged_into IS NULL"], dict[str, Any]()
    for name, chosen in wanted.lists.items():
        assert name in LISTS
        marks = []
        for place, value in enumerate(chosen):
            values[f"{name}_{place}"] = value
            marks.append(f":{name}_{place}")
        if marks:
            # the plus keeps SQLite from an index that lacks the other columns
            parts.append(f"+{name} IN ({', '.join(marks)})")
    if "retracted" not in wanted.lists.get("standing", ()) and wanted.reviewed != "rejected":
        parts.append("standing != 'retracted'")
    bounds: tuple[tuple[str, str, str, Any], ...] = (
        ("date", ">=", "since", wanted.since and wanted.since.isoformat()),
        ("date", "<=", "until", wanted.until and wanted.until.isoformat()),
        ("first_seen_at", ">=", "seen_since", wanted.seen_since and to_iso(wanted.seen_since)),
        ("first_seen_at", "<=", "seen_until", wanted.seen_until and to_iso(wanted.seen_until)),
        ("updated_at", ">=", "updated_since", wanted.updated_since and to_iso(wanted.updated_since)),
        ("publishers", ">=", "publishers", wanted.publishers),
        ("confidence", ">=", "confidence", wanted.confidence),
        ("confidence", "<", "doubt", wanted.doubt),
    )
    for column, sign, name, value in bounds:
        if value is not None:
            parts.append(f"{column} {sign} :{name}")
            values[name] = value
    if wanted.reviewed == "awaiting":
        parts.append("reviewed IS NULL")
    elif wanted.reviewed == "changed":
        parts.append("reviewed IS NOT NULL AND updated_at > reviewed_at")
    elif wanted.reviewed:
        parts.append("reviewed = :reviewed")
        values["reviewed"] = wanted.reviewed
    if wanted.box is not None:
        values |= dict(zip(("west", "south", "east", "north"), wanted.box, strict=True))
        parts.append("lat BETWEEN :south AND :north AND lon BETWEEN :west AND :east")
    if wanted.among is not None:
        values["among"] = json.dumps(wanted.among)
        parts.append("id IN (SELECT value FROM json_each(:among))")
    if wanted.match is not None:
        values["match"] = wanted.match
        if wanted.id_prefix:
            parts.append(f"({_MATCHES} OR id = :id_prefix)")
            values["id_prefix"] = wanted.id_prefix
        else:
            parts.append(_MATCHES)
    return " AND ".join(parts), values
