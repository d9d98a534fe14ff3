"""Turns the word lists of months, weekdays and time words into look-up tables over folded words."""

from __future__ import annotations

from typing import NamedTuple

from extract.scan import WORD_SETS, read_rows
from extract.text import fold


class TimeWord(NamedTuple):
    """One entry that begins at a word: the words that must follow it, and what the whole says."""

    rest: tuple[str, ...]
    kind: str  # month | weekday | day | night | part | side | this | period | edge | next_day
    value: str
    number: int  # month, weekday or days
    calendar: str
    bare: bool  # a month that may stand without a day, a year or a preposition
    prefix: str


_ATTACHED = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول")


def _add(table: dict[str, list[TimeWord]], form: str, kind: str, value: str, number: int, **more: str | bool) -> None:
    first, *rest = fold(form).split(" ")
    calendar, bare = str(more.get("calendar", "")), bool(more.get("bare", True))
    for prefix in _ATTACHED:
        entry = TimeWord(tuple(rest), kind, value, number, calendar, bare, prefix)
        table.setdefault(prefix + first, []).append(entry)
        if prefix in ("ل", "ول") and first.startswith("ال"):
            table.setdefault(prefix + first[1:], []).append(entry)  # ل + الاثنين is written للاثنين


def _load() -> dict[str, tuple[TimeWord, ...]]:
    table: dict[str, list[TimeWord]] = {}
    for row in read_rows("months.csv"):
        _add(table, row["form"], "month", row["naming"], int(row["month"]),
             calendar=row["calendar"], bare=row["bare"] == "yes")  # fmt: skip
    for row in read_rows("weekdays.csv"):
        _add(table, row["form"], "weekday", "", int(row["weekday"]))
    for row in read_rows("date_words.csv"):
        number = int(row["value"]) if row["value"].lstrip("-").isdecimal() else 0
        _add(table, row["form"], row["kind"], row["value"], number)
    # The plain word goes before one with a particle taken off, the longer phrase before the shorter.
    return {
        form: tuple(sorted(set(entries), key=lambda entry: (len(entry.prefix), -len(entry.rest))))
        for form, entries in table.items()
    }


TIME_WORDS = _load()
MONTH_WORDS = frozenset(
    form for form, entries in TIME_WORDS.items() if any(entry.kind == "month" and not entry.prefix for entry in entries)
)


class UnitWord(NamedTuple):
    """A unit of time: its length in days (0: hours and less) and whether the form is a dual."""

    name: str  # hour | day | week | month | year
    days: int
    number: int | None  # 1 singular, 2 dual, None plural


def _load_units() -> dict[str, UnitWord]:
    units: dict[str, UnitWord] = {}
    for row in read_rows("time_units.csv"):
        units[fold(row["form"])] = UnitWord(row["unit"], int(row["days"]), int(row["count"]) if row["count"] else None)
    return units


UNITS = _load_units()


STRETCH = WORD_SETS["stretch"]
DEFINITE_UNITS = {fold(row["form"]): row["value"] for row in read_rows("finder_words.csv") if row["value"]}
