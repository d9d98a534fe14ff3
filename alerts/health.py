"""Turns the state of outlets and channels into the words of a warning, an all-clear or a sign of life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alerts.blocks import Block
from alerts.marks import clean_words, isolate
from alerts.places import name_moment
from alerts.sentences import Voice
from alerts.stories import Story
from store.times import from_iso


def make_health_block(stories: Sequence[Story], voice: Voice, zone: str) -> Block:
    """The block of one or several health messages, or of a heartbeat."""
    parts = [_say(story.kind, story.facts or {}, voice, zone) for story in stories]
    headline = parts[0][0] if len(parts) == 1 else voice.say("health_several", count=voice.count(len(parts), "message"))
    lines = parts[0][1:] if len(parts) == 1 else [line for part in parts for line in part]
    return Block(language=voice.language, headline=headline, lines=tuple(lines))


def _say(kind: str, facts: Mapping[str, Any], voice: Voice, zone: str) -> list[str]:
    since = name_moment(from_iso(str(facts["since"])), zone, voice.names, voice.language, voice.numerals)
    if kind == "heartbeat":
        return [
            voice.say("heartbeat"),
            voice.say(
                "heartbeat_counts",
                since=since,
                articles=voice.digits(facts["articles"]),
                incidents=voice.digits(facts["incidents"]),
                messages=voice.digits(facts["messages"]),
            ),
        ]
    name = isolate(clean_words(str(facts.get(f"name_{voice.language}") or facts.get("name") or "")), voice.language)
    count = voice.digits(facts.get("count") or "")
    lines = [voice.say(f"health_{facts['problem']}", name=name, count=count)]
    reason = clean_words(str(facts.get("reason") or ""))
    if reason:
        lines.append(voice.say("health_since", since=since, reason=isolate(reason, voice.language)))
    else:
        lines.append(voice.say("health_since_only", since=since))
    if facts.get("waiting"):
        lines.append(voice.say("health_waiting", count=voice.count(int(facts["waiting"]), "message")))
    return lines
