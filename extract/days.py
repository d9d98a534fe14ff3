"""Turns the dates that an event's sentence names into its day, at the place's time zone."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from extract.candidates import Candidate
from extract.dates import DateHit, ResolvedDate, find_report_day, resolve_date
from store.records import Report

_HOME = "Asia/Baghdad"


@lru_cache(maxsize=1)
def _time_zones() -> dict[str, str]:
    text = files("extract").joinpath("data", "time_zones.csv").read_text(encoding="utf-8")
    return {row["country"]: row["time_zone"] for row in csv.DictReader(text.splitlines())}


def zone_of(country: str | None) -> ZoneInfo:
    """The time zone of a country's capital; Baghdad's where the country is not known."""
    return ZoneInfo(_time_zones().get(country or "", _HOME))


class Calendar:
    """The days of one report, counted from its own day."""

    def __init__(self, report: Report, country: str | None, hits: Sequence[DateHit]) -> None:
        self._report = report
        self._zone = zone_of(country)
        self.today: date | None = find_report_day(
            hits, report.published, tz=self._zone, precision=report.published_precision
        )

    def resolve(self, hit: DateHit) -> ResolvedDate:
        return resolve_date(
            hit, self._report.published, tz=self._zone, precision=self._report.published_precision, base=self.today
        )

    def day_of(self, candidate: Candidate, previous: object) -> tuple[DateHit | None, ResolvedDate | None]:
        """The day on which a candidate's event happened, as its own words say; the most exact, nearest to its triggers."""
        best: tuple[float, DateHit, ResolvedDate] | None = None
        anchors = [hit.start for hit in candidate.real if hit.row["kind"] != "act"] or [candidate.start]
        for clause in candidate.clauses:
            for hit in clause.dates:
                if not hit.is_point or hit.flags & {"since", "until"}:
                    continue
                resolved = self.resolve(hit)
                if resolved.date is None or (self.today and resolved.date > self.today):
                    continue
                weight = {"day": 3.0, "week": 2.0, "month": 1.5, "year": 1.0}.get(resolved.precision, 0.0)
                weight -= min(abs(hit.start - anchor) for anchor in anchors) / 200
                if best is None or weight > best[0]:
                    best = (weight, hit, resolved)
        return (best[1], best[2]) if best else (None, None)
