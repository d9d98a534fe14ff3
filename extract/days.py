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
from extract.lexicon import word_set
from store.records import Report

_HOME = "Asia/Baghdad"
_SAYING = word_set("saying")


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

    def day_of(self, candidate: Candidate) -> tuple[DateHit | None, ResolvedDate | None, bool]:
        """The day of a candidate's event by its own words, the most exact and nearest to its triggers.

        The third value says whether that day is only the day on which somebody spoke of it.
        """
        best: tuple[float, DateHit, ResolvedDate, bool] | None = None
        triggers = [hit.start for hit in candidate.real if hit.row["kind"] != "act"]
        claims = any(hit.row["sign"] == "claim" for clause in candidate.clauses for hit in clause.claims)
        anchors = triggers or [candidate.start]
        for clause in candidate.clauses:
            for hit in clause.dates:
                if not can_date_event(hit):
                    continue
                resolved = self.resolve(hit)
                if resolved.date is None or (self.today and resolved.date > self.today):
                    continue
                weight = {"day": 3.0, "week": 2.0, "month": 1.5, "year": 1.0}.get(resolved.precision, 0.0)
                weight -= min(abs(hit.start - anchor) for anchor in anchors) / 200
                said = is_day_of_speaking(
                    candidate, hit, min(triggers, default=candidate.end if claims else candidate.start)
                )
                weight -= 1.7 if said else 0.0
                weight -= 2.5 if "anaphoric" in hit.flags else 0.0  # "on the same day" is the day of something else
                if best is None or weight > best[0]:
                    best = (weight, hit, resolved, said)
        return (best[1], best[2], best[3]) if best else (None, None, False)


def can_date_event(hit: DateHit) -> bool:
    """Whether a date may be an event's day: no stretch of time, no anniversary, nothing to come, no name."""
    flags = hit.flags
    if "name" in flags and hit.kind == "weekday" and (hit.side or hit.part or hit.unit):
        flags = flags - {"name"}  # "Syria last Thursday" is no newspaper's name
    if hit.kind in ("span", "anniversary") or flags & {"name", "future", "anniversary", "since", "until"}:
        return False
    return not (hit.kind == "period" and "during" in flags)


def is_day_of_speaking(candidate: Candidate, hit: DateHit, first_trigger: int) -> bool:
    """Whether a date stands behind a verb of saying and before the attack is named."""
    if hit.start > first_trigger:
        return False
    words = candidate.sentence.words
    index = next((i for i, word in enumerate(words) if word.start >= hit.start), len(words))
    before = [word.text.removeprefix("و") for word in words[max(0, index - 10) : index]]
    return any(word in _SAYING for word in before)
