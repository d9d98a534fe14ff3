"""Turns what a page says of its own time (JSON-LD, feed, meta tags, visible lines) into the time of publication.

Nothing is guessed: a stamp that cannot be read gives nothing, a month without a day gives nothing, and no source gives
None. (htmldate answers the first of January for Arabic months that it does not know.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from extract.dates import find_dates, parse_published
from extract.pages.words import fold_line, load_page_words

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # older than any news site: a CMS's empty date
FUTURE_ALLOWED = timedelta(days=1)
NOON = time(12, tzinfo=UTC)  # where only the day is known, its noon stands for it, as in extract/reports.py

_ISO = re.compile(
    r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(am|pm)?)?\s*"
    r"(z|utc|gmt|[a-z]{3,4}|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_ZONE_NAMES = {"GST": 240, "AST": 180, "EET": 120, "EEST": 180, "TRT": 180, "CET": 60, "CEST": 120, "BST": 60}
_OFFSET = re.compile(r"(?:gmt|utc|غرينتش|جرينتش)\s*([+-])\s*(\d{1,2}):?(\d{2})?")
_COMMON_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_LONGEST_LINE = 160
_URL_DAY = (
    re.compile(r"/(20\d{2})/(\d{1,2})/(\d{1,2})(?=[/?#-]|$)"),
    re.compile(r"(?<!\d)(20\d{2})-(\d{2})-(\d{2})(?!\d)"),
    re.compile(r"/(20\d{2})/[a-z_]+/(\d{1,2})/(\d{1,2})/"),
    re.compile(r"/(20\d{2})(\d{2})(\d{2})(?=\d{4,12}\b|[/_-])"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time as a source gives it, with its precision (second | day) and its source; an update is no publication."""

    at: datetime
    precision: str
    source: str
    is_update: bool = False


def choose_published(candidates: Iterable[Stamp | None], *, fetched_at: datetime, zone: ZoneInfo) -> Stamp | None:
    """Choose the first candidate that can be true, sharpened by a later one that knows the hour of the same day.

    A time more than a day after the fetch, or before 1995, cannot be. Times of update serve only where no other
    source knows better. A machine's time "in UTC" whose clock is the one that readers see in the outlet's `zone` is
    local time under a wrong label, as many CMSs write it.
    """
    possible = [
        stamp for stamp in candidates if stamp is not None and EARLIEST <= stamp.at <= fetched_at + FUTURE_ALLOWED
    ]
    possible.sort(key=lambda stamp: stamp.is_update)  # stable: the order of sources stays
    if not possible:
        return None
    chosen = possible[0]
    for other in possible[1:]:
        if _is_mislabelled(chosen, other, zone) and not any(_agree(chosen, third) for third in possible[1:]):
            return other
    if chosen.precision == "day":
        for other in possible[1:]:
            same_day = abs(other.at - chosen.at) < timedelta(hours=16)  # noon UTC to any hour of that day there
            if other.precision == "second" and not other.is_update and same_day:
                return other
    return chosen


def _is_mislabelled(machine: Stamp, visible: Stamp, zone: ZoneInfo) -> bool:
    if machine.source not in ("jsonld", "meta") or visible.source != "text" or visible.is_update:
        return False
    if {machine.precision, visible.precision} != {"second"} or visible.at == machine.at:
        return False
    shown = visible.at.astimezone(zone).replace(tzinfo=None, second=0)
    return shown == machine.at.replace(tzinfo=None, second=0)


def _agree(one: Stamp, other: Stamp) -> bool:
    return other.source in ("feed", "sitemap") and abs(one.at - other.at) < timedelta(minutes=2)


def read_stamp(value: str, *, zone: ZoneInfo, source: str) -> Stamp | None:
    """Read a machine's stamp: ISO 8601 with its usual slips, RFC 822, or whatever `read_line` reads.

    Without a zone it is in `zone`. A stamp at midnight sharp knows the day only: that is how CMSs write dates.
    """
    value = value.strip()
    if not value or len(value) > 120:
        return None
    if match := _ISO.match(value):
        return _read_iso(match, zone, source)
    if re.match(r"^[A-Za-z]{3},? ", value):
        try:
            at = parsedate_to_datetime(value)
        except (ValueError, OverflowError, IndexError):
            return None
        return _stamp(at if at.tzinfo else at.replace(tzinfo=zone), source)
    return read_line(value, zone=zone, source=source)


def read_line(line: str, *, zone: ZoneInfo, source: str) -> Stamp | None:
    """Read a visible line of publication ("الجمعة 24 نيسان / أبريل 2020 09:22 مساءً"): day, month and year, or nothing.

    A line of a Hijri date alone gives nothing: papers differ by a day. Nor does one that names two days.
    """
    folded = fold_line(line[:_LONGEST_LINE])
    if not _COMMON_YEAR.search(folded):
        return None
    days = {(hit.year, hit.month, hit.day) for hit in find_dates(folded) if hit.calendar == "gregorian" and hit.year}
    found = parse_published(folded, zone) if len(days) == 1 else None
    if found is None:
        return None
    at, precision = found
    words = load_page_words()
    is_update = any(update in folded for update in words.updates) and not folded.startswith(words.labels)
    if precision == "day":
        return Stamp(at=datetime.combine(at.date(), NOON), precision="day", source=source, is_update=is_update)
    named = _find_zone(folded, words.zones)
    at = (at.replace(tzinfo=named) if named else at).astimezone(UTC)
    return Stamp(at=at, precision="second", source=source, is_update=is_update)


def read_url_day(url: str) -> Stamp | None:
    """Read the day that many outlets put into an article's address (/2020/8/24/, 2020-06-03-1.387)."""
    for pattern in _URL_DAY:
        if match := pattern.search(url):
            day = _make_day(*match.groups())
            if day is not None:
                return Stamp(at=datetime.combine(day, NOON), precision="day", source="url")
    return None


def _read_iso(match: re.Match[str], zone: ZoneInfo, source: str) -> Stamp | None:
    year, month, day_of_month, hour, minute, second, half, named = match.groups()
    day = _make_day(year, month, day_of_month)
    if day is None:
        return None
    if hour is None:
        return Stamp(at=datetime.combine(day, NOON), precision="day", source=source)
    hours = int(hour)
    if half and hours <= 12:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    try:
        clock = time(hours, int(minute), int(second or 0))
        tz = _read_zone(named, zone)
        return _stamp(datetime.combine(day, clock, tz), source) if tz else None
    except (ValueError, OverflowError):
        return None


def _read_zone(named: str | None, zone: ZoneInfo) -> ZoneInfo | timezone | None:
    """Read a stamp's zone; None for a name that we do not know, as a wrong hour is worse than none."""
    if named is None:
        return zone
    if named[0] in "+-":
        minutes = int(named[1:3]) * 60 + int(named[-2:])
        return timezone(timedelta(minutes=-minutes if named[0] == "-" else minutes))
    if named.upper() in ("Z", "UTC", "GMT"):
        return UTC
    known = _ZONE_NAMES.get(named.upper())
    return timezone(timedelta(minutes=known)) if known is not None else None


def _stamp(at: datetime, source: str) -> Stamp | None:
    if (at.hour, at.minute, at.second) == (0, 0, 0):
        return Stamp(at=datetime.combine(at.date(), NOON), precision="day", source=source)
    try:
        return Stamp(at=at.astimezone(UTC), precision="second", source=source)
    except (ValueError, OverflowError):
        return None


def _make_day(year: str, month: str, day: str) -> date | None:
    try:
        made = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return made if 1995 <= made.year <= 2100 else None


def _find_zone(folded: str, zones: dict[str, int]) -> timezone | None:
    if match := _OFFSET.search(folded):
        minutes = int(match.group(2)) * 60 + int(match.group(3) or 0)
        if minutes <= 14 * 60:
            return timezone(timedelta(minutes=-minutes if match.group(1) == "-" else minutes))
    for name, east in zones.items():
        if name in folded:
            return timezone(timedelta(minutes=east))
    return None
