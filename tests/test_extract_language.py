"""Arabic in, everything else out by name, in any thread and always the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.language import detect_language

TEXTS = [
    ("ar", "أعلنت خلية الإعلام الأمني انفجار عبوة ناسفة على رتل قرب البطحاء في محافظة ذي قار."),
    ("ar", "سماع دوي انفجار في اربيل"),
    ("ar", "استهداف رتل دعم لوجستی للاحتلال الامریکی فی الدیوانیة"),  # typed on a Persian keyboard
    ("ar", "قالت شبكة رووداو إن طائرة مسيرة سقطت في ناحية گرميان قرب چمچمال ولم تقع إصابات."),
    ("ar", "🔻 قصف مدفعي تركي يطال قرى حدودية"),
    ("ar", "انفجار عبوة https://example.org/very/long/address?with=english&words=inside قرب مدرسة @channel #news"),
    ("fa", "دولت ایران اعلام کرد که حمله موشکی به پایگاه آمریکا در عین الاسد انجام شد"),
    ("fa", "رئیس جمهور گفت تحریم‌ها اثری بر تولید نفت کشور نداشته است"),
    ("ckb", "وەزارەتی بەرگری عێراق ڕایگەیاند کە هێرشێک کرایە سەر بنکەی عەین ئەلئەسەد"),
    ("kmr", "Hêzên Sûriya Demokratîk li Hesekê êrîşek kir û gelek kes birîn bûn"),
    ("ur", "وزارت دفاع نے کہا ہے کہ عراق میں امریکی اڈے پر حملہ ہوا"),
    ("ps", "د افغانستان وسله وال ځواکونه وايي چې په هلمند کې څلور کسان وژل شوي دي"),
    ("en", "Rockets hit the Green Zone in Baghdad on Monday evening without casualties"),
]


@pytest.mark.parametrize(("language", "text"), TEXTS)
def test_language_is_told(language: str, text: str) -> None:
    assert detect_language(text).language == language


def test_nothing_to_judge_is_no_language() -> None:
    for text in ("", "   ", "12345", "https://x.example/y", "🔥🔥", "…"):
        assert detect_language(text).language is None


def test_threads_agree() -> None:
    with ThreadPoolExecutor(8) as pool:
        verdicts = set(pool.map(lambda _: detect_language("Le président a parlé hier à Paris de la guerre"), range(64)))
    assert {verdict.language for verdict in verdicts} == {"fr"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gets_a_verdict_and_always_the_same(text: str) -> None:
    assert detect_language(text) == detect_language(text)
