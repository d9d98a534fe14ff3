"""Turns the words of an event into the codebook's target: what was struck or meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from extract.candidates import Candidate
from extract.lexicon import Hit

# Words after which the target stands: targeted, against, on, in the convoy, outside …
_AIMS = frozenset(
    "استهدف استهدفت استهدفوا يستهدف تستهدف مستهدفا مستهدفه استهداف باستهداف استهدافه ضد علي طال طالت هاجم هاجمت هاجموا مهاجمه قصف قصفت "
    "تعرض تعرضت يستهدفون استهدفه اصاب اصابت ضرب ضربت دك يدك اغتيال اغتال باتجاه نحو صوب".split()
)
_BESIDE = frozenset("قرب بالقرب خارج امام داخل وسط في محيط جوار بجوار عند قباله لدي".split())
_BASES = {"coalition_base"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChoice:
    """The target chosen, the words that decided it, and what lost, best first."""

    target: str
    hit: Hit | None
    source: str | None
    losers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetContext:
    """What settles words that mean different forces in different lands."""

    country: str | None
    coalition: bool  # the report speaks of US or coalition troops at the spot
    embassy: bool
    method: str


def choose_target(candidates: Sequence[Candidate], context: TargetContext) -> TargetChoice:
    """Weigh the target words of an event's clauses by what stands before them; ties go to the earlier."""
    weights: dict[str, float] = defaultdict(float)
    deciding: dict[str, tuple[float, Hit, str]] = {}
    for rank, candidate in enumerate(candidates):
        for clause in candidate.clauses:
            for hit in clause.targets:
                target = settle_target(hit.row["target"], context)
                if target is None:
                    continue
                weight = float(hit.row["weight"]) + _aim_of(candidate, hit)
                weight *= 0.85 ** min(rank, 4)
                if candidate.source == "title":
                    weight *= 0.9
                if weight > deciding.get(target, (0.0, hit, ""))[0]:
                    deciding[target] = (weight, hit, candidate.source)
                weights[target] = max(weights[target], weight)
    if not weights:
        return TargetChoice(target="unknown", hit=None, source=None)
    ranked = sorted(weights, key=lambda name: -weights[name])
    _, hit, source = deciding[ranked[0]]
    return TargetChoice(target=ranked[0], hit=hit, source=source, losers=tuple(ranked[1:]))


def _aim_of(candidate: Candidate, hit: Hit) -> float:
    """More weight where a word of aiming stands just before; less where the words only say where it was."""
    words = candidate.sentence.words
    before = [word.text for word in words[max(0, hit.first - 3) : hit.first]]
    own = words[hit.first].text
    for back, word in enumerate(reversed(before)):
        bare = word.removeprefix("و").removeprefix("ف")
        if bare in _AIMS:
            return 6.0 - back
        if bare in _BESIDE:
            return 1.0 - back * 0.3
    if own.startswith("ب") and len(own) > 4 or own.startswith("لل"):
        return 2.5
    return 0.0


def settle_target(name: str, context: TargetContext) -> str | None:
    """The codebook's class for a word whose meaning depends on country and company (`~army`, `~base` …)."""
    if not name.startswith("~"):
        return name
    country = context.country
    forces = "iraqi_forces" if country == "IQ" else "state_forces"
    if name in ("~army", "~police", "~security"):
        return forces
    if name == "~convoy":
        return "coalition_convoy" if context.coalition else forces
    if name == "~coalition_patrol":
        return "coalition_convoy"
    if name == "~coalition_soldiers":
        return "coalition_base" if context.method in ("rocket", "missile", "drone", "mortar") else "coalition_convoy"
    if name == "~hosts_coalition":
        return "coalition_base" if context.method in ("rocket", "missile", "drone", "mortar", "unknown") else None
    if name == "~base":
        return "coalition_base" if context.coalition else forces
    if name == "~national_base":
        return "state_forces" if country != "IQ" else "state_forces"
    if name in ("~erbil_airport", "~baghdad_airport"):
        return "coalition_base" if context.coalition else "infrastructure"
    if name == "~green_zone":
        return "us_diplomatic" if context.embassy else "government"
    return None
