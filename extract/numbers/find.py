"""Turns folded Arabic text into numbers: digits, words, duals and single nouns, with what they count."""

from __future__ import annotations

from dataclasses import dataclass

from extract.dates.lexicon import MONTH_WORDS
from extract.numbers.lexicon import NOUNS, WORDS, NounForm
from extract.numbers.read import Cardinal, read_after_modifier, read_cardinal, read_modifier, read_range
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


# Units that follow a number, beyond the nouns: in the hundred (%).
_PERCENT = {("في", "الميه"), ("في", "المايه"), ("ب", "الميه")}
_DASHES = {"-", "/"}
_HOUR = WORD_SETS["hour_lead"]
_YEAR = WORD_SETS["year_word"]
_AGE = WORD_SETS["age_lead"]
_LABEL = WORD_SETS["label_lead"] | {"+"}  # number, telephone
_NAMED = WORD_SETS["name_lead"]  # division, brigade … 5: a name


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
    unit = _unit_before(texts, index, low, read) or read.unit
    after, noun = read.after, None
    if unit in (None, "decimal") and not read.ordinal:
        measured, noun, after = _unit_after(scan, read.after, stop, read)
        unit = measured or unit
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
        month = texts[at + 1] in MONTH_WORDS
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
    if read.form == "digits" and word in MONTH_WORDS:
        return "date", None, after
    return _bare_unit(read), None, after


def _bare_unit(read: Cardinal) -> str | None:
    if read.form == "digits" and read.value is not None and 1900 <= read.value <= 2100:
        return "year"
    return None
