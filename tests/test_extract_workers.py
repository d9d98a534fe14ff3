"""Worker processes: a page that hangs, dies or raises costs only itself, and a dead pool is replaced."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from extract.page import PageResult
from extract.workers import ExtractionPool, WorkersGone
from store.errors import ExtractError
from store.records import Outlet, Page, Rejected
from tests.fakes import make_outlet

OUTLET = make_outlet("outlet")


def make_page(name: str) -> Page:
    url = f"https://outlet.example/{name}"
    return Page(
        outlet_id="outlet", url=url, requested_url=url, status=200, content_type="text/html", body=b"",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip


def behave(page: Page, outlet: Outlet) -> PageResult:
    """Stand-in for extraction: does what the page's name says."""
    name = page.url.rsplit("/", 1)[1]
    if name == "hang":
        time.sleep(60)
    if name == "die":
        time.sleep(0.2)  # as it would in a parser: long after it said which page it has
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "niceness":
        return PageResult(rejected=Rejected(outlet_id=outlet.id, url=page.url, reason=str(os.nice(0))))
    if name == "raise":
        raise ValueError("a bug")
    return PageResult(rejected=Rejected(outlet_id=outlet.id, url=page.url, reason=f"pid {os.getpid()}"))


def prepare_nothing() -> None:
    """Stand-in for loading the rooms."""


def prepare_badly_once(mark: Path) -> None:
    """Stand-in for memory that was short for a moment: the first worker of all ends before any page."""
    try:
        mark.open("x").close()
    except FileExistsError:
        return
    os._exit(3)


@pytest.fixture
def pool() -> Iterator[ExtractionPool]:
    pool = ExtractionPool(workers=2, page_seconds=2.0, function=behave, prepare=prepare_nothing)
    yield pool
    pool.stop()


def test_bad_pages_cost_only_themselves(pool: ExtractionPool) -> None:
    async def run() -> list[PageResult | BaseException]:
        names = ["a", "hang", "b", "die", "raise", *map(str, range(10))]
        return await asyncio.gather(*(pool.extract(make_page(name), OUTLET) for name in names), return_exceptions=True)

    results = asyncio.run(run())
    assert isinstance(results[1], ExtractError)
    assert "took longer than 2 s" in str(results[1])
    assert isinstance(results[3], ExtractError)
    assert "killed its worker" in str(results[3])
    assert isinstance(results[4], ValueError)
    rest = [result for number, result in enumerate(results) if number not in {1, 3, 4}]
    assert all(isinstance(result, PageResult) for result in rest)


@pytest.mark.skipif(not hasattr(os, "nice"), reason="a system without niceness")
def test_workers_stand_behind_the_process_that_feeds_them(pool: ExtractionPool) -> None:
    result = asyncio.run(pool.extract(make_page("niceness"), OUTLET))
    assert result.rejected is not None
    assert int(result.rejected.reason) == min(os.nice(0) + 10, 19)


def test_workers_that_die_while_idle_are_replaced(pool: ExtractionPool) -> None:
    async def run() -> PageResult:
        first = await pool.extract(make_page("a"), OUTLET)
        assert first.rejected is not None
        os.kill(int(first.rejected.reason.split()[1]), signal.SIGKILL)
        await asyncio.sleep(0.5)
        return await pool.extract(make_page("b"), OUTLET)

    assert asyncio.run(run()).rejected is not None


def test_all_pages_of_a_pool_that_breaks_are_read_by_the_next(tmp_path: Path) -> None:
    pool = ExtractionPool(
        workers=2, page_seconds=20, function=behave, prepare=partial(prepare_badly_once, tmp_path / "mark")
    )

    async def run() -> list[PageResult]:
        return await asyncio.gather(*(pool.extract(make_page(str(number)), OUTLET) for number in range(10)))

    assert all(result.rejected is not None for result in asyncio.run(run()))
    pool.stop()


def test_stopping_is_quick_and_final(pool: ExtractionPool) -> None:
    async def run() -> float:
        task = asyncio.ensure_future(pool.extract(make_page("hang"), OUTLET))
        await asyncio.sleep(0.8)
        began = time.monotonic()
        pool.stop()
        with pytest.raises((asyncio.CancelledError, ExtractError, WorkersGone)):
            await task
        return time.monotonic() - began

    assert asyncio.run(run()) < 15
