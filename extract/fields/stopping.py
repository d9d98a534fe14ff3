"""Turns the sentences on what was to be stopped into whether some of it was fired, fell or went off all the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.events.candidates import Candidate

DENYING = frozenset({"دون", "عدم", "لم", "لا", "ولا", "ولم", "قبل", "اي"})  # without, not, before, any
_ATTACKERS = frozenset({"attackers", "militants"})


def has_victims(candidate: Candidate) -> bool:
    """Whether a sentence counts dead or wounded other than the attackers: what was stopped before it began has none."""
    return any(
        (toll.count or 0) > 0 and not (toll.negated or toll.aggregate) and toll.group not in _ATTACKERS
        for clause in candidate.clauses
        for toll in clause.tolls
    )


def has_fallen(candidate: Candidate) -> bool:
    """Whether rockets or shells are told to have come down, in a sentence that does not deny it."""
    words = [word.text.removeprefix("و").removeprefix("ف") for word in candidate.sentence.words]
    return any(
        word.startswith("سقط") and not DENYING & set(words[max(0, at - 2) : at]) and "اسقط" not in word
        for at, word in enumerate(words)
    )


_LAUNCHED = frozenset({"انطلقت", "انطلق", "اطلقت", "اطلق"})  # were launched


def were_fired(candidate: Candidate) -> bool:
    """Whether a launcher is found from which rockets were launched: "from it" follows."""
    return any(
        word.text in _LAUNCHED and after.text in ("منها", "منه") for word, after in pairwise(candidate.sentence.words)
    )


_WHILE = frozenset({"اثناء", "خلال", "لدي", "عند"})  # while, during, upon


def went_off(candidate: Candidate) -> bool:
    """Whether it went off while it was being taken apart."""
    words = candidate.sentence.words
    return any(
        hit.first and words[hit.first - 1].text in _WHILE
        for hit in candidate.modality
        if hit.row["modality"] == "foiled"
    )


_WENT_OFF = frozenset({"انفجرت", "انفجر", "فانفجرت", "فانفجر", "انفجار", "انفجارها", "انفجاره"})


def _blows_himself_up(texts: Sequence[str], at: int) -> bool:
    """Whether "blew himself up" stands there, and "without", "before" or "not" does not stand before it."""
    himself = texts[at] == "فجر" and "نفسه" in texts[at + 1 : at + 4]
    return himself and not DENYING & set(texts[max(0, at - 3) : at])


def blew_himself_up(candidate: Candidate) -> bool:
    """Whether the bomber who was stopped "blew himself up (at the door)" all the same."""
    texts = [word.text.removeprefix("و") for word in candidate.sentence.words]
    return any(_blows_himself_up(texts, at) for at in range(len(texts)))


def exploded(candidate: Candidate) -> bool:
    """Whether the sentence on what was to be stopped goes on to say that it exploded, or that he blew himself up."""
    texts = [word.text.removeprefix("و") for word in candidate.sentence.words]
    return any(
        _blows_himself_up(texts, at) or (text in _WENT_OFF and not DENYING & set(texts[max(0, at - 3) : at]))
        for at, text in enumerate(texts)
    )


__all__ = ["DENYING", "blew_himself_up", "exploded", "has_fallen", "has_victims", "went_off", "were_fired"]
