"""Turns the words at one place of a scanned text into one group of people counted: seven soldiers, one of his men."""

from __future__ import annotations

from typing import NamedTuple

from extract.dates.lexicon import MONTH_WORDS, TIME_WORDS
from extract.numbers.lexicon import MODIFIERS, NOUNS, WORDS, NounForm
from extract.numbers.read import Cardinal, read_after_modifier, read_cardinal, read_range
from extract.scan import DEFINITE, WORD_SETS, Scan
from extract.tolls.lexicon import TOLL_WORDS, find_noun


class People(NamedTuple):
    """People told at one place; `number` is None where none is told."""

    number: int | None
    high: int | None
    modifier: str | None
    group: str | None  # None: a bare number
    status: str | None  # killed | wounded … where the noun itself says so
    explicit: bool  # a number or a dual stands there, not a single or a plural noun alone
    definite: bool
    first: int
    after: int
    items: tuple[tuple[str | None, int | None], ...] = ()


STOP_WORDS = WORD_SETS["after_people"]
# Organisation, movement, the Taliban …: whose men, where soldiers fall too, are those who attacked them.
_FOES = frozenset("تنظيم التنظيم حركه الحركه حزب الحزب جماعه الجماعه داعش طالبان القاعده الشباب بوكو المتمردين".split())
_CORPS_GROUPS = {"الشرطه": "police", "الجيش": "soldiers"}  # four of the police, of the army
_EXTRA = WORD_SETS["describing"]
_CORPS = WORD_SETS["corps"]
_TWO = WORD_SETS["two"]
# عدد القتلى is the number of the dead, عدد من القتلى is a number of dead.
_OF_WORDS = frozenset(prefix + word for prefix in ("", "و", "ب", "ل") for word in WORD_SETS["part_of"])
_BEFORE_FIRST = frozenset(form.split(" ", 1)[0] for form in MODIFIERS.before)
_ONE = frozenset(("احد", "احدي", "واحد", "واحده", "واحدا", "باحد"))
ONE_OF_THEM = frozenset(("احدهما", "احدهم", "احداهما", "احداهن"))
_UNPEOPLED = ("unit", "thing", "munition")


def starts_modifier(text: str) -> bool:
    """Whether a loosening of a number (at least, more than) may begin with this word."""
    return text in _BEFORE_FIRST


def is_bound(text: str) -> bool:
    """Whether a noun bears a possessive: his driver, their children."""
    noun = NOUNS.get(text)
    return noun is None or noun.key == "driver" or (noun.key == "relative" and text.endswith("ه"))


def is_describing(text: str, *, strict: bool) -> bool:
    """Whether a word may stand as an adjective after a counted noun."""
    if text in _EXTRA:
        return True
    if text in STOP_WORDS or text in TOLL_WORDS or not text.isalpha() or text in TIME_WORDS or text in WORDS:
        return False
    noun = NOUNS.get(text)
    if noun is not None:
        return (noun.prefix == "" and noun.cls == "person") or (
            not strict and noun.prefix == "ال" and noun.cls != "status"
        )
    if not strict:
        return len(text) > 2
    return len(text) > 3 and text[0] != "و" and text.endswith(("ين", "ون", "يه", "يا", "ي"))


def read_item(scan: Scan, index: int, stop: int, *, bare: bool) -> People | None:
    modifier, at = _read_before(scan, index, stop)
    texts = scan.texts
    bracket = at < stop and texts[at] in ("(", "[", '"')
    at += bracket
    if at < stop and texts[at] in ("ال", "لل", "ب"):
        at += 1
    if at >= stop:
        return None
    text = texts[at]
    if text in ONE_OF_THEM:
        return People(1, None, None, "people", None, True, False, index, at + 1)
    many = read_cardinal(scan, at, stop) if text in ("واحد", "واحده", "واحدا", "احد", "احدي") else None
    if text in _ONE and not (many is not None and many.value is not None and many.value > 1):  # "one and twenty"
        return _read_one_of(scan, index, at, stop)
    read = read_cardinal(scan, at, stop) if text[0].isdecimal() or text in WORDS else None
    if read is not None:
        people = _read_counted(scan, index, at, stop, read, bare=bare or bracket)
    else:
        people = _read_uncounted(scan, index, at, stop, definite_too=bare)
    if people is None:
        return None
    after = people.after
    if bracket and after < stop and texts[after] in (")", "]", '"'):
        after += 1
    later, after = read_after_modifier(scan, after, stop)
    doers = texts[after - 1].endswith("ون")  # nominative: what follows in the accusative is whom they struck
    for _ in range(3):
        if after < stop and is_describing(texts[after], strict=True) and not (doers and _is_object(texts[after])):
            after += 1
    if later is None:
        later, after = read_after_modifier(scan, after, stop)
    return people._replace(modifier=people.modifier or modifier or later, after=after)


def _is_object(text: str) -> bool:
    """Whether a word cannot describe the many before it, so that it is whom they struck: an officer, the head of."""
    noun = NOUNS.get(text)
    return text.endswith("ا") or (noun is not None and noun.number == "singular" and noun.key != "national")


def _read_before(scan: Scan, index: int, stop: int) -> tuple[str | None, int]:
    texts = scan.texts
    if index < stop and texts[index] in _BEFORE_FIRST:
        for length in (4, 3, 2, 1):
            name = MODIFIERS.before.get(" ".join(texts[index : index + length]))
            if name is not None and index + length < stop:
                return name, index + length
    if (index + 1 < stop and texts[index] in ("بين", "مابين")) or texts[index : index + 2] == ("ما", "بين"):
        return "range", index + (1 if texts[index] != "ما" else 2)
    return None, index


def _read_one_of(scan: Scan, index: int, at: int, stop: int) -> People | None:
    """One of his soldiers; one person."""
    texts = scan.texts
    after = at + 1
    if after < stop and texts[after] == "من":
        after += 1
    elif texts[at] in ("واحد", "واحده", "واحدا"):
        return None
    noun = find_noun(texts[after]) if after < stop else None
    if noun is not None and noun.cls in _UNPEOPLED:
        return None
    known = noun is not None or (after < stop and texts[after].isalpha() and texts[after] not in STOP_WORDS)
    if not known:
        return None
    group = "people" if noun is None else noun.group
    return People(1, None, None, group, None, True, False, index, after + 1)


def _read_counted(scan: Scan, index: int, at: int, stop: int, read: Cardinal, *, bare: bool) -> People | None:
    texts = scan.texts
    if read.ordinal:
        if bare and read.definite and (read.after >= stop or find_noun(texts[read.after]) is None):
            return People(1, None, None, "people", None, True, True, index, read.after)
        return None
    if read.unit is not None:
        return None
    read = read_range(scan, at, stop, max(0, at - 1), read)
    after = read.after
    if after < stop and texts[after] in (")", "]"):
        after += 1
    word = texts[after] if after < stop else ""
    if word == "/" or word == "%" or (word == "في" and texts[after + 1 : after + 2] in (("الميه",), ("المايه",))):
        return None
    if texts[after - 1] in _OF_WORDS and "من" not in texts[after : after + 3] and _is_counted_whole(word):
        return None
    if read.form == "vague" and word in ("كبير", "اخر", "غير", "محدود", "قليل", "جديد", "كبيره"):
        after += 1
        word = texts[after] if after < stop else ""
    group, status, end = _read_counted_noun(scan, after, stop, word)
    if end is None:
        return None
    if group is None and bare and word in ("منهم", "منهما"):
        group, end = "people", end + 1
    if group is None and (not bare or not _may_stand_bare(word, read)):
        return None
    return People(read.value, read.high, "range" if read.high else None, group, status, True, read.definite, index, end)


def _is_counted_whole(word: str) -> bool:
    """Whether the word after "number" is what is counted as a whole: عدد القتلى, عدد ضحايا الهجوم."""
    noun = NOUNS.get(word)
    return word.startswith("ال") or (noun is not None and noun.cls in ("status", "person") and noun.prefix == "")


def _read_counted_noun(scan: Scan, after: int, stop: int, word: str) -> tuple[str | None, str | None, int | None]:
    """The group and status that follow a number and the index after them (None: what is counted is no people)."""
    texts = scan.texts
    if word == "من" and after + 1 < stop:
        after += texts[after + 1] == '"' and after + 2 < stop
        if texts[after + 1] in _FOES:
            return "foes", None, after + 2
        if texts[after + 1] in _CORPS_GROUPS:
            return _CORPS_GROUPS[texts[after + 1]], None, after + 2
        noun = find_noun(texts[after + 1])
        if (
            (noun is not None and noun.cls in _UNPEOPLED)
            or texts[after + 1] in MONTH_WORDS
            or texts[after + 1] in TIME_WORDS
        ):
            return None, None, None
        if noun is None:
            if texts[after + 1] in ("عمره", "عمرها", "العمر", "العمره"):
                return None, None, None
            known = texts[after + 1].isalpha() and texts[after + 1] not in STOP_WORDS
            return ("people" if known else None), None, after + (2 if known else 0)
        foes = noun.group in ("members", "fighters") and texts[after + 2 : after + 3] and texts[after + 2] in _FOES
        return ("foes", None, after + 2) if foes else _classify(noun, after + 2)
    noun = find_noun(word) if word else None
    told = TOLL_WORDS.get(word)
    of_cases = word in ("حاله", "حالات") and after + 1 < stop
    if of_cases:
        after, told = after + 1, TOLL_WORDS.get(texts[after + 1])
    if told is not None and told.prefix == "" and (told.role == "noun_plural" or (told.role == "noun" and of_cases)):
        return told.kind, told.kind, after + 1  # 5 إصابات, 3 حالات وفاة
    if noun is None or noun.prefix not in ("", "ال"):
        if word in MONTH_WORDS:
            return None, None, None
        return None, None, after
    if noun.cls in _UNPEOPLED:
        return None, None, None
    return _classify(noun, after + 1)


def _classify(noun: NounForm, after: int) -> tuple[str, str | None, int]:
    return noun.group, (noun.group if noun.cls == "status" else None), after


def _may_stand_bare(word: str, read: Cardinal) -> bool:
    """Whether a number without a known noun may count people: not a year, and nothing that it could measure."""
    if read.form == "vague":
        return True
    return not (
        read.form == "digits" and read.value is not None and 1900 <= read.value <= 2100 and word in ("", ".", "،")
    )


def _is_two_in_digits(texts: tuple[str, ...], at: int, stop: int) -> bool:
    """Whether a bare 2 follows a form in ين, which says that it is the dual: منتسبين 2."""
    return texts[at].endswith("ين") and at + 1 < stop and texts[at + 1] == "2"


def _read_uncounted(scan: Scan, index: int, at: int, stop: int, *, definite_too: bool) -> People | None:
    """A noun without a number: a single one, a dual, or a plural that tells no count."""
    texts = scan.texts
    noun = find_noun(texts[at])
    if noun is None or noun.cls not in ("person", "status") or texts[at] == "طالبان":  # the Taliban, not two students
        return None
    definite = noun.prefix in DEFINITE
    if definite and not definite_too and noun.cls == "person":
        return None
    count, explicit = {"singular": (1, False), "dual": (2, True), "pair": (2, True)}.get(noun.number, (None, False))
    after = at + 1
    if noun.number == "construct":
        if after >= stop or not texts[after].isalpha() or texts[after] in STOP_WORDS:
            return None
        count, explicit = 2, True
    if texts[at].endswith("ا") and noun.number == "singular" and after < stop and texts[after] in _CORPS:
        count, explicit, after = 2, True, after + 1  # ضابطا شرطة: two police officers, the dual before its noun
    elif noun.number == "singular" and after < stop and texts[after] in _CORPS:
        after += 1  # ضابط شرطة: a police officer
    # مسلحون … اثنين: what "two" follows in another case is not these gunmen
    for ahead in range(after, after if texts[at].endswith("ون") else min(after + 3, stop)):
        if texts[ahead] in _TWO:
            count, explicit, after = 2, True, ahead + 1
            break
        if not is_describing(texts[ahead], strict=True):
            break
    if noun.number == "plural" and not explicit and _is_two_in_digits(texts, at, stop):
        count, explicit, after = 2, True, after + 1
    if (definite or is_bound(texts[at])) and noun.number == "plural" and after < stop:
        article = texts[after] == "ال" and after + 1 < stop  # الضحايا الـ21: the 21 victims
        read = read_cardinal(scan, after + article, stop)
        if read is not None and (read.definite or article) and not read.ordinal and read.value is not None:
            count, explicit, after = read.value, True, read.after
    status = noun.group if noun.cls == "status" else None
    return People(count, None, None, noun.group, status, explicit, definite, index, after)
