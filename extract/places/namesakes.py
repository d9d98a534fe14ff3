"""Turns a name that is a place's into whether it stands for something else: a street, a family, a body, a mission."""

from __future__ import annotations

import re

from extract.places import PlaceChoice
from extract.text import fold

_AT = re.compile(
    r"(?:مقر|مبني|خارج|امام|قرب|بوابه|محيط|مجمع|علي|استهدف\w*|داخل|دمرت|اقتحم\w*)\s+$"
)  # at, outside, on, struck …
# Street, square, park, hotel, club; mosque, shrine, hospital, school, restaurant …
_STREET = re.compile(
    r"(?:شارع|ساحه|ميدان|متنزه|حديقه|ملعب|فندق|فنادق|نادي|مسجد|جامع|حسينيه|مرقد|ضريح|مقام|كنيسه|مدرسه|كليه|مطعم|مقهي"
    r"|قاعه|مول)\s+$"
)


def is_foreign_mission(choice: PlaceChoice, choices: list[PlaceChoice]) -> bool:
    """Whether an embassy or consulate is taken for that of a country which the report does not name."""
    place = choice.place
    if (
        place is None
        or place.kind not in ("embassy", "consulate", "site")
        or not place.name.startswith(("السفارة", "القنصلية"))
        or " في " in choice.hit.name  # "the embassy in Baghdad": its city is told
    ):
        return False
    others = {
        c.place.country for c in choices if c is not choice and c.place and c.place.country and c.hit.manner == "plain"
    }
    return bool(others) and place.country not in others


def is_quoted_body(choice: PlaceChoice, folded: str) -> bool:
    """Whether a ministry or embassy is named only as who speaks, not as where it happened."""
    place = choice.place
    if (
        place is not None and fold(place.name) == "القاعده" and choice.hit.cue is None
    ):  # "the base", though a town bears the name
        return True
    if place is None or not place.name.startswith("وزارة"):  # ministry
        return False
    return not _AT.search(folded, max(0, choice.hit.start - 20), choice.hit.start)


# A first name, or a pair of them, right before (Muhammad, Ahmad …); "علي" alone is also "on".
_NAMED = re.compile(
    r"(?:محمد|احمد|محمود|حسن|حسين|خالد|ابراهيم|يوسف|عمر|سعيد|صالح|مصطفي|جاسم|كريم|حيدر|قاسم|ناصر|سلمان|فهد|عبد\s?\w+)"
    r"\s+(?:علي\s+)?$"
)


def is_family_name(choice: PlaceChoice, choices: list[PlaceChoice], folded: str) -> bool:
    """Whether a town abroad is only somebody's family name: "the police officer Muhammad Ali Shinwari"."""
    place = choice.place
    if place is None or not _NAMED.search(folded, max(0, choice.hit.start - 24), choice.hit.start):
        return False
    others = [c.place.country for c in choices if c is not choice and c.place and c.place.country]
    return bool(others) and place.country not in others


def is_stray_quarter(choice: PlaceChoice, choices: list[PlaceChoice]) -> bool:
    """Whether a quarter's name is that of one abroad, in a text that names no place of that land."""
    place = choice.place
    if place is None or place.precision != "quarter":
        return False
    others = {c.place.country for c in choices if c is not choice and c.place and c.place.country}
    return bool(others) and place.country not in others


_ROAD = re.compile(r"(?:طريق|شارع|سوق|مراب|كراج|جسر|باب|تقاطع)\s+$")  # road, street, market, garage, bridge, gate …
_WITHIN_TOWN = re.compile(
    r"[\"')]?(?: ال\w+)? (?:وسط|بوسط|داخل|في|ب?مدينه|(?:ال)?(?:شرق|غرب|شمال|جنوب)ي?)[\s\"]+(?:مدينه )?$"
)


def is_namesake_of_street(choice: PlaceChoice, choices: list[PlaceChoice], folded: str) -> bool:
    """Whether a city is only what a street, a hotel or a mosque is called after: "Beirut Square in Baghdad"."""
    place = choice.place
    if place is None or place.rank < 2:
        return False
    before = folded[max(0, choice.hit.start - 8) : choice.hit.start]
    if _ROAD.search(before) and _lies_in_next(choice, choices, folded):
        return True
    if not _STREET.search(before):
        return False
    others = [c.place.country for c in choices if c is not choice and c.place and c.place.country]
    return bool(others) and place.country not in others


def _lies_in_next(choice: PlaceChoice, choices: list[PlaceChoice], folded: str) -> bool:
    """Whether "in the middle of Kirkuk" follows at once on "the Baghdad road": a city of another governorate."""
    following = next((c for c in choices if c.hit.start > choice.hit.end), None)
    place, around = choice.place, following.place if following else None
    if following is None or place is None or around is None or around.kind not in ("city", "capital", "town"):
        return False
    tied = _WITHIN_TOWN.fullmatch(folded, choice.hit.end, following.hit.start)
    return tied is not None and around.admin1 not in (None, place.admin1) and following.hit.distance_km is None
