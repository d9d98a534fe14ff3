"""Turns the places that a frame's sentences name into where it happened: the smallest, nearest to the attack."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from operator import attrgetter
from typing import TYPE_CHECKING

from extract.events.candidates import Candidate
from extract.events.frames import Facts, Frame, is_wide
from extract.events.scenes import FLYING, LEADING, TOWARDS
from extract.fields.landmarks import (
    is_end_of_named_road,
    is_landmark,
    is_placed_elsewhere,
    is_road_end,
    stands_near,
)
from extract.lexicon import word_set
from extract.places import Place, PlaceChoice
from extract.places.nearness import distance

if TYPE_CHECKING:
    from extract.fields.mentions import Reading

_CLOSE_TO = frozenset({"بالقرب", "مقربه", "قريبا", "قريب", "قريبه", "بمقربه"})  # near, before "of"
FAR_KM = 15.0  # another town, not a quarter or the airport of a city

_NOT_THERE = word_set("not_the_scene")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an event happened; `raw` holds the report's words where the gazetteer does not know them."""

    country: str | None
    admin1: str | None = None
    place: str | None = None
    lat: float | None = None
    lon: float | None = None
    precision: str | None = None
    raw: str | None = None
    source: str | None = None
    start: int = 0
    end: int = 0
    losers: tuple[str, ...] = ()


Weighed = tuple[float, PlaceChoice, str]  # a place with its weight and its source


def choose_spot(frame: Frame, reading: Reading) -> Spot:
    """Choose among the frame's places, else those of its sentence and the headline, else the report's country."""
    ranked = rank_places(frame)
    narrow = [item for item in ranked if _is_narrow(item[1])]
    if not narrow and not any(choice.hit.bearing is not None for _, choice, _ in ranked):
        named = {choice.place.country for _, choice, _ in ranked if choice.place and choice.hit.manner == "plain"}
        more = [
            item
            for item in _places_around(frame, reading)
            if not named or (item[1].place is not None and item[1].place.country in named)
        ]
        narrow = [item for item in more if _is_narrow(item[1])]
        ranked = ranked + more
    if narrow and not _is_written_far_away(narrow, ranked):
        return _spot_from(_name_within(narrow[0], frame) or narrow[0], ranked, reading)
    wide = [item for item in ranked if item[1].place is not None]
    if wide:
        pointed = [item for item in wide if _is_part_of_land(item[1]) and not _is_narrow(item[1])]
        around = (pointed or wide)[0]
        within = _name_within(around, frame)
        return _wide_spot(around, reading) if within is None else _spot_from(within, ranked, reading)
    return Spot(country=reading.country)


# By cue: ranks from which a place is wider
_WITHIN = {"quarter": 3.0, "suburb": 3.0, "village": 3.0, "town": 5.0, "subdistrict": 4.0}


def _name_within(item: Weighed, frame: Frame) -> Weighed | None:
    """A quarter or village that the gazetteer lacks, told with the attack: it bears the point of the wider place."""
    _, wide, source = item
    around = wide.place
    if around is None or wide.around is not None:
        return None
    rank = max(5.0, around.rank) if is_wide(wide) else around.rank
    for fact in frame.facts:
        if fact.candidate.source != source or fact.candidate.strength < 2:
            continue
        for choice in fact.places:
            hit = choice.hit
            if choice.place is None and not hit.candidates and rank >= _WITHIN.get(hit.cue or "", 9.0):
                named = replace(around, id=f"?{hit.name}", name=hit.name)
                return 0.0, replace(choice, place=named, lat=wide.lat, lon=wide.lon, around=around), source
    return None


def _is_narrow(choice: PlaceChoice) -> bool:
    """Whether a place is a governorate or narrower."""
    return choice.place is not None and choice.place.rank <= 5


def _is_part_of_land(choice: PlaceChoice) -> bool:
    """Whether a wide place is a part of a land: "the east of Syria", "South Lebanon"."""
    return choice.hit.manner == "plain" and (
        choice.hit.bearing is not None or (choice.place is not None and choice.place.rank == 6)
    )


def _is_written_far_away(narrow: list[Weighed], ranked: list[Weighed]) -> bool:
    """Whether only where it was written, or a body's seat, is narrow, while a part of the land is told as the scene.

    "Kabul: … in the south of Afghanistan"; where the part is of another land than the town's, the same holds.
    """
    return all(choice.hit.manner in ("dateline", "organisation") for _, choice, _ in narrow) and any(
        choice.place is not None and not _is_narrow(choice) and _is_part_of_land(choice) for _, choice, _ in ranked
    )


def rank_places(frame: Frame) -> list[tuple[float, PlaceChoice, str]]:
    """The frame's places with weight and source, best first."""
    ranked = []
    named = [choice for fact in frame.facts for choice in fact.places]
    for order, fact in enumerate(frame.facts):
        if fact.is_headline_of_many and frame.is_placed_in_text:
            continue
        told_before = any(other.candidate.strength and other.spots for other in frame.facts[:order])
        pointed = any(choice.hit.bearing is None and choice.place and choice.place.rank < 5 for choice in fact.places)
        for choice in fact.places:
            weight = _weigh(choice, fact.candidate, order)
            if fact.candidate.strength == 0 and not fact.refers_back and told_before:
                weight -= 3  # where the body was brought, who came from where
            if is_landmark(choice, fact) or (stands_near(choice, fact) and is_placed_elsewhere(choice, frame)):
                weight -= 1.5  # "in the town of Tuz, near Kirkuk"
            if _stands_for_governorate(choice, fact.places) or (
                (fact.candidate.source == "title" or _is_called_governorate(choice, named))
                and _stands_for_governorate(choice, named)
            ):
                weight -= 2.5  # "in Kirkuk, a bomb went off near Daquq"
            if is_end_of_named_road(choice, fact.places):
                weight -= 4  # "on the road Daraa - Damascus, near Khirbet Ghazaleh"
            if pointed and choice.hit.bearing is not None:
                weight -= 2.5  # "Kirkuk, which lies 240 km north of Baghdad"
            ranked.append((weight, choice, fact.candidate.source))
    return sorted(ranked, key=lambda item: -item[0])


def _is_called_governorate(choice: PlaceChoice, named: list[PlaceChoice]) -> bool:
    """Whether the frame names the governorate of that name in so many words too."""
    return any(other.hit.name == choice.hit.name and other.hit.cue == "governorate" for other in named)


def _stands_for_governorate(choice: PlaceChoice, places: list[PlaceChoice]) -> bool:
    """Whether a city that bears its governorate's name stands beside another town of it, as the wider one."""
    city = choice.place
    if city is None or choice.hit.cue is not None or choice.hit.bearing is not None:
        return False
    if not any(other.precision == "governorate" for other in choice.hit.candidates):
        return False
    return any(
        other.place is not None
        and other.place.id != city.id
        and other.place.admin1 == city.admin1
        and other.place.rank < 5
        and other.hit.bearing is None
        and other.hit.manner == "plain"
        and distance(other.place, city) > FAR_KM
        for other in places
    )


def _weigh(choice: PlaceChoice, candidate: Candidate, order: int) -> float:
    place = choice.place
    weight = -float(place.rank if place.precision != "district" else 3) if place else -3.5
    weight -= {"plain": 0, "organisation": 4, "adjective": 6, "dateline": 5}[choice.hit.manner]
    weight -= min(order, 5) * 0.5
    if place and is_wide(choice):
        weight -= 3  # a governorate or a country gives way to a town that a later sentence names
    if choice.hit.bearing is not None and choice.hit.distance_km is None:
        weight -= 2.5  # "west of Nasiriyah" points away from it
    anchors = [hit.start for hit in candidate.real if hit.row["kind"] != "act"] or [candidate.start]
    weight -= min(min(abs(choice.hit.start - anchor) for anchor in anchors) / 60, 3)
    words = candidate.sentence.words
    start = choice.hit.phrase_start if choice.hit.phrase_start is not None else choice.hit.start
    before = [word.text for word in words if word.end <= start][-2:]
    flown = bool(before) and before[-1] in TOWARDS and any(hit.row["method"] in FLYING for hit in candidate.real)
    close = before[-1:] == ["من"] and before[0].removeprefix("ال") in _CLOSE_TO
    if before and before[-1] in _NOT_THERE and not flown and not close:  # rockets towards it are meant for it
        weight -= 2 if LEADING & set(before) else 6
    if words and start > words[0].start and is_road_end(candidate, start):
        weight -= 6
    if choice.hit.cue is not None:
        weight += 1.0
    if candidate.source == "title":
        weight -= 0.5
    return weight


_ORDER = attrgetter("candidate.order")
_SERIES_REACH = 4  # sentences before a frame in which attacks told in the plural may say where it was


def _facts_before(order: int, facts: Sequence[Facts]) -> Sequence[Facts]:
    """The headline's facts and those of the sentence `order` and of the few before it; `facts` are in reading order."""
    heads = list(takewhile(lambda fact: fact.candidate.source == "title", facts))
    low = bisect_left(facts, order - _SERIES_REACH, lo=len(heads), key=_ORDER)
    return heads + list(facts[low : bisect_right(facts, order, lo=low, key=_ORDER)])


def _places_around(frame: Frame, reading: Reading) -> list[tuple[float, PlaceChoice, str]]:
    """Places of the same sentence, of the sentences just before, and of the headline, for a frame that names none."""
    orders = {fact.candidate.order for fact in frame.facts}
    first = min(orders)
    found: list[tuple[float, PlaceChoice, str]] = []
    beside: list[tuple[float, PlaceChoice, str]] = []  # of the same sentence
    own = {id(fact) for fact in frame.facts}
    for fact in _facts_before(first, reading.facts):
        apart = first - fact.candidate.order
        reach = _SERIES_REACH if fact.candidate.is_series else 2
        if fact.candidate.recalled:
            continue  # where an older attack was
        if id(fact) in own or not (0 <= apart <= reach or fact.candidate.source == "title"):
            continue
        weighed = [
            (_weigh(choice, fact.candidate, 2) - abs(apart), choice, fact.candidate.source)
            for choice in fact.places
            if choice.hit.manner == "plain"
        ]
        found += weighed
        beside += weighed if apart == 0 else []
    exact = any(_is_narrow(choice) and choice.hit.bearing is None for _, choice, _ in beside)
    return sorted(beside if exact else found, key=lambda item: -item[0])


def _spot_from(
    item: tuple[float, PlaceChoice, str], ranked: list[tuple[float, PlaceChoice, str]], reading: Reading
) -> Spot:
    _, choice, source = item
    place = choice.place
    assert place is not None
    losers = tuple(other.place.name for _, other, _ in ranked if other.place and other.place.id != place.id)
    if choice.around is not None:  # a name that the gazetteer lacks: the report's words, the point of what lies around
        name = reading.document.folded_text(source).quote(choice.hit.start, choice.hit.end)
        return Spot(
            country=place.country or reading.country, admin1=place.admin1, place=name, lat=choice.lat, lon=choice.lon,
            precision=_precision_around(choice.around), raw=name, source=source,
            start=choice.hit.start, end=choice.hit.end, losers=losers,
        )  # fmt: skip
    return Spot(
        country=place.country or reading.country, admin1=place.admin1, place=place.name, lat=choice.lat, lon=choice.lon,
        precision="governorate" if is_wide(choice) else place.precision, source=source,
        start=choice.hit.start, end=choice.hit.end, losers=losers,
    )  # fmt: skip


def _precision_around(place: Place) -> str:
    """How exact a point is that was lent by the place around: a town's stands for what lies about it."""
    return place.precision if place.rank > 4 else "district"


def _wide_spot(item: tuple[float, PlaceChoice, str], reading: Reading) -> Spot:
    """A country or wide region; "the north-east of Syria" is kept in the report's words, without a point."""
    _, choice, source = item
    place = choice.place
    assert place is not None
    hit = choice.hit
    text = reading.document.folded_text(source)
    start = hit.phrase_start if hit.phrase_start is not None else hit.start
    named = hit.bearing is not None and hit.manner == "plain"
    if named and text.folded[start : start + 1] in ("ب", "ل") and start < hit.start:
        start += 1  # "in the south of", "to the south of", written as one word
    words = text.quote(start, hit.end)
    if place.precision == "country" and hit.start > start:
        words = text.quote(start, hit.start) + place.name  # also for "the south of the country"
    return Spot(
        country=place.country or reading.country,
        admin1=place.admin1,
        place=words if named else place.name if place.rank == 6 else None,
        precision="region" if named or place.rank == 6 else "country",
        raw=words if named else None,
        source=source,
        start=start,
        end=hit.end,
    )
