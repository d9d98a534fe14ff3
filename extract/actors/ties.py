"""Turns the charges of a report into ties: the frame that each is told with, and how firmly it holds to any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.actors.aircraft import OWNED
from extract.actors.blame import ITS_AIRCRAFT, Charge, read_charges
from extract.actors.line import Line
from extract.actors.table import ActorHit
from extract.events.frames import Facts, Frame
from extract.events.reach import FROM_THE_AIR
from extract.fields.methods import is_same_family
from extract.layout import Document
from extract.places.nearness import is_one_spot

_WAVE_WEIGHT = 3.0  # a charge against a whole wave yields to one against the attack itself


@dataclass(frozen=True, slots=True)
class Tied:
    """A charge with what it is tied to: its sentence's order, its frame (None: not told there), its clause's facts."""

    charge: Charge
    order: int
    frame: Frame | None
    fact: Facts | None


def tie_charges(
    document: Document, actors: dict[int, list[ActorHit]], frames: Sequence[Frame], facts: Sequence[Facts]
) -> list[Tied]:
    by_sentence: dict[int, list[Facts]] = {}
    for fact in facts:
        by_sentence.setdefault(id(fact.candidate.sentence), []).append(fact)
    frame_of = {id(fact): frame for frame in frames for fact in frame.facts}
    tied = []
    for place, sentence in enumerate(document.sentences):
        told = by_sentence.get(id(sentence), [])
        hits = actors.get(id(sentence), [])
        folded = document.folded(sentence.source)
        if not told and hits and not OWNED.isdisjoint(word.text for word in sentence.words):
            charges = read_charges(Line(sentence, folded), folded, hits)
            tied += [Tied(charge, place, None, None) for charge in charges if charge.rule == ITS_AIRCRAFT]
        if not told or not (hits or any(clause.claims for fact in told for clause in fact.candidate.clauses)):
            continue
        for charge in read_charges(Line(sentence, folded), folded, hits):
            at = _fact_at(told, charge)
            order = told[0].candidate.order
            tied += [Tied(charge, order, frame, at) for frame in _owners(at, frame_of, frames)]
    return tied


def _owners(at: Facts | None, frame_of: dict[int, Frame], frames: Sequence[Frame]) -> Sequence[Frame | None]:
    """The frames to which a candidate's facts went: one, or one for each site of a list; None where there is none."""
    if at is None:
        return [None]
    if id(at) in frame_of:
        return [frame_of[id(at)]]
    sites = [frame for frame in frames if any(_is_part(fact, at) for fact in frame.facts)]
    return sites or [None]


def _is_part(fact: Facts, whole: Facts) -> bool:
    """Whether a frame's facts are those of a candidate, or one target's share of them."""
    if fact.candidate is whole.candidate:
        return True
    own, other = fact.candidate, whole.candidate
    return fact.listed and own.sentence is other.sentence and own.start == other.start


def _fact_at(told: Sequence[Facts], charge: Charge) -> Facts | None:
    """The candidate in whose clauses the charge stands; for an attacker, the actor's own words."""
    at = charge.hit.first if charge.hit is not None and charge.rule == "attacker" else charge.at
    for fact in told:
        if any(clause.first <= at < clause.last for clause in fact.candidate.clauses):
            return fact
    return told[0] if told else None


def fit_charge(item: Tied, frame: Frame, frames: Sequence[Frame]) -> float | None:
    """How firmly a charge is tied to a frame: 1 its own sentence, less where it only refers to it; None: not at all."""
    charge = item.charge
    own = item.frame is frame
    if charge.rule == "attacker":
        if own:
            lead = frame.lead is item.fact or (item.fact is not None and item.fact.candidate.strength >= 2)
            return 1.0 if lead else 0.8
        if item.frame is None and item.fact is not None and _is_of_wave(item, frame):
            return _WAVE_WEIGHT / charge.weight
        return None
    told = [other for other in frames if other.lead.candidate.order <= item.order] or list(frames[:1])
    if charge.pointer in ("first", "second") and len(told) > 1 and not _brings_particulars(item):
        return 1.0 if frame is told[0 if charge.pointer == "first" else -1] else None
    named = _named_spot(item, told)
    if named:
        return 1.0 if any(frame is other for other in named) else None
    if item.frame is None and _is_of_another_day(item.fact, frame):
        return None  # it claims a wave of another day, which the same sentence tells
    if charge.pointer == "all":
        near = item.frame if item.frame is not None else told[-1]
        return 0.9 if any(frame is other for other in told) and is_same_time(frame, near) else None
    anchor = item.frame if item.frame is not None else _nearest(item, told)
    return (1.0 if item.frame is not None else 0.9) if anchor is frame else None


def _is_of_another_day(fact: Facts | None, frame: Frame) -> bool:
    if fact is None or fact.day is None or fact.said or not fact.candidate.is_series:
        return False
    return frame.day is not None and frame.day != fact.day


def _brings_particulars(item: Tied) -> bool:
    """Whether the charge's own words tell an attack anew, with a place or a day."""
    return item.frame is not None and item.fact is not None and bool(item.fact.places or item.fact.day)


def _nearest(item: Tied, told: Sequence[Frame]) -> Frame | None:
    """The frame told last before a charge."""
    if not told:
        return None
    return max(
        told,
        key=lambda frame: max(
            fact.candidate.order for fact in frame.facts if fact.candidate.order <= item.order or fact is frame.lead
        ),
    )


def _is_of_wave(item: Tied, frame: Frame) -> bool:
    """Whether attacks told in a sentence of their own, or in the headline, take in the frame."""
    fact = item.fact
    if fact is None or not (fact.candidate.is_series or fact.candidate.source == "title"):
        return False
    if not is_same_family(fact.method, frame.method):
        return False
    if item.charge.kind == "state" and frame.method not in FROM_THE_AIR:
        return False
    if item.charge.kind == "state" and fact.method == "unknown" and frame.method in ("rocket", "mortar"):
        return False  # an army's "strikes" are not the rockets that it answers
    if fact.candidate.source == "title" and fact.candidate.is_series:
        return True
    if fact is not None and fact.day is not None and frame.day is not None and abs((fact.day - frame.day).days) > 1:
        return False
    return abs(frame.lead.candidate.order - item.order) <= 4


def is_same_time(frame: Frame, anchor: Frame) -> bool:
    return frame.day is None or anchor.day is None or abs((frame.day - anchor.day).days) <= 1


def _named_spot(item: Tied, told: Sequence[Frame]) -> list[Frame]:
    """The frames whose spot the charge's clause names ("the attack of Kunduz"), where that tells them apart."""
    if item.fact is None or len(told) < 2:
        return []
    places = [choice.place for choice in item.fact.places if choice.place]
    found = [frame for frame in told if any(is_one_spot(place, spot) for place in places for spot in frame.spots)]
    return found if len(found) == 1 and item.frame is not found[0] and item.fact.candidate.is_definite else []


__all__ = ["Tied", "fit_charge", "is_same_time", "tie_charges"]
