"""Turns the database into a copy that may be given away: incidents and where they were reported, no outlet's words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from store.errors import StoreError
from store.times import to_iso

_TABLES = {
    "incidents": (
        "SELECT id, role, status, standing, method, target, date, date_precision, country, admin1, place, lat, lon,"
        " place_precision, munitions, killed, killed_low, killed_high, wounded, wounded_low, wounded_high, actor,"
        " claim, confidence, reports, publishers, first_published_at, first_seen_at, updated_at, reviewed"
        " FROM main.incidents"
        " WHERE merged_into IS NULL AND standing != 'retracted' AND first_seen_at <= :cut_off"
    ),
    "redirects": (
        "SELECT id, merged_into FROM main.incidents WHERE merged_into IS NOT NULL AND first_seen_at <= :cut_off"
    ),
    "sources": (
        "SELECT DISTINCT m.incident_id, a.outlet_id, a.publisher, a.url, a.published_at, a.copy_of IS NOT NULL AS copy"
        " FROM main.mentions m JOIN main.articles a ON a.id = m.article_id"
        " WHERE m.incident_id IN (SELECT id FROM copy.incidents)"
    ),
    "history": (
        "SELECT incident_id, at, field, old, new, CASE WHEN by = 'coder' THEN by ELSE 'person' END AS by"
        " FROM main.incident_history WHERE incident_id IN (SELECT id FROM copy.incidents) AND at <= :cut_off"
        " AND field IN ('role', 'status', 'standing', 'method', 'target', 'date', 'date_precision', 'country', "
        " 'admin1', 'place', 'munitions', 'killed', 'wounded', 'actor', 'claim', 'merged', 'split')"
    ),
}


def write_public_copy(db: Database, path: Path, *, cut_off: datetime) -> dict[str, int]:
    """Write the copy to a new file; how many rows each of its tables holds.

    No title, text, quote or raw place, and no reviewer's name or reason. StoreError where the file exists.
    """
    if path.exists():
        raise StoreError(f"{path}: exists already; a public copy is written to a new file")
    counts = {}
    db.execute("ATTACH DATABASE ? AS copy", (str(path),))
    try:
        with db.conn:
            for name, query in _TABLES.items():
                db.conn.execute(f"CREATE TABLE copy.{name} AS {query}", {"cut_off": to_iso(cut_off)})
                counts[name] = int(db.conn.execute(f"SELECT count(*) FROM copy.{name}").fetchone()[0])
            db.conn.execute(
                "CREATE TABLE copy.about AS SELECT :at AS information_cut_off,"
                " (SELECT group_concat(coder_version, ', ') FROM (SELECT DISTINCT coder_version FROM main.mentions))"
                " AS coder_version",
                {"at": to_iso(cut_off)},
            )
    finally:
        db.execute("DETACH DATABASE copy")
    return counts
