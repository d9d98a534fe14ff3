"""Turns codes and keys into the words of one language, for the pages and the reports."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from review.marking import plain
from review.workings import Names
from store.times import from_iso

LANGUAGES = ("ar", "en")
_UNSAID = ("prior", "pinned")  # what every pair has, and what the page says in other words
REASONS = ("not_incident", "old", "accident", "threat", "duplicate", "invented")


@cache
def load_ui() -> Mapping[str, Mapping[str, str]]:
    """Every word of the pages: key → language → text."""
    content = tomllib.loads((files("review") / "data" / "ui.toml").read_text(encoding="utf-8"))
    return {key: dict(row) for key, row in content["words"].items()}


def count_class(number: int) -> str:
    """Which form of an Arabic noun a number takes (the CLDR's plural classes)."""
    if number <= 2:
        return ("zero", "one", "two")[number]
    rest = number % 100
    return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One language's words."""

    language: str
    names: Names

    @property
    def direction(self) -> str:
        return "rtl" if self.language == "ar" else "ltr"

    @property
    def other(self) -> str:
        return "en" if self.language == "ar" else "ar"

    @property
    def comma(self) -> str:
        return "، " if self.language == "ar" else ", "

    def say(self, key: str, **values: object) -> str:
        """A word or sentence of the pages."""
        return load_ui()[key][self.language].format(**values)

    def field(self, name: str) -> str:
        """A field's name; the name itself where it has none."""
        row = load_ui().get(f"f_{name}")
        return row[self.language] if row else name

    def value(self, field: str, value: Any) -> str:
        """A field's value as people say it; unknown has a word of its own."""
        if value is None or value == "":
            return self.say("unknown")
        text = str(value)
        if field in ("method", "target"):
            row = (self.names.methods if field == "method" else self.names.targets).get(text)
            return (row[self.language] if row else "") or self._rest(text)
        if field == "country":
            return self.names.country(text, self.language)
        if field == "admin1":
            return self.names.governorate(text, self.language) or text
        if field == "actor":
            return self.names.actor(text, self.language)
        if field in ("status", "standing", "claim", "place_precision"):
            return self.names.term(field, text, self.language)
        if field in ("role", "reviewed"):
            row = load_ui().get(f"{field}_{text}")
            return row[self.language] if row else text
        if field == "date_precision":
            return self.say(f"precision_{text}")
        if field == "confidence":
            return f"{float(text):.0%}"
        return plain(text)

    def _rest(self, text: str) -> str:
        """other and unknown of a list that names neither."""
        words = {"unknown": ("غير معروف", "unknown"), "other": ("غير ذلك", "other")}
        pair = words.get(text)
        return text if pair is None else pair[LANGUAGES.index(self.language)]

    def place(self, row: Mapping[str, Any]) -> str:
        """Place and governorate, or what is known of them."""
        parts = []
        if row["place"]:
            parts.append(self.names.place(row["place"], row["admin1"], row["country"], self.language))
        if row["admin1"]:
            parts.append(self.names.governorate(row["admin1"], self.language) or row["admin1"])
        if not parts and row["country"]:
            parts.append(self.names.country(row["country"], self.language))
        return plain(self.comma.join(dict.fromkeys(parts))) or self.say("unknown")

    def sources(self, row: Mapping[str, Any]) -> str:
        """How many publishers told an incident, in how many reports."""
        counts = ((noun, int(row[noun])) for noun in ("publishers", "reports"))
        return self.comma.join(self.say(f"{noun}_{count_class(number)}", n=number) for noun, number in counts)

    def reasons(self, weights: Mapping[str, float]) -> str:
        """What speaks for two tellings being of one incident, and what against it; the weightiest first."""
        said = sorted((-abs(weight), name, weight > 0) for name, weight in weights.items() if weight)
        parts = []
        for key, wanted in (("speaks_for", True), ("speaks_against", False)):
            names = [self._reason_name(name) for _, name, speaks in said if speaks is wanted and name not in _UNSAID]
            if names:
                parts.append(self.say(key, what=self.comma.join(names)))
        return " · ".join(parts)

    def _reason_name(self, name: str) -> str:
        row = load_ui().get(f"why_{name}")
        return row[self.language] if row else self.field(name)

    def reason(self, text: str | None) -> str:
        """Why something was rejected: a known reason in words, and whatever else was typed."""
        known, _, rest = (text or "").partition(": ")
        row = load_ui().get(f"reason_{known}") if known in REASONS else None
        parts = [row[self.language] if row else known, rest]
        return plain(": ".join(part for part in parts if part))

    def day(self, row: Mapping[str, Any]) -> str:
        """An incident's day with its precision, where that is not the day."""
        if not row["date"]:
            return self.say("unknown")
        if row["date_precision"] == "day":
            return str(row["date"])
        return f"{row['date']} ({self.say('precision_' + row['date_precision'])})"

    def headline(self, row: Mapping[str, Any]) -> str:
        """What happened where, in a few words."""
        method, target = self.value("method", row["method"]), row["target"]
        aimed = "" if target in ("unknown", "other") else f" · {self.value('target', target)}"
        return f"{method}{aimed} · {self.place(row)}"

    def toll(self, row: Mapping[str, Any]) -> str:
        """Killed and wounded, unknown as a dash."""
        return " / ".join("–" if row[name] is None else str(row[name]) for name in ("killed", "wounded"))

    def time(self, text: str | datetime | None) -> Markup:
        """A stored time to the minute, in UTC, which stays in one piece among Arabic words."""
        if not text:
            return Markup("–")
        moment = text if isinstance(text, datetime) else from_iso(text)
        return Markup('<bdi dir="ltr">{}</bdi>').format(f"{moment:%Y-%m-%d %H:%M} UTC")
