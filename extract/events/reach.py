"""Turns a trigger and the words around it into what covers it: a threat, a denial, an interception … or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.lexicon import Hit, word_readings, word_set
from extract.text import Token

_BREAKERS = word_set("breakers")
_RELATIVES = word_set("relatives")
_MAY = word_set("may")
_PAST_IN_TA = word_set("past_in_ta")
_REACH = 14  # words that a modality before a trigger covers
_REACH_OF_DENIAL = 25
_ABOVE_ALL = frozenset({"tale", "exercise"})  # whatever else is said of the attack
_AIRBORNE = frozenset({"drone", "missile"})
_AIRCRAFT = frozenset({"drone", "airstrike"})
FROM_THE_AIR = frozenset({"drone", "rocket", "missile", "mortar", "airstrike", "unknown"})
_NEVER_FOUND = frozenset({"gunfire", "airstrike", "unknown", "stabbing", "abduction", "arson"})


def find_cover(trigger: Hit, modality: Sequence[Hit], words: Sequence[Token]) -> str | None:
    """The modality that reaches a trigger: before it in the sentence without a word that breaks the reach."""
    known = is_factive(trigger, words)  # "the attack that struck …"; the rockets that were fired may be shot down
    if known and trigger.row["kind"] != "weapon":
        return None
    nearest: tuple[int, str] | None = None
    for hit in modality:
        scope, kind = hit.row["scope"], hit.row["modality"]
        if known and kind != "intercepted":
            continue
        if scope in ("near", "around") and (0 <= hit.first - trigger.last <= 1 or 0 <= trigger.first - hit.last <= 0):
            return kind
        if scope == "flight":  # "the flight of warplanes"; what flies over has struck nothing yet
            flies = trigger.row["kind"] in ("weapon", "attack") and trigger.row["method"] in _AIRCRAFT
            if flies and 0 <= trigger.first - hit.last <= 1:
                return kind
            continue
        if scope == "beside":  # "destroyed (three) drones"
            if 0 <= trigger.first - hit.last <= 1 and trigger.row["method"] in _AIRBORNE:
                return kind
            continue
        if scope == "verb":
            following = words[hit.last].text if hit.last < len(words) else ""
            if hit.last <= trigger.first <= hit.last + 6 and _is_present(following):
                return kind
            continue
        reach = _REACH_OF_DENIAL if kind == "denial" else _REACH
        if scope not in ("after", "around") or not hit.last <= trigger.first <= hit.last + reach:
            continue
        if not _can_be(kind, trigger.row["method"]) or (kind == "purpose" and _is_suffered(words, hit.first)):
            continue
        if _is_broken(words[hit.last : trigger.first + 1]):
            continue
        if kind in _ABOVE_ALL:
            return kind  # "a course in dismantling bombs"
        if nearest is None or hit.last > nearest[0]:
            nearest = (hit.last, kind)
    return nearest[1] if nearest else None


def _is_suffered(words: Sequence[Token], first: int) -> bool:
    """Whether "to a targeting" is what somebody came under, no aim: "the convoy came under a targeting by …"."""
    return any(word.text.lstrip("وفي").startswith("تعرض") for word in words[max(0, first - 6) : first])


def _can_be(modality: str, method: str) -> bool:
    """Whether an attack by `method` can be intercepted, or what it needs be seized or cleared."""
    if modality == "intercepted":
        return method in FROM_THE_AIR
    return modality not in ("seized", "cleared") or method not in _NEVER_FOUND


def _is_broken(words: Sequence[Token]) -> bool:
    """Whether a word that ends a modality's reach stands among `words`, of which the last is the trigger's."""
    between = [word for word, after in pairwise(words) if not _is_midnight(word, after)]
    return any(reading in _BREAKERS for word in between for reading in word_readings(word.text))


def is_factive(trigger: Hit, words: Sequence[Token]) -> bool:
    """Whether a relative clause in the past says that it happened: the attack *that struck* …"""
    behind = words[trigger.last : trigger.last + 4]
    for index, word in enumerate(behind):
        if word.text in _RELATIVES:
            following = behind[index + 1].text if index + 1 < len(behind) else ""
            return following not in _MAY and not following.startswith(("ي", "س"))
    return False


def _is_midnight(word: Token, after: Token) -> bool:
    """Whether "after" belongs to "after midnight", "after noon"."""
    return word.text == "بعد" and after.text in ("منتصف", "ظهر", "الظهر", "عصر")


def _is_present(word: str) -> bool:
    """Whether a folded verb after قد is in the present, so that it says "may"."""
    past = word in _PAST_IN_TA or (len(word) > 4 and word[0] == "ت" and word[-1] == "ت")  # "was damaged", "broke down"
    return len(word) > 3 and word[0] in "يتن" and not past
