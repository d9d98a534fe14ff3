"""Keeps what one pass over a scanned text has found of tolls, and flags each telling by what stands around it."""

from __future__ import annotations

from extract.dates.lexicon import MONTH_WORDS
from extract.numbers.lexicon import NOUNS, WORDS
from extract.scan import Scan
from extract.tolls.hit import TollHit
from extract.tolls.lexicon import TOLL_CONTEXTS, TOLL_WORDS, TollWord
from extract.tolls.people import People, read_people
from extract.tolls.ranking import ranks_since

SENTENCE_ENDS = frozenset((".", "\n", "!", "؟", "?", "؛"))
CLAUSE_ENDS = SENTENCE_ENDS | {",", "،", ";", ":", '"'}
_WHEN = frozenset({"عندما", "حين", "حينما", "اذ", "حيث", "يوم"})  # the worst since May, when …
_AROUND = 10  # parts on each side that may mark a telling as an aggregate or a former figure
_TOTAL_REACH = 30  # parts that may lie between "the toll rose" and the number
_BEYOND_ONE_ATTACK = (
    1_000,
    3_000,
)  # killed, wounded: such a figure is a war's, not one attack's
_SUBJECT_REACH = 16  # parts that may lie between people and the verb that tells what befell them


class Walk:
    """The state of one pass over a text."""

    __slots__ = ("hits", "index", "last_kind", "low", "scan", "sentence", "stop", "total_at")

    def __init__(self, scan: Scan, low: int, stop: int) -> None:
        self.scan = scan
        self.low, self.stop = low, stop
        self.index = low
        self.sentence = low  # where the present sentence begins
        self.total_at = -1  # where the present sentence speaks of a toll's state
        self.last_kind = ""
        self.hits: list[TollHit] = []

    def add(
        self, kind: str, people: People | None, first: int, after: int, *,
        count: int | None = None, named: bool = False, active: bool = False, subset: bool = False,
    ) -> int:  # fmt: skip
        """Keeps one telling over the parts `first` … `after`; gives `after` back."""
        scan = self.scan
        flags = self._read_contexts(first, after)
        number = people.number if people is not None else count
        besides = bool(number) and not subset and self._is_besides(kind, first, after)
        last = self.hits[-1].count if besides and self.hits and self.hits[-1].kind == kind else None
        if number and last:
            number += last
        if number is not None and number >= _BEYOND_ONE_ATTACK[kind == "wounded"]:
            flags.add("aggregate")
        total = bool(last) or self._is_total(kind, first)
        group = None if people is None else people.group
        if people is not None and self._is_of_attackers(first, after):
            group = "attackers"
        self.hits.append(
            TollHit(
                start=scan.starts[first], end=scan.ends[after - 1], kind=kind,
                count=number, group=group,
                high=None if people is None else people.high, modifier=None if people is None else people.modifier,
                subset=subset, total=total, aggregate="aggregate" in flags, preliminary="preliminary" in flags,
                named=named and not besides, active=active, further=besides and not last,
                items=() if people is None else people.items,
            )
        )  # fmt: skip
        self.last_kind = kind
        return after

    def _is_besides(self, kind: str, first: int, after: int) -> bool:
        """Whether it adds to those told last: "and with him was killed …", "as also … was killed in the blast"."""
        texts, last = self.scan.texts, self.hits[-1] if self.hits else None
        if last is not None and (last.subset or last.negated):
            return False
        also = (first > 0 and texts[first - 1] == "كما") or not _ALSO.isdisjoint(texts[after : after + 2])
        with_him = texts[first + 1 : first + 2] and texts[first + 1] in _WITH_HIM
        if with_him and (also or texts[first].startswith("و")):
            return last is not None and last.kind == kind and last.group != "attackers"
        ahead = texts[first : min(after + 6, self.stop)]
        return also and not SAME_EVENT.isdisjoint(ahead) and _ANOTHER.isdisjoint(ahead)

    def _is_of_attackers(self, first: int, after: int) -> bool:
        """Whether it befell the attackers: some of them, whose others fled, or a man "suspected to have done it"."""
        texts, end = self.scan.texts, self.stop
        for at in range(after + 1, min(after + _SUSPECT_REACH, end)):
            if texts[at] in _WHO_DID and texts[at - 1] in _THAT_HE:
                return True
        if after < 1 or texts[after - 1] not in _OF_THEM:
            return False
        if not _MANAGED.isdisjoint(texts[max(self.sentence, first - 4) : first]):
            return True  # before the police managed to kill two of them
        return any(text.removeprefix("و") in _ROUTED for text in texts[after : min(after + 4, end)])

    def _is_total(self, kind: str, first: int) -> bool:
        """Whether this is the first telling of its kind after the sentence spoke of a toll's state."""
        if self.total_at < self.sentence or not 0 <= first - self.total_at < _TOTAL_REACH:
            return False
        begin = self.scan.starts[self.total_at]
        return not any(hit.kind == kind and hit.start >= begin and not hit.subset for hit in self.hits[-6:])

    def _read_contexts(self, first: int, after: int) -> set[str]:
        texts = self.scan.texts
        flags: set[str] = set()
        for at in range(max(self.sentence, first - _AROUND), min(self.stop, after + _AROUND)):
            text = texts[at]
            if at >= after and text in SENTENCE_ENDS:
                break
            if text not in TOLL_CONTEXTS:
                text = text.removeprefix("و")
            if text == "منذ" and ranks_since(texts[max(0, at - _RANK_REACH) : at + 1]):
                continue  # "in the worst attack for years, 17 were killed"
            over_time = text == "خلال" or (text == "منذ" and _WHEN.isdisjoint(texts[at:first]))
            if over_time and texts[at + 1 : at + 2] and texts[at + 1] in MONTH_WORDS:
                flags.add("aggregate")
            for rest, flag in TOLL_CONTEXTS.get(text, ()):
                former = (
                    flag == "preliminary"
                    and at >= after
                    and (at > after + 2 or "حصيل" not in text or "وكانت" in texts[after:at])
                )
                if texts[at + 1 : at + 1 + len(rest)] == rest and not former:
                    flags.add(flag)  # a former figure stands behind the words that say so
        return flags

    def word_at(self, index: int) -> TollWord | None:
        """The toll word at an index of the pass, if one stands there."""
        return TOLL_WORDS.get(self.scan.texts[index]) if index < self.stop else None

    def people_at(self, index: int, *, bare: bool) -> People | None:
        """The people told from `index` on."""
        return read_people(self.scan, index, self.stop, bare=bare) if index < self.stop else None

    def _find_one_of_two(self) -> People | None:
        """The one before the present verb: "one of them was killed, and the other was wounded"."""
        texts, at = self.scan.texts, self.index - 1
        if at <= self.sentence or texts[at] not in _ONE_OF_THEM | _THE_OTHER:
            return None
        if texts[at] in _THE_OTHER and _ONE_OF_THEM.isdisjoint(texts[max(self.sentence, at - 14) : at]):
            return None
        return People(1, None, None, "people", None, True, False, at, at + 1)

    def find_subject(self, *, explicit: bool = False, definite: bool = False, hurt: bool = False) -> People | None:
        """The people told last before the present word in its sentence ("four workers were killed").

        `explicit`: only with a number or a dual; `definite`: also "the two officers". Those "among them" are skipped;
        so are the wounded, but where they can have died since (`hurt`).
        """
        scan, verb = self.scan, self.index
        parted = self._find_one_of_two()
        if parted is not None:
            return parted
        best: People | None = None
        at = max(self.sentence, verb - _SUBJECT_REACH)
        while at < verb:
            text = scan.texts[at]
            word = TOLL_WORDS.get(text)
            if word is not None and word.role == "subset":
                among = read_people(scan, at + 1, verb, bare=False) if at + 1 < verb else None
                at = at + 1 if among is None else among.after
                continue
            people = read_people(scan, at, verb, bare=definite) if starts_people(text) else None
            told = people is not None and people.status is not None and not (hurt and people.status == "wounded")
            if people is None or told or people.number is None:
                at += 1
                continue
            if people.explicit or not explicit:
                best = people
            at = people.after
        return best


_RANK_REACH = 9  # parts between "the worst" and "since"
_WITH_HIM = frozenset("معه معها معهم معهما".split())
SAME_EVENT = frozenset(
    f"{prefix}{noun}"
    for prefix in ("", "ب")
    for noun in "الانفجار التفجير الهجوم القصف الغاره الحادث الكمين المكان الاعتداء العمليه".split()
)  # in the blast, the bombing, the attack, the shelling, the raid, the incident, the ambush, the place
_ALSO = frozenset({"ايضا", "كذلك"})
# Another, a second, like it: the attack is not the same.
_ANOTHER = frozenset("اخر اخري الاخر الاخري الثاني الثانيه ثان ثانيه مماثل مماثله المماثل".split())
_SUSPECT_REACH = 8  # parts between a man killed and "he is the one who carried it out"
_WHO_DID = frozenset("منفذ المنفذ منفذه منفذها منفذا منفذي المنفذين المهاجم مهاجم المهاجمين الفاعل".split())
_THAT_HE = frozenset("بانه انه بانهما انهما بانهم انهم بكونه كونه هو بان ان".split())  # that he, they (are)
_MANAGED = frozenset("تتمكن تمكنت تمكن تمكنوا نجحت نجح تنجح استطاعت".split())
_OF_THEM = frozenset("احدهم احدهما منهم منهما".split())
# The flight of, fled, took to flight, the arrest of, arrested.
_ROUTED = frozenset("فرار هروب فر ففر هرب فرا هربا فروا هربوا لاذ لاذوا القبض اعتقال اعتقلوا اعتقلت ضبط توقيف".split())
_ONE_OF_THEM = frozenset(("احدهما", "احداهما", "احدهم"))
_THE_OTHER = frozenset(("والاخر", "والاخري", "والثاني", "والثانيه", "الاخر", "الثاني"))


def starts_people(text: str) -> bool:
    """Whether people may be told from this word on."""
    return text[0].isdecimal() or text in WORDS or text in NOUNS


def read_status(text: str) -> str | None:
    """killed, wounded … where the word is a noun for such people."""
    noun = NOUNS.get(text)
    return noun.group if noun is not None and noun.cls == "status" else None
