"""Turns two places into how they lie to each other: one spot, one around the other, or so far apart."""

from __future__ import annotations

from collections.abc import Iterable

from extract.places import Place, PlaceChoice
from extract.places.geometry import bearing_of, kilometres

NEAR_KM = 12.0  # two names of one spot
NEAR_SITES_KM = 3.0  # where both are quarters, sites, towns or villages
_SETTLED = frozenset({"town", "village", "quarter"})
_BUILT = frozenset({"city", "capital", "base", "airbase", "airport", "oilfield"})  # reach farther than a town
# How far a place reaches around its point, by kind and then by precision, in kilometres.
_REACH = {"city": 35.0, "capital": 35.0}
_REACH_OF = {"district": 40.0, "town": 6.0, "village": 3.0, "quarter": 2.0, "site": 0.0}


def is_one_spot(a: Place, b: Place) -> bool:
    """Whether two names stand for one spot: near one another, and not two quarters of one kind."""
    if a.id == b.id:
        return True
    if nests(a, b) or nests(b, a):
        return False
    if None in (a.lat, a.lon, b.lat, b.lon):
        return False
    small = (a.rank <= 1 and b.rank <= 1) or (is_settled(a) and is_settled(b))
    return distance(a, b) <= (NEAR_SITES_KM if small else NEAR_KM) and not (small and a.kind == b.kind)


def is_settled(place: Place) -> bool:
    """Whether a place is a town, a village or a quarter, whose name stands for little around it."""
    return place.precision in _SETTLED and place.kind not in _BUILT


def are_in_other_parts(first: Iterable[PlaceChoice], second: Iterable[PlaceChoice]) -> bool:
    """Whether "in the south of Afghanistan" and "in the east of the country" are told: two parts of a land."""
    one, other = _parts_of_lands(first), _parts_of_lands(second)
    return bool(one and other) and not one & other


def _parts_of_lands(choices: Iterable[PlaceChoice]) -> set[float]:
    """The bearings of "the south of Afghanistan", "the east of the country" among the places named."""
    return {
        choice.hit.bearing
        for choice in choices
        if choice.hit.bearing is not None
        and choice.hit.manner == "plain"
        and choice.place is not None
        and choice.place.precision == "country"
    }


def distance(a: Place, b: Place) -> float:
    """Kilometres between two places; 0 where either has no point."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return 0.0
    return kilometres(a.lat, a.lon, b.lat, b.lon)


def bearing_between(a: Place, b: Place) -> float:
    """Degrees clockwise from north in which `b` lies, seen from `a`; 0 where either has no point."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return 0.0
    return bearing_of(a.lat, a.lon, b.lat, b.lon)


def nests(outer: Place, inner: Place) -> bool:
    """Whether `outer` is the wider place around `inner`: a city around its quarter, a district around its town."""
    wider = outer.rank > inner.rank or (outer.rank == inner.rank and outer.kind == "city" != inner.kind)
    if not wider or outer.admin1 != inner.admin1 or None in (outer.lat, outer.lon, inner.lat, inner.lon):
        return False
    return distance(outer, inner) <= _REACH.get(outer.kind, _REACH_OF.get(outer.precision, 0.0))


def overlap(a: Place, b: Place) -> bool:
    """Whether two places are one spot, or one lies around the other."""
    return is_one_spot(a, b) or nests(a, b) or nests(b, a)


def narrow_down(places: list[Place]) -> list[Place]:
    """Leave out places that lie around another of the list: the city, where its quarter is named too."""
    distinct = list({place.id: place for place in places}.values())
    if len(distinct) < 2:
        return places
    wider = {place.id for place in distinct if any(nests(place, other) for other in distinct)}
    return [place for place in places if place.id not in wider]


# How far "north of the capital" may lie, a town or an island, a village, and how many degrees off.
FAR_KM, VILLAGE_FAR_KM, ASTRAY = 1200.0, 450.0, 60.0


def lies_that_way(anchor: Place, place: Place, bearing: float) -> bool:
    """Whether a place lies in the direction told from another of its country, however far within reason."""
    if None in (place.lat, place.lon, anchor.lat, anchor.lon) or place.country != anchor.country:
        return False
    astray = abs((bearing_between(anchor, place) - bearing + 180) % 360 - 180)
    return distance(place, anchor) <= (FAR_KM if place.rank >= 3 else VILLAGE_FAR_KM) and astray <= ASTRAY
