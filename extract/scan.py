"""Turns folded text into the words, numbers and marks that the number, toll and date finders walk over."""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from extract.text import fold

DATA = Path(__file__).parent / "data"

# A number keeps its separators (1,200 · 10.30 · 16:22); a word is letters only, so "يوقع15" and "40اخرون" come apart.
_PART = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+|[^\w\s]|\n")

# What Arabic writes attached to the next word (and, so, with, for, as, the), as every form of a lexicon may carry it.
PREFIXES = ("", "و", "ف", "ب", "ل", "ك", "ال", "وال", "فال", "بال", "كال", "لل", "ول", "وب", "فل", "فب", "ولل", "وبال")
DEFINITE = frozenset(prefix for prefix in PREFIXES if prefix.endswith(("ال", "لل")))


class Scan:
    """A folded text's parts as parallel tuples: what each says and where it stands."""

    __slots__ = ("ends", "folded", "starts", "texts")

    def __init__(self, folded: str) -> None:
        parts = [(m.group(), m.start(), m.end()) for m in _PART.finditer(folded)]
        self.folded = folded
        self.texts: tuple[str, ...] = tuple(part[0] for part in parts)
        self.starts: tuple[int, ...] = tuple(part[1] for part in parts)
        self.ends: tuple[int, ...] = tuple(part[2] for part in parts)

    def window(self, start: int, end: int | None) -> tuple[int, int]:
        """Indexes of the parts that lie in `folded[start:end]`."""
        low = bisect_left(self.starts, start)
        return low, len(self.starts) if end is None else bisect_left(self.starts, end)


@lru_cache(maxsize=4)
def scan_text(folded: str) -> Scan:
    """Split a folded text once for all finders; the last few texts are remembered."""
    return Scan(folded)


def read_rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a word list under extract/data."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _load_sets() -> dict[str, frozenset[str]]:
    sets: dict[str, set[str]] = {}
    for row in read_rows("finder_words.csv"):
        sets.setdefault(row["set"], set()).add(fold(row["form"]))
    return {name: frozenset(forms) for name, forms in sets.items()}


WORD_SETS = _load_sets()
