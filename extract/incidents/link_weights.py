"""Turns two tellings' values of a field into the weight that they have for their being of one event."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date as Day
from datetime import timedelta
from functools import lru_cache

from extract.places.gazetteer import read_rows
from extract.places.geometry import kilometres
from extract.text import fold
from store.records import Incident, Mention

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
_GOVERNORATE_KM = 160.0
_TOWNS_KM = 4.0
_TOWN_AND_VILLAGE_KM = 25.0


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


def weigh_date(one: Side, other: Side) -> float:
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


def weigh_place(one: Side, other: Side) -> float:
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
        # A town is often named for its district, so that a village well outside it fits; a second town does not.
        wide = 0.3 if one.place_precision != other.place_precision and one.admin1 == other.admin1 else -0.5
        weight = _step(apart, ((3, 3.0), (10, 2.0), (20, 1.0), (40, wide), (60, -2.5)))
    if one.admin1 and other.admin1 and not same_name:
        if one.admin1 != other.admin1:
            weight -= 1.0
        elif apart <= _GOVERNORATE_KM and (is_seat(one.place) or is_seat(other.place)):
            # far reports write the governorate's town for the governorate
            weight = max(weight, -2.5)
    return weight


def name_two_towns(one: Side, other: Side) -> bool:
    """Whether both name a spot, of like precision and too far apart for one spot's two names."""
    if one.place is None or other.place is None or fold(one.place) == fold(other.place):
        return False
    if one.place_precision in _COARSE or other.place_precision in _COARSE:
        return False
    apart = _kilometres_apart(one, other)
    alike = one.place_precision == other.place_precision
    return apart is not None and apart > (_TOWNS_KM if alike else _TOWN_AND_VILLAGE_KM)


def is_seat(name: str | None) -> bool:
    """Whether a place is a city, by which far reports call its governorate."""
    return name is not None and fold(name) in _seats()


@lru_cache(maxsize=1)
def _seats() -> frozenset[str]:
    return frozenset(fold(row["name"]) for row in read_rows() if row["kind"] == "city")


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


def weigh_method(one: str, other: str) -> float:
    if one in _VAGUE or other in _VAGUE:
        return 0.0
    if one == other:
        return 1.2
    return next((weight for group, weight in _CONFUSED if one in group and other in group), -3.5)


def weigh_target(one: str, other: str) -> float:
    if one in _VAGUE or other in _VAGUE:
        return 0.0
    if one == other:
        return 0.8
    return -0.3 if any(one in group and other in group for group in _ALIKE_TARGETS) else -1.2


def weigh_toll(one: tuple[int, int] | None, other: tuple[int, int] | None) -> float:
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


def weigh_munitions(one: int | None, other: int | None) -> float:
    if one is None or other is None:
        return 0.0
    if one == other:
        return 0.2 if one == 1 else 0.8
    return -0.3


def weigh_actor(one: str | None, other: str | None) -> float:
    if one is None or other is None:
        return 0.0
    return 0.6 if one == other else -0.5


def _span(figure: int | None) -> tuple[int, int] | None:
    return None if figure is None else (figure, figure)


def _range(low: int | None, high: int | None) -> tuple[int, int] | None:
    return None if low is None or high is None else (low, high)
