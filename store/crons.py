"""Turns a crontab line into itself, checked field by field."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

ALLOWED = 'five fields (minute hour day month weekday, UTC), such as "30 3 * * *" or "*/15 6-22 * * mon-fri"'
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIELDS = ((0, 59, ()), (0, 23, ()), (1, 31, ()), (1, 12, _MONTHS), (0, 6, _WEEKDAYS))
_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?")


def check_cron(line: str) -> str:
    """Return `line` where it is a crontab line; ValueError that says what is allowed otherwise."""
    fields = line.split()
    if len(fields) != len(_FIELDS):
        raise ValueError(ALLOWED)
    for text, (least, most, names) in zip(fields, _FIELDS, strict=True):
        for part in text.split(","):
            _check_part(part, least, most, names)
    return line


def _check_part(part: str, least: int, most: int, names: tuple[str, ...]) -> None:
    match = _PART.fullmatch(part)
    if match is None or match["step"] == "0":
        raise ValueError(ALLOWED)
    bounds = []
    for word in (match["first"], match["last"]):
        if word is None:
            continue
        if word in names:
            bounds.append(names.index(word) + least)
        elif word.isascii() and word.isdigit() and least <= int(word) <= most:
            bounds.append(int(word))
        else:
            raise ValueError(ALLOWED)
    if bounds != sorted(bounds):
        raise ValueError(ALLOWED)


Cron = Annotated[str, AfterValidator(check_cron)]
