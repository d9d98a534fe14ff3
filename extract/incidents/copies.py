"""Turns a text into a sketch by which near-copies are found, and two texts into how much of their wording is the same.

A bottom-k sketch (Broder 1997): the k smallest hashes of all word triples of the folded text. Two texts share some of
them unless little of their wording agrees; what is found so is then compared word by word.
"""

from __future__ import annotations

import csv
import heapq
import re
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b

from rapidfuzz.distance import Indel

from extract.scan import DATA
from extract.text import fold, strip_prefixes

SKETCH_SIZE = 8
TRIPLE = 3
LEAST_WORDS = 12  # shorter texts are too alike by chance
NEAR_COPY = 0.72  # of the words in the same order; measured against rewritten and boilerplate texts
_HASH_BYTES = 6
_COMPARED_WORDS = 1200
_READ_CHARACTERS = 100_000  # of a text of any length
_WORD = re.compile(r"\w+")


def split_words(text: str) -> list[str]:
    """The words of a text as they are compared: folded, without marks and punctuation."""
    return _WORD.findall(fold(text[:_READ_CHARACTERS]))


def sketch_words(words: Sequence[str]) -> tuple[int, ...]:
    """The sketch of a text's words, smallest hash first; empty where the text is too short to tell."""
    if len(words) < LEAST_WORDS:
        return ()
    coded = [word.encode() for word in words]
    triples = set(map(b" ".join, zip(*(coded[start:] for start in range(TRIPLE)), strict=False)))
    hashes = {blake2b(triple, digest_size=_HASH_BYTES).digest() for triple in triples}
    return tuple(int.from_bytes(one) for one in heapq.nsmallest(SKETCH_SIZE, hashes))  # their bytes sort as they do


def compare_words(one: Sequence[str], other: Sequence[str], *, least: float = 0.0) -> float:
    """0..1: the share of words that two texts have in the same order (the longest common subsequence).

    0 where it is less than `least`, which is sooner known.
    """
    return float(Indel.normalized_similarity(one[:_COMPARED_WORDS], other[:_COMPARED_WORDS], score_cutoff=least))


def names_same_day(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two texts name the same weekdays and figures, so that "today" in both can be one day."""
    return _days_and_figures(one) == _days_and_figures(other)


def _days_and_figures(words: Sequence[str]) -> tuple[set[str], list[str]]:
    days = {reading for word in words for reading in strip_prefixes(word) if reading in _weekdays()}
    return {_weekdays()[day] for day in days}, sorted(word for word in words if word.isdigit())


@cache
def _weekdays() -> dict[str, str]:
    with (DATA / "weekdays.csv").open(encoding="utf-8", newline="") as lines:
        return {fold(row["form"]): row["weekday"] for row in csv.DictReader(lines)}
