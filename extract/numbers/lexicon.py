"""Turns the word lists of numbers and counted nouns into look-up tables over folded words with attached particles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from extract.scan import PREFIXES, read_rows
from extract.text import fold


class WordForm(NamedTuple):
    """A number word as it may stand in a text."""

    value: int  # 0 where vague
    kind: str
    prefix: str


class NounForm(NamedTuple):
    """A countable noun as it may stand in a text."""

    key: str
    cls: str  # person | status | munition | unit | thing
    group: str
    number: str  # singular | dual | plural | pair (dual or plural) | construct (dual before a noun)
    prefix: str


class _Modifiers(NamedTuple):
    before: dict[str, str]
    after: dict[str, str]
    last_words: frozenset[str]
    first_words: frozenset[str]


# These never carry the article as numbers: الاثنين is Monday, الأحد is Sunday.
_NO_ARTICLE = frozenset(fold(word) for word in ("اثنين", "اثنان", "أحد", "أربعاء", "ست"))
_ATTACHED = ("", "و", "ف", "ب", "ل", "وب", "ول")


def _load_words() -> dict[str, WordForm]:
    words: dict[str, WordForm] = {}
    rows = list(read_rows("number_words.csv"))
    for prefix in PREFIXES:
        for row in rows:
            form = fold(row["form"])
            if form in _NO_ARTICLE and "ال" in prefix:
                continue
            words.setdefault(prefix + form, WordForm(int(row["value"] or 0), row["kind"], prefix))
    return words


def _noun_forms(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The forms of one noun with their grammatical number: as listed, with tanwin alef, and the duals."""
    for raw in filter(None, row["singular"].split("|")):
        single = fold(raw)
        yield single, "singular"
        if not single.endswith(("ه", "ا", "اء")):
            yield single + "ا", "singular"  # the accusative's alef
        if row["dual"] == "no":
            continue
        stem = single[:-1] + "ت" if single.endswith("ه") else single
        yield stem + "ان", "dual"
        yield stem + "ين", {"yes": "dual", "pair": "pair", "sound": "plural"}[row["dual"]]
        if raw.endswith("ة"):
            yield stem + "ا", "construct"
        yield stem + "ي", "construct"
    for raw in filter(None, row["plural"].split("|")):
        yield fold(raw), "plural"


def _load_nouns() -> dict[str, NounForm]:
    nouns: dict[str, NounForm] = {}
    forms: list[tuple[str, str, dict[str, str]]] = []
    for row in read_rows("counted_nouns.csv"):
        forms.extend((form, number, row) for form, number in _noun_forms(row))
    # A listed singular or plural goes before a dual that the rule would make of another word.
    forms.sort(key=lambda item: ("singular", "plural", "dual", "pair", "construct").index(item[1]))
    for prefix in PREFIXES:
        for form, number, row in forms:
            entry = NounForm(row["key"], row["class"], row["group"], number, prefix)
            nouns.setdefault(prefix + form, entry)
            if prefix.endswith("ل") and form.startswith("ل") and prefix == "لل":
                nouns.setdefault("لل" + form[1:], entry)
    return nouns


def _load_modifiers() -> _Modifiers:
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for row in read_rows("number_modifiers.csv"):
        form = fold(row["form"])
        if row["side"] == "after":
            after[form] = row["modifier"]
        else:
            for prefix in _ATTACHED:
                before.setdefault(prefix + form, row["modifier"])
    last = frozenset(form.rsplit(" ", 1)[-1] for form in before)
    return _Modifiers(before, after, last, frozenset(form.split(" ", 1)[0] for form in after))


WORDS = _load_words()
NOUNS = _load_nouns()
MODIFIERS = _load_modifiers()
