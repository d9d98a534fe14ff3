"""Turns words that country and company settle ("the army", "the base", "its soldiers") into the codebook's classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.actors.line import Line
from extract.events.candidates import Candidate
from extract.fields.owners import FOREIGN_MARKS, read_country, read_owner
from extract.layout import Document
from extract.lexicon import Hit

# Forces, groups and officials also speak, fight or hold the place: without a blow at them they count little.
NEED_AIM = {
    "~police": 0.4,
    "~security": 0.4,
    "~army": 0.4,
    "government": 0.4,
    "armed_group": 0.3,
    "kurdish_forces": 0.35,
    "~coalition_soldiers": 0.6,
    "popular_mobilization": 0.4,
    "state_forces": 0.35,
    "diplomatic": 0.5,
}
FROM_AFAR = frozenset({"rocket", "missile", "drone", "mortar", "airstrike"})
_KURDISH_LANDS = frozenset({"IQ", "SY", "TR", "IR", None})
_NAMED_BASES = frozenset({"IQ", "SY", "JO"})


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


def settle_target(name: str, context: TargetContext, line: Line | None, hit: Hit | None) -> str | None:
    """The codebook's class for a word whose meaning depends on country and company (`~army`, `~base` …)."""
    if line is None or hit is None:
        return _settle_by_land(read_country(name, context.country), context)
    if name == "civilians" and _houses_troops(line, hit):
        return "coalition_base"
    owned = read_owner(name, context, line, hit)
    if owned != name and owned in ("state_forces", "iraqi_forces", "government"):
        return None if context.striker and _is_of_striker(line, hit, context) else owned
    if owned in ("state_forces", "~army") and _is_of_striker(line, hit, context):
        return None
    if owned == "infrastructure" and _is_military(line, hit):
        owned = "~airfield"
    return _settle_by_land(owned, context)


_LODGING = re.compile(
    r"[وبل]*(?:ال)?(?:فندق\w*|فنادق|فيلا|مبني|مبان|مجمع\w*|مقر\w*|منزل\w*|شقه|قصر|منتجع\w*|بنايه|عماره|بيت)"
)  # hotel, villa, building, compound, house, flat, resort
# Which (forces) take for their quarters, in which they live, are present, stay; to lodge, for the lodging of.
_LODGED = frozenset(
    "يتخذه تتخذه يتخذها تتخذها يقيم تقيم يقطن تقطن يسكن تسكن يسكنه تسكنه يسكنها تسكنها يقطنه تقطنه يتواجد تتواجد "
    "ينزل تنزل يضم تضم يووي تووي يستخدمه تستخدمه يستخدمها تستخدمها اقامه لاقامه لايواء ايواء لسكن سكن".split()
)
_TROOPS = ("جنود", "الجنود", "ضباط", "الضباط", "قوات", "القوات", "عسكريين", "عسكريون", "مستشارين", "المستشارين",
           "مدربين", "المدربين", "للجنود", "للقوات", "للضباط", "للمستشارين")  # fmt: skip


def _houses_troops(line: Line, hit: Hit) -> bool:
    """Whether a hotel or a house is said to lodge American or allied troops: "a hotel that their officers live in"."""
    if not _LODGING.fullmatch(line.word(hit.first)):
        return False
    near = range(hit.first + 1, min(hit.last + 9, len(line.words)))
    lodged = next((at for at in near if line.word(at) in _LODGED), None)
    if lodged is None:
        return False
    troops = next((at for at in range(lodged + 1, min(lodged + 4, len(line.words))) if line.word(at) in _TROOPS), None)
    return troops is not None and any(
        mark in line.word(at) for at in range(troops + 1, troops + 4) for mark in FOREIGN_MARKS
    )


def _settle_by_land(name: str, context: TargetContext) -> str | None:
    """The class of a word by the country of the attack, by who struck and by which means."""
    country = context.country
    arabian = country in ("YE", "SA")  # where the coalition is the Arab one
    forces = "iraqi_forces" if country == "IQ" else "state_forces"
    afar = context.method in ("rocket", "missile", "drone", "mortar", "unknown")
    if context.striker in ("us", "coalition") and name.startswith(("coalition", "~coalition", "us_", "~hosts")):
        return None
    if context.striker == "saudi_coalition" and name in ("~base", "~army") and country == "YE":
        return "armed_group"
    if name == "kurdish_forces" and country not in _KURDISH_LANDS:
        return "armed_group"  # a self-defence group, elsewhere
    if name == "popular_mobilization" and country not in ("IQ", "SY", None):
        return None  # "the crowd", elsewhere
    if arabian and name.startswith(("coalition", "~coalition_soldiers")):
        return "state_forces"
    match name:
        case "~army" | "~police" | "~security":
            return forces
        case "~committees":
            return "popular_mobilization" if country == "IQ" else "armed_group"
        case "~convoy":
            return "coalition_convoy" if context.coalition else forces
        case "~coalition_patrol":
            return "coalition_convoy"
        case "~coalition_soldiers":
            return "coalition_base" if afar and context.method != "unknown" else "coalition_convoy"
        case "~hosts_coalition":
            return "coalition_base" if afar else None
        case "~base":
            return "coalition_base" if context.coalition and not arabian else forces
        case "~airfield":
            return "coalition_base" if context.coalition and country in _NAMED_BASES else forces
        case "~erbil_airport" | "~baghdad_airport":
            return "coalition_base" if context.coalition else "infrastructure"
        case "~green_zone":
            return "us_diplomatic" if context.embassy else "government"
    return None if name.startswith("~") and name != "~settlement" else name


# Marks of a state's own forces in folded words.
_STATES = {
    "israel": ("اسراييل", "الدفاع", "الاحتلال", "العدو", "الصهيوني"),
    "turkey": ("ترك",),
    "russia": ("روس",),
    "iran": ("ايران",),
    "syrian_government": ("النظام", "السوري", "الحكوم", "الاسد"),
    "jordan": ("اردن",),
    "egypt": ("مصر",),
}


def _is_of_striker(line: Line, hit: Hit, context: TargetContext) -> bool:
    """Whether "the Israeli army" is named in Israel's own strike, as who struck or says so."""
    marks = _STATES.get(context.striker or "", ())
    words = [line.word(at) for at in range(hit.first, hit.last + 1)]
    return any(mark in word for word in words for mark in marks) or (context.striker == "iran" and "الثوري" in words)


def _is_military(line: Line, hit: Hit) -> bool:
    """Whether an airport or airfield is called military within the three words behind it."""
    if not any("مطار" in line.word(at) for at in range(hit.first, hit.last)):
        return False
    return any(
        line.word(at) in ("العسكري", "عسكري", "الحربي", "العسكريه")
        for at in range(hit.last, min(hit.last + 4, len(line.words)))
    )


__all__ = ["FROM_AFAR", "NEED_AIM", "TargetContext", "settle_target"]
