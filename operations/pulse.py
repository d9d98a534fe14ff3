"""Turns the beats of the daemon's jobs into a verdict on its health, and clocks that jump into a call for new times."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

STALLED_SECONDS = 900.0  # a batch of slow pages or messages may take minutes
JUMP_SECONDS = 30.0  # what a clock may slip between two looks without being called a jump


class Pulse:
    """When each job last got on with its work, and what keeps it from that.

    Beats are counted on the monotonic clock, which stands still while the machine is suspended.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._beats: dict[str, float] = {}
        self.faults: dict[str, str] = {}  # job → why its last run failed

    def beat(self, job: str) -> None:
        """The job goes on."""
        self._beats[job] = self._monotonic()

    def note_run(self, job: str, fault: str | None) -> None:
        """A run of the job is over; `fault` None: it did its work."""
        self.beat(job)
        if fault is None:
            self.faults.pop(job, None)
        else:
            self.faults[job] = fault

    def stalled(self) -> dict[str, float]:
        """The jobs that should run all the time and have not got on for too long, with the seconds."""
        now = self._monotonic()
        return {job: now - at for job, at in self._beats.items() if now - at > STALLED_SECONDS}

    def forget(self, jobs: Mapping[str, object] | set[str]) -> None:
        """Stop judging jobs that are no longer scheduled."""
        for job in jobs:
            self._beats.pop(job, None)
            self.faults.pop(job, None)

    def ages(self) -> dict[str, float]:
        """Seconds since each job last got on."""
        now = self._monotonic()
        return {job: round(now - at, 1) for job, at in sorted(self._beats.items())}


class ClockWatch:
    """Compares the machine's clock with the monotonic one."""

    def __init__(self, clock: Callable[[], datetime], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._monotonic = clock, monotonic
        self._last = clock(), monotonic()

    def jumped(self) -> float | None:
        """By how many seconds the clock jumped since the last look (back: negative); None: it did not.

        A machine that was suspended looks like a clock that jumped forward, and asks for the same.
        """
        now, tick = self._clock(), self._monotonic()
        slip = (now - self._last[0]).total_seconds() - (tick - self._last[1])
        self._last = now, tick
        return slip if abs(slip) > JUMP_SECONDS else None
