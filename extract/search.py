"""Turns text into the words that search compares: folded, with the attached "and" and "the" taken off.

The stripping follows the light stemmer of Larkey et al. (2002) for prefixes alone: a conjunction (و, ف) before the
article, the article with its prepositions (ال، بال، كال، فال، لل), and a bare و. Bare ب, ل and ك stay, for too many
names begin with them. Stored words and queries go the same way, so that a root letter taken for a prefix still matches.
"""

from __future__ import annotations

import re
from functools import lru_cache

from extract.text import FoldedText, fold

_SHORTEST = 3  # letters that must be left, or the word's first letters were its own
# "and the", "so the", "with the", "like the", "for the", "the", longest first
_ARTICLES = ("وبال", "وكال", "وال", "فال", "بال", "كال", "ولل", "فلل", "لل", "ال")
_AND = "و"
_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+")  # the tokens of extract.text that begin with a letter or a digit


@lru_cache(maxsize=50_000)  # a language's words come again and again; indexing costs a third without
def strip_word(word: str) -> str:
    """The form of a folded word that search compares; stripping twice is stripping once."""
    while True:
        shorter = _strip_once(word)
        if shorter == word:
            return word
        word = shorter


def read_words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text as search compares them, each with its span in the original (code points)."""
    folded = FoldedText(text)
    return [
        (strip_word(token.text), *folded.to_original(token.start, token.end))
        for token in folded.tokens
        if token.text[0].isalnum()
    ]


def index_words(*texts: str | None) -> str:
    """The words of several texts in one line, as the index keeps them: those of `read_words`, without their spans."""
    return " ".join(strip_word(word) for text in texts if text for word in _WORD.findall(fold(text)))


def _strip_once(word: str) -> str:
    for prefix in _ARTICLES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST:
            return word[len(prefix) :]
    if word.startswith(_AND) and len(word) > _SHORTEST:
        return word[1:]
    return word
