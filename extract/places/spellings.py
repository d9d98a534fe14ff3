"""Turns a name of a land that writes no Arabic into the other ways in which outlets spell it in Arabic letters."""

from __future__ import annotations

from itertools import chain

# Lands whose names reach Arabic from other scripts, each outlet in its own way, and whose attacks are reported.
LANDS = frozenset("AF PK IR TR IN SO NG NE ML TD CM KE ET CD RU".split())
_SHORTEST = 5  # letters; a shorter spelling is soon another word
_G = "غجقك"  # how a g is written
_CH = ("تش", "ش", "ج")  # how a ch is written
_LONG = "اوي"  # long vowels, which some outlets write and some do not


def spell_otherwise(form: str, name_en: str) -> set[str]:
    """Other spellings of one folded name: g and ch in other letters, one long vowel less, joined words, an end in ه."""
    told = name_en.lower()
    forms = {form, form.replace(" ", "")}
    if "g" in told.replace("gh", "g"):
        forms |= set(chain.from_iterable(_swap(one, _G) for one in list(forms)))
    if "ch" in told:
        forms |= {one.replace(old, new) for one in list(forms) for old in _CH if old in one for new in _CH}
    forms |= {_other_end(one) for one in list(forms)}
    forms |= set(chain.from_iterable(_shorten(one) for one in list(forms)))
    return {one for one in forms if len(one.replace(" ", "")) >= _SHORTEST} - {form}


def _swap(form: str, letters: str) -> set[str]:
    """The name with one sound's letter written by each of `letters`, where it holds one of them only."""
    held = {letter for letter in form if letter in letters}
    return {form.replace(next(iter(held)), letter) for letter in letters} if len(held) == 1 else set()


def _other_end(form: str) -> str:
    """With ه for an a at the end, and the other way about."""
    return form[:-1] + {"ا": "ه", "ه": "ا"}.get(form[-1], form[-1])


def _shorten(form: str) -> set[str]:
    """Without one of the long vowels between its first and last letters."""
    return {form[:at] + form[at + 1 :] for at in range(1, len(form) - 1) if form[at] in _LONG}
