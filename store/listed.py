"""Turns what sources list into a queue of pages to fetch, and what came of each fetch into when to look again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from store.database import transaction
from store.records import FeedItem
from store.times import from_iso, iso_or_none, time_or_none, to_iso

# Rewriting the day of the last listing at every poll would be most of all writing.
_LISTED_AGAIN_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """One item as a source lists it now."""

    url: str  # canonical
    requested_url: str
    item: FeedItem
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage:
    """A listed page whose time has come, with what is remembered for a conditional GET."""

    url: str
    requested_url: str
    item: FeedItem | None
    first_visit: bool
    first_listed_at: datetime
    fetched_at: datetime | None
    failures: int
    etag: str | None
    last_modified: str | None
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Which of the listed items were new, which known but changed, and how many known and the same."""

    new: frozenset[str]
    changed: frozenset[str]
    known: int


def note_listed(
    db: Database, outlet_id: str, pages: Iterable[ListedPage], *, now: datetime, first_visit: bool
) -> Noted:
    """Put new and changed items on the queue; items already known and unchanged stay as they are."""
    new: set[str] = set()
    changed: set[str] = set()
    known = 0
    stamp = to_iso(now)
    stale = to_iso(now - _LISTED_AGAIN_EVERY)
    with transaction(db):
        for page in pages:
            row = db.execute("SELECT stamp, last_listed_at FROM listed WHERE url = ?", (page.url,)).fetchone()
            if row is None:
                new.add(page.url)
                db.execute(
                    "INSERT INTO listed (url, outlet_id, requested_url, item, stamp, first_visit, first_listed_at,"
                    " last_listed_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        page.url, outlet_id, page.requested_url, write_item(page.item), page.stamp, int(first_visit),
                        stamp, stamp, stamp,
                    ),
                )  # fmt: skip
            elif row[0] != page.stamp:
                changed.add(page.url)
                db.execute(
                    "UPDATE listed SET stamp = ?, item = ?, due_at = ?, failures = 0, last_listed_at = ? WHERE url = ?",
                    (page.stamp, write_item(page.item), stamp, stamp, page.url),
                )
            else:
                known += 1
                if row[1] < stale:
                    db.execute("UPDATE listed SET last_listed_at = ? WHERE url = ?", (stamp, page.url))
    return Noted(new=frozenset(new), changed=frozenset(changed), known=known)


def due_pages(db: Database, outlet_id: str, *, now: datetime, limit: int) -> list[DuePage]:
    """The outlet's pages whose time has come: never fetched ones first, the latest listed of them first."""
    rows = db.query(
        "SELECT * FROM listed WHERE outlet_id = ? AND due_at IS NOT NULL AND due_at <= ?"
        " ORDER BY fetched_at IS NOT NULL, failures, first_listed_at DESC, url LIMIT ?",
        [outlet_id, to_iso(now), limit],
    )
    return [_to_due(row) for row in rows]


def count_due(db: Database, outlet_id: str, *, now: datetime) -> int:
    """How many of the outlet's pages wait to be fetched now."""
    row = db.execute(
        "SELECT count(*) FROM listed WHERE outlet_id = ? AND due_at IS NOT NULL AND due_at <= ?",
        (outlet_id, to_iso(now)),
    ).fetchone()
    return int(row[0])


def count_new(db: Database, outlet_id: str, *, since: datetime) -> int:
    """How many items the outlet has newly listed since then, those of its first visit apart."""
    row = db.execute(
        "SELECT count(*) FROM listed WHERE outlet_id = ? AND first_listed_at >= ? AND first_visit = 0",
        (outlet_id, to_iso(since)),
    ).fetchone()
    return int(row[0])


def first_visit_times(db: Database, outlet_id: str) -> list[datetime]:
    """The times of publication that the outlet's first listings gave, as far as they are still held."""
    rows = db.execute(
        "SELECT json_extract(item, '$.published') FROM listed"
        " WHERE outlet_id = ? AND first_visit = 1 AND item IS NOT NULL",
        (outlet_id,),
    ).fetchall()
    return [from_iso(row[0]) for row in rows if row[0] is not None]


def listed_stamps(db: Database, urls: Iterable[str]) -> dict[str, str]:
    """The stamps of those of the URLs that were ever listed."""
    query = "SELECT stamp FROM listed WHERE url = ?"
    return {url: str(row[0]) for url in urls if (row := db.execute(query, (url,)).fetchone()) is not None}


def next_due_at(db: Database, outlet_id: str) -> datetime | None:
    """When the outlet's next page that was never had is due; None where none is. Looking again for edits can wait."""
    row = db.execute(
        "SELECT min(due_at) FROM listed WHERE outlet_id = ? AND due_at IS NOT NULL AND fetched_at IS NULL", (outlet_id,)
    ).fetchone()
    return time_or_none(row[0])


def mark_listed_fetched(
    db: Database,
    url: str,
    *,
    now: datetime,
    due_at: datetime | None,
    etag: str | None = None,
    last_modified: str | None = None,
    digest: str | None = None,
) -> None:
    """Note that the page was fetched (or is unchanged) and when to look again; with no `due_at` its item is dropped."""
    db.execute(
        "UPDATE listed SET fetched_at = ?, failures = 0, due_at = ?, etag = coalesce(?, etag),"
        " last_modified = coalesce(?, last_modified), digest = coalesce(?, digest),"
        " item = CASE WHEN ? IS NULL THEN NULL ELSE item END WHERE url = ?",
        (to_iso(now), iso_or_none(due_at), etag, last_modified, digest, iso_or_none(due_at), url),
    )


def mark_listed_failed(db: Database, url: str, *, due_at: datetime | None) -> None:
    """Note a failed fetch and when to try again; None: give up until the source says that the page changed."""
    db.execute("UPDATE listed SET failures = failures + 1, due_at = ? WHERE url = ?", (iso_or_none(due_at), url))


def forget_listed(db: Database, before: datetime) -> int:
    """Drop what no source has listed since `before` and nothing is due of; how many."""
    cursor = db.execute("DELETE FROM listed WHERE last_listed_at < ? AND due_at IS NULL", (to_iso(before),))
    return int(cursor.rowcount)


def write_item(item: FeedItem) -> str:
    """Write a source's item as JSON, unknown fields left out."""
    fields = {
        "url": item.url, "title": item.title, "published": iso_or_none(item.published), "summary": item.summary,
        "text": item.text, "author": item.author,
    }  # fmt: skip
    return json.dumps({key: value for key, value in fields.items() if value is not None}, ensure_ascii=False)


def _to_due(row: dict[str, Any]) -> DuePage:
    fields = json.loads(row["item"]) if row["item"] else None
    item = FeedItem(**{**fields, "published": time_or_none(fields.get("published"))}) if fields else None
    return DuePage(
        url=row["url"], requested_url=row["requested_url"], item=item, first_visit=bool(row["first_visit"]),
        first_listed_at=from_iso(row["first_listed_at"]), fetched_at=time_or_none(row["fetched_at"]),
        failures=row["failures"], etag=row["etag"], last_modified=row["last_modified"], digest=row["digest"],
    )  # fmt: skip
