"""Turns an event and its facts into one line of the log."""

from __future__ import annotations

import json


def event_line(event: str, **fields: object) -> str:
    """One event as `event key=value …`; values with spaces or control characters are quoted, None is left out."""
    parts = [event]
    for key, value in fields.items():
        if value is None:
            continue
        text = f"{value:.2f}" if isinstance(value, float) else str(value)
        plain = text.isprintable() and not set(text) & set(' "=')
        parts.append(f"{key}={text if plain and text else json.dumps(text, ensure_ascii=not text.isprintable())}")
    return " ".join(parts)
