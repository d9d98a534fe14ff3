"""Turns the words before a place's name into what they say of it: its kind, a direction, a distance, a body's title."""

from __future__ import annotations

import math
import re
from collections.abc import Container
from dataclasses import dataclass

from extract.places.words import Cue, Words

_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|[^\w\s]")
_LOOK_BACK = 90  # characters; a distance, a direction and a cue fit
_TRANSPARENT = frozenset("\"'(")
_ATTACHED = "وفبلك"


@dataclass(frozen=True, slots=True)
class Context:
    """What precedes a name; `start` is where the words that belong to it begin."""

    start: int
    cue: Cue | None = None
    bearing: float | None = None
    directed: bool = False
    distance_km: float | None = None
    head: str | None = None
    located: bool = False
    based: bool = False  # a base is told to be in it: "the American base in Harir"


class _Reader:
    """Reads tokens backwards from a name."""

    def __init__(self, text: str, low: int, stop: int) -> None:
        low = max(low, stop - _LOOK_BACK)
        matches = _TOKEN.finditer(text, low, stop)
        self.tokens = [(m.start(), m.group()) for m in matches if m.group() not in _TRANSPARENT]
        self.at = len(self.tokens) - 1
        self.start = stop

    def peek(self, back: int = 0) -> str:
        index = self.at - back
        return self.tokens[index][1] if index >= 0 else ""

    def take(self, count: int = 1) -> None:
        self.at -= count
        self.start = self.tokens[self.at + 1][0]


def bare_in(word: str, table: Container[str]) -> str | None:
    """The reading of `word` that `table` holds: itself, or without one or two attached letters."""
    if word in table:
        return word
    for count in (1, 2):
        if len(word) > count + 1 and all(letter in _ATTACHED for letter in word[:count]):
            rest = word[count:]
            if rest in table:
                return rest
    if word.startswith("لل") and "ال" + word[2:] in table:
        return "ال" + word[2:]
    return None


def read_context(text: str, low: int, stop: int, words: Words) -> Context:
    """Read back from `stop` (where the name with its attached letters begins), not beyond `low`."""
    reader = _Reader(text, low, stop)
    cue, near = _read_cue(reader, words)
    head = _read_head(reader, words)
    bearing, directed, apart = _read_direction(reader, words)
    located = (
        near
        or cue is not None
        or head in ("plain", "hint")
        or directed
        or bare_in(reader.peek(), words.locatives) is not None
        or (reader.peek() == "علي" and any(bare_in(reader.peek(back), _STRIKES) for back in (1, 2, 3)))
    )
    based = reader.peek() == "في" and any(bare_in(reader.peek(back), _BASES) for back in (1, 2, 3))
    distance = _read_distance(reader, words) if directed or apart else None
    return Context(reader.start, cue, bearing, directed, distance, head, located, based)


# What strikes a place that "on" names: a bombardment, raids, an aggression.
_STRIKES = frozenset(
    "قصف القصف غاره غارات غارتين غارتان الغاره الغارات ضربه ضربات الضربه الضربات عدوان العدوان".split()
)
_BASES = frozenset("القاعده قاعده قواعد القواعد قاعدته قاعدتها معسكر المعسكر".split())  # base, bases, camp


def _read_cue(reader: _Reader, words: Words) -> tuple[Cue | None, bool]:
    """Take fillers ("العاصمة", the capital) and the cue nearest to the name; whether a filler says "near" or "in"."""
    found: Cue | None = None
    near = False
    for _ in range(4):
        word = reader.peek()
        known = bare_in(word, words.cues)
        if known is not None:
            found = found or words.cues[known]
        elif (filler := bare_in(word, words.fillers)) is not None:
            near = near or filler in words.locatives
        elif not (word in words.adjectives and _opens_phrase(reader.peek(1), words)):
            break
        reader.take()
    return found, near


def _opens_phrase(word: str, words: Words) -> bool:
    """Whether an adjective after `word` belongs to a place's title: "العاصمة العراقية" (the Iraqi capital)."""
    return bare_in(word, words.cues) is not None or bare_in(word, words.fillers) is not None


def _read_head(reader: _Reader, words: Words) -> str | None:
    """What the title of a body before the name makes of it; nothing is taken."""
    for count in (3, 2, 1):
        parts = [reader.peek(back) for back in range(count - 1, -1, -1)]
        if all(parts):
            phrase = " ".join(parts)
            known = bare_in(phrase, words.heads)
            if known is not None:
                struck = words.heads[known] == "hint" and bare_in(reader.peek(count), _AT_BUILDING) is not None
                return "plain" if struck else words.heads[known]
    return None


# In front of, near, inside, the headquarters of, the gate of …: a building that can be struck, no body that speaks.
_AT_BUILDING = frozenset("امام قرب جوار بجوار محيط داخل خارج بوابه باب مدخل مقر مبني مجمع بنايه موقف سور جدار".split())


def _read_direction(reader: _Reader, words: Words) -> tuple[float | None, bool, bool]:
    """Bearing, whether a direction was read, whether a bare "from" was (a distance without direction)."""
    skipped = 1 if reader.peek() in ("من", "عن", "علي") else 0  # of, from
    bearings: list[float | None] = []
    while len(bearings) < 2:
        known = bare_in(reader.peek(skipped + len(bearings)), words.directions)
        if known is None:
            break
        bearings.append(words.directions[known])
    if not bearings:
        return None, False, bool(skipped)
    reader.take(skipped + len(bearings))
    return _mean_bearing([value for value in bearings if value is not None]), True, False


def _mean_bearing(bearings: list[float]) -> float | None:
    if not bearings:
        return None
    east = sum(math.sin(math.radians(value)) for value in bearings)
    north = sum(math.cos(math.radians(value)) for value in bearings)
    if abs(east) < 1e-9 and abs(north) < 1e-9:
        return None
    return round(math.degrees(math.atan2(east, north)) % 360, 1)


def _read_distance(reader: _Reader, words: Words) -> float | None:
    """Kilometres of "على بعد 20 كم" (20 km from); takes the words where they are read."""
    skipped = 0
    while reader.peek(skipped) in ("الي", "من", "عن", "تقريبا", "فقط") and skipped < 2:
        skipped += 1
    unit = bare_in(reader.peek(skipped), words.units)
    if unit is None:
        return None
    number, used = _read_number(reader, skipped + 1, words)
    if number is None:
        if unit.endswith("ين"):  # the dual: two kilometres
            number, used = 2.0, 0
        else:
            return None
    reader.take(skipped + 1 + used)
    while reader.peek() in ("نحو", "حوالي", "بعد", "مسافه", "علي", "قرابه", "زهاء"):  # about, at a distance of
        reader.take()
    return number * words.units[unit]


def _read_number(reader: _Reader, back: int, words: Words) -> tuple[float | None, int]:
    token = reader.peek(back)
    if token[:1].isdigit():
        try:
            return float(token.replace(",", "")), 1
        except ValueError:
            return None, 0
    total, used = 0.0, 0
    while used < 4:
        known = bare_in(reader.peek(back + used), words.numbers)
        if known is None:
            break
        total += words.numbers[known]
        used += 1
    return (total, used) if used else (None, 0)
