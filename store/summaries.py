"""Turns what is stored into the counts of a sign of life and the memory of which outlets' faults were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.times import from_iso, time_or_none, to_iso


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletHealth:
    """How an outlet does, and what was last told of it."""

    id: str
    name_ar: str
    name_en: str
    failures: int
    last_problem: str | None
    first_polled_at: datetime | None
    last_success_at: datetime | None
    last_new_article_at: datetime | None
    told_problem: str | None
    told_since: datetime | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was last told, since when it holds, and when it was told."""

    problem: str
    since: datetime
    at: datetime


def read_outlet_health(db: Database) -> list[OutletHealth]:
    """Every outlet that was ever polled."""
    rows = db.query(
        "SELECT outlets.*, health.problem AS told_problem, health.since AS told_since, health.told_at FROM outlets"
        " LEFT JOIN health ON health.outlet_id = outlets.id WHERE outlets.last_polled_at IS NOT NULL ORDER BY id"
    )
    return [
        OutletHealth(
            id=row["id"], name_ar=row["name_ar"], name_en=row["name_en"], failures=row["failures"],
            last_problem=row["last_problem"], first_polled_at=time_or_none(row["first_polled_at"]),
            last_success_at=time_or_none(row["last_success_at"]),
            last_new_article_at=time_or_none(row["last_new_article_at"]), told_problem=row["told_problem"],
            told_since=time_or_none(row["told_since"]), told_at=time_or_none(row["told_at"]),
        )
        for row in rows
    ]  # fmt: skip


def read_told(db: Database, name: str) -> Told | None:
    """What was last told of an outlet, or under another name; None: nothing that still holds."""
    row = db.execute("SELECT problem, since, told_at FROM health WHERE outlet_id = ?", (name,)).fetchone()
    return None if row is None else Told(problem=row[0], since=from_iso(row[1]), at=from_iso(row[2]))


def note_told(db: Database, outlet_id: str, problem: str | None, *, since: datetime, now: datetime) -> None:
    """Remember what was told of an outlet; `problem` None: that it is mended."""
    if problem is None:
        db.execute("DELETE FROM health WHERE outlet_id = ?", (outlet_id,))
    else:
        db.execute(
            "INSERT OR REPLACE INTO health (outlet_id, problem, since, told_at) VALUES (?, ?, ?, ?)",
            (outlet_id, problem, to_iso(since), to_iso(now)),
        )


def count_since(db: Database, since: datetime) -> dict[str, int]:
    """How many articles and incidents were first seen, and how many messages were sent, since then."""
    stamp = to_iso(since)
    queries = {
        "articles": "SELECT count(*) FROM articles WHERE first_seen_at >= ?",
        "incidents": "SELECT count(*) FROM incidents WHERE merged_into IS NULL AND first_seen_at >= ?",
        "messages": "SELECT count(DISTINCT message) FROM alerts WHERE state = 'sent' AND sent_at >= ?",
    }
    return {name: int(db.execute(query, (stamp,)).fetchone()[0]) for name, query in queries.items()}


def last_queued(db: Database, kind: str, channel: str) -> datetime | None:
    """When the last message of a kind was queued for a channel; None: never."""
    row = db.execute("SELECT max(queued_at) FROM alerts WHERE kind = ? AND channel = ?", (kind, channel)).fetchone()
    return None if row[0] is None else from_iso(row[0])
