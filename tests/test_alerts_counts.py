"""Counted nouns in Arabic: every number's form, each gender, both cases."""

from __future__ import annotations

import pytest

from alerts.counts import attach_preposition, count_arabic, count_english, write_digits
from alerts.names import load_names

NOUNS = load_names().nouns


@pytest.mark.parametrize(
    ("number", "phrase"),
    [
        (0, "لا قتلى"),
        (1, "قتيل واحد"),
        (2, "قتيلان"),
        (3, "ثلاثة قتلى"),
        (4, "أربعة قتلى"),
        (5, "خمسة قتلى"),
        (6, "ستة قتلى"),
        (7, "سبعة قتلى"),
        (8, "ثمانية قتلى"),
        (9, "تسعة قتلى"),
        (10, "عشرة قتلى"),
        (11, "أحد عشر قتيلاً"),
        (12, "اثنا عشر قتيلاً"),
        (13, "13 قتيلاً"),
        (20, "20 قتيلاً"),
        (99, "99 قتيلاً"),
        (100, "100 قتيل"),
        (101, "101 قتيل"),
        (102, "102 قتيل"),
        (103, "103 قتلى"),
        (110, "110 قتلى"),
        (111, "111 قتيلاً"),
        (200, "200 قتيل"),
        (1000, "1000 قتيل"),
        (1005, "1005 قتلى"),
    ],
)
def test_masculine(number: int, phrase: str) -> None:
    assert count_arabic(number, NOUNS["killed"]) == phrase


@pytest.mark.parametrize(
    ("number", "phrase"),
    [
        (0, "لا عبوات ناسفة"),
        (1, "عبوة ناسفة واحدة"),
        (2, "عبوتان ناسفتان"),
        (3, "ثلاث عبوات ناسفة"),
        (4, "أربع عبوات ناسفة"),
        (5, "خمس عبوات ناسفة"),
        (6, "ست عبوات ناسفة"),
        (7, "سبع عبوات ناسفة"),
        (8, "ثماني عبوات ناسفة"),
        (9, "تسع عبوات ناسفة"),
        (10, "عشر عبوات ناسفة"),
        (11, "إحدى عشرة عبوة ناسفة"),
        (12, "اثنتا عشرة عبوة ناسفة"),
        (20, "20 عبوة ناسفة"),
        (100, "100 عبوة ناسفة"),
        (101, "101 عبوة ناسفة"),
        (103, "103 عبوات ناسفة"),
    ],
)
def test_feminine(number: int, phrase: str) -> None:
    assert count_arabic(number, NOUNS["ied"]) == phrase


@pytest.mark.parametrize(
    ("number", "noun", "phrase"),
    [
        (0, "killed", "صفر قتيل"),
        (2, "killed", "قتيلين"),
        (2, "drone", "طائرتين مسيّرتين"),
        (11, "rocket", "أحد عشر صاروخاً"),
        (12, "rocket", "اثني عشر صاروخاً"),
        (12, "drone", "اثنتي عشرة طائرة مسيّرة"),
    ],
)
def test_oblique(number: int, noun: str, phrase: str) -> None:
    assert count_arabic(number, NOUNS[noun], oblique=True) == phrase


def test_arabic_digits() -> None:
    assert count_arabic(25, NOUNS["wounded"], numerals="arabic") == "٢٥ جريحاً"
    assert write_digits("2026-11-20", "arabic") == "٢٠٢٦-١١-٢٠"


@pytest.mark.parametrize(
    ("letter", "phrase", "joined"),
    [
        ("ب", "ثلاثة صواريخ", "بثلاثة صواريخ"),
        ("ب", "20 صاروخاً", "بـ20 صاروخاً"),
        ("ب", "القوات العراقية", "بالقوات العراقية"),
        ("ل", "القوات العراقية", "للقوات العراقية"),
    ],
)
def test_attached_preposition(letter: str, phrase: str, joined: str) -> None:
    assert attach_preposition(letter, phrase) == joined


def test_english() -> None:
    assert [count_english(n, NOUNS["rocket"]) for n in (0, 1, 2)] == ["no rockets", "1 rocket", "2 rockets"]


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_every_noun_is_whole_and_every_number_has_a_form(noun: str) -> None:
    row = NOUNS[noun]
    assert row["gender"] in ("m", "f")
    assert all(row.values())
    # A dual ends in -ān, or in -ayn after a preposition, on each of its words.
    assert all(word.endswith("ان") for word in row["dual_nominative"].split())
    assert all(word.endswith("ين") for word in row["dual_oblique"].split())
    assert row["singular"].split()[0].endswith("ة") == (row["gender"] == "f")
    for number in (*range(14), 20, 100, 101):
        assert count_arabic(number, row)
        assert count_arabic(number, row, oblique=True)
