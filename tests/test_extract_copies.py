"""Copies are found by their wording, whatever a site does to headline, typing and order; other texts are not."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from extract.incidents.copies import (
    LEAST_WORDS,
    NEAR_COPY,
    SKETCH_SIZE,
    compare_words,
    names_same_day,
    sketch_words,
    split_words,
)
from tests.test_intake_linking import WIRE, with_typos


def share(one: str, other: str) -> float:
    return compare_words(split_words(one), split_words(other))


def test_marks_spelling_and_punctuation_make_no_difference() -> None:
    decorated = "«" + "\u064e".join(WIRE) + "» …"  # a fatha on every letter, quotes, an ellipsis
    assert split_words(decorated) == split_words(WIRE)
    assert split_words("إنفجار عبوةٍ") == split_words("انفجار عبوه")  # explosion of a bomb, spelt two ways


def test_sketch_does_not_depend_on_the_order_of_sentences_much() -> None:
    first, second = WIRE.split(". ", 1)
    turned = set(sketch_words(split_words(f"{second} {first}")))
    assert len(turned & set(sketch_words(split_words(WIRE)))) >= SKETCH_SIZE - 3


def test_twenty_typings_share_sketches_and_wording() -> None:
    sketch = set(sketch_words(split_words(WIRE)))
    for seed in range(1, 21):
        typed = split_words(with_typos(WIRE, seed))
        assert sketch & set(sketch_words(typed))
        assert compare_words(split_words(WIRE), typed) >= NEAR_COPY


def test_shortened_wire_is_alike_and_another_story_is_not() -> None:
    football = "فاز المنتخب العراقي على نظيره الأردني بهدفين دون رد في المباراة التي جرت مساء أمس على ملعب البصرة"
    assert share(WIRE, WIRE.split(".")[0]) > 0.6
    assert share(WIRE, football) < 0.3  # Iraq beat Jordan two to nil


def test_short_texts_have_no_sketch() -> None:
    assert sketch_words(["انفجار"] * (LEAST_WORDS - 1)) == ()  # explosion


def test_weekday_or_figure_tells_another_day() -> None:
    words = split_words(WIRE)
    assert names_same_day(words, split_words(WIRE.replace("طوقت", "طوّقت")))
    assert not names_same_day(words, split_words(WIRE.replace("الاثنين", "الثلاثاء")))  # Monday, Tuesday
    assert not names_same_day(words, split_words(WIRE + " وأصيب 3 أشخاص"))  # and 3 people were hurt


@given(st.lists(st.sampled_from(["عبوة", "ناسفة", "قرب", "رتل", "شاحنات", "صباح", "اليوم"]), max_size=80))
def test_likeness_is_symmetric_and_whole_with_itself(words: list[str]) -> None:
    other = random.Random(1).sample(words, len(words))
    assert compare_words(words, other) == compare_words(other, words)
    assert compare_words(words, words) == 1.0
    assert len(sketch_words(words)) <= SKETCH_SIZE
