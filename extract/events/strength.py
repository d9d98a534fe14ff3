"""Turns a candidate into how strongly its words tell of an attack, from nothing to an attack by a named means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extract.events.clauses import is_listed
from extract.lexicon import word_set

if TYPE_CHECKING:
    from extract.events.candidates import Candidate

_STATUS = frozenset({"foiled", "seized", "intercepted", "denial", "cleared"})
_FALLS = tuple(word_set("falls"))


def weigh_words(candidate: Candidate) -> int:
    """0 nothing, 1 an explosion or a weapon alone, 2 an attack in general words, 3 an attack by a named means."""
    kinds = candidate.kinds()
    methods = {hit.row["method"] for hit in candidate.real if hit.row["kind"] == "attack"}
    if methods - {"unknown"}:
        return 3
    if "weapon" in kinds and _only_falls(candidate):
        return 1
    if "weapon" in kinds and (
        {"act", "attack", "blast", "agent"} & kinds
        or candidate.has_toll
        or candidate.covers & _STATUS
        or "intercepted" in candidate.clause_modality
    ):
        return 3
    if "agent" in kinds and ({"act", "attack", "blast"} & kinds or candidate.has_toll):
        return 3
    if "weapon" in kinds and _aims_weapon(candidate):
        return 3
    if methods:
        return 2
    if _explodes(candidate) and (candidate.has_toll or (candidate.among_attacks and candidate.own_places)):
        return 2
    if (
        "act" in kinds
        and candidate.clauses[0].first > 0
        and is_listed(candidate.clauses[0])
        and any(c.targets for c in candidate.clauses)
    ):
        return 2
    if _claims_killing(candidate) or ("blast" in kinds and is_claimed(candidate)):
        return 2
    if "blast" in kinds:
        if candidate.has_toll or candidate.has_sign_of_attack or _undergoes(candidate) or is_claimed(candidate):
            return 2
        told_on = (
            any(clause.targets for clause in candidate.clauses)
            or candidate.opens_another
            or candidate.turns
            or bool(candidate.own_places)
        )
        return 2 if candidate.among_attacks and told_on else 1
    return 1 if "weapon" in kinds else 0


def _explodes(candidate: Candidate) -> bool:
    """Whether something "exploded", whatever it was."""
    words = candidate.sentence.words
    return any(hit.row["kind"] == "act" and "نفجر" in words[hit.first].text for hit in candidate.real)


def _undergoes(candidate: Candidate) -> bool:
    """Whether a target "came under" an explosion."""
    words = candidate.sentence.words
    return any(
        any(
            word.text.lstrip("ويتب").startswith("تعرض") or word.text.startswith("تعرض")
            for word in words[hit.first : hit.last]
        )
        for hit in candidate.real
        if hit.row["kind"] == "act"
    )


def is_claimed(candidate: Candidate) -> bool:
    """Whether somebody claims what it tells: an explosion that is claimed is an attack."""
    return any(hit.row["sign"] == "claim" for clause in candidate.clauses for hit in clause.claims)


def _claims_killing(candidate: Candidate) -> bool:
    """Whether a group claims to have killed: an attack, though no word of attack is said."""
    return is_claimed(candidate) and any(
        toll.kind == "killed" and not toll.aggregate for clause in candidate.clauses for toll in clause.tolls
    )


# Laden with explosives, booby-trapped.
_LADEN = frozenset("مفخخه مفخختان مفخختين مفخخات ملغمه ملغومه ملغمتان ملغومتان انتحاريه".split())


def _only_falls(candidate: Candidate) -> bool:
    """Whether all that is told is an aircraft that came down: a drone that falls on no target struck nothing."""
    weapons = {hit.row["method"] for hit in candidate.real if hit.row["kind"] == "weapon"}
    others = [hit for hit in candidate.real if hit.row["kind"] != "weapon"]
    if not weapons or weapons - {"drone", "airstrike"} or candidate.has_toll or _aims_weapon(candidate):
        return False
    words = candidate.sentence.words
    weapons_at = [hit for hit in candidate.real if hit.row["kind"] == "weapon"]
    if any(_LADEN & {word.text for word in words[hit.first : hit.last + 1]} for hit in weapons_at):
        return False  # a drone laden with explosives was sent to strike
    return (
        bool(others)
        and all(
            hit.row["kind"] == "act"
            and any(w.text.startswith(_FALLS) or w.text[1:].startswith(_FALLS) for w in words[hit.first : hit.last])
            for hit in others
        )
        and "intercepted" not in candidate.covers | candidate.clause_modality
    )


# Based on, mounted on, obtained.
_BASED = frozenset("مبنيه مبني بناء قايمه قايم تعتمد يعتمد محموله مثبته مركبه حصل حصلت الحصول".split())


def _aims_weapon(candidate: Candidate) -> bool:
    """Whether a weapon stands before "on" or "near" and a target: three rockets on the base."""
    words = candidate.sentence.words
    return any(
        any(
            word.text in ("علي", "قرب", "باتجاه") and words[at - 1].text not in _BASED
            for at, word in enumerate(words[hit.last : hit.last + 3], hit.last)
        )
        for hit in candidate.real
        if hit.row["kind"] == "weapon" and any(clause.targets for clause in candidate.clauses)
    )
