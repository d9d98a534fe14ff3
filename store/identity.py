"""Turns an open SQLite file into whose it is: Marsad's, nobody's yet, or another program's."""

from __future__ import annotations

import sqlite3

MIGRATIONS_TABLE = "_sqlite_migrations"
_OWN_TABLES = {"articles", "incidents", "alerts"}  # where these are, it is ours, if perhaps damaged
_OURS = "marsad"  # the name of our set of migrations; other programs keep theirs in a table of the same name


def find_stranger(connection: sqlite3.Connection) -> str | None:
    """A table of another program in a file that Marsad has not made; None: it is ours, or holds nothing yet."""
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables >= _OWN_TABLES:
        return None
    if MIGRATIONS_TABLE in tables:
        query = f"SELECT 1 FROM {MIGRATIONS_TABLE} WHERE migration_set = ? LIMIT 1"
        if connection.execute(query, (_OURS,)).fetchone() is not None:
            return None
    return min(tables - {MIGRATIONS_TABLE, "sqlite_sequence"}, default=None)


def say_stranger(table: str) -> str:
    """The fault in words, with what to do."""
    shown = " ".join(table.split())[:60]
    return f"is another program's database (it holds a table {shown!r}): name a file of Marsad's own as `database`"
