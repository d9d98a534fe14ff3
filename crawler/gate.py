"""Turns many crawls' wishes to ask one host into a polite sequence: a delay between requests and few at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MOST_HOSTS_REMEMBERED = 2000


class HostGate:
    """One host's place in time: when the next request may start, and how many run."""

    def __init__(self, *, delay_seconds: float, concurrent: int) -> None:
        self.delay_seconds = delay_seconds
        self.closed_until = 0.0  # event-loop time before which the host asked not to be asked
        self._places = asyncio.Semaphore(concurrent)
        self._next_start = 0.0
        self._inside = 0

    def seconds_closed(self) -> float:
        """Return for how long the host still wants to be left alone."""
        return max(0.0, self.closed_until - asyncio.get_running_loop().time())

    def close_for(self, seconds: float) -> None:
        """Leave the host alone for `seconds` (Retry-After)."""
        self.closed_until = max(self.closed_until, asyncio.get_running_loop().time() + seconds)

    @asynccontextmanager
    async def passing(self) -> AsyncIterator[None]:
        """Wait for a place and for the delay since the request before, then hold the place."""
        loop = asyncio.get_running_loop()
        self._inside += 1
        try:
            async with self._places:
                start = max(loop.time(), self._next_start)
                self._next_start = start + self.delay_seconds
                if (wait := start - loop.time()) > 0:
                    await asyncio.sleep(wait)
                yield
        finally:
            self._inside -= 1

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing has to be remembered."""
        now = asyncio.get_running_loop().time()
        return not self._inside and self.closed_until <= now and self._next_start <= now


class HostGates:
    """The gates of every host lately asked, shared by all crawls, so that outlets of one host queue together."""

    def __init__(self, *, delay_seconds: float, concurrent: int) -> None:
        self._delay_seconds = delay_seconds
        self._concurrent = concurrent
        self._gates: OrderedDict[str, HostGate] = OrderedDict()

    def gate(self, host: str) -> HostGate:
        """Return the gate of `host` (with its port)."""
        gate = self._gates.get(host)
        if gate is None:
            self._forget_idle()
            gate = self._gates[host] = HostGate(delay_seconds=self._delay_seconds, concurrent=self._concurrent)
        self._gates.move_to_end(host)
        return gate

    def __len__(self) -> int:
        return len(self._gates)

    def slow_down(self, host: str, delay_seconds: float) -> None:
        """Keep at least `delay_seconds` between requests to `host` (robots.txt's Crawl-delay)."""
        gate = self.gate(host)
        gate.delay_seconds = max(self._delay_seconds, delay_seconds)

    def _forget_idle(self) -> None:
        if len(self._gates) < MOST_HOSTS_REMEMBERED:
            return
        for host in [host for host, gate in self._gates.items() if gate.idle][: MOST_HOSTS_REMEMBERED // 2]:
            del self._gates[host]
