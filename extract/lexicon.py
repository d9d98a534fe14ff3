"""Turns word lists (tab-separated patterns) into a matcher that finds phrases over the words of a folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from extract.text import Token, fold, strip_prefixes

_GROUP = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a word list: its columns by name, and its line for error messages."""

    line: int
    columns: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.columns[name]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: word indexes [first, last), offsets in the folded text, and its row."""

    first: int
    last: int
    start: int
    end: int
    row: Row


def read_rows(name: str, folder: str = "words") -> list[Row]:
    """Read a tab-separated list of extract/data; raises ValueError naming file and line where a row is malformed."""
    text = files("extract").joinpath("data", folder, name).read_text(encoding="utf-8")
    header: list[str] | None = None
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if header is None:
            header = cells
            continue
        if len(cells) != len(header):
            raise ValueError(f"{folder}/{name}:{number}: {len(cells)} columns where {len(header)} are named")
        rows.append(Row(number, dict(zip(header, cells, strict=True))))
    return rows


def expand_pattern(pattern: str) -> list[str]:
    """Write out the alternatives of a pattern; nested groups are expanded from the inside."""
    match = _GROUP.search(pattern)
    if match is None:
        return [" ".join(pattern.split())]
    head, tail = pattern[: match.start()], pattern[match.end() :]
    return [text for choice in match.group(1).split("|") for text in expand_pattern(f"{head}{choice}{tail}")]


# Attached pronouns: her/its, their, our (the longer first).
_SUFFIXES = ("هما", "ها", "هم", "نا")


@lru_cache(maxsize=50_000)
def word_readings(word: str) -> tuple[str, ...]:
    """A folded word and what is left of it without attached و ف ب ل ك ال, the alef of the accusative, and pronouns."""
    readings = strip_prefixes(word)
    if len(word) >= 5 and word.endswith("ا"):
        readings += tuple(reading for reading in strip_prefixes(word[:-1]) if reading not in readings)
    for suffix in _SUFFIXES:
        if len(word) >= len(suffix) + 4 and word.endswith(suffix):
            stem = word[: -len(suffix)]
            readings += tuple(reading for reading in strip_prefixes(stem) if reading not in readings)
    return readings


class Lexicon:
    """Phrases indexed by their first word; the longest phrase at a place wins."""

    def __init__(self, rows: Sequence[Row], pattern_column: str = "pattern") -> None:
        self._index: dict[str, list[tuple[tuple[str, ...], Row]]] = {}
        for row in rows:
            for phrase in set(expand_pattern(row[pattern_column])):
                words = tuple(fold(phrase).split())
                if words:
                    self._index.setdefault(words[0], []).append((words[1:], row))
        for entries in self._index.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def first_words(self) -> set[str]:
        """The first words of all phrases, folded (for a cheap scan before any work)."""
        return set(self._index)

    def find(self, words: Sequence[Token], start: int = 0, end: int | None = None, overlap: bool = False) -> list[Hit]:
        """Phrases among words[start:end], left to right; without `overlap` a found phrase's words are used up."""
        stop = len(words) if end is None else end
        hits: list[Hit] = []
        at = start
        while at < stop:
            found = next(self._at(words, at, stop), None)
            if found is None:
                at += 1
                continue
            hits.append(found)
            at = at + 1 if overlap else found.last
        return hits

    def _at(self, words: Sequence[Token], at: int, stop: int) -> Iterator[Hit]:
        """The longest phrase that begins at word `at`, over all readings of that word."""
        best: tuple[int, Row] | None = None
        for reading in word_readings(words[at].text):
            for rest, row in self._index.get(reading, ()):
                size = 1 + len(rest)
                if at + size > stop or (best is not None and size <= best[0]):
                    continue
                if all(_same(words[at + 1 + i].text, part) for i, part in enumerate(rest)):
                    best = (size, row)
                    break
        if best is not None:
            yield Hit(at, at + best[0], words[at].start, words[at + best[0] - 1].end, best[1])


def _same(word: str, part: str) -> bool:
    """Whether a word of the text is `part`, with or without the article or an attached preposition."""
    if part == "*" or word == part or word == part + "ا":
        return True
    if len(word) <= len(part) or not word.endswith(part):
        return False
    return word[: -len(part)] in ("ال", "و", "ب", "ل", "بال", "لل", "وال", "ف", "ك")


@lru_cache(maxsize=32)
def load_lexicon(name: str) -> Lexicon:
    """The matcher of a word list, built once."""
    return Lexicon(read_rows(name))


__all__ = ["Hit", "Lexicon", "Row", "expand_pattern", "load_lexicon", "read_rows", "word_readings"]
