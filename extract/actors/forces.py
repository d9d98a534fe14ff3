"""Turns adjectives of states beside words of force into the states that act: "Turkish warplanes", "its army"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extract.actors.table import ActorHit, role_words
from extract.layout import Sentence
from extract.lexicon import Hit, load_lexicon, phrase_set, word_set
from extract.text import Token


def find_forces(sentence: Sentence) -> list[ActorHit]:
    """States named by adjective: "Turkish warplanes", "an artillery bombardment, Turkish"."""
    words = sentence.words
    forces = {hit.last: hit for hit in load_lexicon("forces.tsv").find(words, overlap=True)}
    found = []
    loose = role_words("loose")
    states = load_lexicon("states.tsv").find(words, overlap=True)
    for hit in states:
        at = hit.first
        while at > hit.first - 7 and at not in forces and at > 0 and _is_between(words[at - 1].text, loose):
            at -= 1
        force = forces.get(at)
        if force:
            last = _end_of_make(words, hit.last)
            found.append(ActorHit(hit.row["actor"], "state", sentence, force.first, last, forced=True))
    return found + _find_organs(sentence, states) + _find_own_forces(sentence, forces, states)


_SERVICES = frozenset({"استخبارات", "مخابرات"})  # intelligence service: an actor where it is accused


def _find_organs(sentence: Sentence, states: Sequence[Hit]) -> list[ActorHit]:
    """Ministries of defence and staffs right behind a verb of saying: "the Turkish ministry of defence announced"."""
    words = sentence.words
    found = []
    for hit in states:
        at = hit.first - 2
        said = words[at - 1].text if at > 0 else ""
        speaks = said in role_words("speech") or said.removeprefix("و") in role_words("speech")
        if speaks and f"{words[at].text} {words[at + 1].text}" in phrase_set("organs"):
            found.append(ActorHit(hit.row["actor"], "state", sentence, at, hit.last, forced=True))
        service = words[hit.first - 1].text if hit.first else ""
        guilty = words[hit.last].text if hit.last < len(words) else ""
        if service.removeprefix("ال") in _SERVICES and guilty in word_set("guilt"):
            found.append(ActorHit(hit.row["actor"], "state", sentence, hit.first - 1, hit.last, forced=True))
    return found


_PILOTLESS = frozenset({"من", "دون", "بدون", "طيار", "مسيره"})  # without a pilot


def _end_of_make(words: Sequence[Token], index: int) -> int:
    """The index behind "without a pilot" where that follows an aircraft's state."""
    end = index
    while end < min(index + 3, len(words)) and words[end].text in _PILOTLESS:
        end += 1
    return end if end > index and words[end - 1].text in ("طيار", "مسيره") else index


_HIS_LAND = frozenset({"بلاده", "بلادها", "بلادهم"})  # his (her, their) country


def _find_own_forces(sentence: Sentence, forces: Mapping[int, Hit], states: Sequence[Hit]) -> list[ActorHit]:
    """Forces of the country of who speaks: "an American official said that his country's forces struck …".

    `forces` are the sentence's words of force by where they end, `states` its adjectives of states.
    """
    words = sentence.words
    found = []
    for index in range(1, len(words)):
        force = forces.get(index)
        if words[index].text not in _HIS_LAND or force is None:
            continue
        speaker = [hit for hit in states if hit.last <= force.first]
        if speaker:
            actor = speaker[-1].row["actor"]
            found.append(ActorHit(actor, "state", sentence, force.first, index + 1, forced=True))
    return found


def _is_between(word: str, loose: frozenset[str]) -> bool:
    """Whether a word may part a force from its state: an adjective, a type of aircraft ("F-16")."""
    return word.removeprefix("ال") in loose or word.isdigit() or word in _OF_MAKE


# Types of aircraft, "believed to be", and "without a pilot" may part a force from its state.
_OF_MAKE = frozenset(
    "اف من طراز سو ميغ نوع يعتقد يرجح يشتبه يبدو انها بانها استطلاع دون بدون طيار تابعه تعود عايده".split()
)
