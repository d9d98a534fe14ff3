"""Turns durations as people write them ("90s", "5m", "36h", "30d", "2w") into timedeltas."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PATTERN = re.compile(r"(\d{1,6})\s*([smhdw])")
ALLOWED = 'a whole number and a unit s, m, h, d or w, such as "90s", "5m", "36h", "30d"'


def parse_duration(value: object) -> timedelta:
    """Read a duration; raises ValueError that says what is allowed."""
    if isinstance(value, timedelta):
        return value
    match = _PATTERN.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(ALLOWED)
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def format_duration(duration: timedelta) -> str:
    """Write a duration in the largest unit that holds it without a rest."""
    seconds = int(duration.total_seconds())
    for unit, size in sorted(_UNITS.items(), key=lambda pair: -pair[1]):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


Duration = Annotated[timedelta, BeforeValidator(parse_duration), PlainSerializer(format_duration)]


def _some_time(duration: timedelta) -> timedelta:
    if duration < timedelta(seconds=1):
        raise ValueError(f"at least 1s: {ALLOWED}")
    return duration


SomeTime = Annotated[Duration, AfterValidator(_some_time)]
