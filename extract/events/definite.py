"""Turns a candidate's words of attack into whether they refer back ("the attack") or bring in a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from extract.gate import TELLING
from extract.lexicon import Hit, word_readings, word_set
from extract.text import Token

if TYPE_CHECKING:
    from extract.events.candidates import Candidate

_PLURAL_ATTACKS = word_set("plural_attacks")
# Raided, shelled, struck, targeted.
_RAIDED = frozenset("اغار اغارت قصف قصفت ضرب ضربت استهدف استهدفت شن شنت هاجم هاجمت".split())
_RELATIVES = word_set("relatives")
WAS_WORDS = frozenset({"كان", "وكان", "كانت", "وكانت"})  # was, had


def refers_back(candidate: Candidate) -> bool:
    """Whether its attack words refer back ("the attack"), so that it goes on with what was told."""
    if candidate.clauses[0].slot:
        return False
    words = candidate.sentence.words
    own = [hit for hit in candidate.real if hit.row["kind"] in TELLING]
    own = [hit for hit in own if not is_purpose(words, hit)] or own
    own = [hit for hit in own if not _is_time_of(words, hit)] or own
    nouns = [
        hit
        for hit in own
        if hit.row["kind"] in ("attack", "blast") and words[hit.first].text.lstrip("وف")[:1] in "البلك"
    ]
    if nouns and candidate.opens_another and not is_known(words, nouns[0]):
        return False  # "another attack struck …, and the attack killed nobody"
    if own and candidate.clauses[0].opener in WAS_WORDS and candidate.dates and _is_new(words, own[0]):
        return False  # "had announced two days before that a bomb hit …, and X claimed the bombing"
    singular = [hit for hit in nouns if not set(word_readings(words[hit.first].text)) & _PLURAL_ATTACKS]
    if any(is_known(words, hit) for hit in singular if hit.row["kind"] != "agent"):
        return not (candidate.turns and _strikes_first(words, own))
    if any(is_pointed_at(words, hit) or is_of_known(words, hit) for hit in own):
        return True
    weapons = {hit.first for hit in own if hit.row["kind"] == "weapon" and is_known(words, hit)}
    if any(hit.last in weapons and words[hit.first].text.removeprefix("و") in _RAIDED for hit in own):
        return False  # "the aircraft raided": whose they are is known, not the raid
    if weapons and all(hit.row["kind"] == "weapon" or hit.last in weapons for hit in own):
        return True  # "the blast of the grenade"
    return bool(own) and (all(is_known(words, hit) for hit in own) or _are_the_attackers(words, own))


def _strikes_first(words: Sequence[Token], own: Sequence[Hit]) -> bool:
    """Whether a verb of attack or a new weapon stands before "the blast": "gunmen also fired …, the blast …"."""
    first = min(own, key=lambda hit: hit.first)
    return first.row["kind"] in ("attack", "weapon", "agent") and not is_known(words, first)


def _is_new(words: Sequence[Token], hit: Hit) -> bool:
    """Whether a noun of attack without an article tells of it for the first time ("the blast of a bomb")."""
    return hit.row["kind"] in ("attack", "blast") and not is_known(words, hit) and hit.last < len(words)


def _are_the_attackers(words: Sequence[Token], own: Sequence[Hit]) -> bool:
    """Whether "the gunmen" do what is told, by a verb ("the gunmen also abducted …"), and not "the Houthi gunmen"."""
    agents = [hit for hit in own if hit.row["kind"] == "agent"]
    if not agents or not all(is_known(words, hit) for hit in agents):
        return False
    after = [words[hit.last].text for hit in agents if hit.last < len(words)]
    if any(text.startswith("ال") and text not in _RELATIVES for text in after):
        return False
    return all(
        is_known(words, hit) or (hit.row["kind"] == "attack" and words[hit.first].text.endswith(("وا", "ت")))
        for hit in own
    )


# A number of, dozens of, several of, a group of, a barrage of, a salvo of: what follows is new in spite of its article.
_SOME = frozenset("عدد عددا عشرات العشرات العديد مجموعه سلسله وابل وابلا دفعه دفعات رشقه رشقات بعدد".split())


def is_known(words: Sequence[Token], hit: Hit) -> bool:
    """Whether a word of attack has the article that refers back; "a number of the shells" has one and does not."""
    some = hit.first > 1 and words[hit.first - 1].text == "من" and words[hit.first - 2].text in _SOME
    return has_article(words[hit.first].text) and not some and words[hit.first].text not in _BY_MEANS


# By bullets, by fire, with arms, with knives: how it was done, not what was told.
_BY_MEANS = frozenset("بالرصاص بالنار بالنيران بالاسلحه بالسلاح بالسكاكين بالسكين بالمتفجرات".split())


_TIMES = frozenset({"عقب", "بعد", "قبل", "قبيل", "بعيد"})  # after, before, shortly before, shortly after


def _is_time_of(words: Sequence[Token], hit: Hit) -> bool:
    """Whether the attack only says when another came ("shells fell on the market after the attack")."""
    return hit.row["kind"] in ("attack", "blast") and hit.first > 0 and words[hit.first - 1].text in _TIMES


def is_of_known(words: Sequence[Token], hit: Hit) -> bool:
    """Whether "the pipeline that the tribesmen blew up" speaks of a thing whose attack was told: a verb with "it"."""
    if hit.row["kind"] != "attack" or hit.first < 2 or words[hit.first - 1].text not in _RELATIVES:
        return False
    if not any(has_article(word.text) for word in words[max(0, hit.first - 3) : hit.first - 1]):
        return False
    text = words[hit.first].text
    return len(text) > 3 and text.endswith(("ه", "ها")) and text[0] not in "المت"


THIS = frozenset({"هذا", "هذه", "ذلك", "تلك"})


def is_pointed_at(words: Sequence[Token], hit: Hit) -> bool:
    """Whether "this" stands behind the word of attack ("this shooting")."""
    return hit.last < len(words) and words[hit.last].text in THIS


_IN_ORDER_TO = frozenset({"لاستهداف", "لضرب", "لقصف", "لمهاجمه"})  # to target, to strike, to shell, to attack


def is_purpose(words: Sequence[Token], hit: Hit) -> bool:
    """Whether "to target" says only what a thing told before was for; "came under targeting" is another row's."""
    return hit.last == hit.first + 1 and words[hit.first].text in _IN_ORDER_TO


def has_article(word: str) -> bool:
    """Whether "the" stands before the word, attached letters aside."""
    return word.startswith(("ال", "وال", "بال", "لل", "فال", "كال"))
