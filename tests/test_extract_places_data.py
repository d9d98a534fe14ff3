"""Each row of the gazetteer's files: its fields, codes, bounds, and that no name stands for two like places."""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from functools import lru_cache

import pycountry
import pytest

from extract.places import gazetteer
from extract.places.records import CUE_KINDS, PRECISIONS
from extract.places.words import load_words
from extract.text import fold

ROWS = list(gazetteer.read_rows())
ISO_COUNTRIES = {country.alpha_2 for country in pycountry.countries} | {"XK"}  # XK: Kosovo, by common usage
ISO_SUBDIVISIONS = {subdivision.code for subdivision in pycountry.subdivisions}
CHECKED_KINDS = frozenset().union(*CUE_KINDS.values()) | {"site", "embassy", "power"}


@lru_cache(maxsize=1)
def bounds() -> dict[str, tuple[float, float, float, float]]:
    lines = (gazetteer.data_folder() / "bounds.csv").read_text(encoding="utf-8").splitlines()
    return {
        row["country"]: (float(row["south"]), float(row["west"]), float(row["north"]), float(row["east"]))
        for row in csv.DictReader(lines)
    }


def faults_of(row: dict[str, str]) -> list[str]:
    """What is wrong with one row."""
    faults = []
    if not any("\u0600" <= char <= "\u06ff" for char in row["name"]):
        faults.append("name is not Arabic")
    if row["precision"] not in PRECISIONS:
        faults.append(f"precision {row['precision']!r}")
    if row["kind"] not in CHECKED_KINDS:
        faults.append(f"kind {row['kind']!r}")
    if row["verified"] not in ("yes", "no") or not row["source"]:
        faults.append("no source, or verified is neither yes nor no")
    if row["source"] == "editor" and row["verified"] == "yes":
        faults.append("verified without a source")
    if row["common_word"].partition(":")[0] not in ("", "soft", "hard"):
        faults.append(f"common_word {row['common_word']!r}")
    spellings = {row["name"], *row["variants"].split(";")}
    if not set(filter(None, row["common_word"].partition(":")[2].split(";"))) <= spellings:
        faults.append("common_word names a spelling that the row lacks")
    return faults + codes_of(row)


def codes_of(row: dict[str, str]) -> list[str]:
    """What is wrong with a row's codes and coordinates."""
    faults = []
    if row["country"] and row["country"] not in ISO_COUNTRIES:
        faults.append(f"country {row['country']!r}")
    if row["admin1"]:
        if not row["admin1"].startswith(row["country"] + "-"):
            faults.append("admin1 of another country")
        if row["admin1"] not in ISO_SUBDIVISIONS:
            faults.append(f"admin1 {row['admin1']!r} is not in ISO 3166-2")
    if not row["country"] and row["precision"] != "region":
        faults.append("no country")
    if row["lat"] and row["country"] in bounds():
        south, west, north, east = bounds()[row["country"]]
        if not (south <= float(row["lat"]) <= north and west <= float(row["lon"]) <= east):
            faults.append("outside its country")
    if not row["lat"] and row["precision"] != "region":
        faults.append("no coordinates")
    return faults


@pytest.mark.parametrize("file", sorted({row["file"] for row in ROWS}))
def test_each_row_is_well_formed(file: str) -> None:
    faults = [(row["id"], fault) for row in ROWS if row["file"] == file for fault in faults_of(row)]
    assert faults == []


def test_ids_are_unique() -> None:
    seen: dict[str, str] = {}
    for row in ROWS:
        assert row["id"] not in seen, (row["id"], row["file"], seen[row["id"]])
        seen[row["id"]] = row["file"]


def test_no_name_stands_for_two_like_places() -> None:
    """Two rows may share a name in one governorate only where their kinds tell them apart."""
    owners: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for row in ROWS:
        for name in filter(None, {row["name"], *row["variants"].split(";")}):
            owners[fold(name), row["country"], row["admin1"], row["precision"]].add(row["id"])
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {}


def test_loading_is_fast() -> None:
    gazetteer.load_gazetteer.cache_clear()
    load_words.cache_clear()
    begin = time.process_time()
    gazetteer.load_gazetteer()
    assert time.process_time() - begin < 5  # half a second is meant; a slow or shared machine takes far longer


def test_cue_kinds_are_used_by_rows() -> None:
    used = {row["kind"] for row in ROWS}
    assert {"governorate", "city", "town", "village", "quarter", "base", "airport", "crossing", "field"} <= used
