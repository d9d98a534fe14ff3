"""Turns a running daemon into a service: it answers for its health, its manager hears from it, its clock may jump."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from operations.meters import Meters, write_figures
from operations.monitor import Monitor
from operations.notify import notify, watchdog_seconds
from operations.pulse import ClockWatch, Pulse
from operations.threads import run_in_thread
from store.backups import Contents, back_up
from store.database import open_database, reading
from store.errors import MarsadError
from store.events import event_line
from store.outlets import read_states
from store.settings import Settings
from store.upkeep import drop_old, tidy_file

log = logging.getLogger("marsad")
WATCH_SECONDS = 5.0
STEADY_JOBS = frozenset({"drain", "send"})  # these run all the time: where they do not, something hangs


class Service:
    """What watches over one daemon. `on_jump` is called with the seconds by which the machine's clock jumped."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime], *, on_jump: Callable[[float], None]) -> None:
        self.settings = settings
        self.meters = Meters()
        self.pulse = Pulse()
        self.monitor = Monitor(self.health, self.figures)
        self._clock = clock
        self._on_jump = on_jump
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to answer and to watch, and tell the service manager that the daemon is at work."""
        for job in STEADY_JOBS:
            self.pulse.beat(job)
        await self._settle_monitor()
        self._watch = asyncio.create_task(self._keep_watch())
        notify("READY=1")

    async def change(self, settings: Settings) -> None:
        """Take new settings."""
        moved = settings.monitor != self.settings.monitor
        self.settings = settings
        if moved:
            await self._settle_monitor()

    async def _settle_monitor(self) -> None:
        await self.monitor.close()
        if self.settings.monitor.enabled:
            await self.monitor.start(self.settings.monitor.port)

    async def close(self) -> None:
        """End what `start` began."""
        notify("STOPPING=1")
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await self.monitor.close()

    def note_run(self, job: str, seconds: float, fault: str | None) -> bool:
        """Note one run of a job; whether its fault is news, that is, not the same as last time."""
        known = self.pulse.faults.get(job)
        self.meters.note_run(job, seconds, failed=fault is not None)
        if job in STEADY_JOBS:
            self.pulse.note_run(job, fault)
        elif fault is None:
            self.pulse.faults.pop(job, None)
        else:
            self.pulse.faults[job] = fault
        if known is not None and fault is None:
            log.info(event_line("job_mended", job=job))
        return fault is not None and fault != known

    def note_page(self, word: str) -> None:
        """Note what became of one page of the queue."""
        self.pulse.beat("drain")
        self.meters.taken.labels(word).inc()

    async def health(self) -> dict[str, Any]:
        """What /healthz says; `problems` is empty where all is well."""
        problems = [f"{job} has not got on for {seconds:.0f} s" for job, seconds in self.pulse.stalled().items()]
        problems += [f"{job} fails: {fault}" for job, fault in sorted(self.pulse.faults.items())]
        try:
            await run_in_thread(self._touch_database)
        except MarsadError as error:
            problems.append(str(error))
        status = "failing" if problems else "ok"
        return {"status": status, "problems": problems, "seconds_since": self.pulse.ages()}

    async def figures(self) -> bytes:
        """What /metrics says."""
        settings = self.settings
        return await run_in_thread(self._write_figures, settings)

    def _write_figures(self, settings: Settings) -> bytes:
        return write_figures(self.meters, settings.database, settings.backup_folder, now=self._clock())

    def _touch_database(self) -> None:
        with reading(self.settings.database) as db:
            read_states(db)

    async def _keep_watch(self) -> None:
        asked = watchdog_seconds()
        pause = WATCH_SECONDS if asked is None else min(WATCH_SECONDS, asked / 3)
        clock_watch = ClockWatch(self._clock)
        while True:
            if (slip := clock_watch.jumped()) is not None:
                self.meters.jumps.inc()
                log.warning(event_line("clock_jumped", seconds=slip))
                try:
                    self._on_jump(slip)
                except Exception:
                    log.exception("clock_jumped")
            if not self.pulse.stalled():  # a daemon that hangs is ended and started again by its service manager
                notify("WATCHDOG=1")
            await asyncio.sleep(pause)

    async def back_up(self) -> None:
        """Copy the database and drop old copies."""
        contents = await run_in_thread(back_up_now, self.settings, self._clock())
        log.info(event_line("backup", file=contents.path, bytes=contents.bytes, **contents.counts))

    async def upkeep(self) -> None:
        """Drop what has outlived its keeping time, and give its space back."""
        log.info(event_line("upkeep", **await run_in_thread(tidy_up, self.settings, self._clock())))


def back_up_now(settings: Settings, now: datetime) -> Contents:
    """Make one backup where the settings say; StoreError where that fails."""
    return back_up(settings.database, settings.backup_folder, now=now, keep=settings.backup.keep)


def tidy_up(settings: Settings, now: datetime) -> dict[str, int]:
    """Drop old rows and release their pages over a connection of this thread's own."""
    db = open_database(settings.database)
    try:
        return {**drop_old(db, settings.keep, now), "pages_released": tidy_file(db)}
    finally:
        db.close()
