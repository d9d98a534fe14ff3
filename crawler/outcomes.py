"""Turns an HTTP answer, or the lack of one, into one outcome word of `data/outcomes.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files

WORKED = frozenset({"ok", "not_modified", "unchanged", "listed_only"})
BLOCKED_STATUSES = frozenset({401, 403, 406, 451})
LONGEST_RETRY_AFTER_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeWord:
    """One word for what came of a request, how it weighs on the outlet's next poll, and its plain meaning."""

    word: str
    weight: str  # none | temporary | soft | hard
    means: str
    advice: str | None = None  # what the operator can do


class FetchFailed(Exception):
    """A request that gave no usable answer; Scrapy hands it to the spider, which turns it into a value again."""

    def __init__(
        self,
        outcome: str,
        detail: str | None = None,
        *,
        status: int | None = None,
        retry_after_seconds: float | None = None,
        wire_bytes: int = 0,
    ) -> None:
        super().__init__(outcome if detail is None else f"{outcome}: {detail}")
        self.outcome = outcome
        self.detail = detail
        self.status = status
        self.retry_after_seconds = retry_after_seconds
        self.wire_bytes = wire_bytes


class BriefFailure(FetchFailed):
    """A failure that one more try within the same visit may mend (a dropped connection)."""


@cache
def load_outcomes() -> dict[str, OutcomeWord]:
    """Return every outcome word by itself."""
    table = tomllib.loads(files("crawler").joinpath("data/outcomes.toml").read_text(encoding="utf-8"))
    return {word: OutcomeWord(word=word, **row) for word, row in table.items()}


def describe_outcome(outcome: str, detail: str | None = None) -> str:
    """Say what an outcome means, what was seen, and what can be done."""
    word = load_outcomes()[outcome]
    seen = f" ({detail})" if detail else ""
    return f"{word.means.rstrip('.')}{seen}." + (f" {word.advice}" if word.advice else "")


def classify_status(status: int, *, retry_after: bool = False) -> str | None:
    """Return the outcome word that a status alone decides; None for a status whose body has to be looked at."""
    if 200 <= status < 300:
        return None
    if status == 304:
        return "not_modified"
    if status in BLOCKED_STATUSES:
        return "blocked"
    if status == 429 or (status == 503 and retry_after):
        return "rate_limited"
    if status in (404, 410):
        return "not_found" if status == 404 else "gone"
    return "server_error" if status >= 500 else "http_error"


def read_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Read a Retry-After header (seconds or an HTTP date) as seconds from `now`, at most a day; None: none readable."""
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_RETRY_AFTER_SECONDS)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER_SECONDS)
