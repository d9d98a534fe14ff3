"""Turns a frame's figures into killed, wounded and munitions, with the quotes that each rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extract.events.frames import Facts, Frame
from extract.fields.methods import count_munitions
from extract.gate import TELLING
from extract.layout import Document
from extract.lexicon import Hit, word_set
from extract.numbers.find import find_numbers
from extract.numbers.lexicon import NOUNS
from extract.tolls.find import TollHit, combine_tolls
from extract.tolls.lexicon import TOLL_WORDS
from store.records import Evidence

if TYPE_CHECKING:
    from extract.fields.mentions import Reading

_FURTHER = {
    1: ("ثان", "ثاني", "ثانيا", "ثانيه"),
    2: ("ثالث", "ثالثا", "ثالثه"),
    3: ("رابع", "رابعا", "رابعه"),
    4: ("خامس", "خامسا", "خامسه"),
}  # second, third, fourth, fifth
_THEN = frozenset({"اعقبها", "اعقبه", "تلاها", "تلاه", "تلتها", "تلته", "تبعها", "تبعه", "تبعتها"})  # followed by
_UNSPENT = word_set("unspent")


@dataclass(slots=True)
class Quotes:
    """Collects evidence: spans of folded text turned into quotes of the original."""

    document: Document
    found: list[Evidence] = field(default_factory=list)

    def add(self, name: str, source: str, start: int, end: int, rule: str | None = None) -> None:
        text = self.document.folded_text(source)
        first, last = text.to_original(start, end)
        self.found.append(
            Evidence(field=name, source=source, quote=text.original[first:last], start=first, end=last, rule=rule)
        )


def code_toll(frame: Frame, reading: Reading, quotes: Quotes, *, on_militants: bool) -> tuple[int | None, int | None]:
    """Killed and wounded over all sentences of the frame; militants count where the attack was on them."""
    claimed = [fact for fact in frame.facts if _is_claim(fact)]
    told = [toll for fact in frame.facts if fact not in claimed for toll in drop_pooled(fact, reading)]
    told = _drop_headline_sum(told, frame, reading)
    kinds = {toll.kind for toll in told}  # who claims an attack counts its victims in his own way
    tolls = told + [toll for fact in claimed for toll in fact.tolls if toll.kind not in kinds]
    if not tolls:
        return _read_shared_denial(frame, reading, quotes)
    result = combine_tolls(tolls, militants_count=on_militants)
    sources = {id(toll): fact.candidate.source for fact in frame.facts for toll in fact.tolls}
    for toll in tolls:
        name = toll.kind if toll.kind in ("killed", "wounded") else "toll"
        quotes.add(name, sources[id(toll)], toll.start, toll.end)
    return result.killed, result.wounded


def _drop_headline_sum(told: list[TollHit], frame: Frame, reading: Reading) -> list[TollHit]:
    """The tolls but for the headline's, where it adds up those of several attacks told below it."""
    title = [toll for fact in frame.facts if fact.candidate.source == "title" for toll in fact.tolls]
    others = [
        other for other in reading.frames
        if other is not frame and _is_told(other) and all(fact.candidate.source == "text" for fact in other.facts)
    ]  # fmt: skip
    dead = [max(other.killed) for other in others if any(other.killed)]
    hurt = [max(other.wounded) for other in others if any(other.wounded)]
    rest = [toll for toll in told if toll not in title]
    own, top = _most(rest, "killed"), _most(title, "killed")
    if own and top > own and top in _sums(own, dead):
        return rest
    own, top = _most(rest, "wounded"), _most(title, "wounded")
    return rest if own and hurt and top >= own + max(hurt) else told


def _most(tolls: list[TollHit], kind: str) -> int:
    return max((toll.count or 0 for toll in tolls if toll.kind == kind), default=0)


def _sums(own: int, others: list[int]) -> set[int]:
    """What one attack's dead come to with those of some of the others."""
    sums = {own}
    for count in others[:6]:
        sums |= {known + count for known in sums}
    return sums - {own}


def _read_shared_denial(frame: Frame, reading: Reading, quotes: Quotes) -> tuple[int | None, int | None]:
    """None hurt in each of the attacks that one sentence tells: "the first in X, the second in Y, without losses"."""
    sentences = {id(fact.candidate.sentence) for fact in frame.facts if fact.candidate.strength >= 2}
    around = [fact for fact in reading.facts if id(fact.candidate.sentence) in sentences]
    tolls = [(fact, toll) for fact in around for toll in fact.tolls]
    if not tolls or not all(toll.negated for _, toll in tolls):
        return None, None
    kinds = {}
    for fact, toll in tolls:
        if toll.kind not in kinds:
            quotes.add(toll.kind, fact.candidate.source, toll.start, toll.end)
        kinds[toll.kind] = 0
    return kinds.get("killed"), kinds.get("wounded")


_SEVERAL = word_set("dual_attacks") | word_set("pooling")
_INCIDENTS = word_set("dual_heads") | _SEVERAL
_APART = word_set("apart")
_ONE_OF = frozenset({"واحد", "واحده", "احد", "احدي"})  # one of (three attacks, which left five dead)
_AREAS = frozenset({"مناطق", "اماكن", "احياء", "مدن", "انحاء"})  # areas, places, quarters, towns, parts
_MANY = word_set("row_of")
_FIRST, _NEXT = word_set("slot_first"), word_set("slot_next")
_SLOTS = _FIRST | _NEXT


def _is_told(frame: Frame) -> bool:
    """Whether a frame tells an attack for itself, not one recalled or a mere series."""
    return frame.strength >= 2 and not all(c.recalled or c.is_series for c in frame.candidates)


def drop_pooled(fact: Facts, reading: Reading) -> list[TollHit]:
    """The tolls but for those of several attacks together: "thirteen died in two attacks" counts for neither.

    They are several where the words say so ("separate") or where the report goes on to tell them one by one; else "two
    bombings" may be one attack by two bombers.
    """
    told = sum(_is_told(frame) for frame in reading.frames)
    if (told < 2 and (_is_parted(fact) or _heads_parted(fact, reading))) or (told > 1 and _is_of_many_areas(fact)):
        return []
    nouns = [hit for hit in fact.candidate.real if hit.row["kind"] in TELLING]
    several = {id(hit) for hit in nouns if _is_of_several(hit, fact, reading)}
    kept: list[TollHit] = []
    pooled_at: int | None = None
    for toll in sorted(fact.tolls, key=lambda toll: toll.start) if several else ():
        if pooled_at is not None and not any(pooled_at < hit.start < toll.start for hit in nouns):
            continue
        near = min(
            [hit for hit in nouns if hit.row["kind"] != "agent"] or nouns,
            key=lambda hit: max(hit.start - toll.end, toll.start - hit.end),
        )
        if id(near) in several:
            pooled_at = max(near.start, toll.start)
        else:
            kept.append(toll)
    return kept if several else fact.tolls


def _is_parted(fact: Facts) -> bool:
    """Whether the clauses say that it happened in "two separate incidents"."""
    return any(
        words[at].text in _APART and words[at - 1].text.lstrip("وبفل") in _INCIDENTS
        for clause in fact.candidate.clauses
        for words in (clause.sentence.words,)
        for at in range(clause.first + 1, clause.last)
    )


def _heads_parted(fact: Facts, reading: Reading) -> bool:
    """Whether it is the headline of two attacks that the text's lead calls separate."""
    if fact.candidate.source != "title" or not fact.candidate.is_dual:
        return False
    return any(other.candidate.is_dual and _is_parted(other) for other in reading.facts[:4])


def _is_of_many_areas(fact: Facts) -> bool:
    """Whether several weapons went off "in various areas", which the report goes on to tell one by one."""
    candidate = fact.candidate
    words = candidate.sentence.words
    return any(hit.row["kind"] == "weapon" and hit.row["number"] != "1" for hit in candidate.real) and any(
        words[at].text in _APART and words[at - 1].text in _AREAS for at in range(1, len(words))
    )


def _is_of_several(hit: Hit, fact: Facts, reading: Reading) -> bool:
    """Whether a word of attack stands for attacks that the report tells apart."""
    words = fact.candidate.sentence.words
    if not any(words[at].text.lstrip("وبفل") in _SEVERAL for at in range(hit.first, hit.last)):
        return False
    around = {word.text for word in words[max(0, hit.first - 2) : hit.last + 3]}
    if around & _APART or _ONE_OF & {word.text for word in words[max(0, hit.first - 4) : hit.first]}:
        return True
    behind = {word.text for word in words[hit.last :]}
    if behind & _FIRST and behind & _NEXT:
        return True  # "in two attacks, of which the first …, and the second …"
    told = [frame for frame in reading.frames if _is_told(frame)]
    order = fact.candidate.order
    parts = [[c.sentence for c in frame.candidates if order <= c.order <= order + 3] for frame in told]
    if around & _MANY:
        return len(told) > 1
    in_slots = any(word.text in _SLOTS for part in parts for sentence in part for word in sentence.words)
    return in_slots and sum(bool(part) for part in parts) > 1


def _is_claim(fact: Facts) -> bool:
    return any(hit.row["sign"] == "claim" for clause in fact.candidate.clauses for hit in clause.claims)


def code_munitions(frame: Frame, reading: Reading, method: str, quotes: Quotes) -> int | None:
    """The number of rockets, devices … in the first sentence of the frame that gives one."""
    vague: tuple[int | None, str, int, int] | None = None
    for candidate in sorted(
        frame.candidates, key=lambda candidate: candidate.source == "title"
    ):  # the text counts better
        folded = reading.document.folded(candidate.source)
        numbers = find_numbers(folded, candidate.start, candidate.end)
        lent = candidate.clauses[0].slot  # "… and another": one more of the device told before
        triggers = [hit for hit in candidate.triggers if lent or candidate.start <= hit.start < candidate.end]
        counted = count_munitions(method, numbers, triggers)
        if counted is None:
            continue
        value, start, end = counted
        if value is not None and value > 1:
            quotes.add("munitions", candidate.source, start, end)
            return count_further(value, frame)
        if value == 1 and vague is None:
            vague = (1, candidate.source, start, end)
        elif value is None and vague is None:
            vague = (None, candidate.source, start, end)
    if vague is None:
        return None
    quotes.add("munitions", vague[1], vague[2], vague[3])
    return count_further(vague[0], frame) if vague[0] else None


def count_further(value: int, frame: Frame) -> int:
    """The number with one more where the report goes on to "a third one" after two, unless it was found unspent."""
    words = [word.text for candidate in frame.candidates for word in candidate.sentence.words]
    for at, text in enumerate(words):
        if text.removeprefix("و") not in _FURTHER.get(value, ()):
            continue
        if not _UNSPENT.isdisjoint(words[max(0, at - 5) : at + 6]):
            continue
        after = NOUNS.get(words[at + 1]) if at + 1 < len(words) else None
        if after is not None and after.key in ("attack", "strike", "explosion", "times"):
            continue  # the fourth attack of its kind
        before = NOUNS.get(words[at - 1]) if at else None
        if value == 1 and _THEN.isdisjoint(words[max(0, at - 4) : at]):
            continue  # a second one elsewhere, or at another time
        person = before is not None and before.cls in ("person", "status")
        if not person and words[at - 1] not in TOLL_WORDS:
            return value + 1
    return value
