"""The database opens in the current schema or says plainly why not, and a transaction is all or nothing."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from store.backups import verify_database
from store.database import find_daemon, lock_daemon, open_database, transaction
from store.errors import StoreError
from store.times import from_iso, latest_moment, to_iso

ROOT = Path(__file__).parents[1]


def test_opens_in_wal_with_the_schema_and_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "marsad.db"
    for _ in range(2):
        db = open_database(path)
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
        assert {"outlets", "pages", "articles", "mentions", "incidents", "alerts"} <= set(db.table_names())
        db.close()


def test_does_not_create_where_it_must_not(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database here yet"):
        open_database(tmp_path / "none.db", create=False)
    assert not (tmp_path / "none.db").exists()


def test_refuses_what_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database at all, but long enough to be looked at as one\n" * 20)
    with pytest.raises(StoreError, match="cannot be used as a database"):
        open_database(path)
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(tmp_path)


def test_whoever_looks_for_a_daemon_keeps_none_from_starting(tmp_path: Path) -> None:
    """`marsad status` in the moment of a start must not be taken for another daemon."""
    path = tmp_path / "marsad.db"
    with lock_daemon(path):
        pass
    looker = os.open(path.with_name("marsad.db.lock"), os.O_RDONLY)  # as find_daemon does, and slowly
    fcntl.flock(looker, fcntl.LOCK_SH)
    timer = threading.Timer(0.1, os.close, [looker])
    timer.start()
    with lock_daemon(path):
        assert find_daemon(path) == os.getpid()
    timer.join()


@pytest.mark.parametrize("migrated", [False, True])
def test_another_programs_database_is_refused_and_not_touched(migrated: bool, tmp_path: Path) -> None:
    """A slip of `--database` must not write our tables into somebody's file, however harmless the command."""
    path = tmp_path / "places.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE bookmarks (id INTEGER PRIMARY KEY)")
    if migrated:  # as other programs on sqlite-utils are
        other.execute("CREATE TABLE _sqlite_migrations (migration_set TEXT, name TEXT, applied_at TEXT)")
        other.execute("INSERT INTO _sqlite_migrations VALUES ('theirs', '001_first', '')")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"another program's database .*'bookmarks'.*`database`"):
        open_database(path)
    with pytest.raises(StoreError, match="another program's database"):
        verify_database(path)
    assert path.read_bytes() == before


def test_refuses_a_newer_schema(tmp_path: Path) -> None:
    path = tmp_path / "marsad.db"
    db = open_database(path)
    db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('marsad', '999_later', '')")
    db.close()
    with pytest.raises(StoreError, match=r"newer Marsad .*999_later"):
        open_database(path)


def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "marsad.db"
    faults: list[Exception] = []

    def open_it() -> None:
        try:
            open_database(path).close()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def reject(db: Database, url: str, *, fail: bool) -> None:
    with transaction(db):
        db.execute("INSERT INTO rejected (outlet_id, url, reason, at) VALUES ('a', ?, 'short', '')", (url,))
        if fail:
            raise RuntimeError


def test_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    db = open_database(tmp_path / "marsad.db")
    with pytest.raises(RuntimeError):
        reject(db, "one", fail=True)
    with transaction(db):
        reject(db, "two", fail=False)
        with pytest.raises(RuntimeError):  # an inner one falls back alone
            reject(db, "three", fail=True)
    assert [row[0] for row in db.execute("SELECT url FROM rejected")] == ["two"]
    db.close()


def test_writers_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "marsad.db"
    open_database(path).close()

    def write(name: str) -> None:
        db = open_database(path)
        for number in range(50):
            with transaction(db):
                db.execute("SELECT count(*) FROM rejected").fetchone()
                db.execute(
                    "INSERT INTO rejected (outlet_id, url, reason, at) VALUES (?, ?, 'short', '')",
                    (name, f"{name}{number}"),
                )
        db.close()

    threads = [threading.Thread(target=write, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db = open_database(path)
    assert db.execute("SELECT count(*) FROM rejected").fetchone()[0] == 200
    db.close()


HOLD = "import sys; from pathlib import Path; from store.database import lock_daemon\n"
HOLD += "with lock_daemon(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


def test_second_daemon_is_refused_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "marsad.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match=rf"process {first.pid}"), lock_daemon(path):
            pass
        first.kill()
    with lock_daemon(path):
        assert (tmp_path / "marsad.db.lock").read_text() == f"{os.getpid()}\n"


def test_readers_see_plain_sqlite(tmp_path: Path) -> None:
    open_database(tmp_path / "marsad.db").close()
    plain = sqlite3.connect(tmp_path / "marsad.db")
    assert plain.execute("SELECT count(*) FROM incidents").fetchone() == (0,)
    plain.close()


moments = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=3)), timezone(timedelta(hours=-9, minutes=-30))]
    )
)  # fmt: skip


@given(moments, moments)
def test_times_come_back_and_sort_as_text(one: datetime, other: datetime) -> None:
    assert abs(from_iso(to_iso(one)) - one) < timedelta(milliseconds=1)
    if abs(one - other) >= timedelta(milliseconds=1):
        assert (to_iso(one) < to_iso(other)) == (one < other)


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        to_iso(datetime(2020, 1, 1))
    with pytest.raises(ValueError, match="without a zone"):
        from_iso("2020-01-01T00:00:00")


def test_day_alone_counts_as_its_end() -> None:
    day = datetime(2020, 12, 28, tzinfo=UTC)
    assert latest_moment(day, "day").date() == day.date()
    assert latest_moment(day, "day") > day + timedelta(hours=23)
    assert latest_moment(day, "second") == day
