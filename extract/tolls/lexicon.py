"""Turns the word lists of tolls into look-up tables over folded words with attached particles."""

from __future__ import annotations

from typing import NamedTuple

from extract.numbers.lexicon import NOUNS, NounForm
from extract.scan import read_rows
from extract.text import fold


class TollWord(NamedTuple):
    """A word that leads to a toll, as it may stand in a text."""

    role: str  # noun | both | verb | active | meet | parted | own | end | subset | negation | losses | suffer | total …
    kind: str  # killed | wounded | missing | abducted, or empty
    number: str  # singular | dual | plural, or a count for `own` and `end`
    prefix: str


_ATTACHED = ("", "و", "ف", "ب", "ل", "ول", "وب")
_WITH_ARTICLE = ("losses", "noun_plural")
_SUFFIXES = ("هما", "هم", "ها", "هن", "ه")  # his, her, their


def _load_words() -> dict[str, TollWord]:
    words: dict[str, TollWord] = {}
    rows = list(read_rows("toll_words.csv"))
    for prefix in (*_ATTACHED, "ال", "وال", "بال"):
        for row in rows:
            if prefix.endswith("ال") and row["role"] not in _WITH_ARTICLE:
                continue
            words.setdefault(prefix + fold(row["form"]), TollWord(row["role"], row["kind"], row["number"], prefix))
    return words


def _load_contexts() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    contexts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for row in read_rows("toll_contexts.csv"):
        first, *rest = fold(row["form"]).split(" ")
        contexts.setdefault(first, []).append((tuple(rest), row["flag"]))
    return contexts


TOLL_WORDS = _load_words()
TOLL_CONTEXTS = _load_contexts()


def _unbound(stem: str) -> str:
    """A noun as it stands without a possessive ending: زوجت → زوجة, ابناي and ابناو → ابناء (his wife, his sons)."""
    if stem.endswith("ت"):
        return stem[:-1] + "ه"
    if stem.endswith("و") and stem + "ن" in NOUNS:
        return stem + "ن"  # سائقوها, مرافقوه: their drivers, his companions
    return stem[:-1] + "ء" if stem.endswith(("اي", "او")) else stem


def _bound_number(stem: str, noun: NounForm) -> str:
    """The number of a noun before a possessive ending: طفلاها, طفليها are two, مرافقيه are many."""
    if stem.endswith(("ا", "ي")):
        dual = NOUNS.get(stem + "ن")
        if dual is not None and dual.key == noun.key and dual.number == "dual":
            return "dual"
    return "plural" if noun.number == "construct" else noun.number


def find_noun(word: str) -> NounForm | None:
    """The counted noun that a word is, also with a possessive ending (his guards)."""
    noun = NOUNS.get(word)
    if noun is not None or len(word) < 4:
        return noun
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            stem = word[: -len(suffix)]
            noun = NOUNS.get(stem) or NOUNS.get(_unbound(stem))
            if noun is not None and noun.cls in ("person", "status"):
                return noun._replace(number=_bound_number(stem, noun))
    return None
