"""Turns lengths of time in scanned text into date hits: two days ago, a day after the attack, within 24 hours."""

from __future__ import annotations

from extract.dates.hit import DateHit
from extract.dates.lexicon import DEFINITE_UNITS, MONTH_WORDS, STRETCH, UNITS
from extract.dates.read import match_word, read_amount, read_side
from extract.numbers.read import read_cardinal
from extract.scan import Scan

_FROM = (("من",), ("علي",), ("عن",))
_NOW = (("الان",), ("اليوم",))
# "Two weeks ago on the airport" tells where; "two weeks before (على) the opening" counts from an event.
_EVENTS = ("موعد", "انطلاق", "بدء", "بدايه", "نهايه", "انتهاء", "ذكري", "انعقاد", "افتتاح", "اجراء", "الانتخابات")


def read_stretch(scan: Scan, index: int, stop: int) -> tuple[DateHit, int] | None:
    """The length of time or the anniversary that begins at `index`, and the index after it."""
    text = scan.texts[index]
    if text in SHIFTS or text in ("قبل", "وقبل", "بعد", "وبعد"):
        shift = _read_shift(scan, index, stop)
        if shift is not None:
            return shift
    if text in ("قبل", "منذ", "وقبل", "ومنذ"):
        return _read_ago(scan, index, stop, since=text.endswith("منذ"))
    if text in ("بعد", "وبعد", "عقب"):
        return _read_after(scan, index, stop)
    if text in ("غداه", "وغداه"):
        return _make(scan, index, index + 1, "relative_event", 1, "day")
    if text in STRETCH:
        return _read_within(scan, index, stop)
    if text in DEFINITE_UNITS:
        return _read_last_units(scan, index, stop, DEFINITE_UNITS[text])
    if text == "الذكري":
        return _read_anniversary(scan, index, stop)
    found = match_word(scan, index, stop, ("next_day",))
    return None if found is None else _make(scan, index, found[1], "relative_event", 1, "day", "anaphoric")


# What leads to "by so many days", counted from the event told before: before it (-1), after it (+1).
SHIFTS = {
    f"{joined}{word}": sign
    for sign, words in (
        (-1, "قبلها قبله قبلهما سبق سبقه سبقها سبقته سبقتها سبقت"),
        (1, "بعدها بعده بعدهما تلاه تلاها تلته تلتها اعقبه اعقبها اعقبته اعقبتها"),
    )
    for word in words.split()
    for joined in ("", "و")
}
_THAT = ("ذلك", "هذا", "هذه", "تلك")
_BY = ("ب", "بنحو", "بحوالي")  # by, by about


def _read_shift(scan: Scan, index: int, stop: int) -> tuple[DateHit, int] | None:
    """وقبل ذلك بيومين, سبقه بأسبوع: so long before or after what was told last."""
    text = scan.texts[index]
    at = index + 1
    that = scan.texts[at : at + 1] and scan.texts[at] in _THAT
    sign = SHIFTS.get(text) or (-1 if text.endswith("قبل") else 1)
    if text not in SHIFTS and not that:
        return None
    at += 1 if that else 0
    by = at < stop and scan.texts[at] in _BY
    at += 1 if by else 0
    following = scan.texts[at] if at < stop else ""
    unit = UNITS.get(following[1:]) if following.startswith("ب") else None
    if unit is not None:
        quantity, after = unit.number, at + 1
    else:
        amount = read_amount(scan, at, stop)
        if amount is None or not (by or following.startswith("ب")):
            return None
        quantity, after, unit = amount.quantity, amount.after, amount.unit
    if quantity is None or unit.days < 1:
        return None
    return _make(scan, index, after, "shift", round(sign * quantity * unit.days), unit.name)


def _make(
    scan: Scan, index: int, after: int, kind: str, offset: int | None, unit: str, *flags: str
) -> tuple[DateHit, int]:
    hit = DateHit(
        start=scan.starts[index],
        end=scan.ends[after - 1],
        kind=kind,
        offset=offset,
        unit=unit,
        flags=frozenset(flags),
    )
    return hit, after


def _read_within(scan: Scan, index: int, stop: int) -> tuple[DateHit, int] | None:
    """خلال 24 ساعة, على مدى شهرين: within, for so long."""
    texts = scan.texts
    begin = index + 2 if texts[index + 1 : index + 2] == ("من",) and texts[index] == "اقل" else index + 1
    amount = read_amount(scan, begin, stop)
    if amount is None:
        return None
    following = texts[amount.after] if amount.after < stop else ""
    if amount.unit.number == 1 and (following.isdecimal() or following in MONTH_WORDS):
        return None  # خلال عام 2020, خلال شهر يوليو: during a named year or month
    return _make(scan, index, amount.after, "span", amount.quantity, amount.unit.name)


def _read_last_units(scan: Scan, index: int, stop: int, unit: str) -> tuple[DateHit, int] | None:
    """الساعات الأربع والعشرين الماضية, الأيام المقبلة: the last hours, the coming days."""
    for at in range(index + 1, min(index + 6, stop)):
        side, after = read_side(scan, at, stop)
        if side in ("past", "next"):
            return _make(scan, index, after, "span", None, unit, *(("future",) if side == "next" else ()))
    return None


def _read_anniversary(scan: Scan, index: int, stop: int) -> tuple[DateHit, int] | None:
    at = index + 2 if scan.texts[index + 1 : index + 2] == ("السنويه",) else index + 1
    read = read_cardinal(scan, at, stop) if at < stop else None
    if read is None or not read.ordinal or read.value is None:
        return None
    return _make(scan, index, read.after, "anniversary", -read.value, "year", "anniversary")


def _read_ago(scan: Scan, index: int, stop: int, *, since: bool) -> tuple[DateHit, int] | None:
    """قبل يومين: two days ago; قبل يومين من الانتخابات: two days before another event; منذ شهرين: for two months."""
    amount = read_amount(scan, index + 1, stop)
    if amount is None:
        return None
    texts, after, unit = scan.texts, amount.after, amount.unit
    if unit.number == 1 and match_word(scan, after, stop, ("weekday", "month")) is not None:
        return None  # "since the month of April", "since Saturday": no length of time
    vague = ("vague",) if amount.quantity is None else ()
    following = texts[after + 1] if after + 1 < stop else ""
    if (
        not since
        and texts[after : after + 1] in _FROM
        and (texts[after] != "علي" or following in _EVENTS)
        and (following,) not in _NOW
        and following
    ):
        days = None if amount.quantity is None else -amount.quantity * unit.days
        return _make(scan, index, after + 1, "relative_event", days, unit.name, *vague)
    offset = None if amount.quantity is None else -amount.quantity
    lasting = ("since",) if since and (unit.days > 1 or amount.quantity is None or amount.quantity > 10) else ()
    return _make(scan, index, after, "ago", offset, unit.name, *vague, *lasting)


def _read_after(scan: Scan, index: int, stop: int) -> tuple[DateHit, int] | None:
    """بعد خمسة أيام من الهجوم الأول: five days after another event."""
    amount = read_amount(scan, index + 1, stop)
    if amount is None or amount.after >= stop or scan.texts[amount.after : amount.after + 1] not in _FROM:
        return None
    days = None if amount.quantity is None else amount.quantity * amount.unit.days
    vague = ("vague",) if amount.quantity is None else ()
    return _make(scan, index, amount.after + 1, "relative_event", days, amount.unit.name, *vague)
