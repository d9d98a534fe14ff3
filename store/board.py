"""Turns a filter of incidents into rows, counts, points and bars for the people who look at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from store.search import MOST_ARTICLES
from store.times import to_iso

Row = dict[str, Any]
LISTS = ("method", "target", "status", "standing", "role", "country", "admin1", "actor")  # any of several values
REVIEWED = ("awaiting", "confirmed", "corrected", "rejected", "changed")
ORDERS = {
    "newest": "date IS NULL, date DESC, first_seen_at DESC, id",
    "seen": "first_seen_at DESC, id",
    "updated": "updated_at DESC, id",
    "toll": "coalesce(killed, 0) + coalesce(wounded, 0) / 4.0 DESC, date DESC, id",
    "doubtful": "confidence, date DESC, id",
}
_FACETS = ("method", "target", "status", "standing", "actor", "admin1", "country")
_MOST_POINTS = 3_000
_MATCHES = f"""
id IN (SELECT m.incident_id FROM mentions m JOIN articles a ON a.id = m.article_id WHERE a.number IN
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
    match: str | None = None  # an FTS5 expression over the reports
    id_prefix: str | None = None  # beside `match`: or an incident of this id


def list_board(
    db: Database, wanted: BoardFilter, *, order: str = "newest", limit: int = 50, offset: int = 0
) -> list[Row]:
    """One page of the incidents that meet the filter, each with when it was first told."""
    where, values = write_where(wanted)
    return list(
        db.query(
            "SELECT *, (SELECT min(sent_at) FROM alerts WHERE incident_id = incidents.id AND kind = 'new'"
            f" AND state = 'sent') AS alerted_at FROM incidents WHERE {where} ORDER BY {ORDERS[order]}"
            " LIMIT :limit OFFSET :offset",
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
    return next(
        iter(
            db.query(
                "SELECT sum(first_seen_at >= :day) AS new_day, sum(first_seen_at >= :week) AS new_week,"
                " sum(updated_at >= :day AND first_seen_at < :day) AS updated_day,"
                " sum(updated_at >= :week AND first_seen_at < :week) AS updated_week,"
                " sum(standing = 'disputed' AND updated_at >= :day) AS disputed_day,"
                " sum(standing = 'disputed' AND updated_at >= :week) AS disputed_week,"
                " sum(reviewed IS NULL AND first_seen_at >= :day) AS awaiting_day,"
                " sum(reviewed IS NULL AND first_seen_at >= :week) AS awaiting_week,"
                " sum(reviewed IS NULL) AS awaiting FROM incidents"
                " WHERE merged_into IS NULL AND standing != 'retracted'",
                {"day": to_iso(day), "week": to_iso(week)},
            )
        )
    )


def list_values(db: Database) -> dict[str, list[str]]:
    """The governorates, countries and actors that occur, commonest first."""
    found = {}
    for name in ("admin1", "country", "actor"):
        rows = db.execute(
            f"SELECT {name} FROM incidents WHERE merged_into IS NULL AND {name} IS NOT NULL GROUP BY 1"
            " ORDER BY count(*) DESC, 1"
        )
        found[name] = [row[0] for row in rows]
    return found


def count_facets(db: Database, wanted: BoardFilter) -> dict[str, list[Row]]:
    """For each list, how many incidents have each value; the list's own choice is left out, so that it can grow."""
    found = {}
    for name in _FACETS:
        others = {key: chosen for key, chosen in wanted.lists.items() if key != name}
        where, values = write_where(replace(wanted, lists=others))
        query = f"SELECT {name} AS value, count(*) AS n FROM incidents WHERE {where} AND {name} IS NOT NULL"
        found[name] = list(db.query(f"{query} GROUP BY 1 ORDER BY n DESC, value LIMIT 40", values))
    return found


def list_points(db: Database, wanted: BoardFilter, *, cell: float) -> Row:
    """The incidents on a map: `points` in cells of so many degrees, `areas` counted by governorate, `nowhere` the rest.

    A cell gives its mean position, its incidents, its dead, and where it holds one incident alone that one's id.
    Incidents that are known to a governorate or less belong to no point: only to its area.
    """
    where, values = write_where(wanted)
    exact = "lat IS NOT NULL AND coalesce(place_precision, 'town') NOT IN ('governorate', 'region', 'country')"
    points = db.query(
        "SELECT avg(lat) AS lat, avg(lon) AS lon, count(*) AS n, coalesce(sum(killed), 0) AS killed,"
        f" CASE WHEN count(*) = 1 THEN min(id) END AS id FROM incidents WHERE {where} AND {exact}"
        " GROUP BY round(lat / :cell), round(lon / :cell) ORDER BY n DESC LIMIT :most",
        {**values, "cell": cell, "most": _MOST_POINTS},
    )
    areas = db.query(
        f"SELECT admin1 AS id, count(*) AS n, sum(NOT ({exact})) AS vague FROM incidents WHERE {where}"
        " AND admin1 IS NOT NULL GROUP BY 1 ORDER BY n DESC",
        values,
    )
    query = f"SELECT count(*) FROM incidents WHERE {where} AND admin1 IS NULL AND NOT ({exact})"
    nowhere = db.execute(query, values).fetchone()[0]
    return {"points": list(points), "areas": list(areas), "nowhere": nowhere}


def list_bars(db: Database, wanted: BoardFilter) -> Row:
    """The incidents over time: `bars` by day, week or month as `step` says, with `undated` ones counted apart."""
    where, values = write_where(wanted)
    first, last, dated, total = db.execute(
        f"SELECT min(date), max(date), count(date), count(*) FROM incidents WHERE {where}", values
    ).fetchone()
    if first is None:
        return {"step": "day", "bars": [], "undated": total, "first": None, "last": None}
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days
    step = "day" if days <= 120 else "week" if days <= 900 else "month"
    start = {
        "day": "date",
        "week": "date(date, 'weekday 0', '-6 days')",
        "month": "substr(date, 1, 7) || '-01'",
    }[step]
    bars = db.query(
        f"SELECT {start} AS day, count(*) AS n, coalesce(sum(killed), 0) AS killed FROM incidents WHERE {where}"
        " AND date IS NOT NULL GROUP BY 1 ORDER BY 1",
        values,
    )
    return {"step": step, "bars": list(bars), "undated": total - dated, "first": first, "last": last}


def neighbours(db: Database, wanted: BoardFilter, incident_id: str, *, order: str) -> tuple[str | None, str | None]:
    """The incidents before and after one in the list that a filter gives, within its first thousand."""
    where, values = write_where(wanted)
    ids = [
        row[0]
        for row in db.execute(f"SELECT id FROM incidents WHERE {where} ORDER BY {ORDERS[order]} LIMIT 1000", values)
    ]
    if incident_id not in ids:
        return None, ids[0] if ids else None
    at = ids.index(incident_id)
    return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None)


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
            parts.append(f"{name} IN ({', '.join(marks)})")
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
    if wanted.match is not None:
        values["match"] = wanted.match
        if wanted.id_prefix:
            parts.append(f"({_MATCHES} OR id = :id_prefix)")
            values["id_prefix"] = wanted.id_prefix
        else:
            parts.append(_MATCHES)
    return " AND ".join(parts), values
