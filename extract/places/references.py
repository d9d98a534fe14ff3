"""Turns "the city", in a sentence that names no place, into the town that was named last before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.places.records import PlaceChoice
from extract.text import Token

# The city, the town, the village: which kinds of place each can take up.
_KINDS = {
    "المدينه": frozenset({"city", "town", "capital"}),
    "البلده": frozenset({"town", "village"}),
    "القريه": frozenset({"village"}),
}
_AWAY = frozenset({"باتجاه", "تجاه", "نحو", "صوب", "الي", "من"})  # towards, to, from the city
_PREFIXES = ("وب", "و", "ب", "ف", "ل")


def take_up_town(words: Sequence[Token], before: Sequence[PlaceChoice]) -> PlaceChoice | None:
    """The town that the first "the city" of a sentence means; None where no such word stands, or no town before it.

    `before` are the places up to the end of the sentence; whose police speak in it stands there as an organisation.
    """
    for at, word in enumerate(words):
        kinds = _kinds_of(word.text) if at == 0 or words[at - 1].text not in _AWAY else frozenset()
        town = next((choice for choice in reversed(before) if _is_town(choice, kinds, words)), None) if kinds else None
        if town is not None:
            hit = replace(
                town.hit, start=word.start, end=word.end, manner="plain", bearing=None, distance_km=None,
                phrase_start=None,
            )  # fmt: skip
            return replace(town, hit=hit)
    return None


def _kinds_of(text: str) -> frozenset[str]:
    """The kinds of place that a word takes up, what is attached before it left out."""
    bare = next((text[len(prefix) :] for prefix in _PREFIXES if text.startswith(prefix) and text not in _KINDS), text)
    return _KINDS.get(bare, frozenset())


def _is_town(choice: PlaceChoice, kinds: frozenset[str], words: Sequence[Token]) -> bool:
    place = choice.place
    if place is None or place.rank >= 5 or place.kind not in kinds:
        return False
    return choice.hit.manner == "plain" or (choice.hit.manner == "organisation" and choice.hit.start >= words[0].start)


__all__ = ["take_up_town"]
