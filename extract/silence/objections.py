"""Turns a frame into the reason why it is no incident though its words tell of an attack, or into none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from extract.events.candidates import Candidate
from extract.events.frames import Facts, Frame
from extract.events.strength import is_claimed
from extract.fields.occasions import is_first
from extract.silence.retelling import (
    RECENT_DAYS,
    is_of_a_tale,
    is_of_nothing,
    is_of_somebody,
    is_remembered,
    speaks_before,
)

if TYPE_CHECKING:
    from extract.fields.mentions import Reading

_EMPTY = ("combat", "arrest", "crime")
_VOID = ("drill", "accident", "sighting")
MUCH_SPORT = 5  # so many words of sport make a report one on a match


def find_objection(frame: Frame, reading: Reading) -> str | None:
    """Why a frame whose words tell of an attack is none all the same."""
    lead = frame.lead.candidate
    sport = reading.sport if not (_is_device(frame) or _is_told_before_sport(frame, reading)) else 0
    modalities = set().union(*(c.clause_modality for c in frame.candidates if c.strength >= 2))
    if sport >= (MUCH_SPORT if not _counts_victims(frame) else 2 * MUCH_SPORT) or (
        sport >= 2 and not any(fact.tolls for fact in frame.facts)
    ):
        return "sport"
    for name in _VOID:
        hurt = name == "sighting" and (any(frame.killed) or any(frame.wounded))
        if name in modalities and not frame.is_exact and not hurt:
            return name
    if _is_own_bomb(frame):
        return "accident"
    if "accident" in lead.clause_modality and _is_only_aircraft(frame):
        return "accident"
    if _is_wreck(frame):
        return "wreck"
    if _is_laid_by_forces(frame, reading):
        return "arrest"
    if all(_is_exchange(c) for c in frame.candidates if c.strength >= 2):
        return "combat"
    if frame.method == "abduction" and _is_for_ransom(frame, reading):
        return "crime"
    if _is_crime(frame) or (reading.crime and is_first(frame, reading)):
        return "crime"
    if is_of_nothing(frame, reading):
        return "hoax"
    own = [fact for fact in frame.facts if fact.day and not fact.said]
    if reading.tale and is_of_a_tale(frame, own, reading):
        return "tale"  # a film, a memory, a monument: the attack is of some other day
    if is_of_somebody(frame):
        return "told in passing"
    if reading.trial and all(_is_of_court(fact, reading) for fact in own):
        return "trial"  # what a court judges, or a cell once did, is not of today
    if reading.drill and _is_of_drill(frame):
        return "drill"
    if (
        "drill" in lead.clause_modality
        and not any(fact.tolls for fact in frame.facts)
        and not any(c.has_sign_of_attack for c in frame.candidates)
    ):
        return "drill"
    if any(name in lead.clause_modality for name in _EMPTY) and not (frame.is_exact or "intercepted" in lead.covers):
        return next(name for name in _EMPTY if name in lead.clause_modality)
    if lead.is_definite and frame.lead.is_of_thousands:
        return "the toll of a war"
    if (
        lead.is_series
        and not frame.lead.listed
        and len(reading.report.text) > 1000
        and not (frame.spots and frame.killed)
    ):
        return "series"
    if _is_sum_of_others(frame, reading):
        return "series"
    when = frame.lead.date_hit
    if lead.is_series and when is not None and when.kind in ("period", "relative_event") and not frame.lead.listed:
        return "series"  # attacks of a week, or "after eight days of raids", told as one
    blasts = all(hit.row["kind"] in ("blast", "act") for c in frame.candidates for hit in c.real)
    if not reading.attacks and blasts and not any(is_claimed(c) for c in frame.candidates):
        return "an explosion that nobody calls an attack"
    if (
        reading.explained
        and not (frame.killed or frame.wounded)
        and not any("denial" in c.covers for c in frame.candidates)
    ):
        return reading.explained
    if reading.explained and not any(hit.row["kind"] == "attack" for c in frame.candidates for hit in c.real):
        return reading.explained
    if is_remembered(frame, own):
        today = reading.calendar.today
        if today is None or frame.day is None or (today - frame.day).days < RECENT_DAYS:
            return "anniversary"
    return None


def _is_told_before_sport(frame: Frame, reading: Reading) -> bool:
    """Whether an attack by a named means is told in a paragraph before the first word of sport or markets."""
    lead = frame.lead.candidate
    told = [
        fact.candidate
        for fact in reading.facts
        if any(hit.row["modality"] == "sport" for hit in fact.candidate.modality)
    ]
    if not told or not frame.is_exact or any(candidate.source == "title" for candidate in told):
        return False
    first = min(told, key=lambda candidate: candidate.order)
    return lead.order < first.order and lead.sentence.paragraph < first.sentence.paragraph


def _is_device(frame: Frame) -> bool:
    """Whether a device or a suicide bomber is named, which no sportswriter speaks of."""
    return any(
        c.sentence.words[hit.first].text.lstrip("وبل").startswith(("عبو", "انتحار", "حزام"))
        for c in frame.candidates
        for hit in c.real
        if hit.row["kind"] in ("weapon", "agent")
    )


def _is_wreck(frame: Frame) -> bool:
    """Whether all that is told is what is left of a weapon, which hurt nobody."""
    hurt = any(frame.killed) or any(frame.wounded)
    attacked = any(c.has_sign_of_attack for c in frame.candidates)
    return "wreck" in frame.lead.candidate.covers and not hurt and not attacked


_MOST_PARTS = 4


def _is_sum_of_others(frame: Frame, reading: Reading) -> bool:
    """Whether its dead and its wounded are those of the two and more attacks, told right after it, together."""
    at = next((index for index, other in enumerate(reading.frames) if other is frame), 0)
    dead, hurt = max(frame.killed, default=0), max(frame.wounded, default=0)
    if dead < 2 or not hurt:
        return False
    for count in range(2, _MOST_PARTS + 1):
        parts = reading.frames[at + 1 : at + 1 + count]
        killed = [max(part.killed, default=0) for part in parts]
        wounded = [max(part.wounded, default=0) for part in parts]
        if len(parts) == count and min(killed) and (sum(killed), sum(wounded)) == (dead, hurt):
            return True
    return False


_FELLED = re.compile(
    r"\b(?:قتل|قتلت|قتلوا|قضت|قضي|القضاء|تقتل|يقتل|مقتل|اردت|اردي)\b.{0,60}?"
    r"\b(?:ال)?(?:مسلح|ارهابي|متمرد|متشدد|متطرف)\w*\b[^.]{0,80}\bكمين"
)  # killed, brought down … a gunman, terrorist, rebel, militant … in an ambush
_FORCES = re.compile(r"\b[وبل]?ل?(?:ال)?(?:جيش|شرطه|امن|امنيه|درك|عسكريه|حرس|جنود)\b")
_NO_MILITANTS = frozenset("soldiers police security officials government civilians children women families".split())


def _is_laid_by_forces(frame: Frame, reading: Reading) -> bool:
    """Whether an ambush was the forces' own: militants fell in it, and nobody else is told to have."""
    told = [hit for c in frame.candidates for hit in c.real if hit.row["kind"] in ("attack", "weapon", "blast")]
    if not told or any(not hit.row["gloss"].startswith("ambush") for hit in told):
        return False
    tolls = [toll for fact in frame.facts for toll in fact.tolls if not toll.negated]
    if any(toll.group in _NO_MILITANTS for toll in tolls):
        return False
    for candidate in frame.candidates:
        sentence = reading.document.folded(candidate.source)[candidate.sentence.start : candidate.sentence.end]
        felled = _FELLED.search(sentence)
        if felled is not None and _FORCES.search(sentence[: felled.end() + 40]):
            return True
    return False


def _is_exchange(candidate: Candidate) -> bool:
    """Whether its only words of attack are those of "both sides exchanged fire"."""
    spans = [(hit.first, hit.last) for hit in candidate.modality if hit.row["gloss"] in _EXCHANGES]
    attacks = [hit for hit in candidate.real if hit.row["kind"] in ("attack", "agent", "blast")]
    return bool(spans) and all(any(hit.first < last and first < hit.last for first, last in spans) for hit in attacks)


_EXCHANGES = frozenset({"an exchange of fire", "they exchange fire"})


def _is_for_ransom(frame: Frame, reading: Reading) -> bool:
    """Whether the report tells that who abducted asked for money, and names no group."""
    asked = any("ransom" in fact.candidate.clause_modality for fact in reading.facts)
    return asked and reading.attributions.of(frame).actor is None


def _is_only_aircraft(frame: Frame) -> bool:
    """Whether all that is told is an aircraft: one that came down for a fault was no attack."""
    if any(c.has_sign_of_attack for c in frame.candidates):
        return False
    if any(fact.tolls for fact in frame.facts) and not any(map(_names_fault, frame.candidates)):
        return False
    return frame.lead.method in ("drone", "airstrike") or not frame.lead.candidate.real


_FAULTS = frozenset({"خلل", "عطل", "فني", "تقني", "الطقس", "الجويه", "اسلاك"})  # a fault, technical, weather, wires


def _names_fault(candidate: Candidate) -> bool:
    """Whether a fault or the weather is told as what brought an aircraft down."""
    owing = [at for at, word in enumerate(candidate.sentence.words) if word.text.removeprefix("ل") in _OWED]
    return any(word.text in _FAULTS for at in owing for word in candidate.sentence.words[at + 1 : at + 5])


_DRILLS = frozenset({"drill", "exercise"})


def _is_of_drill(frame: Frame) -> bool:
    """Whether, in a report on a drill, it has no victims, and no day but in a sentence that speaks of the drill."""
    denied = any("denial" in c.covers | c.clause_modality for c in frame.candidates)
    if denied or any(fact.tolls for fact in frame.facts):
        return False
    dated = (fact.candidate for fact in frame.facts if fact.date_hit is not None and not fact.said)
    return all(_DRILLS & {hit.row["modality"] for hit in c.modality} for c in dated)


_OWN_BOMBS = frozenset({"while making the bomb", "they were making a bomb", "went off by accident"})


def _is_own_bomb(frame: Frame) -> bool:
    """Whether a bomb went off while it was being made, or by accident, and no victims are counted."""
    if any(toll.count and not toll.negated for fact in frame.facts for toll in fact.tolls):
        return False
    return any(hit.row["gloss"] in _OWN_BOMBS for c in frame.candidates for hit in c.modality)


_OWED = frozenset({"بسبب", "نتيجه", "جراء", "اثر", "خلل", "عطل"})


def _counts_victims(frame: Frame) -> bool:
    """Whether a named means and the number of its victims are told: a shell may fall on a football field."""
    return frame.is_exact and any((toll.count or 0) > 1 for fact in frame.facts for toll in fact.tolls)


def _is_of_court(fact: Facts, reading: Reading) -> bool:
    """Whether a fact's day is that of the verdict or the arrest which its sentence tells."""
    if not speaks_before(fact.candidate, {"trial"}, anywhere=False):
        return False
    first = min((hit.start for hit in fact.candidate.triggers if hit.row["kind"] != "act"), default=0)
    hit = fact.date_hit
    if hit is not None and hit.start > first and hit.part:
        return False  # "accused of having fired six rockets at the airport at dawn today": the day of the attack
    return fact.day == reading.calendar.today or (hit is not None and hit.start < first)


_OF_WAR = frozenset({"suicide", "vehicle_bomb", "rocket", "missile", "mortar", "drone", "airstrike"})


def _is_crime(frame: Frame) -> bool:
    """Whether a sentence of it tells of a feud or a crime; of means that no feud has, only a leading one counts."""
    told = [c for c in frame.candidates if "crime" in c.clause_modality]
    return any(frame.method not in _OF_WAR or c is frame.lead.candidate or c.order <= 1 for c in told)
