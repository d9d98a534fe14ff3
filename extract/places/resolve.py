"""Turns mentions of places into single places, by what the rest of the report names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from extract.places.geometry import kilometres, move_point
from extract.places.records import CUE_KINDS, Place, PlaceChoice, PlaceHit
from extract.places.words import load_words

_MOST_SETTLED = 300  # a hostile text must not cost the square of its length
# Kinds whose names recur from town to town, so that the report must name something around them.
_NAMESAKES = frozenset({"quarter", "street", "square", "bridge", "site", "village"})
_CITY = 0.6  # "the city of" is rather said of the larger namesake
_SMALL = 3.0  # rank of a town; what is smaller is known abroad only beside its country's name
_AT_HOME = 3  # names of one country that make a report one on that country
_WEAK = 0.3  # weight of a mention in a body's name, a dateline or an adjective
# Without other evidence: the countries that the outlets watched here mostly write about.
_USUAL = {"IQ": 0.6, "SY": 0.4, "YE": 0.2, "LB": 0.15, "SA": 0.1}
_KNOWN_KINDS = {"governorate": 0.4, "province": 0.35, "city": 0.5, "country": 0.6, "base": 0.2, "town": 0.2}


def resolve_places(hits: Sequence[PlaceHit], *, home: str | None = None) -> list[PlaceChoice]:
    """Choose a place for each mention of one report (or passage), in the order of `hits`.

    `home` is a country (ISO 3166-1) that the outlet mostly writes about; it only breaks ties.
    """
    countries, governorates = _votes(hits)
    choices = [_choose(hit, countries, governorates, (), home) for hit in hits]
    settled = [(choice.hit, choice.place) for choice in choices if choice.place and len(choice.hit.candidates) == 1]
    del settled[_MOST_SETTLED:]
    choices = [
        choice if len(choice.hit.candidates) < 2 else _choose(choice.hit, countries, governorates, settled, home)
        for choice in choices
    ]
    surroundings = _Surroundings(hits)
    return [choice if surroundings.bear_out(choice) else _without_place(choice) for choice in choices]


class _Surroundings:
    """The countries and governorates that a report names, each with the names that say so."""

    def __init__(self, hits: Iterable[PlaceHit]) -> None:
        self.names: dict[str, set[str]] = {}  # by code
        self.located: set[str] = set()  # all names that lie in some country
        self.governed: set[str] = set()  # those that lie in some governorate
        for hit in hits:
            for place in hit.candidates:
                for code in (place.country, place.admin1):
                    if code is not None:
                        self.names.setdefault(code, set()).add(hit.name)
                        self.located.add(hit.name)
                if place.admin1 is not None and hit.manner != "organisation":
                    self.governed.add(hit.name)

    def bear_out(self, choice: PlaceChoice) -> bool:
        """Whether the report names something around a place whose name many towns have, such as "حي الزهراء".

        A report that names no other place bears out anything.
        """
        place, name = choice.place, choice.hit.name
        if place is not None and _is_belied(choice.hit, place):
            around = {place.admin1, place.country if place.rank > 5 else place.admin1} - {None}
            borne = any(_has_other(self.names.get(code or "", set()), name) for code in around)
            return borne or not _has_other(self.governed, name)
        if place is not None and self._is_foreign(place, name):
            return False
        if place is None or place.kind not in _NAMESAKES or not _is_common(choice.hit, place):
            return True
        if place.kind != "village" and _has_other(self.governed, name):
            return _has_other(self.names.get(place.admin1 or "", set()), name)
        return not _has_other(self.located, name) or _has_other(self.names.get(place.country or "", set()), name)

    def _is_foreign(self, place: Place, name: str) -> bool:
        """Whether a small place lies in a country that nothing else in a report on another country speaks of."""
        small = place.rank <= _SMALL or (place.rank < 4 and place.common_word)
        if place.country is None or not small or _has_other(self.names.get(place.country, set()), name):
            return False
        return any(len(names - {name}) >= _AT_HOME for code, names in self.names.items() if len(code) == 2)


# Cues of parts of a town; what bears a town's name behind them is rather called after it: "حي البصرة" in Mosul.
_PARTS_OF_TOWNS = frozenset({"quarter", "street", "square", "bridge", "village"})


def _is_belied(hit: PlaceHit, place: Place) -> bool:
    """Whether the word before a name tells a small thing, and the place is a town, a province or a country."""
    return hit.cue in _PARTS_OF_TOWNS and place.rank >= 3 and place.kind not in CUE_KINDS[hit.cue]


def _has_other(names: set[str], name: str) -> bool:
    return len(names) > (name in names)


def _is_common(hit: PlaceHit, place: Place) -> bool:
    """Whether a name is one that many towns have: it holds its own kind ("حي", quarter of), or is a common word."""
    return hit.name.partition(" ")[0] in load_words().cues or place.common_word == "hard"


def _without_place(choice: PlaceChoice) -> PlaceChoice:
    return PlaceChoice(
        hit=choice.hit, place=None, lat=None, lon=None, score=0.0, losers=choice.hit.candidates,
        reasons=("the report names nothing around it",),
    )  # fmt: skip


def _votes(hits: Iterable[PlaceHit]) -> tuple[dict[str, float], dict[str, float]]:
    """How much the mentions speak for each country and each governorate; an ambiguous name shares its vote.

    A name that several countries have votes once, however often it stands: it cannot bear itself out.
    """
    countries: dict[str, float] = {}
    governorates: dict[str, float] = {}
    shared: set[str] = set()  # names of several countries that have voted
    homes: dict[str, int] = {}  # how often somebody's home has been named; beyond twice it says no more of the place
    for hit in hits:
        if not hit.candidates:
            continue
        if hit.manner == "adjective":
            home = hit.candidates[0].country or ""
            homes[home] = homes.get(home, 0) + 1
            if homes[home] > 2:
                continue
        lands = {place.country for place in hit.candidates if place.country}
        if len(lands) > 1 and hit.name in shared:
            continue
        if len(lands) > 1:
            shared.add(hit.name)
        weight = (1.0 if hit.manner == "plain" else _WEAK) / len({p.country for p in hit.candidates})
        for country in lands:
            countries[country] = countries.get(country, 0.0) + weight
        codes = {place.admin1 for place in hit.candidates if place.admin1}
        for code in codes:
            governorates[code] = governorates.get(code, 0.0) + weight / len(codes) ** 2
    return countries, governorates


def _choose(
    hit: PlaceHit,
    countries: Mapping[str, float],
    governorates: Mapping[str, float],
    settled: Sequence[tuple[PlaceHit, Place | None]],
    home: str | None,
) -> PlaceChoice:
    if not hit.candidates:
        return PlaceChoice(hit=hit, place=None, lat=None, lon=None, score=0.0, reasons=("not in the gazetteer",))
    total = sum(countries.values()) or 1.0
    ranked: list[tuple[float, int, Place, tuple[str, ...]]] = []
    for index, place in enumerate(hit.candidates):
        score, reasons = _score(hit, place, countries, governorates, settled, total)
        score += 0.3 if home is not None and place.country == home else 0.0
        ranked.append((score, -index, place, reasons))
    ranked.sort(key=lambda item: item[:2], reverse=True)
    score, _, best, reasons = ranked[0]
    if (hit.cue == "governorate" and best.kind in ("city", "town")) or (hit.cue, best.kind) == ("countryside", "city"):
        best = replace(best, precision="governorate", kind="governorate")  # a province is called by its chief town
    lat, lon = point_of(hit, best)
    return PlaceChoice(
        hit=hit, place=best, lat=lat, lon=lon, score=round(score, 3), reasons=reasons,
        losers=tuple(item[2] for item in ranked[1:]),
    )  # fmt: skip


def _score(
    hit: PlaceHit,
    place: Place,
    countries: Mapping[str, float],
    governorates: Mapping[str, float],
    settled: Sequence[tuple[PlaceHit, Place | None]],
    total: float,
) -> tuple[float, tuple[str, ...]]:
    reasons = []
    score = _KNOWN_KINDS.get(place.kind, 0.0) + _USUAL.get(place.country or "", 0.0)
    if len(hit.candidates) == 1:
        return score + 1.0, ("only place of that name",)
    if hit.cue is not None and place.kind in CUE_KINDS.get(hit.cue, ()):
        score += 1.5 + (_CITY if hit.cue == place.kind == "city" else 0.0)
        reasons.append(f"the word before it means a {place.kind}")
    own = countries.get(place.country or "", 0.0)
    if own:
        score += 2.0 * own / total
        reasons.append(f"the report names {place.country}")
    code = governorates.get(place.admin1 or "", 0.0)
    if code:
        score += min(1.5, code)
        reasons.append(f"the report names {place.admin1}")
    nearest = _nearest(hit, place, settled)
    if nearest is not None:
        other, apart, gap = nearest
        score += (1.5 if gap < 40 else 1.0) * max(0.0, 1 - apart / 120)
        reasons.append(f"{apart:.0f} km from {other.name_en}, named {gap} characters away")
    return score, tuple(reasons)


def _nearest(
    hit: PlaceHit, place: Place, settled: Sequence[tuple[PlaceHit, Place | None]]
) -> tuple[Place, float, int] | None:
    """The settled place that lies nearest, with the distance on the ground and in the text."""
    best: tuple[float, Place, float, int] | None = None
    for other_hit, other in settled:
        if other is None or other_hit is hit or place.lat is None or place.lon is None:
            continue
        if other.lat is None or other.lon is None or other.precision in ("country", "region"):
            continue
        apart = kilometres(place.lat, place.lon, other.lat, other.lon)
        if apart > 120:
            continue
        gap = max(other_hit.start - hit.end, hit.start - other_hit.end, 0)
        key = apart + gap / 10
        if best is None or key < best[0]:
            best = (key, other, apart, gap)
    return (best[1], best[2], best[3]) if best else None


def point_of(hit: PlaceHit, place: Place) -> tuple[float | None, float | None]:
    """Coordinates of a mention: moved by "20 كم جنوب" (20 km south of); none for a country or a wide region."""
    if place.lat is None or place.lon is None or place.precision in ("country", "region"):
        return None, None
    if hit.distance_km and hit.bearing is not None and hit.distance_km <= 300:
        return move_point(place.lat, place.lon, hit.bearing, hit.distance_km)
    return place.lat, place.lon
