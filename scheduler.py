"""The daemon: one event loop in which outlets are crawled, pages taken in and alerts sent, each as a job of its own."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from alerts.regular import queue_regular
from crawler.crawl import Crawler, CrawlReport
from extract.workers import ExtractionPool, Extractor, WorkersGone
from intake.articles import matching
from intake.queue import PageQueue
from operations.border import Border
from operations.service import Service
from operations.silence import Silence
from operations.telling import OutletWatch, send_from
from operations.threads import run_in_thread as run_in_thread
from store.database import Database, lock_daemon, open_database, transaction
from store.errors import MarsadError
from store.events import event_line
from store.gauges import pull_back_due
from store.outbox import release_claims
from store.outlets import read_state, save_outlets
from store.records import Outlet
from store.settings import Settings

log = logging.getLogger("marsad")

Clock = Callable[[], datetime]
Load = Callable[[], tuple[Settings, Sequence[Outlet]]]  # reads the settings again; MarsadError where they are faulty
Result = TypeVar("Result")
REGULAR_EVERY = timedelta(minutes=1)
EXIT_MARGIN_SECONDS = 1.0  # kept of the time for stopping, for the interpreter's own end


def utc_now() -> datetime:
    """The time by the machine's clock."""
    return datetime.now(UTC)


class EveryTrigger(IntervalTrigger):  # type: ignore[misc]
    """A turn every so often that steps over all it missed at once: a clock set right after years misses millions."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The next turn; after a gap one interval from now."""
        found: datetime | None = super().get_next_fire_time(previous_fire_time, now)
        return found if found is None or found > now or previous_fire_time is None else now + self.interval


class Daemon:
    """The work on one database: its jobs can be run by a schedule (`run`) or once (`run_round`)."""

    def __init__(
        self,
        settings: Settings,
        outlets: Sequence[Outlet],
        db: Database,
        *,
        clock: Clock = utc_now,
        pool: Extractor | None = None,
        load: Load | None = None,
    ) -> None:
        self.settings = settings
        self.load = load
        self.service = Service(settings, clock, on_jump=self.mend_times)
        self.outlets = {outlet.id: outlet for outlet in outlets}
        self.db = db
        self.clock = clock
        self.crawler = Crawler(settings.crawl, db, clock=clock)
        self.pool = pool or make_extractor(settings)
        self.stopping = asyncio.Event()
        self.border = Border(self.service, is_stopping=self.stopping.is_set, moot=WorkersGone)
        self.scheduler = AsyncIOScheduler(
            timezone=UTC,
            executors={"default": AsyncIOExecutor()},
            # A job that is late runs late, once, and never beside itself.
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        self._no_more_sending = threading.Event()
        self._watch = OutletWatch()
        self._silence = Silence()

    async def run(self, early: threading.Event | None = None) -> None:
        """Run until SIGTERM or Ctrl-C; the caller holds the lock and the database. `early`: a reload is asked for."""
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self.stop)
        terminal = sys.stderr.isatty()
        asyncio.get_running_loop().set_exception_handler(self.border.tell_loop_fault)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.hang_up, terminal)
        self.begin()
        self.pool.start()
        self.scheduler.add_listener(self.note_skipped, EVENT_JOB_MAX_INSTANCES | EVENT_JOB_MISSED)
        self.add_jobs()
        self.scheduler.start()
        await self.service.start()
        enabled = sum(outlet.enabled for outlet in self.outlets.values())
        channels = ",".join(self.settings.alerts.active_channels())
        log.info(event_line("start", database=self.settings.database, outlets=enabled, channels=channels))
        if early is not None and early.is_set():
            self.hang_up(terminal)
        try:
            await self.stopping.wait()
        finally:
            await self.close()

    def begin(self) -> None:
        """Write the outlets down, and let messages that a killed daemon was sending be sent again at once."""
        with transaction(self.db):
            save_outlets(self.db, self.outlets.values())
            release_claims(self.db)
            pull_back_due(self.db, self.clock(), longest_rest=self.settings.crawl.back_off_max)

    def hang_up(self, terminal: bool) -> None:
        """SIGHUP: take the settings anew, or end where it says that the terminal is gone that the daemon ran in."""
        if terminal and not sys.stderr.isatty():
            self.stop()
        elif self.load is not None and not self.stopping.is_set():
            self._reload = asyncio.ensure_future(self.border.guard(self.reload)())

    async def reload(self) -> None:
        """Take the settings as they are now; where they are faulty, that is told and the old ones stay in force."""
        assert self.load is not None
        try:
            settings, outlets = await run_in_thread(self.load)
        except MarsadError as error:
            for line in str(error).splitlines():
                log.error(event_line("reload_refused", fault=line))
            self.service.meters.reloads.labels("refused").inc()
            return
        fixed = {"database": self.settings.database, "extract": self.settings.extract}
        if any(getattr(settings, name) != value for name, value in fixed.items()):
            log.warning(event_line("reload_incomplete", restart_for="database, [extract]"))
        before, self.settings = self.crawler, settings.model_copy(update=fixed)
        self.crawler = Crawler(settings.crawl, self.db, clock=self.clock)
        self.outlets = {outlet.id: outlet for outlet in outlets}
        with transaction(self.db):
            save_outlets(self.db, outlets)
        await self.service.change(self.settings)
        self.schedule_anew()
        await before.close()  # what its visits had not fetched stays due
        self.service.meters.reloads.labels("done").inc()
        enabled = sum(outlet.enabled for outlet in outlets)
        log.info(event_line("reload", outlets=enabled, channels=",".join(settings.alerts.active_channels())))

    def mend_times(self, seconds: float) -> None:
        """The clock jumped: what waits for a time that was reckoned by the old one is reckoned anew."""
        with transaction(self.db):
            pull_back_due(self.db, self.clock(), longest_rest=self.settings.crawl.back_off_max, jumped_back=seconds < 0)
        self.schedule_anew()

    def schedule_anew(self) -> None:
        """Register all jobs again; those that run go on."""
        self.scheduler.remove_all_jobs()
        self.add_jobs()

    def note_skipped(self, event: JobExecutionEvent) -> None:
        """Count a turn that could not be taken."""
        self.service.meters.skipped.labels(str(event.job_id).split()[0]).inc()

    def stop(self) -> None:
        """Begin to end; where that takes too long the process ends anyway, for all state is in the database."""
        if self.stopping.is_set():
            os._exit(1)  # asked twice
        log.info(event_line("stop"))
        limit = self.settings.schedule.stop_within.total_seconds() - EXIT_MARGIN_SECONDS
        watchdog = threading.Timer(max(limit, 0.0), os._exit, args=(0,))
        watchdog.daemon = True
        watchdog.start()
        self._no_more_sending.set()
        self.stopping.set()

    async def close(self) -> None:
        """End the jobs and the workers; what was not finished is still in the queue."""
        if self.scheduler.running:
            self.scheduler.pause()
        await self.service.close()
        await self.crawler.close()
        self.pool.stop()
        await self.border.end()
        if self.scheduler.running:
            self.scheduler.shutdown(wait=False)

    def add_jobs(self) -> None:
        """Register one job an outlet and one for each of the other stages."""
        schedule = self.settings.schedule
        for outlet in self.outlets.values():
            if outlet.enabled:
                self.scheduler.add_job(
                    self.border.guard(self.crawl),
                    EveryTrigger(seconds=outlet.every_seconds, jitter=schedule.jitter.total_seconds() or None),
                    args=[outlet],
                    id=f"crawl {outlet.id}",
                    next_run_time=self.first_poll(outlet),
                )
        for name, job, every in (
            ("extract", self.drain, schedule.extract_every),
            ("send", self.send, schedule.send_every),
            ("regular", self.queue_regular, REGULAR_EVERY),
        ):
            trigger = EveryTrigger(seconds=every.total_seconds())
            self.scheduler.add_job(self.border.guard(job), trigger, id=name, next_run_time=self.clock())
        crons = [("upkeep", self.service.upkeep, schedule.upkeep)]
        if self.settings.backup.enabled:
            crons.append(("backup", self.service.back_up, self.settings.backup.at))
        for name, job, at in crons:
            self.scheduler.add_job(self.border.guard(job), CronTrigger.from_crontab(at, timezone=UTC), id=name)

    def first_poll(self, outlet: Outlet) -> datetime:
        """Soon, spread by the jitter, or when the outlet's rest is over; a healthy one never rests for long."""
        soon = self.clock() + timedelta(seconds=random.uniform(0, self.settings.schedule.jitter.total_seconds()))
        state = read_state(self.db, outlet.id)
        rests_until = max(soon, state.next_poll_at or soon)
        return rests_until if state.failures else min(rests_until, soon + self.settings.crawl.every_max)

    def hurry(self, job_id: str, *, at: datetime | None = None) -> None:
        """Let a job run now, or `at` that time, rather than at its next turn."""
        if self.scheduler.running and not self.stopping.is_set():
            with suppress(LookupError):
                self.scheduler.modify_job(job_id, next_run_time=at or self.clock())

    async def crawl(self, outlet: Outlet) -> CrawlReport:
        """Visit one outlet (the crawler logs what came of it), and let what it brought be taken in at once."""
        report = await self.crawler.crawl_outlet(outlet)
        self.service.meters.note_crawl(outlet.id, report.problem, sources=report.sources, pages=report.pages)
        if not self.stopping.is_set():
            self._silence.note(report, [known.id for known in self.outlets.values() if known.enabled])
        if report.saved:
            self.hurry("extract")
        self.hurry(f"crawl {outlet.id}", at=report.next_poll_at)
        return report

    async def drain(self) -> None:
        """Extract, code and take in every page that waits."""
        await PageQueue(
            db=self.db, pool=self.pool, settings=self.settings, outlets=self.outlets, clock=self.clock,
            is_stopping=self.stopping.is_set, on_page=self.service.note_page, on_alerts=lambda: self.hurry("send"),
        ).drain()  # fmt: skip

    async def send(self) -> None:
        """Send the alerts that are due, in a thread of its own, for services may take long to answer."""
        report = await run_in_thread(send_from, self.settings, self.clock, self._no_more_sending)
        if report.sent or report.failed:
            self.service.meters.messages.labels("sent").inc(report.sent)
            self.service.meters.messages.labels("failed").inc(report.failed)
            log.info(event_line("send", sent=report.sent, failed=report.failed))

    async def queue_regular(self) -> None:
        """Queue digests, signs of life and warnings of silent outlets whose time has come."""
        enabled = {outlet.id for outlet in self.outlets.values() if outlet.enabled}
        now = self.clock()
        watch = await self._watch.judge(self.settings, enabled, now)
        if queue_regular(self.db, self.settings.alerts, now, enabled=enabled, matching=matching(), watch=watch):
            self.hurry("send")

    async def run_round(self, outlets: Sequence[Outlet]) -> list[CrawlReport]:
        """Visit each of the outlets once, take in what they bring and send what is due."""
        self.begin()
        try:
            reports = await asyncio.gather(*(self.crawl(outlet) for outlet in outlets))
            await self.drain()
            await self.send()
        finally:
            await self.close()
        return reports


def make_extractor(settings: Settings) -> Extractor:
    """The worker processes, behind a cluster where the settings name one."""
    extract = settings.extract
    local = ExtractionPool(workers=extract.workers, page_seconds=extract.page_seconds)
    if extract.cluster is None:
        return local
    from extract.cluster import ClusterPool

    return ClusterPool(extract.cluster, local)


def run_daemon(
    settings: Settings, outlets: Sequence[Outlet], *, clock: Clock = utc_now, load: Load | None = None
) -> None:
    """Run the daemon until it is told to stop; StoreError where another one is at work on the database.

    `load` reads the settings again at SIGHUP; None: they stay as they are.
    """
    # From the lock on `marsad reload` finds this process: what it asks for while the database is brought up to date
    # waits until it can be done, for unheard the signal would end us.
    early = threading.Event()
    signal.signal(signal.SIGHUP, lambda *_: early.set())
    _work(settings, outlets, clock, lambda daemon: daemon.run(early), load)


def crawl_once(settings: Settings, outlets: Sequence[Outlet], chosen: Sequence[Outlet]) -> list[CrawlReport]:
    """Do one round on the chosen outlets; StoreError where a daemon is at work on the database."""
    return _work(settings, outlets, utc_now, lambda daemon: daemon.run_round(chosen))


def _work(
    settings: Settings,
    outlets: Sequence[Outlet],
    clock: Clock,
    job: Callable[[Daemon], Coroutine[Any, Any, Result]],
    load: Load | None = None,
) -> Result:
    async def run() -> Result:
        return await job(Daemon(settings, outlets, db, clock=clock, load=load))

    with lock_daemon(settings.database):
        db = open_database(settings.database)
        try:
            return asyncio.run(run())
        finally:
            db.close()
