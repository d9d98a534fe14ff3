"""Turns a folded text into whether it can tell of an attack at all, by one scan of its letters."""

from __future__ import annotations

import re
from functools import lru_cache

import ahocorasick

from extract.lexicon import Lexicon, Row, expand_pattern, read_rows
from extract.text import tokenize

TELLING = frozenset({"attack", "weapon", "blast", "agent"})
_EXPLODED = "نفجر"  # in every form of "exploded": the one verb that tells of an attack by itself
# What may stand around a word of the lists inside a word of the text (see lexicon.word_readings).
_PREFIXES = re.compile(r"(?<![^\W\d_])[والفبك]*\Z")
_SUFFIX = re.compile(r"(?:ا|ها|هم|هما|نا)?(?![^\W\d_])")
_REACH = 8  # letters looked back over for attached prefixes
TINY = 2  # letters of a word that is looked for in its phrase alone
_AROUND = 56  # letters on either side in which the rest of a phrase must stand


@lru_cache(maxsize=1)
def _rows() -> list[Row]:
    """The rows that tell of an attack or claim one."""
    triggers = [row for row in read_rows("triggers.tsv") if row["kind"] in TELLING or _EXPLODED in row["pattern"]]
    return triggers + [row for row in read_rows("claims.tsv") if row["sign"] == "claim"]


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return Lexicon(_rows())


@lru_cache(maxsize=1)
def _automaton() -> ahocorasick.Automaton:
    """The longest word of each phrase, with its length: a text without any of them holds no phrase."""
    automaton = ahocorasick.Automaton()
    for row in _rows():
        for phrase in expand_pattern(row["pattern"]):
            words = [word for word in phrase.split() if word != "*"]
            longest = max(words, key=len)
            key = longest if len(longest) > TINY else " ".join(words)  # RPG, as letters, stands in every other word
            automaton.add_word(key, len(key))
    automaton.make_automaton()
    return automaton


def has_trigger(folded: str) -> bool:
    """Whether a folded text holds a phrase that could tell of an attack, with whatever Arabic attaches to its words."""
    for last, size in _automaton().iter(folded):
        start = last + 1 - size
        if not (_SUFFIX.match(folded, last + 1) and _PREFIXES.search(folded, max(0, start - _REACH), start)):
            continue
        if _tells(folded[max(0, start - _AROUND) : last + _AROUND]):
            return True
    return False


@lru_cache(maxsize=4096)
def _tells(window: str) -> bool:
    """Whether the letters around a word of a phrase hold all of it; menus hold the same ones on page after page."""
    words = [token for token in tokenize(window) if token.text[0].isalnum()]
    return bool(_lexicon().find(words, overlap=True))
