"""Turns a database at work into verified copies of it, and a copy back into the database."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store.errors import DamageError, StoreError
from store.faults import explain_fault
from store.identity import find_stranger, say_stranger

PREFIX = "marsad-"
PARTIAL = ".partial"
_COUNTED = ("articles", "incidents", "alerts")
_MARGIN_BYTES = 20_000_000  # that a backup leaves free on the disk
_BUSY_SECONDS = 30.0
# What SQLite says of content, not of disk, lock or rights; SQLITE_ERROR: the tables are not ours.
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a database that was found whole holds."""

    path: Path
    bytes: int
    schema: str | None  # the newest migration; None: a file without any
    migrations: frozenset[str]
    counts: dict[str, int]


def copy_database(source: Path, target: Path) -> None:
    """Copy a database with all that is committed into one whole file; writers go on meanwhile.

    The copy appears under its name only when it is complete and on the disk. In WAL mode the copy is one reader: it
    sees one moment and keeps nobody from writing. Raises StoreError.
    """
    partial = target.with_name(target.name + PARTIAL)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(source, timeout=_BUSY_SECONDS)) as reader,
            closing(sqlite3.connect(partial)) as writer,
        ):
            reader.backup(writer)
            writer.execute("PRAGMA journal_mode=DELETE").fetchone()  # one file, without a WAL beside it
        sync_file(partial)
        partial.replace(target)
        sync_file(target.parent)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise StoreError(f"{target}: the copy could not be written: {explain_fault(error) or error}") from error


def sync_file(path: Path) -> None:
    """Wait until a file, or a folder's list of names, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify_database(path: Path) -> Contents:
    """Read every page of a database and say what it holds.

    DamageError where it is damaged or empty, StoreError where it is another program's or cannot be read at all.
    """
    if not path.is_file():
        raise StoreError(f"{path}: there is no such file")
    if path.stat().st_size == 0:
        raise DamageError(f"{path}: is an empty file")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise DamageError(f"{path}: is damaged: {' '.join(str(found).split())}")
            if (table := find_stranger(connection)) is not None:
                raise StoreError(f"{path}: {say_stranger(table)}")
            orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
            if orphan is not None:
                raise DamageError(f"{path}: is damaged: a row of {orphan[0]} refers to one of {orphan[2]} that is gone")
            names = {row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations ORDER BY name")}
            counts = {
                table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in _COUNTED
            }
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what it names may be spoilt too
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF not in _DAMAGE:
            raise StoreError(f"{path}: cannot be read: {explain_fault(error) or error}") from error
        raise DamageError(f"{path}: is no database of Marsad's, or is damaged: {error}") from error
    return Contents(
        path=path, bytes=path.stat().st_size, schema=max(names, default=None), migrations=frozenset(names),
        counts=counts,
    )  # fmt: skip


def back_up(database: Path, folder: Path, *, now: datetime, keep: int) -> Contents:
    """Copy the database into the folder, read the copy through, and drop all but the newest `keep`; StoreError."""
    needed = database.stat().st_size + _MARGIN_BYTES
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = free_bytes(folder)
    except OSError as error:
        raise StoreError(f"{folder}: cannot hold backups: {error}") from error
    if free < needed:
        raise StoreError(f"{folder}: a backup needs {needed / 1e6:.0f} MB of disk, {free / 1e6:.0f} MB are free")
    for stale in folder.glob(f"{PREFIX}*{PARTIAL}*"):  # of a backup that was killed
        stale.unlink(missing_ok=True)
    target = folder / f"{PREFIX}{now:%Y%m%dT%H%M%SZ}.db"
    copy_database(database, target)
    try:
        contents = verify_database(target)
    except StoreError:
        target.rename(target.with_name(f"damaged-{target.name}"))  # evidence, and never mistaken for a backup
        raise
    for old in list_backups(folder)[keep:]:
        old.unlink(missing_ok=True)
    return contents


def free_bytes(folder: Path) -> int:
    """What this user may still write to the disk of a folder."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def list_backups(folder: Path) -> list[Path]:
    """The finished backups of a folder, newest first."""
    return sorted(folder.glob(f"{PREFIX}*Z.db"), reverse=True) if folder.is_dir() else []
