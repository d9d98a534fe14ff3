"""Turns an outlet's entry into one visit: its sources asked, its new pages fetched, everything in the store."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.crawler import Crawler as ScrapyCrawler

from crawler.download import Line, Politeness, allowed_private_hosts
from crawler.engine import scrapy_settings
from crawler.fetch import Fetcher, Network
from crawler.pace import estimate_habit, next_interval, rest_after_failure
from crawler.spiders import SPIDERS, PageSpider
from crawler.urls import absolute_url, canonical_url, requestable_url, stated_canonical
from crawler.visit import Clock, Received, Visit
from store.database import Database, transaction
from store.errors import CrawlError
from store.events import Event, event_line
from store.listed import DuePage, count_new, first_visit_times, next_due_at
from store.outlets import mark_polled, read_state, save_outlets
from store.records import Outlet, Page
from store.settings import CrawlSettings

log = logging.getLogger(__name__)
# A visit's longest time; what is left waits for the next one, so that a slow outlet holds its place for so long only.
VISIT_SECONDS = 300.0
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """What one visit to one outlet came to."""

    outlet_id: str
    started_at: datetime
    finished_at: datetime
    first_visit: bool
    problem: str | None  # None: at least one source was of use
    sources: Mapping[str, int]  # outcome word → how many feeds, sitemaps, sections
    pages: Mapping[str, int]  # outcome word → how many pages
    listed: int
    new: int  # items never listed before
    changed: int  # items whose source says that they changed
    saved: int  # pages put on the queue for extraction
    wire_bytes: int
    next_poll_at: datetime


class Crawler:
    """Visits outlets, several at a time, in the caller's event loop; `close` ends what is under way."""

    def __init__(
        self, settings: CrawlSettings, db: Database | None, *, clock: Clock, network: Network | None = None
    ) -> None:
        """`db` may be None where only `fetch_page` is called."""
        self._settings = settings
        self._db = db
        self._clock = clock
        self._network = network or Network()
        self._politeness: Politeness | None = None
        self._open: dict[int, Line] = {}
        # Scrapy tells each crawl's story at INFO; ours is one line a visit.
        logging.getLogger("scrapy").setLevel(logging.CRITICAL)
        self._runner = AsyncCrawlerRunner(scrapy_settings(settings))

    async def crawl_outlet(self, outlet: Outlet) -> CrawlReport:
        """Visit one outlet; ordinary trouble is in the report.

        CrawlError is a fault of Marsad's or the entry's own; OSError and SQLite's errors are this machine's.
        """
        if self._db is None:
            raise CrawlError(outlet.id, "a visit needs a database")
        spider = SPIDERS.get(outlet.kind)
        if spider is None:
            raise CrawlError(outlet.id, f"unknown kind of discovery {outlet.kind!r}")
        save_outlets(self._db, [outlet])
        started_at = self._clock()
        visit = Visit(outlet, self._settings, self._db, self._clock, read_state(self._db, outlet.id))
        line = self._open_line(outlet)
        try:
            finished = await self._run(spider, line, visit=visit)
        finally:
            await self._close_line(line)
        if visit.store_fault is not None:
            raise visit.store_fault
        if visit.problem == "too_many_files":  # told as a fault of this machine; the outlet's own turn stays as it was
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        visit.out_of_time = not finished
        visit.note_robots(line.robots_asked)
        report = self._settle(visit, started_at)
        log.info(describe_report(report))
        return report

    async def fetch_page(self, url: str, outlet: Outlet) -> Page:
        """Fetch one URL by the outlet's rules; nothing is stored, and `problem` says why there is no usable body."""
        now = self._clock()
        answer = await self.fetch_answer(url, outlet)
        worked = answer.outcome == "ok"
        hosts = outlet.allowed_hosts
        return Page(
            outlet_id=outlet.id,
            url=stated_canonical(answer.body, answer.final_url, hosts) if worked else canonical_url(url, hosts) or url,
            requested_url=answer.url,
            status=answer.status,
            content_type=answer.headers.get("content-type"),
            body=answer.body if worked else None,
            fetched_at=now,
            problem=None if worked else answer.outcome,
            headers=answer.raw_headers if worked else (),
        )

    async def fetch_answer(self, url: str, outlet: Outlet) -> Received:
        """Fetch one URL by the outlet's rules, whatever it is: page, feed, wall; raises CrawlError for no address."""
        joined = absolute_url(url)
        if joined is None:
            raise CrawlError(outlet.id, f"{url!r} is no web address")
        now = self._clock()
        due = DuePage(
            url=joined,
            requested_url=requestable_url(joined),
            item=None,
            first_visit=False,
            first_listed_at=now,
            fetched_at=None,
            failures=0,
            etag=None,
            last_modified=None,
            digest=None,
        )
        line = self._open_line(outlet)
        scrapy_crawler = self._runner.create_crawler(PageSpider)
        try:
            await self._run(scrapy_crawler, line, due=due)
        finally:
            await self._close_line(line)
        spider = scrapy_crawler.spider
        answer = spider.answer if isinstance(spider, PageSpider) else None
        if answer is None:
            raise CrawlError(outlet.id, f"{url}: the fetch was stopped")
        return answer

    async def close(self) -> None:
        """End all visits under way within seconds; what they had not fetched stays due."""
        for line in list(self._open.values()):
            await line.close()
        crawls = list(self._runner.crawlers)
        if crawls:
            await asyncio.wait([asyncio.ensure_future(crawl.stop_async()) for crawl in crawls], timeout=STOP_SECONDS)
        if self._politeness is not None:
            await self._politeness.renderer.close()
        self._network.close()

    async def _run(self, crawl: ScrapyCrawler | type[Any], line: Line, **arguments: Any) -> bool:
        """Run one Scrapy crawl to its end, or to the end of the visit's time (False)."""
        scrapy_crawler = self._runner.create_crawler(crawl)
        task = self._runner.crawl(scrapy_crawler, line=line, now=self._clock, **arguments)
        try:
            async with asyncio.timeout(VISIT_SECONDS):
                await asyncio.shield(task)
        except TimeoutError:
            await self._stop(scrapy_crawler, line, task)
            return False
        except asyncio.CancelledError:
            await self._stop(scrapy_crawler, line, task)
            raise
        return not line.closed

    async def _stop(self, scrapy_crawler: ScrapyCrawler, line: Line, task: asyncio.Task[None]) -> None:
        """Stop a crawl: its connections first, so that nothing is waited for. (Scrapy's own task must not be cancelled:
        its timers would outlive it.)"""
        await line.close()
        stopping = asyncio.ensure_future(scrapy_crawler.stop_async())
        await asyncio.wait([stopping, task], timeout=STOP_SECONDS)

    def _open_line(self, outlet: Outlet) -> Line:
        if self._politeness is None:  # its semaphore and gates belong to the running loop
            self._politeness = Politeness(self._settings, self._network)
        fetcher = Fetcher(self._network, allowed_private=allowed_private_hosts(outlet), proxy=outlet.proxy)
        line = Line(
            outlet=outlet,
            politeness=self._politeness,
            fetcher=fetcher,
            user_agent=user_agent(self._settings, outlet),
        )
        self._open[id(line)] = line
        return line

    async def _close_line(self, line: Line) -> None:
        self._open.pop(id(line), None)
        await line.close()

    def _settle(self, visit: Visit, started_at: datetime) -> CrawlReport:
        """Note the poll and choose the next one's time."""
        now, outlet = self._clock(), visit.outlet
        problem = visit.problem or ("stopped" if not visit.sources else None)
        next_poll_at = self._next_poll_at(visit, problem, now)
        if problem != "stopped":  # which says nothing of the outlet
            with transaction(visit.db):
                mark_polled(
                    visit.db, outlet.id, now=now, problem=problem, new_pages=visit.new, next_poll_at=next_poll_at
                )
        return CrawlReport(
            outlet_id=outlet.id,
            started_at=started_at,
            finished_at=now,
            first_visit=visit.state.is_first_visit,
            problem=problem,
            sources=dict(visit.sources),
            pages=dict(visit.pages),
            listed=visit.listed,
            new=visit.new,
            changed=visit.changed,
            saved=visit.saved,
            wire_bytes=visit.wire_bytes,
            next_poll_at=next_poll_at,
        )

    def _next_poll_at(self, visit: Visit, problem: str | None, now: datetime) -> datetime:
        every = float(visit.outlet.every_seconds)
        if problem == "stopped":
            return now
        if problem is not None:
            seconds = rest_after_failure(every, self._settings, problem=problem, failures=visit.state.failures + 1)
            return now + timedelta(seconds=max(seconds, visit.retry_after_seconds))
        per_day = articles_a_day(visit, now)
        if per_day is None:
            seconds = every  # its habit is not known yet
        else:
            new_last_hour = count_new(visit.db, visit.outlet.id, since=now - timedelta(hours=1))
            seconds = next_interval(
                every, self._settings, per_day=per_day, new_last_hour=new_last_hour, dear=visit.is_dear()
            )
        if visit.gap or visit.out_of_time:
            seconds = min(seconds, max(every / 2, 1.0))
        next_poll_at = now + timedelta(seconds=max(seconds, visit.retry_after_seconds))
        due_at = next_due_at(visit.db, visit.outlet.id)
        earliest = now + timedelta(seconds=every)
        return next_poll_at if due_at is None else min(next_poll_at, max(due_at, earliest))


def articles_a_day(visit: Visit, now: datetime) -> float | None:
    """Return how much the outlet publishes: by the last day, or by what its first listing told; None: not known yet."""
    since, outlet_id = visit.state.first_visit_done_at, visit.outlet.id
    if since is not None and now - since >= timedelta(days=1):
        return float(count_new(visit.db, outlet_id, since=now - timedelta(days=1)))
    watched_since = since or now
    shown = first_visit_times(visit.db, outlet_id)
    new = count_new(visit.db, outlet_id, since=watched_since)
    return estimate_habit(shown, new, watched_since=watched_since, now=now)


def user_agent(settings: CrawlSettings, outlet: Outlet) -> str:
    """Return how we present ourselves: the outlet's own choice, or the settings' with version and contact."""
    template = outlet.user_agent or settings.user_agent
    return template.replace("{version}", own_version()).replace("{contact}", settings.contact)


@cache
def own_version() -> str:
    """Return Marsad's version; 0 where it is run from a checkout that is not installed."""
    try:
        return version("marsad")
    except PackageNotFoundError:
        return "0"


def describe_report(report: CrawlReport) -> Event:
    """Return a visit as one log line."""
    outcomes = {f"source_{word}": count for word, count in sorted(report.sources.items())}
    outcomes |= {f"page_{word}": count for word, count in sorted(report.pages.items())}
    seconds = round((report.finished_at - report.started_at).total_seconds(), 1)
    return event_line(
        "crawl", outlet=report.outlet_id, problem=report.problem or "none", new=report.new, saved=report.saved,
        bytes=report.wire_bytes, seconds=seconds, **outcomes,
    )  # fmt: skip
