"""Reads tolls told by a verb or a verbal noun: were killed, met their death, the killing of, a bomber kills."""

from __future__ import annotations

from extract.dates.lexicon import TIME_WORDS
from extract.numbers.lexicon import NOUNS, WORDS
from extract.scan import WORD_SETS
from extract.tolls.fates import read_struck
from extract.tolls.lexicon import TollWord, find_noun
from extract.tolls.people import STOP_WORDS, People, read_followers, starts_modifier
from extract.tolls.walk import CLAUSE_ENDS, SAME_EVENT, SENTENCE_ENDS, Walk, starts_people

_OBJECT_REACH = 5  # parts that may lie between those who killed and those who were killed
_AHEAD_REACH = 8  # parts of circumstance between a verb and its people
_FAR_REACH = 18  # the same after قتلت, whose doer is mostly a long-winded thing: mortar fire on such a place
_CIRCUMSTANCE = WORD_SETS["circumstance"]
_MEANS = WORD_SETS["means"]
_DOERS = ("militants", "attackers", "fighters")
# a third, a fourth, another
_ONE_MORE = frozenset({"ثالث", "ثالثه", "ثالثا", "رابع", "رابعا", "خامس", "خامسا", "سادس", "اخر", "اخري"})
_ONE_ALONE = frozenset({"واحد", "واحده", "واحدا"})  # one was killed
_TRANSITIVE = frozenset({"قتلوا", "جرحوا"})
_ENDINGS = [(), *((text,) for text in (*SENTENCE_ENDS, "اخرين", "بجروح", "باصابات"))]
_THEREIN = [(text,) for text in ("فيه", "فيها", "خلاله", "خلالها", "بها")]  # in which (five were killed)
_WITH_HIM = [(text,) for text in ("معه", "معها", "معهم", "معهما")]
_OTHERS = ("اخرون", "اخرين")
_OTHERS_NEXT = [(text,) for text in _OTHERS]
_OF = ("من", "منهم", "منهما")
_EVENTS = ("noun", "noun_plural", "both", "verb")
_DEEDS = (*_EVENTS, "active")


def read_event_noun(walk: Walk, word: TollWord) -> int | None:
    """مقتل, إصابة: the killing, the wounding, of whom stands after it."""
    at = walk.index
    if word.kind == "wounded" and word.prefix == "ف" and read_struck(walk, word._replace(number="1")):
        return at + 2  # فأصابه بجروح has the letters of "a wounding"
    pooled = _read_pooled(walk, word)
    if pooled is not None:
        return pooled
    people = walk.people_at(at + 1, bare=True)
    if people is not None and people.status not in ("killed", "wounded"):
        return walk.add(word.kind, people, at, people.after)
    if people is None and _is_one_more(walk, at + 1):
        return walk.add(word.kind, None, at, at + 2, count=1, named=True)
    if people is None and word.kind == "killed" and word.role == "noun" and _is_name(walk, at + 1):
        return _add_named(walk, word.kind, at)
    if word.role == "noun_plural":
        return walk.add(word.kind, None, at, at + 1)
    return None


def _is_one_more(walk: Walk, index: int) -> bool:
    """Whether "a third", "another" stands there behind a telling, or "one" alone ("one was killed")."""
    if index >= walk.stop:
        return False
    text = walk.scan.texts[index]
    if text in _ONE_ALONE:
        return walk.scan.texts[index + 1 : index + 2] not in [(word,) for word in _OF]
    return text in _ONE_MORE and bool(walk.hits)


def _read_pooled(walk: Walk, word: TollWord) -> int | None:
    """مقتل وإصابة 14, استشهدوا وأصيبوا: one number for the killed and the wounded together."""
    at = walk.index
    either = walk.scan.texts[at + 1 : at + 2] == ("او",)  # killed or wounded
    other = walk.word_at(at + 1 + either)
    if other is None or other.kind == word.kind or (other.prefix != "و" and not either):
        return None
    if other.role not in (_DEEDS if either else _EVENTS):
        return None
    at += either
    if word.number == "plural":
        subject = walk.find_subject(explicit=True) if other.number == "plural" else None
        return None if subject is None else walk.add("pooled", subject, subject.first, at + 2)
    people = walk.people_at(at + 2, bare=True)
    if people is None or people.status is not None or not people.explicit:
        return None
    if walk.scan.texts[people.after - 1] in _OTHERS or walk.scan.texts[people.after : people.after + 1] in _OTHERS_NEXT:
        return None  # "one was killed and five others were wounded"
    return walk.add("pooled", people, at, people.after)


def _is_name(walk: Walk, index: int) -> bool:
    """Whether an unknown word after "the killing of" may begin one person's name or title."""
    if index >= walk.stop or walk.word_at(index) is not None:
        return False
    text = walk.scan.texts[index]
    if not text.isalpha() or text in STOP_WORDS or text in TIME_WORDS or text in WORDS or find_noun(text) is not None:
        return False
    return len(text) > 2 and not text.endswith(("ين", "ون", "ات"))


def _add_named(walk: Walk, kind: str, at: int) -> int:
    """One person by name, with those who are joined to the name."""
    joined = _join_to_name(walk, at + 2)
    if joined is not None:
        return walk.add(kind, joined, at, joined.after)
    return walk.add(kind, None, at, at + 2, count=1, named=True)


def _join_to_name(walk: Walk, index: int) -> People | None:
    """One person by name and those who are joined to the name ("and 21 gunmen", "and his driver")."""
    joined = read_followers(walk.scan, index, walk.stop, titled=True)
    if joined is None or joined.status is not None or joined.number is None:
        return None
    return joined._replace(number=joined.number + 1)


def read_verb(walk: Walk, word: TollWord) -> int | None:
    """قتل, أصيب and the like: passive or active, before its people or after them, as what stands around it tells."""
    at = walk.index
    if word.kind == "wounded" and at > walk.low and walk.scan.texts[at - 1] in ("التي", "اللتين"):
        return None  # متأثرا بجراحه التي أصيب بها: the wounds are told, not a wounded one
    pooled = _read_pooled(walk, word)
    if pooled is not None:
        return pooled
    if word.number in ("plural", "dual"):
        return _read_after_subject(walk, word)
    died = _count_died_since(walk, word) if _is_one_more(walk, at + 1) else None
    if died is not None:
        return walk.add(word.kind, None, at, at + 2, count=died)
    people = walk.people_at(at + 1, bare=True)
    if people is not None and people.status is None:
        doers = people.group in _DOERS and walk.scan.texts[people.first].endswith("ون")
        found = _find_object(walk, people.after, any_one=doers) if not people.explicit else _find_next(walk, people)
        if found is None and doers and not people.explicit and at + 2 < walk.stop:
            found = _find_of_doers(walk, at + 2)
        if found is not None:
            return walk.add(word.kind, found, at, found.after, active=True)
        return walk.add(word.kind, people, at, people.after)
    if _is_one_more(walk, at + 1):
        return walk.add(word.kind, None, at, at + 2, count=1, named=True)
    with_him = walk.people_at(at + 2, bare=True) if walk.scan.texts[at + 1 : at + 2] in _WITH_HIM else None
    if with_him is not None and with_him.number and with_him.status is None:
        return walk.add(word.kind, with_him, at, with_him.after)
    there = walk.people_at(at + 2, bare=True) if walk.scan.texts[at + 1 : at + 2] in _THEREIN else None
    if there is not None and there.explicit and there.status is None:
        return walk.add(word.kind, there, at, there.after)
    if walk.scan.texts[at + 1 : at + 2] in (("نفسه",), ("نفسها",)):
        return at + 2  # killed himself
    named = _join_to_name(walk, at + 2) if _is_name(walk, at + 1) else None
    ahead = named or _find_ahead(walk, at + 1, far=_is_killing_event(walk))
    if ahead is not None:
        return walk.add(word.kind, ahead, at, ahead.after)
    subject = walk.find_subject()
    if subject is not None and subject.number == 1:
        walk.add(word.kind, subject, subject.first, at + 1)
    elif word.kind == "killed" and at + 1 < walk.stop and _is_circumstance(walk.scan.texts[at + 1]):
        walk.add(word.kind, None, at, at + 1, count=1, named=True)
    return None


def _count_died_since(walk: Walk, word: TollWord) -> int | None:
    """The dead with one who died of his wounds: "two were killed, and a third died of the wounds he had received"."""
    texts, at = walk.scan.texts, walk.index
    last = walk.hits[-1] if walk.hits else None
    if word.kind != "killed" or last is None or last.kind != "killed" or not last.count:
        return None
    if last.start < walk.scan.starts[walk.sentence] or not any("متاثر" in text for text in texts[at + 2 : at + 4]):
        return None
    return last.count + 1


def _is_circumstance(text: str) -> bool:
    """Whether the word after a verb tells where, when or by what, so that nobody new is told after it."""
    if text in STOP_WORDS or text in TIME_WORDS or text in _MEANS:
        return True
    noun = NOUNS.get(text)
    return noun is not None and noun.cls == "munition" and noun.prefix == "ب"


def _find_next(walk: Walk, doers: People) -> People | None:
    """After "two gunmen killed": the people with a number that stand right behind them, so that these are the doers."""
    if doers.group not in _DOERS or not walk.scan.texts[doers.first].endswith("ان"):
        return None
    struck = walk.people_at(doers.after, bare=False)
    return struck if struck is not None and struck.explicit and struck.status is None else None


def _find_object(walk: Walk, index: int, *, any_one: bool = False) -> People | None:
    """After "gunmen killed": people with a number, a dual or an accusative, which make the first ones the doers.

    `any_one`: also a single person, where the nominative has told who did it ("gunmen killed the head of a village").
    """
    texts = walk.scan.texts
    for at in range(index, min(index + _OBJECT_REACH, walk.stop)):
        text = texts[at]
        if any_one and (text in TIME_WORDS or text == "بالرصاص"):
            continue  # gunmen shot, this morning, an officer
        if text in STOP_WORDS or text in SENTENCE_ENDS or walk.word_at(at) or (text[0] == "و" and text in NOUNS):
            return None
        if starts_people(text):
            people = walk.people_at(at, bare=any_one)
            one = text.endswith("ا") or (any_one and people is not None and people.number == 1)
            if people is not None and people.status is None and (people.explicit or one):
                return people
    return None


def _find_of_doers(walk: Walk, index: int) -> People | None:
    """Whom gunmen killed of whom more is told first: "gunmen belonging to such a group killed five soldiers"."""
    if _is_circumstance(walk.scan.texts[index]):
        return None  # gunmen were killed in, by, after …
    found = _find_ahead(walk, index, far=True)
    if found is not None and found.explicit:
        return found if found.group not in _DOERS else None
    texts = walk.scan.texts
    for at in range(index, min(index + _FAR_REACH, walk.stop)):
        if texts[at] in SENTENCE_ENDS or walk.word_at(at) is not None:
            return None
        noun = NOUNS.get(texts[at]) if texts[at].endswith("ا") else None
        if noun is not None and noun.cls == "person" and noun.number == "singular" and noun.prefix == "":
            return walk.people_at(at, bare=False)  # the accusative: an officer, an employee
    return None


def _is_killing_event(walk: Walk) -> bool:
    """Whether a long-winded thing does the killing: قتلت of mortar fire on such a place, قتل of "a bombing that …"."""
    texts, at = walk.scan.texts, walk.index
    doer = NOUNS.get(texts[at + 1]) if at + 1 < walk.stop else None
    return texts[at].endswith("تلت") or (doer is not None and doer.cls == "munition" and doer.prefix in ("", "ال"))


def _find_ahead(walk: Walk, index: int, *, far: bool = False) -> People | None:
    """After a verb and a few words of circumstance: people with a number ("killed in it were five guards")."""
    texts = walk.scan.texts
    near = True
    for at in range(index, min(index + (_FAR_REACH if far else _AHEAD_REACH), walk.stop)):
        text = texts[at]
        loosened = starts_modifier(text)
        if text in (SENTENCE_ENDS if far else CLAUSE_ENDS) or (walk.word_at(at) is not None and not loosened):
            return None
        before = NOUNS.get(texts[at - 1]) if at > index else None
        if before is not None and before.cls == "munition":
            near = False
            if not text[0].isdecimal() and text not in WORDS:
                continue  # تفجيران انتحاريان: a device's adjective is no person
        if starts_people(text) or loosened or (near and find_noun(text) is not None):
            people = walk.people_at(at, bare=False)
            if people is not None and people.status is None and (people.explicit or (near and not people.definite)):
                return people
        near = near and bool(text in _CIRCUMSTANCE or SAME_EVENT & {text, texts[min(at + 1, walk.stop - 1)]})
    return None


def _read_after_subject(walk: Walk, word: TollWord) -> int | None:
    """قتلوا, أصيبا: the verb stands after its people."""
    at = walk.index
    texts = walk.scan.texts
    struck_by = texts[at].lstrip("وف") in _TRANSITIVE and not "".join(texts[at + 1 : at + 2]).startswith("و")
    object_ = walk.people_at(at + 1, bare=True) if struck_by else None
    if object_ is not None and object_.explicit and object_.status is None and not object_.definite:
        return walk.add(word.kind, object_, at, object_.after, active=True)  # they killed three
    subject = _find_bare(walk) or walk.find_subject(explicit=word.number == "plural")
    struck = _find_object(walk, at + 1) if subject is None or subject.group in _DOERS else None
    if struck is not None and struck.number == 1:
        return walk.add(word.kind, struck, at, struck.after, active=True)  # gunmen killed an officer
    if subject is not None:
        two = subject._replace(number=2) if word.number == "dual" else subject
        walk.add(word.kind, two, subject.first, at + 1)
    elif word.number == "dual":
        walk.add(word.kind, None, at, at + 1, count=2, named=True)
    else:
        ahead = _find_ahead(walk, at + 1)
        if ahead is not None and ahead.explicit:
            return walk.add(word.kind, ahead, at, ahead.after, active=True)
    return None


_THAT = ("ان", "وان")
_LOOSENED = 5  # parts of "no fewer than", "more than" with the number behind them


def _find_bare(walk: Walk) -> People | None:
    """A number alone right before the verb: "that seven were killed", "and four were wounded"."""
    at = walk.index - 1
    if at <= walk.sentence:
        return None
    texts = walk.scan.texts
    joined = texts[at][0] == "و" and texts[at] in WORDS
    for first in range(at - 1, max(walk.sentence, at - _LOOSENED), -1):
        if texts[first - 1] in _THAT and starts_modifier(texts[first]):
            at = first  # "that more than a hundred were wounded"
    people = walk.people_at(at, bare=True) if joined or texts[at - 1] in _THAT else None
    return people if people is not None and people.explicit and people.after == walk.index else None


def read_active(walk: Walk, word: TollWord) -> int | None:
    """يقتل, يصيبون: the verb of those who did it; the people stand after it."""
    at = walk.index
    beside = walk.people_at(at + 1, bare=True)
    if beside is not None and beside.explicit and not beside.definite and beside.group and beside.status is None:
        return walk.add(word.kind, beside, at, beside.after, active=True)
    ends = beside is not None and walk.scan.texts[beside.after : beside.after + 1] in _ENDINGS
    if beside is not None and beside.group is None and beside.explicit and (_follows_toll(walk) or ends):
        return walk.add(word.kind, beside, at, beside.after, active=True)  # killed seven and wounded twelve
    if beside is None and _is_one_more(walk, at + 1):
        return walk.add(word.kind, None, at, at + 2, count=1, named=True, active=True)
    found = _find_object(walk, at + 1) or _find_ahead(walk, at + 1)
    if found is None or found.group is None:
        return None
    return walk.add(word.kind, found, at, found.after, active=True)


def _follows_toll(walk: Walk) -> bool:
    """Whether "and" joins the present word to a telling of the other kind that ends right before it."""
    at = walk.index
    if at == walk.low or not walk.hits or not walk.scan.texts[at].startswith("و"):
        return False
    return walk.hits[-1].end >= walk.scan.ends[max(walk.low, at - 3)] and not walk.hits[-1].negated
