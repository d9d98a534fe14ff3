"""Turns the bytes of a page into text, judging by its Arabic letters rather than by what header or meta tag claim.

Old Arabic sites send windows-1256 or iso-8859-6 with a header that says utf-8, or the other way round. A decoding is
scored by how much its letters look like written Arabic (a unigram table and the article ال), so a wrong label loses.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from math import log

SAMPLE_CHARACTERS = 20_000
_META_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

# Letters per thousand in Arabic news text, rounded; counted over 1,000 reports of many outlets. Only the order matters.
_LETTER_PER_MILLE = {
    "ا": 150, "ل": 118, "ي": 70, "م": 58, "و": 55, "ن": 55, "ر": 48, "ت": 47, "ة": 38, "ب": 36, "ع": 35, "د": 32,
    "ه": 30, "س": 27, "ف": 27, "ق": 25, "ك": 22, "أ": 22, "ح": 20, "ج": 14, "ش": 13, "ى": 11, "ص": 11, "ط": 11,
    "خ": 9, "إ": 9, "ض": 8, "ذ": 7, "ث": 6, "ز": 6, "غ": 6, "ء": 4, "ئ": 4, "ظ": 3, "آ": 2, "ؤ": 2,
    "ک": 5, "ی": 5, "پ": 2, "چ": 1, "گ": 2, "ژ": 1, "،": 8, "؛": 1, "؟": 1, "ـ": 1,
}  # fmt: skip
_LETTER_SCORE = {letter: log(count / 1000) for letter, count in _LETTER_PER_MILLE.items()}
_NEUTRAL = frozenset("«»“”‘’–—…\u00a0\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u00ab\u00bb\u00b7\u2022©®")
_UNLIKELY = log(0.0004)
_BROKEN = log(0.00001)
# What lxml reads but refuses to write again, as a character or as a reference to one.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_NOT_XML_REFERENCE = re.compile(
    "&#0*(?:[0-8]|1[124-9]|2\\d|3[01]|12[7-9]|1[345]\\d);?(?!\\d)|&#x0*(?:[0-8bcef]|1[0-9a-f]|7f|[89][0-9a-f]);?(?![0-9a-f])",
    re.IGNORECASE,
)
# The same in UTF-8, found ten times as fast: the bytes below the space, and what may begin one of the others.
_LOW = bytes((*range(9), 11, 12, *range(14, 32), 127))
_HIGH = re.compile(rb"\xc2[\x80-\x9f]|\xef[\xb7\xbf]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page's text, the encoding that gave it and what the choice rests on (bom, utf8, label, letters, repaired)."""

    text: str
    encoding: str
    chosen_by: str


def decode_page(body: bytes, content_type: str | None = None) -> Decoded:
    """Decode `body`; never raises, whatever the bytes and the labels are.

    Bytes that are valid UTF-8 are UTF-8, whatever the labels say. Otherwise each labelled encoding and the two Arabic
    ones compete by `score_arabic`; undecodable bytes become U+FFFD.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(text=body.decode(name, errors="replace"), encoding=name, chosen_by="bom")
    if _is_utf8(body):
        return _repair(body.decode("utf-8", errors="replace"))
    labels = find_labels(body, content_type)
    candidates = list(dict.fromkeys([*labels, "cp1256", "iso8859-6", "utf-8", "cp1252"]))
    scored = [(score_arabic(body.decode(name, errors="replace")), -rank, name) for rank, name in enumerate(candidates)]
    best = max(scored)[2]
    chosen_by = "label" if best in labels else "letters"
    return Decoded(text=body.decode(best, errors="replace"), encoding=best, chosen_by=chosen_by)


def clean_markup(markup: str) -> bytes:
    """The markup in UTF-8, with spaces for what lxml would read and refuse to write again."""
    if "&#" in markup:
        markup = _NOT_XML_REFERENCE.sub(" ", markup)
    data = markup.encode("utf-8", errors="replace")
    if len(data.translate(None, _LOW)) == len(data) and not _HIGH.search(data):
        return data
    return _NOT_XML.sub(" ", markup).encode("utf-8", errors="replace")


def find_labels(body: bytes, content_type: str | None) -> list[str]:
    """Name the encodings that HTTP header, XML declaration and meta tag claim: known ones only, in order."""
    claims = []
    if content_type and (match := _HEADER_CHARSET.search(content_type)):
        claims.append(match.group(1))
    found = (pattern.search(body[:8_192]) for pattern in (_XML_ENCODING, _META_CHARSET))
    claims += [match.group(1).decode("ascii", errors="replace") for match in found if match]
    names = []
    for claim in claims:
        try:
            codec = codecs.lookup(claim)
        except (LookupError, ValueError):
            continue
        if codec._is_text_encoding and codec.name not in ("utf-7", "idna", "punycode", "undefined"):
            names.append(codec.name)
    return names


def score_arabic(text: str) -> float:
    """Score how much the non-ASCII part of `text` looks like written Arabic: a mean log-probability, 0 at best.

    Text without any non-ASCII character scores -6, between Arabic and rubbish.
    """
    letters = [char for char in text[: 4 * SAMPLE_CHARACTERS] if char > "\x7f" and char not in _NEUTRAL]
    letters = letters[:SAMPLE_CHARACTERS]
    if not letters:
        return -6.0
    total = 0.0
    for char in letters:
        if char in _LETTER_SCORE:
            total += _LETTER_SCORE[char]
        else:
            total += _BROKEN if char == "\ufffd" or "\x80" <= char <= "\x9f" else _UNLIKELY
    joined = "".join(letters)
    article_share = joined.count("ال") / len(letters)  # the article: some 6 of 100 letters in Arabic, 1 in rubbish
    return total / len(letters) + 10 * min(article_share, 0.08)


def _is_utf8(body: bytes) -> bool:
    """Tell whether `body` is UTF-8, allowing a character cut at the end and one broken byte in ten thousand."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3:
            return True
        text = body.decode("utf-8", errors="replace")
        broken = text.count("\ufffd")
        beyond_ascii = sum(1 for char in text if char > "\x7f")
        return broken <= max(2, len(body) // 10_000) and beyond_ascii > 20 * broken
    return True


def _repair(text: str) -> Decoded:
    """Undo a double encoding: UTF-8 that somebody read as windows-1256 or latin-1 and saved as UTF-8 again."""
    if "\u00a7" not in text and "\u201e" not in text:  # one of the two is in each of what is counted
        return Decoded(text=text, encoding="utf-8", chosen_by="utf8")
    suspicious = text.count("ط§") + text.count("ظ„") + text.count("Ø§") + text.count("Ù„")
    if suspicious >= 5:
        before = score_arabic(text)
        for wrong in ("cp1256", "cp1252"):
            fixed = text.encode(wrong, errors="ignore").decode("utf-8", errors="ignore")
            if len(fixed) > len(text) // 3 and score_arabic(fixed) > before + 0.5:
                return Decoded(text=fixed, encoding=f"utf-8 over {wrong}", chosen_by="repaired")
    return Decoded(text=text, encoding="utf-8", chosen_by="utf8")
