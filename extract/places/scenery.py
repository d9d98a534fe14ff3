"""Turns the places that a text names into those that can be a scene: namesakes settled, streets and speakers out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from extract.lexicon import word_set
from extract.places import Place, PlaceChoice, PlaceHit, load_gazetteer
from extract.places.namesakes import (
    is_family_name,
    is_foreign_mission,
    is_namesake_of_street,
    is_quoted_body,
    is_stray_quarter,
)
from extract.places.nearness import distance, lies_that_way
from extract.places.surroundings import house_quarters, lend_points

THE_LAND = "البلاد"  # "the country", which a report calls so after it has named it
_PART = re.compile(rf"(?<!\w)[وبفل]?(?P<way>شمال|جنوب|شرق|غرب)ي?(?: (?:شرق|غرب)ي?)? (?P<land>{THE_LAND})(?!\w)")
_WAYS = {"شمال": 0.0, "شرق": 90.0, "جنوب": 180.0, "غرب": 270.0}  # north, east, south, west


def add_parts_of_land(choices: list[PlaceChoice], folded: str) -> list[PlaceChoice]:
    """Add "the south of the country" where the places named tell which country that is."""
    votes = Counter(
        choice.place.country
        for choice in choices
        if choice.place and choice.place.country and choice.hit.manner != "adjective"
    )
    parts = list(_PART.finditer(folded)) if votes else []
    land = load_gazetteer().countries.get(votes.most_common(1)[0][0]) if parts else None
    if land is None:
        return choices
    added = [
        PlaceChoice(
            hit=PlaceHit(
                start=part.start("land"), end=part.end(), name=THE_LAND, candidates=(land,),
                bearing=_WAYS[part["way"]], phrase_start=part.start("way"),
            ),
            place=land, lat=None, lon=None, score=0.0, reasons=("the country that the report names most",),
        )
        for part in parts
    ]  # fmt: skip
    return sorted([*choices, *added], key=lambda choice: choice.hit.start)


def keep_scenes(choices: list[PlaceChoice], folded: str) -> list[PlaceChoice]:
    """The places that can be a scene, namesakes settled; `folded` is the text that names them."""
    settled = lend_points(house_quarters(settle_namesakes(choices, folded), folded), folded)
    choices = weaken_posts(add_parts_of_land(settled, folded), folded)
    return [
        choice
        for choice in choices
        if not is_quoted_body(choice, folded)
        and not is_namesake_of_street(choice, choices, folded)
        and not is_family_name(choice, choices, folded)
        and not is_stray_quarter(choice, choices)
    ]


_SPEAKERS = word_set("posts")
_POST_ENDS = word_set("post_ends")
_SENTENCE_END = re.compile(r"[.\n؟!]")


def weaken_posts(choices: list[PlaceChoice], folded: str) -> list[PlaceChoice]:
    """Where another governorate is told before or in the same sentence, the place where a speaker sits says little.

    "Our correspondent in Sanaa reported that aircraft struck … in Abyan".
    """
    kept: list[PlaceChoice] = []
    home = _home_of(choices)
    for index, choice in enumerate(choices):
        if _speaks_from_abroad(choice, home, folded):
            choice = replace(choice, hit=replace(choice.hit, manner="organisation"))
        if choice.place is not None and choice.hit.manner == "plain" and _is_post(choice, folded):
            end = _SENTENCE_END.search(folded, choice.hit.end)
            stop = end.start() if end else len(folded)
            told = any(other.place == choice.place and other.hit.bearing is None for other in choices[:index])
            if not told and (
                any(_is_town_told(other, choice.place) for other in choices[:index])
                or any(
                    other.hit.start < stop and other.hit.manner == "plain" and other.place is not None
                    and other.place.country == choice.place.country
                    and other.place.admin1 not in (None, choice.place.admin1)
                    for other in choices[: index + 8]
                )
            ):  # fmt: skip
                choice = replace(choice, hit=replace(choice.hit, manner="organisation"))
        kept.append(choice)
    return kept


def _is_town_told(other: PlaceChoice, seat: Place) -> bool:
    """Whether a town of the same governorate has been told in plain words, which is not where the speaker sits."""
    place = other.place
    return (
        place is not None and place.id != seat.id and place.admin1 == seat.admin1 and 2 <= place.rank < 5
        and other.hit.manner == "plain" and other.hit.bearing is None
    )  # fmt: skip


_SAYING = word_set("saying")
_OPENS = re.compile(r"(?:^|[.\n؟!])[\s\"'(]*و?(?:في|من) (?:العاصمه )?$")  # a sentence that begins "and in …", "from …"
_NEXT_WORD = re.compile(r"[\s،,:\-)(]*(\w+)")


def _home_of(choices: list[PlaceChoice]) -> str | None:
    """The country in which most of the places named lie, whose people and bodies are left out."""
    votes = Counter(c.place.country for c in choices if c.place and c.place.country and c.hit.manner != "adjective")
    return votes.most_common(1)[0][0] if votes else None


def _speaks_from_abroad(choice: PlaceChoice, home: str | None, folded: str) -> bool:
    """Whether a sentence only begins with the place abroad where somebody spoke: "In Rome the ministry said …"."""
    if choice.place is None or choice.hit.manner != "plain" or choice.place.country in (None, home):
        return False
    start = choice.hit.phrase_start if choice.hit.phrase_start is not None else choice.hit.start
    if not _OPENS.search(folded, max(0, start - 16), start):
        return False
    verb = _NEXT_WORD.match(folded, choice.hit.end)
    return verb is not None and verb.group(1) in _SAYING


def _is_post(choice: PlaceChoice, folded: str) -> bool:
    """Whether the words before a place say that somebody reports or speaks from there."""
    start = choice.hit.phrase_start if choice.hit.phrase_start is not None else choice.hit.start
    stretch = folded[max(0, start - 60) : start]
    words = stretch.split()
    if len(words) < 2 or words[-1] != "في":
        return False
    if folded.startswith(":", choice.hit.end) and (start <= 60 or "\n" in stretch):
        return len(stretch.rpartition("\n")[2].split()) <= 6  # "the civil defence in Gaza: …"
    for word in reversed(words[-6:-1]):
        if word in _POST_ENDS or not word.isalpha():
            return False
        if word.removeprefix("ال") in _SPEAKERS:
            return True
    return False


def settle_namesakes(choices: list[PlaceChoice], folded: str) -> list[PlaceChoice]:
    """Settle a place by the one that the words put beside it: "the Yarmuk quarter, west of Baquba" is not Baghdad's.

    The namesake nearest to the other place is taken; where all lie far away the name is left unsettled.
    """
    kept: list[PlaceChoice] = []
    for choice, following in zip(choices, [*choices[1:], None], strict=False):
        if following is not None and _lies_abroad(choice, following, folded):
            kept.append(_take_compatriot(choice, following))
            continue
        near = following if following and following.hit.start - choice.hit.end <= 30 else None
        if (
            near is None
            or (near.hit.bearing is None and not _NEAR_TO.fullmatch(folded, choice.hit.end, near.hit.start))
            or near.place is None
            or near.place.rank >= 5
            or choice.hit.bearing is not None
            or choice.place is None
            or choice.place.rank >= 5
        ):
            kept.append(choice)
        else:
            kept.append(_take_nearest(choice, near.place, near.hit))
    return [choice for choice in kept if not is_foreign_mission(choice, kept)]


# (Which is) near to (the town of).
_NEAR_TO = re.compile(r"[\"')]? (?:القريب|القريبه|القريبين|قريبه|بالقرب) من (?:بلده |مدينه |قريه )?")
_INSIDE = re.compile(r"[\"\')]?[،,]? ?(?:في|ضمن|من|التابعه|التابع|الواقعه|الواقع)?(?: في)? ?[بل]?ال?")
_AROUND = frozenset({"governorate", "countryside", "district", "subdistrict", "city", "area", "country"})


def _lies_abroad(choice: PlaceChoice, following: PlaceChoice, folded: str) -> bool:
    """Whether the place told right behind as the one around it lies abroad: "Qunaitra in the area of Sidon"."""
    inner, outer = choice.place, following.place
    if inner is None or outer is None or following.hit.cue not in _AROUND or following.hit.manner != "plain":
        return False
    if None in (inner.country, outer.country) or inner.country == outer.country or inner.rank > 4:
        return False
    start = following.hit.phrase_start if following.hit.phrase_start is not None else following.hit.start
    return start > choice.hit.end and _INSIDE.fullmatch(folded, choice.hit.end, start) is not None


def _take_compatriot(choice: PlaceChoice, following: PlaceChoice) -> PlaceChoice:
    """The namesake in the country of the place around it; none where the gazetteer knows none there."""
    country = following.place.country if following.place else None
    best = next((place for place in choice.hit.candidates if place.country == country), None)
    if best is None:
        return replace(choice, place=None, lat=None, lon=None)
    return replace(choice, place=best, lat=best.lat, lon=best.lon)


def _take_nearest(choice: PlaceChoice, anchor: Place, pointer: PlaceHit) -> PlaceChoice:
    told_km = pointer.distance_km

    def is_near(place: Place) -> bool:
        if told_km is not None and told_km > 25:  # "(350 km north of Baghdad)"
            return 0.6 * told_km - 15 <= distance(place, anchor) <= 1.4 * told_km + 15
        if place.admin1 == anchor.admin1 or place.rank > 1:
            return distance(place, anchor) <= (170 if place.admin1 == anchor.admin1 else 120)
        return distance(place, anchor) <= 25  # a quarter lies in its city

    if choice.place is not None and (is_near(choice.place) or _lies_that_way(choice, anchor, pointer)):
        return choice
    best = min(choice.hit.candidates, key=lambda place: abs(distance(place, anchor) - (told_km or 0.0)))
    if is_near(best):
        return replace(choice, place=best, lat=best.lat, lon=best.lon)
    return replace(choice, place=None, lat=None, lon=None)


_NAMED_ALONE = frozenset({"base", "airbase", "airport", "field", "crossing", "dam"})  # sites whose names do not recur


def _lies_that_way(choice: PlaceChoice, anchor: Place, pointer: PlaceHit) -> bool:
    """Whether a town whose name is its own lies in the direction told, however far: "Makhmur, north of Baghdad"."""
    place = choice.place
    if place is None or pointer.distance_km is not None or (place.rank < 2 and place.kind not in _NAMED_ALONE):
        return False
    if any(other.admin1 != place.admin1 for other in choice.hit.candidates):
        return False  # Kirkuk is a city and its governorate
    return pointer.bearing is not None and lies_that_way(anchor, place, pointer.bearing)
