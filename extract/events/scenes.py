"""Turns a place that a candidate names into whether it is told as the scene, not as an origin or a neighbour."""

from __future__ import annotations

from itertools import pairwise

from extract.events.candidates import Candidate
from extract.lexicon import word_set
from extract.places import PlaceChoice

_WAR = word_set("war")
_NOT_THERE = word_set("not_there")
_ELSEWHERE = word_set("elsewhere")
_STILL_THERE = word_set("still_there")
_PALESTINE = "PS"
_LAND = 6.0  # rank of a country and wider
_LYING = frozenset({"الواقعه", "الواقع", "الواقعين", "تقع", "يقع", "الكاينه", "الكاين"})  # which lies
LEADING = frozenset({"المودي", "الموديه", "يودي", "تودي", "المتجه"})  # of a road: that leads to
TOWARDS = frozenset({"باتجاه", "تجاه", "نحو", "صوب"})
FLYING = frozenset({"rocket", "missile", "drone"})
# On, towards; fell, hit, struck: what follows is where it came down.
_LANDED = frozenset("علي باتجاه نحو سقط وسقط سقطت وسقطت سقطا استهدف استهدفت اصاب اصابت وصل وصلت".split())
_LAUNCHED = ("اطلق", "اطلقت", "انطلق", "انطلقت", "انطلاقه", "انطلاقها", "اطلاقه", "اطلاقها", "الاطلاق", "الانطلاق")


def _is_launch_site(candidate: Candidate, start: int) -> bool:
    """Whether the place is where something was fired from: "the rocket was launched from open ground in …"."""
    texts = [word.text for word in candidate.sentence.words if word.end <= start][-8:]
    for index, text in enumerate(texts[:-1]):
        if text in _LAUNCHED and "من" in texts[index + 1 : index + 3]:
            return not _LANDED & set(texts[index + 2 :]) and not _is_named_between(candidate, start)
    return False


def _is_named_between(candidate: Candidate, start: int) -> bool:
    """Whether "in" stands before a place and another right before that: "a rocket launched from Gaza, in the Negev"."""
    words = [word for word in candidate.sentence.words if word.end <= start]
    return words[-1].text == "في" and any(
        0 < words[-1].start - choice.hit.end <= _AT_ONCE
        for clause in candidate.clauses
        for choice in clause.places
        if choice.hit.manner == "plain" and choice.place is not None
    )


def _is_left_by_fire(candidate: Candidate, choice: PlaceChoice, before: list[str]) -> bool:
    """Whether a place only says where who fired was: "militants in Gaza fired a rocket at Ashkelon"."""
    if not any(word.removeprefix("و") in _FIRED for word in before):
        return False
    words = candidate.sentence.words
    return any(
        hit.row["kind"] == "weapon"
        and hit.row["method"] in FLYING
        and 0 <= hit.start - choice.hit.end <= _AT_ONCE
        and hit.last < len(words)
        and words[hit.last].text in _AIMED_AT
        for hit in candidate.triggers
    )


_FIRED = frozenset({"اطلق", "اطلقت", "اطلقوا"})
_AIMED_AT = TOWARDS | {"علي"}
_AT_ONCE = 20  # characters between where they fired and what they fired
_WHENCE = frozenset({"اتجاه", "فوق", "اجواء"})  # (from) the direction of, above, the skies of


def _is_whence(before: list[str]) -> bool:
    """Whether what struck came "from the direction of (the lake of)", "from above" the place behind these words."""
    return any(a == "من" and b in _WHENCE for a, b in pairwise(before[-3:]))


def _is_beside_another(choice: PlaceChoice, candidate: Candidate) -> bool:
    """Whether another place, no country, stands in plain words right before this one in its sentence."""
    return any(
        other.place is not None
        and other.place.admin1 is not None
        and other.hit.manner == "plain"
        and 0 < (choice.hit.phrase_start or choice.hit.start) - other.hit.end <= 25
        for clause in candidate.clauses
        for other in clause.places
    )


def _only_points(choice: PlaceChoice, candidate: Candidate) -> bool:
    """Whether "north of the capital" stands right behind a governorate, whose bearing it tells."""
    start = choice.hit.phrase_start or choice.hit.start
    return any(
        other.place is not None
        and other.place.rank == 5
        and other.hit.bearing is None
        and other.hit.manner == "plain"
        and 0 < start - other.hit.end <= 3
        for clause in candidate.clauses
        for other in clause.places
    )


def _is_struck_itself(word: str, candidate: Candidate, start: int) -> bool:
    """Whether "the hospital" before a place was struck ("the shelling of a hospital in …"), or what is "behind" it."""
    words = candidate.sentence.words
    ends = {hit.last for hit in candidate.triggers if hit.row["kind"] == "attack"}
    return any(
        token.text == word and token.end <= start and (at in ends or (at and words[at - 1].text in _BESIDE_IT))
        for at, token in enumerate(words)
    )


# Behind, near, in front of, around, opposite: beside a building, not in it.
_BESIDE_IT = frozenset("خلف وخلف قرب امام محيط مقابل بجوار".split())


def _is_of_war_elsewhere(choice: PlaceChoice, before: list[str]) -> bool:
    """Whether it names the land of a war that is spoken of: "in answer to the Israeli aggression against Gaza"."""
    place = choice.place
    if place is None or before[-1:] not in (["علي"], ["في"]):
        return False
    if place.country != _PALESTINE and place.rank < _LAND:
        return False
    at = next((at for at in range(len(before) - 2, -1, -1) if not before[at].endswith("ي")), None)
    return at is not None and before[at].removeprefix("و") in _WAR


_NEXT_TO = frozenset("المجاوره المجاور المتاخمه المتاخم المحاذيه المحاذي".split())  # adjoining


def is_there(choice: PlaceChoice, candidate: Candidate) -> bool:
    """Whether a place is told as a scene, not as an origin, a destination or a neighbour."""
    start = choice.hit.phrase_start if choice.hit.phrase_start is not None else choice.hit.start
    before = [word.text for word in candidate.sentence.words if word.end <= start][-3:]
    wider = [word.text for word in candidate.sentence.words if word.end <= start][-6:]
    if any(word in _ELSEWHERE and not _is_struck_itself(word, candidate, start) for word in wider):
        return False
    if _is_of_war_elsewhere(choice, wider):
        return False
    points = (bool(before) and before[-1] in _LYING) or _only_points(choice, candidate)
    if choice.hit.bearing is not None and points and _is_beside_another(choice, candidate):
        return False  # "Diyala, which lies north of Baghdad"
    if _is_launch_site(candidate, start) or _is_whence(wider) or _is_left_by_fire(candidate, choice, wider):
        return False
    if len(before) > 1 and before[-2] == "مع":  # at the same time as the attack of …
        return False
    if before[-1:] and before[-1] in _NEXT_TO and choice.place is not None and choice.place.rank == 5:
        return False  # "the state of Adamawa, next to the state of Borno"
    if not before or before[-1] not in _NOT_THERE:
        return True
    if before[-1] in TOWARDS and any(hit.row["method"] in FLYING for hit in candidate.triggers):
        return True  # what is fired towards a place is aimed at it
    if before[-1] == "الي" and LEADING & set(wider[-3:]):
        return True  # "on the road that leads to …"
    if before[-1] == "ضد":  # an operation against the base of …
        return choice.place is not None and choice.place.precision == "site"
    if before[-1] == "من":
        return len(before) > 1 and (before[-2] in _STILL_THERE or before[-2].startswith(("مقرب", "قريب", "بالقرب")))
    return False
