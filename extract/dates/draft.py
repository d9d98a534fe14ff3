"""Gathers the words at one place of a scanned text into the parts of one date."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from extract.dates.lexicon import UNITS, TimeWord
from extract.dates.read import (
    Absolute,
    match_word,
    read_day_month,
    read_month_alone,
    read_numeric,
    read_short_numeric,
    read_side,
)
from extract.numbers.lexicon import NOUNS, WORDS
from extract.scan import WORD_SETS, Scan

YEAR_WORDS = WORD_SETS["year_word"]
_FILLERS = WORD_SETS["date_filler"]  # the day, of, the month of
_YEAR_LEADS = WORD_SETS["year_lead"]
_CONNECTORS = WORD_SETS["date_connector"] | frozenset(',،()-/[]:"')
_THIS = {"الاسبوع": "week", "الشهر": "month", "العام": "year", "السنه": "year"}  # the week, month, year
_SIDES = {"past": -1, "this": 0, "next": 1}
_MOST_CONNECTORS = 3


class Draft:
    """What the words from one place on have said so far."""

    __slots__ = ("absolute", "day", "edge", "hijri", "low", "month", "part", "period", "scan", "side", "stop",
                 "weekday", "weekday_to", "year")  # fmt: skip

    def __init__(self, scan: Scan, low: int, stop: int) -> None:
        self.scan, self.low, self.stop = scan, low, stop
        self.absolute: Absolute | None = None
        self.hijri: Absolute | None = None
        self.month: Absolute | None = None
        self.day: int | None = None
        self.weekday: int | None = None
        self.weekday_to: int | None = None
        self.period: tuple[str, int] | None = None
        self.year: int | None = None
        self.side: str | None = None
        self.part: str | None = None
        self.edge: str | None = None

    @property
    def told(self) -> Absolute | None:
        """The calendar date, the Gregorian one where two are told."""
        return self.absolute or self.hijri or self.month

    @property
    def has_core(self) -> bool:
        """Whether the words name a time, not only a part of the day."""
        return (
            self.told is not None
            or self.day is not None
            or self.weekday is not None
            or self.period is not None
            or self.year is not None
        )

    def read_all(self, index: int) -> int | None:
        """Reads as many parts as stand together from `index`; the index after the last, or None."""
        at = last = index
        while at < self.stop:
            after = self.read_one(at)
            if after is None and self.has_core:
                at = self._skip_connectors(at)
                after = self.read_one(at) if last < at < self.stop else None
            if after is None:
                break
            at = last = after
        if not self.has_core:
            return None
        closed = last < self.stop and self.scan.texts[last] == ")" and "(" in self.scan.texts[index:last]
        return last + closed

    def _skip_connectors(self, index: int) -> int:
        at = index
        while at < self.stop and at - index < _MOST_CONNECTORS and self.scan.texts[at] in _CONNECTORS:
            at += 1
        return at

    def read_one(self, index: int) -> int | None:
        """Reads one more part; the index after it, or None where none begins here."""
        texts = self.scan.texts
        text = texts[index]
        if text[0].isdecimal():
            return self._read_figures(index)
        if text in _FILLERS:
            return self._read_filled(index, text)
        if self.absolute is None and (text in WORDS or text in ("ال", "لل")):
            absolute = read_day_month(self.scan, index, self.stop)
            if absolute is not None:
                return self._take_absolute(absolute)
        found = match_word(self.scan, index, self.stop)
        if found is not None:
            taker = self._TAKERS.get(found[0].kind)
            return None if taker is None else taker(self, found[0], index, found[1])
        return self._take_year(index) if text in YEAR_WORDS else None

    def _read_filled(self, index: int, text: str) -> int | None:
        """The day (of) …: the words that lead on to another part."""
        if text == "من" and self.weekday is None and self.part is None:
            return None
        if self.absolute is not None or index + 1 >= self.stop or self.scan.texts[index + 1] in _FILLERS:
            return None
        return self.read_one(index + 1)

    def _read_figures(self, index: int) -> int | None:
        if self.absolute is None:
            absolute = (
                read_numeric(self.scan, index, self.stop)
                or read_day_month(self.scan, index, self.stop)
                or read_short_numeric(self.scan, index, self.low, self.stop)
            )
            if absolute is not None:
                return self._take_absolute(absolute)
        return self._take_bare_year(index)

    def _take_absolute(self, absolute: Absolute) -> int | None:
        if absolute.calendar == "hijri":
            if self.hijri is not None:
                return None
            self.hijri = absolute
        elif self.absolute is not None:
            return None
        else:
            self.absolute = absolute
        return absolute.after

    def _take_bare_year(self, index: int) -> int | None:
        """في 2019: only after words that lead to a year, and not where the number counts something."""
        texts = self.scan.texts
        if self.has_core or index == self.low or not _is_year(texts[index]) or texts[index - 1] not in _YEAR_LEADS:
            return None
        following = texts[index + 1] if index + 1 < self.stop else ""
        if following in NOUNS or following in UNITS or following == "/":
            return None
        self.year = int(texts[index])
        return index + 1

    def _take_year(self, index: int) -> int | None:
        """عام 2016: the year 2016."""
        if self.has_core or index + 1 >= self.stop or not _is_year(self.scan.texts[index + 1]):
            return None
        self.year = int(self.scan.texts[index + 1])
        return index + 2

    def _take_day(self, word: TimeWord, index: int, after: int) -> int | None:
        if self.day is not None or (self.weekday is not None and self.part is None and word.number < -1):
            return None
        if self.scan.texts[index] in _THE_DAY and after < self.stop and _is_ordinal(self.scan.texts[after]):
            return None  # لليوم الثاني على التوالي: a day counted, not today
        self.day = word.number
        if word.kind == "night":
            self.part = "night"
        return after

    def _take_weekday(self, word: TimeWord, index: int, after: int) -> int | None:
        if self.weekday is None:
            self.weekday = word.number
            side, at = read_side(self.scan, after, self.stop)
            if side in ("past", "next"):
                self.side, after = side, at
            return after
        if self.part != "night" or self.weekday_to is not None or word.number != (self.weekday + 1) % 7:
            return None
        self.weekday_to = word.number  # ليل الأربعاء-الخميس: the night from one to the other
        return after

    def _take_part(self, word: TimeWord, index: int, after: int) -> int | None:
        part = word.value
        if self.part is not None and part != "night":
            return None
        if self.has_core:
            following = match_word(self.scan, after, self.stop, ("day", "weekday", "night"))
            if following is not None or part == "eve" or self.scan.texts[index] == "ليله":
                return None
        elif part == "eve":
            if match_word(self.scan, after, self.stop, ("day", "weekday")) is None:
                return None
            part = "evening"
        self.part = part
        return after

    def _take_side(self, word: TimeWord, index: int, after: int) -> int | None:
        if self.side is not None or self.weekday is None or word.value == "same":
            return None
        self.side = word.value
        return after

    def _take_month(self, word: TimeWord, index: int, after: int) -> int | None:
        found = None if self.has_core else read_month_alone(self.scan, index, self.low, self.stop)
        if found is None or not found[1]:
            return None
        self.month = found[0]
        return found[0].after

    def _take_edge(self, word: TimeWord, index: int, after: int) -> int | None:
        """مطلع يوليو, منتصف الشهر: the start, the middle, the end of a month or year."""
        if self.has_core or after >= self.stop or match_word(self.scan, after, self.stop, ("edge",)) is not None:
            return None
        text = self.scan.texts[after]
        if text[0].isdecimal() and len(text) != 4:
            return None
        at = self.read_one(after)
        if at is not None:
            self.edge = None if self.part == "night" and self.month is None else word.value
        return at

    def _take_this(self, word: TimeWord, index: int, after: int) -> int | None:
        unit = _THIS.get(self.scan.texts[index + 1]) if index + 1 < self.stop else None
        if unit is None or self.period is not None or self.absolute is not None:
            return None
        self.period = (unit, 0)
        return index + 2

    def _take_period(self, word: TimeWord, index: int, after: int) -> int | None:
        text = self.scan.texts[index]
        if text in YEAR_WORDS and after < self.stop and _is_year(self.scan.texts[after]):
            return self._take_year(index)
        side, end = read_side(self.scan, after, self.stop)
        if self.period is not None or self.absolute is not None or side not in _SIDES or "ل" not in text[:3]:
            return None  # without the article it is no certain week or year
        self.period = (word.value, _SIDES[side])
        return end

    _TAKERS: ClassVar[dict[str, Callable[[Draft, TimeWord, int, int], int | None]]] = {
        "day": _take_day,
        "night": _take_day,
        "weekday": _take_weekday,
        "part": _take_part,
        "side": _take_side,
        "month": _take_month,
        "edge": _take_edge,
        "this": _take_this,
        "period": _take_period,
    }


_THE_DAY = ("اليوم", "لليوم")


def _is_ordinal(text: str) -> bool:
    """Whether a word is an ordinal with the article: the second."""
    word = WORDS.get(text)
    return word is not None and word.kind.startswith("ordinal") and word.prefix == "ال"


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal() and 1900 <= int(text) <= 2100
