"""Turns an outlet's rows into the figures by which its health is judged: habit, fetches, what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from sqlite_utils import Database

from store.outlets import OutletState, read_state
from store.times import from_iso, to_iso

RECENT = timedelta(days=7)
BEFORE = timedelta(days=37)  # the habit is that of the thirty days before
_MOST_ROWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """What an outlet's pages gave in some time."""

    articles: int = 0
    rejected: int = 0
    median_length: int | None = None  # characters of an article's text; None: there was no article
    dated: float | None = None  # share of articles with a known publication time


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletFigures:
    """What is known of one outlet's last weeks."""

    state: OutletState
    listed_at: tuple[datetime, ...] = ()  # when new items were listed, oldest first, the first visit's apart
    sources: Counter[str] = field(default_factory=Counter)  # outcomes of the last week
    pages: Counter[str] = field(default_factory=Counter)
    recent: Harvest = field(default_factory=Harvest)
    before: Harvest = field(default_factory=Harvest)


def read_figures(db: Database, outlet_id: str, *, now: datetime) -> OutletFigures:
    """Read the figures of one outlet as of `now`."""
    rows = db.execute(
        "SELECT DISTINCT first_listed_at FROM listed WHERE outlet_id = ? AND first_visit = 0 AND first_listed_at >= ?"
        " ORDER BY first_listed_at DESC LIMIT ?",
        (outlet_id, to_iso(now - BEFORE), _MOST_ROWS),
    ).fetchall()
    outcomes: dict[str, Counter[str]] = {"source": Counter(), "page": Counter()}
    for kind, outcome, count in db.execute(
        "SELECT kind, outcome, count(*) FROM fetches WHERE outlet_id = ? AND fetched_at >= ? GROUP BY kind, outcome",
        (outlet_id, to_iso(now - RECENT)),
    ):
        outcomes.setdefault(kind, Counter())[outcome] = count
    return OutletFigures(
        state=read_state(db, outlet_id),
        listed_at=tuple(from_iso(row[0]) for row in reversed(rows)),
        sources=outcomes["source"],
        pages=outcomes["page"],
        recent=_read_harvest(db, outlet_id, now - RECENT, now),
        before=_read_harvest(db, outlet_id, now - BEFORE, now - RECENT),
    )


def _read_harvest(db: Database, outlet_id: str, start: datetime, end: datetime) -> Harvest:
    between = (outlet_id, to_iso(start), to_iso(end), _MOST_ROWS)
    articles = db.execute(
        "SELECT length(text), published_at IS NOT NULL FROM articles"
        " WHERE outlet_id = ? AND first_seen_at >= ? AND first_seen_at < ? ORDER BY first_seen_at DESC LIMIT ?",
        between,
    ).fetchall()
    # What cannot be an article (a page in another language, a picture) says nothing of the layout.
    rejected = db.execute(
        "SELECT count(*) FROM (SELECT 1 FROM rejected WHERE outlet_id = ? AND at >= ? AND at < ?"
        " AND reason IN ('no_text', 'too_short', 'section_page') LIMIT ?)",
        between,
    ).fetchone()
    return Harvest(
        articles=len(articles),
        rejected=int(rejected[0]),
        median_length=int(median(row[0] for row in articles)) if articles else None,
        dated=sum(row[1] for row in articles) / len(articles) if articles else None,
    )
