"""Turns a candidate's words into whether they speak of several attacks at once, or of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from extract.lexicon import Hit, word_readings, word_set
from extract.tolls.ranking import ranks_since

if TYPE_CHECKING:
    from extract.events.candidates import Candidate
    from extract.events.clauses import Clause

_PLURAL_ATTACKS = word_set("plural_attacks")
_PLURAL_HEADS = word_set("plural_heads")
_SUPERLATIVES = word_set("superlatives")
_MANY = word_set("many")
_OWING = word_set("owing")


def speaks_of_several(candidate: Candidate) -> bool:
    """Whether it speaks of attacks in the plural, not of one."""
    words = candidate.sentence.words
    plural = single = False
    lists: list[int] = []  # word indexes behind the plural nouns: "bombings and a shooting" is one list
    for hit in candidate.real:
        text = words[hit.first].text
        readings = set(word_readings(text))
        if hit.row["kind"] in ("attack", "blast"):
            if _is_outcome(candidate, hit):
                continue
            if _is_of_worst(candidate, hit):
                plural = True
            elif (hit.first and words[hit.first - 1].text in _SUPERLATIVES) or _is_cause(candidate, hit):
                single = True
            elif readings & _PLURAL_ATTACKS or _is_counted(candidate, hit) or _is_one_of_many(candidate, hit):
                plural = plural or not _is_raid(candidate, hit)
                lists.append(hit.last)
            elif hit.first in lists and text.startswith("و"):
                lists.append(hit.last)
            elif (text[:1] in "يت" and "فجير" not in text) or hit.row["method"] == "unknown":
                continue
            else:
                single = True
        elif hit.row["method"] == "vehicle_bomb" and _is_counted(candidate, hit):
            plural = True  # "six car bombs went off": each an attack
        elif hit.row["kind"] == "weapon" and _is_counted(candidate, hit) and _is_at_one_spot(candidate):
            single = True  # "the blasts came when three bombs went off in buses in one town"
        elif (hit.row["kind"] == "weapon" and hit.row["number"] in ("1", "2")) or (
            hit.row["kind"] == "agent" and hit.row["method"] == "suicide"
        ):
            single = True
    return plural and not single


def find_row(candidates: Iterable[Candidate]) -> Hit | None:
    """The word for the attacks, bombings … that one of the candidates tells in the plural; None where none does."""
    for candidate in candidates:
        if candidate.is_series and not candidate.is_definite and not candidate.covers:
            for hit in candidate.real:
                readings = set(word_readings(candidate.sentence.words[hit.first].text))
                if hit.row["kind"] == "attack" and readings & _PLURAL_ATTACKS:
                    return hit
    return None


def counts_since(clause: Clause, count: Hit) -> bool:
    """Whether "since …" counts attacks, and does not only say for how long none was as bad."""
    words = clause.sentence.words
    if not words[count.first].text.endswith("منذ"):
        return True
    return not ranks_since([word.text for word in words[clause.first : count.first + 1]])


_SOME = frozenset({"بعض", "بعضا", "ببعض", "عددا", "عدد"})  # some, a number


def _is_of_worst(candidate: Candidate, hit: Hit) -> bool:
    """Whether "some of the worst attacks" is told: what a group is known for, not one attack."""
    before = [word.text for word in candidate.sentence.words[max(0, hit.first - 3) : hit.first]]
    return before[-1:] != [] and before[-1] in _SUPERLATIVES and not _SOME.isdisjoint(before[:-1])


def _is_cause(candidate: Candidate, hit: Hit) -> bool:
    """Whether it is the one attack to which several explosions are traced ("blasts caused by the shelling of …")."""
    words = candidate.sentence.words
    plural = set(word_readings(words[hit.first].text)) & _PLURAL_ATTACKS
    return not plural and any(word.text in _OWING for word in words[max(0, hit.first - 2) : hit.first])


_ONE_BY_ONE = frozenset("متتاليه متتابعه ثانويه متلاحقه داخله داخلها نتيجه جراء".split())  # blasts "one after another"
_LED_TO = frozenset({"عن", "الي", "في"})  # resulted in, led to, caused
_RESULTED = ("اسفر", "ادي", "ادت", "نجم", "نتج", "تسبب")


def _is_outcome(candidate: Candidate, hit: Hit) -> bool:
    """Whether explosions are only what an attack led to: "the shelling resulted in explosions inside the base"."""
    words = candidate.sentence.words
    if hit.row["kind"] == "blast" and hit.last < len(words) and words[hit.last].text in _ONE_BY_ONE:
        return any(other.row["kind"] == "attack" and other.last <= hit.first for other in candidate.real)
    if hit.row["kind"] != "blast" or hit.first < 2 or words[hit.first - 1].text not in _LED_TO:
        return False
    before = [word.text.lstrip("وم") for word in words[max(0, hit.first - 4) : hit.first - 1]]
    return any(word.startswith(_RESULTED) for word in before)


def _is_at_one_spot(candidate: Candidate) -> bool:
    return len({place[0] for place in candidate.own_places}) == 1


def _is_raid(candidate: Candidate, hit: Hit) -> bool:
    """Whether air raids in the plural are one incident: flown on one day or at one spot."""
    named = any(date.kind != "relative_event" for date in candidate.dates) or bool(candidate.own_places)
    few = _is_at_one_spot(candidate) or not _is_counted(candidate, hit)
    return hit.row["method"] == "airstrike" and named and few


def _is_counted(candidate: Candidate, hit: Hit) -> bool:
    """Whether a number above two stands before an attack noun: thirty attacks, a thousand attacks."""
    if hit.first == 0:
        return False
    text = candidate.sentence.words[hit.first].text
    if text.startswith(("ب", "ل", "و", "ف", "استهدف")) or (text.endswith(("ت", "تا", "وا")) and text[-2:] != "ات"):
        return False  # "thirty wounded, by shelling"; "of brigade 47 were targeted"
    before = candidate.sentence.words[hit.first - 1].text
    return (before.isdecimal() and int(before) > 2) or before in _MANY


def _is_one_of_many(candidate: Candidate, hit: Hit) -> bool:
    """Whether a plural stands before it: operations of assassination, incidents of shooting."""
    before = candidate.sentence.words[hit.first - 1].text if hit.first else ""
    return hit.row["kind"] == "attack" and bool(set(word_readings(before)) & _PLURAL_HEADS)
