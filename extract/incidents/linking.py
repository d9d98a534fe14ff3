"""Turns a mention and a known incident into a score for their being one event, explained field by field.

The score is a sum of weights of evidence in the manner of Fellegi and Sunter (1969): each field that agrees speaks for
one event the more, the rarer such an agreement is by chance, each that contradicts speaks against it, and what is
unknown says nothing. From `JOIN` on the mention joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day

from extract.incidents.link_weights import (
    PRECISION_DAYS,
    Side,
    name_two_towns,
    side_of_incident,
    side_of_mention,
    weigh_actor,
    weigh_date,
    weigh_method,
    weigh_munitions,
    weigh_place,
    weigh_target,
    weigh_toll,
)
from extract.places.geometry import kilometres
from store.records import Incident, Mention, Notice, Telling

JOIN = 0.0
WORDING = 2.5  # for the same text; less for a part of it
MERGE = 1.0  # two incidents are merged only on stronger grounds, because reports already told them apart
PRIOR = -3.0
OTHER_TOWN = -2.5  # one publisher seldom gives an event two towns
_SILENT = {"gunfire", "stabbing", "abduction", "arson"}
_HEARD_KM = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkScore:
    """How strongly a mention and an incident are one event, with the part that each field has in it."""

    total: float
    reasons: Mapping[str, float]


def score_link(
    mention: Mention,
    incident: Incident,
    tellings: Iterable[Telling],
    *,
    reported: Day,
    likeness: float = 0.0,
    publisher: str | None = None,
) -> LinkScore:
    """Score a mention against an incident and what its single reports tell.

    The incident's merged fields count half and its best fitting report half, so that one odd report neither draws
    strangers in nor keeps its like out. `reported` is the day of the mention's report; `likeness` is 0..1, how much
    of the report's wording a report of the incident shares. A `publisher` who told the incident at one town, and now
    tells of another town, most likely means another event.
    """
    mine = side_of_mention(mention, reported)
    told = list(tellings)
    merged = score_sides(mine, side_of_incident(incident))
    best = max(
        (score_sides(mine, side_of_mention(t.mention, t.at.date())) for t in told),
        key=lambda score: score.total,
        default=merged,
    )
    names = {**merged.reasons, **best.reasons}
    reasons = {name: (merged.reasons.get(name, 0.0) + best.reasons.get(name, 0.0)) / 2 for name in names}
    reasons["second_attack"] = _weigh_second(mention, told)
    if publisher is not None:
        reasons["publisher"] = _weigh_publisher(mine, [t for t in told if t.publisher == publisher])
    if reasons["date"] >= 0 and reasons["place"] >= 0:  # an agency tells every bomb in the same words
        reasons["wording"] = WORDING * likeness
    reasons = {name: round(value, 2) for name, value in reasons.items() if value}
    return LinkScore(total=round(sum(reasons.values()), 2), reasons=reasons)


def tells_same(one: Mention, other: Mention, *, days: int) -> bool:
    """Whether two mentions in nearly the same words can be one event: neither place, day, means nor toll contradicts.

    `days`: how far apart the dates may lie; the wording is the evidence, so that nothing need speak for it.
    """
    if (
        one.date
        and other.date
        and abs((one.date - other.date).days)
        > max(days, PRECISION_DAYS.get(one.date_precision, 0), PRECISION_DAYS.get(other.date_precision, 0))
    ):
        return False
    day = one.date or other.date or Day.min
    a, b = side_of_mention(one, day), side_of_mention(other, day)
    moved = one.date != other.date
    killed = one.killed if one.killed is not None else other.killed
    return (
        weigh_place(a, b) >= 0
        and weigh_method(one.method, other.method) >= -0.8
        and not (moved and (killed != (other.killed if other.killed is not None else killed)))
        and weigh_toll(a.killed, b.killed) > -1.5
        and one.second_attack == other.second_attack
    )


def can_be_noticed_as(notice: Notice, incident: Incident) -> bool:
    """Whether an unexplained explosion is what a later report calls an attack: same place, same day, a loud means."""
    if notice.date is None or incident.date is None or abs((notice.date - incident.date).days) > 1:
        return False
    if incident.method in _SILENT or notice.country != incident.country:
        return False
    if notice.lat is None or notice.lon is None or incident.lat is None or incident.lon is None:
        return notice.place is not None and notice.place == incident.place
    return kilometres(notice.lat, notice.lon, incident.lat, incident.lon) <= _HEARD_KM


def score_sides(one: Side, other: Side) -> LinkScore:
    """Score two sides; the same whichever comes first."""
    reasons = {
        "prior": PRIOR,
        "date": weigh_date(one, other),
        "place": weigh_place(one, other),
        "method": weigh_method(one.method, other.method),
        "target": weigh_target(one.target, other.target),
        "killed": weigh_toll(one.killed, other.killed),
        "wounded": weigh_toll(one.wounded, other.wounded) / 2,
        "munitions": weigh_munitions(one.munitions, other.munitions),
        "actor": weigh_actor(one.actor, other.actor),
        "status": -1.0 if (one.status == "foiled") != (other.status == "foiled") else 0.0,
    }
    return LinkScore(total=sum(reasons.values()), reasons=reasons)


def _weigh_publisher(mine: Side, own: Sequence[Telling]) -> float:
    sides = [side_of_mention(t.mention, t.at.date()) for t in own]
    return OTHER_TOWN if sides and all(name_two_towns(mine, side) for side in sides) else 0.0


def _weigh_second(mention: Mention, told: Sequence[Telling]) -> float:
    """A report of "another attack" opens a new incident, unless the known one is itself told as another."""
    second = any(t.mention.second_attack for t in told)
    if mention.second_attack and not second:
        return -8.0
    return -1.0 if second and not mention.second_attack else 0.0
