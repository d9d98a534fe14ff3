"""Turns an outlet's figures into the signs that something is wrong with it; pure, so the past can be judged too."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise

from crawler.outcomes import WORKED, load_outcomes
from store.outlet_figures import OutletFigures

FAILURES_TOLD = 3  # unless the settings' alerts.outlet_failures says otherwise
# What somebody has to mend (we are refused, the address is gone) mends itself no sooner for waiting.
HARD_FAILURES_TOLD = 2
# Quiet is a silence of so many times the longest usual one, and never less than this.
QUIET_TIMES = 2.0
QUIET_LEAST = timedelta(hours=6)
ALL_QUIET_LEAST = timedelta(hours=2)
USUAL_DAYS = 0.9
FEWEST_DAYS = 5  # with news
FEWEST_PAGES = 8
REFUSED_SHARE = 0.8
REFUSALS = frozenset({"blocked", "bot_wall", "consent_wall", "robots_disallowed", "rate_limited"})
FEWEST_BEFORE = 20
SHRUNK_TO = 0.4
SHARE_CHANGED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One thing that is wrong with an outlet: a word of `data/signs.toml`, since when, and the figures behind it."""

    word: str
    since: datetime | None
    detail: str


@cache
def load_signs() -> dict[str, str]:
    """Return the plain meaning of every sign."""
    table = tomllib.loads(files("crawler").joinpath("data/signs.toml").read_text(encoding="utf-8"))
    return {word: row["means"] for word, row in table.items()}


def judge_outlet(figures: OutletFigures, *, now: datetime, failures_told: int = FAILURES_TOLD) -> tuple[Sign, ...]:
    """Return what is wrong with an outlet, the worst first; empty where all is well or it was never polled."""
    if figures.state.last_polled_at is None:
        return ()
    signs = (
        find_failure(figures, failures_told),
        find_silence(figures, now),
        find_refusals(figures),
        find_layout_change(figures),
        find_lost_times(figures),
    )
    return tuple(sign for sign in signs if sign is not None)


def find_failure(figures: OutletFigures, failures_told: int) -> Sign | None:
    """Tell of polls that failed in a row, and of an outlet that never answered."""
    state = figures.state
    if state.failures == 0:
        return None
    detail = f"{state.failures} polls in a row: {state.last_problem}"
    if state.last_success_at is None:
        return Sign(word="never_seen", since=state.first_polled_at, detail=detail)
    word = load_outcomes().get(state.last_problem or "")
    enough = min(failures_told, HARD_FAILURES_TOLD) if word is not None and word.weight == "hard" else failures_told
    return Sign(word="failing", since=state.last_success_at, detail=detail) if state.failures >= enough else None


def usual_silence(moments: tuple[datetime, ...]) -> timedelta | None:
    """Return the silence that nine of ten days stay under, nights and weekends included; None: too little is known.

    Each day counts with the longest gap that ended on it, so that one night a day weighs as much as a hundred short
    gaps by daylight.
    """
    longest: dict[date, timedelta] = {}
    for earlier, later in pairwise(moments):
        longest[later.date()] = max(longest.get(later.date(), timedelta()), later - earlier)
    if len(longest) < FEWEST_DAYS:
        return None
    return sorted(longest.values())[int(len(longest) * USUAL_DAYS)]


def find_silence(figures: OutletFigures, now: datetime) -> Sign | None:
    """Tell of an outlet that answers but lists nothing new for longer than is its habit."""
    return None if figures.state.failures else _silence("quiet", figures.listed_at, now, QUIET_LEAST)


def judge_all(every: Iterable[OutletFigures], *, now: datetime) -> Sign | None:
    """Tell of a silence of all outlets together, which points at Marsad's own machine or network."""
    moments = tuple(sorted(moment for figures in every for moment in figures.listed_at))
    return _silence("all_quiet", moments, now, ALL_QUIET_LEAST)


def _silence(word: str, moments: tuple[datetime, ...], now: datetime, least: timedelta) -> Sign | None:
    usual = usual_silence(moments)
    if usual is None or (silence := now - moments[-1]) < max(usual * QUIET_TIMES, least):
        return None
    hours, most = silence.total_seconds() / 3600, usual.total_seconds() / 3600
    detail = f"nothing new for {hours:.0f} h; usual are at most {most:.1f} h"
    return Sign(word=word, since=moments[-1], detail=detail)


def find_refusals(figures: OutletFigures) -> Sign | None:
    """Tell of an outlet whose pages are refused though its listing is not."""
    total = figures.pages.total()
    refused = sum(count for word, count in figures.pages.items() if word in REFUSALS)
    if total < FEWEST_PAGES or refused < REFUSED_SHARE * total or not WORKED & figures.sources.keys():
        return None
    worst = max((word for word in figures.pages if word in REFUSALS), key=lambda word: figures.pages[word])
    return Sign(word="pages_refused", since=None, detail=f"{refused} of {total} pages in a week, mostly {worst}")


def find_layout_change(figures: OutletFigures) -> Sign | None:
    """Tell of texts that became much shorter, or are no longer found, against the month before."""
    recent, before = figures.recent, figures.before
    pages, pages_before = recent.articles + recent.rejected, before.articles + before.rejected
    if pages < FEWEST_PAGES or before.articles < FEWEST_BEFORE:
        return None
    lost, lost_before = recent.rejected / pages, before.rejected / pages_before
    if lost - lost_before >= SHARE_CHANGED:
        detail = f"no text in {lost:.0%} of its pages; before, in {lost_before:.0%}"
        return Sign(word="layout_changed", since=None, detail=detail)
    if before.median_length and (recent.median_length or 0) < SHRUNK_TO * before.median_length:
        detail = f"a text has {recent.median_length or 0} letters; before, it had {before.median_length}"
        return Sign(word="layout_changed", since=None, detail=detail)
    return None


def find_lost_times(figures: OutletFigures) -> Sign | None:
    """Tell of publication times that are no longer found."""
    recent, before = figures.recent, figures.before
    if recent.articles < FEWEST_PAGES or before.articles < FEWEST_BEFORE:
        return None
    if before.dated is None or recent.dated is None or before.dated - recent.dated < SHARE_CHANGED:
        return None
    return Sign(
        word="times_lost",
        since=None,
        detail=f"{recent.dated:.0%} of its articles have a time; before, {before.dated:.0%}",
    )
