"""Turns an event and its facts into one line of the log."""

from __future__ import annotations

import json


class Event(str):
    """An event's line, with its name and facts for logs that machines read."""

    __slots__ = ("facts", "name")
    name: str
    facts: dict[str, object]


def event_line(event: str, **fields: object) -> Event:
    """One event as `event key=value …`; values with spaces or control characters are quoted, None is left out."""
    parts, facts = [event], {key: value for key, value in fields.items() if value is not None}
    for key, value in facts.items():
        text = f"{value:.2f}" if isinstance(value, float) else str(value)
        plain = text.isprintable() and not set(text) & set(' "=')
        parts.append(f"{key}={text if plain and text else json.dumps(text, ensure_ascii=not text.isprintable())}")
    line = Event(" ".join(parts))
    line.name, line.facts = event, facts
    return line
