"""Turns the place and the day of an incident into words, each as exact as it is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.counts import write_digits
from alerts.marks import clean_words, isolate
from alerts.names import Names

Values = Mapping[str, Any]  # an incident's fields by name
_COMMA = {"ar": "، ", "en": ", "}
_NAMESAKE = re.compile(r"([A-Za-z][^()]*) \(([^()]+)\)")


def name_place(incident: Values, names: Names, language: str, *, country: bool = True) -> str:
    """The smallest named place, its governorate and its country."""
    parts: list[str] = []
    admin1, state = incident.get("admin1"), incident.get("country")
    governorate = names.governorate(admin1, language) if admin1 else None
    if incident.get("place"):
        named = names.place(clean_words(str(incident["place"])), admin1, state, language)
        parts += [isolate(part, language) for part in _split_namesake(named, names, admin1, state)]
    if governorate and not _is_said(governorate, incident, language, parts):
        parts.append(names.division(str(admin1), governorate) if language == "ar" else governorate)
    if state and country:
        name = names.country(state, language)
        if isolate(name, language) not in parts:
            parts.append(name)
    elif state and not parts:
        parts.append(names.country(state, language))
    return _COMMA[language].join(parts) or names.phrase("place_unknown", language)


def _split_namesake(name: str, names: Names, admin1: str | None, state: str | None) -> list[str]:
    """The name without the brackets by which the gazetteer tells namesakes apart; the town in them is told after it."""
    found = _NAMESAKE.fullmatch(name)
    if found is None:
        return [name]
    said = {state, names.country(state or "", "en"), (names.governorate(admin1 or "", "en") or "").split(" (")[0]}
    return [found[1]] if found[2] in said else [found[1], found[2]]


def _is_said(governorate: str, incident: Values, language: str, parts: list[str]) -> bool:
    """Whether the place's own name is the governorate's, as with Baghdad in Baghdad."""
    bare = governorate.split(" (")[0]
    said = str(incident.get("place")) if language == "ar" else "".join(parts)
    said = said.strip("\u2068\u2069")
    return said == bare or said.endswith(f" {bare}") or said == f"{bare} governorate"


def name_date(incident: Values, names: Names, language: str, numerals: str = "western") -> str:
    """The day, week, month or year of the incident."""
    text, precision = incident.get("date"), str(incident.get("date_precision"))
    if not text or f"date_{precision}" not in names.phrases:
        return names.phrase("date_unknown", language)
    return _write_day(date.fromisoformat(str(text)), precision, names, language, numerals)


def name_moment(moment: datetime, zone: str, names: Names, language: str, numerals: str = "western") -> str:
    """A moment as day and hour in the reader's time zone."""
    local = moment.astimezone(ZoneInfo(zone))
    day = _write_day(local.date(), "moment", names, language, numerals)
    clock = f"{local:%H:%M}"
    return f"{day}{_COMMA[language]}{write_digits(clock, numerals if language == 'ar' else 'western')}"


def _write_day(day: date, precision: str, names: Names, language: str, numerals: str) -> str:
    digits = numerals if language == "ar" else "western"
    return names.phrase(
        f"date_{precision}", language,
        weekday=names.term("weekday", str(day.weekday()), language),
        day=write_digits(day.day, digits),
        month=names.term("month", str(day.month), language),
        year=write_digits(day.year, digits),
    )  # fmt: skip


def map_link(incident: Values, pattern: str) -> str | None:
    """A link to the place on a map; None where the place is not known."""
    if incident.get("lat") is None or incident.get("lon") is None:
        return None
    return pattern.format(lat=incident["lat"], lon=incident["lon"])
