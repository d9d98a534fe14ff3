"""Turns "two days after the bombing of …" into the day of that bombing, counted from the attack told as news."""

from __future__ import annotations

from datetime import date, timedelta

from extract.dates import DateHit
from extract.events.frames import Facts

_DAYS_OF = {"day": 4, "week": 21}  # "days after", "weeks after": about so many days
_COARSE = ("day", "week", "month")
_PRECISION = {"hour": "day", "day": "day", "week": "week", "month": "month"}


def settle_relative_days(told: list[Facts], before: list[Facts], today: date | None) -> None:
    """Settle "this attack comes two days after …" among the facts of one sentence: either day gives the other."""
    for index, fact in enumerate(told):
        _settle_shift(fact, [*before, *told[:index]], today)
        _settle_other(fact, before)
    for index, earlier in enumerate(told):
        hit = _find_relative(earlier)
        if hit is None or (not index and not earlier.candidate.recalled):
            continue
        later = next((fact for fact in reversed(told[:index]) if not fact.candidate.recalled), None)
        gap = _find_gap(hit)
        if gap is None:
            continue
        days, precision = gap
        if earlier.day is not None:
            if later is not None and later.day is None and precision == "day":
                later.day, later.precision = earlier.day + days, "day"
            continue
        plain = [fact for fact in told[:index] if not (fact.said or fact.candidate.recalled)]
        beside = next((fact.day for fact in reversed(plain) if fact.day), None)
        known = (later.day if later else None) or beside or _find_day(before) or today
        if known is not None:
            if later and later.day and later.precision in _COARSE:
                precision = max(precision, later.precision, key=_COARSE.index)
            day = known - days
            earlier.day = day.replace(day=1) if precision == "month" else day
            earlier.precision, earlier.date_hit = precision, hit if hit.unit != "hour" else None


def _settle_shift(fact: Facts, before: list[Facts], today: date | None) -> None:
    """Settle "two days before that", "on the same day" by the event told last."""
    hit = next((date for date in fact.candidate.dates if date.kind == "shift"), None)
    known = next((other.day for other in reversed(before) if other.day and other.candidate.strength), today)
    if hit is None or hit.offset is None or fact.day is not None or known is None:
        return
    fact.day, fact.date_hit = known + timedelta(days=hit.offset), hit
    fact.precision = _PRECISION.get(hit.unit or "day", "day")


def _settle_other(fact: Facts, before: list[Facts]) -> None:
    """Settle "two days later another attack …" by the day of the sentence before."""
    hit = next((date for date in fact.candidate.dates if date.kind == "relative_event"), None)
    known = before[-1].day if before else None
    if hit and hit.offset and hit.unit in (None, "day") and fact.day is None and known and fact.candidate.opens_another:
        fact.day, fact.precision, fact.date_hit = known + timedelta(days=hit.offset), "day", hit


def _find_relative(fact: Facts) -> DateHit | None:
    """The "two days after" of a fact's first clause."""
    return next((date for date in fact.candidate.clauses[0].dates if date.kind == "relative_event"), None)


def _find_gap(hit: DateHit) -> tuple[timedelta, str] | None:
    """How long before the other an event was, and how exactly that is told; None where it is not."""
    unit = hit.unit or "day"
    if unit not in _PRECISION:
        return None
    if hit.offset is None and unit == "hour":
        return timedelta(0), "day"
    if hit.offset is None:
        return (timedelta(days=_DAYS_OF[unit]), "week" if unit == "day" else "month") if unit in _DAYS_OF else None
    if unit == "hour":
        return timedelta(days=round(hit.offset / 24)), "day"
    return timedelta(days=hit.offset), _PRECISION[unit]


def _find_day(before: list[Facts]) -> date | None:
    """The first day that the sentences before name for an event."""
    return next((fact.day for fact in before if fact.day and not fact.said), None)
