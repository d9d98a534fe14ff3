"""Turns a backup into the database again, and keeps what was there before beside it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.backups import Contents, copy_database, sync_file, verify_database
from store.database import lock_daemon, open_database
from store.errors import StoreError
from store.migrations import migrations

_SIDE_FILES = ("-wal", "-shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did."""

    contents: Contents  # of the backup
    replaced: Path | None  # where the database that was there is now; None: there was none
    told_since: int | None  # alerts that were sent after the backup and will not be sent again; None: unknown


def restore_database(database: Path, backup: Path, *, now: datetime) -> Restored:
    """Put a verified backup in the database's place; StoreError where it is damaged, newer, or a daemon is at work."""
    with lock_daemon(database):
        contents = verify_database(backup)
        unknown = contents.migrations - {migration.name for migration in migrations._migrations}
        if unknown:
            raise StoreError(f"{backup}: was written by a newer Marsad (schema {max(unknown)}); install that version")
        fresh = database.with_name(f"{database.name}.restoring")
        copy_database(backup, fresh)
        replaced = put_aside(database, now)
        fresh.replace(database)
        sync_file(database.parent)
        told = None if replaced is None else carry_over_sent(database, replaced)
        open_database(database).close()  # an older backup is migrated at once
    return Restored(contents=contents, replaced=replaced, told_since=told)


def put_aside(database: Path, now: datetime) -> Path | None:
    """Give the present database a second name, and take its WAL away: no other database may ever meet it."""
    if not database.exists():
        return None
    aside = database.with_name(f"{database.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    with suppress(sqlite3.Error), closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in _SIDE_FILES:
        side = database.with_name(database.name + suffix)
        if side.exists():
            side.rename(aside.with_name(aside.name + suffix))
    aside.unlink(missing_ok=True)
    os.link(database, aside)
    return aside


def carry_over_sent(database: Path, replaced: Path) -> int | None:
    """Mark alerts that wait in the backup, but were sent before the restore, as sent; None where nobody can tell."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("ATTACH ? AS old", (str(replaced),))
            count = connection.execute(
                "UPDATE alerts SET state = 'sent', sent_at = told.sent_at, message = id, error = NULL FROM"
                " (SELECT key, sent_at FROM old.alerts WHERE state = 'sent') AS told"
                " WHERE told.key = alerts.key AND alerts.state != 'sent'"
            ).rowcount
            connection.commit()
            return int(count)
    except sqlite3.Error:  # what was there is damaged
        return None
