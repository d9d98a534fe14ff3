"""Turns a mention and a known incident into a score for their being one event, explained field by field.

The score is a sum of weights of evidence in the manner of Fellegi and Sunter (1969): each field that agrees speaks for
one event the more, the rarer such an agreement is by chance, each that contradicts speaks against it, and what is
unknown says nothing. From `JOIN` on the mention joins.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Day
from datetime import timedelta

from extract.places.geometry import kilometres
from extract.text import fold
from store.records import Incident, Mention, Notice, Telling

JOIN = 0.0
WORDING = 2.5  # for the same text; less for a part of it
MERGE = 1.0  # two incidents are merged only on stronger grounds, because reports already told them apart
PRIOR = -3.0
IMPOSSIBLE = -12.0
PRECISION_DAYS = {"day": 0, "week": 6, "month": 31, "year": 366}
_EXPLOSIVES = {"ied", "vehicle_bomb", "suicide", "mine"}
# Means that early reports take for one another, with what the confusion costs.
_CONFUSED = (
    (_EXPLOSIVES, 0.4),
    ({"rocket", "mortar", "missile"}, 0.3),
    ({"airstrike", "drone", "missile"}, 0.2),
    ({"gunfire", "grenade"}, 0.2),
    ({"gunfire", "abduction"}, -1.0),
    ({"rocket", "drone"}, -0.8),
    ({"grenade", "ied"}, -0.3),
    ({"mortar", "airstrike"}, -1.0),
)
_VAGUE = {"unknown", "other"}
_ALIKE_TARGETS = (
    {"coalition_base", "infrastructure", "us_diplomatic", "iraqi_forces", "state_forces"},
    {"coalition_convoy", "civilians", "coalition_base", "infrastructure"},
    {"diplomatic", "us_diplomatic", "government", "civilians"},
    {"iraqi_forces", "popular_mobilization", "kurdish_forces", "state_forces", "armed_group", "government"},
)
_COARSE = {"governorate", "region", "country"}
_FINE = {"site", "quarter", "village"}  # two of them with different names are two places, unless they are neighbours
_SILENT = {"gunfire", "stabbing", "abduction", "arson"}
_HEARD_KM = 10.0
_GOVERNORATE_KM = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkScore:
    """How strongly a mention and an incident are one event, with the part that each field has in it."""

    total: float
    reasons: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison: a mention, or an incident as its reports tell it."""

    status: str
    method: str
    target: str
    date: Day | None
    date_precision: str
    country: str | None
    admin1: str | None
    place: str | None
    lat: float | None
    lon: float | None
    place_precision: str | None
    munitions: int | None
    killed: tuple[int, int] | None  # lowest and highest figure told
    wounded: tuple[int, int] | None
    actor: str | None
    reported: Day  # the day of the report, or of the first one


def side_of_mention(mention: Mention, reported: Day) -> Side:
    """A mention as one side."""
    return Side(
        status=mention.status, method=mention.method, target=mention.target, date=mention.date,
        date_precision=mention.date_precision, country=mention.country, admin1=mention.admin1,
        place=mention.place or mention.raw_place, lat=mention.lat, lon=mention.lon,
        place_precision=mention.place_precision, munitions=mention.munitions, killed=_span(mention.killed),
        wounded=_span(mention.wounded), actor=mention.actor, reported=reported,
    )  # fmt: skip


def side_of_incident(incident: Incident) -> Side:
    """An incident as one side."""
    return Side(
        status=incident.status, method=incident.method, target=incident.target, date=incident.date,
        date_precision=incident.date_precision, country=incident.country, admin1=incident.admin1,
        place=incident.place, lat=incident.lat, lon=incident.lon, place_precision=incident.place_precision,
        munitions=incident.munitions, killed=_range(incident.killed_low, incident.killed_high),
        wounded=_range(incident.wounded_low, incident.wounded_high), actor=incident.actor,
        reported=(incident.first_published_at or incident.first_seen_at).date(),
    )  # fmt: skip


def score_link(
    mention: Mention,
    incident: Incident,
    tellings: Iterable[Telling],
    *,
    reported: Day,
    likeness: float = 0.0,
) -> LinkScore:
    """Score a mention against an incident and what its single reports tell.

    The incident's merged fields count half and its best fitting report half, so that one odd report neither draws
    strangers in nor keeps its like out. `reported` is the day of the mention's report; `likeness` is 0..1, how much
    of the report's wording a report of the incident shares.
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
    if reasons["date"] >= 0:  # an agency tells every bomb in the same words, each with its own day
        reasons["wording"] = WORDING * likeness
    reasons = {name: round(value, 2) for name, value in reasons.items() if value}
    return LinkScore(total=round(sum(reasons.values()), 2), reasons=reasons)


def tells_same(one: Mention, other: Mention, *, days: int) -> bool:
    """Whether two mentions in nearly the same words can be one event: neither place, day, means nor toll contradicts.

    `days`: how far apart the dates may lie; the wording is the evidence, so that nothing need speak for it.
    """
    if one.date and other.date and abs((one.date - other.date).days) > max(
        days, PRECISION_DAYS.get(one.date_precision, 0), PRECISION_DAYS.get(other.date_precision, 0)
    ):
        return False
    day = one.date or other.date or Day.min
    a, b = side_of_mention(one, day), side_of_mention(other, day)
    moved = one.date != other.date
    killed = one.killed if one.killed is not None else other.killed
    return (
        _weigh_place(a, b) >= -0.5
        and _weigh_method(one.method, other.method) >= -0.8
        and not (moved and (killed != (other.killed if other.killed is not None else killed)))
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
        "date": _weigh_date(one, other),
        "place": _weigh_place(one, other),
        "method": _weigh_method(one.method, other.method),
        "target": _weigh_target(one.target, other.target),
        "killed": _weigh_toll(one.killed, other.killed),
        "wounded": _weigh_toll(one.wounded, other.wounded) / 2,
        "munitions": _weigh_munitions(one.munitions, other.munitions),
        "actor": _weigh_actor(one.actor, other.actor),
        "status": -1.0 if (one.status == "foiled") != (other.status == "foiled") else 0.0,
    }
    return LinkScore(total=sum(reasons.values()), reasons=reasons)


def _weigh_second(mention: Mention, told: Sequence[Telling]) -> float:
    """A report of "another attack" opens a new incident, unless the known one is itself told as another."""
    second = any(t.mention.second_attack for t in told)
    if mention.second_attack and not second:
        return -8.0
    return -1.0 if second and not mention.second_attack else 0.0


def _weigh_date(one: Side, other: Side) -> float:
    if one.date is None or other.date is None:
        return _weigh_undated(one, other)
    apart, slack = _days_apart(one, other)
    if slack == 0:
        return (2.5, -2.5, -4.0, -6.0)[apart] if apart < 4 else IMPOSSIBLE
    if apart:  # outside what the vaguer of the two allows
        return IMPOSSIBLE if slack > 6 or apart > 4 else -2.0 * apart
    if slack <= 6:
        return 1.2 if abs((one.date - other.date).days) <= 3 else 0.3
    return 0.3 if slack <= 31 else -0.2


def _days_apart(one: Side, other: Side) -> tuple[int, int]:
    """Days between the nearest days that the two dates allow, and the slack of the vaguer one."""
    first_a, last_a = _allowed_days(one)
    first_b, last_b = _allowed_days(other)
    apart = max((first_b - last_a).days, (first_a - last_b).days, 0)
    slack = max(PRECISION_DAYS.get(one.date_precision, 0), PRECISION_DAYS.get(other.date_precision, 0))
    return apart, slack


def _allowed_days(side: Side) -> tuple[Day, Day]:
    assert side.date is not None
    slack = PRECISION_DAYS.get(side.date_precision, 0)
    if side.date_precision == "week":  # the likeliest day of it
        return side.date - timedelta(days=slack), side.date + timedelta(days=slack)
    return side.date, side.date + timedelta(days=slack)


def _weigh_undated(one: Side, other: Side) -> float:
    """An event without a date fits what happened in the weeks before its report."""
    if one.date is None and other.date is None:
        return 0.5 if abs((one.reported - other.reported).days) <= 7 else -2.0
    dated, undated = (other, one) if one.date is None else (one, other)
    assert dated.date is not None
    after = (undated.reported - dated.date).days
    return 0.3 if -1 <= after <= 14 else -3.0


def _weigh_place(one: Side, other: Side) -> float:
    """Between two known points the distance counts; a governorate or a country only holds or excludes."""
    if one.country and other.country and one.country != other.country:
        return IMPOSSIBLE
    same_name = bool(one.place and other.place and fold(one.place) == fold(other.place))
    apart = _kilometres_apart(one, other)
    if apart is None or one.place_precision in _COARSE or other.place_precision in _COARSE:
        return _weigh_region(one, other, same_name=same_name, apart=apart)
    weight = 0.0
    if same_name and apart <= 40:
        weight = 3.2
    elif one.place_precision in _FINE and other.place_precision in _FINE:
        weight = _step(apart, ((1.5, 2.8), (5, 0.3), (15, -2.5), (40, -4.0)))
    else:
        weight = _step(apart, ((3, 3.0), (10, 2.0), (20, 1.0), (40, -0.5), (60, -2.5)))
    if one.admin1 and other.admin1 and not same_name:
        if one.admin1 != other.admin1:
            weight -= 1.0
        elif apart <= _GOVERNORATE_KM:  # far reports write the governorate's town for the governorate
            weight = max(weight, -2.5)
    return weight


def _kilometres_apart(one: Side, other: Side) -> float | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return kilometres(one.lat, one.lon, other.lat, other.lon)


def _weigh_region(one: Side, other: Side, *, same_name: bool, apart: float | None) -> float:
    if one.admin1 and other.admin1:
        if one.admin1 == other.admin1:
            return 1.8 if same_name else 0.9
        return -2.0 if apart is not None and apart <= 60 else -8.0
    if same_name:
        return 1.5
    return -0.7 if one.country and other.country else -1.2


def _step(value: float, steps: tuple[tuple[float, float], ...]) -> float:
    for limit, weight in steps:
        if value <= limit:
            return weight
    return -8.0


def _weigh_method(one: str, other: str) -> float:
    if one in _VAGUE or other in _VAGUE:
        return 0.0
    if one == other:
        return 1.2
    return next((weight for group, weight in _CONFUSED if one in group and other in group), -3.5)


def _weigh_target(one: str, other: str) -> float:
    if one in _VAGUE or other in _VAGUE:
        return 0.0
    if one == other:
        return 0.8
    return -0.3 if any(one in group and other in group for group in _ALIKE_TARGETS) else -1.2


def _weigh_toll(one: tuple[int, int] | None, other: tuple[int, int] | None) -> float:
    """Equal tolls speak the louder the larger they are; a toll may grow, but not by any factor."""
    if one is None or other is None:
        return 0.0
    if one[0] <= other[1] and other[0] <= one[1]:  # the ranges meet
        return 0.3 + 0.3 * math.log2(1 + max(one[0], other[0]))
    low, high = min(one[1], other[1]), max(one[0], other[0])
    if low == 0:
        return -0.3 if high <= 3 else -1.0
    ratio = low / high
    if ratio >= 0.6:
        return (0.3 if ratio >= 0.8 else 0.2) * math.log2(1 + low)
    if high - low <= 3 or ratio >= 0.3:
        return -0.3
    return -1.5


def _weigh_munitions(one: int | None, other: int | None) -> float:
    if one is None or other is None:
        return 0.0
    if one == other:
        return 0.2 if one == 1 else 0.8
    return -0.3


def _weigh_actor(one: str | None, other: str | None) -> float:
    if one is None or other is None:
        return 0.0
    return 0.6 if one == other else -0.5


def _span(figure: int | None) -> tuple[int, int] | None:
    return None if figure is None else (figure, figure)


def _range(low: int | None, high: int | None) -> tuple[int, int] | None:
    return None if low is None or high is None else (low, high)
