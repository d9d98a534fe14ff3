"""Turns a word of attack into the means that its sentence tells: a bomber blows up himself, a bomb is thrown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.lexicon import Hit, word_set
from extract.text import Token

_HIMSELF = word_set("himself")
# Threw, was thrown, the throwing of.
_THROWN = frozenset("القي القت القوا القيت القاء بالقاء يلقي يلقون رمي رمت رموا رميت رمي برمي قذف قذفوا".split())
# What men throw or launch in the plural; what the air force, or a woman, throws is told otherwise.
_THROWN_BY_MEN = frozenset("القي القوا رمي رموا القاء بالقاء اطلقوا".split())
_SHOTS = frozenset("النار نار الرصاص رصاص النيران".split())  # fire, bullets
_MANY_BOMBS = frozenset({"قنابل", "القنابل"})
_BOMBS = frozenset({"قنبله", "القنبله", "قنبلتين", "قنبلتان"})
_THROW_REACH = 8  # words from "gunmen on a motorcycle threw" to the bomb


def settle_means(hit: Hit, words: Sequence[Token]) -> Hit:
    """The hit, with another means where the words around it tell one."""
    if hit.row["method"] != "ied":
        return hit
    text = words[hit.first].text
    if hit.row["kind"] == "weapon" and hit.last - hit.first == 1 and text in _BOMBS | _MANY_BOMBS:
        near = [word.text for word in words[max(0, hit.first - _THROW_REACH) : hit.first]]
        verbs = _THROWN if text in _BOMBS else _THROWN_BY_MEN
        thrown = any(word.removeprefix("و").removeprefix("ف") in verbs for word in near)
        propelled = hit.last < len(words) and words[hit.last].text.startswith(("صاروخي", "دخاني", "غاز"))
        return _as_method(hit, "grenade") if thrown and not propelled and _SHOTS.isdisjoint(near) else hit
    return _blows_himself_up(hit, words)


def _as_method(hit: Hit, method: str) -> Hit:
    return replace(hit, row=replace(hit.row, columns=hit.row.columns | {"method": method}))


def _blows_himself_up(hit: Hit, words: Sequence[Token]) -> Hit:
    """The hit; as a suicide attack where the attacker blows up himself, whatever stands between the two words."""
    if (
        hit.row["method"] != "ied"
        or "فجر" not in words[hit.first].text
        or words[hit.first].text.startswith(("انفجر", "تفجر"))
    ):
        return hit
    near = words[hit.last : hit.last + 10]
    himself = next((index for index, word in enumerate(near) if word.text in _HIMSELF), None)
    if himself is None or any(
        word.text in ("في", "علي", "ب", "قرب") and index > 5 for index, word in enumerate(near[:himself])
    ):
        return hit
    return _as_method(hit, "suicide")


__all__ = ["settle_means"]
