"""Turns the charges of a whole report into who did each of its attacks, and whether claimed or attributed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extract.actors.blame import Charge
from extract.actors.statements import (
    Speaker,
    find_speaker,
    goes_on_speaking,
    is_told_by,
    names_itself,
    speaks_for_itself,
)
from extract.actors.table import (
    LOCAL_ARMIES,
    LOCAL_ARMY,
    LOCAL_REGIME,
    LOCAL_REGIMES,
    LOCAL_RESISTANCE,
    LOCAL_RESISTANCES,
    ActorHit,
    kind_of,
)
from extract.actors.ties import Tied, fit_charge, is_same_time, tie_charges
from extract.events.frames import Facts, Frame
from extract.events.reach import FROM_THE_AIR
from extract.fields.methods import is_same_family
from extract.layout import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Who did it: `claim` is claimed, attributed or none; `actor` is None with none."""

    actor: str | None
    claim: str
    hit: ActorHit | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Attributions:
    """Who did each attack of a report, by the identity of its frame; spans (source, start, end) of those charged."""

    by_frame: dict[int, Attribution]
    charged: tuple[tuple[str, int, int], ...] = ()

    def of(self, frame: Frame) -> Attribution:
        return self.by_frame.get(id(frame), NOBODY)


NOBODY = Attribution(actor=None, claim="none")
_BY_HAND = frozenset({"suicide", "stabbing"})
_UNLIKE_STATES = frozenset({"suicide", "vehicle_bomb", "stabbing", "mine", "ied", "abduction"})  # no army's means


def attribute_frames(
    document: Document,
    actors: dict[int, list[ActorHit]],
    frames: Sequence[Frame],
    facts: Sequence[Facts],
    country: str | None,
) -> Attributions:
    """The attribution of every frame of a report; `country` is where most of it happened."""
    tied = tie_charges(document, actors, frames, facts)
    chosen: dict[int, Attribution] = {}
    speaker = find_speaker(document, actors)
    for frame in frames:
        chosen[id(frame)] = _choose(frame, tied, frames, country, speaker, document, actors)
    for before, frame in pairwise(frames):
        if chosen[id(frame)].actor is None and _goes_on(before, frame, chosen[id(before)]):
            chosen[id(frame)] = chosen[id(before)]
    carry_claims(chosen, tied, frames, document, actors, country)
    hits = [item.charge.hit for item in tied if item.charge.hit is not None]
    return Attributions(chosen, tuple((hit.sentence.source, hit.start, hit.end) for hit in hits))


def carry_claims(
    chosen: dict[int, Attribution],
    tied: Sequence[Tied],
    frames: Sequence[Frame],
    document: Document,
    actors: dict[int, list[ActorHit]],
    country: str | None,
) -> None:
    """Give a claim to the other attacks that the same statement tells, and to the attack's fuller account."""
    claims = [item for item in tied if item.charge.claim == "claimed" and item.charge.actor]
    if not claims:
        return
    for frame in frames:
        own, order = chosen[id(frame)], frame.lead.candidate.order
        before = [item for item in claims if 0 < order - item.order <= _STATEMENT]
        if own.rule == "attacker" and own.claim == "attributed" and kind_of(own.actor or "") != "state":
            if any(item.charge.actor == own.actor and item.charge.rule == "its own statement" for item in before):
                chosen[id(frame)] = replace(own, claim="claimed")
        elif own is NOBODY and (bare := _bare_claim(frame, claims, frames)) is not None:
            chosen[id(frame)] = chosen[id(bare)]
        elif own is NOBODY and before and goes_on_speaking(frame, document, actors):
            chosen[id(frame)] = _as_claimed(before[-1].charge, frame, country)
        elif own is NOBODY:
            for item in claims:
                if item.frame is not None and not item.charge.pointer and _is_told_fully(item.frame, frame):
                    chosen[id(frame)] = _as_claimed(item.charge, frame, country)


def _bare_claim(frame: Frame, claims: Sequence[Tied], frames: Sequence[Frame]) -> Frame | None:
    """The claim that follows a frame and names no place, day or toll of its own: it claims the attack just told."""
    order = frame.lead.candidate.order
    for item in claims:
        told = item.frame
        if told is None or told is frame or not 0 < item.order - order <= 2 or not _is_bare(told):
            continue
        if is_same_family(told.method, frame.method) and not any(
            order < other.lead.candidate.order < item.order for other in frames if not _is_bare(other)
        ):
            return told
    return None


def _is_bare(frame: Frame) -> bool:
    return not (frame.spots or frame.admin1 or frame.killed or frame.wounded) and frame.day is None


_OF_UNKNOWN_GROUPS = ("claimed by an unknown group", "an unknown group accused")
_STATEMENT = 3  # sentences over which a statement goes on


def _as_claimed(charge: Charge, frame: Frame, country: str | None) -> Attribution:
    actor = _settle_actor(charge.actor, _country_of(frame) or country)
    if actor is None or _is_unlike(actor, frame.method):
        return NOBODY
    return Attribution(actor=actor, claim="claimed", hit=charge.hit, rule=charge.rule)


def _is_told_fully(claimed: Frame, frame: Frame) -> bool:
    """Whether a frame tells the claimed attack once more, in full: same means, a spot in the claim's region."""
    lead = frame.lead.candidate
    if claimed is frame or claimed.method != frame.method or frame.method == "unknown" or lead.opens_another:
        return False
    if claimed.spots or claimed.killed or not claimed.admin1 or not claimed.admin1 <= frame.admin1:
        return False
    return is_same_time(frame, claimed)


def _choose(
    frame: Frame,
    tied: Sequence[Tied],
    frames: Sequence[Frame],
    country: str | None,
    speaker: Speaker | None,
    document: Document,
    actors: dict[int, list[ActorHit]],
) -> Attribution:
    best: tuple[float, Charge] | None = None
    silent = ""
    land = _country_of(frame) or country
    for item in tied:
        weight = fit_charge(item, frame, frames)
        if weight is None:
            continue
        charge = item.charge
        if charge.claim == "none":
            silent = silent or charge.pointer or "all"
            continue
        if _is_unlike(charge.actor, frame.method):
            continue
        if best is None or charge.weight * weight > best[0]:
            best = (charge.weight * weight, charge)
    if (
        best is not None
        and silent == "second"
        and best[1].claim == "claimed"
        and not best[1].pointer
        and len(frames) == 1
    ):
        return NOBODY  # the claim is of the first attack, which is told only beside the second
    if best is not None:
        charge = best[1]
        actor = _settle_actor(charge.actor, land)
        if charge.rule == "its own statement" and (_is_struck(actor, frame) or _HOMES.get(actor or "") == land):
            return NOBODY  # it announces that its own base, or its own land, was struck
        if actor is not None or charge.rule in _OF_UNKNOWN_GROUPS:
            claim = charge.claim
            mouth = speaker.id if speaker is not None else None
            if claim == "attributed" and not silent and speaks_for_itself(actor, mouth, frame, document, actors):
                claim = "claimed"
            return Attribution(actor=actor, claim=claim, hit=charge.hit, rule=charge.rule)
    if speaker is None or _is_unlike(speaker.id, frame.method):
        return NOBODY
    actor = _settle_actor(speaker.id, land)
    if actor is not None and (is_told_by(frame, speaker, actors) or names_itself(frame, speaker.id, actors)):
        return Attribution(actor=actor, claim="claimed", rule="the actor's own statement")
    return NOBODY


def _is_unlike(actor: str | None, method: str) -> bool:
    """Whether no army fights so: none stabs or blows itself up, and few plant bombs or kidnap."""
    if actor is None or kind_of(actor) != "state":
        return False
    return method in _BY_HAND or (method in _UNLIKE_STATES and actor not in ("israel", "iran"))


def _settle_actor(actor: str | None, land: str | None) -> str | None:
    """The actor that a name means in the land of the attack: "the army", "the coalition" in Yemen."""
    if actor == LOCAL_ARMY:
        return LOCAL_ARMIES.get(land or "")
    if actor == LOCAL_REGIME:
        return LOCAL_REGIMES.get(land or "")
    if actor == LOCAL_RESISTANCE:
        return LOCAL_RESISTANCES.get(land or "")
    return "saudi_coalition" if actor == "coalition" and land == "YE" else actor


# Whose bases and convoys are whose: what these announce of them is no deed of theirs.
_OWN_TARGETS = {
    "us": frozenset({"coalition_base", "coalition_convoy", "us_diplomatic"}),
    "coalition": frozenset({"coalition_base", "coalition_convoy", "us_diplomatic"}),
    "nato": frozenset({"coalition_base", "coalition_convoy"}),
    "sdf": frozenset({"kurdish_forces"}),
    "iraqi_forces": frozenset({"iraqi_forces", "coalition_base"}),
}


def _is_struck(actor: str | None, frame: Frame) -> bool:
    """Whether the attack is on what is the actor's own."""
    own = _OWN_TARGETS.get(actor or "")
    if own is None:
        return False
    clauses = [clause for c in frame.candidates if c.strength >= 2 for clause in c.clauses]
    return any(hit.row["target"] in own for clause in clauses for hit in clause.targets)


_HOMES = {"iran": "IR", "israel": "IL"}


def _country_of(frame: Frame) -> str | None:
    return next((place.country for place in frame.spots if place.country), None) or next(
        iter(sorted(frame.countries)), None
    )


def _goes_on(before: Frame, frame: Frame, attribution: Attribution) -> bool:
    """Whether a frame is the next of a state's strikes told in one run: no other attacker can be meant."""
    if attribution.actor is None or attribution.rule not in (
        "attacker",
        "held responsible",
        "the actor's own statement",
    ):
        return False
    if (
        kind_of(attribution.actor) != "state"
        or not is_same_family(before.method, frame.method)
        or frame.method not in FROM_THE_AIR
    ):
        return False
    if frame.lead.candidate.recalled or _is_struck(attribution.actor, frame):
        return False  # what its strikes answer
    close = frame.lead.candidate.order - before.last_sentence <= 1
    return close and is_same_time(frame, before) and before.method in FROM_THE_AIR


__all__ = ["NOBODY", "Attribution", "Attributions", "attribute_frames"]
