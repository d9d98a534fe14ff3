"""Turns what somebody types into the search box into an expression for the index, and the words to highlight."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from review.workings import Names

ReadWords = Callable[[str], list[tuple[str, int, int]]]
_PART = re.compile(r'"([^"]*)"|(\S+)')
_MOST_WORDS = 20
_MOST_NAME = 4  # words of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search: `match` is the index's expression, `words` what counts as a hit in a text."""

    match: str
    words: frozenset[str]
    beginnings: tuple[str, ...]  # hits are also words that begin so


class Search:
    """Reads what people type; knows names in both languages."""

    def __init__(self, read_words: ReadWords, names: Names) -> None:
        self._read_words = read_words
        self._other = _pair_names(read_words, names)

    def read(self, text: str) -> Query | None:
        """Read words (all must occur), "phrases in quotes", begin* and -without; None where there is no word at all.

        Names of places, groups and governorates are looked for in both languages, whichever was typed.
        """
        parts: list[str] = []
        without: list[str] = []
        hits: set[str] = set()
        beginnings: list[str] = []
        for words in _read_parts(text, self._read_words, self._other):
            spellings = [words.stems, *self._other.get(words.stems, ())]
            expression = " OR ".join(f'"{" ".join(stems)}"' + ("*" if words.begins else "") for stems in spellings)
            if words.without:
                without.append(f"({expression})")
                continue
            parts.append(f"({expression})")
            if words.begins:
                beginnings.append(words.stems[-1])
            hits.update(stem for stems in spellings for stem in stems)
        if not parts:
            return None
        match = " AND ".join(parts) + "".join(f" NOT {part}" for part in without)
        return Query(match=match, words=frozenset(hits), beginnings=tuple(beginnings))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    stems: tuple[str, ...]
    without: bool = False
    begins: bool = False


def _read_parts(text: str, read_words: ReadWords, known: Mapping[tuple[str, ...], object]) -> list[_Words]:
    """Phrases as they are; of other words those in a row that are a name together."""
    loose: list[str] = []
    found: list[_Words] = []
    for match in list(_PART.finditer(text))[:_MOST_WORDS]:
        quoted, word = match.group(1), match.group(2)
        if quoted is not None:
            stems = tuple(stem for stem, _, _ in read_words(quoted))
            if stems:
                found.append(_Words(stems=stems))
            continue
        without, begins = word.startswith("-") and len(word) > 1, word.endswith("*")
        stems = tuple(stem for stem, _, _ in read_words(word))
        if not stems:
            continue
        if without or begins:
            found.append(_Words(stems=stems, without=without, begins=begins))
        else:
            loose += stems
    start = 0
    while start < len(loose):
        for length in range(min(_MOST_NAME, len(loose) - start), 0, -1):
            stems = tuple(loose[start : start + length])
            if length == 1 or stems in known:
                found.append(_Words(stems=stems))
                start += length
                break
    return found


def _pair_names(read_words: ReadWords, names: Names) -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """A name's words → the words of the same name in the other language."""
    found: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    pairs = [(row["name_ar"], row["name_en"]) for row in names.actors.values()]
    pairs += [(row["ar"], row["en"]) for row in (*names.governorates.values(), *names.countries.values())]
    pairs += [(arabic, english) for (arabic, _), english in names.places.items()]
    for arabic, english in pairs:
        one, other = (tuple(stem for stem, _, _ in read_words(name)) for name in (arabic, english))
        if one and other and one != other:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return {key: tuple(sorted(others)[:8]) for key, others in found.items()}
