"""Turns the words at one place of a scanned text into a number, with what loosens it or makes it a range."""

from __future__ import annotations

from typing import NamedTuple

from extract.numbers.lexicon import MODIFIERS, WORDS, WordForm
from extract.scan import DEFINITE, Scan

_HIGHEST = 10**13
_AND_ONE = WordForm(1, "part", "و")


class Cardinal(NamedTuple):
    """A number read at one place: value and the index after it."""

    value: int | None
    high: int | None
    after: int
    form: str
    unit: str | None = None
    ordinal: bool = False
    definite: bool = False


def read_digits(text: str) -> tuple[int | None, str | None]:
    """A digit part's value and, where it is no whole number, its unit (hour or decimal)."""
    if text.isdecimal():
        return (int(text), None) if len(text) <= 12 else (None, "phone")
    if ":" in text:
        return None, "hour"
    groups = text.replace(",", ".").split(".")
    if len(groups[0]) <= 3 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:]) and len(groups) <= 5:
        return int("".join(groups)), None
    return None, "decimal"


def read_cardinal(scan: Scan, index: int, stop: int) -> Cardinal | None:
    """The number that begins at `index`, in digits or words, or None; reads no further than `stop`."""
    text = scan.texts[index]
    if text[0].isdecimal():
        return _read_digit_number(scan, index, stop)
    word = WORDS.get(text)
    if word is None:
        return None
    return _read_word_number(scan, index, stop, word)


def _read_digit_number(scan: Scan, index: int, stop: int) -> Cardinal:
    texts = scan.texts
    value, unit = read_digits(texts[index])
    after = index + 1
    if after < stop and (scale := WORDS.get(texts[after])) and scale.kind in ("scale", "scales") and not scale.prefix:
        if unit == "decimal":
            value, unit = _scaled_decimal(texts[index], scale.value), None
        elif value is not None:
            value = value * scale.value if value < _HIGHEST else None
        after += 1
        rest = _read_joined(scan, after, stop, 1000)
        if rest is not None and value is not None:
            value, after = value + rest[0], rest[1]
    elif after + 1 < stop and texts[after] == ")" and texts[index - 1 : index] == ("(",):
        again = WORDS.get(texts[after + 1])  # "(15) خمسة عشر": fifteen, told twice
        if again is not None and again.kind in ("unit", "ten_unit", "ten", "part"):
            spelled = _read_word_number(scan, after + 1, stop, again)
            if spelled is not None and spelled.value == value:
                after = spelled.after
    return Cardinal(value, None, after, "digits", unit)


def _scaled_decimal(text: str, scale: int) -> int | None:
    try:
        return round(float(text.replace(",", ".")) * scale)
    except (ValueError, OverflowError):  # 1.2.3 million; four hundred figures
        return None


def _read_joined(scan: Scan, index: int, stop: int, below: int) -> tuple[int, int] | None:
    """A smaller part joined by an attached و (and), as in a thousand and five."""
    if index >= stop:
        return None
    text = scan.texts[index]
    if text[0] != "و":
        return None
    if text == "و" and index + 1 < stop and scan.texts[index + 1].isdecimal():
        value = int(scan.texts[index + 1][:12])
        return (value, index + 2) if value < below else None
    word = _joined_word(scan.texts, index, stop)
    if word is None or word.kind in ("vague", "vague_of", "ordinal"):
        return None
    read = _read_word_number(scan, index, stop, word, below)
    return (read.value, read.after) if read is not None and read.value is not None and read.value < below else None


def _read_word_number(scan: Scan, index: int, stop: int, word: WordForm, limit: int = _HIGHEST) -> Cardinal | None:
    """A number in words; None where it would reach `limit`, as a part after a thousand must not."""
    kind = word.kind
    definite = word.prefix in DEFINITE
    if kind in ("vague", "vague_of"):
        return Cardinal(None, None, index + 1, "vague", definite=definite)
    if kind in ("ordinal", "ordinal_part"):
        return _read_ordinal(scan, index, stop, word)
    below, after = _read_below_thousand(scan, index, stop, word)
    if below is None and kind not in ("scale", "scales", "scaled"):
        return None
    total = 0
    if below is None:
        if kind == "scales":
            return Cardinal(None, None, index + 1, "vague", definite=definite)
        total, after, below = word.value, index + 1, word.value
        if kind == "scaled":
            below = 10 ** (len(str(word.value)) - 1)
    else:
        scale = WORDS.get(scan.texts[after]) if after < stop else None
        if scale is None or scale.kind not in ("scale", "scales") or scale.prefix not in ("", "ال"):
            return Cardinal(below, None, after, "words", definite=definite)
        total, after, below = below * scale.value, after + 1, scale.value
    if total >= limit:
        return None
    rest = _read_joined(scan, after, stop, below)
    if rest is not None:
        total, after = total + rest[0], rest[1]
    return Cardinal(total, None, after, "words", definite=definite)


def _read_below_thousand(scan: Scan, index: int, stop: int, word: WordForm) -> tuple[int | None, int]:
    """Hundreds, tens and units that stand together from `index`; the value (None: nothing read) and the index after."""
    texts = scan.texts
    kind, value, after = word.kind, word.value, index + 1
    following = WORDS.get(texts[after]) if after < stop else None
    plain = following is not None and following.prefix == ""
    if kind in ("unit", "part") and plain and following is not None and following.kind == "ten_unit":
        return value + 10, after + 1  # ثلاثة عشر: thirteen
    if kind == "part":
        return None, index
    if kind == "unit" and plain and following is not None and following.kind == "hundred":
        value, kind, after = value * 100, "hundreds", after + 1  # ثلاث مئة: three hundred
    if kind in ("hundred", "hundreds"):
        rest = _joined_word(texts, after, stop)
        if rest is not None and rest.kind in ("unit", "ten_unit", "ten", "part"):
            more, end = _read_below_thousand(scan, after, stop, rest)
            if more is not None:
                return value + more, end
        return value, after
    if kind == "unit":
        rest = _joined_word(texts, after, stop)
        if rest is not None and rest.kind == "ten":
            return value + rest.value, after + 1  # خمسة وعشرون: twenty-five
        return value, after
    if kind in ("ten_unit", "ten"):
        return value, after
    return None, index


def _joined_word(texts: tuple[str, ...], index: int, stop: int) -> WordForm | None:
    if index + 1 < stop and texts[index] == "واحد" and texts[index + 1] == "عشر":
        return _AND_ONE  # وأحد عشر: and eleven, which folds to the spelling of "one"
    word = WORDS.get(texts[index]) if index < stop and texts[index][0] == "و" else None
    return word if word is not None and word.prefix in ("و", "وال") else None


def _read_ordinal(scan: Scan, index: int, stop: int, word: WordForm) -> Cardinal | None:
    after = index + 1
    value = word.value
    following = WORDS.get(scan.texts[after]) if after < stop else None
    if following is not None:
        if following.kind == "ten_unit" and following.prefix == "":
            return Cardinal(value + 10, None, after + 1, "words", ordinal=True, definite=word.prefix in DEFINITE)
        if following.kind == "ten" and following.prefix in ("و", "وال"):
            return Cardinal(value + following.value, None, after + 1, "words", ordinal=True, definite=True)
    if word.kind == "ordinal_part":
        return None
    return Cardinal(value, None, after, "words", ordinal=True, definite=word.prefix in DEFINITE)


def read_modifier(scan: Scan, index: int, low: int) -> tuple[str | None, int]:
    """The words before a number that loosen it (at least, about …) and the index at which they begin."""
    texts = scan.texts
    last = texts[index - 1] if index > low else ""
    if last in MODIFIERS.last_words:
        for length in range(min(4, index - low), 0, -1):
            name = MODIFIERS.before.get(" ".join(texts[index - length : index]))
            if name is not None:
                return name, index - length
    return None, index


def read_after_modifier(scan: Scan, index: int, stop: int) -> tuple[str | None, int]:
    """A loosening that follows a number or its noun (at least) and the index after it."""
    texts = scan.texts
    if index < stop and texts[index] in MODIFIERS.first_words:
        for length in (3, 2, 1):
            if index + length <= stop:
                name = MODIFIERS.after.get(" ".join(texts[index : index + length]))
                if name is not None:
                    return name, index + length
    return None, index


def read_range(scan: Scan, index: int, stop: int, low: int, first: Cardinal) -> Cardinal:
    """Extends a number to a range where the words make one: between 5 and 7, from 20 to 25, 5-7."""
    texts = scan.texts
    after = first.after
    if first.value is None or after >= stop:
        return first
    before = texts[index - 1] if index > low else ""
    sign = texts[after]
    if before in ("بين", "مابين", "من") and sign in ("و", "الي") and after + 1 < stop:
        second = read_cardinal(scan, after + 1, stop)
    elif before in ("بين", "مابين") and sign[0] == "و":
        second = read_cardinal(scan, after, stop)
    elif sign in ("-", "الي", "او") and first.form == "digits" and after + 1 < stop and texts[after + 1].isdecimal():
        second = read_cardinal(scan, after + 1, stop)
        if sign == "-" and after + 2 < stop and texts[after + 2] == "-":
            return first  # 27-9-2020
    else:
        return first
    if second is None or second.value is None or second.value <= first.value or second.value > 10 * first.value + 10:
        return first
    return Cardinal(first.value, second.value, second.after, first.form, first.unit)
