"""Turns attacks told as a pair into one or two: on two targets, a first and a second, a second on the rescuers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.actors.line import TIMES
from extract.actors.subjects import PARTICLES
from extract.events.candidates import Candidate
from extract.events.frames import Facts, Frame, is_wide
from extract.fields.methods import choose_method, is_same_family
from extract.lexicon import Hit, word_set
from extract.places import PlaceChoice
from extract.places.nearness import distance
from extract.text import Token

_PAIR_GAP = 3  # words between two targets that "and" joins


def part_pairs(frames: list[Frame]) -> None:
    """Part "two attacks that struck a house and a checkpoint" into one on each; its toll is that of both."""
    for frame in list(frames):
        fact = next((fact for fact in frame.facts if fact.candidate.source == "text"), frame.lead)
        border = _find_second(fact) if len(frame.facts) == 1 else None
        if border is not None:
            frame.facts[0] = _aim_at(fact, border, 1)
            frames.append(Frame(facts=[_aim_at(fact, border, 2)]))


def _find_second(fact: Facts) -> int | None:
    """The word index of the second of two targets that stand side by side behind "two attacks"; None without them."""
    candidate = fact.candidate
    if not candidate.is_dual or candidate.is_definite or candidate.covers or candidate.clauses[0].slot:
        return None
    duals = [hit.last for hit in candidate.real if hit.row["kind"] in ("attack", "blast")]
    hits = sorted((hit for clause in candidate.clauses for hit in clause.targets), key=lambda hit: hit.first)
    hits = [hit for hit in hits if hit.first >= min(duals)]
    words = candidate.sentence.words
    for a, b in pairwise(hits):
        joined = words[b.first].text.startswith("و") and 0 <= b.first - a.last <= _PAIR_GAP
        if joined and a.row["target"] != b.row["target"]:
            return b.first
    return None


def _aim_at(fact: Facts, border: int, slot: int) -> Facts:
    """What a fact says of the first or the second of two attacks; the second target begins at the word `border`."""
    others = _means_of_other(fact.candidate.triggers, border, slot)
    clauses = [
        replace(
            clause,
            slot=slot,
            targets=[hit for hit in clause.targets if (hit.first >= border) == (slot == 2)],
            triggers=[hit for hit in clause.triggers if hit not in others],
        )
        for clause in fact.candidate.clauses
    ]
    candidate = replace(fact.candidate, clauses=clauses)
    method, _ = choose_method(candidate.real)
    return replace(fact, candidate=candidate, method=method, tolls=[], killed=None, wounded=None, listed=True)


def _means_of_other(triggers: Sequence[Hit], border: int, slot: int) -> list[Hit]:
    """The weapons of the other target, where each has its own: "by rockets, and … by drones"."""
    weapons = [hit for hit in triggers if hit.row["kind"] == "weapon"]
    late = [hit for hit in weapons if hit.first >= border]
    early = [hit for hit in weapons if hit.first < border]
    if not (late and early):
        return []
    return late if slot == 1 else early


_SITE_GAP = 5  # words between the second target and its place
_APART_KM = 3.0
_SITES = word_set("site_nouns")


def part_sites(frames: list[Frame]) -> None:
    """Part "it targeted a post in Qaim and a depot in Amerli" into one on each; its toll is that of both."""
    for frame in list(frames):
        fact = next((fact for fact in frame.facts if fact.candidate.source == "text" and fact.spots), frame.lead)
        told = fact.candidate.source == "text" and not fact.listed
        found = _find_other_site(fact) if told else None
        if found is None:
            continue
        border, first, second = found
        others = [spot for other in frames if other is not frame for spot in other.spots]
        if any(distance(second.place, spot) <= _APART_KM for spot in others if second.place):
            continue
        frame.facts[frame.facts.index(fact)] = replace(_aim_at(fact, border, 1), places=_around(fact, first, second))
        rest = [place for place in fact.places if place.hit.start >= second.hit.start]
        frames.append(Frame(facts=[replace(_aim_at(fact, border, 2), places=rest)]))


def _around(fact: Facts, first: PlaceChoice, second: PlaceChoice) -> list[PlaceChoice]:
    """The first site's places: all that is named before the second's."""
    return [place for place in fact.places if place.hit.start < second.hit.start or place is first]


def _find_other_site(fact: Facts) -> tuple[int, PlaceChoice, PlaceChoice] | None:
    """Where the second of two targets begins, each of which stands before a place of its own; with both places."""
    candidate = fact.candidate
    if (
        candidate.covers
        or candidate.recalled
        or candidate.is_count
        or candidate.strength < 2
        or candidate.source != "text"
    ):
        return None
    words = candidate.sentence.words
    named = [choice for choice in fact.places if choice.place and choice.hit.manner == "plain" and not is_wide(choice)]
    targets = {hit.first for clause in candidate.clauses for hit in clause.targets}
    for first, second in pairwise(named):
        near = first.place and second.place and distance(first.place, second.place) <= _APART_KM
        if near or first.hit.bearing is not None or second.hit.bearing is not None:
            continue
        between = [at for at, word in enumerate(words) if first.hit.end < word.end and word.end <= second.hit.start]
        border = next((at for at in between if _opens_site(words[at].text)), None)
        if border is None or between[-1] - border > _SITE_GAP or any(at < border - 4 for at in between):
            continue
        if any(at < border for at in targets) and not _goes_on(words, second.hit.end):
            return border, first, second
    return None


def _opens_site(word: str) -> bool:
    """Whether "and" with a site that can be struck begins here: "and a depot", "and the refineries"."""
    return word.startswith("و") and word[1:].removeprefix("ال") in _SITES


def _goes_on(words: Sequence[Token], end: int) -> bool:
    """Whether a verb or the like stands behind the second place: "and the headquarters in X sent …"."""
    behind = next((word for word in words if word.start >= end), None)
    if behind is None or behind.text in PARTICLES or behind.text in TIMES:
        return False
    return not behind.text.startswith(("ب", "ل", "و", "ف", "ال", "شمال", "جنوب", "شرق", "غرب"))


def is_next_of_pair(fact: Facts, frame: Frame) -> bool:
    """Whether "the second bombing" was by other means than "the first", whose victims were told by themselves."""
    candidate = fact.candidate
    if candidate.source != "text" or not candidate.is_definite or not {"second", "third"} & candidate.signs:
        return False
    if not _has_rank(candidate, _SECOND) or not fact.exact:
        return False
    first = [one for one in frame.facts if one.candidate.is_definite and _has_rank(one.candidate, _FIRST_ONE)]
    return any(one.tolls and one.exact and one.method != fact.method for one in first)


_FIRST_ONE = frozenset({"الاول", "الاولي"})
_SECOND = frozenset({"الثاني", "الثانيه", "الثالث", "الثالثه"})


def _has_rank(candidate: Candidate, ranks: frozenset[str]) -> bool:
    """Whether "the first", "the second" stands right behind the attack with which it opens."""
    words = candidate.sentence.words
    named = [hit for hit in candidate.real if hit.row["kind"] in ("attack", "blast")][:1]
    return any(hit.last < len(words) and words[hit.last].text in ranks for hit in named)


# (On) the arrival of, the gathering of, hurried, the rescue of, the (same) spot: who came to the first blast.
_GATHERING = frozenset(
    "وصول تجمع تجمهر توافد هرع هرعت تجمعوا اسعاف اخلاء تجمعهم وصولهم المسعفين الاسعاف المكان".split()
)


def find_met(fact: Facts, frames: list[Frame]) -> Frame | None:
    """The attack whose rescuers a second bomb met there, which makes one attack with two devices."""
    if not frames:
        return None
    candidate, frame = fact.candidate, frames[-1]
    close = candidate.order - frame.last_sentence <= 1 and not fact.spots and not fact.admin1 and not candidate.recalled
    words = [word.text for clause in candidate.clauses for word in clause.sentence.words[clause.first : clause.last]]
    second = candidate.opens_another or bool({"second", "third"} & candidate.signs)
    alike = is_same_family(fact.method, frame.method) and candidate.strength >= 2
    there = close and second and alike and not _GATHERING.isdisjoint(words)
    return frame if there and not is_next_of_pair(fact, frame) else None


__all__ = ["find_met", "is_next_of_pair", "part_pairs", "part_sites"]
