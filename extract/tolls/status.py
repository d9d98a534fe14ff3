"""Reads tolls told by a noun for the people: nineteen dead, two wounded, the number of dead has reached 89."""

from __future__ import annotations

from dataclasses import replace

from extract.numbers.lexicon import MODIFIERS, NOUNS, WORDS
from extract.scan import DEFINITE, WORD_SETS
from extract.tolls.lexicon import TollWord
from extract.tolls.people import ONE_OF_THEM, People
from extract.tolls.walk import SENTENCE_ENDS, Walk, read_status

_INJURIES = WORD_SETS["injuries"]
_NUMBER_OF = WORD_SETS["number_of"]
_LEADS = WORD_SETS["reached"] | MODIFIERS.last_words
_TOTAL_AHEAD = 26  # parts between "the number of dead" and the number


def read_people_status(walk: Walk) -> int | None:
    """A number or a noun that may begin "nineteen dead", "two wounded", "ten soldiers dead"."""
    scan, at, stop = walk.scan, walk.index, walk.stop
    noun = NOUNS.get(scan.texts[at])
    if at > walk.low and scan.texts[at - 1] in ONE_OF_THEM:
        return at + 1  # five dead, one of them a soldier
    if noun is not None and noun.cls not in ("person", "status"):
        return None
    if noun is not None and scan.texts[at] == "القتلي" and at > walk.low and scan.texts[at - 1] == "بين":
        return _read_attackers_among(walk)
    if noun is not None and noun.cls == "status" and (noun.prefix in DEFINITE or noun.number == "plural"):
        total = _read_total_of(walk, noun.group)
        if total is not None or noun.prefix in DEFINITE:
            return total or _read_known(walk, noun.group)
    people = walk.people_at(at, bare=False)
    if people is None:
        return _read_bare_pooled(walk) if noun is None else None
    if at > walk.low and scan.texts[at - 1] == "بين" and not people.explicit and people.number == 1 and people.status:
        after = people.after  # سقط ركابها بين قتيل وجريح: no number at all
        walk.add("pooled", people._replace(number=None), at, after)
        return after + 1 if after < stop and read_status(scan.texts[after]) else after
    if people.status is None:
        return _read_people_then_status(walk, people)
    if people.number == 1 and not people.explicit and people.after < stop and scan.texts[people.after].startswith("ال"):
        return None  # شهيد المحراب: a title
    if people.status == "bodies":
        if _are_found(walk, people):
            return None
        return walk.add("killed", people, people.first, people.after) if people.explicit else None
    pooled_after = _read_pooled(walk, people)
    return walk.add(
        people.status if pooled_after is None else "pooled", people, people.first, pooled_after or people.after
    )


_FOUND = ("عثر", "العثور", "بالعثور")  # (was, were) found
_OF_RUINS = frozenset("انقاض الانقاض ركام الركام حطام تحت موقع الموقع مكان المكان الانفجار التفجير القصف".split())


def _are_found(walk: Walk, people: People) -> bool:
    """Whether "the police found three bodies" tells of people slain elsewhere, not of those under an attack's ruins."""
    texts, at = walk.scan.texts, people.first
    found = any(text.removeprefix("و").startswith(_FOUND) for text in texts[max(walk.low, at - 5) : at])
    return found and _OF_RUINS.isdisjoint(texts[at : min(at + 12, walk.stop)])


def _read_attackers_among(walk: Walk) -> int | None:
    """من بين القتلى المهاجمون الأربعة: attackers said, in a sentence of their own, to be among the dead."""
    at = walk.index
    behind = walk.people_at(at + 1, bare=True)
    people = behind if behind is not None and behind.group == "attackers" else walk.find_subject(definite=True)
    if people is None or people.group != "attackers" or not people.number:
        return at + 1
    after = max(people.after, at + 1)
    walk.add("killed", people, min(at, people.first), after, subset=True)
    walk.hits[-1] = replace(walk.hits[-1], total=True)
    return after


def _read_bare_pooled(walk: Walk) -> int | None:
    """204 بين قتيل وجريح: a number of nobody in particular, killed or wounded."""
    people = walk.people_at(walk.index, bare=True)
    if people is None or people.after + 1 >= walk.stop or walk.scan.texts[people.after] != "بين":
        return None
    after = _read_pooled(walk, people)
    return None if after is None else walk.add("pooled", people, people.first, after)


def _read_people_then_status(walk: Walk, people: People) -> int | None:
    """عشرة جنود قتلى: ten soldiers dead; 51 شخصا سقطوا بين قتيل وجريح."""
    texts, after = walk.scan.texts, people.after
    if not people.explicit:
        return None
    follow = NOUNS.get(texts[after]) if after < walk.stop else None
    if follow is not None and follow.cls == "status" and follow.prefix == "":
        return walk.add(follow.group, people, people.first, after + 1)
    for at in range(after, min(after + 3, walk.stop - 1)):
        if texts[at] == "بين" and _is_single_status(texts[at + 1]):
            return walk.add("pooled", people, people.first, min(at + 3, walk.stop))
    return None


def _read_pooled(walk: Walk, people: People) -> int | None:
    """The index after 77 قتيلاً وجريحاً or 14 ضحية بين قتيل وجريح, where both are told as one number."""
    texts, after = walk.scan.texts, people.after
    if after + 1 < walk.stop and texts[after] == "بين" and _is_single_status(texts[after + 1]):
        return after + (3 if after + 2 < walk.stop and read_status(texts[after + 2]) else 2)
    single = after < walk.stop and texts[after][0] == "و" and _is_single_status(texts[after])
    return after + 1 if single and people.explicit and (people.number is None or people.number > 2) else None


def _is_single_status(text: str) -> bool:
    noun = NOUNS.get(text)
    return noun is not None and noun.cls == "status" and noun.number == "singular" and noun.prefix in ("", "و")


def _read_total_of(walk: Walk, kind: str) -> int | None:
    """عدد القتلى 89, حصيلة القتلى إلى 19, قتلى وجرحى الهجوم إلى 23: the number that a toll has reached."""
    scan, at = walk.scan, walk.index
    texts = scan.texts
    if not any(word in _NUMBER_OF for word in texts[max(walk.sentence, at - 3) : at]):
        return _read_total_too(walk, kind)
    after = at + 1
    if after < walk.stop and texts[after][0] == "و" and read_status(texts[after]) not in (None, kind):
        kind, after = "pooled", after + 1
    for index in range(after, min(after + _TOTAL_AHEAD, walk.stop)):
        text = texts[index]
        word = walk.word_at(index)
        if text in SENTENCE_ENDS or (word is not None and word.role in ("noun", "both", "verb")):
            return None
        if not (text[0].isdecimal() or text in WORDS):
            continue
        people = walk.people_at(index, bare=True) if index == after or texts[index - 1] in _LEADS else None
        if people is not None and people.number is not None and (people.status in (None, kind) or kind in _WIDER):
            walk.total_at = at
            if kind == "victims" and people.status is None and people.group is None:
                kind = _kind_of_victims(texts, people.after)
            return walk.add(people.status or kind if kind != "pooled" else kind, people, at, people.after)
        if people is not None:
            return None
    return None


def _read_known(walk: Walk, kind: str) -> int | None:
    """الضحايا الـ21, القتلى السبعة: the dead whose number was told before, or is taken for known."""
    people = walk.people_at(walk.index, bare=True)
    if people is None or not people.explicit or people.number is None or not people.definite:
        return None
    if kind == "victims":
        kind = _kind_of_victims(walk.scan.texts, people.after)
    return walk.add(kind, people, people.first, people.after)


def _kind_of_victims(texts: tuple[str, ...], after: int) -> str:
    """What "the toll of the victims rose to four" counts: the dead, where the words behind name no wounded."""
    return "victims" if any(read_status(text) or text == "بين" for text in texts[after : after + 4]) else "killed"


def _read_total_too(walk: Walk, kind: str) -> int | None:
    """… إلى خمسة والجرحى إلى تسعة: the second figure of a toll whose first was just told."""
    at, texts = walk.index, walk.scan.texts
    if walk.total_at < walk.sentence or texts[at + 1 : at + 2] != ("الي",) or texts[at][0] != "و":
        return None
    people = walk.people_at(at + 2, bare=True) if at + 2 < walk.stop else None
    if people is None or people.number is None or people.status not in (None, kind):
        return None
    return walk.add(kind, people, at, people.after)


def read_alike(walk: Walk, word: TollWord) -> int | None:
    """ومثلهم من الجرحى: as many wounded as were told dead."""
    at = walk.index
    after = at + 2 if walk.scan.texts[at + 1 : at + 2] == ("من",) else at + 1
    status = read_status(walk.scan.texts[after]) if after < walk.stop else None
    if status not in ("killed", "wounded") or not walk.hits or walk.hits[-1].kind == status:
        return None
    return walk.add(status, None, at, after + 1, count=walk.hits[-1].count)


def read_suffered(walk: Walk, word: TollWord) -> int | None:
    """تكبدوا إصابات, مقتولين: what befell the people told before."""
    at = walk.index
    ahead = walk.scan.texts[at + 1 : at + 3]
    if word.kind == "wounded" and not any(text in _INJURIES for text in ahead):
        return None
    subject = walk.find_subject(definite=word.kind == "killed")
    if subject is None:
        return None
    walk.add(word.kind, subject, subject.first, at + 1)
    return at + 2


_WIDER = ("pooled", "victims")


_ALL_OF = [("جميع",), ("كل",), ("كافه",)]  # (among them) all the (attackers)


def read_subset(walk: Walk, word: TollWord) -> int | None:
    """بينهم: those among the people just told."""
    at = walk.index + 1
    at += walk.scan.texts[at : at + 1] in _ALL_OF
    people = walk.people_at(at, bare=True) if walk.last_kind else None
    if people is None or (people.status is not None and people.status != walk.last_kind):
        return None
    return walk.add(walk.last_kind, people, walk.index, people.after, subset=True)


def read_total(walk: Walk, word: TollWord) -> int | None:
    """حصيلة, ارتفع: from here on the sentence speaks of a toll's state."""
    at = walk.total_at = walk.index
    texts = walk.scan.texts
    people = walk.people_at(at + 2, bare=True) if texts[at + 1 : at + 2] == ("الي",) else None
    if people is None or not people.explicit or people.status is not None:
        return None
    kind = read_status("".join(texts[people.after + 1 : people.after + 2]))
    if texts[people.after : people.after + 1] != ("عدد",) or kind not in ("killed", "wounded"):
        return None
    return walk.add(kind, people, at, people.after + 2)  # rose to 28, the number of dead
