"""Reads tolls told by a phrase: met their death, departed this life, his killing, went as its victims, took ten."""

from __future__ import annotations

from extract.numbers.lexicon import NOUNS
from extract.tolls.lexicon import TollWord
from extract.tolls.people import STOP_WORDS, People, read_followers, read_people
from extract.tolls.walk import SENTENCE_ENDS, Walk, read_status

_LED_TO = frozenset({"عن", "الي", "في"})  # (resulted) in his wounding


def read_meet(walk: Walk, word: TollWord) -> int | None:
    """لقي … مصرعهم: met their death, the people between the two words or before them."""
    at = walk.index
    end = next((i for i in range(at + 1, min(at + 16, walk.stop)) if _is_death(walk, i)), None)
    if end is None:
        return None
    people = _find_between(walk, at + 1, end) if end > at + 1 else walk.find_subject()
    if people is not None and people.number and people.first > at + 1 and _opens_with_title(walk, at + 1, people.first):
        people = people._replace(number=people.number + 1)  # the mayor of the town and two of his guards
    if people is not None:
        return walk.add("killed", people, min(at, people.first), end + 1)
    closing = walk.word_at(end)
    number = closing.number if closing is not None else ""
    return walk.add("killed", None, at, end + 1, count=int(number) if number else None, named=True)


_TITLE_LENGTH = 5  # words of a name or an office


def _opens_with_title(walk: Walk, index: int, joined: int) -> bool:
    """Whether one man by his office or name opens the telling, to whom the people at `joined` are joined by "and"."""
    texts = walk.scan.texts
    plain = all(text.isalpha() and text not in STOP_WORDS for text in texts[index:joined])
    return plain and texts[joined].startswith("و") and len(texts[index]) > 2 and joined - index <= _TITLE_LENGTH


def _find_between(walk: Walk, index: int, end: int) -> People | None:
    """The people that begin first in a stretch of words."""
    for at in range(index, end):
        people = read_people(walk.scan, at, end, bare=at == index)
        if people is not None:
            return people
    return None


def _is_death(walk: Walk, index: int) -> bool:
    word = walk.word_at(index)
    return word is not None and word.role == "end"


def read_fall(walk: Walk, word: TollWord) -> int | None:
    """سقط 19 شخصا: nineteen people fell, where no noun says whether dead or wounded."""
    at = walk.index
    doer = NOUNS.get("".join(walk.scan.texts[at + 1 : at + 2]))
    first = at + 2 if doer is not None and doer.cls == "munition" and doer.prefix == "ال" else at + 1
    people = walk.people_at(first, bare=False)
    if people is None or people.status is not None or not people.explicit or people.group is None:
        return None
    ahead = walk.scan.texts[people.after : people.after + 6]
    if any(text == "بين" or read_status(text) for text in ahead):
        return None
    return walk.add(word.kind, people, at, people.after)


def read_parted(walk: Walk, word: TollWord) -> int | None:
    """فارق الحياة: departed this life."""
    at = walk.index
    ahead = walk.scan.texts[at + 1 : at + 8]
    if "الحياه" not in ahead:
        return None
    between = walk.people_at(at + 1, bare=True) if ahead[0] != "الحياه" else None
    if between is not None and between.number is not None and between.after <= at + 1 + ahead.index("الحياه"):
        return walk.add("killed", between, at, between.after)
    subject = walk.find_subject(hurt=True)
    if subject is not None:
        walk.add("killed", subject, subject.first, at + 1)
    else:
        walk.add("killed", None, at, at + 1, count=1 if word.number == "singular" else None, named=True)
    return None


def read_own(walk: Walk, word: TollWord) -> int | None:
    """مقتله, أردوه قتيلا: the pronoun is the one who was killed."""
    at = walk.index
    after = at + 1
    before = walk.scan.texts[max(0, at - 1)]
    his = walk.scan.texts[at].endswith(("ه", "ها", "هما"))
    if (
        his
        and word.kind == "wounded"
        and (before.startswith("متاثر") or (word.prefix not in ("ب", "ل") and before not in _LED_TO))
    ):
        return read_struck(walk, word)  # متأثرا بإصابته, or أصابته شظية: the same letters are a verb
    if after < walk.stop and read_status(walk.scan.texts[after]) is not None:
        after += 1
    joined = read_followers(walk.scan, after, walk.stop) if word.number else None
    if joined is not None and joined.number is not None and joined.status is None:
        both = joined._replace(number=joined.number + int(word.number))  # the killing of him and his guard
        return walk.add(word.kind, both, at, joined.after)
    return walk.add(word.kind, None, at, after, count=int(word.number) if word.number else None, named=True)


def read_struck(walk: Walk, word: TollWord) -> int | None:
    """أصابه بجروح: he wounded him, where injuries are told beside it."""
    at = walk.index
    ahead = walk.scan.texts[at + 1 : at + 3]
    if not any(text.startswith(("بجروح", "باصاب", "بجراح")) for text in ahead):
        return None
    return walk.add(word.kind, None, at, at + 2, count=int(word.number), named=True, active=True)


def read_gone(walk: Walk, word: TollWord) -> int | None:
    """راح ضحية الانفجار 11 شخصا: eleven people went as its victims."""
    texts, at = walk.scan.texts, walk.index
    if not "".join(texts[at + 1 : at + 2]).startswith("ضحي"):
        return None
    for index in range(at + 2, min(at + 18, walk.stop)):
        if texts[index] in SENTENCE_ENDS or walk.word_at(index) is not None:
            return None
        people = read_people(walk.scan, index, walk.stop, bare=False)
        if people is not None and people.status is None and people.explicit and people.group is not None:
            return walk.add(word.kind, people, at, people.after)
    return None


_TOOK_REACH = 14  # parts between the verb and those it took: what took them stands there


def read_took(walk: Walk, word: TollWord) -> int | None:
    """أودى تفجير … بستة أشخاص: took six people, where no "lives" stand between."""
    texts, at = walk.scan.texts, walk.index
    for index in range(at + 1, min(at + _TOOK_REACH, walk.stop)):
        text = texts[index]
        if text in SENTENCE_ENDS or walk.word_at(index) is not None:
            return None
        people = walk.people_at(index, bare=index == at + 1) if text.startswith("ب") else None
        if people is not None and people.explicit and people.status is None and people.group is not None:
            return walk.add(word.kind, people, at, people.after)
    return None
