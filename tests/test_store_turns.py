"""What a person writes goes before the writing of daemons, and a process that hangs stops nobody for good."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from store import turns
from store.database import open_database, transaction, write_patiently
from store.turns import give_way, going_first


def test_whoever_writes_without_a_pause_lets_a_person_go_first(tmp_path: Path) -> None:
    path = tmp_path / "marsad.db"
    db = open_database(path)
    db.execute("CREATE TABLE told (who TEXT)")

    def write_as_daemon() -> None:
        own = open_database(path)
        with transaction(own):
            own.execute("INSERT INTO told VALUES ('daemon')")
        own.close()

    daemon = threading.Thread(target=write_as_daemon)

    def judge() -> None:
        daemon.start()
        daemon.join(0.2)  # it would have written by now
        with transaction(db):
            db.execute("INSERT INTO told VALUES ('person')")

    write_patiently(path, judge)
    daemon.join()
    assert [row[0] for row in db.execute("SELECT who FROM told ORDER BY rowid")] == ["person", "daemon"]
    db.close()


def test_a_person_that_hangs_is_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "GIVE_WAY_SECONDS", 0.05)
    path, done = tmp_path / "marsad.db", list[str]()

    def wait_as_daemon() -> None:
        give_way(path)
        done.append("daemon")

    def wait_as_person() -> None:
        with going_first(path):
            done.append("person")

    with going_first(path):
        for wait in (wait_as_daemon, wait_as_person):
            thread = threading.Thread(target=wait)
            thread.start()
            thread.join()
    assert done == ["daemon", "person"]


def test_where_the_side_file_cannot_be_made_people_write_all_the_same(tmp_path: Path) -> None:
    nowhere = tmp_path / "none" / "marsad.db"
    give_way(nowhere)
    assert write_patiently(nowhere, lambda: "done") == "done"
