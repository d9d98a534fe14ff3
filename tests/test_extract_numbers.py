"""Numbers in every spelling have their value, and what only measures, orders or dates is told from what counts."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.numbers.find import find_numbers
from extract.numbers.lexicon import MODIFIERS, NOUNS, WORDS
from extract.scan import WORD_SETS
from extract.text import fold

DATA = Path(__file__).parents[1] / "extract" / "data"


def values(text: str) -> list[int | None]:
    return [hit.value for hit in find_numbers(fold(text)) if hit.is_count]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # figures
        ("7 جنود", 7),
        ("١٤ صاروخا", 14),
        ("۱۴ صاروخا", 14),
        ("1,200 قتيل", 1200),
        ("1.200 قتيل", 1200),
        ("١٬٢٠٠ قتيل", 1200),
        ("12,345,678 نسمة", 12_345_678),
        ("32 ألف جريح", 32_000),
        ("9 آلاف قتيل", 9_000),
        ("1.5 مليون نازح", 1_500_000),
        ("40آخرون", 40),
        ("يوقع15 قتيلا", 15),
        ("(20) شخصا", 20),
        ("(15) خمسة عشر شخصا", 15),
        ("بـ14 صاروخا", 14),
        # words
        ("ثلاثة جنود", 3),
        ("ثلاث عبوات", 3),
        ("ثمانية أشخاص", 8),
        ("ثماني قذائف", 8),
        ("ثمان قذائف", 8),
        ("عشر عبوات", 10),
        ("أحد عشر جنديا", 11),
        ("إحدى عشرة قذيفة", 11),
        ("اثنا عشر صاروخا", 12),
        ("اثني عشر صاروخا", 12),
        ("اثنتي عشرة عبوة", 12),
        ("ثلاثة عشر قتيلا", 13),
        ("خمس عشرة قذيفة", 15),
        ("تسعة عشر جريحا", 19),
        ("عشرون صاروخا", 20),
        ("عشرين صاروخا", 20),
        ("واحد وعشرون شخصا", 21),
        ("ثلاثة وعشرين مدنيا", 23),
        ("سبعة وخمسون شخصا", 57),
        ("تسع وتسعين قذيفة", 99),
        ("مئة جريح", 100),
        ("مائة وخمسون جريحا", 150),
        ("مئة وثلاثة وعشرون جريحا", 123),
        ("مئتي مدني", 200),
        ("مائتا مدني", 200),
        ("مئتين وخمسين مدنيا", 250),
        ("ثلاثمئة جندي", 300),
        ("ثلاث مئة جندي", 300),
        ("ثمانمائة وأربعة عشر شخصا", 814),
        ("تسعمائة وتسعة وتسعون", 999),
        ("ألف مقاتل", 1000),
        ("ألفي مفقود", 2000),
        ("ألفان وخمسمئة مقاتل", 2500),
        ("ثلاثة آلاف مقاتل", 3000),
        ("خمسة عشر ألف نازح", 15_000),
        ("مئة وخمسين ألف نازح", 150_000),
        ("تسعمائة وتسعة وتسعون ألفا وتسعمائة وتسعة وتسعون", 999_999),
        ("مليوني نازح", 2_000_000),
        ("ثلاثه جنود", 3),
        ("أربعه جنود", 4),
        # duals and single nouns
        ("قتيلان", 2),
        ("قتيلين", 2),
        ("جنديين", 2),
        ("شخصان", 2),
        ("صاروخين", 2),
        ("صاروخان", 2),
        ("بعبوتين ناسفتين", 2),
        ("عبوتان ناسفتان", 2),
        ("طائرتين مسيرتين", 2),
        ("لغمين", 2),
        ("امرأتين", 2),
        ("عبوة ناسفة", 1),
        ("صاروخا", 1),
        ("بصاروخ", 1),
        ("قتيل", 1),
        ("قُتل جندي", 1),
        # vague
        ("عشرات الجرحى", None),
        ("المئات من الأهالي", None),
        ("آلاف النازحين", None),
        ("عدة قذائف", None),
        ("بضعة صواريخ", None),
        ("عدد من الجرحى", None),
    ],
)  # fmt: skip
def test_values(text: str, value: int | None) -> None:
    assert values(text)[0] == value


@pytest.mark.parametrize(
    ("text", "value", "modifier"),
    [
        ("ما لا يقل عن 19 شخصا", 19, "at_least"),
        ("لا يقل عن ثلاثة صواريخ", 3, "at_least"),
        ("عشرة جنود على الأقل", 10, "at_least"),
        ("أكثر من 60 جريحا", 60, "more_than"),
        ("وأكثر من ستين جريحا", 60, "more_than"),
        ("ما يزيد على 12 شخصا", 12, "more_than"),
        ("نحو 100 جريح", 100, "about"),
        ("بنحو 20 قذيفة", 20, "about"),
        ("حوالي عشرين صاروخا", 20, "about"),
        ("قرابة 290 شخصا", 290, "about"),
        ("زهاء 30 مدنيا", 30, "about"),
        ("أقل من عشرة أشخاص", 10, "less_than"),
    ],
)
def test_modifiers(text: str, value: int, modifier: str) -> None:
    (hit,) = find_numbers(fold(text))
    assert (hit.value, hit.modifier) == (value, modifier)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("بين 20 و25 شخصا", 20, 25),
        ("ما بين خمسة وسبعة صواريخ", 5, 7),
        ("5-7 قتلى", 5, 7),
        ("من 5 إلى 7 قذائف", 5, 7),
    ],
)
def test_ranges(text: str, low: int, high: int) -> None:
    hit = find_numbers(fold(text))[0]
    assert (hit.value, hit.high, hit.modifier) == (low, high, "range")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("37 في المائة", "percent"),
        ("15.2 في المئة", "percent"),
        ("11.6%", "percent"),
        ("20 مليون دولار", "money"),
        ("500 دينار", "money"),
        ("عياره 107 ملم", "calibre"),
        ("20 كم جنوب بعقوبة", "distance"),
        ("57 كيلومترا", "distance"),
        ("50 كغم من المتفجرات", "weight"),
        ("الساعة 10.30", "hour"),
        ("عند الساعة 11:20", "hour"),
        ("الساعة السابعة مساء", "hour"),
        ("قبل 48 ساعة", "duration"),
        ("ثلاثة أيام", "duration"),
        ("قبل سبعة أعوام", "years"),
        ("يبلغ من العمر 17 عاما", "age"),
        ("طفل (7 سنوات)", "age"),
        ("عام 2016", "year"),
        ("منذ 1984", "year"),
        ("27 أيلول", "date"),
        ("16/6", "date"),
        ("49 درجة", "degree"),
        ("هاتف 07701234567", "phone"),
        ("للمرة الثانية", None),
        ("اللواء 88", "name"),
        ("الفرقة السادسة", "name"),
    ],
)
def test_measures_are_no_counts(text: str, unit: str | None) -> None:
    hits = [hit for hit in find_numbers(fold(text)) if hit.form in ("digits", "words")]
    assert hits
    assert all(not hit.is_count for hit in hits)
    assert hits[0].unit == unit


@pytest.mark.parametrize(
    ("text", "value"),
    [("الهجوم الثالث", 3), ("للمرة الثانية", 2), ("الحادي عشر", 11), ("الخامس والعشرين", 25), ("رتل ثان", 2)],
)
def test_ordinals(text: str, value: int) -> None:
    hit = next(hit for hit in find_numbers(fold(text)) if hit.form == "words")
    assert (hit.value, hit.ordinal) == (value, True)


@pytest.mark.parametrize(
    ("text", "noun", "group"),
    [
        ("سبعة من الجنود", "soldier", "soldiers"),
        ("3 صواريخ", "rocket", "rocket"),
        ("أربع عبوات", "ied", "ied"),
        ("عشر قذائف", "shell", "mortar"),
        ("ثلاث طائرات", "aircraft", "aircraft"),
        ("7 جرحى", "wounded", "wounded"),
        ("خمسة مدنيين", "civilian", "civilians"),
    ],
)
def test_what_is_counted(text: str, noun: str, group: str) -> None:
    (hit,) = find_numbers(fold(text))
    assert (hit.noun, hit.group) == (noun, group)


@pytest.mark.parametrize("text", ["9" * 5_000, "9" * 400 + ".5 مليون", "1.2.3 مليون", "999999999999 مليار", "٩" * 13])
def test_figures_beyond_any_count(text: str) -> None:
    hits = find_numbers(fold(text))
    assert hits
    assert all(hit.value is None or hit.value < 10**22 for hit in hits)


@pytest.mark.parametrize("text", ["الاثنين", "يوم الأحد", "الأربعاء", "هجوم صاروخي", "قصف مدفعي"])
def test_no_numbers(text: str) -> None:
    assert [hit for hit in find_numbers(fold(text)) if hit.form != "singular"] == []


def test_every_row_of_the_word_lists_is_known() -> None:
    kinds = {
        "unit", "part", "ordinal_part", "ten_unit", "ten", "hundred", "hundreds", "scale", "scales", "scaled",
        "ordinal", "vague", "vague_of",
    }  # fmt: skip
    with (DATA / "number_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["kind"] in kinds, row
            assert WORDS[fold(row["form"])].value == int(row["value"] or 0), row
    with (DATA / "number_modifiers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table = MODIFIERS.after if row["side"] == "after" else MODIFIERS.before
            assert table[fold(row["form"])] == row["modifier"], row
    with (DATA / "finder_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert fold(row["form"]) in WORD_SETS[row["set"]], row


def test_every_counted_noun_is_found() -> None:
    with (DATA / "counted_nouns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["class"] in ("person", "status", "munition", "unit", "thing"), row
            assert row["dual"] in ("yes", "no", "sound", "pair"), row
            for form in filter(None, (row["singular"] + "|" + row["plural"]).split("|")):
                assert NOUNS[fold(form)].cls == row["class"], (row["key"], form)


UNITS = ["", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"]
TEENS = ["عشرة", "أحد عشر", "اثنا عشر"] + [f"{unit} عشر" for unit in UNITS[3:]]
TENS = ["", "", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"]
HUNDREDS = ["", "مئة", "مئتان"] + [f"{unit}مئة" for unit in ("ثلاث", "أربع", "خمس", "ست", "سبع", "ثمان", "تسع")]


def spell_below_thousand(number: int) -> str:
    parts = [HUNDREDS[number // 100]]
    rest = number % 100
    if 10 <= rest < 20:
        parts.append(TEENS[rest - 10])
    else:
        parts += [UNITS[rest % 10], TENS[rest // 10]]
    return " و".join(part for part in parts if part)


def spell(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    head = {0: "", 1: "ألف", 2: "ألفان"}.get(thousands)
    if head is None:
        head = spell_below_thousand(thousands) + (" آلاف" if 3 <= thousands <= 10 else " ألف")
    return " و".join(part for part in (head, spell_below_thousand(rest)) if part)


@settings(max_examples=400)
@given(st.integers(1, 999_999))
def test_spelled_numbers_come_back(number: int) -> None:
    (hit,) = [hit for hit in find_numbers(fold("بلغ " + spell(number) + " تقريبا")) if hit.form != "singular"]
    assert hit.value == number


@given(st.integers(0, 10**9), st.sampled_from(["{}", "{:,}"]))
def test_figures_come_back(number: int, form: str) -> None:
    written = form.format(number)
    for text in (written, written.translate(str.maketrans("0123456789,", "٠١٢٣٤٥٦٧٨٩٬"))):
        assert find_numbers(fold(f"بلغ {text} نسمة"))[0].value == number


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    folded = fold(text)
    hits = find_numbers(folded)
    position = 0
    for hit in hits:
        assert position <= hit.start < hit.end <= len(folded)
        position = hit.end


@pytest.mark.parametrize("piece", ["ثلاثة و", "1,", "3-", "ألف و", "ما لا يقل عن ", "مئة ", "1.5 ", "(3) ثلاثة "])
def test_time_is_linear(piece: str) -> None:
    def seconds(times: int) -> float:
        folded = fold(piece * times)
        begin = time.process_time()
        find_numbers(folded)
        return time.process_time() - begin

    seconds(200)
    short, long = max(min(seconds(2_000) for _ in range(3)), 1e-4), min(seconds(20_000) for _ in range(3))
    assert long < short * 40
