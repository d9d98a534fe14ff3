"""Turns the words at one place of a scanned text into people counted, those joined to them summed: a man and a son."""

from __future__ import annotations

from extract.numbers.lexicon import NOUNS, WORDS
from extract.scan import WORD_SETS, Scan
from extract.tolls.counted import ONE_OF_THEM, STOP_WORDS, People, is_bound, is_describing, read_item, starts_modifier
from extract.tolls.lexicon import TOLL_WORDS, find_noun

_JOINERS = frozenset(tuple(form.split(" ")) for form in WORD_SETS["joiner"])
_JOINER_STARTS = frozenset(words[0] for words in _JOINERS)
_NAME_LENGTH = 7  # parts of a name or a title that may stand before "and two of his guards"
_WITH_WOUNDS = frozenset({"بجروح", "باصابات", "باصابه", "بجراح"})
_STRUCK = ("soldiers", "police", "security", "civilians", "children", "women")
_FORCES = ("soldiers", "police", "security")
_BYSTANDERS = ("civilians", "children", "women")
_TWO_MORE = [("اثنين",), ("اثنان",)]
_IN = ("في", "قرب", "ب")
_LONGEST = 12  # parts of one enumeration: no report lists more groups in one breath


def read_people(scan: Scan, index: int, stop: int, *, bare: bool) -> People | None:
    """The people told from `index` on, an enumeration summed; `bare` lets a number stand without a noun."""
    first = read_item(scan, index, stop, bare=bare)
    if first is None or first.status is not None or scan.texts[first.first] in ONE_OF_THEM:
        return first
    items = [first]
    while len(items) < _LONGEST:
        following = read_joined(scan, items[-1].after, stop, titled=items[-1].number == 1)
        if following is None or following.status is not None:
            break
        items.append(following)
    if len(items) == 1:
        return first._replace(items=((first.group, first.number),))
    # five soldiers and four gunmen: these are who attacked
    own = "militants" if first.group in _STRUCK or any(item.group in _FORCES for item in items) else ""
    victims = [item for item in items if item.group not in ("attackers", own, own and "foes")] or items
    counts = [item.number for item in victims if item.number is not None]
    open_end = len(counts) < len(victims)
    return first._replace(
        group=victims[0].group,
        number=sum(counts) if counts else None,
        high=None,
        modifier="at_least" if open_end and counts else next((item.modifier for item in items if item.modifier), None),
        explicit=any(item.explicit for item in items) or len(counts) > 1,
        after=items[-1].after,
        items=tuple((item.group, item.number) for item in items),
    )


_ANOTHER = frozenset({"واخري", "واخر"})  # and another
# Near, in front of, in the middle of, struck …: where another bomb went off.
_PLACED = frozenset("قرب امام بالقرب داخل وسط عند شمال جنوب شرق غرب شمالي جنوبي شرقي غربي استهدفت استهدف".split())


def read_joined(scan: Scan, index: int, stop: int, *, titled: bool = False) -> People | None:
    """The people that are added to those before `index`: and three soldiers, besides a child, … and his guard.

    `titled`: also one more by title and name, behind one so told ("the commander … and the leader in the force …").
    """
    texts = scan.texts
    at, comma, of_force = index, False, False
    for skipped in range(_NAME_LENGTH):
        if at < stop and not comma and texts[at] in (",", "،"):
            at, comma = at + 1, True
        if at >= stop:
            return None
        text = texts[at]
        if text in _JOINER_STARTS:
            for length in (2, 1):
                if tuple(texts[at : at + length]) in _JOINERS:
                    item = read_item(scan, at + length, stop, bare=False)
                    return item if item is not None and (item.explicit or not item.definite) else None
        if text in _ANOTHER and at + 1 < stop and texts[at + 1] in _PLACED:
            return None  # "a car bomb killed seven, and another near …"
        if text[0] == "و" and text not in TOLL_WORDS:
            item = read_item(scan, at + 1 if text == "و" else at, stop, bare=False)
            if item is None and titled:
                item = _read_title(scan, at, stop)
            if item is None or (item.definite and not titled):
                return None
            if item.group == "people" and _is_second_nation(texts, at, index):
                return None
            ranked = texts[index : index + 1] == ("برتبه",)  # an officer of the rank of … and a soldier
            ranked = ranked or not _WITH_WOUNDS.isdisjoint(texts[index:at])  # with slight wounds, and another soldier
            bystander = skipped <= 2 and texts[index - 2] == "من" and item.group in _BYSTANDERS
            ranked = ranked or bystander  # two of the peace-keepers and a civilian
            near = (
                skipped == 0 or ranked or of_force or item.definite or (item.number == 1 and is_bound(text))
            )  # or with a possessive: and his guard
            return item if item.explicit or near else None
        follower = _find_follower(texts, at, stop) if skipped <= 2 and text in ("في", "من") and not comma else None
        if follower is None and titled and skipped == 0 and text in ("في", "من"):
            follower = _find_comrade(texts, at, stop)
            of_force = follower is not None
        if follower is not None:
            at = follower
            continue
        if text == "علي" and _is_ali(texts, at, stop):
            at += 1
            continue
        if text[0].isdecimal() and skipped and texts[at - 1].startswith("ال"):
            at += 1  # the commander of Brigade 34, with three of his guards
            continue
        if text in ONE_OF_THEM:
            return None  # one of them a child, and three women: parts of what was told
        if text in _WITH_WOUNDS:
            at += 1  # an officer with slight wounds and another soldier
            continue
        if comma or (text not in ('"', "ب") and not is_describing(text, strict=False)):
            return None
        at += 1
    return None


def _is_second_nation(texts: tuple[str, ...], at: int, index: int) -> bool:
    """Whether "and Afghan" only goes on describing those counted: "twelve fighters, Iraqi and Afghan"."""
    return at == index and texts[at].endswith("يا") and texts[at - 1].endswith("يا") and texts[at - 2] in NOUNS


def read_followers(scan: Scan, index: int, stop: int, *, titled: bool = False) -> People | None:
    """All who are joined to the one told before `index`, summed: his brother, his driver and two guards."""
    first = read_joined(scan, index, stop, titled=titled)
    if first is None or first.number is None or first.status is not None:
        return first
    number, last = first.number, first
    for _ in range(_LONGEST):
        following = read_joined(scan, last.after, stop, titled=titled)
        if following is None or following.status is not None or not following.number:
            break
        number, last = number + following.number, following
    return first._replace(number=number, after=last.after)


def _is_ali(texts: tuple[str, ...], at: int, stop: int) -> bool:
    """Whether it is the name and no "on": before "and", "commander of", or a family's name that "and" follows."""
    if at + 1 >= stop:
        return False
    name, after = texts[at + 1], "".join(texts[at + 2 : min(at + 3, stop)])
    surname = name.startswith("ال") and name not in NOUNS and after.startswith("و")
    return name[0] == "و" or _is_title(name) or surname


_RANKS = frozenset({"leader", "officer", "serviceman", "policeman", "soldier", "journalist", "adviser", "worker"})
_OFFICES = WORD_SETS["office"]


def _read_title(scan: Scan, at: int, stop: int) -> People | None:
    """One more person by title and name (and the leader …), no sentence on who holds an office."""
    texts = scan.texts
    if texts[at] == "وابو" and at + 1 < stop and texts[at + 1].isalpha():
        return People(1, None, None, "people", None, False, True, at, at + 2)  # and Abu …, a man's byname
    noun = NOUNS.get(texts[at])
    if noun is None or noun.key not in _RANKS or noun.prefix != "وال" or noun.number != "singular" or at + 1 >= stop:
        return None
    follows = texts[at + 1]
    if texts[at].removeprefix("وال") in _OFFICES or not follows.isalpha() or follows in TOLL_WORDS:
        return None
    if follows in STOP_WORDS and follows not in ("في", "ب"):
        return None
    return People(1, None, None, noun.group, None, False, True, at, at + 1)


def _is_title(text: str) -> bool:
    """Whether a word may tell whose office the name before it bears: commander of, head of."""
    noun = NOUNS.get(text)
    return noun is not None and noun.key in _RANKS and noun.prefix == ""


def _find_follower(texts: tuple[str, ...], at: int, stop: int) -> int | None:
    """Where "and two of his guards" stands behind "in the force", "and three civilians" behind a place."""
    for index in range(at + 1, min(at + 5, stop)):
        if texts[index] == "مع" and index + 2 < stop and texts[index + 1] in WORDS and texts[index + 2] == "من":
            return index  # an officer in the army, a major, with four of his guards
        if texts[index][0] != "و":
            continue
        text = texts[index][1:]
        joined = NOUNS.get(text)
        follower = find_noun(text) if joined is None else None
        if follower is not None and follower.cls == "person":
            return index  # an officer in the army and his wife
        if joined is not None and joined.key == "driver":
            return index
        if joined is not None and joined.group == "civilians" and texts[index + 1 : index + 2] in _TWO_MORE:
            return index  # three of the police and two civilians
        if text in WORDS and index + 2 < stop and _is_follower(texts, index + 1, stop):
            return index
    return None


_SERVICES = frozenset("الجيش الشرطه الامن القوات قوات قوه الدرك الحرس ايساف الناتو الحلف حلف الحشد البيشمركه".split())


def _find_comrade(texts: tuple[str, ...], at: int, stop: int) -> int | None:
    """Where "and a civilian" stands behind "(a soldier) of the Pakistani army"."""
    if at + 1 >= stop or texts[at + 1] not in _SERVICES:
        return None
    for index in range(at + 2, min(at + 6, stop)):
        noun = find_noun(texts[index][1:]) if texts[index][0] == "و" else None
        if noun is not None:
            return index if noun.cls == "person" and noun.prefix == "" and noun.number != "plural" else None
        if texts[index] in TOLL_WORDS or texts[index] in STOP_WORDS:
            return None
    return None


def _is_follower(texts: tuple[str, ...], at: int, stop: int) -> bool:
    """Whether those counted are of the same attack: "(three) of his guards", "(three) civilians", in no other place."""
    if texts[at] == "من":
        return texts[at + 1].endswith(("ه", "ها", "هم"))
    noun = NOUNS.get(texts[at])
    if noun is None or noun.cls != "person" or noun.prefix:
        return False
    behind = NOUNS.get(texts[at + 2]) if at + 2 < stop else None
    return texts[at + 1] not in _IN or (behind is not None and behind.cls == "munition")


__all__ = ["ONE_OF_THEM", "STOP_WORDS", "People", "read_followers", "read_people", "starts_modifier"]
