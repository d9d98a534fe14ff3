"""Turns soldiers, posts and officials into whose they are: the land's own, an ally's, another state's, a group's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from extract.actors.line import Line
from extract.lexicon import Hit
from extract.places.words import load_words

if TYPE_CHECKING:
    from extract.fields.target_classes import TargetContext

FOREIGN_MARKS = ("امريك", "اميرك", "اميريك", "تحالف", "بريطاني", "اطلسي", "ناتو", "نيتو", "ايساف", "اجنبي")
# Whose soldiers abroad are the coalition's, by the adjective of their home.
_ALLIES = frozenset({"US", "GB", "FR", "DE", "CA", "AU", "NL", "IT", "ES", "PL", "DK", "NO", "EE", "GE"})


def read_country(name: str, country: str | None) -> str:
    """What "the foreign forces" are in a country: the coalition's where it has troops, another state's elsewhere."""
    if name not in _FOREIGN:
        return name
    return _FOREIGN[name] if country in _HOSTS else "state_forces"


def read_owner(name: str, context: TargetContext, line: Line, hit: Hit) -> str:
    """The name by which a force, a post or an official goes once it is known whose it is."""
    country = context.country
    name = read_country(name, country)
    if name == "~army" and country in _HOSTS and _is_ally(line, hit):
        name = "~coalition_soldiers"
    foreign = _find_foreign_state(name, line, hit, country)
    if foreign is not None:
        return foreign
    if name in ("government", "~police", "~army"):
        group = _find_group(line, hit)  # "a commander of operations in the Hashd"
        if group is not None and (name == "government" or group != "armed_group"):
            return group
    if name == "government":
        return name
    if name == "~own" or (name in ("~army", "~police", "~security", "~base") and _is_its(line, hit)):
        return _owner_of(line, hit, context) or name
    if name == "~army" and _is_only_military(line, hit):
        owner = _owner_of(line, hit, context)
        if owner == "~coalition_soldiers":
            mourned = country == "AF" or _announces_own(context.document.folded("text"))
            return owner if mourned else name
        return owner if owner in ("kurdish_forces", "popular_mobilization") else name
    if name == "~army" and _is_foreign_soldier(line, hit, context):
        return "~coalition_soldiers"
    return name


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


# Whose "its soldiers", "its posts", "its compound" are: the force named last before.
_OWNERS = (
    (("بيشمرك", "قسد", "الديمقراطيه", "اسايش"), "kurdish_forces"),
    (("حشد",), "popular_mobilization"),
    (("سفاره", "قنصليه"), "us_diplomatic"),
    (("امريك", "اميرك", "تحالف", "متعدده", "ناتو", "نيتو", "اطلسي", "ايساف", "اجنبيه"), "~coalition_soldiers"),
    (("جيش", "شرطه", "داخليه", "دفاع", "درك"), "~army"),
    (("تنظيم", "داعش", "حركه", "حزب"), "armed_group"),
)


_ITS_MISSION = ("ال", "ايساف", "ناتو")  # the … (forces), ISAF, NATO


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
        line.word(at).startswith(_ITS_MISSION) and any(mark in line.word(at) for mark in FOREIGN_MARKS)
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


__all__ = ["FOREIGN_MARKS", "read_country", "read_owner"]
