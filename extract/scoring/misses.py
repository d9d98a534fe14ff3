"""Turns one report's gold and coded incidents and their pairs into the misses among them, each with its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.scoring.pairing import FIELDS, Row, agrees, fits, fits_date, fits_method, fits_place

_PARTS = {"date": fits_date, "place": fits_place, "method": fits_method}
_BRIEF = ("date", "admin1", "place", "method", "target")


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One difference from gold.

    `kind`: `missed` · `invented` · `invented in an empty report` · `split` (one event coded twice) · `merged` (two
    coded as one) · `wrong date`, `wrong place`, `wrong method` (that alone keeps an incident from its gold) ·
    `field NAME`.
    """

    report: str
    kind: str
    gold: str | None  # in brief: day, governorate, place, method, target
    coded: str | None
    detail: str = ""


def find_misses(report: str, gold: Sequence[Row], coded: Sequence[Row], pairs: Sequence[tuple[int, int]]) -> list[Miss]:
    """Name what differs: first what only one side has, then the fields of the pairs."""
    lone_gold = [i for i in range(len(gold)) if all(i != a for a, _ in pairs)]
    lone_coded = [j for j in range(len(coded)) if all(j != b for _, b in pairs)]
    misses = []
    for i, j, part in _near_pairs(gold, coded, lone_gold, lone_coded):
        lone_gold.remove(i)
        lone_coded.remove(j)
        detail = f"gold {gold[i].get(part)}, coded {coded[j].get(part)}"
        kind = f"wrong {part}"
        misses.append(Miss(report=report, kind=kind, gold=tell(gold[i]), coded=tell(coded[j]), detail=detail))
    for i in lone_gold:
        twin = next((coded[b] for _, b in pairs if fits(gold[i], coded[b])), None)
        kind = "merged" if twin else "missed"
        misses.append(Miss(report=report, kind=kind, gold=tell(gold[i]), coded=tell(twin) if twin else None))
    for j in lone_coded:
        twin = next((gold[a] for a, _ in pairs if fits(gold[a], coded[j])), None)
        kind = "split" if twin else "invented" if gold else "invented in an empty report"
        misses.append(Miss(report=report, kind=kind, gold=tell(twin) if twin else None, coded=tell(coded[j])))
    for i, j in pairs:
        misses += _field_misses(report, gold[i], coded[j])
    return misses


def _near_pairs(
    gold: Sequence[Row], coded: Sequence[Row], lone_gold: Sequence[int], lone_coded: Sequence[int]
) -> list[tuple[int, int, str]]:
    """Pairs of lone incidents that one part alone keeps apart: (gold, coded, that part); most agreeing fields first."""
    near = []
    for i in lone_gold:
        for j in lone_coded:
            apart = [part for part, fit in _PARTS.items() if not fit(gold[i], coded[j])]
            if len(apart) == 1:
                near.append((sum(agrees(name, gold[i], coded[j]) for name in FIELDS), i, j, apart[0]))
    taken: list[tuple[int, int, str]] = []
    for _, i, j, part in sorted(near, key=lambda item: (-item[0], item[1:])):
        if all(i != a and j != b for a, b, _ in taken):
            taken.append((i, j, part))
    return taken


def _field_misses(report: str, gold: Row, coded: Row) -> list[Miss]:
    return [
        Miss(
            report=report, kind=f"field {name}", gold=tell(gold), coded=tell(coded),
            detail=f"gold {gold.get(name)}, coded {coded.get(name)}",
        )
        for name in FIELDS
        if not agrees(name, gold, coded)
    ]  # fmt: skip


def tell(row: Row) -> str:
    """An incident in brief."""
    return " ".join("–" if row.get(name) is None else str(row[name]) for name in _BRIEF)
