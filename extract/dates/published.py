"""Turns a page's visible date line into the moment of publication."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo

from extract.dates.find import find_dates
from extract.dates.hit import DateHit
from extract.dates.resolve import resolve_date
from extract.text import fold

# 14:05 · 14.05 h · 03:45 م · 4:22:10 pm; hours and minutes, then the half of the day
_CLOCK = re.compile(
    r"(?<![\d/.:-])(\d{1,2})[:٫](\d{2})(?::\d{2})?(?![\d/-])\s*(صباحا|مساء|ظهرا|ليلا|عصرا|ص\b|م\b|am\b|pm\b)?"
)
_UTC = re.compile(r"\b(?:gmt|utc)\b|غرينتش|جرينتش|\d{2}:\d{2}(?:\.\d{1,9})?z\b")
_OFFSET = re.compile(r"\d{2}:\d{2}(?:\.\d{1,9})? ?([+-])(\d{2}):?(\d{2})\b")
_LATE = {"م", "مساء", "pm", "عصرا", "ظهرا", "ليلا"}
_LONGEST = 400  # a date line is short; a longer text is not read further


def parse_published(text: str, tz: tzinfo) -> tuple[datetime, str] | None:
    """The moment that a date line tells, in `tz` unless it says GMT, and its precision (second | day); None: unsure.

    Only a full date counts: a line without a day, or without a year, gives None rather than the first of January.
    """
    line = fold(text[:_LONGEST])
    full = [hit for hit in find_dates(line) if hit.kind == "absolute" and hit.year is not None]
    hit = next((hit for hit in full if hit.calendar == "gregorian"), full[0] if full else None)
    if hit is None:
        return None
    day = resolve_date(hit, None, tz=tz).date
    if day is None:
        return None
    clock = _find_clock(line, hit)
    if clock is None:
        return datetime.combine(day, time(), tz), "day"
    return datetime.combine(day, clock, _find_zone(line) or tz), "second"


def _find_zone(line: str) -> tzinfo | None:
    """The zone that the line names itself: GMT, Z, +03:00."""
    if _UTC.search(line):
        return UTC
    offset = _OFFSET.search(line)
    if offset is None:
        return None
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return timezone(ahead if offset[1] == "+" else -ahead) if ahead < timedelta(hours=15) else None


def _find_clock(line: str, hit: DateHit) -> time | None:
    for match in _CLOCK.finditer(line):
        if hit.start <= match.start() < hit.end:
            continue
        hour, minute = int(match[1]), int(match[2])
        half = match[3]
        if half in _LATE and hour < 12 and not (half == "ليلا" and hour < 5):
            hour += 12
        elif half in ("ص", "صباحا", "am") and hour == 12:
            hour = 0
        if hour < 24 and minute < 60:
            return time(hour, minute)
    return None
