"""Turns "two attacks, the first …, the second …" in a sentence into slots: a clause for each, with what all share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from extract.events.lending import MEANS, NOUNS, stand_in
from extract.lexicon import Hit, word_readings, word_set
from extract.text import Token

if TYPE_CHECKING:
    from extract.events.clauses import Clause

_FIRST = word_set("slot_first")
_NEXT = word_set("slot_next")
_OF_THEM = ("هما", "ها")  # … of the two, … of them
_VERBS = word_set("slot_verbs")
_OPENERS = word_set("connectives")
_HEADS = word_set("dual_attacks") | word_set("plural_attacks") | word_set("dual_heads")
_PAIRS = word_set("dual_things")  # of what two were struck or set off: two attacks only where each has its own place
_AND_ON = word_set("and_on")
_AFTER = word_set("after")
_FARTHEST = 40  # words from "two attacks" to "the first"
_AND_ANOTHER = word_set("and_another")
_PLACING = word_set("placing")
_EVERY = frozenset({"حين", "وقت", "بين", "يوم", "مكان"})  # now and then, from place to place
_STOPS = frozenset("،,:؛-–(")


def find_slots(words: Sequence[Token], folded: str, hits: Sequence[Hit], *, counted: bool = False) -> list[int]:
    """Word indexes where "the first …", "the second …" begin behind the words that name all; empty where none do."""
    firsts = [
        index for index, word in enumerate(words) if word.text in _FIRST and _stands_alone(words, folded, index, hits)
    ]
    if not firsts:
        return []
    first = firsts[0]
    opens = counted and first == 0  # "three bombings shook …. The first …, the second …"
    if find_head(words, first) is None and not _is_ordinal(words, first, hits) and not opens:
        return []
    marks = [first] + [
        index
        for index in range(first + 1, len(words))
        if words[index].text in _NEXT and _stands_alone(words, folded, index, hits)
    ]
    return [_find_start(words, folded, index, hits) for index in marks] if len(marks) > 1 else []


def find_head(words: Sequence[Token], first: int) -> int | None:
    """The word index of "two attacks", "two convoys", "several incidents" that stands nearest before the first."""
    for index in range(first - 1, max(-1, first - _FARTHEST), -1):
        if (_HEADS | _PAIRS) & set(word_readings(words[index].text)):
            return index
    return None


def _is_ordinal(words: Sequence[Token], index: int, hits: Sequence[Hit]) -> bool:
    """Whether it stands behind "the bombing", "the device": the first of two that a sentence before counted."""
    return any(
        hit.last == index
        and hit.row["kind"] in (*NOUNS, "weapon")
        and words[hit.first].text.lstrip("و").startswith("ال")
        for hit in hits
    )


def _stands_alone(words: Sequence[Token], folded: str, index: int, hits: Sequence[Hit]) -> bool:
    """Whether "the first" stands for an attack, or beside one, and is no epithet of a month, a day, a quarter."""
    if not index or words[index].text.endswith(_OF_THEM):
        return True
    before = words[index - 1].text
    if words[index].text.startswith("و") or set(folded[words[index - 1].end : words[index].start]) & _STOPS:
        return True
    if any(hit.last == index and hit.row["kind"] in (*NOUNS, "weapon") for hit in hits):
        return True
    return not before.lstrip("وف").startswith(("ال", "بال", "لل")) and before not in ("تشرين", "كانون", "ربيع", "جمادي")


def _find_start(words: Sequence[Token], folded: str, index: int, hits: Sequence[Hit]) -> int:
    """Where the clause of "the first" begins: at the verb and the connective before it ("while the second struck")."""
    nouns = {hit.last: hit.first for hit in hits if hit.row["kind"] in (*NOUNS, "weapon")}
    while index > 0 and not folded[words[index - 1].end : words[index].start].strip():
        text = words[index - 1].text
        bare = text.removeprefix("و").removeprefix("ف")
        if index in nouns and words[nouns[index]].text.lstrip("وف").startswith("ال"):
            index = nouns[index]
        elif {text, bare} & _VERBS or text in _OPENERS:
            index -= 1
        else:
            break
    return index


def fill_slots(clauses: Sequence[Clause], starts: Sequence[int], counted: Sequence[Clause] = ()) -> bool:
    """Mark the clauses of each slot and give it what the words before say of all; False where two say too little.

    `counted` are the clauses of a sentence before that counted the attacks.
    """
    words = clauses[0].sentence.words
    at = find_head(words, starts[0] + 1)
    if not any(hit.row["kind"] in NOUNS for clause in clauses for hit in clause.triggers):
        counted = ()  # the first rocket, the second: one salvo
    for clause in clauses:
        clause.slot = sum(start <= clause.first for start in starts)
        clause.pooled = at is not None and not clause.slot and clause.first <= at < clause.last
    slots = [[clause for clause in clauses if clause.slot == number] for number in range(1, len(starts) + 1)]
    head = next((clause for clause in clauses if clause.pooled), None)
    pair = not counted if at is None else not _HEADS & set(word_readings(words[at].text))
    if (head is None and at is not None) or sum(_tells(slot, placed=pair) for slot in slots) < 2:
        for clause in clauses:
            clause.slot, clause.pooled = 0, False
        return False
    if head is None:
        for slot in slots[1:]:
            _lend(slots[0][0], slot)
        _lend_scene(slots, counted)
        return True
    before = clauses[clauses.index(head) - 1] if clauses[0] is not head else None
    if before is not None and words[head.first].text not in _AFTER:
        for name in ("dates", "places"):
            getattr(head, name)[:0] = [] if getattr(head, name) else getattr(before, name)
    for slot in slots:
        _lend(head, slot)
    return True


def _lend_scene(slots: Sequence[Sequence[Clause]], counted: Sequence[Clause]) -> None:
    """Give "the first attack …, the second …" the place and day of the attacks that a sentence before counted."""
    for name in ("places", "dates"):
        if not any(getattr(clause, name) for slot in slots for clause in slot):
            for slot in slots:
                getattr(slot[0], name).extend(item for clause in counted for item in getattr(clause, name))


def fill_ellipses(clauses: Sequence[Clause]) -> None:
    """Make a slot of "… on Al-Bab, killing 20, and on Al-Shaar, killing 6": the attack is not named again."""
    for number, clause in enumerate(clauses):
        words = clause.sentence.words[clause.first : clause.last]
        rest = clauses[number:]
        if not number or words[0].text not in _AND_ON or not clause.places or any(c.slot for c in clauses):
            continue
        if any(hit.row["kind"] != "act" for c in rest for hit in c.triggers) or not any(c.tolls for c in rest):
            continue
        head = next(
            (c for c in clauses[:number] if c.places and any(hit.row["kind"] in MEANS for hit in c.triggers)), None
        )
        if head is None or not any(c.tolls for c in clauses[:number]):
            continue
        for later in rest:
            later.slot = 2
        _lend(head, rest)


def opens_another_one(words: Sequence[Token], index: int) -> bool:
    """Whether "and another (in, on, near …)" stands at `index`: one more of what was told, in another place."""
    if _names_one_more(words, index):
        return True
    if index < 3 or index + 1 >= len(words) or words[index].text not in _AND_ANOTHER:
        return False
    following = words[index + 1].text
    placed = following in _PLACING or (following.startswith("ب") and len(following) > 3)
    return placed and words[index - 1].text not in _EVERY


_OTHER = word_set("others") | {"ثان", "ثانيا", "ثاني", "ثالث", "ثالثا", "ثالثه"}  # another, a second, a third


def _names_one_more(words: Sequence[Token], index: int) -> bool:
    """Whether "and another convoy in …" stands at `index`, behind a convoy told before it in the sentence."""
    if index < 3 or index + 2 >= len(words) or words[index + 1].text not in _OTHER:
        return False
    text = words[index].text
    following = words[index + 2].text
    placed = following in _PLACING or (following.startswith("ب") and len(following) > 3)
    nouns = (text.removeprefix("و"), text.removeprefix("و") + "ا")
    told = any(word.text.removeprefix("ال").removeprefix("ب") in nouns for word in words[:index])
    return text.startswith("و") and placed and told


def fill_others(clauses: Sequence[Clause]) -> None:
    """Make a slot of "a device went off in Baquba, and another in Miqdadiya": the attack is not named again."""
    slot = max(clause.slot for clause in clauses)
    if slot:
        return
    for number, clause in enumerate(clauses):
        words = clause.sentence.words
        if not number or not opens_another_one(words, clause.first) or not any(c.place for c in clause.places):
            continue
        head = next(
            (
                c
                for c in reversed(clauses[:number])
                if not c.slot and any(hit.row["kind"] in MEANS for hit in c.triggers)
            ),
            None,
        )
        if head is None or not any(c.places for c in clauses[:number]):
            continue
        slot = max(slot, 1) + 1
        end = number + 1
        while end < len(clauses) and not (
            clauses[end].places or any(h.row["kind"] in MEANS for h in clauses[end].triggers)
        ):
            end += 1
        for later in clauses[number:end]:
            later.slot = slot
        _lend(head, clauses[number:end])


def _tells(slot: Sequence[Clause], *, placed: bool) -> bool:
    """Whether a slot says where, by what means or on what its attack was; `placed`: nothing but where will do."""
    if placed:
        return any(clause.places for clause in slot)
    return any(
        clause.places or clause.targets or any(hit.row["kind"] != "act" for hit in clause.triggers) for clause in slot
    )


def _lend(head: Clause, slot: Sequence[Clause]) -> None:
    """Give a slot the attack, means, day, place and target of the words before it, where it names none of its own."""
    taker = slot[0]
    own = [hit for clause in slot for hit in clause.triggers]
    named = any(hit.row["kind"] in MEANS and hit.row["method"] not in ("unknown", "") for hit in own)
    nouns = any(hit.row["kind"] in NOUNS for hit in (*head.triggers, *own))
    lends_act = not nouns and not any(hit.row["kind"] == "act" for hit in own)  # "two car bombs went off, one in …"
    for hit in head.triggers:
        if hit.row["kind"] == "act" and lends_act:
            taker.triggers.insert(0, stand_in(hit, taker, hit.row["method"]))
        elif hit.row["kind"] in NOUNS:
            method = "unknown" if named else hit.row["method"]
            taker.triggers.insert(0, stand_in(hit, taker, method))
        elif not named and hit.row["kind"] in MEANS:
            taker.triggers.insert(0, stand_in(hit, taker, hit.row["method"]))
    for name in ("dates", "places", "targets"):
        if not any(getattr(clause, name) for clause in slot):
            getattr(taker, name).extend(getattr(head, name))
