"""Reads tolls told by a verb that has one victim as a rule: gunmen assassinated a sheikh and his brother."""

from __future__ import annotations

from extract.tolls.lexicon import TollWord, find_noun
from extract.tolls.people import STOP_WORDS, People, read_people
from extract.tolls.walk import SENTENCE_ENDS, Walk, starts_people

_REACH = 9  # parts between the verb and its victim: who did it stands there
_DOERS = ("militants", "attackers", "fighters", "members")
_ON = frozenset("علي متن يستقلان يستقلون كانا كانوا".split())  # (gunmen) on, aboard, riding (a motorcycle)
_UNTIL = frozenset({"في", "بعد", "قبل", "امام", "قرب", "خلال", "اثناء", "مساء", "صباح", "فجر", "امس", "اليوم", "ان"})


def read_assassination(walk: Walk, word: TollWord) -> int | None:
    """اغتال, اغتالوا: whoever stands after those who did it, with those joined; one where no word counts them."""
    at = walk.index
    victim = _find_victim(walk, at + 1)
    if victim is not None and victim.number:
        return walk.add(word.kind, victim, at, victim.after, active=True)
    return walk.add(word.kind, None, at, at + 1, count=1, named=True, active=True)


def _find_victim(walk: Walk, index: int) -> People | None:
    """The first person told after the verb who is none of the doers."""
    texts, rides = walk.scan.texts, False
    for at in range(index, min(index + _REACH, walk.stop)):
        text = texts[at]
        if rides and texts[at - 1] in _ON and (noun := find_noun(text)) is not None and noun.cls == "munition":
            continue
        rides = text in _ON
        if rides:
            continue
        if text in SENTENCE_ENDS or text in _UNTIL or text in STOP_WORDS or text.startswith("ب"):
            return None
        noun = find_noun(text)
        if noun is not None and at == index and _is_doer(text, noun.group):
            continue
        if not starts_people(text) and (noun is None or noun.cls != "person"):
            continue
        people = read_people(walk.scan, at, walk.stop, bare=True)
        if people is not None and people.status is None and people.group not in _DOERS[:2]:
            return people
    return None


def _is_doer(text: str, group: str) -> bool:
    """Whether the word right after the verb is its subject: gunmen, elements of a group."""
    return text.endswith(("ون", "ان")) or (group in _DOERS and not text.endswith(("ا", "ين")))
