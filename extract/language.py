"""Turns the beginning of a text into a verdict on its language: letters first, langdetect only where they do not tell.

langdetect calls Sorani Persian or Urdu, and no letter-blind detector tells the four languages of Arabic script apart
reliably; the letters that Arabic does not have, and its own ones (ة, the article), decide nearly every case.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass

from langdetect import DetectorFactory, detect_langs
from langdetect.detector_factory import init_factory
from langdetect.lang_detect_exception import LangDetectException

SAMPLE_CHARACTERS = 500  # enough: the whole text gave the same answers at ten times the cost
_LONG_SAMPLE = 3_000

_ARABIC_SCRIPT = re.compile("[\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]+")
_URL = re.compile(r"https?://\S+|[@#]\w+")
_MARKS = re.compile("[\u064b-\u065f\u0670\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WITH_ARTICLE = re.compile("^[وفبك]?ال..|^[وف]?لل..")  # (and) the …, for the …

_KURDISH = frozenset("ۆێەڕڵ")
_URDU = frozenset("ٹڈڑںےہ")  # not ھ, which Arabic writers type for ه
_PASHTO = frozenset("ټډړښږځڅېۍڼ")
_PERSIAN = frozenset("پچژگ")
_KURMANJI = frozenset("êîûÊÎÛ")
# Function words, the Persian ones in both spellings of k and y (is, that, for, the plural and object marks …).
_PERSIAN_WORDS = frozenset(
    ("است", "را", "که", "این", "می", "های", "برای", "شد", "کرد", "شده", "بود", "با", "از", "در", "به", "خود", "هم",
     "یک", "مي", "هاي", "براي", "يك", "اين", "كه")
)  # fmt: skip
_ARABIC_WORDS = frozenset(  # in, of, on, to, that, which, about, with, after, before, this, not …
    ("في", "من", "على", "إلى", "الى", "أن", "ان", "التي", "الذي", "عن", "مع", "بعد", "قبل", "هذا", "هذه", "ما", "لم",
     "كما", "وقال", "قال", "بين", "خلال")
)  # fmt: skip

_loading = threading.Lock()
_loaded = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageVerdict:
    """The language of a text (ISO 639 code; None: cannot be told), how it was told, the share of Arabic script."""

    language: str | None
    decided_by: str  # letters | words | langdetect | nothing
    arabic_share: float

    @property
    def is_arabic(self) -> bool:
        return self.language == "ar"


def detect_language(text: str) -> LanguageVerdict:
    """Tell the language of `text` from its first 500 characters, or 3,000 where these do not tell."""
    cleaned = _MARKS.sub("", _URL.sub(" ", text[: 2 * _LONG_SAMPLE]))
    verdict = _judge(cleaned[:SAMPLE_CHARACTERS])
    if verdict.language is None and len(cleaned) > SAMPLE_CHARACTERS:
        verdict = _judge(cleaned[:_LONG_SAMPLE])
    return verdict


def _judge(sample: str) -> LanguageVerdict:
    script = _ARABIC_SCRIPT.findall(sample)
    latin = _LATIN.findall(sample)
    total = len(script) + len(latin) or 1
    share = len(script) / total
    if len(script) < 3 and len(latin) < 3:
        return _ask_langdetect(sample, share)
    if share < 0.4:
        if sum(char in _KURMANJI for char in latin) / total > 0.03:
            return LanguageVerdict(language="kmr", decided_by="letters", arabic_share=share)
        return _ask_langdetect(sample, share)
    language, decided_by = _judge_script(script, _WORD.findall(sample))
    if language is None:
        return _ask_langdetect(sample, share)
    return LanguageVerdict(language=language, decided_by=decided_by, arabic_share=share)


def _judge_script(letters: list[str], words: list[str]) -> tuple[str | None, str]:
    """Tell the languages of Arabic script apart; shares are of all letters or of all words."""
    counts = Counter(letters)

    def share(wanted: frozenset[str]) -> float:
        return sum(counts[letter] for letter in counts.keys() & wanted) / len(letters)

    with_article = sum(bool(_WITH_ARTICLE.match(word)) for word in words) / max(1, len(words))
    for wanted, language in ((_KURDISH, "ckb"), (_URDU, "ur"), (_PASHTO, "ps")):
        if share(wanted) > 0.03 and with_article < 0.15:
            return language, "letters"
    if share(_PERSIAN) > 0.008 and with_article < 0.10 and share(frozenset("ةأإكي")) < 0.03:
        return "fa", "letters"
    persian = sum(word in _PERSIAN_WORDS for word in words)
    arabic = sum(word in _ARABIC_WORDS for word in words)
    if with_article >= 0.10 and arabic >= persian:
        return "ar", "letters"
    if persian > 2 * arabic and persian >= 2:
        return "fa", "words"
    if arabic > persian or share(frozenset("ةكيأإى")) > 0.04:
        return "ar", "words"
    if not persian and not share(_PERSIAN | frozenset("کی")):
        return "ar", "letters"  # a few words, each letter of them Arabic
    return None, "nothing"


def _ask_langdetect(sample: str, share: float) -> LanguageVerdict:
    """Ask langdetect, seeded and loaded once; text that it cannot judge (empty, digits, a URL) has no language."""
    _load()
    try:
        guesses = detect_langs(sample)
    except LangDetectException:
        return LanguageVerdict(language=None, decided_by="nothing", arabic_share=share)
    return LanguageVerdict(language=str(guesses[0].lang), decided_by="langdetect", arabic_share=share)


def _load() -> None:
    global _loaded
    if not _loaded:
        with _loading:
            if not _loaded:
                DetectorFactory.seed = 0  # without a seed, the same text gives other answers
                init_factory()  # not safe in two threads at once
                _loaded = True
