"""Turns an address's query into a filter of incidents, and a filter back into a query."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from review.marking import plain
from store.board import LISTS, ORDERS, REVIEWED, BoardFilter

SPANS = {"1d": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
_MOST_VALUES = 40
_LONGEST_VALUE = 80
_LONGEST_QUERY = 300
_SINGLE = ("q", "since", "until", "seen", "updated", "publishers", "confidence", "doubt", "reviewed", "order")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the address asks for; anything unreadable in it was left out."""

    pairs: Pairs  # name and value, each valid, in a fixed order
    order: str
    page: int

    def get(self, name: str) -> str | None:
        """The value of a name that has one."""
        return next((value for key, value in self.pairs if key == name), None)

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a name."""
        return tuple(value for key, value in self.pairs if key == name)

    def query(self, **changes: str | Sequence[str] | None) -> str:
        """The query with some names set anew (None: left out); the page starts again unless it is set."""
        kept = [(key, value) for key, value in self.pairs if key not in changes]
        for name, value in changes.items():
            if value is not None:
                kept += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        return urlencode(kept)


def read_choice(args: Mapping[str, Sequence[str]]) -> Choice:
    """Read a parsed query; values that are none are left out rather than refused, so that old links go on working."""
    pairs: list[tuple[str, str]] = []
    for name in LISTS:
        pairs += [(name, value) for value in args.get(name, ())[:_MOST_VALUES] if 0 < len(value) <= _LONGEST_VALUE]
    for name in _SINGLE:
        value = plain(next(iter(args.get(name, ())), "")).strip()
        if value and _CHECKS[name](value):
            pairs.append((name, value))
    page = next(iter(args.get("page", ())), "1")
    order = next((value for key, value in pairs if key == "order"), "newest")
    return Choice(pairs=tuple(pairs), order=order, page=int(page) if page.isdecimal() and 0 < int(page) < 10_000 else 1)


def make_filter(choice: Choice, *, now: datetime, match: str | None) -> BoardFilter:
    """The store's filter for a choice; `match` is the search's expression for its words."""

    def day(name: str) -> date | None:
        text = choice.get(name)
        return date.fromisoformat(text) if text else None

    def moment(name: str) -> datetime | None:
        text = choice.get(name)
        return now - SPANS[text] if text else None

    def number(name: str) -> float | None:
        text = choice.get(name)
        return float(text) if text else None

    publishers = number("publishers")
    return BoardFilter(
        lists={name: choice.values(name) for name in LISTS if choice.values(name)},
        since=day("since"), until=day("until"), seen_since=moment("seen"), updated_since=moment("updated"),
        publishers=None if publishers is None else int(publishers), confidence=number("confidence"),
        doubt=number("doubt"), reviewed=choice.get("reviewed"), match=match, id_prefix=choice.get("q"),
    )  # fmt: skip


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1 and len(text) < 8
    except ValueError:
        return False


_CHECKS: dict[str, Callable[[str], bool]] = {
    "q": lambda text: len(text) <= _LONGEST_QUERY,
    "since": _is_day,
    "until": _is_day,
    "seen": SPANS.__contains__,
    "updated": SPANS.__contains__,
    "publishers": lambda text: text.isdecimal() and text.isascii() and 0 < int(text) < 1000,
    "confidence": _is_share,
    "doubt": _is_share,
    "reviewed": REVIEWED.__contains__,
    "order": ORDERS.__contains__,
}
