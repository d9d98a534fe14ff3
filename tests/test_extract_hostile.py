"""The coder on text that no outlet means to send: it never fails, takes linear time at most, and quotes exactly."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.coder import code_report
from extract.explanation import explain_report
from extract.reports import coding_json, dump_line, parse_report
from extract.text import FoldedText, fold
from store.records import Coding, Report

MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
SLOPE = 3.2  # how many times longer twice the text may take: linear with the noise of a busy machine
ATTEMPTS = 3  # so that another process's burst fails no test; what is quadratic fails every time
FLOOR_SECONDS = 0.05  # below this nothing is measured

# "A roadside bomb exploded near a convoy in Kirkuk on Tuesday; three soldiers were killed and five wounded." …
ATTACKS = (
    "انفجرت عبوة ناسفة قرب رتل للجيش في كركوك يوم الثلاثاء، ما أسفر عن مقتل ثلاثة جنود وإصابة خمسة آخرين.",
    "سقط صاروخان من نوع كاتيوشا على قاعدة عين الأسد في محافظة الأنبار دون وقوع خسائر بشرية.",
    "تبنى تنظيم داعش الهجوم الذي استهدف سوقا شعبيا في بغداد أمس.",
    "حذر مسؤول من هجوم محتمل على مطار أربيل بالطائرات المسيرة.",
    "نفت وزارة الدفاع وقوع أي انفجار في معسكر التاجي شمالي بغداد في 12/3/2021.",
)
# Words that the coder knows, cut loose from sense; marks that reorder, hide and join; letters of other scripts.
WORDS = sorted({word for sentence in ATTACKS for word in sentence.split()})
MARKS = (
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"  # which way to read
    "\u200b\u200c\u200d\ufeff\u0640\u064e\u0651\u0670"  # no width, tatweel, vowels
)
OTHERS = (
    *"گروه حملہ bomb взрыв שלום 爆炸 ١٢٣ ۴۵۶ ٪ ﷲ ﻻ ﷺ 𐤀 😀".split(),
    "\U000e0041", "\x00", "\r\n", "\u2028",
)  # fmt: skip

chaos = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(ATTACKS),
        st.sampled_from([*MARKS, *OTHERS, *' \n.،"«»:-*(', "12", "3/4", "10:30"]),
        st.text(max_size=8),
        st.text(st.characters(codec=None), max_size=4),
    ),
    max_size=60,
)


def report(text: str, title: str | None = None) -> Report:
    return Report(id="x", title=title, text=text, published=MOMENT)


def check(told: Report, coding: Coding) -> None:
    """Every span is the words that it says, and the line for machines can be written."""
    sources = {"title": told.title or "", "text": told.text}
    spans = [item for mention in coding.mentions for item in mention.evidence] + list(coding.notices)
    for item in spans:
        assert sources[item.source][item.start : item.end] == item.quote
        assert item.quote
    for reason in coding.reasons:
        assert 0 <= reason.start < reason.end <= len(sources[reason.source])
    for mention in coding.mentions:
        assert 0 <= mention.confidence <= 1
    assert json.loads(dump_line(coding_json(told.id, coding)))["id"] == "x"


@given(chaos, st.lists(st.sampled_from([*WORDS, *OTHERS, *MARKS]), max_size=8), st.booleans())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_coded_with_exact_quotes(parts: list[str], title: list[str], spaced: bool) -> None:
    told = report((" " if spaced else "").join(parts), " ".join(title) or None)
    check(told, code_report(told))


places_of_marks = st.lists(st.tuples(st.integers(0, 120), st.sampled_from([*MARKS, "\u0301"])), max_size=40)


@given(st.sampled_from(ATTACKS), places_of_marks)
@settings(max_examples=100, deadline=None)
def test_marks_inside_words_change_no_coding_and_stay_in_the_quotes(
    sentence: str, marks: list[tuple[int, str]]
) -> None:
    letters = list(sentence)
    for place, mark in marks:
        letters.insert(min(place, len(letters)), mark)
    told = report("".join(letters))
    coding, plain = code_report(told), code_report(report(sentence))
    check(told, coding)
    assert [(m.method, m.admin1, m.date, m.killed) for m in coding.mentions] == [
        (m.method, m.admin1, m.date, m.killed) for m in plain.mentions
    ]


@given(st.text(st.characters(codec=None), max_size=300))
@settings(max_examples=200, deadline=None)
def test_folding_is_done_once_and_maps_back(text: str) -> None:
    folded = FoldedText(text)
    assert fold(folded.folded) == folded.folded
    for start in range(0, len(folded.folded), 7):
        first, last = folded.to_original(start, min(start + 5, len(folded.folded)))
        assert 0 <= first <= last <= len(text)
        assert folded.quote(start, min(start + 5, len(folded.folded))) == text[first:last]
    assert folded.to_original(0, len(folded.folded))[1] <= len(text)


def test_a_character_folds_alike_alone_and_in_a_long_text() -> None:
    # Long texts are folded as bytes of a code page where they can be; short ones, and other letters, one by one.
    arabic = "انفجرت عبوة ناسفة"  # "a roadside bomb exploded": folding leaves its own letters alike in both ways
    kept = fold(arabic[:8]) + fold(arabic[8:])
    wrong = [
        code for code in (*range(0xD800), *range(0xE000, 0x11000), *range(0x1F300, 0x1F700))
        if fold(f"{arabic}{chr(code)}{arabic}") != f"{kept}{fold(chr(code))}{kept}"
    ]  # fmt: skip
    assert wrong == []


def test_lone_surrogates_from_json_are_text_like_any_other() -> None:
    title, text = '"\\ud800 \\u0642\\u0635\\u0641"', f'"\\udfff {ATTACKS[0]} \\ud83d"'
    fields = json.loads(f'{{"id": "x", "title": {title}, "text": {text}, "published": "2026-11-20"}}')
    told = parse_report(fields)
    coding = code_report(told)
    check(told, coding)
    assert coding.mentions
    explain_report(told)


@pytest.mark.parametrize("digit", ["➌", "²", "Ⅻ", "½", "௧", "𝟛", "٣"])
def test_digits_that_are_no_numbers_are_read_past(digit: str) -> None:
    for sentence in ATTACKS:
        words = sentence.split()
        for place in range(len(words)):
            told = report(" ".join([*words[:place], digit, *words[place:]]))
            check(told, code_report(told))


def repeat(unit: str, glue: str = " ") -> Callable[[int], str]:
    """An attack, so that the text is read on, and a unit over and over."""
    return lambda size: (ATTACKS[0] + glue + unit * (size // len(unit) + 1))[:size]


def vary(unit: str) -> Callable[[int], str]:
    """Units that differ by a number, so that none is dropped as a repetition."""
    return lambda size: "".join(unit.replace("#", str(n)) for n in range(3, size // len(unit) + 3))[:size]


PLANES = "".join(chr(plane * 0x10000 + 0x300 + step * 7) for plane in range(17) for step in range(40))
HOSTILE: dict[str, Callable[[int], str]] = {
    "digits": repeat("1234567890"),
    "digits and marks": repeat("1,2.3:4/5-"),
    "Arabic digits": repeat("١٢٣٤٥٦٧٨٩٠ "),
    "one letter": repeat("ا"),
    "prefixes without end": repeat("وبال"),
    "no spaces": repeat("انفجرتعبوةناسفةقربرتلللجيشفيكركوك"),
    "spaces": repeat(" "),
    "lines": repeat("\n"),
    "tashkeel": repeat("\u064e", glue=""),
    "attacks on one line": repeat(ATTACKS[0].replace(".", "")),
    "attacks": repeat(" ".join(ATTACKS) + "\n"),
    "many attacks": vary("قتل # جنود بانفجار عبوة ناسفة في كركوك يوم #/3/2021.\n"),
    "many places": vary("انفجرت # عبوات ناسفة، وسقط # صواريخ على بغداد ثم على الموصل والبصرة وأربيل.\n"),
    "many attacks on one line": vary("قتل # جنود بانفجار عبوة ناسفة في كركوك يوم #/3/2021، "),
    "threats": vary("حذر # مسؤولين من هجوم محتمل بالصواريخ على قاعدة عين الأسد.\n"),
    "places": repeat("بغداد كركوك الموصل "),
    "dates": repeat("أمس الثلاثاء 12/3/2021 "),
    "numbers": repeat("مئة وخمسة وعشرين ألفا و"),
    "dead": repeat("مقتل ثلاثة وإصابة خمسة "),
    "actors": repeat("تنظيم داعش حزب الله الجيش "),
    "quotes": repeat("«\"'("),
    "commas": repeat("هجوم، "),
    "bidi": repeat("\u202eانفجار\u202c\u2067عبوة\u2069 "),
    "planes": repeat(PLANES + " هجوم "),
    "mixed scripts": repeat("انفجار bomb взрыв 爆炸 گروه שלום "),
    "blasts without a place": repeat("المدينة انفجار. "),
    "quarters": repeat("انفجار في حي الكرادة. "),
    "related headlines": repeat("اقرأ أيضا: انفجار عبوة ناسفة في بغداد\n"),
}


def time_coding(text: str) -> float:
    """The least CPU time of two codings, without the collector, whose rounds grow with all that the tests hold."""
    told = report(text, title=text[:200])
    times = []
    gc.disable()
    for _ in range(2):
        began = time.process_time()
        coding = code_report(told)
        times.append(time.process_time() - began)
    gc.enable()
    check(told, coding)
    return min(times)


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_text_takes_about_twice_the_time(name: str) -> None:
    make = HOSTILE[name]
    size = 20_000
    single = time_coding(make(size))
    while single < FLOOR_SECONDS and size < 500_000:
        size *= 2
        single = time_coding(make(size))
    for _ in range(ATTEMPTS):
        double = time_coding(make(2 * size))
        if double <= max(SLOPE * single, FLOOR_SECONDS):
            return
        single = max(single, time_coding(make(size)))
    pytest.fail(f"{size}: {single:.3f} s, {2 * size}: {double:.3f} s")


@pytest.mark.parametrize("name", ["digits", "no spaces", "one letter", "planes", "attacks", "lines"])
def test_a_million_characters_are_coded(name: str) -> None:
    told = report(HOSTILE[name](1_000_000))
    check(told, code_report(told))
