"""Turns the words of an event into the codebook's target: what was struck or meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from extract.actors import role_words
from extract.candidates import Candidate
from extract.grammar import Line
from extract.layout import Document
from extract.lexicon import Hit, expand_pattern, load_lexicon, read_rows
from extract.text import fold, tokenize
from extract.toll import TollHit

# Forces, groups and officials are also named as who speaks, fights or holds the place: without a blow at them they count little.
_NEED_AIM = {
    "~police": 0.4, "~security": 0.4, "~army": 0.4, "government": 0.4, "armed_group": 0.3, "kurdish_forces": 0.35, "~coalition_soldiers": 0.6,
    "popular_mobilization": 0.4, "state_forces": 0.35, "diplomatic": 0.5,
}  # fmt: skip
_STRUCTURES = frozenset({"coalition_base", "us_diplomatic", "diplomatic", "infrastructure"})
_FROM_AFAR = frozenset({"rocket", "missile", "drone", "mortar", "airstrike"})
_WEAK = 4.0  # below this weight the sentences around are asked too
_NAMED_BASES = frozenset({"IQ", "SY", "JO"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChoice:
    """The target chosen, the words that decided it, and what lost, best first."""

    target: str
    hit: Hit | None
    source: str | None
    losers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetContext:
    """What settles words that mean different forces in different lands, and which words are the attacker's."""

    country: str | None
    coalition: bool  # the report speaks of US or coalition troops at the spot
    embassy: bool
    method: str
    document: Document
    al_qaeda: bool = False  # the report speaks of al-Qaeda, whose name is "the base"
    blamed: Sequence[
        tuple[str, int, int]
    ] = ()  # spans (source, start, end) that name the attacker, or who is accused or claims
    striker: str | None = None  # who did it
    place: str | None = None  # the spot's name, which may be a base's or a refinery's
    around: Sequence[Candidate] = ()  # the headline and the sentences on the whole wave


@lru_cache(maxsize=16)
def _words(role: str) -> frozenset[str]:
    """The folded words of aims.tsv that play a role."""
    return frozenset(
        fold(text) for row in read_rows("aims.tsv") if row["role"] == role for text in expand_pattern(row["pattern"])
    )


@dataclass(slots=True)
class _Scale:
    """The weights gathered so far, and the words that decided each target."""

    weights: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    deciding: dict[str, tuple[float, Hit, str]] = field(default_factory=dict)
    victims: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    support: dict[str, int] = field(
        default_factory=lambda: defaultdict(int)
    )  # sentences beyond the first that name it firmly

    def add(self, target: str, weight: float, hit: Hit, source: str) -> None:
        if weight > self.weights[target]:
            self.weights[target] = weight
            self.deciding[target] = (weight, hit, source)


def choose_target(candidates: Sequence[Candidate], context: TargetContext) -> TargetChoice:
    """Weigh the target words of an event's clauses by what stands around them; ties go to the earlier."""
    scale = _Scale()
    for rank, candidate in enumerate(candidates):
        factor = 0.85 ** min(rank, 4) * (0.8 if candidate.source == "title" and len(candidates) > 1 else 1.0)
        _weigh(candidate, context, factor, scale)
    if max(scale.weights.values(), default=0.0) < _WEAK and max(scale.victims.values(), default=0.0) < _WEAK:
        own = dict(scale.weights)
        for candidate in context.around:
            _weigh(candidate, context, 0.55, scale)
        for name, weight in scale.weights.items():
            scale.weights[name] = weight if weight >= 2.5 else own.get(name, 0.0)
    _add_place(scale, context)
    _add_victims(scale, context)
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
            target = settle_target(hit.row["target"], context, line, hit)
            if (
                target is None
                or (context.al_qaeda and _is_the_base(line, hit))
                or is_aside(line, hit, candidate, context)
            ):
                continue
            aim, passed = find_aim(line, hit, candidate)
            if context.method in _FROM_AFAR and 2.5 < aim <= 4.5 and target == "civilians":
                aim = 2.0  # whom the rockets killed is not always what they were meant for
            if target == "~settlement":
                if aim < 3:
                    continue
                target = "civilians"
            if line.word(hit.first).startswith("و") and aim > 2:
                aim -= 1.5  # "civilians and soldiers": the first named counts
            weight = float(hit.row["weight"]) + aim
            if aim <= 0.5:
                lesser = _NEED_AIM.get(hit.row["target"], _NEED_AIM.get(target, 1.0))
                weight *= max(lesser, 0.5) if weight >= 8 else lesser  # "headquarters of …" says more than a bare name
            if through & set(range(hit.first, hit.last)):
                weight -= 5.0  # only the car, the house or the convoy of whom was meant
            if aim >= 3:
                through |= passed
            scale.add(target, weight * factor, hit, candidate.source)
            if weight >= 8:
                firm.add(target)
        for name, weight in _victim_weights(clause.tolls, line):
            target = settle_target(name, context, line, None)
            if target is not None:
                scale.victims[target] = max(scale.victims[target], weight * factor)

    for name in firm & known:
        scale.support[name] += 1


def _add_place(scale: _Scale, context: TargetContext) -> None:
    """Count the spot's own name where it is that of a base, an embassy, a refinery or the like."""
    if not context.place:
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
    share = 0.5 if context.method in _FROM_AFAR and struck >= 6 else 1.0
    for name, weight in scale.victims.items():
        scale.weights[name] = max(scale.weights[name], weight * share)


# What the victims of a toll say of the target (groups of counted_nouns.csv).
_GROUPS = {
    "soldiers": ("~army", 6.0), "police": ("~police", 6.0), "civilians": ("civilians", 4.5), "children": ("civilians", 3.5),
    "women": ("civilians", 3.5), "security": ("~security", 6.0), "militants": ("armed_group", 4.5),
}  # fmt: skip


def _victim_weights(tolls: Iterable[TollHit], line: Line) -> list[tuple[str, float]]:
    """Targets that the victims named in the tolls speak for."""
    found = []
    for toll in tolls:
        if toll.group not in _GROUPS or toll.aggregate or toll.negated:
            continue
        name, weight = _GROUPS[toll.group]
        words = [word.text for word in line.sentence.words if toll.start <= word.start <= toll.end + 2]
        if name == "~army" and any(mark in word for word in words for mark in _FOREIGN):
            name = "~coalition_soldiers"
        elif any(word.endswith(("جنوده", "جنودها")) for word in words):
            continue  # whose they are, the words before tell
        found.append((name, weight * (0.7 if toll.subset else 1.0)))
    return found


_FOREIGN = ("امريك", "اميرك", "تحالف", "بريطاني", "اطلسي", "ناتو")


def is_aside(line: Line, hit: Hit, candidate: Candidate, context: TargetContext) -> bool:
    """Whether the words name the attacker, a speaker, who holds the land, a road's end, or damage that did not come about."""
    if any(source == candidate.source and start < hit.end and hit.start < end for source, start, end in context.blamed):
        return True
    if _is_speaker(line, hit, context) or _is_attacker(line, hit):
        return True
    if line.word(hit.last - 1).endswith(("مسوول", "المسوول")) and line.word(hit.last) == "عن":
        return True  # "responsible for"
    before = [line.word(at) for at in range(max(0, hit.first - 3), hit.first)]
    if before and (
        before[-1] in _words("whereabouts")
        or (before[-1] in ("الي", "علي", "ل", "من") and len(before) > 1 and before[-2] in _words("whereabouts"))
    ):
        return hit.row["target"] != "armed_group" or context.method not in _FROM_AFAR
    wide = [line.word(at) for at in range(max(0, hit.first - 4), hit.first)]
    return any(word in _words("without") for word in wide) and any(word in _words("harm") for word in wide)


def _is_speaker(line: Line, hit: Hit, context: TargetContext) -> bool:
    """Whether the words open a statement: "the army: …", or stand with a name before a verb of saying."""
    folded = context.document.folded(line.sentence.source)
    colon = folded.find(":", hit.end, hit.end + 14)
    if hit.first <= 2 and colon >= 0 and folded.count(" ", hit.end, colon) <= 1:
        return not any(word.startswith(("شهداء", "شهيد", "استشهاد", "تعرضنا")) for word in line.words)
    for at in range(hit.last, min(hit.last + 14, len(line.words))):
        if line.is_break(at):
            return False
        if line.word(at) in _SAID:
            return hit.row["target"] in _NEED_AIM and hit.row["target"] != "armed_group"
        if line.word(at) in _HALTS:
            return False
    return False


_SAID = frozenset(
    "اعلن اعلنت قال قالت اكد اكدت افاد افادت ذكر ذكرت صرح صرحت ابلغ ابلغت كشف كشفت افادوا قالوا تحدث تحدثت".split()
)
_HALTS = frozenset("استهدف استهدفت تعرض تعرضت قتل قتلت علي بعد عندما حين انفجار بانفجار اثر جراء".split())


def _is_attacker(line: Line, hit: Hit) -> bool:
    """Whether the words stand as the attacker: "terrorist elements planted", "planted by …"."""
    if hit.row["target"] == "civilians":
        return False
    before, after = line.bare(hit.first - 1), line.verb(hit.last)
    if before in ("بواسطه", "قبل", "يد", "ايدي") or (before in ("بيد",)):
        return True
    verb = line.verb(hit.first - 1)
    if (
        verb is not None
        and (verb.has_object or verb.role == "deed")
        and line.bare(hit.first - 1) not in ("فجر", "فجرت", "فجروا")
    ):
        return True
    return after is not None and after.role == "deed" and not line.is_break(hit.last)


def find_aim(line: Line, hit: Hit, candidate: Candidate) -> tuple[float, set[int]]:
    """How surely the words before say that this was struck, and the word indexes of what only carried or housed it."""
    own = line.bare(hit.first)
    passed: set[int] = set()
    if own.startswith("ب") and len(own) > 4 and _behind_trigger(candidate, hit.first):
        return 5.0, passed
    at, steps = hit.first - 1, 0
    while at >= 0 and steps < 4 and not (line.is_break(at + 1) and steps):
        word = line.bare(at)
        aim = _aim_word(line, at, steps, candidate)
        if aim is not None:
            return aim, passed
        if word in _words("through") or word.removeprefix("ال") in _words("through") or word.isdigit():
            passed.add(at)
        elif word[:1] in ("ب", "ل") and word[1:] in _words("through"):
            passed.add(at)
            if word[0] == "ب" and _behind_trigger(candidate, at):
                return 5.0, passed
        elif not (
            line.is_time(at)
            or (word.startswith("ب") and len(word) > 4)
            or word in role_words("loose")
            or word in _PRECISE
        ):
            steps += 1
        if line.is_break(at):
            break
        at -= 1
    if own.startswith("ل") and _behind_trigger(candidate, hit.first):
        return 2.5, passed
    return (4.5 if _undergoes(line, hit) else 0.0), passed


_PRECISE = frozenset("دقيقه موجهه باليستي باليستيه مسيره مسيرات ثقيله".split())


def _aim_word(line: Line, at: int, steps: int, candidate: Candidate) -> float | None:
    """The weight of a word before a target, or None where it says nothing of the kind."""
    word = line.bare(at)
    if word in _words("aim"):
        if word in ("يستهدف", "تستهدف") and line.bare(at - 1) in ("كان", "كانت", "كانوا"):
            return 10.0  # the aim itself is told
        if word in ("فجر", "تحت", "اسفل", "تفجير", "محاوله") and not _behind_trigger(candidate, at + 1):
            return None
        if word == "بين" and not any(trigger.row["method"] == "suicide" for trigger in candidate.triggers):
            return None
        return 6.0 - 0.7 * steps
    if word in _words("on"):
        return 5.5 - 0.7 * steps if _behind_trigger(candidate, at) else 0.3
    if word in _words("facing") and steps < 2:
        return 3.0
    if word in _words("toward"):
        aimed = line.word(at - 1).startswith(("مصوب", "موجه", "متوجه", "اطلق")) or _behind_trigger(candidate, at)
        return 5.0 - 0.7 * steps if aimed and word != "الي" else None
    if word in _words("most") or (word in ("الضحايا", "القتلي") and line.bare(at - 1) in _words("most")):
        return 6.5
    if word in _words("victim"):
        return 4.5 - 0.4 * steps
    if word in _words("beside") and steps < 2:
        return 1.5 - 0.3 * steps
    return None


def _undergoes(line: Line, hit: Hit) -> bool:
    """Whether "came under" follows: "the base, which hosts …, came under an attack"."""
    return any(line.bare(at).startswith("تعرض") for at in range(hit.last, min(hit.last + 12, len(line.words))))


def _behind_trigger(candidate: Candidate, index: int) -> bool:
    """Whether a word of attack stands within ten words before: "on" alone aims at nothing."""
    return any(index - 10 <= trigger.first < index for trigger in candidate.triggers)


def _is_the_base(line: Line, hit: Hit) -> bool:
    return (
        hit.last - hit.first == 1
        and line.word(hit.first).endswith("قاعده")
        and line.word(hit.first).startswith(("ال", "لل", "وال", "بال"))
    )


def settle_target(name: str, context: TargetContext, line: Line | None, hit: Hit | None) -> str | None:
    """The codebook's class for a word whose meaning depends on country and company (`~army`, `~base` …)."""
    country = context.country
    if name == "~own" and line is not None and hit is not None:
        name = _owner_of(line, hit, context) or name
    elif name == "~army" and line is not None and hit is not None and _is_foreign_soldier(line, hit):
        name = "~coalition_soldiers"
    if context.striker in ("us", "coalition") and name.startswith(("coalition", "~coalition", "us_", "~hosts")):
        return None
    if context.striker == "saudi_coalition" and name in ("~base", "~army") and country == "YE":
        return "armed_group"
    forces = "iraqi_forces" if country == "IQ" else "state_forces"
    afar = context.method in ("rocket", "missile", "drone", "mortar", "unknown")
    if name == "popular_mobilization" and country not in ("IQ", "SY", None):
        return None  # "the crowd", elsewhere
    if name.startswith("coalition") and country in ("YE", "SA"):
        return "state_forces"  # the Arab coalition's soldiers
    if name == "infrastructure" and line is not None and hit is not None and _is_military(line, hit):
        return "coalition_base" if context.coalition and country in _NAMED_BASES else forces
    match name:
        case "~army" | "~police" | "~security":
            return forces
        case "~convoy":
            return "coalition_convoy" if context.coalition else forces
        case "~coalition_patrol":
            return "coalition_convoy"
        case "~coalition_soldiers":
            return (
                "state_forces"
                if country in ("YE", "SA")
                else "coalition_base"
                if afar and context.method != "unknown"
                else "coalition_convoy"
            )
        case "~hosts_coalition":
            return "coalition_base" if afar else None
        case "~base":
            return "coalition_base" if context.coalition and country not in ("YE", "SA") else forces
        case "~erbil_airport" | "~baghdad_airport":
            return "coalition_base" if context.coalition else "infrastructure"
        case "~green_zone":
            return "us_diplomatic" if context.embassy else "government"
    return None if name.startswith("~") and name != "~settlement" else name


# Whose "its soldiers", "its posts", "its compound" are: the force named last before.
_OWNERS = (
    (("بيشمرك", "قسد", "الديمقراطيه", "اسايش"), "kurdish_forces"), (("حشد",), "popular_mobilization"), (("سفاره", "قنصليه"), "us_diplomatic"),
    (("امريك", "اميرك", "تحالف", "متعدده", "ناتو", "ايساف"), "~coalition_soldiers"), (("جيش", "شرطه", "داخليه", "دفاع", "درك"), "~army"),
    (("تنظيم", "داعش", "حركه", "حزب"), "armed_group"),
)  # fmt: skip


def _is_foreign_soldier(line: Line, hit: Hit) -> bool:
    """Whether soldiers without a nation stand in a sentence that named American or allied ones before."""
    if hit.last - hit.first > 1 or not any(mark in line.word(hit.first) for mark in ("جنود", "جندي")):
        return False
    if any(
        line.word(hit.last).startswith(nation)
        for nation in ("عراقي", "افغان", "يمني", "سوري", "ترك", "باكستاني", "مصري")
    ):
        return False
    return any(
        line.word(at).startswith("ال") and any(mark in line.word(at) for mark in _FOREIGN) for at in range(hit.first)
    )


def _owner_of(line: Line, hit: Hit, context: TargetContext) -> str | None:
    if line.word(hit.first - 1) == "ضد" and line.word(hit.first - 2).endswith("هجمات"):
        return None  # "responsible for attacks against its soldiers": why it struck
    source = line.sentence.source
    for at in range(hit.first - 1, -1, -1):
        word = line.sentence.words[at]
        if any(where == source and start <= word.start < end for where, start, end in context.blamed):
            continue
        for marks, name in _OWNERS:
            if any(mark in line.word(at) for mark in marks):
                return name
    return None


def _is_military(line: Line, hit: Hit) -> bool:
    """Whether an airport or airfield is called military within the three words behind it."""
    if not any("مطار" in line.word(at) for at in range(hit.first, hit.last)):
        return False
    return any(
        line.word(at) in ("العسكري", "عسكري", "الحربي", "العسكريه")
        for at in range(hit.last, min(hit.last + 4, len(line.words)))
    )


__all__ = ["TargetChoice", "TargetContext", "choose_target", "find_aim", "settle_target"]
