"""Tells a killing that was only tried, and the death of who carried out the attack, from a toll."""

from __future__ import annotations

from extract.tolls.walk import Walk

# An attempt at, attempts at.
_ATTEMPT = frozenset("محاوله محاولات لمحاوله بمحاوله ومحاوله المحاوله شروع الشروع بالشروع والشروع".split())
_OF_CAR = frozenset({"قايدها", "سايقها", "قايده", "سايقه"})  # its driver
_HIS_DEATH = frozenset({"مقتله", "مصرعه"})
_OF_ATTACK = frozenset({"منفذها", "منفذه", "منفذيها", "منفذيه"})  # who carried it out


def is_attempted(walk: Walk) -> bool:
    """Whether only an attempt to kill is told, which killed nobody: محاولة اغتيال, الشروع في قتل."""
    before = walk.scan.texts[max(walk.low, walk.index - 2) : walk.index]
    return bool(before) and (before[-1] in _ATTEMPT or (before[-1] in ("في", "ب") and before[0] in _ATTEMPT))


def is_of_attacker(walk: Walk) -> bool:
    """Whether the dead is the attacker: who carried it out, or the driver of the car bomb told before."""
    texts, at = walk.scan.texts, walk.index + 1
    if at >= walk.stop:
        return False
    if texts[walk.index].lstrip("وبلف") in _HIS_DEATH and "نفسه" in texts[walk.sentence : walk.index]:
        return True  # he blew himself up, which led to his death
    return texts[at] in _OF_ATTACK or (texts[at] in _OF_CAR and "مفخخه" in texts[walk.sentence : at])
