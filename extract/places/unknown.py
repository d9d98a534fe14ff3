"""Turns the words after a cue such as "قرية" (village) into the name of a place that the gazetteer lacks."""

from __future__ import annotations

import re

from extract.places.records import PlaceHit
from extract.places.words import Cue, Words

_WORD = re.compile(r"[ (]{1,2}([^\W\d_]{2,})")
_QUOTED = re.compile(r" ?[\"'(]([^\W\d_]{2,}(?: [^\W\d_]{2,}){0,3})[\"')]")
# Feminine adjectives without article (مزدحمة، محصنة، صناعية: crowded, fortified, industrial), and verbs of the present.
_NO_NAME = re.compile(r"م\w{3,}ه|\w{3,}يه|ي\w{3,}")
_CONTRACTED = re.compile(r"(?:بال|لل|وال|كال)\w+")


def read_unknown(text: str, cue: Cue, start: int, end: int, free_until: int, words: Words) -> PlaceHit | None:
    """The name after the cue at `start`-`end`, as far as it ends before `free_until`; None where no name follows.

    A name in quotes is taken whole; else one word, or two where the first asks for another ("تل", hill of).
    """
    quoted = _QUOTED.match(text, end, free_until)
    if quoted is not None:
        name = quoted.group(1)
        if name.partition(" ")[0] in words.stops:
            return None
        return _hit(text, cue, start, quoted.start(1), quoted.end(1))
    first = _WORD.match(text, end, free_until) if cue.unknown == "any" else None
    if first is None or not _is_name(first.group(1), words):
        return None
    word, stop = first.group(1), first.end(1)
    second = _WORD.match(text, stop, free_until)
    if second is not None and second.group(1) not in words.stops and text[stop : second.start(1)] == " ":
        joined_to_definite = not word.startswith("ال") and second.group(1).startswith("ال")
        if word in words.compound_heads or (joined_to_definite and second.group(1) not in words.adjectives):
            stop = second.end(1)
    return _hit(text, cue, start, first.start(1), stop)


def _is_name(word: str, words: Words) -> bool:
    if word in words.stops or word in words.adjectives or _CONTRACTED.fullmatch(word):
        return False
    return word in words.compound_heads or not _NO_NAME.fullmatch(word)


def _hit(text: str, cue: Cue, phrase_start: int, start: int, end: int) -> PlaceHit:
    return PlaceHit(start=start, end=end, name=text[start:end], candidates=(), cue=cue.kind, phrase_start=phrase_start)
