"""Keeping times: what outlived them goes, what waits or was coded stays."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.database import open_database, transaction
from store.outlets import Fetch, log_fetch
from store.pages import finish_page, save_page
from store.records import Page
from store.settings import KeepSettings
from store.upkeep import drop_old, drop_oldest_bodies, tidy_file

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def make_page(name: str, age: timedelta) -> Page:
    url = f"https://outlet.example/{name}"
    return Page(
        outlet_id="outlet", url=url, requested_url=url, status=200, content_type="text/html",
        body=name.encode(), fetched_at=NOW - age,
    )  # fmt: skip


def test_old_bodies_go_and_waiting_pages_stay(tmp_path: Path) -> None:
    db = open_database(tmp_path / "marsad.db")
    with transaction(db):
        for number in range(1_100):  # more than one step
            page_id = save_page(db, make_page(f"old{number}", timedelta(days=40)), first_visit=False)
            assert page_id is not None
            finish_page(db, page_id, "done")
        save_page(db, make_page("waiting", timedelta(days=40)), first_visit=False)
        new = save_page(db, make_page("new", timedelta(days=1)), first_visit=False)
        assert new is not None
        finish_page(db, new, "done")
        month_old = Fetch(outlet_id="outlet", url="u", kind="page", outcome="ok", fetched_at=NOW - timedelta(days=20))
        log_fetch(db, month_old)
        log_fetch(db, Fetch(outlet_id="outlet", url="u", kind="page", outcome="ok", fetched_at=NOW))
    dropped = drop_old(db, KeepSettings(), NOW)
    assert dropped == {"bodies": 1_100, "bodies_over_size": 0, "fetches": 1, "rejected": 0, "listed": 0}
    kept = {row["url"].rsplit("/", 1)[1] for row in db.query("SELECT url FROM pages WHERE body IS NOT NULL")}
    assert kept == {"waiting", "new"}
    assert drop_old(db, KeepSettings(), NOW) == dict.fromkeys(dropped, 0)
    db.close()


def test_beyond_its_size_the_oldest_bodies_go_first(tmp_path: Path) -> None:
    db = open_database(tmp_path / "marsad.db")
    with transaction(db):
        for number in range(10):
            page = make_page(f"page{number}", timedelta(days=1))
            page_id = save_page(db, replace(page, body=os.urandom(100_000)), first_visit=False)
            assert page_id is not None
            if number != 2:  # which still waits
                finish_page(db, page_id, "done")
    assert drop_oldest_bodies(db, 550_000) == 4
    kept = {row["url"].rsplit("/", 1)[1] for row in db.query("SELECT url FROM pages WHERE body IS NOT NULL")}
    assert kept == {"page2", "page5", "page6", "page7", "page8", "page9"}
    assert drop_oldest_bodies(db, 10_000_000) == 0
    size = 4096 * int(db.execute("PRAGMA page_count").fetchone()[0])
    assert tidy_file(db) > 50
    assert (tmp_path / "marsad.db").stat().st_size < size - 200_000
    assert (tmp_path / "marsad.db-wal").stat().st_size == 0
    assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    db.close()
