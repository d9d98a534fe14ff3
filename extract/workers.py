"""Turns pages into results in worker processes, so that a page that hangs or kills its worker costs only itself."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from concurrent.futures import TimeoutError as TaskTimeoutError
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from store.errors import ExtractError, MarsadError
from store.records import Outlet, Page

if TYPE_CHECKING:
    from extract.page import PageResult

PAGES_A_WORKER = 2_000  # then a fresh process takes over, so that what leaks in a parser goes with the old one
POOLS_A_PAGE = 2  # a page whose worker was never heard of is tried in a second pool, and then left for later
STOP_SECONDS = 3.0
# Below the daemon's own process (nice(2), added to its niceness): it alone fetches and takes in, and each time that a
# worker holds it off a processor, the other workers soon have nothing to read. Measured in docs/scale.md, "Cores".
NICER = 10


class WorkersGone(MarsadError):
    """No worker stays alive (memory is short, the installation broken): no page's fault, and no page is lost by it."""


# What makes the coder load all that it reads by: a claimed rocket attack on a base near Mosul yesterday, two soldiers
# dead, five wounded, said a source in the police.
_TOLD = (
    "أعلن تنظيم داعش مسؤوليته عن هجوم صاروخي استهدف أمس الثلاثاء قاعدة عسكرية قرب الموصل في محافظة نينوى، ما أدى إلى "
    "مقتل جنديين وإصابة خمسة آخرين بجروح، بحسب مصدر في الشرطة."
)


def prepare_worker() -> None:
    """Load everything before the first page's time begins to run, the words and places of the coder too."""
    from extract.page import extract_page

    stamp = datetime(2024, 1, 3, 9, tzinfo=UTC)
    outlet = Outlet(
        id="none", name_ar="", name_en="", home="", publisher="", ownership="private", country="IQ", time_zone="UTC",
        kind="feed", urls=(), every_seconds=600, allowed_hosts=(),
    )  # fmt: skip
    page = Page(
        outlet_id="none", url="", requested_url="", status=200, content_type="text/html", fetched_at=stamp,
        body=f"<html><body><article><h1>خبر</h1><p>{_TOLD}</p></article></body></html>".encode(),  # "news"
    )  # fmt: skip
    extract_page(page, outlet)


def extract_in_worker(page: Page, outlet: Outlet) -> PageResult:
    """Run in the worker: trafilatura, the language profiles and the gazetteer are loaded there and nowhere else."""
    from extract.page import extract_page

    return extract_page(page, outlet)


def begin_worker(prepare: Callable[[], None]) -> None:
    """Run first in each worker: stand behind the daemon, then load what the pages need."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICER)
    prepare()


class Extractor(Protocol):
    """Who extracts pages for the daemon: worker processes here, or a cluster with these behind it."""

    def start(self) -> object:
        """Load what can be loaded before the first page."""

    async def extract(self, page: Page, outlet: Outlet) -> PageResult:
        """Extract and code one page; ExtractError where that page fails, WorkersGone where nobody is there."""

    def stop(self) -> None:
        """End at once; pages under way stay in the queue."""


class ExtractionPool:
    """Worker processes with a time limit a page; started at the first page, and again where the whole pool broke."""

    def __init__(
        self,
        *,
        workers: int,
        page_seconds: float,
        function: Callable[[Page, Outlet], PageResult] = extract_in_worker,
        prepare: Callable[[], None] = prepare_worker,
    ) -> None:
        self.workers = workers
        self.page_seconds = page_seconds
        self._function = function
        self._prepare = prepare
        self._pool: ProcessPool | None = None
        self._ended = False
        self._under_way: set[ProcessFuture[PageResult]] = set()

    def start(self) -> ProcessPool:
        """Start the workers where none are running; WorkersGone after `stop`."""
        if self._ended:
            raise WorkersGone("the workers were told to stop")
        if self._pool is not None and not self._pool.active:
            self._end_pool(BrokenProcessPool("the workers ended"))
        if self._pool is None:
            # Ctrl-C reaches the whole group: what is started while it is blocked here never hears of it.
            heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                # spawn: a fork of a process with threads and connections can hang, and would hold the daemon's lock
                self._pool = ProcessPool(
                    max_workers=self.workers,
                    max_tasks=PAGES_A_WORKER,
                    initializer=begin_worker,
                    initargs=(self._prepare,),
                    context=multiprocessing.get_context("spawn"),
                )
                assert self._pool.active  # asking starts it
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, heard)
        return self._pool

    async def extract(self, page: Page, outlet: Outlet) -> PageResult:
        """Extract and code one page; ExtractError where it hangs or kills its worker, else what its code raised.

        WorkersGone where no worker can be had.
        """
        for attempt in range(1, POOLS_A_PAGE + 1):
            pool = self.start()
            try:
                return await self._run(pool, page, outlet)
            except TaskTimeoutError as error:
                raise ExtractError(page.url, f"took longer than {self.page_seconds:g} s") from error
            except ProcessExpired as error:
                raise ExtractError(page.url, f"killed its worker (exit code {error.exitcode})") from error
            except BrokenProcessPool as error:  # a worker died while idle: not this page's fault
                if pool is self._pool:  # else another page of the same pool has ended it, and a new one is at work
                    self._end_pool(error)
                if attempt == POOLS_A_PAGE:
                    raise WorkersGone("the worker processes end before they read any page") from error
        raise AssertionError("unreachable")

    async def _run(self, pool: ProcessPool, page: Page, outlet: Outlet) -> PageResult:
        try:
            future = pool.schedule(self._function, args=(page, outlet), timeout=self.page_seconds)
        except RuntimeError as error:  # it broke since it was asked
            raise BrokenProcessPool(str(error)) from error
        self._under_way.add(future)
        try:
            return await asyncio.wrap_future(future)
        finally:
            self._under_way.discard(future)

    def stop(self) -> None:
        """End the workers at once; pages that they were at stay in the queue."""
        self._ended = True
        self._end_pool(None)

    def _end_pool(self, error: BrokenProcessPool | None) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.stop()
        with suppress(TimeoutError):  # workers are daemonic processes: at the latest they end with this one
            pool.join(timeout=STOP_SECONDS)
        # A pool that is stopped leaves its pages open, and whoever waits for one would wait for ever.
        for future in [future for future in self._under_way if not future.done()]:
            if error is None:
                future.cancel()
            else:
                future.set_exception(error)
