"""Turns visits that fail into lines of the log: once an outlet, and once where nothing at all can be reached."""

from __future__ import annotations

import logging
from collections.abc import Collection

from crawler.crawl import CrawlReport
from store.events import event_line
from store.times import to_iso

log = logging.getLogger("marsad")
NO_NETWORK = frozenset({"dns_failed", "unreachable", "timeout", "connection_lost"})


class Silence:
    """The outlets that fail, each with the problem that it began with."""

    def __init__(self) -> None:
        self._problems: dict[str, str] = {}

    def note(self, report: CrawlReport, enabled: Collection[str]) -> None:
        """Note what came of a visit; `enabled` are the outlets that are visited at all."""
        if report.problem is None:
            self._problems.pop(report.outlet_id, None)
        elif report.problem != "stopped" and report.outlet_id not in self._problems:
            self._problems[report.outlet_id] = report.problem
            again_at = to_iso(report.next_poll_at)
            log.warning(event_line("outlet_failed", outlet=report.outlet_id, problem=report.problem, again_at=again_at))
            if self._problems.keys() >= set(enabled) and NO_NETWORK.issuperset(self._problems.values()):
                log.warning(
                    "no outlet can be reached: is there a network? A daemon stays up and asks again, less and less "
                    "often. `marsad demo` shows Marsad at work without one."
                )
