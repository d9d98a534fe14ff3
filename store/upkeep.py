"""Turns keeping times into rows and bodies dropped; what was coded from them stays for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from store.database import transaction
from store.listed import forget_listed
from store.settings import KeepSettings
from store.times import to_iso

_ROWS_AT_ONCE = 500  # so that no writer waits long
_FREE_SHARE = 0.1  # of the file that may lie unused: new rows fill it
_PAGES_AT_ONCE = 1_000


def drop_old(db: Database, keep: KeepSettings, now: datetime) -> dict[str, int]:
    """Drop bodies of pages, log lines and rejections that outlived their time; how many of each."""
    dropped = {
        "bodies": _in_steps(
            db,
            "UPDATE pages SET body = NULL WHERE id IN (SELECT id FROM pages"
            " WHERE body IS NOT NULL AND state != 'fetched' AND fetched_at < ? LIMIT ?)",
            now - keep.pages,
        ),
        "bodies_over_size": drop_oldest_bodies(db, keep.pages_megabytes * 1_000_000),
        "fetches": _in_steps(
            db,
            "DELETE FROM fetches WHERE id IN (SELECT id FROM fetches WHERE fetched_at < ? LIMIT ?)",
            now - keep.fetches,
        ),
        "rejected": _in_steps(
            db, "DELETE FROM rejected WHERE id IN (SELECT id FROM rejected WHERE at < ? LIMIT ?)", now - keep.rejected
        ),
    }
    # What a source still lists is noted again every day, so that only what is long gone from every source is forgotten.
    with transaction(db):
        dropped["listed"] = forget_listed(db, now - max(keep.rejected, timedelta(days=30)))
    return dropped


def drop_oldest_bodies(db: Database, most_bytes: int) -> int:
    """Drop the oldest bodies until the rest is within `most_bytes`; pages that wait are not touched. How many."""
    row = db.execute(
        "SELECT max(id) FROM (SELECT id, state, sum(length(body)) OVER (ORDER BY id DESC) AS above FROM pages"
        " WHERE body IS NOT NULL) WHERE above > ? AND state != 'fetched'",
        (most_bytes,),
    ).fetchone()
    if row[0] is None:
        return 0
    total = 0
    while True:
        with transaction(db):
            count = db.execute(
                "UPDATE pages SET body = NULL WHERE id IN (SELECT id FROM pages"
                " WHERE body IS NOT NULL AND state != 'fetched' AND id <= ? LIMIT ?)",
                (row[0], _ROWS_AT_ONCE),
            ).rowcount
        total += count
        if count < _ROWS_AT_ONCE:
            return total


def tidy_file(db: Database) -> int:
    """Give unused pages of the file back to the disk, where they are many, and let the WAL begin anew; how many.

    It goes in small steps, each a short write; a plain VACUUM would hold every writer up and need the space twice.
    """
    released = 0
    while True:
        free, pages = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("freelist_count", "page_count"))
        if free <= _FREE_SHARE * pages:
            break
        db.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
        after = int(db.execute("PRAGMA freelist_count").fetchone()[0])
        if after >= free:
            break  # a file of before this could be done
        released += free - after
    db.execute("PRAGMA optimize")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return released


def _in_steps(db: Database, statement: str, before: datetime) -> int:
    """Run a statement with a limit until nothing is left, each step a transaction of its own; how many rows in all."""
    total = 0
    while True:
        with transaction(db):
            count = db.execute(statement, (to_iso(before), _ROWS_AT_ONCE)).rowcount
        total += count
        if count < _ROWS_AT_ONCE:
            return total
