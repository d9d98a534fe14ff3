"""Turns keeping times into rows and bodies dropped; what was coded from them stays for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from store.database import transaction
from store.listed import forget_listed
from store.settings import KeepSettings
from store.times import to_iso

_ROWS_AT_ONCE = 500  # so that no writer waits long


def drop_old(db: Database, keep: KeepSettings, now: datetime) -> dict[str, int]:
    """Drop bodies of pages, log lines and rejections that outlived their time; how many of each."""
    dropped = {
        "bodies": _in_steps(
            db,
            "UPDATE pages SET body = NULL WHERE id IN (SELECT id FROM pages"
            " WHERE body IS NOT NULL AND state != 'fetched' AND fetched_at < ? LIMIT ?)",
            now - keep.pages,
        ),
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


def _in_steps(db: Database, statement: str, before: datetime) -> int:
    """Run a statement with a limit until nothing is left, each step a transaction of its own; how many rows in all."""
    total = 0
    while True:
        with transaction(db):
            count = db.execute(statement, (to_iso(before), _ROWS_AT_ONCE)).rowcount
        total += count
        if count < _ROWS_AT_ONCE:
            return total
