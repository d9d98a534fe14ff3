"""The daemon's jobs by themselves: pages that hang or kill their worker, faults at a job's border, lines of the log."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extract.page import PageResult
from extract.workers import ExtractionPool
from scheduler import Daemon, EveryTrigger, run_in_thread
from store.database import Database, open_database, transaction
from store.events import event_line
from store.outlets import mark_polled
from store.pages import count_waiting, save_page
from store.records import Outlet, Page, Rejected
from store.settings import ExtractSettings, Settings
from tests.fakes import make_outlet

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OUTLET = make_outlet("outlet")


def behave(page: Page, outlet: Outlet) -> PageResult:
    """Stand-in for extraction: does what the page's name says."""
    name = page.url.rsplit("/", 1)[1]
    if name == "hang":
        time.sleep(60)
    if name == "die":
        time.sleep(0.2)  # as it would in a parser: long after it said which page it has
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "raise":
        raise ValueError("a bug\nwith a second line")
    return PageResult(rejected=Rejected(outlet_id=outlet.id, url=page.url, reason="too_short"))


def prepare_nothing() -> None:
    """Stand-in for loading the rooms."""


def prepare_badly() -> None:
    """Stand-in for a broken installation: the worker ends before any page."""
    os._exit(3)


def make_daemon(db: Database, settings: Settings, outlets: tuple[Outlet, ...] = (OUTLET,)) -> Daemon:
    pool = ExtractionPool(workers=2, page_seconds=2.0, function=behave, prepare=prepare_nothing)
    return Daemon(settings, outlets, db, clock=lambda: NOW, pool=pool)


def queue_pages(db: Database, *names: str, outlet_id: str = "outlet") -> None:
    with transaction(db):
        for name in names:
            url = f"https://outlet.example/{name}"
            page = Page(
                outlet_id=outlet_id, url=url, requested_url=url, status=200, content_type="text/html",
                body=name.encode(), fetched_at=NOW,
            )  # fmt: skip
            assert save_page(db, page, first_visit=False) is not None


def test_pages_that_hang_die_or_fail_hold_up_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(database=tmp_path / "marsad.db", extract=ExtractSettings(attempts=2))
    db = open_database(settings.database)
    queue_pages(db, "a", "hang", "die", "raise", *(f"page{number}" for number in range(20)))
    queue_pages(db, "orphan", outlet_id="gone")

    async def run() -> None:
        daemon = make_daemon(db, settings)
        with caplog.at_level(logging.INFO, "marsad"):
            await daemon.drain()
        await daemon.close()

    asyncio.run(run())
    states = {row["url"].rsplit("/", 1)[1]: row for row in db.query("SELECT url, state, attempts, error FROM pages")}
    assert {name for name, row in states.items() if row["state"] == "failed"} == {"hang", "die", "raise", "orphan"}
    assert all(row["state"] == "rejected" for name, row in states.items() if name.startswith(("a", "page")))
    assert states["hang"]["attempts"] == 2
    assert "took longer" in states["hang"]["error"]
    assert "killed its worker" in states["die"]["error"]
    assert "no longer" in states["orphan"]["error"]
    assert not any("\n" in record.getMessage() for record in caplog.records)
    db.close()


def test_workers_that_cannot_start_cost_no_page(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    db = open_database(tmp_path / "marsad.db")
    queue_pages(db, *(f"page{number}" for number in range(5)))

    async def run() -> None:
        daemon = make_daemon(db, Settings(database=tmp_path / "marsad.db"))
        daemon.pool = ExtractionPool(workers=1, page_seconds=1.0, function=behave, prepare=prepare_badly)
        await daemon.border.guard(daemon.drain)()
        assert count_waiting(db) == 5
        await daemon.close()
        well = make_daemon(db, Settings(database=tmp_path / "marsad.db"))
        await well.drain()
        await well.close()

    asyncio.run(run())
    assert "job_failed job=drain" in caplog.text
    assert count_waiting(db) == 0
    assert db.execute("SELECT count(*) FROM pages WHERE state = 'failed'").fetchone()[0] == 0
    db.close()


def test_a_fault_ends_its_own_run_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    db = open_database(tmp_path / "marsad.db")

    async def break_down() -> None:
        raise RuntimeError("a bug")

    async def run() -> None:
        daemon = make_daemon(db, Settings(database=tmp_path / "marsad.db"))
        await daemon.border.guard(break_down)()
        await daemon.close()

    asyncio.run(run())
    assert "job_failed job=break_down" in caplog.text
    assert "a bug" in caplog.text
    db.close()


def test_too_many_open_files_are_told_in_plain_lines_and_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    db = open_database(tmp_path / "marsad.db")
    fault = OSError(errno.EMFILE, "Too many open files", "/somewhere")

    async def read_something() -> None:
        raise fault

    async def run() -> None:
        daemon = make_daemon(db, Settings(database=tmp_path / "marsad.db"))
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(daemon.border.tell_loop_fault)
        for _ in range(3):
            await daemon.border.guard(read_something)()
            loop.call_exception_handler({"message": "socket.accept() out of system resource", "exception": fault})
        await daemon.close()

    asyncio.run(run())
    assert len(caplog.records) == 2
    assert all("Too many open files: let this process open more" in record.message for record in caplog.records)
    assert "Traceback" not in caplog.text
    db.close()


def test_an_outlet_that_rests_is_not_polled_before_its_time(tmp_path: Path) -> None:
    db = open_database(tmp_path / "marsad.db")
    rests = NOW + timedelta(hours=3)

    async def run() -> None:
        daemon = make_daemon(db, Settings(database=tmp_path / "marsad.db"))
        daemon.begin()
        assert NOW <= daemon.first_poll(OUTLET) <= NOW + timedelta(seconds=20)
        with transaction(db):
            mark_polled(db, "outlet", now=NOW, problem="timeout", next_poll_at=rests)
        assert daemon.first_poll(OUTLET) == rests
        await daemon.close()

    asyncio.run(run())
    db.close()


def test_a_blocking_call_runs_beside_the_loop() -> None:
    async def run() -> None:
        released = threading.Event()

        def block() -> str:
            assert released.wait(5)
            return "done"

        task = asyncio.ensure_future(run_in_thread(block))
        await asyncio.sleep(0.05)
        released.set()
        assert await task == "done"

        def fail() -> None:
            raise KeyError("missing")

        with pytest.raises(KeyError):
            await run_in_thread(fail)

    asyncio.run(run())


def test_a_line_of_the_log_is_one_line_whatever_it_tells() -> None:
    line = event_line("crawl", outlet="a", problem='two words\nERROR forged="1"', none=None, seconds=1.234, empty="")
    assert line == 'crawl outlet=a problem="two words\\nERROR forged=\\"1\\"" seconds=1.23 empty=""'
    assert "\x1b" not in event_line("page", url="\x1b[31mred")
    assert "\u202e" not in event_line("page", url="\u202ereversed")


def test_a_clock_that_is_set_right_after_decades_is_no_work() -> None:
    trigger, long_ago = EveryTrigger(seconds=1), NOW - timedelta(days=20_000)
    assert trigger.get_next_fire_time(long_ago, NOW) == NOW + timedelta(seconds=1)  # not two billion turns, one by one
    assert trigger.get_next_fire_time(NOW, NOW) == NOW + timedelta(seconds=1)
