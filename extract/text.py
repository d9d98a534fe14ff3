"""Turns Arabic text into a folded form for matching that keeps a map back to the original's code points.

Folding follows common Arabic IR practice (Larkey et al. 2002, light normalisation), with the characters that outlets
really mix in: presentation forms, Persian letters and digits, bidi marks. Each original character gives one or no
folded character, but for presentation-form ligatures, so that spans map back exactly.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

_SINGLE = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ٲ": "ا", "ٳ": "ا",  # alef forms
    "ى": "ي", "ئ": "ي", "ی": "ي", "ې": "ي", "ے": "ي",  # ya forms
    "ؤ": "و", "ۆ": "و",
    "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",  # ta marbuta and the foreign ha forms
    "ک": "ك", "ڪ": "ك",
    "٪": "%", "٫": ".", "٬": ",",
    "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"', "‹": '"', "›": '"',
    "‘": "'", "’": "'", "‚": "'", "`": "'",
    "–": "-", "—": "-", "―": "-", "‐": "-", "‑": "-", "−": "-",
    "…": ".", "\u00a0": " ", "\u2028": "\n", "\u2029": "\n", "\r": "\n", "\t": " ", "\v": " ", "\f": " ",
}  # fmt: skip


def _is_dropped(char: str) -> bool:
    """Tashkeel, tatweel, Quranic marks, bidi controls, zero-width characters and other format or combining marks."""
    return char == "\u0640" or unicodedata.category(char) in ("Mn", "Cf", "Me")


def _fold_char(char: str) -> str:
    if char in _SINGLE:
        return _SINGLE[char]
    if _is_dropped(char):
        return ""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if unicodedata.category(char) in ("Zs", "Cc") and char != "\n":
        return " "
    if "\ufb50" <= char <= "\ufefc" or "\uff01" <= char <= "\uff5e":  # presentation and full-width forms
        return "".join(_fold_char(part) if part != char else part for part in unicodedata.normalize("NFKC", char))
    lower = char.lower()
    return lower if len(lower) == 1 else char


class _Table(dict[int, str]):
    """A translation table that folds each character when it is first met and remembers it."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        if len(self) < 20_000:  # hostile text could otherwise fill memory with every code point
            self[code] = folded
        return folded


_TABLE = _Table()

# Nearly all of what Arabic news is written with has a byte in this code page, and bytes are folded ten times as fast.
_PAGE = "cp1256"
_CODED = [_fold_char(bytes([code]).decode(_PAGE)).encode(_PAGE) for code in range(256)]
_BYTES = bytes(folded[0] if folded else code for code, folded in enumerate(_CODED))
_DROPPED_BYTES = bytes(code for code, folded in enumerate(_CODED) if not folded)
_FOLD_OTHERS = "marsad-fold"  # the name by which the codec finds `_fold_uncoded`
_SHORT = 16  # characters; below, the way there and back costs more than it saves


def _fold_uncoded(error: UnicodeError) -> tuple[str, int]:
    """Fold what the code page lacks (Arabic digits, say), which may then be in it."""
    assert isinstance(error, UnicodeEncodeError)
    return error.object[error.start : error.end].translate(_TABLE), error.end


codecs.register_error(_FOLD_OTHERS, _fold_uncoded)


def fold(text: str) -> str:
    """Fold `text` for matching; folding twice is folding once."""
    return _fold_each(text).replace("مسيول", "مسوول")  # "responsible" as it is spelt in Egypt


def _fold_each(text: str) -> str:
    if len(text) >= _SHORT:
        try:
            return text.encode(_PAGE, _FOLD_OTHERS).translate(_BYTES, _DROPPED_BYTES).decode(_PAGE)
        except UnicodeEncodeError:
            pass  # it holds letters of other scripts, say, or pictures
    return text.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a punctuation mark of folded text, with its span there."""

    start: int
    end: int
    text: str


# A number may hold separators; a word may hold Latin letters and digits; anything else but white space stands alone.
_TOKEN = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+|[^\w\s]|_")


def tokenize(folded: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Split folded text into words, numbers and single punctuation marks; spans are of `folded`."""
    stop = len(folded) if end is None else end
    return [Token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(folded, start, stop)]


class FoldedText:
    """A text, its folded form, and the way back from folded to original offsets (code points)."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.folded = fold(original)

    @cached_property
    def _starts(self) -> list[int] | None:
        """For each folded character the original offset it comes from; None where the two run in step."""
        uneven = {char for char in set(self.original) if len(_TABLE[ord(char)]) != 1}
        if not uneven:
            return None
        starts: list[int] = []
        after = 0
        for match in re.finditer("[" + re.escape("".join(sorted(uneven))) + "]", self.original):
            starts.extend(range(after, match.start()))
            starts.extend([match.start()] * len(_TABLE[ord(match.group())]))
            after = match.end()
        starts.extend(range(after, len(self.original)))
        return starts

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the folded text to the original's; marks on the last letter belong to the span."""
        starts = self._starts
        if starts is None:
            return start, end
        if start >= end:
            at = starts[start] if start < len(starts) else len(self.original)
            return at, at
        first, last = starts[start], starts[end - 1] + 1
        while last < len(self.original) and unicodedata.category(self.original[last]) == "Mn":
            last += 1
        return first, last

    def to_folded(self, start: int, end: int) -> tuple[int, int]:
        """Map a span of the original to the folded text's (the smallest that covers it)."""
        starts = self._starts
        if starts is None:
            return start, end
        return _first_at(starts, start), _first_at(starts, end)

    def quote(self, start: int, end: int) -> str:
        """The original's words for a span of the folded text."""
        first, last = self.to_original(start, end)
        return self.original[first:last]

    @cached_property
    def tokens(self) -> list[Token]:
        return tokenize(self.folded)


def _first_at(starts: list[int], original: int) -> int:
    """Index of the first folded character that comes from `original` or later."""
    return bisect_right(starts, original - 1)


# Prefixes that Arabic writes attached to the next word: and, so, with/in, like, to, the.
_PREFIXES = ("وال", "فال", "بال", "كال", "ولل", "فلل", "لل", "ال", "و", "ف", "ب", "ل", "ك")


def strip_prefixes(word: str, shortest: int = 3) -> tuple[str, ...]:
    """The readings of a folded word: itself, then with attached و ف ب ل ك and ال taken off, longest first."""
    readings, queue = [word], [word]
    while queue:
        current = queue.pop(0)
        for prefix in _PREFIXES:
            rest = current[len(prefix) :]
            if current.startswith(prefix) and len(rest) >= shortest and rest not in readings:
                readings.append(rest)
                if len(prefix) == 1:
                    queue.append(rest)
    return tuple(readings)
