"""Turns folded Arabic text into the places it names, with coordinates and codes, and says how each was named."""

from __future__ import annotations

from extract.places.gazetteer import load_gazetteer
from extract.places.geometry import kilometres, move_point
from extract.places.matcher import find_places
from extract.places.records import Place, PlaceChoice, PlaceHit
from extract.places.resolve import resolve_places

__all__ = [
    "Place",
    "PlaceChoice",
    "PlaceHit",
    "find_places",
    "kilometres",
    "load_gazetteer",
    "move_point",
    "resolve_places",
]
