"""Turns what the crawler learns of outlets, feeds and fetches into rows, and those rows into what it must remember."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.database import transaction
from store.records import Outlet
from store.times import iso_or_none, time_or_none, to_iso

_STATE_COLUMNS = (
    "first_polled_at", "first_visit_done_at", "last_polled_at", "last_success_at", "last_new_article_at",
    "next_poll_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletState:
    """What the daemon remembers of one outlet; None: it never happened."""

    outlet_id: str
    first_polled_at: datetime | None = None
    first_visit_done_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_article_at: datetime | None = None
    next_poll_at: datetime | None = None
    failures: int = 0  # polls in a row
    last_problem: str | None = None

    @property
    def is_first_visit(self) -> bool:
        return self.first_visit_done_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMemory:
    """What a feed, sitemap or section URL answered last, for the next conditional GET."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    fetched_at: datetime | None = None
    length: int | None = None  # where it sends all again unasked: what it says its length is; -1: it does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One request and what came of it."""

    outlet_id: str
    url: str
    kind: str  # source | page | robots
    outcome: str  # ok | unchanged | blocked | timeout …
    status: int | None = None
    bytes: int | None = None
    seconds: float | None = None
    fetched_at: datetime


def save_outlets(db: Database, outlets: Iterable[Outlet]) -> None:
    """Write what the catalogue says of the outlets; what is remembered of them stays."""
    with transaction(db):
        for o in outlets:
            db.execute(
                "INSERT INTO outlets (id, name_ar, name_en, publisher, ownership, country) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name_ar = excluded.name_ar, name_en = excluded.name_en,"
                " publisher = excluded.publisher, ownership = excluded.ownership, country = excluded.country",
                (o.id, o.name_ar, o.name_en, o.publisher, o.ownership, o.country),
            )


def read_state(db: Database, outlet_id: str) -> OutletState:
    """The memory of one outlet; an empty one where it is not known yet."""
    found = list(db.query("SELECT * FROM outlets WHERE id = ?", [outlet_id]))
    return _to_state(found[0]) if found else OutletState(outlet_id=outlet_id)


def read_states(db: Database) -> dict[str, OutletState]:
    """The memory of every outlet by id."""
    return {row["id"]: _to_state(row) for row in db.query("SELECT * FROM outlets ORDER BY id")}


def mark_polled(
    db: Database,
    outlet_id: str,
    *,
    now: datetime,
    problem: str | None,
    new_pages: int = 0,
    next_poll_at: datetime | None = None,
    visit_done: bool = True,
) -> None:
    """Note a finished poll. `problem` None: it succeeded, which ends the row of failures.

    `visit_done`: the outlet's list was read, so that what comes from now on is not of the first visit any more.
    """
    stamp = to_iso(now)
    success = stamp if problem is None else None
    db.execute(
        "UPDATE outlets SET first_polled_at = coalesce(first_polled_at, :now), last_polled_at = :now,"
        " last_success_at = coalesce(:success, last_success_at),"
        " failures = CASE WHEN :problem IS NULL THEN 0 ELSE failures + 1 END, last_problem = :problem,"
        " last_new_article_at = CASE WHEN :new > 0 THEN :now ELSE last_new_article_at END,"
        " first_visit_done_at = CASE WHEN :done THEN coalesce(first_visit_done_at, :success)"
        " ELSE first_visit_done_at END,"
        " next_poll_at = :next WHERE id = :id",
        {
            "now": stamp, "success": success, "problem": problem, "new": new_pages, "done": visit_done,
            "next": iso_or_none(next_poll_at), "id": outlet_id,
        },
    )  # fmt: skip


def mark_checked(db: Database, outlet_id: str, *, now: datetime, outcome: str) -> None:
    """Note what a check by hand found; `ok` means that articles were seen."""
    db.execute(
        "UPDATE outlets SET checked_at = :now, check_outcome = :outcome,"
        " verified_at = CASE WHEN :outcome = 'ok' THEN :now ELSE verified_at END WHERE id = :id",
        {"now": to_iso(now), "outcome": outcome, "id": outlet_id},
    )


def read_source(db: Database, outlet_id: str, url: str) -> SourceMemory:
    """What `url` answered last; empty where it was never asked."""
    row = db.execute(
        "SELECT etag, last_modified, body_hash, fetched_at, length FROM sources WHERE outlet_id = ? AND url = ?",
        (outlet_id, url),
    ).fetchone()
    if row is None:
        return SourceMemory()
    return SourceMemory(
        etag=row[0], last_modified=row[1], body_hash=row[2], fetched_at=time_or_none(row[3]), length=row[4]
    )


def save_source(db: Database, outlet_id: str, url: str, memory: SourceMemory) -> None:
    """Remember what `url` answered."""
    db.execute(
        "INSERT INTO sources (outlet_id, url, etag, last_modified, body_hash, fetched_at, length)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (outlet_id, url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,"
        " body_hash = excluded.body_hash, fetched_at = excluded.fetched_at, length = excluded.length",
        (
            outlet_id, url, memory.etag, memory.last_modified, memory.body_hash, iso_or_none(memory.fetched_at),
            memory.length,
        ),
    )  # fmt: skip


def log_fetch(db: Database, fetch: Fetch) -> None:
    """Keep one request's outcome."""
    db.execute(
        "INSERT INTO fetches (outlet_id, url, kind, status, outcome, bytes, seconds, fetched_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            fetch.outlet_id, fetch.url, fetch.kind, fetch.status, fetch.outcome, fetch.bytes, fetch.seconds,
            to_iso(fetch.fetched_at),
        ),
    )  # fmt: skip


def _to_state(row: dict[str, Any]) -> OutletState:
    times = {column: time_or_none(row[column]) for column in _STATE_COLUMNS}
    return OutletState(outlet_id=row["id"], failures=row["failures"], last_problem=row["last_problem"], **times)
