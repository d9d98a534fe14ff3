"""Turns fetched pages into rows of the queue between fetching and extraction, and those rows back into pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.database import read_rows
from store.packing import pack_body, unpack_page
from store.records import FeedItem, Page
from store.times import from_iso, iso_or_none, time_or_none, to_iso

_VARIABLES_AT_ONCE = 500  # well under SQLite's limit on old builds


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A page of the queue with what the queue knows of it."""

    id: int
    page: Page
    revision: int
    attempts: int
    first_visit: bool  # found on the outlet's first visit


def save_page(db: Database, page: Page, *, first_visit: bool) -> int | None:
    """Queue a page as the next revision of its URL; None where the newest revision already holds the same.

    A page without a body (blocked, say) never follows one that had a body; it follows another without where the
    feed's words changed.
    """
    last = db.execute(
        "SELECT revision, body_hash, problem FROM pages WHERE url = ? ORDER BY revision DESC LIMIT 1", (page.url,)
    ).fetchone()
    body_hash = hash_page(page)
    if last is not None and (last[1] == body_hash or (page.body is None and last[2] is None)):
        return None
    body = None if page.body is None else pack_body(page.body)
    cursor = db.execute(
        "INSERT INTO pages (outlet_id, url, requested_url, revision, status, content_type, problem, body, body_hash,"
        " item, fetched_at, first_visit, headers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            page.outlet_id, page.url, page.requested_url, 1 if last is None else last[0] + 1, page.status,
            page.content_type, page.problem, body, body_hash, _write_item(page.item), to_iso(page.fetched_at),
            int(first_visit), json.dumps(page.headers, ensure_ascii=False) if page.headers else None,
        ),
    )  # fmt: skip
    return cursor.lastrowid


def hash_page(page: Page) -> str:
    """The hash by which two fetches of a page are the same: of its body, or of the feed's item where there is none."""
    content = page.body if page.body is not None else (_write_item(page.item) or "").encode()
    return hashlib.sha256(content).hexdigest()


def known_urls(db: Database, urls: Iterable[str]) -> set[str]:
    """Those of the (canonical) URLs that were fetched before."""
    asked = list(dict.fromkeys(urls))
    found: set[str] = set()
    for start in range(0, len(asked), _VARIABLES_AT_ONCE):
        part = asked[start : start + _VARIABLES_AT_ONCE]
        marks = ",".join("?" * len(part))
        found.update(row[0] for row in db.execute(f"SELECT DISTINCT url FROM pages WHERE url IN ({marks})", part))
    return found


def next_pages(db: Database, limit: int) -> list[StoredPage]:
    """The pages that wait for extraction, oldest first."""
    return [_unpacked(stored) for stored in next_packed(db, limit)]


def next_packed(db: Database, limit: int, *, but: Collection[int] = ()) -> list[StoredPage]:
    """The pages that wait, oldest first, without those of the ids `but`; packed, as whoever reads them gets them."""
    rows = read_rows(
        db,
        "SELECT * FROM pages WHERE state = 'fetched' AND id NOT IN (SELECT value FROM json_each(?))"
        " ORDER BY id LIMIT ?",
        (json.dumps(list(but)), limit),
    )
    return [_to_packed(row) for row in rows]


def count_waiting(db: Database) -> int:
    """How many pages wait for extraction."""
    return int(db.execute("SELECT count(*) FROM pages WHERE state = 'fetched'").fetchone()[0])


def find_page(db: Database, url: str) -> StoredPage | None:
    """The newest revision of a URL's page."""
    for row in db.query("SELECT * FROM pages WHERE url = ? ORDER BY revision DESC LIMIT 1", [url]):
        return _unpacked(_to_packed(row))
    return None


def read_kept_pages(
    db: Database, *, url: str | None = None, since: datetime | None = None, outlet_id: str | None = None
) -> Iterator[StoredPage]:
    """The pages whose bodies are still kept, oldest first; narrowed to one URL, one outlet, or a time."""
    query, values = "SELECT * FROM pages WHERE body IS NOT NULL", []
    for condition, value in (("url", url), ("outlet_id", outlet_id)):
        if value is not None:
            query += f" AND {condition} = ?"
            values.append(value)
    if since is not None:
        query += " AND fetched_at >= ?"
        values.append(to_iso(since))
    for row in db.query(f"{query} ORDER BY id", values):
        yield _unpacked(_to_packed(row))


def finish_page(db: Database, page_id: int, state: str) -> None:
    """Take a page off the queue: `done` or `rejected`."""
    db.execute("UPDATE pages SET state = ?, error = NULL WHERE id = ?", (state, page_id))


def mark_failed(db: Database, page_id: int, error: str, *, attempts: int = 1) -> bool:
    """Note a failed extraction; after `attempts` of them the page leaves the queue as `failed`, which True says."""
    db.execute(
        "UPDATE pages SET attempts = attempts + 1, error = ?,"
        " state = CASE WHEN attempts + 1 >= ? THEN 'failed' ELSE 'fetched' END WHERE id = ?",
        (error, attempts, page_id),
    )
    row = db.execute("SELECT state FROM pages WHERE id = ?", (page_id,)).fetchone()
    return row is not None and row[0] == "failed"


def requeue_failed(db: Database) -> int:
    """Put every failed page back on the queue (after an upgrade, say); how many."""
    return int(
        db.execute(
            "UPDATE pages SET state = 'fetched', attempts = 0, error = NULL WHERE state = 'failed' AND body IS NOT NULL"
        ).rowcount
    )


def _write_item(item: FeedItem | None) -> str | None:
    if item is None:
        return None
    fields = {
        "url": item.url, "title": item.title, "published": iso_or_none(item.published), "summary": item.summary,
        "text": item.text, "author": item.author,
    }  # fmt: skip
    return json.dumps({key: value for key, value in fields.items() if value is not None}, ensure_ascii=False)


def _read_item(text: str | None) -> FeedItem | None:
    if text is None:
        return None
    fields = json.loads(text)
    return FeedItem(**{**fields, "published": time_or_none(fields.get("published"))})


def _unpacked(stored: StoredPage) -> StoredPage:
    return replace(stored, page=unpack_page(stored.page))


def _to_packed(row: dict[str, Any]) -> StoredPage:
    page = Page(
        outlet_id=row["outlet_id"], url=row["url"], requested_url=row["requested_url"], status=row["status"],
        content_type=row["content_type"], body=None, packed=row["body"],
        fetched_at=from_iso(row["fetched_at"]), item=_read_item(row["item"]), problem=row["problem"],
        headers=tuple((name, value) for name, value in json.loads(row["headers"] or "[]")),
    )  # fmt: skip
    return StoredPage(
        id=row["id"], page=page, revision=row["revision"], attempts=row["attempts"],
        first_visit=bool(row["first_visit"]),
    )  # fmt: skip
