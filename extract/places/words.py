"""Turns the files of cue words, directions, adjectives and masks into look-up tables over folded words."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from extract.text import fold


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that says what kind of place follows; `many` when it opens a list (محافظتي, the two governorates)."""

    kind: str
    many: bool = False
    unknown: str = ""  # "any", "quoted": which names after it are places even where the gazetteer lacks them


@dataclass(frozen=True, slots=True)
class Words:
    cues: dict[str, Cue]
    directions: dict[str, float | None]  # bearing in degrees; None for "وسط" (the middle of)
    locatives: frozenset[str]
    fillers: frozenset[str]
    heads: dict[str, str]  # words before a place that make it a body's name → "hint", "drop" or "plain" (a building)
    masks: frozenset[str]
    stops: frozenset[str]
    compound_heads: frozenset[str]
    joining: frozenset[str]  # first words that outlets also write joined to the next: أبو غريب / أبوغريب
    agencies: frozenset[str]  # what stands after a dateline's place
    numbers: dict[str, int]
    units: dict[str, float]  # kilometres
    adjectives: dict[str, str]


def _read(name: str) -> list[dict[str, str]]:
    path = resources.files("extract") / "data" / "places" / name
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _unknown_names(flags: list[str]) -> str:
    return "any" if "unknown" in flags else "quoted" if "quoted" in flags else ""


def nisba_forms(stem: str) -> set[str]:
    """The forms of an adjective of origin that ends in ي: عراقي → عراقية، العراقيون، عراقيين، عراقيا …"""
    folded = fold(stem)
    endings = ("", "ه", "ين", "ون", "ات", "ا", "تين", "ان", "تان")
    return {article + folded + ending for article in ("", "ال", "لل") for ending in endings}


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Read every list once for the process."""
    by_role: dict[str, list[dict[str, str]]] = {}
    for row in _read("words.csv"):
        row["word"] = fold(row["word"])
        by_role.setdefault(row["role"], []).append(row)

    def plain(role: str) -> frozenset[str]:
        return frozenset(row["word"] for row in by_role.get(role, []))

    cues = {
        row["word"]: Cue(row["value"], "many" in row["flags"].split(), _unknown_names(row["flags"].split()))
        for row in by_role["cue"]
    }
    adjectives: dict[str, str] = {}
    for row in _read("adjectives.csv"):
        for form in nisba_forms(row["stem"]):
            adjectives.setdefault(form, row["country"])
        for form in filter(None, row["others"].split(";")):
            adjectives[fold(form)] = row["country"]
    return Words(
        cues=cues,
        directions={row["word"]: float(row["value"]) if row["value"] else None for row in by_role["direction"]},
        locatives=plain("locative"),
        fillers=plain("filler"),
        heads={row["word"]: row["value"] for row in by_role["head"]},
        masks=plain("mask"),
        stops=plain("stop"),
        compound_heads=plain("compound"),
        joining=plain("joining"),
        agencies=plain("agency"),
        numbers={row["word"]: int(row["value"]) for row in by_role["number"]},
        units={row["word"]: float(row["value"]) for row in by_role["unit"]},
        adjectives=adjectives,
    )
