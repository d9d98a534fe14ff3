"""Turns a date as told into a calendar day at the place, counted from the report's own time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from hijridate import Hijri

from extract.dates.hit import DateHit

_WEEK, _MONTH, _YEAR = 7, 30, 365
_SOON_DAYS = 40  # a day without a year that is so near ahead is meant ahead
_LATE_HOUR = 20  # from then on an outlet east of the place may write on the next day
_STALE_DAYS = 10  # how long after its own day a report may still be met under a later stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedDate:
    """A calendar day and its precision: day, week (the likeliest day), month or year (their first day), unknown."""

    date: date | None
    precision: str


UNKNOWN = ResolvedDate(date=None, precision="unknown")


def find_local_day(published: datetime, *, tz: tzinfo, precision: str = "second") -> date:
    """The day of publication at the place; a stamp that holds only a day keeps it, wherever it was written."""
    if precision == "day" and published.timetz().replace(tzinfo=None) == time():
        return published.date()
    return published.astimezone(tz).date()


def resolve_date(
    hit: DateHit, published: datetime | None, *, tz: tzinfo, precision: str = "second", base: date | None = None
) -> ResolvedDate:
    """The day that `hit` names, seen from `base` (the report's own day) or else from `published` in `tz`.

    `precision` is that of `published` (second | day). Unknown where the words need a day to count from and there is
    none, where they name a stretch of time, or where no such day exists.
    """
    try:
        if base is None and published is not None:
            base = find_local_day(published, tz=tz, precision=precision)
        return _resolve(hit, published, base, tz, precision)
    except (OverflowError, ValueError):  # before the year 1, after 9999, 31 April
        return UNKNOWN


def _resolve(hit: DateHit, published: datetime | None, base: date | None, tz: tzinfo, precision: str) -> ResolvedDate:
    if hit.kind in ("absolute", "month", "year"):
        return _resolve_calendar(hit, base)
    if base is None or hit.kind == "span":
        return UNKNOWN
    if hit.kind == "ago":
        return _resolve_ago(hit, published, base, tz, precision)
    if hit.kind == "weekday":
        return _on_day(_adjust_midnight(hit, _find_weekday(hit, base), base))
    if hit.kind == "day":
        return _on_day(_adjust_midnight(hit, _find_relative_day(hit, base), base))
    if hit.kind == "period":
        return _resolve_period(hit, base)
    if hit.kind == "anniversary" and hit.offset is not None:
        return ResolvedDate(date=_shift_years(base, hit.offset).replace(day=1), precision="month")
    return UNKNOWN  # relative_event: who reads the report knows which event is meant


def _on_day(day: date) -> ResolvedDate:
    return ResolvedDate(date=day, precision="day")


def _find_weekday(hit: DateHit, base: date) -> date:
    """The most recent such weekday; the base itself counts unless the words say "last"."""
    weekday = hit.weekday_to if hit.weekday_to is not None else hit.weekday
    if weekday is None:
        return base
    if hit.side == "next" or "future" in hit.flags:
        return base + timedelta(days=(weekday - base.weekday()) % 7 or 7)
    if hit.weekday_to is not None and base.weekday() == hit.weekday:
        return base  # the night that goes on while it is reported
    back = (base.weekday() - weekday) % 7
    if hit.unit == "week" and hit.offset == -1:  # "Thursday of last week"; the week begins on Sunday
        sunday = base - timedelta(days=(base.weekday() + 1) % 7)
        return sunday - timedelta(days=7) + timedelta(days=(weekday + 1) % 7)
    if back <= 1 and hit.side == "past":
        back += 7  # who means yesterday says so
    return base - timedelta(days=back)


def _find_relative_day(hit: DateHit, base: date) -> date:
    """Today, yesterday …; a weekday beside it wins unless it would make yesterday of today."""
    offset = hit.offset or 0
    day = base + timedelta(days=offset)
    if hit.weekday is None or day.weekday() == hit.weekday or offset > 0:
        return day
    told = base - timedelta(days=(base.weekday() - hit.weekday) % 7)
    if told == base:  # "yesterday, Tuesday" in a report of Tuesday: the writer slipped on the weekday
        return day
    return told


def _adjust_midnight(hit: DateHit, day: date, base: date) -> date:
    """After midnight of a night is the next day, unless that would lie ahead of the report."""
    if "after_midnight" in hit.flags and day < base:
        return day + timedelta(days=1)
    return day


def _resolve_ago(hit: DateHit, published: datetime | None, base: date, tz: tzinfo, precision: str) -> ResolvedDate:
    if hit.unit == "hour":
        if hit.offset is not None and published is not None and precision == "second" and abs(hit.offset) < 10_000:
            return _on_day((published + timedelta(hours=hit.offset)).astimezone(tz).date())
        return _on_day(base)
    if hit.offset is None:
        if hit.unit == "day":
            return ResolvedDate(date=base - timedelta(days=4), precision="week")
        if hit.unit == "week":
            return ResolvedDate(date=(base - timedelta(days=21)).replace(day=1), precision="month")
        return UNKNOWN
    count = -hit.offset
    if count > 20_000:
        return UNKNOWN
    if hit.unit == "day":
        return _shift_days(base, count, "day" if count <= 21 else "week")
    if hit.unit == "week":
        return _shift_days(base, count * _WEEK, "week")
    if hit.unit == "month":
        return _first_of(_shift_days(base, count * _MONTH, "month"))
    return _first_of(_shift_days(base, count * _YEAR, "year")) if count < 200 else UNKNOWN


def _shift_days(base: date, days: int, precision: str) -> ResolvedDate:
    return ResolvedDate(date=base - timedelta(days=days), precision=precision)


def _first_of(resolved: ResolvedDate) -> ResolvedDate:
    if resolved.date is None:
        return resolved
    first = resolved.date.replace(day=1, month=1 if resolved.precision == "year" else resolved.date.month)
    return ResolvedDate(date=first, precision=resolved.precision)


def _resolve_period(hit: DateHit, base: date) -> ResolvedDate:
    offset = hit.offset or 0
    if hit.unit == "week":
        return ResolvedDate(date=base + timedelta(days=7 * offset if offset else -2), precision="week")
    if hit.unit == "month":
        return ResolvedDate(date=_shift_months(base, offset), precision="month")
    return ResolvedDate(date=date(base.year + offset, 1, 1), precision="year")


def _shift_months(base: date, months: int) -> date:
    total = base.year * 12 + base.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def _shift_years(base: date, years: int) -> date:
    try:
        return base.replace(year=base.year + years)
    except ValueError:
        if (base.month, base.day) != (2, 29):
            raise
        return base.replace(year=base.year + years, day=28)


def _resolve_calendar(hit: DateHit, base: date | None) -> ResolvedDate:
    if hit.kind == "year":
        return UNKNOWN if hit.year is None else ResolvedDate(date=date(hit.year, 1, 1), precision="year")
    if hit.month is None:  # the eleventh of this month
        if base is None or hit.day is None:
            return UNKNOWN
        first = _shift_months(base, hit.offset or 0)
        return _make_day(first.year, first.month, hit.day)
    if hit.calendar == "hijri":
        return _resolve_hijri(hit, base)
    year = hit.year
    if year is None and base is not None:
        year = base.year + hit.year_offset if hit.year_offset is not None else _guess_year(hit, base)
    if year is None:
        return UNKNOWN
    if hit.day is None:
        return ResolvedDate(date=date(year, hit.month, 1), precision="month")
    return _make_day(year, hit.month, hit.day)


def _make_day(year: int, month: int, day: int) -> ResolvedDate:
    try:
        return _on_day(date(year, month, day))
    except ValueError:
        return UNKNOWN


def _guess_year(hit: DateHit, base: date) -> int:
    """The most recent such date; the next one where the words point ahead, or where it lies less than weeks ahead."""
    told = (hit.month or 1, hit.day if hit.day is not None else base.day)
    now = (base.month, base.day)
    if hit.side == "next" or "future" in hit.flags:
        return base.year if told > now else base.year + 1
    if hit.side == "past" and hit.day is None and told[0] == base.month:
        return base.year - 1  # "last January", told in January
    if told[0] == base.month and (hit.day is None or hit.side == "this"):
        return base.year
    if told <= now:
        return base.year
    if hit.side is None and hit.day is not None and (told[0] - base.month) * 30 + told[1] - base.day <= _SOON_DAYS:
        return base.year  # "on 21 April", said on the 16th
    return base.year - 1


def _resolve_hijri(hit: DateHit, base: date | None) -> ResolvedDate:
    """By the Umm al-Qura calendar; a place that sights the moon may differ by a day."""
    years: Iterable[int]
    if hit.year is not None:
        years = (hit.year,)
    elif base is not None:
        middle = round((base.year - 622) * 33 / 32)
        years = range(middle + 2, middle - 4, -1)
    else:
        return UNKNOWN
    for year in years:
        try:
            converted = Hijri(year, hit.month or 1, hit.day or 1).to_gregorian()
        except (ValueError, OverflowError):
            continue
        day = date(converted.year, converted.month, converted.day)
        if hit.year is not None or (base is not None and day <= base):
            if hit.day is None:
                return ResolvedDate(date=day.replace(day=1), precision="month")
            return _on_day(day)
    return UNKNOWN


def find_report_day(
    hits: Iterable[DateHit], published: datetime | None, *, tz: tzinfo, precision: str = "second"
) -> date | None:
    """The report's own day, where its words settle it better than the stamp under which it was met.

    A text that is collected late still says "today, Saturday 25 July" or "yesterday, Tuesday": such pairs date it,
    and so does a line that says when it was last changed (which may lie a day ahead of the stamp, for the time zones).
    Only a day up to ten days before `published` is taken; without one the day of publication is returned.
    """
    base = None if published is None else find_local_day(published, tz=tz, precision=precision)
    late = published is not None and precision == "second" and published.astimezone(tz).hour >= _LATE_HOUR
    votes: dict[date, int] = {}
    for hit in hits:
        day = _told_day(hit, base, late=late)
        ahead = timedelta(days=1) if "update" in hit.flags or late else timedelta()
        if day is not None and (base is None or -ahead <= base - day <= timedelta(days=_STALE_DAYS)):
            votes[day] = votes.get(day, 0) + 1
    if not votes:
        return base
    return max(votes, key=lambda day: (votes[day], day))


def _told_day(hit: DateHit, base: date | None, *, late: bool) -> date | None:
    """The report's day as one pair of words gives it: a day word with a full date or with a weekday.

    `late`: it is late in the evening at the place, so that it may be the next day already where the outlet writes.
    """
    if (
        hit.kind == "absolute"
        and hit.flags & {"day_word", "update"}
        and hit.year is not None
        and hit.calendar == "gregorian"
    ):
        told = _make_day(hit.year, hit.month or 1, hit.day or 1).date
        return None if told is None else told - timedelta(days=hit.offset or 0)
    if (
        hit.kind == "day"
        and hit.weekday is not None
        and base is not None
        and hit.offset is not None
        and hit.offset <= 0
    ):
        if late and hit.offset < 0 and (base + timedelta(days=1 + hit.offset)).weekday() == hit.weekday:
            return base + timedelta(days=1)
        day = _find_relative_day(hit, base)
        return day - timedelta(days=hit.offset) if day.weekday() == hit.weekday else None
    return None
