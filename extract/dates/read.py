"""Turns the words at one place of a scanned text into a part of a date: a day, a weekday, a month, a period."""

from __future__ import annotations

from typing import NamedTuple

from extract.dates.lexicon import TIME_WORDS, UNITS, TimeWord, UnitWord
from extract.numbers.read import read_cardinal, read_modifier
from extract.scan import WORD_SETS, Scan


class Absolute(NamedTuple):
    """A calendar date as told, any of its parts missing, and the index after it."""

    year: int | None
    month: int | None
    day: int | None
    calendar: str
    side: str | None
    year_offset: int | None  # "of last year": -1
    month_offset: int | None  # "of this month": 0
    after: int


class Amount(NamedTuple):
    """A length of time: how much of which unit (None: several), and the index after it."""

    quantity: int | None
    unit: UnitWord
    after: int


_SLASHES = ("/", "-", "\\", "(")
_HIJRI_MARKS = WORD_SETS["hijri_mark"]
_COMMON_MARKS = WORD_SETS["common_mark"]


def match_word(scan: Scan, index: int, stop: int, kinds: tuple[str, ...] | None = None) -> tuple[TimeWord, int] | None:
    """The longest time word of one of `kinds` that begins at `index`, and the index after it."""
    entries = TIME_WORDS.get(scan.texts[index]) if index < stop else None
    if entries is None:
        return None
    for entry in entries:
        if kinds is not None and entry.kind not in kinds:
            continue
        if not entry.rest:
            return entry, index + 1
        after = index + 1 + len(entry.rest)
        if after <= stop and scan.texts[index + 1 : after] == entry.rest:
            return entry, after
    return None


def read_month(scan: Scan, index: int, stop: int) -> tuple[TimeWord, int] | None:
    """A month's name with its second name, where one stands beside it: تموز/يوليو, شباط (فبراير)."""
    texts = scan.texts
    if index < stop and texts[index] in ("شهر", "لشهر", "بشهر", "وشهر"):
        index += 1
    found = match_word(scan, index, stop, ("month",))
    if found is None:
        return None
    word, after = found
    bracket = after < stop and texts[after] in _SLASHES
    second = match_word(scan, after + bracket, stop, ("month",))
    if second is not None and not second[0].prefix and _is_same_month(second[0], word):
        after = second[1]
        if bracket and after < stop and texts[after] == ")":
            after += 1
    return word, after


def _is_same_month(one: TimeWord, other: TimeWord) -> bool:
    return one.number == other.number and one.calendar == other.calendar


def read_year(scan: Scan, index: int, stop: int, calendar: str) -> tuple[int, str, int] | None:
    """A year at `index`, with its calendar as its mark says, and the index after it."""
    texts = scan.texts
    at = index
    while (
        at < stop
        and texts[at] in (",", "،", "من", "عام", "العام", "سنه", "لعام", "للعام", "/", "-", "لسنه")
        and at - index < 2
    ):
        at += 1
    if at >= stop or len(texts[at]) != 4 or not texts[at].isdecimal():
        return None
    year = int(texts[at])
    after = at + 1
    if after < stop and texts[after] in _HIJRI_MARKS and 1300 <= year <= 1500:
        return year, "hijri", after + 1
    if after < stop and texts[after] in _COMMON_MARKS:
        after += 1
    if calendar == "hijri":
        return (year, calendar, after) if 1300 <= year <= 1500 else None
    return (year, "gregorian", after) if 1900 <= year <= 2100 else None


def read_side(scan: Scan, index: int, stop: int) -> tuple[str | None, int]:
    """A word that points a date to the past, the present or the future, and the index after it."""
    found = match_word(scan, index, stop, ("side",))
    return (found[0].value, found[1]) if found is not None and found[0].prefix == "" else (None, index)


def read_numeric(scan: Scan, index: int, stop: int) -> Absolute | None:
    """A date in figures with its year: 06-02-2024, 2020/3/11, 27.9.2020; the day goes first unless the year does."""
    texts = scan.texts
    if texts[index].count(".") == 2:
        parts, after = texts[index].split("."), index + 1
    elif index + 4 < stop and texts[index + 1] in ("/", "-", "\\") and texts[index + 3] == texts[index + 1]:
        parts, after = [texts[index], texts[index + 2], texts[index + 4]], index + 5
    else:
        return None
    if not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return None
    first, second, third = (int(part) for part in parts)
    if len(parts[0]) == 4:
        year, month, day = first, second, third
    elif len(parts[2]) in (2, 4):
        year, month, day = third + 2000 if len(parts[2]) == 2 else third, second, first
    else:
        return None
    if month > 12 >= day:
        month, day = day, month
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    calendar = "gregorian" if 1900 <= year <= 2100 else "hijri" if 1300 <= year <= 1500 else ""
    if not calendar:
        return None
    if after < stop and texts[after] in _COMMON_MARKS | _HIJRI_MARKS:
        after += 1
    return Absolute(year, month, day, calendar, None, None, None, after)


def read_short_numeric(scan: Scan, index: int, low: int, stop: int) -> Absolute | None:
    """A day and month in figures without a year (16/6), only where the words before it lead to a date."""
    texts = scan.texts
    before = texts[index - 1] if index > low else ""
    if index + 2 >= stop or texts[index + 1] not in ("/", "-") or before not in _LEADS:
        return None
    day, month = texts[index], texts[index + 2]
    if not (day.isdecimal() and month.isdecimal() and len(day) <= 2 and len(month) <= 2):
        return None
    if not (1 <= int(day) <= 31 and 1 <= int(month) <= 12):
        return None
    if before == "(" and (index + 3 >= stop or texts[index + 3] != ")"):
        return None
    return Absolute(None, int(month), int(day), "gregorian", None, None, None, index + 3)


_LEADS = (
    WORD_SETS["date_lead"]
    | {"("}
    | {form for form, entries in TIME_WORDS.items() if any(entry.kind == "weekday" for entry in entries)}
)


def read_day_month(scan: Scan, index: int, stop: int) -> Absolute | None:
    """A day in figures or words with its month: 8 أغسطس/آب, الحادي عشر من الشهر الجاري."""
    texts = scan.texts
    at = index + 1 if texts[index] in ("ال", "لل", "وال", "بال", "فال") and index + 1 < stop else index
    day, at = _read_day(scan, at, stop)
    if day is None:
        return None
    joined = at < stop and texts[at] == "من"
    if joined or (at < stop and texts[at] in ("-", "/")):
        at += 1
    month = read_month(scan, at, stop)
    if month is None:
        return _read_day_of_period(scan, at, stop, day) if joined else None
    word, at = month
    if word.prefix:
        return None
    return _finish_absolute(scan, at, stop, day, word)


def _read_day(scan: Scan, index: int, stop: int) -> tuple[int | None, int]:
    text = scan.texts[index]
    if text[0].isdecimal():
        return (int(text), index + 1) if text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= 31 else (None, index)
    read = read_cardinal(scan, index, stop)
    if read is None or read.value is None or not 1 <= read.value <= 31 or not (read.ordinal or read.definite):
        return None, index
    if read.ordinal and text.endswith(("ه", "اولي")):
        return None, index  # feminine ordinals tell hours and parts, days are masculine
    return read.value, read.after


def _read_day_of_period(scan: Scan, index: int, stop: int, day: int) -> Absolute | None:
    """The day of "this month" or "last month"."""
    texts = scan.texts
    if index + 1 >= stop:
        return None
    if texts[index] == "هذا" and texts[index + 1] == "الشهر":
        return Absolute(None, None, day, "gregorian", "this", None, 0, index + 2)
    if texts[index] != "الشهر":
        return None
    side, after = read_side(scan, index + 1, stop)
    if side is None:
        return None
    offset = {"past": -1, "this": 0, "next": 1, "same": 0}[side]
    return Absolute(None, None, day, "gregorian", side, None, offset, after)


def _finish_absolute(scan: Scan, at: int, stop: int, day: int | None, word: TimeWord) -> Absolute:
    """What may follow a month: a side (last, this), a year, "of last year"."""
    texts = scan.texts
    side, at = read_side(scan, at, stop)
    year = read_year(scan, at, stop, word.calendar)
    if year is not None:
        return Absolute(year[0], word.number, day, year[1], side, None, None, year[2])
    begin = at + 1 if at < stop and texts[at] == "من" else at
    year_offset: int | None = None
    if begin + 1 < stop and texts[begin] in ("نفس", "ذات") and texts[begin + 1] in ("العام", "السنه"):
        side, at = "same", begin + 2
    elif begin + 1 < stop and texts[begin] in ("العام", "السنه"):
        year_side, after = read_side(scan, begin + 1, stop)
        if year_side == "same":
            side, at = "same", after
        elif year_side is not None:
            year_offset, at = {"past": -1, "this": 0, "next": 1}[year_side], after
    elif begin + 1 < stop and texts[begin] in ("هذا", "هذه") and texts[begin + 1] in ("العام", "السنه"):
        year_offset, at = 0, begin + 2
    return Absolute(None, word.number, day, word.calendar, side, year_offset, None, at)


_DURING = ("في", "خلال", "منذ")  # before a month; but "in Bab (gate)" is no "in August", which is written alike


def read_month_alone(scan: Scan, index: int, low: int, stop: int) -> tuple[Absolute, bool] | None:
    """A month without a day, and whether it may stand so (a bare ambiguous name may not)."""
    found = read_month(scan, index, stop)
    if found is None:
        return None
    word, at = found
    absolute = _finish_absolute(scan, at, stop, None, word)
    sure = (
        (word.bare and not word.prefix)
        or absolute.year is not None
        or absolute.side is not None
        or absolute.year_offset is not None
        or scan.texts[index] in ("شهر", "لشهر", "بشهر", "وشهر")
        or (at - index > 1 and word.calendar == "gregorian" and not word.prefix)
        or (index > low and scan.texts[index - 1] in ("مطلع", "اوائل", "اواخر", "منتصف", "اواسط", "نهايه", "بدايه"))
        or (word.calendar == "gregorian" and word.prefix != "ب" and index > low and scan.texts[index - 1] in _DURING)
        or (word.bare and word.prefix in ("و", "ل", "ف"))
    )
    return absolute, sure


def read_amount(scan: Scan, index: int, stop: int) -> Amount | None:
    """A length of time at `index`: يومين, خمسة أيام, 48 ساعة, نحو شهر, أيام (several)."""
    texts = scan.texts
    for skip in range(4):
        at = index + skip
        if at >= stop:
            return None
        unit = UNITS.get(texts[at])
        if unit is not None:
            if skip and read_modifier(scan, at, index)[1] != index:
                return None
            return Amount(unit.number, unit, _skip_half(texts, at + 1, stop))
        read = read_cardinal(scan, at, stop)
        if read is not None and not read.ordinal:
            if skip and read_modifier(scan, at, index)[1] != index:
                return None
            unit = UNITS.get(texts[read.after]) if read.after < stop else None
            return None if unit is None else Amount(read.value, unit, _skip_half(texts, read.after + 1, stop))
    return None


def _skip_half(texts: tuple[str, ...], index: int, stop: int) -> int:
    """The index after "and a half", "only", "alone" and numerals that repeat a dual."""
    while index < stop and texts[index] in (
        "ونصف",
        "فقط",
        "اثنين",
        "قليله",
        "عده",
        "معدوده",
        "تقريبا",
        "كامله",
        "واحد",
        "واحده",
    ):
        index += 1
    return index
