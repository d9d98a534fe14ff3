"""Turns folded Arabic text into tellings of killed and wounded: who, how many, and how the words stand to them."""

from __future__ import annotations

from extract.dates_lexicon import TIME_WORDS
from extract.numbers_lexicon import NOUNS, WORDS
from extract.scan import DEFINITE, Scan, scan_text
from extract.toll_hit import Toll, TollHit, combine_tolls
from extract.toll_lexicon import TOLL_CONTEXTS, TOLL_WORDS, TollWord, find_noun
from extract.toll_people import _STOP, People, read_people

__all__ = ["Toll", "TollHit", "combine_tolls", "find_tolls"]

_SENTENCE_ENDS = frozenset((".", "\n", "!", "؟", "?", "؛"))
_CLAUSE_ENDS = _SENTENCE_ENDS | {",", "،", ";", ":", '"'}
# What stands between a negation and a toll that is merely not known: no word of losses is not a word of no losses.
_UNTOLD = frozenset(
    "معلومات انباء تفاصيل تقارير تاكيد الكشف يكشف ذكر يذكر تذكر توضيح يوضح تتضح يتضح ترد يرد ورود تعلن يعلن تعرف يعرف معرفه "
    "حصيله تحديد يحدد تحدد يتسن العلم علمه عدد يقدم اعلان الافصاح يتبين معلومه احصاء احصائيه".split()
)
_PRONOUN_SKIP = frozenset("فيه فيها خلاله خلالها جراءه جراءها اثره اثرها بينهم ايضا علي اثرها بها به".split())


class _Walk:
    """The state of one pass over a text."""

    __slots__ = ("hits", "index", "last_kind", "low", "scan", "sentence", "stop", "total_at")

    def __init__(self, scan: Scan, low: int, stop: int) -> None:
        self.scan = scan
        self.low, self.stop = low, stop
        self.index = low
        self.sentence = low  # where the present sentence begins
        self.total_at = -1
        self.last_kind = ""
        self.hits: list[TollHit] = []


def find_tolls(folded: str, start: int = 0, end: int | None = None) -> list[TollHit]:
    """Every telling of killed and wounded in `folded[start:end]`, in order; spans are of `folded`."""
    scan = scan_text(folded)
    low, stop = scan.window(start, end)
    walk = _Walk(scan, low, stop)
    texts = scan.texts
    while walk.index < stop:
        text = texts[walk.index]
        word = TOLL_WORDS.get(text)
        if word is not None:
            after = _READERS[word.role](walk, word)
        elif text in _SENTENCE_ENDS:
            walk.sentence, walk.total_at, after = walk.index + 1, -1, None
        elif text[0].isdigit() or text in WORDS or text in NOUNS:
            after = _read_status(walk)
        else:
            after = None
        walk.index = after if after is not None and after > walk.index else walk.index + 1
    return walk.hits


def _add(
    walk: _Walk, kind: str, people: People | None, first: int, after: int, *,
    count: int | None = None, named: bool = False, active: bool = False, subset: bool = False,
) -> None:  # fmt: skip
    """Keeps one telling with the flags that its surroundings give it."""
    scan = walk.scan
    flags = _read_contexts(walk, first, after)
    total = 0 <= walk.total_at and walk.total_at >= walk.sentence and first - walk.total_at < 30
    walk.hits.append(
        TollHit(
            start=scan.starts[first], end=scan.ends[after - 1], kind=kind,
            count=people.count if people is not None else count, group=None if people is None else people.group,
            high=None if people is None else people.high, modifier=None if people is None else people.modifier,
            subset=subset, total=total, aggregate="aggregate" in flags, preliminary="preliminary" in flags,
            named=named, active=active, items=() if people is None else people.items,
        )
    )  # fmt: skip
    walk.last_kind = kind


def _read_contexts(walk: _Walk, first: int, after: int) -> set[str]:
    """Words around a telling that make it an aggregate or a former figure."""
    texts = walk.scan.texts
    flags: set[str] = set()
    begin, end = max(walk.sentence, first - 10), min(walk.stop, after + 10)
    for at in range(begin, end):
        text = texts[at]
        if at >= after and text in _SENTENCE_ENDS:
            break
        for rest, flag in TOLL_CONTEXTS.get(text, ()):
            if texts[at + 1 : at + 1 + len(rest)] == rest:
                flags.add(flag)
    return flags


def _read_casualty_noun(walk: _Walk, word: TollWord) -> int | None:
    """مقتل, إصابة: the killing, the wounding of whom stands after it."""
    scan, at, stop = walk.scan, walk.index, walk.stop
    other = TOLL_WORDS.get(scan.texts[at + 1]) if at + 1 < stop else None
    if other is not None and other.prefix == "و" and other.role in ("noun", "both") and other.kind != word.kind:
        people = read_people(scan, at + 2, stop, bare=True) if at + 2 < stop else None
        if people is not None:
            _add(walk, "pooled", people, at, people.after)
            return people.after
        return at + 2
    people = read_people(scan, at + 1, stop, bare=True) if at + 1 < stop else None
    if people is not None and people.status is None:
        _add(walk, word.kind, people, at, people.after)
        return people.after
    if people is None and word.kind == "killed" and word.role == "noun" and _is_name(scan, at + 1, stop):
        _add(walk, word.kind, None, at, at + 2, count=1, named=True)
        return at + 2
    return None


def _is_name(scan: Scan, index: int, stop: int) -> bool:
    """Whether an unknown word after "the killing of" may begin one person's name or title."""
    if index >= stop:
        return False
    text = scan.texts[index]
    if not text.isalpha() or text in _STOP or text in TOLL_WORDS or text in TIME_WORDS or find_noun(text) is not None:
        return False
    return len(text) > 2 and not text.endswith(("ين", "ون", "ات"))


def _read_both(walk: _Walk, word: TollWord) -> int | None:
    """قتل: a passive verb, an active one or a noun, as what stands around it tells."""
    after = _read_casualty_noun(walk, word) if _begins_pooled(walk, word) else None
    return after if after is not None else _read_verb(walk, word)


def _begins_pooled(walk: _Walk, word: TollWord) -> bool:
    other = TOLL_WORDS.get(walk.scan.texts[walk.index + 1]) if walk.index + 1 < walk.stop else None
    return other is not None and other.prefix == "و" and other.role in ("noun", "both") and other.kind != word.kind


def _read_verb(walk: _Walk, word: TollWord) -> int | None:
    scan, at, stop = walk.scan, walk.index, walk.stop
    people = read_people(scan, at + 1, stop, bare=True) if at + 1 < stop else None
    if people is not None and people.status is not None:
        people = None
    if word.number in ("plural", "dual"):
        return _read_after_subject(walk, word)
    if people is not None and not people.explicit:
        found = _find_object(scan, people.after, stop)
        if found is not None:
            _add(walk, word.kind, found, at, found.after, active=True)
            return found.after
    if people is not None:
        _add(walk, word.kind, people, at, people.after)
        return people.after
    ahead = _find_ahead(scan, at + 1, stop)
    if ahead is not None:
        _add(walk, word.kind, ahead, at, ahead.after)
        return ahead.after
    subject = _find_subject(walk)
    if subject is not None and subject.count == 1:
        _add(walk, word.kind, subject, subject.first, at + 1)
    elif word.kind == "killed" and at + 1 < stop and (scan.texts[at + 1] in _STOP or scan.texts[at + 1] in TIME_WORDS):
        _add(walk, word.kind, None, at, at + 1, count=1, named=True)
    return None


def _find_object(scan: Scan, index: int, stop: int) -> People | None:
    """After "gunmen killed": the people with a number, a dual or an accusative that make the first ones the doers."""
    texts = scan.texts
    for at in range(index, min(index + 5, stop)):
        text = texts[at]
        if text in _SENTENCE_ENDS or text in TOLL_WORDS or (text[0] == "و" and text in NOUNS):
            return None
        if text[0].isdigit() or text in WORDS or text in NOUNS:
            people = read_people(scan, at, stop, bare=False)
            if people is not None and people.status is None and (people.explicit or text.endswith("ا")):
                return people
    return None


def _find_ahead(scan: Scan, index: int, stop: int) -> People | None:
    """After a verb and a few words of circumstance: the people with a number ("killed in it were five guards")."""
    texts = scan.texts
    skipped = True
    for at in range(index, min(index + 8, stop)):
        text = texts[at]
        if text in _CLAUSE_ENDS or text in TOLL_WORDS:
            return None
        if at > index and (thing := NOUNS.get(texts[at - 1])) is not None and thing.cls == "munition":
            skipped = False
            if not text[0].isdigit() and text not in WORDS:
                continue  # تفجيران انتحاريان: the adjective of a device is no person
        if text[0].isdigit() or text in WORDS or text in NOUNS or (skipped and find_noun(text) is not None):
            people = read_people(scan, at, stop, bare=False)
            if people is not None and people.status is None and (people.explicit or (skipped and not people.definite)):
                return people
        skipped = skipped and text in _PRONOUN_SKIP
    return None


def _find_subject(walk: _Walk, *, explicit: bool = False, definite: bool = False) -> People | None:
    """The people told before a verb in the same sentence ("four workers were killed"); `explicit`: with a number."""
    scan, verb = walk.scan, walk.index
    texts = scan.texts
    best: People | None = None
    at = max(walk.sentence, verb - 14)
    while at < verb:
        text = texts[at]
        people = (
            read_people(scan, at, verb, bare=definite) if text[0].isdigit() or text in WORDS or text in NOUNS else None
        )
        if people is not None and people.status is None and people.count is not None and (people.explicit or not explicit):
            best, at = people, people.after
        else:
            at += 1
    return best


def _read_after_subject(walk: _Walk, word: TollWord) -> int | None:
    """قتلوا, أصيبا: the verb stands after its people."""
    subject = _find_subject(walk, explicit=word.number == "plural")
    at = walk.index
    if subject is not None:
        _add(walk, word.kind, subject, subject.first, at + 1)
    elif word.number == "dual":
        _add(walk, word.kind, None, at, at + 1, count=2, named=True)
    else:
        ahead = _find_ahead(walk.scan, at + 1, walk.stop)
        if ahead is not None and ahead.explicit:
            _add(walk, word.kind, ahead, at, ahead.after, active=True)
            return ahead.after
    return None


def _read_active(walk: _Walk, word: TollWord) -> int | None:
    """يقتل, يصيبون: the verb of those who did it; the people stand after it."""
    scan, at, stop = walk.scan, walk.index, walk.stop
    found = _find_object(scan, at + 1, stop) or _find_ahead(scan, at + 1, stop)
    if found is None or found.group is None:
        return None
    _add(walk, word.kind, found, at, found.after, active=True)
    return found.after


def _read_meet(walk: _Walk, word: TollWord) -> int | None:
    """لقي … مصرعهم: met their death, the people between the two words or before them."""
    scan, at, stop = walk.scan, walk.index, walk.stop
    end = next((i for i in range(at + 1, min(at + 16, stop)) if _role(scan, i) == "end"), None)
    if end is None:
        return None
    people = read_people(scan, at + 1, end, bare=True) if end > at + 1 else _find_subject(walk)
    if people is None:
        number = TOLL_WORDS[scan.texts[end]].number
        _add(walk, "killed", None, at, end + 1, count=int(number) if number else None, named=True)
    else:
        _add(walk, "killed", people, min(at, people.first), end + 1)
    return end + 1


def _role(scan: Scan, index: int) -> str:
    word = TOLL_WORDS.get(scan.texts[index])
    return "" if word is None else word.role


def _read_parted(walk: _Walk, word: TollWord) -> int | None:
    """فارق الحياة: departed this life."""
    at = walk.index
    if "الحياه" not in walk.scan.texts[at + 1 : at + 4]:
        return None
    subject = _find_subject(walk)
    if subject is not None:
        _add(walk, "killed", subject, subject.first, at + 1)
    else:
        _add(walk, "killed", None, at, at + 1, count=1 if word.number == "singular" else None, named=True)
    return None


def _read_own(walk: _Walk, word: TollWord) -> int | None:
    """مقتله, أردوه قتيلا: the pronoun is the one who was killed."""
    at = walk.index
    after = at + 1
    if after < walk.stop and (noun := NOUNS.get(walk.scan.texts[after])) is not None and noun.cls == "status":
        after += 1
    _add(walk, word.kind, None, at, after, count=int(word.number) if word.number else None, named=True)
    return after


def _read_subset(walk: _Walk, word: TollWord) -> int | None:
    """بينهم: those among the people just told."""
    at = walk.index + 1
    if not walk.last_kind or at >= walk.stop:
        return None
    people = read_people(walk.scan, at, walk.stop, bare=False)
    if people is None or (people.status is not None and people.status != walk.last_kind):
        return None
    _add(walk, walk.last_kind, people, walk.index, people.after, subset=True)
    return people.after


def _read_negation(walk: _Walk, word: TollWord) -> int | None:
    """دون إصابات, لم يصب أحد: what is said not to have happened."""
    texts, at = walk.scan.texts, walk.index
    kinds: set[str] = set()
    last = at
    for i in range(at + 1, min(at + 14, walk.stop)):
        text = texts[i]
        if text in _SENTENCE_ENDS or text in _UNTOLD or (kinds and text in _CLAUSE_ENDS):
            break
        found = _denied_kinds(walk, i)
        if found:
            kinds |= found
            last = i
        elif i - last > 7:
            break
    if not kinds or (texts[at] == "غير" and (texts[at + 1 : at + 2] != ("ان",) or texts[max(0, at - 1)] != "من")):
        return None
    for kind in sorted(kinds):
        walk.hits.append(
            TollHit(start=walk.scan.starts[at], end=walk.scan.ends[last], kind=kind, count=0, negated=True)
        )
    return last + 1


def _denied_kinds(walk: _Walk, index: int) -> set[str]:
    """Which tolls the word at `index` would deny."""
    texts = walk.scan.texts
    word, noun = TOLL_WORDS.get(texts[index]), NOUNS.get(texts[index])
    ahead = texts[index + 1 : index + 3]
    if word is not None:
        if word.role == "losses" and ("بشريه" in ahead or "الارواح" in ahead or "ارواح" in ahead):
            return {"killed", "wounded"}
        if word.role in ("noun_plural",) or (word.role == "noun" and word.kind == "wounded" and "احد" not in ahead):
            return {"killed", "wounded"}
        if word.role == "suffer" and "احد" in texts[index + 1 : index + 4]:
            return {"killed", "wounded"}
        return set()
    if noun is not None and noun.cls == "status" and noun.prefix == "":
        return {"victims": {"killed", "wounded"}, "killed": {"killed"}, "wounded": {"wounded"}}.get(noun.group, set())
    return set()


def _read_suffered(walk: _Walk, word: TollWord) -> int | None:
    """تكبدوا إصابات, مقتولين: what befell the people told before."""
    texts, at = walk.scan.texts, walk.index
    if word.kind == "wounded" and not any(text in ("اصابات", "لاصابات", "جروح", "جروحا", "لجروح") for text in texts[at + 1 : at + 3]):
        return None
    subject = _find_subject(walk, definite=word.kind == "killed")
    if subject is None:
        return None
    _add(walk, word.kind, subject, subject.first, at + 1)
    return at + 2


def _read_total(walk: _Walk, word: TollWord) -> int | None:
    walk.total_at = walk.index
    return None


def _read_nothing(walk: _Walk, word: TollWord) -> int | None:
    return None


def _read_status(walk: _Walk) -> int | None:
    """A number or noun that may begin "nineteen dead", "two wounded", "ten soldiers dead"."""
    scan, at, stop = walk.scan, walk.index, walk.stop
    noun = NOUNS.get(scan.texts[at])
    if noun is not None and noun.cls not in ("person", "status"):
        return None
    if noun is not None and noun.cls == "status" and noun.prefix in DEFINITE:
        return _read_definite_total(walk, noun.group)
    people = read_people(scan, at, stop, bare=False)
    if people is None:
        return None
    if at > walk.low and scan.texts[at - 1] == "بين" and not people.explicit and people.count == 1:
        after = people.after  # سقط ركابها بين قتيل وجريح: no number at all
        _add(walk, "pooled", people._replace(count=None), at, after)
        return after + 1 if after < stop and _status_of(scan.texts[after]) else after
    if people.status is None:
        after = people.after
        follow = NOUNS.get(scan.texts[after]) if after < stop else None
        if people.explicit and follow is not None and follow.cls == "status" and follow.prefix == "":
            _add(walk, follow.group, people, at, after + 1)
            return after + 1
        return None
    if people.count == 1 and not people.explicit and people.after < stop and scan.texts[people.after].startswith("ال"):
        return None  # شهيد المحراب: a title
    pooled_after = _read_pooled(scan, people, stop)
    after = pooled_after or people.after
    _add(walk, people.status if pooled_after is None else "pooled", people, at, after)
    return after


def _read_pooled(scan: Scan, people: People, stop: int) -> int | None:
    """The index after 77 قتيلاً وجريحاً or 14 بين قتيل وجريح, where both are told as one number."""
    texts, after = scan.texts, people.after
    if after + 1 < stop and texts[after] == "بين" and _status_of(texts[after + 1]):
        return after + (3 if after + 2 < stop and _status_of(texts[after + 2]) else 2)
    follow = NOUNS.get(texts[after]) if after < stop else None
    single = follow is not None and follow.cls == "status" and follow.number == "singular" and follow.prefix == "و"
    return after + 1 if single and people.explicit and (people.count is None or people.count > 2) else None


def _status_of(text: str) -> str | None:
    noun = NOUNS.get(text)
    return noun.group if noun is not None and noun.cls == "status" else None


def _read_definite_total(walk: _Walk, kind: str) -> int | None:
    """عدد القتلى 89, حصيلة القتلى إلى 19: the number that a named toll has reached."""
    scan, at = walk.scan, walk.index
    texts = scan.texts
    before = texts[max(walk.sentence, at - 3) : at]
    if not any(word in ("عدد", "حصيله", "اعداد", "لعدد", "وعدد", "الحصيله", "بعدد", "اجمالي") for word in before):
        return None
    for i in range(at + 1, min(at + 12, walk.stop)):
        if texts[i] in _SENTENCE_ENDS or _role(scan, i) in ("noun", "both", "verb"):
            return None
        near = i == at + 1 or texts[i - 1] in ("الي", "علي", "نحو", "بلغ", "حوالي", "عن")
        if (texts[i][0].isdigit() or texts[i] in WORDS) and near:
            people = read_people(scan, i, walk.stop, bare=True)
            if people is not None and people.count is not None and people.status in (None, kind):
                walk.total_at = at
                _add(walk, kind, people, at, people.after)
                return people.after
    return None


_READERS = {
    "noun": _read_casualty_noun, "both": _read_both, "verb": _read_verb, "active": _read_active, "meet": _read_meet,
    "parted": _read_parted, "own": _read_own, "end": _read_nothing, "subset": _read_subset, "share": _read_nothing,
    "negation": _read_negation, "losses": _read_nothing, "suffer": _read_nothing, "total": _read_total,
    "noun_plural": _read_casualty_noun, "suffered": _read_suffered,
}  # fmt: skip
