"""Turns words that country and company settle ("the army", "the base", "its soldiers") into the codebook's classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from extract.actors.line import Line
from extract.events.candidates import Candidate
from extract.layout import Document
from extract.lexicon import Hit
from extract.places.words import load_words

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


FOREIGN_MARKS = ("امريك", "اميرك", "تحالف", "بريطاني", "اطلسي", "ناتو", "نيتو", "ايساف", "اجنبي")
# Whose soldiers abroad are the coalition's, by the adjective of their home.
_ALLIES = frozenset({"US", "GB", "FR", "DE", "CA", "AU", "NL", "IT", "ES", "PL", "DK", "NO", "EE", "GE"})


def settle_target(name: str, context: TargetContext, line: Line | None, hit: Hit | None) -> str | None:
    """The codebook's class for a word whose meaning depends on country and company (`~army`, `~base` …)."""
    country = context.country
    if name in _FOREIGN:
        name = _FOREIGN[name] if country in _HOSTS else "state_forces"
    if line is not None and hit is not None:
        if name == "~army" and country in _HOSTS and _is_ally(line, hit):
            name = "~coalition_soldiers"
        foreign = _find_foreign_state(name, line, hit, country)
        if foreign is not None:
            return None if context.striker and _is_of_striker(line, hit, context) else foreign
    if name == "government" and line is not None and hit is not None:
        return _find_group(line, hit) or name
    if (
        name in ("~army", "~police", "~security", "~base")
        and line is not None
        and hit is not None
        and _is_its(line, hit)
    ):
        name = _owner_of(line, hit, context) or name
    if name == "~own" and line is not None and hit is not None:
        name = _owner_of(line, hit, context) or name
    elif name == "~army" and line is not None and hit is not None and _is_only_military(line, hit):
        owner = _owner_of(line, hit, context)
        mourned = owner == "~coalition_soldiers" and (
            country == "AF" or _announces_own(context.document.folded("text"))
        )
        if owner is not None and (mourned or owner in ("kurdish_forces", "popular_mobilization")):
            name = owner
    elif name == "~army" and line is not None and hit is not None and _is_foreign_soldier(line, hit, context):
        name = "~coalition_soldiers"
    if context.striker in ("us", "coalition") and name.startswith(("coalition", "~coalition", "us_", "~hosts")):
        return None
    if (
        name in ("state_forces", "~army")
        and hit is not None
        and line is not None
        and _is_of_striker(line, hit, context)
    ):
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


_HOSTS = frozenset({"AF", "IQ", "PK"})  # where "the foreign forces" are the coalition's
_FOREIGN = {"~foreign_convoy": "coalition_convoy", "~foreign_soldiers": "~coalition_soldiers"}


def _is_ally(line: Line, hit: Hit) -> bool:
    """Whether soldiers are called those of one of the coalition's states: "two Italian soldiers" in Afghanistan."""
    if not any(word in line.word(at) for at in range(hit.first, hit.last) for word in ("جنود", "جندي", "عسكري")):
        return False
    adjectives = load_words().adjectives
    return any(
        adjectives.get(line.word(at)) in _ALLIES and not line.is_break(at)
        for at in range(hit.first + 1, min(hit.last + 1, len(line.words)))
    )


def _is_its(line: Line, hit: Hit) -> bool:
    """Whether "that belongs to it" follows a unit: "the headquarters of the eleventh division, belonging to it"."""
    return any(
        line.word(at) in ("التابع", "التابعه", "تابع", "تابعه") and line.word(at + 1) in ("لها", "له", "لهم")
        for at in range(hit.last, hit.last + 3)
    )


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


# Whose "its soldiers", "its posts", "its compound" are: the force named last before.
_OWNERS = (
    (("بيشمرك", "قسد", "الديمقراطيه", "اسايش"), "kurdish_forces"),
    (("حشد",), "popular_mobilization"),
    (("سفاره", "قنصليه"), "us_diplomatic"),
    (("امريك", "اميرك", "تحالف", "متعدده", "ناتو", "نيتو", "اطلسي", "ايساف", "اجنبيه"), "~coalition_soldiers"),
    (("جيش", "شرطه", "داخليه", "دفاع", "درك"), "~army"),
    (("تنظيم", "داعش", "حركه", "حزب"), "armed_group"),
)


def _is_foreign_soldier(line: Line, hit: Hit, context: TargetContext) -> bool:
    """Whether soldiers are called foreign right behind, or stand without a nation where such were named before."""
    if hit.last - hit.first > 1 or not any(mark in line.word(hit.first) for mark in _SOLDIERS):
        return False
    if _are_of_alliance(line, hit, _OCCUPIERS if context.country in _HOSTS else FOREIGN_MARKS):
        return True
    if any(
        line.word(hit.last).startswith(nation)
        for nation in ("عراقي", "افغان", "يمني", "سوري", "ترك", "باكستاني", "مصري")
    ):
        return False
    return any(
        line.word(at).startswith("ال") and any(mark in line.word(at) for mark in FOREIGN_MARKS)
        for at in range(hit.first)
    ) or _announces_own(context.document.folded("text"))


_ITS_SOLDIERS = re.compile(
    r"\bجنود(?:ه|ها|\s+(?:امريكي|اميركي|بريطاني|اجنبي)\w*)\b|تابع(?:ين|ان|ون) لها?\b"
)  # its soldiers, belonging to it
_ANNOUNCER = re.compile(
    r"\b(?:اعلن|اعلنت|قال|قالت|افاد|افادت|ذكر|ذكرت|نعي|نعت)\W+(?:ال)?(?:جيش|قوات|قوه|تحالف|ناتو|حلف)\b"
    rf"(?:\W+\w+){{0,4}}?\W+\w*(?:{'|'.join(FOREIGN_MARKS)})"
)  # announced, said, mourned: the army, the forces, the alliance … of whom


@lru_cache(maxsize=4)  # asked for every soldier that a report names
def _announces_own(folded: str) -> bool:
    """Whether a foreign army tells of "its soldiers" in a report, and so of those without a nation too."""
    return any(
        _ANNOUNCER.search(folded[max(0, its.start() - 90) : its.start()]) for its in _ITS_SOLDIERS.finditer(folded)
    )


def _is_only_military(line: Line, hit: Hit) -> bool:
    """Whether a vehicle or post is called military without saying whose: the force named before owns it."""
    return line.word(hit.last - 1) in ("عسكري", "عسكريه", "عسكريا", "العسكريه", "العسكري")


_OF = frozenset("من في ضمن لدي قوه قوات القوات حلف شمال المساعده الدوليه الامنيه بعثه".split())


_SOLDIERS = ("جنود", "جندي", "عسكريي", "عسكريا", "عسكريو", "عساكر", "عسكريان")
_OCCUPIERS = (*FOREIGN_MARKS, "دوليه", "احتلال")  # the foreign troops in Iraq and Afghanistan


def _are_of_alliance(line: Line, hit: Hit, marks: tuple[str, ...]) -> bool:
    """Whether "of the Atlantic alliance", "in ISAF", "foreign" follows with nothing between but such words."""
    for at in range(hit.last, min(hit.last + 6, len(line.words))):
        if line.is_break(at):
            return False
        if any(mark in line.word(at) for mark in marks):
            return True
        if line.word(at) not in _OF:
            return False
    return False


# Whose official somebody is, by how the word behind "in", "of" begins.
_GROUPS = (
    (("الحشد",), "popular_mobilization"),
    (("قسد", "بيشمرك"), "kurdish_forces"),
    (
        ("فصيل", "فصاءل", "فصايل", "تنظيم", "حركه", "جماعه", "ميليشيا", "مليشيا", "كتاءب", "كتايب", "وحدات", "حماس",
         "حزب الله", "داعش", "القاعده", "طالبان", "الحوثي", "الجهاد"),
        "armed_group",
    ),
)  # fmt: skip
_IN = frozenset({"في", "من", "لدي"})


def _find_group(line: Line, hit: Hit) -> str | None:
    """The class of the armed group whose official is named: "a security official in a faction loyal to …"."""
    for at in range(hit.last, min(hit.last + 4, len(line.words) - 1)):
        if line.is_break(at):
            return None
        if line.word(at) in _IN:
            named = f"{line.word(at + 1)} {line.word(at + 2)}"
            return next(
                (
                    name
                    for marks, name in _GROUPS
                    if named.removeprefix("ال").startswith(marks) or named.startswith(marks)
                ),
                None,
            )
    return None


_HOSTING = frozenset({"يضم", "تضم", "تستضيف", "يستضيف", "فيه", "فيها", "به", "بها", "لقوات", "للقوات", "للجيش"})
_FORCES = frozenset({"قوات", "القوات", "جنود", "الجنود", "جنودا", "عناصر", "لقوات", "للقوات", "للجيش", "الجيش"})


def _find_foreign_state(name: str, line: Line, hit: Hit, country: str | None) -> str | None:
    """The class of a force or base that is called another state's: "a patrol of the Turkish army" in Iraq."""
    if name not in ("~army", "~base", "~convoy") or country is None:
        return None
    adjectives = load_words().adjectives
    hosts = name == "~base" and any(line.word(at) in _HOSTING for at in range(hit.last, hit.last + 4))
    for at in range(hit.first + 1, hit.last + (6 if hosts else 1)):
        if at >= hit.last and line.is_break(at):
            return None
        nation = adjectives.get(line.word(at))
        if nation is None or (at > hit.last and line.word(at - 1) not in _FORCES):
            continue
        if nation == country or nation in _ALLIES:
            return None
        return "iraqi_forces" if nation == "IQ" else "state_forces"
    return None


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


__all__ = ["FOREIGN_MARKS", "FROM_AFAR", "NEED_AIM", "TargetContext", "settle_target"]
