"""Turns a number and a noun into the grammatically right Arabic (and English) phrase.

Arabic counts agree with their noun in ways of their own: one and two follow the noun's form, three to ten take the
opposite gender and the plural, eleven to ninety-nine the singular in the accusative, round hundreds the singular in the
genitive; beyond a hundred the last two digits decide (the CLDR's plural classes for Arabic). Numbers up to twelve are
written out, as news style has it, higher ones in digits.
"""

from __future__ import annotations

from collections.abc import Mapping

# Index = number. For masculine nouns three to ten carry the feminine ending, and the reverse.
_FOR_MASCULINE = {
    3: "ثلاثة", 4: "أربعة", 5: "خمسة", 6: "ستة", 7: "سبعة", 8: "ثمانية", 9: "تسعة", 10: "عشرة", 11: "أحد عشر",
}  # fmt: skip
_FOR_FEMININE = {
    3: "ثلاث", 4: "أربع", 5: "خمس", 6: "ست", 7: "سبع", 8: "ثماني", 9: "تسع", 10: "عشر", 11: "إحدى عشرة",
}  # fmt: skip
_TWELVE = {
    ("m", False): "اثنا عشر", ("m", True): "اثني عشر", ("f", False): "اثنتا عشرة", ("f", True): "اثنتي عشرة",
}  # fmt: skip
_ONE = {"m": "واحد", "f": "واحدة"}
WRITTEN_OUT = 12
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def write_digits(value: object, numerals: str) -> str:
    """The value's digits as Western (5) or Arabic (٥) ones."""
    text = str(value)
    return text.translate(ARABIC_DIGITS) if numerals == "arabic" else text


def count_arabic(number: int, noun: Mapping[str, str], *, oblique: bool = False, numerals: str = "western") -> str:
    """`number` of the noun, in the nominative, or `oblique` (after a preposition, of a genitive or accusative).

    >>> killed = {"gender": "m", "singular": "قتيل", "plural": "قتلى", "counted_singular": "قتيلاً"}
    >>> count_arabic(3, killed), count_arabic(11, killed)
    ('ثلاثة قتلى', 'أحد عشر قتيلاً')
    """
    if number == 0:
        return f"لا {noun['plural']}" if not oblique else f"صفر {noun['after_hundred']}"
    if number == 1:
        return f"{noun['singular']} {_ONE[noun['gender']]}"
    if number == 2:
        return noun["dual_oblique" if oblique else "dual_nominative"]
    return f"{_write_number(number, noun['gender'], oblique, numerals)} {_counted(number, noun)}"


def _counted(number: int, noun: Mapping[str, str]) -> str:
    rest = number % 100
    if 3 <= rest <= 10:
        return noun["plural"]
    return noun["counted_singular"] if rest >= 11 else noun["after_hundred"]


def _write_number(number: int, gender: str, oblique: bool, numerals: str) -> str:
    if number > WRITTEN_OUT:
        return write_digits(number, numerals)
    if number == 12:
        return _TWELVE[gender, oblique]
    return (_FOR_MASCULINE if gender == "m" else _FOR_FEMININE)[number]


def attach_preposition(letter: str, phrase: str) -> str:
    """Write ب or ل onto the next word as Arabic does: joined to letters, with a stroke before digits, ل + ال = لل."""
    first = phrase.lstrip("\u2067\u2068")[:1]
    if first.isdigit():
        return f"{letter}ـ{phrase}"
    if letter == "ل" and phrase.startswith("ال"):
        return f"لل{phrase[2:]}"
    return f"{letter}{phrase}"


def count_english(number: int, noun: Mapping[str, str]) -> str:
    """`number` of the noun in English."""
    return f"{'no' if number == 0 else number} {noun['en_singular' if number == 1 else 'en_plural']}"
