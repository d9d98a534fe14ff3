"""Turns word lists (tab-separated patterns) into a matcher that finds phrases over the words of a folded text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import product

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


@lru_cache(maxsize=1)
def _sets() -> dict[str, frozenset[str]]:
    return {
        row["set"]: frozenset(word.replace("_", " ") for word in row["words"].split()) for row in read_rows("sets.tsv")
    }


def word_set(name: str) -> frozenset[str]:
    """The folded words and phrases of a small set of sets.tsv; KeyError where there is none of that name."""
    return _sets()[name]


def phrase_set(name: str) -> tuple[str, ...]:
    """The phrases of a small set of sets.tsv (an underscore there stands for a space); KeyError as for `word_set`."""
    return tuple(sorted(phrase.replace("_", " ") for phrase in word_set(name)))


def expand_pattern(pattern: str) -> list[str]:
    """Write out the alternatives of a pattern, folded, each once; nested groups are expanded from the inside."""
    phrases = dict.fromkeys(" ".join(text.split()) for text in _write_out(fold(pattern)))
    both = [phrase.replace("كرد", "كورد") for phrase in phrases if "كرد" in phrase]  # "Kurd", spelt both ways
    return [*phrases, *both]


def _write_out(pattern: str) -> Iterator[str]:
    """The alternatives of a pattern, as they stand there."""
    parts = _GROUP.split(pattern)  # words outside the innermost groups and, between them, what these hold
    choices = [[part] if index % 2 == 0 else part.split("|") for index, part in enumerate(parts)]
    for chosen in product(*choices):
        text = "".join(chosen)
        if "(" in text and len(parts) > 1:
            yield from _write_out(text)
        else:
            yield text


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


_REMEMBERED = 20_000  # words of texts whose phrases are kept; hostile text could otherwise fill memory
_ATTACHED = ("ال", "و", "ب", "ل", "بال", "لل", "وال", "ف", "ك")  # article, prepositions, "and" before a later word


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The phrases that a word of the text may begin: the longest are the best, of equal ones the first reading's."""

    single: Row | None  # of one word
    # How many words behind the first the next one stands that is no wildcard; that word → (rank, words from the second
    # on, row).
    longer: tuple[tuple[int, dict[str, list[tuple[int, tuple[str, ...], Row]]]], ...]


_NONE = _Phrases(None, ())
_ANY = "*"  # any one word


class Lexicon:
    """Phrases indexed by their first word; the longest phrase at a place wins."""

    def __init__(self, rows: Sequence[Row], pattern_column: str = "pattern") -> None:
        self._index: dict[str, list[tuple[tuple[str, ...], Row]]] = {}
        self._known: dict[str, _Phrases] = {}
        for row in rows:
            for phrase in expand_pattern(row[pattern_column]):
                words = tuple(phrase.split())
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
        known = self._known
        hits: list[Hit] = []
        free = start
        for at in [at for at in range(start, stop) if known.get(words[at].text) is not _NONE]:  # few words begin any
            if at < free:
                continue
            phrases = known.get(words[at].text) or self._read(words[at].text)
            found = None if phrases is _NONE else _match(phrases, words, at, stop)
            if found is not None:
                hits.append(found)
                free = at + 1 if overlap else found.last
        return hits

    def _read(self, word: str) -> _Phrases:
        """The phrases that a word may begin in any of its readings; remembered."""
        found = [entry for reading in word_readings(word) for entry in self._index.get(reading, ())]
        found.sort(key=lambda entry: -len(entry[0]))
        longer: dict[int, dict[str, list[tuple[int, tuple[str, ...], Row]]]] = {}
        for rank, (rest, row) in enumerate(found):
            if rest:
                fixed = next((index for index, word in enumerate(rest) if word != _ANY), len(rest) - 1)
                longer.setdefault(fixed, {}).setdefault(rest[fixed], []).append((rank, rest, row))
        single = next((row for rest, row in found if not rest), None)
        phrases = _Phrases(single, tuple(sorted(longer.items()))) if found else _NONE
        if len(self._known) < _REMEMBERED:
            self._known[word] = phrases
        return phrases


def _match(phrases: _Phrases, words: Sequence[Token], at: int, stop: int) -> Hit | None:
    """The best phrase that the words from `at` on hold."""
    best: tuple[int, int, Row] | None = None
    for fixed, by_word in phrases.longer:
        if at + 1 + fixed >= stop:
            break
        for form in _forms(words[at + 1 + fixed].text):
            for rank, rest, row in by_word.get(form, ()):
                if best is not None and rank >= best[0]:
                    break
                if at + 1 + len(rest) <= stop and _holds(words, at + 1, rest, fixed + 1):
                    best = (rank, at + 1 + len(rest), row)
                    break
    if best is not None:
        return Hit(at, best[1], words[at].start, words[best[1] - 1].end, best[2])
    if phrases.single is not None:
        return Hit(at, at + 1, words[at].start, words[at].end, phrases.single)
    return None


def _holds(words: Sequence[Token], at: int, rest: tuple[str, ...], known: int) -> bool:
    """Whether the words from `at` on are those of `rest`, the first `known` of which are known to be."""
    for index in range(known, len(rest)):
        wanted = rest[index]
        if wanted != _ANY and wanted not in _forms(words[at + index].text):
            return False
    return True


@lru_cache(maxsize=20_000)
def _forms(word: str) -> tuple[str, ...]:
    """What a later word of a phrase may be listed as: itself, without what is attached, without a last alef."""
    forms = [word, _ANY]
    forms += [word[len(prefix) :] for prefix in _ATTACHED if len(word) > len(prefix) and word.startswith(prefix)]
    if len(word) > 1 and word.endswith("ا"):
        forms.append(word[:-1])
    return tuple(dict.fromkeys(forms))


@lru_cache(maxsize=32)
def load_lexicon(name: str) -> Lexicon:
    """The matcher of a word list, built once."""
    return Lexicon(read_rows(name))


__all__ = ["Hit", "Lexicon", "Row", "expand_pattern", "load_lexicon", "read_rows", "word_readings"]
