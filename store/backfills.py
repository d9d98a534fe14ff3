"""Turns how far a backfill has come into rows, one for each part of a source, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from store.errors import StoreError
from store.times import to_iso

PartKey = tuple[str, str, int]  # source, fingerprint, start


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a part was read: the position of the next record, and what came of those before it."""

    next: int
    finished: bool
    counts: Mapping[str, int]


def read_progress(db: Database, wanted: str) -> dict[PartKey, Progress]:
    """The progress of every part that was begun with this choice of records."""
    rows = db.execute(
        "SELECT source, fingerprint, start, next, finished, counts FROM backfill_parts WHERE wanted = ?", (wanted,)
    )
    return {
        (source, fingerprint, start): Progress(next=following, finished=bool(finished), counts=json.loads(counts))
        for source, fingerprint, start, following, finished, counts in rows
    }


def advance_part(
    db: Database, wanted: str, key: PartKey, progress: Progress, *, expected: int | None, now: datetime
) -> None:
    """Note how far a part has come, in the transaction of what it gave.

    `expected` is where it stood before (None: not begun); StoreError where another backfill has moved it since.
    """
    row = db.execute(
        "SELECT next FROM backfill_parts WHERE wanted = ? AND source = ? AND fingerprint = ? AND start = ?",
        (wanted, *key),
    ).fetchone()
    if (None if row is None else row[0]) != expected:
        raise StoreError(f"{key[0]}: another backfill is at work on it; wait for its end, then run the command again")
    db.execute(
        "INSERT INTO backfill_parts (wanted, source, fingerprint, start, next, finished, counts, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next,"
        " finished = excluded.finished, counts = excluded.counts, updated_at = excluded.updated_at",
        (
            wanted, *key, progress.next, int(progress.finished), json.dumps(dict(progress.counts), sort_keys=True),
            to_iso(now),
        ),
    )  # fmt: skip
