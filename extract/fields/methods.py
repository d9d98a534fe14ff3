"""Turns the trigger words of one event into the codebook's method, and counts its munitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extract.lexicon import Hit
from extract.numbers.find import NumberHit

# The codebook counts munitions for these alone.
COUNTED = frozenset({"ied", "rocket", "missile", "drone", "mortar", "grenade", "mine"})
# Which methods a counted noun of the class "munition" speaks for.
_NOUN_METHODS = {
    "rocket": {"rocket", "missile"}, "ied": {"ied", "mine"}, "drone": {"drone"}, "aircraft": {"drone"},
    "mortar": {"mortar", "rocket"}, "munition": {"mortar"},
    "bomb": {"ied", "grenade"}, "mine": {"mine", "ied"}, "grenade": {"grenade"}, "missile": {"missile", "rocket"},
}  # fmt: skip
_TOLD = 3  # the weight of a number told in so many words
FAMILIES = (
    frozenset({"ied", "mine", "vehicle_bomb", "suicide"}),
    frozenset({"rocket", "mortar", "missile"}),
    frozenset({"airstrike", "drone"}),
    frozenset({"airstrike", "missile"}),
    frozenset({"gunfire", "grenade"}),
)


def is_same_family(a: str, b: str) -> bool:
    """Whether two methods may tell of one attack: equal, one unknown, or one family of means."""
    return a == b or "unknown" in (a, b) or any(a in family and b in family for family in FAMILIES)


def is_exact(hit: Hit) -> bool:
    """Whether a trigger names a means, rather than an attack or an explosion as such."""
    return hit.row["kind"] == "weapon" or (hit.row["kind"] == "attack" and hit.row["method"] not in ("unknown", "ied"))


def choose_method(hits: Sequence[Hit]) -> tuple[str, Hit | None]:
    """The method that an event's triggers tell, in order of reading, and the trigger that decided it."""
    named = [hit for hit in hits if hit.row["method"] and hit.row["kind"] != "act"]
    if any(is_exact(hit) and hit.row["method"] not in ("gunfire", "abduction", "arson") for hit in named):
        named = [hit for hit in named if not hit.row["gloss"].startswith(("assassinat", "ambush"))]  # by a bomb
    if any(hit.row["method"] == "stabbing" for hit in named):
        named = [hit for hit in named if not hit.row["gloss"].startswith("assassinat")]
    for yielding in ("abduction", "arson"):  # a failed abduction that ended in shots; cars that burnt under shells
        if any(is_exact(hit) and hit.row["method"] != yielding for hit in named):
            named = [hit for hit in named if hit.row["method"] != yielding]
    if _goes_on_from_gunfire(named):
        named = [hit for hit in named if hit.row["method"] not in ("arson", "abduction")]
    suicide = next((hit for hit in named if hit.row["method"] == "suicide"), None)
    if suicide is not None:
        return "suicide", suicide  # a suicide drone or boat is none: its words have rows of their own
    weapons = [hit for hit in named if hit.row["kind"] == "weapon"]
    exact = [hit for hit in named if is_exact(hit)]
    drones = [hit for hit in exact if hit.row["method"] == "drone"]
    rockets = drones and exact[0].row["kind"] == "attack" and exact[0].row["method"] in ("rocket", "missile")
    if rockets and drones[0].first - exact[0].last == 1:
        return "drone", drones[0]  # "a rocket attack that a drone flew", "by a drone"
    if drones and (
        exact[0].row["method"] in ("drone", "airstrike", "vehicle_bomb") or fires_them(exact[0], drones[0], hits)
    ):
        return "drone", drones[0]
    airstrikes = [hit for hit in exact if hit.row["method"] == "airstrike"]
    if airstrikes and exact[0].row["method"] == "airstrike":
        return "airstrike", airstrikes[0]
    vehicles = [hit for hit in weapons if hit.row["method"] == "vehicle_bomb"]
    if vehicles and weapons[0].row["method"] in ("ied", "vehicle_bomb"):
        return "vehicle_bomb", vehicles[0]
    if weapons and weapons[0].row["method"] == "gunfire" and len(exact) > 1:
        others = [hit for hit in exact if hit.row["method"] != "gunfire"]
        if others and others[0].first < weapons[0].first:
            return others[0].row["method"], others[0]
    if exact:
        return exact[0].row["method"], exact[0]
    for hit in named:
        if hit.row["method"] == "ied" and hit.row["kind"] == "attack":
            return "ied", hit
    agents = [hit for hit in named if hit.row["kind"] == "agent"]
    if agents:
        return agents[0].row["method"], agents[0]
    for hit in named:
        if hit.row["kind"] == "blast" and hit.row["method"] == "ied":
            return "ied", hit
    return ("unknown", named[0]) if named else ("unknown", None)


_APART = 120  # characters: told in another sentence


def _goes_on_from_gunfire(named: Sequence[Hit]) -> bool:
    """Whether gunmen attacked a village and then set fire to it, or are said further down to have carried men off."""
    at = next((index for index, hit in enumerate(named) if hit.row["method"] in ("arson", "abduction")), 0)
    before = named[:at]
    armed = any(hit.row["kind"] == "agent" and hit.row["method"] == "gunfire" for hit in before)
    attacks = [hit for hit in before if hit.row["kind"] == "attack"]
    if not (armed and attacks):
        return False
    return named[at].row["method"] == "arson" or named[at].start - attacks[0].start > _APART


def fires_them(first: Hit, drone: Hit, hits: Sequence[Hit]) -> bool:
    """Whether the rockets named first are those that a drone fired: "a rocket launched by a drone", "from a drone"."""
    if first.row["kind"] != "weapon":
        return False
    launched = any(hit.row["kind"] == "act" and first.last <= hit.first < drone.first for hit in hits)
    from_it = drone.first - first.last == 1 and drone.start - first.end == len(" من ")  # "from" alone between them
    return from_it or (launched and 0 < drone.first - first.last <= 2)


def _is_second_noun(number: NumberHit, hit: Hit) -> bool:
    """Whether a noun is part of a weapon told without a number: "shells of the mortar", not "a shell of a mortar"."""
    return hit.start <= number.start < hit.end and (number.start > hit.start or hit.last - hit.first == 1)


_SHOT = 80  # characters between "fired" and what a drone fired
_NEXT = 12  # … and from these to "which a drone fired"


def _find_fired(numbers: Iterable[NumberHit], triggers: Sequence[Hit]) -> NumberHit | None:
    """The number of missiles that a drone is said to have fired: they are counted, not the drone."""
    shots = [hit for hit in triggers if hit.row["gloss"] == "launched"]
    for number in numbers:
        nouns = {number.noun, number.group} & {"rocket", "missile"}
        if not nouns or not number.value or number.form == "singular" or number.ordinal or number.unit is not None:
            continue
        if any(0 < number.start - shot.end <= _SHOT or 0 < shot.start - number.end <= _NEXT for shot in shots):
            return number
    return None


def count_munitions(
    method: str, numbers: Iterable[NumberHit], triggers: Sequence[Hit]
) -> tuple[int | None, int, int] | None:
    """How many munitions an event's sentences name: (number, start, end); None where no such noun stands there.

    A plural without a number counts None; the first number told wins over a bare singular.
    """
    if method not in COUNTED:
        return None
    numbers = list(numbers)
    best: tuple[int, int | None, int, int] | None = None
    plurals = [hit for hit in triggers if hit.row["kind"] == "weapon" and not hit.row["number"]]
    for number in numbers:
        if number.form == "singular" and any(_is_second_noun(number, hit) for hit in plurals):
            continue  # "shells of the mortar": the second noun counts nothing
        nouns = _NOUN_METHODS.get(number.noun or "", set()) | _NOUN_METHODS.get(number.group or "", set())
        if method not in nouns or number.ordinal or number.unit is not None:
            continue
        weight = (
            _TOLD
            if number.form in ("digits", "words", "dual") and number.value is not None
            else 2
            if number.value is None
            else 1
        )
        if best is None or weight > best[0]:
            best = (weight, number.value, number.start, number.end)
    told = [hit for hit in triggers if hit.row["method"] == method and hit.last - hit.first > 1]
    duals = [hit for hit in told if hit.row["number"] == "2"]
    if duals and (best is None or best[0] < _TOLD):
        return 2, duals[0].start, duals[0].end
    fired = _find_fired(numbers, triggers) if method == "drone" and (best is None or best[0] < _TOLD) else None
    if fired is not None:
        return fired.value, fired.start, fired.end
    if best is None:
        for hit in triggers if not plurals else ():
            if hit.row["kind"] == "weapon" and hit.row["method"] == method and hit.row["number"]:
                return int(hit.row["number"]), hit.start, hit.end
        return None
    return best[1], best[2], best[3]
