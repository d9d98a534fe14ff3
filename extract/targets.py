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
# Forces and officials also come to the scene and speak to the press: without a word of aiming they count little.
_NEED_AIM = frozenset({"~police", "~security", "~army", "government"})


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
    al_qaeda: bool = False  # the report speaks of al-Qaeda, whose name is "the base"


def choose_target(candidates: Sequence[Candidate], context: TargetContext) -> TargetChoice:
    """Weigh the target words of an event's clauses by what stands before them; ties go to the earlier."""
    weights: dict[str, float] = defaultdict(float)
    deciding: dict[str, tuple[float, Hit, str]] = {}
    for rank, candidate in enumerate(candidates):
        for clause in candidate.clauses:
            for hit in clause.targets:
                target = settle_target(hit.row["target"], context)
                if target is None or (context.al_qaeda and _is_the_base(candidate, hit)):
                    continue
                aim = _aim_of(candidate, hit)
                weight = float(hit.row["weight"]) + aim
                if aim == 0 and hit.row["target"] in _NEED_AIM:
                    weight *= 0.4
                weight *= 0.85 ** min(rank, 4)
                if candidate.source == "title":
                    weight *= 0.9
                if weight > deciding.get(target, (0.0, hit, ""))[0]:
                    deciding[target] = (weight, hit, candidate.source)
                weights[target] = max(weights[target], weight)
        for name, weight in _victim_weights(candidate):
            target = settle_target(name, context)
            if target is not None:
                weights[target] = max(weights[target], weight * 0.85 ** min(rank, 4))
    if "unknown" in weights:
        weights["unknown"] = 0.01
    if not weights:
        return TargetChoice(target="unknown", hit=None, source=None)
    ranked = sorted(weights, key=lambda name: -weights[name])
    _, hit, source = deciding.get(ranked[0], (0.0, None, None))
    return TargetChoice(target=ranked[0], hit=hit, source=source, losers=tuple(ranked[1:]))


# What the victims of a toll say of the target (groups of counted_nouns.csv).
_GROUPS = {
    "soldiers": ("~army", 4.5), "police": ("~police", 4.5), "civilians": ("civilians", 4.0), "children": ("civilians", 3.0),
    "women": ("civilians", 3.0), "security": ("~security", 4.5), "militants": ("armed_group", 4.0),
}  # fmt: skip


def _victim_weights(candidate: Candidate) -> list[tuple[str, float]]:
    """Targets that the victims named in the tolls speak for."""
    return [
        _GROUPS[toll.group]
        for clause in candidate.clauses
        for toll in clause.tolls
        if toll.group in _GROUPS and not toll.aggregate and not toll.subset
    ]


def _aim_of(candidate: Candidate, hit: Hit) -> float:
    """More weight where a word of aiming stands just before; less where the words only say where it was."""
    words = candidate.sentence.words
    before = [word.text for word in words[max(0, hit.first - 4) : hit.first]]
    own = words[hit.first].text
    for back, word in enumerate(reversed(before)):
        bare = word.removeprefix("و").removeprefix("ف")
        if bare in _AIMS:
            if bare in ("علي", "نحو", "صوب", "باتجاه") and not _behind_trigger(candidate, hit.first - 1 - back):
                continue
            if bare in ("قصف", "هجوم", "استهداف") and hit.row["weight"] == "3":
                continue  # "the rebels' shelling": they are who shells
            return 6.0 - back
        if bare in _BESIDE and back < 2:
            return 1.0 - back * 0.3
    if (own.startswith("ب") and len(own) > 4) or own.startswith("ل"):
        return 3.0 if _behind_trigger(candidate, hit.first) else 1.5
    return 0.0


def _is_the_base(candidate: Candidate, hit: Hit) -> bool:
    return hit.last - hit.first == 1 and candidate.sentence.words[hit.first].text.endswith("القاعده") or (
        hit.last - hit.first == 1 and candidate.sentence.words[hit.first].text.endswith("للقاعده")
    )


def _behind_trigger(candidate: Candidate, index: int) -> bool:
    """Whether a word of attack stands within eight words before: "on" alone aims at nothing."""
    return any(index - 8 <= trigger.first < index for trigger in candidate.triggers)


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
    if name in ("~erbil_airport", "~baghdad_airport"):
        return "coalition_base" if context.coalition else "infrastructure"
    if name == "~green_zone":
        return "us_diplomatic" if context.embassy else "government"
    return None
