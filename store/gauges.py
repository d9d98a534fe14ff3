"""Turns the tables into the figures by which a running daemon is watched: queues and their age, counts, delays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from store.times import from_iso, to_iso

DELAY_BUCKETS = (5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400)  # seconds

# As `store.overview.list_delays` measures: nothing that was published before the outlet was first watched.
_DELAYS = """
SELECT (julianday(alerts.sent_at) - julianday(alerts.first_seen_at)) * 86400 AS seen,
       CASE WHEN articles.published_precision != 'day' AND alerts.published_at >= outlets.first_polled_at
            THEN (julianday(alerts.sent_at) - julianday(alerts.published_at)) * 86400 END AS published
FROM alerts LEFT JOIN articles ON articles.id = alerts.article_id LEFT JOIN outlets ON outlets.id = articles.outlet_id
WHERE alerts.kind = 'new' AND alerts.state = 'sent'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """A cumulative histogram: for each of DELAY_BUCKETS how many alerts took at most so long."""

    buckets: tuple[int, ...]
    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """What the database says at one moment; ages are seconds, None: nothing waits."""

    pages: dict[str, int]  # by state
    rejected: dict[str, int]  # by reason
    alerts: dict[str, int]  # by state
    articles: int
    incidents: int
    oldest_page: float | None  # that waits to be read
    oldest_alert: float | None  # since it was due
    published_to_sent: Delays
    seen_to_sent: Delays


def read_gauges(db: Database, now: datetime) -> Gauges:
    """Read all figures as of `now`."""
    page = db.execute("SELECT min(fetched_at) FROM pages WHERE state = 'fetched'").fetchone()[0]
    alert = db.execute(
        "SELECT min(due_at) FROM alerts WHERE state IN ('queued', 'held', 'failed', 'sending') AND due_at <= ?",
        (to_iso(now),),
    ).fetchone()[0]
    return Gauges(
        pages=_count_by(db, "SELECT state, count(*) FROM pages GROUP BY state"),
        rejected=_count_by(db, "SELECT reason, count(*) FROM rejected GROUP BY reason"),
        alerts=_count_by(db, "SELECT state, count(*) FROM alerts GROUP BY state"),
        articles=_count(db, "SELECT count(*) FROM articles"),
        incidents=_count(db, "SELECT count(*) FROM incidents WHERE merged_into IS NULL"),
        oldest_page=_age(page, now),
        oldest_alert=_age(alert, now),
        published_to_sent=_read_delays(db, "published"),
        seen_to_sent=_read_delays(db, "seen"),
    )


def count_lately(db: Database, since: datetime) -> dict[str, int]:
    """What came since then: requests, pages, articles, rejections, incidents, alerts sent."""
    queries = {
        "requests": "SELECT count(*) FROM fetches WHERE fetched_at >= ?",
        "pages": "SELECT count(*) FROM pages WHERE fetched_at >= ?",
        "articles": "SELECT count(*) FROM articles WHERE first_seen_at >= ?",
        "rejected": "SELECT count(*) FROM rejected WHERE at >= ?",
        "incidents": "SELECT count(*) FROM incidents WHERE merged_into IS NULL AND first_seen_at >= ?",
        "alerts": "SELECT count(*) FROM alerts WHERE state = 'sent' AND sent_at >= ?",
    }
    return {name: _count(db, query, to_iso(since)) for name, query in queries.items()}


def newest_stamp(db: Database) -> datetime | None:
    """The latest moment at which anything was fetched, by the clock of then; None: nothing ever was."""
    row = db.execute("SELECT max(fetched_at) FROM fetches").fetchone()
    return None if row[0] is None else from_iso(row[0])


def file_bytes(path: Path) -> dict[str, int]:
    """The sizes of the database and of its WAL."""
    wal = path.with_name(path.name + "-wal")
    return {"database": path.stat().st_size if path.exists() else 0, "wal": wal.stat().st_size if wal.exists() else 0}


def pull_back_due(db: Database, now: datetime, *, longest_rest: timedelta, jumped_back: bool = False) -> int:
    """Make due now what a clock that was wrong put impossibly far into the future; how many rows.

    Nothing of ours waits longer than eight days (a weekly digest); an outlet rests for `longest_rest` at most.
    Where the clock `jumped_back`, messages that were due, or are to be tried again, are due now.
    """
    waiting = "('queued', 'failed', 'sending')" if jumped_back else "('queued', 'held', 'failed', 'sending')"
    far = to_iso(now if jumped_back else now + timedelta(days=8))
    steps = (
        (f"UPDATE alerts SET due_at = :now WHERE state IN {waiting} AND due_at > :far", far),
        ("UPDATE listed SET due_at = :now WHERE due_at > :far", to_iso(now + timedelta(days=8))),
        ("UPDATE outlets SET next_poll_at = :now WHERE next_poll_at > :far", to_iso(now + longest_rest * 1.5)),
        ("UPDATE channels SET rests_until = :now WHERE rests_until > :far", far),
    )
    return sum(db.execute(statement, {"now": to_iso(now), "far": limit}).rowcount for statement, limit in steps)


def _read_delays(db: Database, column: str) -> Delays:
    sums = ", ".join(f"sum({column} <= {limit})" for limit in DELAY_BUCKETS)
    row: Sequence[float | None] = db.execute(
        f"SELECT count({column}), sum(max({column}, 0)), {sums} FROM ({_DELAYS})"
    ).fetchone()
    return Delays(buckets=tuple(int(n or 0) for n in row[2:]), count=int(row[0] or 0), seconds=float(row[1] or 0))


def _count_by(db: Database, query: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in db.execute(query)}


def _count(db: Database, query: str, *values: str) -> int:
    return int(db.execute(query, values).fetchone()[0])


def _age(stamp: str | None, now: datetime) -> float | None:
    return None if stamp is None else max(0.0, (now - from_iso(stamp)).total_seconds())
