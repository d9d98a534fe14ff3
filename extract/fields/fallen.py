"""Turns the people of a toll into what they say of the target: dead soldiers speak for an army, the dead for nobody."""

from __future__ import annotations

from collections.abc import Iterable

from extract.actors.line import Line
from extract.fields.owners import FOREIGN_MARKS
from extract.lexicon import Hit
from extract.tolls.find import TollHit

# What the victims of a toll say of the target (groups of counted_nouns.csv).
_GROUPS = {
    "soldiers": ("~army", 6.0),
    "police": ("~police", 6.0),
    "civilians": ("civilians", 4.5),
    "children": ("civilians", 3.5),
    "women": ("civilians", 3.5),
    "security": ("~security", 6.0),
    "militants": ("armed_group", 4.5),
}


def weigh_victims(tolls: Iterable[TollHit], line: Line) -> list[tuple[str, float]]:
    """Targets that the victims named in the tolls speak for."""
    found = []
    for toll in tolls:
        if toll.group not in _GROUPS or toll.aggregate or toll.negated or _is_by_militants(toll, line):
            continue
        name, weight = _GROUPS[toll.group]
        words = [word.text for word in line.sentence.words if toll.start <= word.start <= toll.end + 2]
        words += _of_what(toll, line)
        if name == "~army" and any(mark in word for word in words for mark in FOREIGN_MARKS):
            name = "~coalition_soldiers"
        elif any(word.endswith(("جنوده", "جنودها")) for word in words):
            continue  # whose they are, the words before tell
        found.append((name, weight * (0.7 if toll.subset else 1.0)))
    return found


def _is_by_militants(toll: TollHit, line: Line) -> bool:
    """Whether the armed men of a toll did it: "gunmen kidnapped", "two gunmen assassinated" (the verb stands first)."""
    if toll.group != "militants":
        return False
    verb = next((word.text for word in line.sentence.words if word.start >= toll.start), "")
    return verb.removeprefix("و").startswith(("خطف", "اختطف", "اغتال"))


def is_told_dead(hit: Hit, tolls: Iterable[TollHit]) -> bool:
    """Whether a force is named inside the telling of a toll: "three members of the force were killed"."""
    return any(
        toll.start < hit.start < toll.end and not (toll.negated or toll.aggregate or toll.active) and toll.group in _MEN
        for toll in tolls
    )


_MEN = frozenset({"members", "fighters", "soldiers", "police", "security"})
_OF_WHAT = frozenset({"من", "في", "ضمن", "قوه", "قوات", "القوات", "حلف", "شمال"})  # of, in, the force, the alliance


def _of_what(toll: TollHit, line: Line) -> list[str]:
    """The words that go on to say whose the people of a toll are: "two soldiers of the Atlantic alliance"."""
    later = [word.text for word in line.sentence.words if word.start > toll.end + 2 or word.start >= toll.end][:6]
    for index, word in enumerate(later):
        if word not in _OF_WHAT:
            return later[: index + 1] if index else []
    return later


__all__ = ["is_told_dead", "weigh_victims"]
