"""Turns what publishers tell of one incident into the fields in which they contradict each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extract.incidents.standing import take_voices
from extract.places.geometry import kilometres
from store.records import Mention, Telling

_FAR_KM = 20.0  # nearer points are names for one place


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """One field with the values that stand against each other, and the publishers behind each."""

    field: str
    values: tuple[tuple[str, tuple[str, ...]], ...]  # value as text → publishers, in order of time


def find_contradictions(tellings: Sequence[Telling]) -> list[Contradiction]:
    """The contradictions among each publisher's last word: toll, day, place, whether it happened, who claims it."""
    voices = [v for v in take_voices(tellings) if v.mention.role == "news"]
    found = [
        _contrast("status", voices, _read_status),
        _contrast("date", voices, lambda m: str(m.date) if m.date and m.date_precision == "day" else None),
        _contrast("killed", voices, lambda m: None if m.killed is None else str(m.killed)),
        _contrast("wounded", voices, lambda m: None if m.wounded is None else str(m.wounded)),
        _contrast("actor", voices, lambda m: m.actor if m.claim == "claimed" else None),
        _contrast_places(voices),
    ]
    return [contradiction for contradiction in found if contradiction]


def _read_status(mention: Mention) -> str | None:
    """Whether it happened; that some of it was shot down is no contradiction."""
    return {"occurred": "asserted", "intercepted": "asserted", "disputed": "denied"}.get(mention.status)


def _contrast(field: str, voices: Sequence[Telling], read: Callable[[Mention], str | None]) -> Contradiction | None:
    said: dict[str, list[str]] = {}
    for voice in voices:
        value = read(voice.mention)
        if value is not None:
            said.setdefault(value, []).append(voice.publisher)
    if len(said) < 2:
        return None
    return Contradiction(field=field, values=tuple((value, tuple(who)) for value, who in said.items()))


def _contrast_places(voices: Sequence[Telling]) -> Contradiction | None:
    """Places so far apart that they cannot be names for one."""
    points = [v.mention for v in voices if v.mention.lat is not None and v.mention.place_precision != "governorate"]
    apart = any(
        kilometres(a.lat or 0, a.lon or 0, b.lat or 0, b.lon or 0) > _FAR_KM
        for position, a in enumerate(points)
        for b in points[position + 1 :]
    )
    return _contrast("place", voices, lambda m: m.place if m in points else None) if apart else None
