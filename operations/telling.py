"""Turns what is due into messages, each job over a connection of its own thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from alerts.outbox import SendReport, send_due
from alerts.outlet_health import Watch
from crawler.health import judge_all, judge_outlet
from operations.threads import run_in_thread
from store.database import open_database
from store.outlet_figures import read_figures
from store.settings import Settings

JUDGE_EVERY = timedelta(minutes=15)  # outlets' figures of weeks change slowly and take a second to read


class OutletWatch:
    """How the outlets fare, judged anew from time to time."""

    def __init__(self) -> None:
        self._watch = Watch()
        self._judged_at: datetime | None = None

    async def judge(self, settings: Settings, enabled: Collection[str], now: datetime) -> Watch:
        """The newest judgement, at most a quarter of an hour old."""
        if self._judged_at is None or now - self._judged_at >= JUDGE_EVERY:
            self._watch = await run_in_thread(judge_outlets, settings, enabled, now)
            self._judged_at = now
        return self._watch


def send_from(settings: Settings, clock: Callable[[], datetime], stop: threading.Event) -> SendReport:
    """Send what is due over a connection of this thread's own; once `stop` is set no further message is begun."""
    db = open_database(settings.database)
    try:
        return send_due(db, settings, clock(), stop=stop)
    finally:
        db.close()


def judge_outlets(settings: Settings, enabled: Collection[str], now: datetime) -> Watch:
    """Judge the outlets by their figures of the last weeks, over a connection of this thread's own."""
    db = open_database(settings.database)
    try:
        figures = {outlet_id: read_figures(db, outlet_id, now=now) for outlet_id in sorted(enabled)}
    finally:
        db.close()
    told = settings.alerts.outlet_failures
    signs = {outlet_id: judge_outlet(each, now=now, failures_told=told) for outlet_id, each in figures.items()}
    return Watch(signs=signs, silence=judge_all(figures.values(), now=now))
