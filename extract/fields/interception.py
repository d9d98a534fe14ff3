"""Turns the words on what was shot down into whether it was held off, or some of it came through and struck."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.events.candidates import Candidate
from extract.fields.stopping import DENYING
from extract.lexicon import Hit, word_set
from extract.numbers.lexicon import WORDS

_IMPACTS = word_set("impacts")
_FLYING = ("صاروخ", "صواريخ", "مسير", "طاير")  # missile, missiles, drone, aircraft
_BROUGHT_DOWN = frozenset("اسقطت اسقط اعترضت اعترض دمرت دمر اسقاط اعتراض تدمير اسقطوا".split())
# One of, some of, most of, a number of, another.
_SOME = frozenset("اغلب احد احدي بعض معظم غالبيه عدد عددا اثنين بعضها احدها احداها".split())
_PART = _SOME | frozenset("غالب معظمها احداهما احدهما اغلبها غالبيتها".split())
_ALL = frozenset({"جميع", "كل", "كافه"})  # all (of them)
_INTERCEPTED = ("اعترض", "اعتراض", "اسقط", "اسقاط")  # intercepted, interception, shot down, downing


def is_held_off(candidates: Sequence[Candidate]) -> bool:
    """Whether nothing of it struck, nobody doubts that it was shot down, and not only most of it was."""
    return not (_got_through(candidates) or any(_doubts_interception(c) or _tells_most(c) for c in candidates))


def tells_of_all_shot_down(candidate: Candidate) -> bool:
    """Whether "all the rockets were intercepted" stands beside the denial that any had come down."""
    words = [word.text.removeprefix("و") for word in candidate.sentence.words]
    return bool(_ALL & set(words)) and any(word.startswith(_INTERCEPTED) for word in words)


def is_of_some(candidate: Candidate, trigger: Hit) -> bool:
    """Whether only some of them were shot down: "the defences brought down one of the rockets"."""
    words = [word.text for word in candidate.sentence.words]
    if any(word in _SOME for word in words[max(0, trigger.first - 3) : trigger.first]):
        return True
    return any(word.removeprefix("و") in _BROUGHT_DOWN and after in _PART for word, after in pairwise(words))


_UNCLEAR = frozenset("يتضح تتضح يتبين يعرف معروفا واضحا يتاكد".split())  # (it is not) clear, known, certain
_HARM = ("اضرار", "ضرر", "خساير", "دمار")  # damage, losses
_DEBRIS = ("حطام", "شظايا", "شظيه", "بقايا", "اجزاء")  # wreckage, splinters, remains, parts
_INTERCEPTING = ("اعتراض", "اسقاط", "تصدي")  # intercepting, bringing down, repelling


def _doubts_interception(candidate: Candidate) -> bool:
    """Whether "it is not yet clear whether the defences brought it down" is told."""
    texts = [word.text for word in candidate.sentence.words]
    return any(
        word in _UNCLEAR
        and {"لم", "ليس", "لا", "غير"} & set(texts[max(0, at - 2) : at])
        and any(after.startswith(_INTERCEPTING) or after in _BROUGHT_DOWN for after in texts[at + 1 : at + 9])
        for at, word in enumerate(texts)
    )


_MOST = frozenset("معظم معظمها اغلب اغلبها غالبيه غالبيتها".split())  # most, most of them


def _tells_most(candidate: Candidate) -> bool:
    """Whether it counts what was shot down as less than all: "brought down most of them", "seven of ten"."""
    texts = [word.text.removeprefix("و") for word in candidate.sentence.words]
    for at, text in enumerate(texts):
        if text not in _BROUGHT_DOWN:
            continue
        ahead = texts[at + 1 : at + 7]
        if not _MOST.isdisjoint(ahead[:3]):
            return True
        for number, of, whole in zip(ahead, ahead[1:], [*ahead[2:], ""], strict=False):
            if _is_number(number) and (of == "منها" or (of == "من" and (whole == "اصل" or _is_number(whole)))):
                return True
    return False


def _is_number(text: str) -> bool:
    return text.isdecimal() or text in WORDS


_FALLING = frozenset("سقطت سقط سقوط وقعت اصاب اصابت اصيب احترقت اندلع اندلعت اضرار اضرارا انفجار الحقت الحق".split())
_DOWN = frozenset("سقطت سقط سقوط سقطا سقطتا وقعت".split())  # fell
_OPEN_GROUND = frozenset("خاليه مفتوحه زراعيه صحراويه ناييه ماهوله".split())  # empty, open, farmed, desert, (un)peopled
_OWING = frozenset({"اثر", "جراء", "نتيجه", "بسبب", "عن", "بعد"})  # owing to, resulting from
_WRECKED = 12  # words from the splinters to what they did
_BEFORE, _BEHIND = 4, 6  # words around an impact that say whose it is


def _is_of_interception(texts: Sequence[str], index: int) -> bool:
    """Whether what came down, burnt or was heard is of what was shot down: its splinters, the noise of the defences."""
    if texts[index] not in _FALLING:
        return False
    if texts[index] == "انفجار" and any(
        word in _OWING and after.startswith(_INTERCEPTING) for word, after in pairwise(texts[index:])
    ):
        return True  # "a blast was heard north of the capital owing to the interception of …"
    if texts[index] in _DOWN and _OPEN_GROUND & set(texts[index : index + _BEHIND + 2]):
        return True
    if any(word.startswith(_DEBRIS[:3]) for word in texts[max(0, index - _WRECKED) : index]):
        return True  # "its splinters fell on a house and damaged it"
    around = texts[max(0, index - _BEFORE) : index + _BEHIND]
    return any(word.lstrip("بل").removeprefix("ال").startswith(_DEBRIS + _INTERCEPTING) for word in around)


def _got_through(candidates: Sequence[Candidate]) -> bool:
    """Whether anything of a repelled attack struck: an impact that is not the wreck's fall, or a toll above none."""
    for candidate in candidates:
        recalls = "recall" in candidate.signs and candidate.clauses[0].first == 0
        if candidate.order and (candidate.is_count or recalls):
            continue  # "it comes in a series of attacks, as drones fell on …"
        words = candidate.sentence.words
        for clause in candidate.clauses:
            size = clause.last - clause.first  # "in places | not peopled": the next clause tells what ground it was
            texts = [word.text.removeprefix("و").removeprefix("ف") for word in words[clause.first : clause.last + 3]]
            hurt = any(toll.count for toll in clause.tolls if not toll.negated)
            if hurt and not any(text.removeprefix("ال").startswith(_DEBRIS[:3]) for text in texts[:size]):
                return True  # whom the splinters of what was shot down hurt, it did not hit
            if any(_is_impact(texts, index) for index in range(min(size, len(texts)))):
                return True
    return False


_LED_TO = frozenset({"ادي", "ادت", "وقعت"})  # led to, occurred: something, but not what
_LEFT = frozenset("اسفر اسفرت اضرار اضرارا خلفت".split())  # resulted in, damage, left behind


def _is_impact(texts: Sequence[str], index: int) -> bool:
    """Whether a word tells that something struck, and neither denies it nor tells it of what was shot down."""
    text = texts[index]
    if text not in _IMPACTS or text in _LED_TO:
        return False
    if "دون" in texts[max(0, index - 4) : index] or "لم" in texts[max(0, index - 3) : index]:
        return False
    if _is_of_interception(texts, index):
        return False
    if text in _LEFT and any(word in DENYING for word in texts[max(0, index - 5) : index]):
        return False
    if text == "الحق":  # else a name: "the brigades of the true promise"
        return any(word.startswith(_HARM) for word in texts[index + 1 : index + 5])
    behind = texts[index + 1 : index + 3]
    return not (text == "دمرت" and any(word.removeprefix("ال").startswith(_FLYING) for word in behind))


__all__ = ["is_held_off", "is_of_some", "tells_of_all_shot_down"]
