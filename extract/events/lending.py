"""Turns clauses that do not name their attack into ones that do: the first, a like one, one more of the row told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from extract.gate import TELLING
from extract.lexicon import Hit, word_set

if TYPE_CHECKING:
    from extract.events.clauses import Clause

_ORDINALS = word_set("slot_first") | word_set("slot_next")
_AFTER = word_set("after")
NOUNS = frozenset({"attack", "blast"})
MEANS = frozenset({"attack", "weapon", "agent"})


def lend_means(clauses: Sequence[Clause], method: str) -> None:
    """Give "the first bombing", "the other blast" the means of the two attacks that a sentence before counted."""
    for clause in clauses:
        words = clause.sentence.words
        for index, hit in enumerate(clause.triggers):
            after = words[hit.last].text if hit.last < len(words) else ""
            ordinal = after in _ORDINALS
            if ordinal and hit.row["kind"] in NOUNS and words[hit.first].text.lstrip("و").startswith("ال"):
                clause.triggers[index] = replace(
                    hit, row=replace(hit.row, columns=hit.row.columns | {"method": method})
                )


_ALIKE = frozenset({"مماثل", "مماثله", "مشابه", "مشابهه", "مماثلا", "مشابها"})  # a like one


def lend_likeness(clauses: Sequence[Clause], method: str) -> None:
    """Give "a like attack" the means of the attack told before it, in its sentence or, by `method`, before that."""
    for clause in clauses:
        words = clause.sentence.words
        is_earlier = bool(clause.dates) or clause.opener in _AFTER
        named = [hit for hit in clause.triggers if hit.row["kind"] in MEANS and hit.row["method"] not in _VAGUE[:2]]
        named = [hit for hit in named if hit.row["kind"] != "attack" or hit.row["method"] not in _VAGUE]
        for index, hit in enumerate(clause.triggers):
            alike = any(word.text in _ALIKE for word in words[hit.last - 1 : hit.last + 1])
            vague = hit.row["kind"] in NOUNS and hit.row["method"] in _VAGUE and not named
            if alike and vague and method not in ("unknown", "") and not is_earlier:
                columns = hit.row.columns | {"method": method, "kind": "attack"}
                clause.triggers[index] = replace(hit, row=replace(hit.row, columns=columns))
        method = named[-1].row["method"] if named else method


_VAGUE = ("unknown", "", "ied")  # of a blast that may be a car bomb's


_COUNTED_FIRST = 3  # words before the toll that opens a sentence: "in X were killed …", "also were killed …"
_WORST = word_set("superlatives_of_them")
_HARMLESS = frozenset({"sport", "series"})  # a football ground, one of a row


def lend_row(clauses: Sequence[Clause], row: Hit | None) -> None:
    """Give "and seven were killed in Hilla", in a report on a row of attacks, the attack that it does not name."""
    words = clauses[0].sentence.words if clauses else ()
    if row is None or any(hit.row["kind"] in TELLING for clause in clauses for hit in clause.triggers):
        return
    if any(hit.row["modality"] not in _HARMLESS for clause in clauses for hit in clause.modality):
        return  # clashes, an arrest, an accident
    here = [choice for clause in clauses for choice in clause.places if choice.place and choice.hit.manner == "plain"]
    if not any(choice.place and choice.place.rank < 5 for choice in here):
        return
    worst = any(word.text in _WORST for word in words)  # "the worst of them was in …"
    for clause in clauses[:3]:
        told = [toll for toll in clause.tolls if toll.kind in ("killed", "wounded") and toll.count]
        told = [toll for toll in told if not (toll.total or toll.aggregate or toll.negated)]
        head = sum(word.end <= told[0].start for word in words) if told else len(words)
        if told and (head <= _COUNTED_FIRST + (clause.first > 0) * 2 or worst):
            clause.triggers.insert(0, stand_in(row, clause, row.row["method"]))
            return


def stand_in(hit: Hit, taker: Clause, method: str) -> Hit:
    """The head's word of attack as if it stood at the head of the slot; a pair of weapons is one for each."""
    columns = hit.row.columns | {"method": method, "number": "1" if hit.row["number"] == "2" else hit.row["number"]}
    return replace(hit, first=taker.first, last=taker.first + 1, row=replace(hit.row, columns=columns))
