"""Turns folded Arabic text into numbers: digits, words, duals and single nouns, with what they count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from extract.numbers_lexicon import MODIFIERS, NOUNS, WORDS, NounForm, WordForm
from extract.scan import DEFINITE, WORD_SETS, Scan, scan_text


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberHit:
    """A number expression in folded text.

    `value` is None where the words are vague (tens of, some); for a range it is the lower and `high` the upper end.
    `unit` is None for a plain count, else what is measured: percent, money, calibre, distance, weight, duration, years,
    age, hour, year, date, degree, times, phone, decimal … `noun` is the key of the counted noun (counted_nouns.csv).
    """

    start: int
    end: int
    value: int | None
    form: str  # digits | words | dual | singular | vague
    high: int | None = None
    modifier: str | None = None  # at_least | more_than | about | less_than | up_to | range
    ordinal: bool = False
    unit: str | None = None
    noun: str | None = None
    group: str | None = None
    definite: bool = False

    @property
    def is_count(self) -> bool:
        """Whether it counts people or things, rather than measuring, ordering or dating."""
        return self.unit is None and not self.ordinal


class Cardinal(NamedTuple):
    """A number read at one place: value and the index after it."""

    value: int | None
    high: int | None
    after: int
    form: str
    unit: str | None = None
    ordinal: bool = False
    definite: bool = False


# Units that follow a number, beyond the nouns: in the hundred (%).
_PERCENT = {("في", "الميه"), ("في", "المايه"), ("ب", "الميه")}
_DASHES = {"-", "/"}
_HOUR = WORD_SETS["hour_lead"]
_YEAR = WORD_SETS["year_word"]
_AGE = WORD_SETS["age_lead"]
_LABEL = WORD_SETS["label_lead"] | {"+"}  # number, telephone
_NAMED = WORD_SETS["name_lead"]  # division, brigade … 5: a name


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
            value *= scale.value
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
    except ValueError:
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
    word = WORDS.get(text)
    if word is None or word.prefix not in ("و", "وال") or word.kind in ("vague", "vague_of", "ordinal"):
        return None
    read = _read_word_number(scan, index, stop, word)
    return (read.value, read.after) if read is not None and read.value is not None and read.value < below else None


def _read_word_number(scan: Scan, index: int, stop: int, word: WordForm) -> Cardinal | None:
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
        total, after = word.value, index + 1
        limit = 1000 if kind == "scaled" and word.value < 10**6 else word.value
    else:
        scale = WORDS.get(scan.texts[after]) if after < stop else None
        if scale is None or scale.kind not in ("scale", "scales") or scale.prefix not in ("", "ال"):
            return Cardinal(below, None, after, "words", definite=definite)
        total, after, limit = below * scale.value, after + 1, scale.value
    rest = _read_joined(scan, after, stop, limit)
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


def find_numbers(folded: str, start: int = 0, end: int | None = None) -> list[NumberHit]:
    """Every number in `folded[start:end]`, in order; spans are of `folded` and do not overlap."""
    scan = scan_text(folded)
    low, stop = scan.window(start, end)
    texts = scan.texts
    hits: list[NumberHit] = []
    index = low
    while index < stop:
        text = texts[index]
        if text[0].isdecimal() or text in WORDS:
            read = read_cardinal(scan, index, stop)
            if read is not None:
                hit, index = _number_hit(scan, index, low, stop, read)
                hits.append(hit)
                continue
        noun = NOUNS.get(text)
        if noun is not None and noun.number in ("dual", "singular") and noun.cls in ("person", "status", "munition"):
            hits.append(_noun_hit(scan, index, noun))
        index += 1
    return hits


def _noun_hit(scan: Scan, index: int, noun: NounForm) -> NumberHit:
    value = 2 if noun.number == "dual" else 1
    return NumberHit(
        start=scan.starts[index], end=scan.ends[index], value=value, form=noun.number,
        noun=noun.key, group=noun.group, definite=noun.prefix in DEFINITE,
    )  # fmt: skip


def _number_hit(scan: Scan, index: int, low: int, stop: int, read: Cardinal) -> tuple[NumberHit, int]:
    texts = scan.texts
    read = read_range(scan, index, stop, low, read)
    modifier, first = read_modifier(scan, index, low)
    if read.high is not None:
        modifier = "range"
    unit = read.unit or _unit_before(texts, index, low, read)
    after, noun = read.after, None
    if unit is None and not read.ordinal:
        unit, noun, after = _unit_after(scan, read.after, stop, read)
    elif unit == "decimal":
        unit = _unit_after(scan, read.after, stop, read)[0] or unit
    later, after_modifier = read_after_modifier(scan, after, stop)
    if later is not None:
        modifier, after = modifier or later, after_modifier
    hit = NumberHit(
        start=scan.starts[first], end=scan.ends[after - 1], value=read.value, form=read.form, high=read.high,
        modifier=modifier, ordinal=read.ordinal, unit=unit, noun=None if noun is None else noun.key,
        group=None if noun is None else noun.group, definite=read.definite,
    )  # fmt: skip
    return hit, after


def _unit_before(texts: tuple[str, ...], index: int, low: int, read: Cardinal) -> str | None:
    before = texts[index - 1] if index > low else ""
    if before in _HOUR or (before in ("عند", "حوالي") and index - 2 >= low and texts[index - 2] in _HOUR):
        return "hour"
    if before in _YEAR and read.value is not None and 1300 <= read.value <= 2100:
        return "year"
    if before in _AGE:
        return "age"
    if before in _LABEL:
        return "phone"
    if before in _NAMED:
        return "name"
    if before in ("تشرين", "كانون", "ربيع", "جمادي") and read.ordinal:
        return "date"
    digits = read.form == "digits"
    if digits and before in _DASHES and index - 2 >= low and texts[index - 2][0].isdecimal():
        return "date"
    if digits and read.after < len(texts) and texts[read.after] == "/" and texts[index - 1 : index] != ("(",):
        following = texts[read.after + 1] if read.after + 1 < len(texts) else ""
        return "date" if following[:1].isdecimal() else None
    if digits and len(texts[index]) >= 7 and texts[index].isdecimal():
        return "phone"
    return None


def _unit_after(scan: Scan, after: int, stop: int, read: Cardinal) -> tuple[str | None, NounForm | None, int]:
    """What follows the number: its unit or its counted noun, and the index after that."""
    texts = scan.texts
    at = after
    if at < stop and texts[at] == ")":
        at += 1
    if at >= stop:
        return _bare_unit(read), None, after
    word = texts[at]
    if word in ("من", "الي") and at + 1 < stop:
        counted = NOUNS.get(texts[at + 1])
        if word == "من" and counted is not None and counted.cls in ("person", "status", "munition"):
            return None, counted, at + 2
        month = _is_month(texts[at + 1])
        return ("date" if month and word == "من" else _bare_unit(read)), None, after
    if word == "%" or (word, texts[at + 1] if at + 1 < stop else "") in _PERCENT:
        return "percent", None, at + (1 if word == "%" else 2)
    noun = NOUNS.get(word)
    if noun is not None and noun.prefix in ("", "ال"):
        if noun.cls == "unit":
            if noun.group == "years" and read.value is not None and texts[at - 2 : at - 1] == ("(",):
                return "age", noun, at + 1
            return noun.group, noun, at + 1
        return None, noun, at + 1
    if read.form == "digits" and _is_month(word):
        return "date", None, after
    return _bare_unit(read), None, after


def _bare_unit(read: Cardinal) -> str | None:
    if read.form == "digits" and read.value is not None and 1900 <= read.value <= 2100:
        return "year"
    return None


@lru_cache(maxsize=1)
def _month_words() -> frozenset[str]:
    from extract.dates_lexicon import MONTH_WORDS  # late: the date lexicon is not needed to read numbers

    return MONTH_WORDS


def _is_month(word: str) -> bool:
    return word in _month_words()
