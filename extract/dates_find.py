"""Turns folded Arabic text into dates as told: which parts stand together, and what leads to them."""

from __future__ import annotations

from extract.dates_hit import DateHit
from extract.dates_lexicon import DEFINITE_UNITS, STRETCH, TIME_WORDS, UNITS
from extract.dates_read import (
    Absolute,
    match_word,
    read_day_month,
    read_month_alone,
    read_numeric,
    read_short_numeric,
    read_side,
)
from extract.dates_stretch import read_stretch
from extract.numbers_lexicon import NOUNS, WORDS
from extract.scan import Scan, read_rows, scan_text
from extract.text import fold


class _Draft:
    """What the words at one place have said so far."""

    __slots__ = ("absolute", "day", "edge", "hijri", "month", "name", "part", "period", "side",
                 "weekday", "weekday_to", "year")  # fmt: skip

    def __init__(self) -> None:
        self.absolute: Absolute | None = None
        self.month: Absolute | None = None
        self.hijri: Absolute | None = None
        self.day: int | None = None
        self.weekday: int | None = None
        self.weekday_to: int | None = None
        self.period: tuple[str, int] | None = None
        self.year: int | None = None
        self.side: str | None = None
        self.part: str | None = None
        self.edge: str | None = None

    @property
    def has_core(self) -> bool:
        return (
            self.absolute is not None or self.hijri is not None or self.month is not None or self.day is not None
            or self.weekday is not None or self.period is not None or self.year is not None
        )  # fmt: skip


_CONTEXTS = {fold(row["form"]): row["flag"] for row in read_rows("date_contexts.csv")}
_CONNECTORS = {
    ",",
    "،",
    "(",
    ")",
    "-",
    "/",
    "الموافق",
    "المصادف",
    "الموافقه",
    "المصادفه",
    "والموافق",
    "ال",
    "[",
    "]",
    ":",
    '"',
}
_FILLERS = {"يوم", "ويوم", "ليوم", "بيوم", "يومي", "من", "شهر"}  # the day, of, the month of
_YEAR_LEADS = {"في", "منذ", "خلال", "مطلع", "اوائل", "اواخر", "منتصف", "نهايه", "بدايه", "حتي", "وفي", "من"}
_YEAR_WORDS = {"عام", "العام", "سنه", "السنه", "لعام", "للعام", "وعام", "بعام", "لسنه"}
_STARTS = frozenset(TIME_WORDS) | frozenset(DEFINITE_UNITS) | frozenset(_YEAR_WORDS) | frozenset(
    fold(word) for word in ("يوم", "ويوم", "ليوم", "بيوم", "يومي", "غداة", "الذكرى", "لل", "ال")
) | STRETCH | frozenset(
    form for form, word in WORDS.items()
    if word.prefix in ("ال", "لل", "بال", "وال") and (word.kind.startswith("ordinal") or word.kind in ("ten", "unit"))
) | frozenset(form for form, word in WORDS.items() if word.kind == "ordinal" and word.prefix == "")  # fmt: skip


def find_dates(folded: str, start: int = 0, end: int | None = None) -> list[DateHit]:
    """Every date in `folded[start:end]`, in order; spans are of `folded` and do not overlap."""
    scan = scan_text(folded)
    low, stop = scan.window(start, end)
    texts = scan.texts
    hits: list[DateHit] = []
    index = low
    while index < stop:
        text = texts[index]
        if text in _STARTS or text[0].isdecimal():
            found = _read_at(scan, index, low, stop)
            if found is not None:
                hit, index = found
                hits.append(hit)
                continue
        index += 1
    return hits


def _read_at(scan: Scan, index: int, low: int, stop: int) -> tuple[DateHit, int] | None:
    special = read_stretch(scan, index, stop)
    if special is not None:
        return special
    draft = _Draft()
    at = last = index
    while at < stop:
        after = _read_component(scan, at, low, stop, draft)
        if after is None:
            if not draft.has_core:
                break
            at = _skip_connectors(scan, at, stop)
            after = _read_component(scan, at, low, stop, draft) if last < at < stop else None
            if after is None:
                break
        at = last = after
    if not draft.has_core:
        return None
    return _finish(scan, index, last, low, draft), last


def _skip_connectors(scan: Scan, index: int, stop: int) -> int:
    at = index
    while at < stop and at - index < 3 and scan.texts[at] in _CONNECTORS:
        at += 1
    return at


def _read_component(scan: Scan, index: int, low: int, stop: int, draft: _Draft) -> int | None:
    """Reads one more part of a date into the draft; the index after it, or None."""
    texts = scan.texts
    text = texts[index]
    if text[0].isdecimal():
        return _read_figures(scan, index, low, stop, draft)
    if text in _FILLERS:
        if text == "من" and draft.weekday is None and draft.part is None:
            return None
        if draft.absolute is not None or index + 1 >= stop:
            return None
        return None if texts[index + 1] in _FILLERS else _read_component(scan, index + 1, low, stop, draft)
    if text in WORDS and draft.absolute is None:
        absolute = read_day_month(scan, index, stop)
        if absolute is not None:
            return _take_absolute(draft, absolute)
    if text in ("ال", "لل") and draft.absolute is None:
        absolute = read_day_month(scan, index, stop)
        return None if absolute is None else _take_absolute(draft, absolute)
    found = match_word(scan, index, stop)
    if found is None:
        return _read_period(scan, index, stop, draft) if text in _YEAR_WORDS else None
    kind = found[0].kind
    if kind in ("day", "night"):
        if draft.day is not None or (draft.weekday is not None and draft.part is None and found[0].number < -1):
            return None
        draft.day = found[0].number
        draft.part = "night" if kind == "night" else draft.part
        return found[1]
    if kind == "weekday":
        return _take_weekday(scan, found[0].number, index, found[1], stop, draft)
    if kind == "part":
        return _take_part(scan, found[0].value, index, found[1], low, stop, draft)
    if kind == "side":
        if draft.side is not None or draft.weekday is None or found[0].value == "same":
            return None
        draft.side = found[0].value
        return found[1]
    if kind == "month":
        return _take_month(scan, index, low, stop, draft)
    if kind == "edge":
        return _take_edge(scan, found[0].value, found[1], low, stop, draft)
    if kind in ("this", "period"):
        return _read_period(scan, index, stop, draft)
    return None


def _read_figures(scan: Scan, index: int, low: int, stop: int, draft: _Draft) -> int | None:
    if draft.absolute is None:
        absolute = (
            read_numeric(scan, index, stop)
            or read_day_month(scan, index, stop)
            or read_short_numeric(scan, index, low, stop)
        )
        if absolute is not None:
            return _take_absolute(draft, absolute)
    return _take_bare_year(scan, index, low, stop, draft)


def _take_absolute(draft: _Draft, absolute: Absolute) -> int | None:
    if absolute.calendar == "hijri":
        if draft.hijri is not None:
            return None
        draft.hijri = absolute
    elif draft.absolute is not None:
        return None
    else:
        draft.absolute = absolute
    return absolute.after


def _take_bare_year(scan: Scan, index: int, low: int, stop: int, draft: _Draft) -> int | None:
    texts = scan.texts
    if draft.has_core or len(texts[index]) != 4 or not texts[index].isdecimal() or index == low:
        return None
    if not 1900 <= int(texts[index]) <= 2100 or texts[index - 1] not in _YEAR_LEADS:
        return None
    if index + 1 < stop and (texts[index + 1] in NOUNS or texts[index + 1] in UNITS or texts[index + 1] == "/"):
        return None
    draft.year = int(texts[index])
    return index + 1


def _take_weekday(scan: Scan, weekday: int, index: int, after: int, stop: int, draft: _Draft) -> int | None:
    if draft.weekday is None:
        draft.weekday = weekday
        side, at = read_side(scan, after, stop)
        if side in ("past", "next"):
            draft.side, after = side, at
        return after
    if draft.part == "night" and draft.weekday_to is None and weekday == (draft.weekday + 1) % 7:
        before = scan.texts[index - 1]
        if before in ("-", "/", "الي") or scan.texts[index][0] == "و" or scan.ends[index - 1] < scan.starts[index]:
            draft.weekday_to = weekday
            return after
    return None


def _take_part(scan: Scan, part: str, index: int, after: int, low: int, stop: int, draft: _Draft) -> int | None:
    if draft.part is not None and part != "night":
        return None
    texts = scan.texts
    if draft.has_core:
        following = match_word(scan, after, stop, ("day", "weekday", "night"))
        if following is not None or texts[index] in ("ليله", "عشيه"):
            return None
    elif part == "eve":
        following = match_word(scan, after, stop, ("day", "weekday"))
        if following is None:
            return None
        part = "evening"

    draft.part = part
    return after


def _take_month(scan: Scan, index: int, low: int, stop: int, draft: _Draft) -> int | None:
    if draft.has_core:
        return None
    found = read_month_alone(scan, index, low, stop)
    if found is None or not found[1]:
        return None
    draft.month = found[0]
    return found[0].after


def _take_edge(scan: Scan, edge: str, after: int, low: int, stop: int, draft: _Draft) -> int | None:
    if draft.has_core or after >= stop or match_word(scan, after, stop, ("edge",)) is not None:
        return None
    if scan.texts[after][0].isdecimal() and len(scan.texts[after]) != 4:
        return None
    at = _read_component(scan, after, low, stop, draft)
    if at is not None:
        draft.edge = None if draft.part == "night" and draft.month is None else edge
    return at


def _read_period(scan: Scan, index: int, stop: int, draft: _Draft) -> int | None:
    """This week, last month, the year 2016."""
    texts = scan.texts
    text = texts[index]
    if text in ("هذا", "هذه") and index + 1 < stop:
        unit = {"الاسبوع": "week", "الشهر": "month", "العام": "year", "السنه": "year"}.get(texts[index + 1])
        if unit is None or draft.period is not None or draft.absolute is not None:
            return None
        draft.period = (unit, 0)
        return index + 2
    if text in _YEAR_WORDS and index + 1 < stop and len(texts[index + 1]) == 4 and texts[index + 1].isdecimal():
        if draft.has_core or not 1900 <= int(texts[index + 1]) <= 2100:
            return None
        draft.year = int(texts[index + 1])
        return index + 2
    found = match_word(scan, index, stop, ("period",))
    if found is None or draft.period is not None or draft.absolute is not None or not found[0].rest == ():
        return None
    side, after = read_side(scan, found[1], stop)
    if side is None or side == "same" or ("ال" not in text and "لل" not in text):
        return None
    draft.period = (found[0].value, {"past": -1, "this": 0, "next": 1}[side])
    return after


def _finish(scan: Scan, index: int, after: int, low: int, draft: _Draft) -> DateHit:
    told = draft.absolute or draft.hijri or draft.month
    side = (told.side if told is not None else None) or draft.side
    kind, offset, unit = "weekday", None, None
    if told is not None:
        kind = "month" if told.day is None else "absolute"
    elif draft.weekday is not None and draft.period is not None:
        offset, unit = draft.period[1], "week"
    elif draft.day is not None:
        kind, offset, unit = "day", draft.day, "day"
    elif draft.year is not None:
        kind = "year"
    elif draft.weekday is None and draft.period is not None:
        kind, unit, offset = "period", draft.period[0], draft.period[1]
    if draft.day is not None and kind == "weekday":
        kind, offset, unit = "day", draft.day, "day"
    if told is not None:
        offset, unit = (told.month_offset, "month") if told.month is None else (draft.day, None)
    return DateHit(
        start=scan.starts[index], end=scan.ends[after - 1], kind=kind,
        year=told.year if told is not None else draft.year, month=None if told is None else told.month,
        day=None if told is None else told.day, calendar="gregorian" if told is None else told.calendar,
        weekday=draft.weekday, weekday_to=draft.weekday_to, offset=offset,
        year_offset=None if told is None else told.year_offset, unit=unit, side=side, part=draft.part, edge=draft.edge,
        flags=_read_flags(scan, index, after, low, draft, side),
    )  # fmt: skip


def _read_flags(scan: Scan, index: int, after: int, low: int, draft: _Draft, side: str | None) -> frozenset[str]:
    texts = scan.texts
    flags: set[str] = set()
    if draft.day is not None:
        flags.add("day_word")
    if index - 1 >= low and "بعد" in texts[max(low, index - 2) : index] and "منتصف" in texts[index - 1 : index + 1]:
        flags.add("after_midnight")
    if side == "next" or (draft.day or 0) > 0 or (draft.period is not None and draft.period[1] > 0):
        flags.add("future")
    before = texts[index - 1] if index > low else ""
    if before in _CONTEXTS:
        flags.add(_CONTEXTS[before])
    if before in ("وحتي", "ومنذ"):
        flags.add("until" if before == "وحتي" else "since")
    for at in range(max(low, index - 7), index):
        if texts[at] in ("ذكري", "الذكري", "لذكري", "السنويه"):
            flags.add("anniversary")
        elif texts[at] in (".", "\n"):
            flags.discard("anniversary")
    return frozenset(flags)
