"""Turns the incidents that gold and coder tell of one report into pairs of one event, and says which fields agree.

Two fit when date, place and means all do: the day within the gold's precision; one governorate, or near enough; one
method, or means that reports confuse (docs/codebook.md, "The same incident in two reports").
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from extract.places.geometry import kilometres
from extract.reports import CODED_FIELDS

Row = Mapping[str, Any]  # an incident as JSON holds it; dates are ISO days
FIELDS = tuple(name for name in CODED_FIELDS if name not in ("lat", "lon"))
FIT_DAYS = {"day": 1, "week": 7, "month": 31, "year": 366}  # how far a day may lie from gold's, by gold's precision
NEAR_KM = 40.0  # of the gold's point
NEAR_ROAD_KM = 60.0  # where gold names no governorate: a road between towns
SAME_PLACE_KM = 10.0  # two names of one place
CONFUSED = (
    frozenset({"ied", "mine", "vehicle_bomb"}),
    frozenset({"suicide", "vehicle_bomb"}),
    frozenset({"rocket", "mortar", "missile"}),
    frozenset({"airstrike", "drone"}),
    frozenset({"gunfire", "grenade"}),
)
_VAGUE = (None, "", "unknown", "other")


def parse_day(value: object) -> date | None:
    """The day of an incident's `date`; ValueError where it is no ISO day."""
    return date.fromisoformat(str(value)[:10]) if value else None


def fits_date(gold: Row, coded: Row) -> bool:
    """Whether the coded day lies within the gold's precision; any does where gold knows none."""
    wanted = parse_day(gold.get("date"))
    if wanted is None or gold.get("date_precision") == "unknown":
        return True
    told = parse_day(coded.get("date"))
    return told is not None and abs((told - wanted).days) <= FIT_DAYS.get(gold.get("date_precision") or "day", 1)


def fits_place(gold: Row, coded: Row) -> bool:
    """Whether both are of one governorate or near one another; of one country where gold knows no more."""
    admin1 = gold.get("admin1")
    if admin1 and admin1 == coded.get("admin1"):
        return True
    apart = measure(gold, coded)
    if apart is not None and apart <= (NEAR_KM if admin1 else NEAR_ROAD_KM):
        return True
    if admin1 or gold.get("lat") is not None:
        return False
    return not gold.get("country") or gold["country"] == coded.get("country")


def fits_method(gold: Row, coded: Row) -> bool:
    """Whether the means are the same, left open by one side, or of one family."""
    a, b = gold.get("method"), coded.get("method")
    return a == b or a in _VAGUE or b in _VAGUE or any(a in family and b in family for family in CONFUSED)


def fits(gold: Row, coded: Row) -> bool:
    """Whether a coded incident can be the gold one."""
    return fits_date(gold, coded) and fits_place(gold, coded) and fits_method(gold, coded)


def measure(a: Row, b: Row) -> float | None:
    """Kilometres between two incidents' points, None where one has none."""
    if any(row.get(axis) is None for row in (a, b) for axis in ("lat", "lon")):
        return None
    return kilometres(a["lat"], a["lon"], b["lat"], b["lon"])


def agrees(name: str, gold: Row, coded: Row) -> bool:
    """Whether a field is right: the very day where gold knows the day, and a place by any name of the same spot."""
    a, b = gold.get(name), coded.get(name)
    if name == "date" and gold.get("date_precision") != "day":
        return fits_date(gold, coded) and (a is None) == (b is None)
    if name == "place" and a != b:
        apart = measure(gold, coded)
        return apart is not None and apart <= SAME_PLACE_KM
    return bool(a == b)


def pair_incidents(gold: Sequence[Row], coded: Sequence[Row]) -> list[tuple[int, int]]:
    """Pair each gold incident with at most one coded one and the other way round: (gold, coded) indexes, sorted.

    As many pairs as can be, and among those choices the one whose fields agree most.
    """
    if not gold or not coded:
        return []
    size = max(len(gold), len(coded))
    worth = [[0.0] * size for _ in range(size)]
    for i, wanted in enumerate(gold):
        for j, told in enumerate(coded):
            if fits(wanted, told):
                worth[i][j] = 1000.0 + sum(agrees(name, wanted, told) for name in FIELDS)
    return sorted((i, j) for j, i in enumerate(assign(worth)) if worth[i][j] > 0)


def assign(worth: Sequence[Sequence[float]]) -> list[int]:
    """For each column of a square table its row, so that the sum is greatest (Kuhn 1955; Munkres 1957, in O(n³))."""
    size = len(worth)
    row_price, column_price = [0.0] * size, [0.0] * (size + 1)
    row_of = [-1] * (size + 1)  # the last column is where each new row begins its search
    for row in range(size):
        row_of[size] = row
        came_from, column = _grow_tree(worth, row_of, row_price, column_price)
        while column != size:
            row_of[column] = row_of[came_from[column]]
            column = came_from[column]
    return row_of[:size]


def _grow_tree(
    worth: Sequence[Sequence[float]], row_of: list[int], row_price: list[float], column_price: list[float]
) -> tuple[list[int], int]:
    """Search the cheapest way from the free row to a free column, raising prices: the way back, and that column."""
    size = len(worth)
    slack, came_from, done = [math.inf] * size, [size] * size, [False] * (size + 1)
    column = size
    while row_of[column] >= 0:
        done[column] = True
        row = row_of[column]
        for other in range(size):
            if not done[other]:
                gap = -worth[row][other] - row_price[row] - column_price[other]
                if gap < slack[other]:
                    slack[other], came_from[other] = gap, column
        nearest = min((other for other in range(size) if not done[other]), key=slack.__getitem__)
        step = slack[nearest]
        for other in range(size + 1):
            if done[other]:
                row_price[row_of[other]] += step
                column_price[other] -= step
            elif other < size:
                slack[other] -= step
        column = nearest
    return came_from, column
