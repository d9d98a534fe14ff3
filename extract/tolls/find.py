"""Turns folded Arabic text into tellings of killed and wounded: who, how many, and how the words stand to them."""

from __future__ import annotations

from collections.abc import Callable

from extract.scan import scan_text
from extract.tolls.assassinations import read_assassination
from extract.tolls.attempts import is_attempted, is_of_attacker
from extract.tolls.denial import read_denial, read_limited
from extract.tolls.fates import (
    read_fall,
    read_gone,
    read_meet,
    read_own,
    read_parted,
    read_struck,
    read_took,
)
from extract.tolls.hit import Toll, TollHit, combine_tolls
from extract.tolls.lexicon import TOLL_WORDS, TollWord
from extract.tolls.status import read_alike, read_people_status, read_subset, read_suffered, read_total
from extract.tolls.verbs import read_active, read_event_noun, read_verb
from extract.tolls.walk import SENTENCE_ENDS, Walk, starts_people

__all__ = ["Toll", "TollHit", "combine_tolls", "find_tolls"]

_READERS: dict[str, Callable[[Walk, TollWord], int | None]] = {
    "noun": read_event_noun,
    "noun_plural": read_event_noun,
    "both": read_verb,
    "verb": read_verb,
    "active": read_active,
    "assassin": read_assassination,
    "gone": read_gone,
    "took": read_took,
    "meet": read_meet,
    "parted": read_parted,
    "fall": read_fall,
    "own": read_own,
    "struck": read_struck,
    "suffered": read_suffered,
    "alike": read_alike,
    "subset": read_subset,
    "negation": read_denial,
    "limited": read_limited,
    "total": read_total,
}


def find_tolls(folded: str, start: int = 0, end: int | None = None) -> list[TollHit]:
    """Every telling of killed and wounded in `folded[start:end]`, in order of the word that tells it."""
    scan = scan_text(folded)
    low, stop = scan.window(start, end)
    walk = Walk(scan, low, stop)
    texts = scan.texts
    while walk.index < stop:
        text = texts[walk.index]
        word = TOLL_WORDS.get(text)
        after: int | None = None
        if word is not None and word.kind == "killed" and (is_attempted(walk) or is_of_attacker(walk)):
            after = walk.index + (1 if word.role == "own" else 2)
        elif word is not None:
            reader = _READERS.get(word.role)
            after = None if reader is None else reader(walk, word)
        elif text in SENTENCE_ENDS:
            walk.sentence, walk.total_at = walk.index + 1, -1
        elif starts_people(text):
            after = read_people_status(walk)
        walk.index = after if after is not None and after > walk.index else walk.index + 1
    return walk.hits
