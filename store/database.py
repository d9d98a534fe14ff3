"""Turns a path into an open SQLite database of the current schema, with transactions and the daemon's lock."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlite_utils import Database as Database  # for the other rooms too: sqlite-utils has its one home here

from store.backups import copy_database
from store.errors import StoreError
from store.faults import explain_fault
from store.identity import find_stranger, say_stranger
from store.migrations import migrations
from store.turns import give_way, going_first

BUSY_SECONDS = 30.0
LOOK_SECONDS = 0.5  # far longer than it takes to look whether a daemon is there
PATIENCE_SECONDS = 120.0  # that a person's write waits for its turn
PAGE_CACHE_KIB = 16_384  # a fixed cache, so that memory does not grow with the file

Result = TypeVar("Result")
_FILES: WeakKeyDictionary[Database, Path | None] = WeakKeyDictionary()


def open_database(path: Path, *, create: bool = True) -> Database:
    """Open `path` in WAL mode and bring its schema up to date; StoreError where that cannot be done.

    A connection serves the thread that opened it; another thread or process opens its own.
    """
    if not create and not path.exists():
        raise StoreError(f"{path}: there is no database here yet (`marsad crawl` or `marsad run` makes one)")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be opened: {explain_fault(error) or error}") from error
    try:
        if (table := find_stranger(connection)) is not None:
            raise StoreError(f"{path}: {say_stranger(table)}")
        configure_connection(connection)
        db = Database(connection)
        apply_migrations(db, path)
    except (sqlite3.Error, OSError) as error:
        connection.close()
        raise StoreError(f"{path}: cannot be used as a database: {explain_fault(error) or error}") from error
    except BaseException:
        connection.close()
        raise
    return db


def configure_connection(connection: sqlite3.Connection) -> None:
    """Set what every connection of ours needs.

    `synchronous=NORMAL`: in WAL mode a process that is killed loses nothing. A power cut can lose the last
    transactions, but always whole ones and the newest ones; a page and its fetch log, its incidents and its alerts go
    together, so that the work is done again. FULL would cost an fsync a page for that one repeat.
    """
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # of a new file; changes nothing in one that has tables
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA cache_size=-{PAGE_CACHE_KIB}")
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:  # SQLite does not wait for this lock by itself
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def apply_migrations(db: Database, path: Path) -> None:
    """Apply what is missing, one process at a time; StoreError where a newer Marsad has been at work.

    A database that already holds something is copied first, beside itself: `NAME.before-MIGRATION`.
    """
    if not is_current(db, path):
        with transaction(db):
            if not is_current(db, path):
                if migrations.applied(db):
                    copy_database(path, path.with_name(f"{path.name}.before-{migrations.pending(db)[0].name}"))
                migrations.apply(db)


def is_current(db: Database, path: Path) -> bool:
    """Whether every migration is applied; StoreError where one is that this version does not know."""
    known = {migration.name for migration in migrations._migrations}
    applied = {migration.name for migration in migrations.applied(db)}
    if applied - known:
        newest = max(applied - known)
        raise StoreError(f"{path}: was written by a newer Marsad (schema {newest}); install that version to use it")
    return known <= applied


@contextmanager
def transaction(db: Database) -> Iterator[Database]:
    """All of the block or nothing of it; the write lock is taken at once, so that no reader's view goes stale midway.

    Inside another transaction it becomes a savepoint of that one. A person who waits to write goes first.
    """
    if db.conn.in_transaction:
        with db.atomic():
            yield db
        return
    if (file := _file_of(db)) is not None:
        give_way(file)
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise
    try:
        db.conn.execute("COMMIT")
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("ROLLBACK")
        raise


def _file_of(db: Database) -> Path | None:
    """The file that a database is in; None: in memory. SQLite is asked once: that takes as long as a short query."""
    if db not in _FILES:
        name = db.conn.execute("PRAGMA database_list").fetchone()[2]
        _FILES[db] = Path(name) if name else None
    return _FILES[db]


@contextmanager
def lock_daemon(path: Path) -> Iterator[None]:
    """Hold the right to be the one daemon on the database `path`; StoreError where another process holds it.

    The lock is the kernel's and ends with the process; the side file only carries the number of the holder.
    """
    side = path.with_name(path.name + ".lock")
    try:
        side.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(side, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{side}: cannot be written: {error.strerror}; see the folder's owner and disk") from error
    try:
        try:
            take_lock(handle)
        except OSError as error:
            holder = os.read(handle, 32).decode("ascii", "replace").strip() or "unknown"
            raise StoreError(f"{path}: another daemon (process {holder}) is at work on it; stop it first") from error
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode("ascii"))
        yield
    finally:
        os.close(handle)


def take_lock(handle: int) -> None:
    """Take the daemon's lock; OSError where another has it for longer than somebody who only looks (`find_daemon`)."""
    deadline = time.monotonic() + LOOK_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def reading(path: Path) -> Iterator[Database]:
    """An existing database for the length of the block; faults of disk, lock or file in it are StoreErrors."""
    db = open_database(path, create=False)
    try:
        yield db
    except sqlite3.Error as error:
        plain = explain_fault(error)
        if plain is None:
            raise
        raise StoreError(f"{path}: {plain}") from error
    finally:
        db.close()


def find_daemon(path: Path) -> int | None:
    """The process that is the daemon on the database `path`; None: there is none."""
    try:
        handle = os.open(path.with_name(path.name + ".lock"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(handle, 32).decode("ascii", "replace").strip()
        return int(holder) if holder.isdigit() else None
    finally:
        os.close(handle)
    return None


def read_rows(db: Database, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> Iterator[dict[str, Any]]:
    """The rows of a query by their columns' names, for what every page asks: `Database.query` asks in a savepoint of
    its own, which costs more than most answers."""
    cursor = db.conn.execute(query, values)
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def sqlite_version() -> str:
    """The version of the SQLite library that Python carries."""
    return sqlite3.sqlite_version


def write_patiently(path: Path, work: Callable[[], Result]) -> Result:
    """Do a person's transaction on the file as soon as other processes let it; nothing of it is done while they do not.

    Marsad's own processes let it go first. Another program may leave gaps too short for SQLite, which asks ten times a
    second after the first moments; asked again from the start it looks for one within milliseconds.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    with going_first(path):
        while True:
            try:
                return work()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
