"""Turns the words before "since" into whether they only rank an attack: the worst in the city for years."""

from __future__ import annotations

from collections.abc import Sequence

from extract.lexicon import word_set

_RANKING = word_set("superlatives") | word_set("ranking")
_NO_RANK = frozenset({"امس", "من"})  # behind "the first", "the last" (of yesterday), "the most" (of)


def ranks_since(texts: Sequence[str]) -> bool:
    """Whether one of the folded words before "since …" tells for how long no attack was as bad, or how many there were.

    A word counts where another follows it: give them with the "since" itself as the last.
    """
    return any(
        (text in _RANKING or text.removeprefix("ال") in _RANKING) and texts[at + 1] not in _NO_RANK
        for at, text in enumerate(texts[:-1])
    )


__all__ = ["ranks_since"]
