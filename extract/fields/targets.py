"""Turns the words of an event into the codebook's target: what was struck or meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.actors.line import Line
from extract.events.candidates import Candidate
from extract.fields.aims import find_aim
from extract.fields.asides import is_aside, is_measured
from extract.fields.fallen import is_told_dead, weigh_victims
from extract.fields.target_classes import FROM_AFAR, NEED_AIM, TargetContext, settle_target
from extract.lexicon import Hit, load_lexicon, word_set
from extract.text import fold, tokenize

_STRUCTURES = frozenset({"coalition_base", "us_diplomatic", "diplomatic", "infrastructure"})
_STOPPED = frozenset({"foiled", "seized"})
_FROM_THERE = 3.5  # the weight of what a distance is told from: "500 metres from the embassy"
_NAMED_FORCES = frozenset({"kurdish_forces", "popular_mobilization"})
_MOURNED = _NAMED_FORCES | {"armed_group"}
_STRUCK = 4.5  # the aim of a force whose men are told dead or wounded
_RECALLED = 0.4  # what an older attack struck says little of this one's target
_WEAK = 4.0  # below this weight the sentences around are asked too


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChoice:
    """The target chosen, the words that decided it, and what lost, best first."""

    target: str
    hit: Hit | None
    source: str | None
    losers: tuple[str, ...] = ()


@dataclass(slots=True)
class _Scale:
    """The weights gathered so far, and the words that decided each target."""

    weights: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    deciding: dict[str, tuple[float, Hit, str]] = field(default_factory=dict)
    victims: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    posts: dict[str, float] = field(default_factory=lambda: defaultdict(float))  # checkpoints and the like, struck
    officials: float = 0.0  # the greatest weight of officials told dead or wounded
    members: float = 0.0  # the greatest weight of an armed group's men told dead or wounded
    fallen: float = 0.0  # the greatest weight of civilians told only as dead or wounded
    support: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # further sentences that name it firmly

    def add(self, target: str, weight: float, hit: Hit, source: str) -> None:
        if weight > self.weights[target]:
            self.weights[target] = weight
            self.deciding[target] = (weight, hit, source)


def choose_target(candidates: Sequence[Candidate], context: TargetContext) -> TargetChoice:
    """Weigh the target words of an event's clauses by what stands around them; ties go to the earlier."""
    scale = _Scale()
    for rank, candidate in enumerate(candidates):
        factor = 0.85 ** min(rank, 4) * (0.8 if candidate.source == "title" and len(candidates) > 1 else 1.0)
        if candidate.recalled and not candidates[0].recalled:
            factor *= _RECALLED
        _weigh(candidate, context, factor, scale)
    if max(scale.weights.values(), default=0.0) < _WEAK and max(scale.victims.values(), default=0.0) < _WEAK:
        own = dict(scale.weights)
        for candidate in context.around:
            _weigh(candidate, context, 0.55, scale)
        for name, weight in scale.weights.items():
            scale.weights[name] = weight if weight >= 2.5 else own.get(name, 0.0)
    _add_place(scale, context)
    _add_victims(scale, context)
    _heed_posts(scale)
    _heed_officials(scale, context)
    weights = {
        name: weight + 0.3 * min(scale.support[name], 2) for name, weight in scale.weights.items() if weight > 0.8
    }
    if "unknown" in weights:
        weights["unknown"] = 0.01
    if not weights:
        return TargetChoice(target="unknown", hit=None, source=None)
    ranked = sorted(weights, key=lambda name: -weights[name])
    _, hit, source = scale.deciding.get(ranked[0], (0.0, None, None))
    return TargetChoice(target=ranked[0], hit=hit, source=source, losers=tuple(ranked[1:]))


def _weigh(candidate: Candidate, context: TargetContext, factor: float, scale: _Scale) -> None:
    line = Line(candidate.sentence, context.document.folded(candidate.source))
    known = {name for name, weight in scale.weights.items() if weight >= 5}
    firm: set[str] = set()
    for clause in candidate.clauses:
        through: set[int] = set()
        for hit in sorted(clause.targets, key=lambda hit: -hit.first):
            if any(_is_part(hit, other) for other in clause.targets):
                continue  # "the army" of "a convoy of the US army"
            target = settle_target(hit.row["target"], context, line, hit)
            if (
                target is None
                or (context.al_qaeda and _is_the_base(line, hit))
                or is_aside(line, hit, candidate, context)
            ):
                continue
            aim, passed = find_aim(line, hit, candidate)
            if target in _MOURNED and not word_set("mourning").isdisjoint(
                line.words[max(0, hit.first - 2) : hit.first]
            ):
                aim = max(aim, _STRUCK)  # it buries its own
            if _is_anybody(hit, clause.targets, aim, context) or _is_adjective(line, hit):
                continue
            if target in _LANDMARKS and context.method in _BOMBS and _stands_near(line, hit):
                aim = max(aim, _BLOWN_UP)
            if context.method in _BOMBS and _stands_by_home(line, hit):
                aim = max(aim, _BLOWN_UP)
            if hit.row["target"] in NEED_AIM and candidate.covers & _STOPPED:
                stopped = [trigger.first for trigger in candidate.triggers if trigger.row["kind"] != "act"]
                if aim <= 0.5 or (aim < 3 and hit.first < min(stopped)):
                    continue  # who stopped it was not its target
            if context.method in FROM_AFAR and 2.5 < aim <= 4.5 and target == "civilians":
                aim = 2.0  # whom the rockets killed is not always what they were meant for
            if target == "~settlement":
                if aim < 3:
                    continue
                target = "civilians"
            if line.word(hit.first).startswith("و") and aim > 2:
                aim -= 1.5  # "civilians and soldiers": the first named counts
            if aim < _STRUCK and hit.row["target"] in _NAMED_FORCES and is_told_dead(hit, clause.tolls):
                aim = _STRUCK
            weight = float(hit.row["weight"]) + aim
            if aim <= 0.5:
                lesser = NEED_AIM.get(hit.row["target"], NEED_AIM.get(target, 1.0))
                weight *= max(lesser, 0.5) if weight >= 8 else lesser  # "headquarters of …" says more than a bare name
            weight = _after_first(line, hit, clause.targets, candidate, weight)
            if target in ("civilians", "infrastructure") and line.word(hit.first - 1) in _NEAR:
                weight = min(weight, _FROM_THERE)  # only where it was
            if is_measured(line, hit) or _is_neighbour(line, hit, clause.targets):
                weight = min(weight, _FROM_THERE)
            if through & set(range(hit.first, hit.last)):
                weight -= 5.0  # only the car, the house or the convoy of whom was meant
            if aim >= 3:
                through |= passed
            scale.add(target, weight * factor, hit, candidate.source)
            if target in _BY_COUNTRY and aim >= 3 and line.bare(hit.first).lstrip("ال").startswith(_POSTS):
                scale.posts[target] = max(scale.posts[target], weight * factor)
            elif target == "government" and 4 <= aim <= _STRUCK:
                scale.officials = max(scale.officials, weight * factor)
            elif target == "armed_group" and 2.5 < aim <= _STRUCK:
                scale.members = max(scale.members, weight * factor)
            elif target == "civilians" and 2.5 < aim <= 4.5:
                scale.fallen = max(scale.fallen, weight * factor)
            if weight >= 8:
                firm.add(target)
        for name, weight in weigh_victims(clause.tolls, line):
            target = settle_target(name, context, line, None)
            if target is not None:
                scale.victims[target] = max(scale.victims[target], weight * factor)

    for name in firm & known:
        scale.support[name] += 1


def _after_first(line: Line, hit: Hit, others: Sequence[Hit], candidate: Candidate, weight: float) -> float:
    """The weight of what is joined by "and" to another target, which is named first and counts more."""
    at = hit.first if line.word(hit.first).startswith("و") else hit.first - 1  # "and the Awakening", "and men of …"
    if not line.word(at).startswith("و"):
        return weight
    for other in others:
        if other.last == at and other.row["target"] != hit.row["target"]:
            return min(weight, float(other.row["weight"]) + find_aim(line, other, candidate)[0] - 0.1)
    return weight


def _heed_posts(scale: _Scale) -> None:
    """Let a post that was struck go before the civilians who fell there, and a named force own a post of no name."""
    post = max(scale.posts.values(), default=0.0)
    if post and scale.fallen >= scale.weights["civilians"]:
        scale.weights["civilians"] = min(scale.weights["civilians"], post - 0.1)
        scale.victims["civilians"] = min(scale.victims["civilians"], post - 0.1)
    for name in _NAMED_FORCES & set(scale.weights):
        for other, weight in scale.posts.items():
            if other in _BY_COUNTRY and scale.weights[other] == weight and scale.weights[name] >= 0.8 * weight:
                scale.weights[name] = weight + 0.1


def _heed_officials(scale: _Scale, context: TargetContext) -> None:
    """Let officials who fell in a hotel be whom the attack meant."""
    _, hit, source = scale.deciding.get("civilians", (0.0, None, ""))
    if hit is None or not scale.officials or scale.weights["government"] >= scale.weights["civilians"]:
        return
    word = context.document.folded(source)[hit.start : hit.end].lstrip("بلو").removeprefix("ال")
    if word.startswith("فندق"):
        scale.weights["government"] = scale.weights["civilians"] + 0.1


_POSTS = ("نقطه", "حاجز", "سيطره", "مقر", "ثكنه", "مخفر", "برج", "بوابه")  # post, checkpoint, barracks, tower, gate
_BY_COUNTRY = frozenset({"iraqi_forces", "state_forces"})


def _is_neighbour(line: Line, hit: Hit, others: Sequence[Hit]) -> bool:
    """Whether it only tells where a house or a car was that was struck: "on a house near the consulate"."""
    at = hit.first - 1 if line.word(hit.first - 1) != "من" else hit.first - 2
    if line.word(at) not in _NEAR:
        return False
    return any(0 <= at - other.last <= 1 and line.word(other.first - 1) in _UPON for other in others)


_LANDMARKS = frozenset({"us_diplomatic", "diplomatic"})
_BOMBS = frozenset({"ied", "vehicle_bomb", "suicide"})
_BLOWN_UP = 5.0  # the aim of a bomb near a landmark: passers-by who fell there were not meant


def _stands_near(line: Line, hit: Hit) -> bool:
    """Whether a bomb went off near it: "a car bomb exploded near the consulate"."""
    at = hit.first - 1 if line.word(hit.first - 1) not in ("من", "مبني") else hit.first - 2
    return line.word(at) in _NEAR and not is_measured(line, hit)


_HOMES = frozenset({"منزل", "بيت", "دار", "منزلي", "منازل", "مكتب"})  # home, house, homes, office


def _stands_by_home(line: Line, hit: Hit) -> bool:
    """Whether a bomb went off by the home of whom it meant: "near the home of a police officer"."""
    at = hit.first - 1 if line.word(hit.first - 1) in _HOMES else hit.first - 2
    if line.word(at) not in _HOMES or is_measured(line, hit):
        return False
    return line.word(at - 1) in _BESIDE or (line.word(at - 1) == "من" and line.word(at - 2) in _BESIDE)


def _is_adjective(line: Line, hit: Hit) -> bool:
    """Whether "military" only describes the noun before it: a projectile, an escalation, a source."""
    return (
        hit.last - hit.first == 1
        and line.word(hit.first).startswith("عسكري")
        and line.word(hit.first - 1).lstrip("ال").startswith(_DESCRIBED)
    )


# Projectile, attack, act, escalation, answer, statement, source, spokesman, expert, operation.
_DESCRIBED = ("مقذوف", "هجوم", "عمل", "تصعيد", "رد", "بيان", "مصدر", "متحدث", "ناطق", "خبير", "محلل", "عمليه", "قصف")
_AIMED = frozenset({"drone", "airstrike", "missile"})  # what is aimed at a man, whoever he is
_PERSON = 1.0  # the weight of words that say no more than "a person", "an Iraqi"


def _is_anybody(hit: Hit, others: Sequence[Hit], aim: float, context: TargetContext) -> bool:
    """Whether only "persons" or their nation are named: not as victims, as soldiers' nation, or struck from afar."""
    if hit.row["target"] != "civilians" or float(hit.row["weight"]) > _PERSON:
        return False
    return aim < 3 or context.method in _AIMED or any(other.last == hit.first for other in others)


_NEAR = frozenset({"قرب", "بالقرب", "جوار", "بجوار", "مقربه"})  # near
_BESIDE = _NEAR | {"امام", "قباله", "خارج", "جانب", "بجانب", "محيط"}  # before, opposite, outside, beside
_UPON = frozenset({"علي", "فوق", "استهدفت", "استهدف", "اصابت", "اصاب", "ضربت", "ضرب"})  # on, struck


def _is_part(hit: Hit, other: Hit) -> bool:
    """Whether a hit is the tail of a longer one that says the more."""
    return other.first < hit.first and hit.last <= other.last and float(other.row["weight"]) >= 9


def _add_place(scale: _Scale, context: TargetContext) -> None:
    """Count the spot's own name where it is that of a base, an embassy, a refinery or the like."""
    if not context.place or context.place.startswith(("شارع", "طريق", "جادة")):  # a street, a road: only named after it
        return
    words = tokenize(fold(context.place))
    for hit in load_lexicon("targets.tsv").find(words, overlap=True):
        name = hit.row["target"]
        target = settle_target(name, context, None, None) if name.startswith("~") else name
        if target in _STRUCTURES and target not in scale.weights:
            scale.weights[target] = 0.8 * float(hit.row["weight"])


def _add_victims(scale: _Scale, context: TargetContext) -> None:
    """Add what the dead and wounded speak for; where rockets fall on a structure, the structure was meant."""
    struck = max((weight for name, weight in scale.weights.items() if name in _STRUCTURES), default=0.0)
    share = 0.5 if context.method in FROM_AFAR and struck >= 6 else 1.0
    for name, weight in scale.victims.items():
        scale.weights[name] = max(scale.weights[name], weight * share)
    _, vehicle, _ = scale.deciding.get("civilians", (0.0, None, ""))
    if vehicle is None or "civilians" in scale.victims or not _is_vehicle(context, vehicle, scale):
        return
    force = max(scale.victims, key=lambda name: scale.victims[name], default=None)
    if scale.members and context.method in _AIMED:  # a car in which a group's man died
        scale.weights["armed_group"] = max(scale.weights["armed_group"], scale.weights["civilians"] + 0.1)
    if force is not None and scale.victims[force] >= _WEAK:  # a bus in which soldiers died
        scale.weights[force] = max(scale.weights[force], scale.weights["civilians"] + 0.1)


def _is_vehicle(context: TargetContext, hit: Hit, scale: _Scale) -> bool:
    """Whether the civilians' deciding word is that of a mere vehicle."""
    source = scale.deciding["civilians"][2]
    return context.document.folded(source)[hit.start : hit.end].lstrip("بلو").removeprefix("ال").startswith(_VEHICLES)


_VEHICLES = ("حافله", "حافلات", "باص", "سياره", "شاحنه", "مركبه", "دراجه", "منزل")  # bus, car, lorry, motorcycle, house


def _is_the_base(line: Line, hit: Hit) -> bool:
    return (
        hit.last - hit.first == 1
        and line.word(hit.first).endswith("قاعده")
        and line.word(hit.first).startswith(("ال", "لل", "وال", "بال"))
    )


__all__ = ["TargetChoice", "TargetContext", "choose_target"]
