"""Turns a name that the gazetteer lacks into a place, where the words around it say what it lies in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

from extract.lexicon import word_set
from extract.places.nearness import distance
from extract.places.records import Place, PlaceChoice, Precision
from extract.places.words import load_words

# What a cue makes of a name that no row has: its precision.
_PRECISIONS: dict[str, Precision] = {
    "quarter": "quarter", "suburb": "quarter", "area": "village", "village": "village", "town": "town",
    "subdistrict": "town", "district": "district", "city": "town",
}  # fmt: skip
_CLOSE = r"[\"')]?"
# "belonging to", "lying in", a comma, a dash: what ties a place to the one around it.
_TIE = r"(?:[،,]|\s[-/(]|\s(?:التابعه|التابع|الواقعه|الواقع|الكاينه|الكاين|ضمن|داخل|في|من|الي|قرب)(?=[\s،]|$))"
_OF_UNKNOWN = r"(?:\sالتابعه?\sل\w+(?:\s\w+){1,2})?"  # of a district that the gazetteer lacks too
_LINK = re.compile(rf"(?P<more>(?:\s\w{{3,}}){{0,2}}?){_CLOSE}(?P<tie>{_OF_UNKNOWN}{_TIE}{{0,3}})[\s(]*$")
_TELLING = frozenset({"governorate", "countryside", "district", "subdistrict", "city", "town", "area", "valley"})
_ATTACHED = frozenset("بل")
_ASTRAY_KM = 60.0  # farther from the place that is told to lie around it, a namesake is meant
_AT_ONCE = 14  # characters between a land and its part told behind it
_REACH = 4  # how many names further on the surrounding one may be sought


def lend_points(choices: Sequence[PlaceChoice], folded: str) -> list[PlaceChoice]:
    """Give each unknown name the point and the codes of the place that is told around it: "the village of X in Y".

    So does a name whose only bearers lie elsewhere than the words say: "the village of X, of the sub-district of Y".
    """
    kept: list[PlaceChoice] = []  # from the end, so that the next one has been lent its point
    for choice in reversed(choices):
        around = _find_around(choice, kept[-1 : -1 - _REACH : -1], folded)
        kept.append(choice if around is None else _lend(choice, around, folded))
    return kept[::-1]


_QUARTER_KM = 40.0  # farther from its city no quarter lies
_SENTENCE = re.compile(r"[.\n؟!]")
_START = attrgetter("hit.start")
# In, as for, saw, shook, a source (said), said …
_SCENE_OPENERS = word_set("saying") | {"في", "اما", "شهدت", "كما", "هزت", "مصدر", "مصادر"}
_OPENING = 6  # words before the city
_SOURCE = re.compile(r"(?:شرطه|مستشفي|صحه|عمليات)\s(?:(?:مدينه|محافظه)\s)?$")  # the police of, the hospital of …


def house_quarters(choices: Sequence[PlaceChoice], folded: str) -> list[PlaceChoice]:
    """Put a quarter into the city that opens its sentence: "in Mosul, …, in the Qadisiya quarter" is not Baghdad's.

    The namesake in that city is taken; where the gazetteer knows none there, the quarter bears the city's point.
    """
    kept: list[PlaceChoice] = []
    quarters = {id(choice) for choice in choices if choice.hit.cue in ("quarter", "area")}
    breaks = [0, *(match.end() for match in _SENTENCE.finditer(folded))] if quarters else []
    for choice in choices:
        city = _find_city(choice, choices, breaks, folded) if id(choice) in quarters else None
        if city is None or city.place is None:
            kept.append(choice)
            continue
        near = [place for place in choice.hit.candidates if distance(place, city.place) <= _QUARTER_KM]
        own = replace(choice, place=near[0], lat=near[0].lat, lon=near[0].lon) if near else None
        kept.append(own or _lend(choice, city, folded))
    return kept


def _find_city(
    choice: PlaceChoice, choices: Sequence[PlaceChoice], breaks: Sequence[int], folded: str
) -> PlaceChoice | None:
    """The city with which the sentence opens, where the quarter's own lies elsewhere and is not named in it.

    `choices` are in order; `breaks` are the offsets at which sentences begin.
    """
    place = choice.place
    if place is None or place.kind != "quarter" or choice.hit.manner != "plain":
        return None
    sentence = bisect_right(breaks, choice.hit.start)
    start = breaks[sentence - 1]
    end = breaks[sentence] if sentence < len(breaks) else len(folded)
    first, last = (bisect_left(choices, offset, key=_START) for offset in (start, end))
    beside = [c for c in choices[first:last] if c is not choice and c.hit.distance_km is None]
    city = next((c for c in beside if c.place is not None and c.place.kind in ("city", "capital")), None)
    if city is None or city.place is None or city.hit.start > choice.hit.start or place.country != city.place.country:
        return None
    if any(c.place is not None and c.place.admin1 == place.admin1 for c in beside):
        return None
    before = folded[start : city.hit.start].split()
    heads = {before[0].removeprefix(letter) for letter in ("", "و", "ف")} if before else set()
    opens = bool(heads & _SCENE_OPENERS) and len(before) <= _OPENING
    told = city.hit.manner == "plain" or _SOURCE.search(folded, start, city.hit.start) is not None
    return city if opens and told and distance(place, city.place) > _QUARTER_KM else None


def _find_around(choice: PlaceChoice, later: Sequence[PlaceChoice], folded: str) -> PlaceChoice | None:
    """The place that lies around an unknown name; None where the next words name none."""
    cue = choice.hit.cue or ""
    precision = _PRECISIONS.get(cue)
    if precision is None or choice.hit.manner != "plain":
        return None
    if choice.place is None and any(place.rank > 2 for place in choice.hit.candidates):
        return None  # a town that was left unsettled, or that something in another town is called after
    for other in later:
        if other.place is None:
            continue  # unknown too: what lies around both follows
        tied = _tie_between(choice, other, folded)
        narrow = other.place.rank <= _rank(precision) and not (tied and other.hit.cue in _TELLING)
        if tied is None or narrow or other.hit.manner == "adjective":
            return None
        if choice.place is not None and (not tied or not _is_astray(choice.place, other)):
            return None
        found = _narrower(other, later)
        return found if found.place is not None and found.place.rank <= 5 else None
    return None


def _narrower(around: PlaceChoice, later: Sequence[PlaceChoice]) -> PlaceChoice:
    """Behind a land, the part of it that is told at once: "the village of X, Yemen, in the governorate of Hajja"."""
    following = later[later.index(around) + 1 :][:1]
    if around.place is None or around.place.rank < 6 or not following or following[0].place is None:
        return around
    part = following[0].place
    near = following[0].hit.start - around.hit.end <= _AT_ONCE
    return following[0] if near and part.rank <= 5 and part.country == around.place.country else around


def _rank(precision: Precision) -> float:
    return {"quarter": 1.0, "village": 2.0, "town": 2.5, "district": 3.9}[precision]


def _is_astray(place: Place, other: PlaceChoice) -> bool:
    """Whether a known place lies elsewhere than in the one that is told around it."""
    around = other.place
    if around is None or around.admin1 is None or around.admin1 == place.admin1 or place.rank > 2:
        return False
    return other.hit.cue in _TELLING and around.rank <= 5 and distance(place, around) > _ASTRAY_KM


def _tie_between(choice: PlaceChoice, other: PlaceChoice, folded: str) -> str | None:
    """The words that tie a name to the place around it; empty where that only follows, None where nothing ties them."""
    start = _begin(other, folded)
    link = _LINK.match(folded, choice.hit.end, start) if 0 <= start - choice.hit.end <= 40 else None
    if link is None or not _is_of_name(link["more"].split()):
        return None
    if link["tie"] or folded[start] in _ATTACHED:
        return link["tie"] or folded[start]
    return "" if other.hit.bearing is not None or other.hit.cue is not None else None


def _begin(choice: PlaceChoice, folded: str) -> int:
    """Where the words of a place begin, the attached letter before its cue included."""
    start = choice.hit.phrase_start if choice.hit.phrase_start is not None else choice.hit.start
    return start - (start > 1 and folded[start - 1] in _ATTACHED and folded[start - 2].isspace())


def _is_of_name(words: Sequence[str]) -> bool:
    """Whether words after a name's first may belong to it or describe it ("the diplomatic")."""
    lists = load_words()
    return not any(word in lists.stops or word.startswith(("وال", "لل")) for word in words)


def _opens_place(word: str) -> bool:
    """Whether a word is "in" with a kind of place: "in the district of", "in the chain of"."""
    return word[0] in _ATTACHED and (word[1:] in load_words().cues or word[1:] == "سلسله")


def _lend(choice: PlaceChoice, around: PlaceChoice, folded: str) -> PlaceChoice:
    assert around.place is not None
    hit = choice.hit
    end = hit.end
    if choice.place is None:
        end = _end_of_name(choice, around, folded)
        hit = replace(hit, end=end, name=folded[hit.start : end])
    place = Place(
        id=f"?{hit.name}", name=hit.name, name_en="", lat=around.lat, lon=around.lon, country=around.place.country,
        admin1=around.place.admin1, precision=_PRECISIONS[hit.cue or ""], kind=hit.cue or "", verified=False,
    )  # fmt: skip
    return replace(
        choice, hit=hit, place=place, lat=around.lat, lon=around.lon, reasons=("what is told around it",),
        around=around.place,
    )  # fmt: skip


def _end_of_name(choice: PlaceChoice, around: PlaceChoice, folded: str) -> int:
    """Where a name of two words ends: what has no article is of the name, the adjectives behind it are not."""
    start = _begin(around, folded)
    link = _LINK.match(folded, choice.hit.end, start)
    end = choice.hit.end
    if link is None:
        return end
    for word in re.finditer(r"\w+", link["more"]):
        if word.group().startswith("ال") or _opens_place(word.group()):
            break
        end = choice.hit.end + word.end()
    return end
