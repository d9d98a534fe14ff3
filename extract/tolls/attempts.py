"""Tells a killing that was only tried, and the death of who carried out the attack, from a toll."""

from __future__ import annotations

from extract.tolls.walk import SENTENCE_ENDS, Walk

# An attempt at, attempts at.
_ATTEMPT = frozenset("محاوله محاولات لمحاوله بمحاوله ومحاوله المحاوله شروع الشروع بالشروع والشروع".split())
_OF_CAR = frozenset({"قايدها", "سايقها", "قايده", "سايقه"})  # its driver
_HIS_DEATH = frozenset({"مقتله", "مصرعه", "مقتلها", "مصرعها", "مقتلهما", "مصرعهما"})
_HIMSELF = frozenset({"نفسه", "نفسها", "نفسيهما", "حزامه", "سترته"})  # (blew up) himself, his belt, his vest
_HIS_ATTEMPT = frozenset("محاولته محاولتها محاولتهما محاولتهم حاول حاولا حاولوا حاولت".split())
_AT = frozenset("تنفيذ طعن دهس دعس الطعن الدهس يطعن يدهس".split())  # carry out, stab, run over
_TRIED_REACH = 12  # parts between the death and what was tried
_STABBED = frozenset(
    prefix + stem + ending
    for prefix in ("", "و", "ف", "ب", "ل", "ال", "وال", "بال")
    for stem in ("طعن", "دهس", "دعس", "يطعن", "يدهس")
    for ending in ("", "ه", "ها", "هم", "هما", "ت", "ا", "وا")
)  # stabbed, ran over
_BY_BULLETS = frozenset({"برصاص", "برصاصه", "برصاصها", "بنيران", "بالرصاص"})
_STABBED_REACH = 24  # parts between the stabbing and the death of who did it
_SHOT_REACH = 8  # parts between the death and the bullets
_FIRE = frozenset({"النار", "الرصاص", "النيران"})
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
    if texts[walk.index].lstrip("وبلف") in _HIS_DEATH and not _HIMSELF.isdisjoint(texts[walk.sentence : walk.index]):
        return True  # he blew himself up, which led to his death
    if _has_tried(walk) or _is_shot_stabber(walk):
        return True
    return texts[at] in _OF_ATTACK or (texts[at] in _OF_CAR and "مفخخه" in texts[walk.sentence : at])


def is_death_alone(walk: Walk, at: int) -> bool:
    """Whether nobody but the bomber has been told dead in the sentence: "which led to his death, without …"."""
    if walk.hits and walk.hits[-1].start >= walk.scan.starts[walk.sentence]:
        return False
    return any(text.lstrip("وبلف") in _HIS_DEATH for text in walk.scan.texts[max(walk.sentence, at - 6) : at])


def _has_tried(walk: Walk) -> bool:
    """Whether the dead was killed for what he had tried: "was killed on the spot after his attempt to stab"."""
    texts = walk.scan.texts
    for index in range(walk.index + 1, min(walk.index + _TRIED_REACH, walk.stop)):
        if texts[index] in SENTENCE_ENDS or (walk.word_at(index) is not None and texts[index] not in _BY_BULLETS):
            return False
        if texts[index] in _HIS_ATTEMPT and not _AT.isdisjoint(texts[index + 1 : index + 3]):
            return True
    return False


def _is_shot_stabber(walk: Walk) -> bool:
    """Whether who stabbed or ran others over was shot: his death "by the soldiers' bullets", after fire was opened."""
    texts, at = walk.scan.texts, walk.index
    begin, end = max(walk.sentence, at - _STABBED_REACH), min(walk.stop, at + _STABBED_REACH)
    if _STABBED.isdisjoint(texts[begin:end]):
        return False
    for index in range(at + 1, min(at + _SHOT_REACH, end)):
        if texts[index] in _BY_BULLETS:
            return True
        if walk.word_at(index) is not None:
            break
    struck = next((index for index in range(begin, at) if texts[index] in _STABBED), at)
    return not _FIRE.isdisjoint(texts[struck:at])
