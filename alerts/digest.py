"""Turns the counts of an hour, a day or a week into the words and the table of a digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alerts.blocks import Block, make_items
from alerts.places import name_moment, name_place
from alerts.sentences import Voice, say_toll
from alerts.stories import Story, read_story
from store.times import from_iso

ROWS = 12  # of the table; the rest is in the line of sums


def make_digest_block(stories: Sequence[Story], voice: Voice, shown: int, zone: str) -> Block:
    """The block of a digest: its span, sums, a table by governorate, and the gravest incidents by name.

    The first story is the digest's own; others are messages that the hourly cap kept back, and are told in full.
    """
    facts = stories[0].facts or {}
    told = [*stories[1:], *(read_story("new", item) for item in facts["incidents"])]
    lines = [voice.say("digest_span", **{end: _say_moment(facts[end], zone, voice) for end in ("start", "end")})]
    if facts["count"]:
        lines.append(voice.say("digest_toll", toll=say_toll(facts["toll"], voice)))
    else:
        lines.append(voice.say("digest_empty"))
    delay = facts.get("delay")
    if delay:
        said = {name: say_span(float(delay[name]), voice) for name in ("p50", "p95")}
        lines.append(voice.say("digest_delay", **said))
    return Block(
        language=voice.language,
        headline=voice.say(f"digest_{facts['every']}", count=voice.count(int(facts["count"]), "incident")),
        lines=tuple(lines),
        table=_table(facts["places"], voice) if facts["places"] else (),
        items=make_items(_once(told)[:shown], voice),
    )


def _say_moment(moment: object, zone: str, voice: Voice) -> str:
    return name_moment(from_iso(str(moment)), zone, voice.names, voice.language, voice.numerals)


def _once(stories: Sequence[Story]) -> list[Story]:
    seen: dict[str, Story] = {}
    for number, story in enumerate(stories):
        seen.setdefault(str((story.incident or {}).get("id") or number), story)
    return list(seen.values())


def _table(rows: Sequence[Mapping[str, Any]], voice: Voice) -> tuple[tuple[str, ...], ...]:
    head = tuple(voice.say(f"table_{name}") for name in ("place", "incidents", "killed", "wounded"))
    table = [head]
    for row in rows[:ROWS]:
        known = row.get("admin1") or row.get("country")
        place = name_place(row, voice.names, voice.language) if known else voice.say("elsewhere")
        table.append((place, *(voice.digits(row[name] or 0) for name in ("incidents", "killed", "wounded"))))
    return tuple(table)


def say_span(seconds: float, voice: Voice) -> str:
    """A length of time in its largest fitting unit."""
    for noun, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return voice.count(round(seconds / size), noun)
    return voice.count(round(seconds), "second")
