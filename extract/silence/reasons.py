"""Turns the sentences that speak of attacks but gave no incident into the reason why each gave none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from extract.events.candidates import Candidate
from extract.events.frames import Facts, Frame
from extract.layout import Document
from extract.lexicon import load_lexicon
from extract.text import tokenize
from store.records import SentenceReason

if TYPE_CHECKING:
    from extract.fields.mentions import Reading

NO_EXPLOSION = "an explosion that nobody calls an attack"
# What covers a word of attack so that it asserts none; where several do, the first of these is told.
UNREAL = tuple("threat warning feared possible planned conditional purpose future halt wreck exercise tale".split())
_STATUS = ("foiled", "seized", "intercepted", "denial", "cleared")
# What a whole clause is about, in the order in which it is told.
_ABOUT = tuple("trial anniversary tale hoax arrest combat crime accident drill sighting analysis threat".split())
SPORTING = 2  # so many different words of sport make a report one on sport
_ALONE = {"weapon": "a weapon without an attack", "agent": "attackers without an attack"}


def find_reasons(reading: Reading, kept: Sequence[Frame], refused: Mapping[int, str]) -> list[SentenceReason]:
    """Why each candidate with a word of attack gave no incident, in order of reading; debris comes last.

    `refused` holds why a frame is no incident, by the frame's identity; what belongs to a `kept` frame needs no reason.
    """
    told = {id(fact) for frame in kept for fact in frame.facts}
    why = {id(fact): refused[id(frame)] for frame in reading.frames if id(frame) in refused for fact in frame.facts}
    leads = {id(frame.lead) for frame in reading.frames if id(frame) in refused}
    reasons = []
    for fact in reading.facts:
        if id(fact) in told or not (names_attack(fact.candidate) or id(fact) in leads):
            continue
        candidate = fact.candidate
        reason = _find_cover(candidate) or why.get(id(fact)) or judge_candidate(fact, sport=reading.sport)
        start, end = reading.document.folded_text(candidate.source).to_original(candidate.start, candidate.end)
        reasons.append(SentenceReason(source=candidate.source, start=start, end=end, reason=reason))
    return reasons + _find_debris(reading.document)


def names_attack(candidate: Candidate) -> bool:
    """Whether a candidate holds a word of attack, weapon, explosion or attacker, real or not."""
    return any(hit.row["kind"] != "act" for hit in candidate.triggers)


def judge_candidate(fact: Facts, *, sport: int = 0) -> str:
    """Why a candidate opens no incident by itself and goes on with none."""
    candidate = fact.candidate
    if sport >= SPORTING:
        return "sport"
    if candidate.strength < 2:
        return _judge_weak(candidate)
    if candidate.is_count:
        return "count"
    if candidate.is_pooled:
        return "series"
    if candidate.is_series:
        return "series"
    if candidate.recalled:
        return "recalled without particulars"
    return _find_subject(candidate) or "refers to an attack that is not told"


def _judge_weak(candidate: Candidate) -> str:
    """Why words of attack assert none: what covers them, what their clause is about, or that they stand alone."""
    cover = _find_cover(candidate)
    if cover:
        return cover
    subject = _find_subject(candidate)
    if subject:
        return subject
    kinds = candidate.kinds(real=False)
    if "blast" in kinds:
        return NO_EXPLOSION
    return next((reason for kind, reason in _ALONE.items() if kind in kinds), "no word that asserts an attack")


def _find_cover(candidate: Candidate) -> str | None:
    """What covers the words of attack of a candidate that asserts none."""
    if candidate.strength >= 2:
        return None
    return next((name for name in (*UNREAL, *_STATUS) if name in candidate.covers), None)


def _find_subject(candidate: Candidate) -> str | None:
    named = {hit.row["modality"] for hit in candidate.modality}
    return next((name for name in _ABOUT if name in named), None)


def _find_debris(document: Document) -> list[SentenceReason]:
    """The stretches of page debris that name an attack."""
    reasons = []
    triggers = load_lexicon("triggers.tsv")
    for start, end in document.debris:
        words = [token for token in tokenize(document.text.folded, start, end) if token.text[0].isalnum()]
        if any(hit.row["kind"] not in ("act", "none") for hit in triggers.find(words)):
            first, last = document.text.to_original(start, end)
            reasons.append(SentenceReason(source="text", start=first, end=last, reason="debris"))
    return reasons


__all__ = ["NO_EXPLOSION", "SPORTING", "UNREAL", "find_reasons", "judge_candidate", "names_attack"]
