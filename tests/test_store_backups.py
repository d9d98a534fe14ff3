"""Backups are whole and readable while others write; a restore keeps what was there; migrations copy first."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from store.backups import back_up, list_backups, verify_database
from store.database import lock_daemon, open_database, transaction
from store.errors import DamageError, StoreError
from store.migrations import migrations
from store.restore import restore_database

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def reject(db: Database, name: str) -> None:
    with transaction(db):
        for part in ("a", "b"):  # always both
            db.execute("INSERT INTO rejected (outlet_id, url, reason, at) VALUES ('o', ?, 'short', '')", (name + part,))


def count_rejected(path: Path) -> int:
    plain = sqlite3.connect(path)
    try:
        return int(plain.execute("SELECT count(*) FROM rejected").fetchone()[0])
    finally:
        plain.close()


def test_a_backup_under_writes_is_one_moment_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "marsad.db"
    open_database(path).close()
    done = threading.Event()
    written: list[int] = []

    def write() -> None:
        db = open_database(path)
        while not done.is_set():
            reject(db, f"row{len(written)}")
            written.append(1)
        db.close()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(5):
            contents = back_up(path, tmp_path / "backups", now=NOW + timedelta(hours=number), keep=3)
            assert count_rejected(contents.path) % 2 == 0
    finally:
        done.set()
        thread.join()
    kept = list_backups(tmp_path / "backups")
    assert [item.name for item in kept] == [f"marsad-20261120T{hour}0000Z.db" for hour in (16, 15, 14)]
    assert sorted((tmp_path / "backups").iterdir()) == sorted(kept)  # each is one file, and nothing half lies about
    assert written


def test_a_backup_is_refused_where_the_disk_is_too_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "marsad.db"
    open_database(path).close()
    monkeypatch.setattr("store.backups.free_bytes", lambda folder: 1_000_000)
    with pytest.raises(StoreError, match=r"needs 2\d MB of disk, 1 MB are free"):
        back_up(path, tmp_path / "backups", now=NOW, keep=3)
    assert list_backups(tmp_path / "backups") == []


def test_a_restore_brings_back_and_keeps_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "marsad.db"
    db = open_database(path)
    reject(db, "before")
    db.execute(
        "INSERT INTO alerts (key, kind, channel, payload, queued_at, due_at) VALUES ('k', 'new', 'c', '{}', '', '')"
    )
    backup = back_up(path, tmp_path / "backups", now=NOW, keep=3).path
    reject(db, "after")
    db.execute("UPDATE alerts SET state = 'sent', sent_at = '2026-11-20T12:30:00Z'")
    db.close()
    restored = restore_database(path, backup, now=NOW)
    assert count_rejected(path) == 2
    assert restored.replaced is not None
    assert count_rejected(restored.replaced) == 4
    assert restored.told_since == 1
    db = open_database(path)
    assert db.execute("SELECT state FROM alerts").fetchone()[0] == "sent"  # nobody is told again
    db.close()


def test_a_restore_over_a_damaged_database(tmp_path: Path) -> None:
    path = tmp_path / "marsad.db"
    db = open_database(path)
    reject(db, "row")
    backup = back_up(path, tmp_path / "backups", now=NOW, keep=3).path
    db.close()
    path.write_bytes(b"\0" * 5_000)
    with pytest.raises(StoreError, match="marsad restore"):
        open_database(path)
    restored = restore_database(path, backup, now=NOW)
    assert restored.told_since is None
    assert count_rejected(path) == 2


def test_a_restore_refuses_what_would_harm(tmp_path: Path) -> None:
    path, bad = tmp_path / "marsad.db", tmp_path / "bad.db"
    db = open_database(path)
    reject(db, "row")
    backup = back_up(path, tmp_path / "backups", now=NOW, keep=3).path
    db.close()
    bad.write_bytes(backup.read_bytes()[:20_000])
    with pytest.raises(StoreError, match="damaged"):
        restore_database(path, bad, now=NOW)
    with pytest.raises(StoreError, match="no such file"):
        restore_database(path, tmp_path / "none.db", now=NOW)
    with lock_daemon(path), pytest.raises(StoreError, match="another daemon"):
        restore_database(path, backup, now=NOW)
    newer = sqlite3.connect(backup)
    newer.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('marsad', '999_later', '')")
    newer.commit()
    newer.close()
    with pytest.raises(StoreError, match=r"newer Marsad .*999_later"):
        restore_database(path, backup, now=NOW)
    assert list(tmp_path.glob("*.replaced-*")) == []  # refused before anything was touched
    assert count_rejected(path) == 2


def test_a_row_that_refers_to_nothing_is_damage(tmp_path: Path) -> None:
    """SQLite's own check of the pages does not look at references."""
    path = tmp_path / "marsad.db"
    db = open_database(path)
    db.execute("PRAGMA foreign_keys=OFF")
    db.execute("INSERT INTO sources (outlet_id, url) VALUES ('nobody', 'u')")
    db.conn.commit()
    db.close()
    with pytest.raises(DamageError, match="a row of sources refers to one of outlets that is gone"):
        verify_database(path)


@pytest.mark.parametrize("applied", range(1, len(migrations._migrations)))
def test_a_database_of_any_earlier_schema_is_copied_and_opens(applied: int, tmp_path: Path) -> None:
    path = tmp_path / "marsad.db"
    old = Database(path)
    earlier = Migrations("marsad")
    earlier._migrations = migrations._migrations[:applied]
    earlier.apply(old)
    old.execute("INSERT INTO rejected (outlet_id, url, reason, at) VALUES ('o', 'u', 'short', '')")
    old.conn.commit()
    old.close()
    open_database(path).close()
    following = migrations._migrations[applied].name
    assert len(verify_database(path).migrations) == len(migrations._migrations)
    copy = path.with_name(f"marsad.db.before-{following}")
    assert following not in verify_database(copy).migrations
    assert count_rejected(copy) == count_rejected(path) == 1
