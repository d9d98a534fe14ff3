"""Turns bytes of an unknown or mislabelled encoding into text, for feeds and listings in Arabic."""

from __future__ import annotations

import codecs
import re

# Labels as servers and files write them, in the order in which they are believed when nothing else decides.
META_LABEL = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
HEADER_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
# What Python calls an encoding and no page is written in: some of these fail on most bytes whatever they are told.
STRANGE_ENCODINGS = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"})
ARABIC_ENCODINGS = ("windows-1256", "iso-8859-6")
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The letters that make up more than half of running Arabic text: alif, lam, ya, mim, waw, nun, ra, ta, ba, ayn.
COMMON_LETTERS = frozenset("اليمونرتبع")
SAMPLE_BYTES = 60_000


def decode_bytes(body: bytes, content_type: str | None = None) -> tuple[str, str]:
    """Return the text and the encoding that was used; never fails, replaces what cannot be read.

    A byte-order mark decides; then whatever is valid UTF-8 with a multi-byte letter is UTF-8, whatever the label says;
    then, among the stated labels and the two Arabic 8-bit encodings, the one that gives the most plausible Arabic.
    """
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace"), encoding
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if is_cut_letter(body, error):
            return body.decode("utf-8", "ignore"), "utf-8"
    labels = stated_labels(body, content_type)
    sample = body[:SAMPLE_BYTES]
    candidates = list(dict.fromkeys([*labels, *ARABIC_ENCODINGS, "utf-8"]))
    best = max(candidates, key=lambda encoding: plausibility(sample, encoding, stated=encoding in labels))
    return body.decode(best, "replace"), best


def stated_labels(body: bytes, content_type: str | None) -> list[str]:
    """Return the known encodings that the header and the first bytes name, in that order."""
    found = [match.group(1) for match in [HEADER_LABEL.search(content_type or "")] if match]
    found += [match.group(1).decode("ascii") for match in META_LABEL.finditer(body[:2000])]
    known: list[str] = []
    for label in found:
        try:
            codec = codecs.lookup(label)
        except (LookupError, ValueError):
            continue
        if codec._is_text_encoding and codec.name.replace("_", "-") not in STRANGE_ENCODINGS:
            known.append(codec.name.replace("cp1256", "windows-1256").replace("iso8859-6", "iso-8859-6"))
    return [label for label in known if label not in ("utf-16", "utf-32")]


def is_cut_letter(body: bytes, error: UnicodeDecodeError) -> bool:
    """Tell whether UTF-8 fails only within its last letter: the body was cut, not mislabelled."""
    return error.start >= len(body) - 3 and error.start > 0 and any(byte >= 0xC2 for byte in body[: error.start])


def plausibility(sample: bytes, encoding: str, *, stated: bool) -> float:
    """Score how much a decoding looks like Arabic text; a stated label wins between equals."""
    text = sample.decode(encoding, "replace")
    foreign = [letter for letter in text if ord(letter) >= 0x80]
    if not foreign:
        return 0.5 * stated
    broken = sum(letter == "\ufffd" or "\x80" <= letter <= "\x9f" for letter in foreign)
    arabic = sum("\u0620" <= letter <= "\u0652" for letter in foreign)
    common = sum(letter in COMMON_LETTERS for letter in foreign)
    return (arabic + common - 3 * broken) / len(foreign) + 0.05 * stated
