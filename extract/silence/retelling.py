"""Turns a frame into whether its attack is only told again (a memory, a film, a monument) or never was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from extract.events.candidates import Candidate
from extract.events.frames import Facts, Frame
from extract.fields.days import is_of_told_attack
from extract.fields.occasions import is_first
from extract.lexicon import Hit, word_set
from extract.text import Token

if TYPE_CHECKING:
    from extract.fields.mentions import Reading

LEADING_WORDS = 14  # of a sentence, in which its news is named
RECENT_DAYS = 25  # the day of an anniversary is not that of the attack; one so long past is no slip for it
TOLD_AGAIN = frozenset({"tale", "anniversary", "mourning"})
_RELATIVES = word_set("relatives")
_MOURNING = word_set("mourning")
_LAST_WORD = 1_000_000  # behind every word of a sentence


def speaks_before(candidate: Candidate, modalities: Collection[str], *, anywhere: bool = True) -> bool:
    """Whether a word of these modalities stands before the candidate's first word of attack, or it has none.

    `anywhere`: words whose scope is the whole clause count wherever they stand.
    """
    first = min((hit.first for hit in candidate.triggers if hit.row["kind"] != "act"), default=_LAST_WORD)
    named = [hit for hit in candidate.modality if hit.row["modality"] in modalities]
    return any(hit.first < first or (anywhere and hit.row["scope"] == "clause") for hit in named)


def leads_with(facts: Iterable[Facts], modalities: Collection[str], *, anywhere: bool = True) -> bool:
    """Whether the headline or the lead says such a word early, before any attack is told."""
    for fact in facts:
        if fact.candidate.order > 1:
            break
        early = any(hit.row["modality"] in modalities and hit.first <= LEADING_WORDS for hit in fact.candidate.modality)
        if early and speaks_before(fact.candidate, modalities, anywhere=anywhere):
            return True
        if fact.candidate.strength >= 2:
            return False
    return False


def is_of_nothing(frame: Frame, reading: Reading) -> bool:
    """Whether the report says that the alarm was false, or the picture that is spread is of another day."""
    if "denial" in set().union(*(c.covers | c.clause_modality for c in frame.candidates)):
        return False  # an authority's denial of it is the frame's status
    if any(fact.tolls for fact in frame.facts):
        return False
    if "false_alarm" in reading.hoaxes:
        return True
    return "hoax" in reading.hoaxes and any("rumour" in c.covers for c in frame.candidates)


def is_of_a_tale(frame: Frame, own: list[Facts], reading: Reading) -> bool:
    """Whether in a report on a film, a memory or a monument it has no day, or only that of the showing.

    `own`: the frame's facts with a day of their own.
    """
    if frame.lead.candidate.is_definite and not is_first(frame, reading):
        return True  # "as if the blast had been yesterday"
    today = reading.calendar.today
    anew = any(not _is_told_again(fact) and fact.candidate.has_new_trigger for fact in own)
    recent = today is None or frame.day is None or (today - frame.day).days < RECENT_DAYS
    if _is_told_again(frame.lead) and recent and not anew:
        return True
    if own:
        told = next((fact for fact in own if fact.day == frame.day), own[0])
        bygone = today is not None and told.day is not None and (today - told.day).days >= RECENT_DAYS
        return _is_told_again(told) and not (bygone and told.precision == "day")  # no day of a showing is so old
    dated = (fact for fact in reading.facts if fact.day and not fact.said and fact.candidate.strength >= 2)
    return all(_is_told_again(fact) for fact in dated)


def is_remembered(frame: Frame, own: list[Facts]) -> bool:
    """Whether the attack is what an anniversary is of; one told before it, on a day named, only fell on that day."""
    dated = [fact for fact in own if fact.day == frame.day and fact.date_hit is not None]
    if any(not _is_told_again(fact) for fact in dated if fact.candidate.strength >= 2):
        return False
    return any(hit.row["modality"] == "anniversary" for c in frame.candidates[:2] for hit in c.modality)


def is_of_somebody(frame: Frame) -> bool:
    """Whether all that is told of it stands in a clause about somebody or something: "the drones that were used in …".

    A relative clause about the attack itself ("the bombing that struck …") tells it; one about its dead, who are
    mourned, does too.
    """
    if any(fact.date_hit is not None and not fact.said for fact in frame.facts):
        return False
    told = [c for c in frame.candidates if c.strength >= 2]
    if any({"denial", "intercepted"} & (c.covers | c.clause_modality) for c in told):
        return False
    return bool(told) and all(_is_in_relative(c) for c in told)


def _is_in_relative(candidate: Candidate) -> bool:
    words = candidate.sentence.words
    if any(word.text.removeprefix("و") in _MOURNING for word in words[:6]):
        return False
    events = candidate.real  # "came under" before it too: "the base, which hosts …, came under an attack"
    first = next((hit for hit in events if not _is_described(hit, words)), None)
    if first is None:
        return bool(events)
    clause = next(clause for clause in candidate.clauses if clause.first <= first.first < clause.last)
    return any(words[i].text.removeprefix("و") in _RELATIVES for i in range(clause.first + 1, first.first))


def _is_described(hit: Hit, words: Sequence[Token]) -> bool:
    """Whether it is a known weapon of which something is told: "the drones that …"."""
    follows = words[hit.last].text if hit.last < len(words) else ""
    known = words[hit.first].text.removeprefix("و").startswith(("ال", "بال", "لل"))
    return hit.row["kind"] == "weapon" and known and follows in _RELATIVES


def _is_told_again(fact: Facts) -> bool:
    """Whether a fact's day is that on which its sentence says that an attack is remembered, shown or told."""
    own = fact.date_hit if fact.precision in ("day", "month") else None
    if own is not None and is_of_told_attack(fact.candidate, own):
        return False  # "compensation for the dead of the bombing that struck on 10 October"
    return speaks_before(fact.candidate, TOLD_AGAIN)
