"""Turns what is known of a place, and of a mention of one, into records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Precision = Literal["site", "quarter", "village", "town", "district", "governorate", "region", "country"]
PRECISIONS: tuple[str, ...] = ("site", "quarter", "village", "town", "district", "governorate", "region", "country")

# How a place is named: in plain words; at the head of a report; inside the name of a body that sits there or bears its
# name (police, newspaper); as the home of somebody (adjective); or only as the point that a direction starts from.
Manner = Literal["plain", "dateline", "organisation", "adjective"]

# Which kinds of place a cue means; a place of another kind is not excluded, only less likely.
CUE_KINDS: Mapping[str, frozenset[str]] = {
    "governorate": frozenset({"governorate", "province", "region"}),
    "countryside": frozenset({"governorate", "province", "region"}),
    "district": frozenset({"district", "city", "town"}),
    "subdistrict": frozenset({"subdistrict", "town", "village"}),
    "city": frozenset({"city", "town"}),
    "town": frozenset({"town", "city", "subdistrict", "village"}),
    "village": frozenset({"village", "town", "subdistrict"}),
    "quarter": frozenset({"quarter"}),
    "suburb": frozenset({"quarter", "area", "town", "city", "village"}),
    "area": frozenset({"quarter", "area", "town", "city", "subdistrict", "village"}),
    "street": frozenset({"street", "road"}),
    "square": frozenset({"square"}),
    "road": frozenset({"road", "street"}),
    "bridge": frozenset({"bridge"}),
    "base": frozenset({"base", "airbase"}),
    "building": frozenset({"site", "embassy"}),
    "airport": frozenset({"airport", "airbase"}),
    "crossing": frozenset({"crossing"}),
    "field": frozenset({"field"}),
    "prison": frozenset({"prison"}),
    "camp": frozenset({"camp", "base"}),
    "mountain": frozenset({"mountain", "area"}),
    "island": frozenset({"island", "area"}),
    "valley": frozenset({"valley", "area"}),
    "port": frozenset({"port"}),
    "dam": frozenset({"dam"}),
    "country": frozenset({"country"}),
    "sea": frozenset({"sea"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One row of the gazetteer; `admin1` is ISO 3166-2; coordinates are None for wide regions."""

    id: str
    name: str
    name_en: str
    lat: float | None
    lon: float | None
    country: str | None
    admin1: str | None
    precision: str
    kind: str
    common_word: str = ""
    verified: bool = True

    @property
    def rank(self) -> float:
        """Smaller is the narrower place: 0 a site, 3 a town, 3.5 a large city, 5 a governorate, 7 a country."""
        return PRECISIONS.index(self.precision) + (0.5 if self.kind == "city" else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHit:
    """A mention of a place; offsets are of the folded text.

    `candidates` are all gazetteer rows of that name (none: a cue such as "قرية", village, names a place that the
    gazetteer does not know). `start` includes a cue or direction only where the gazetteer's name does.
    """

    start: int
    end: int
    name: str
    candidates: tuple[Place, ...]
    cue: str | None = None
    manner: Manner = "plain"
    bearing: float | None = None  # degrees clockwise from north, of "شمال" (north of) and the like before the name
    distance_km: float | None = None  # of "20 كم جنوب" (20 km south of) before the name
    phrase_start: int | None = None  # where the cue, direction or distance that belongs to the name begins


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChoice:
    """What a mention was taken to mean; `place` is None for a name that the gazetteer lacks.

    `around` is the place whose point and codes such a name was lent, where the words behind it tell one.
    """

    hit: PlaceHit
    place: Place | None
    lat: float | None
    lon: float | None
    score: float
    reasons: tuple[str, ...] = ()
    losers: tuple[Place, ...] = ()
    around: Place | None = None
