"""Turns the pages that wait into taken-in ones: each extracted by a worker, and its faults kept to itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from extract.workers import Extractor, WorkersGone
from intake.pages import take_in
from store.errors import ExtractError
from store.events import event_line
from store.faults import explain_fault
from store.pages import StoredPage, mark_failed, next_packed
from store.records import Outlet

if TYPE_CHECKING:
    from sqlite_utils import Database

    from store.settings import Settings

log = logging.getLogger("marsad")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQueue:
    """The queue as the daemon works at it: with whom, and who hears of what came of each page."""

    db: Database
    pool: Extractor
    settings: Settings
    outlets: Mapping[str, Outlet]
    clock: Callable[[], datetime]
    is_stopping: Callable[[], bool]
    on_page: Callable[[str], None]  # what became of one, in one word
    on_alerts: Callable[[], None]  # something is to be told

    async def drain(self) -> None:
        """Extract, code and take in every page that waits; one that takes long holds up no other."""
        began, outcomes = time.monotonic(), Counter[str]()
        batch, under_way = self.settings.extract.batch, dict[int, asyncio.Task[str]]()
        try:
            while not self.is_stopping():
                if len(under_way) <= batch // 2:
                    for stored in next_packed(self.db, batch, but=under_way):
                        under_way[stored.id] = asyncio.create_task(self.take_page(stored))
                if not under_way:
                    break
                await asyncio.wait(under_way.values(), return_when=asyncio.FIRST_COMPLETED)
                for page_id in [page_id for page_id, task in under_way.items() if task.done()]:
                    outcomes[word := under_way.pop(page_id).result()] += 1
                    self.on_page(word)
        finally:  # a daemon that stops, or that has no workers left: these pages stay in the queue
            for task in under_way.values():
                task.cancel()
            await asyncio.gather(*under_way.values(), return_exceptions=True)
        if outcomes:
            log.info(event_line("extract", **outcomes, seconds=time.monotonic() - began))

    async def take_page(self, stored: StoredPage) -> str:
        """Bring one page from the queue into the database, and say what became of it in one word."""
        outlet = self.outlets.get(stored.page.outlet_id)
        try:
            if outlet is None:
                raise ExtractError(stored.page.url, "its outlet is no longer in the catalogue or the settings")
            result = await self.pool.extract(stored.page, outlet)
            outcome = take_in(self.db, stored, result, outlet=outlet, settings=self.settings, now=self.clock())
            if outcome.alerts:
                self.on_alerts()
            return outcome.word
        except WorkersGone:  # not the page's fault: it stays in the queue
            raise
        except Exception as error:
            if self.is_stopping():
                return "left"
            if explain_fault(error) is not None:  # nor is a full disk the page's fault
                raise
            over = mark_failed(self.db, stored.id, str(error), attempts=self.settings.extract.attempts)
            log.warning(event_line("page_failed", url=stored.page.url, error=error, gives_up=over))
            log.debug("traceback", exc_info=True)
            return "failed"
