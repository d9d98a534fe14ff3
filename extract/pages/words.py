"""Turns extract/data/page_words.toml into the word lists by which a page is read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from extract.text import fold

SHORT_LINE = 60  # characters


def fold_line(text: str) -> str:
    """Fold a short line for matching: `extract.text.fold`, with runs of space as one space."""
    return _fold_short(text) if len(text) <= SHORT_LINE else " ".join(fold(text).split())


@lru_cache(maxsize=4096)
def _fold_short(text: str) -> str:
    """Menus say the same on every page."""
    return " ".join(fold(text).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """The folded word lists; see the data file for what each is for."""

    zones: dict[str, int]  # name → minutes east of Greenwich
    labels: tuple[str, ...]
    updates: tuple[str, ...]
    wall_titles: tuple[str, ...]
    wall_markers: tuple[str, ...]
    missing: tuple[str, ...]
    closes: tuple[str, ...]
    lines: tuple[str, ...]
    related: tuple[str, ...]


@cache
def load_page_words() -> PageWords:
    data = tomllib.loads((files("extract") / "data" / "page_words.toml").read_text(encoding="utf-8"))

    def folded(section: str, key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(fold_line(word) for word in data[section][key]))

    return PageWords(
        zones={fold_line(name): minutes for name, minutes in data["zones"].items()},
        labels=folded("publication", "labels"),
        updates=folded("publication", "updates"),
        wall_titles=folded("walls", "titles"),
        wall_markers=tuple(data["walls"]["markers"]),
        missing=folded("missing", "phrases"),
        closes=folded("furniture", "closes"),
        lines=folded("furniture", "lines"),
        related=folded("furniture", "related"),
    )
