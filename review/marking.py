"""Turns a text and the spans that matter in it into safe HTML: quotes marked by field, hits, and nothing invisible."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

_SEEN_CONTROLS = {"\n", "\t", "\u200c", "\u200d"}  # line, tab, and the joiners that Persian words need


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters of a text that matter: evidence of a field, or a hit of a search (field None)."""

    start: int
    end: int
    field: str | None = None


def is_hidden(char: str) -> bool:
    """Whether a character is invisible and may change how others look: bidi controls and other control marks."""
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn") and char not in _SEEN_CONTROLS


def plain(text: object) -> str:
    """A short text (title, name, note) without marks that could turn the words around it."""
    if text is None:
        return ""
    return "".join(char for char in str(text) if not is_hidden(char))


def mark_text(text: str, spans: Sequence[Span], *, name: Callable[[str], str] = str) -> Markup:
    """The text with its spans in <mark>; hidden marks are shown as their code points. Offsets count code points."""
    edges = sorted({0, len(text), *(edge for s in spans for edge in (s.start, s.end) if 0 <= edge <= len(text))})
    parts: list[Markup] = []
    for start, end in pairwise(edges):
        inside = [s for s in spans if s.start <= start and end <= s.end]
        shown = _show(text[start:end])
        if not inside:
            parts.append(shown)
            continue
        fields = sorted({s.field for s in inside if s.field})
        kinds = " ".join([*(["evidence"] if fields else []), *(["hit"] if any(not s.field for s in inside) else [])])
        title = "، ".join(name(field) for field in fields)
        parts.append(
            Markup('<mark class="{}" data-fields="{}" title="{}">{}</mark>').format(
                kinds, " ".join(fields), title, shown
            )
        )
    return Markup("").join(parts)


def _show(text: str) -> Markup:
    if not any(map(is_hidden, text)):
        return escape(text)
    shown = Markup("")
    for char in text:
        code = Markup('<span class="hidden-mark">U+{:04X}</span>').format(ord(char))
        shown += code if is_hidden(char) else escape(char)
    return shown


def find_hits(
    text: str, words: Iterable[str], beginnings: Iterable[str], read_words: Callable[[str], list[tuple[str, int, int]]]
) -> list[Span]:
    """Where a search's words stand in a text."""
    wanted, starts = set(words), tuple(beginnings)
    return [
        Span(start=start, end=end)
        for stem, start, end in read_words(text)
        if stem in wanted or (starts and stem.startswith(starts))
    ]


def cut_around(text: str, spans: Sequence[Span], *, before: int = 60, length: int = 240) -> tuple[str, list[Span]]:
    """The piece of a text around its first span, with the spans moved to it; else the text's beginning."""
    first = min((s.start for s in spans), default=0)
    start = max(0, first - before)
    while 0 < start < first and not text[start - 1].isspace():
        start -= 1
    end = min(len(text), start + length)
    while end < len(text) and not text[end].isspace():
        end += 1
    lead, tail = "… " if start else "", " …" if end < len(text) else ""
    moved = [
        Span(start=max(s.start, start) - start + len(lead), end=min(s.end, end) - start + len(lead), field=s.field)
        for s in spans
        if s.start < end and s.end > start
    ]
    return f"{lead}{text[start:end]}{tail}", moved
