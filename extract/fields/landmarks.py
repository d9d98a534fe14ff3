"""Turns the words before a place into whether it only tells what lies near, or where a road ends."""

from __future__ import annotations

from itertools import pairwise

from extract.events.candidates import Candidate
from extract.events.frames import Facts, Frame, is_wide
from extract.places import PlaceChoice
from extract.places.nearness import distance

_DASH = 5  # characters between the two ends of a road
_NEAR = frozenset({"قرب", "جوار", "مشارف"})  # near, beside, outskirts


def stands_near(choice: PlaceChoice, fact: Facts) -> bool:
    """Whether "near" stands before a place."""
    start = choice.hit.phrase_start if choice.hit.phrase_start is not None else choice.hit.start
    before = [word.text for word in fact.candidate.sentence.words if word.end <= start][-2:]
    return bool(before) and (before[-1] in _NEAR or before == ["بالقرب", "من"])


def is_placed_elsewhere(choice: PlaceChoice, frame: Frame) -> bool:
    """Whether another sentence of the frame tells a town in so many words, not far from a place told with "near"."""
    city = choice.place
    return (
        city is not None
        and city.kind == "city"
        and any(
            other.place is not None
            and other.place.id != city.id
            and other.place.rank < 5
            and other.hit.bearing is None
            and other.hit.manner == "plain"
            and not stands_near(other, fact)
            and distance(other.place, city) <= 100
            for fact in frame.facts
            for other in fact.places
        )
    )


def is_end_of_named_road(choice: PlaceChoice, places: list[PlaceChoice]) -> bool:
    """Whether a place only names a road by its end, while a third place tells where on it."""
    named = [other for other in places if other.hit.manner == "plain" and not is_wide(other)]
    for first, second in pairwise(named):
        if first.hit.cue == "road" and 0 <= second.hit.start - first.hit.end <= _DASH and choice in (first, second):
            return any(other not in (first, second) and other.hit.bearing is None for other in named)
    return False


def is_landmark(choice: PlaceChoice, fact: Facts) -> bool:
    """Whether a place is only what the one before it lies near."""
    start = choice.hit.phrase_start if choice.hit.phrase_start is not None else choice.hit.start
    if not stands_near(choice, fact):
        return False
    return any(
        other.place is not None
        and other.place.rank < 5
        and other.hit.manner == "plain"
        and other.hit.bearing is None
        and 0 < start - other.hit.end <= 30
        for other in fact.places
    )


def is_road_end(candidate: Candidate, start: int) -> bool:
    """Whether the place is the second end of "between Hilla and Baghdad"."""
    texts = [word.text for word in candidate.sentence.words if word.end <= start + 2][-4:]
    return (len(texts) >= 2 and "بين" in texts[:-1] and texts[-1].startswith("و")) or "بين" in texts[-3:-1]
