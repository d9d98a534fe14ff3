"""Turns folded Arabic text into dates, and a date as told into a calendar day: the room's front door for time."""

from __future__ import annotations

from extract.dates.find import find_dates
from extract.dates.hit import DateHit
from extract.dates.published import parse_published
from extract.dates.resolve import ResolvedDate, find_report_day, resolve_date

__all__ = ["DateHit", "ResolvedDate", "find_dates", "find_report_day", "parse_published", "resolve_date"]
