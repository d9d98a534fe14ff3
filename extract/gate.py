"""Turns a folded text into whether it can tell of an attack at all, by one scan of its letters."""

from __future__ import annotations

import re
from functools import lru_cache

import ahocorasick

from extract.lexicon import expand_pattern, read_rows
from extract.text import fold

_TELLING = frozenset({"attack", "weapon", "blast", "agent"})
_EXPLODED = "نفجر"  # in every form of "exploded": the one verb that tells of an attack by itself
# What may stand around a word of the lists inside a word of the text (see lexicon.word_readings).
_PREFIXES = re.compile(r"(?<![^\W\d_])[والفبك]*\Z")
_SUFFIX = re.compile(r"(?:ا|ها|هم|هما|نا)?(?![^\W\d_])")
_REACH = 8  # letters looked back over for attached prefixes


@lru_cache(maxsize=1)
def _automaton() -> ahocorasick.Automaton:
    """The longest word of each phrase that tells of an attack or claims one: a text without any of them holds no phrase."""
    phrases = [
        phrase
        for row in read_rows("triggers.tsv")
        for phrase in expand_pattern(row["pattern"])
        if row["kind"] in _TELLING or _EXPLODED in phrase
    ]
    phrases += [p for row in read_rows("claims.tsv") if row["sign"] == "claim" for p in expand_pattern(row["pattern"])]
    automaton = ahocorasick.Automaton()
    for phrase in phrases:
        words = [word for word in fold(phrase).split() if word != "*"]
        if words:
            longest = max(words, key=len)
            automaton.add_word(longest, len(longest))
    automaton.make_automaton()
    return automaton


def has_trigger(folded: str) -> bool:
    """Whether a folded text holds a word that could tell of an attack, with whatever Arabic attaches to it."""
    for last, size in _automaton().iter(folded):
        start = last + 1 - size
        if _SUFFIX.match(folded, last + 1) and _PREFIXES.search(folded, max(0, start - _REACH), start):
            return True
    return False
