"""Turns what came of a visit into when to look again: at an outlet, at a page that may be edited, after a failure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from crawler.outcomes import load_outcomes
from store.settings import CrawlSettings

# Hard failures count whole, others a part: what a person has to mend is not asked for every ten minutes.
FAILURE_WEIGHTS = {"none": 0.0, "temporary": 0.35, "soft": 0.5, "hard": 1.0}
# What mends itself (network, overload) is looked at again soon, however long it has lasted.
LONGEST_TEMPORARY_REST = timedelta(minutes=30)
TRIES_OF_PAGE = {"none": 6, "temporary": 6, "soft": 3, "hard": 3}
FIRST_PAGE_RETRY = timedelta(minutes=5)
LONGEST_PAGE_RETRY = timedelta(hours=6)
# A page is never asked for again within this time, whatever the source says.
DAY_SECONDS = 86_400.0
# How much of the gap between two articles lies between two polls: "nothing new" costs a hundred bytes where the server
# knows conditional requests (or tells its listing's length), and the whole listing where it does not.
SHARE_OF_GAP = 1 / 4
SHARE_OF_GAP_DEAR = 2 / 3
# How many times its own interval a quiet outlet may be left alone; what it publishes then is told that much later.
LONGEST = 2
LONGEST_DEAR = 4
FEWEST_THAT_TELL_A_HABIT = 2
LEAST_HABIT_SECONDS = 3600.0


def next_interval(
    every_seconds: float, settings: CrawlSettings, *, per_day: float, new_last_hour: int, dear: bool
) -> float:
    """Return the seconds until an outlet's next poll: a share of the gap between its articles, within bounds.

    Bounds are half and twice the outlet's own interval, within the settings' `every_min` and `every_max` as far as the
    outlet's own interval allows. An outlet without a new article keeps the upper bound. `dear` is one that sends its
    whole listing at every poll; it may be left alone for four intervals.
    """
    low: float = min(every_seconds, max(settings.every_min.total_seconds(), every_seconds / 2))
    longest = LONGEST_DEAR if dear else LONGEST
    high: float = max(every_seconds, min(settings.every_max.total_seconds(), every_seconds * longest))
    busiest = max(per_day, new_last_hour * 24.0)
    if busiest <= 0:
        return high
    share = SHARE_OF_GAP_DEAR if dear else SHARE_OF_GAP
    return float(min(max(DAY_SECONDS / busiest * share, low), high))


def estimate_habit(shown: Sequence[datetime], new: int, *, watched_since: datetime, now: datetime) -> float | None:
    """Return articles a day of an outlet watched for less than a day; None where nothing tells.

    `shown` are the times of publication that its first listing gave, `new` is what came since. The oldest quarter of
    the listing is left out, as pinned and lately re-dated articles stand there. Where the listing gave no times (a
    section, often), what came within an hour or more tells, with one article added: a silent hour is not a silent day.
    """
    recent = sorted((moment for moment in shown if moment <= watched_since), reverse=True)
    used = recent[: math.ceil(len(recent) * 3 / 4)]
    if len(used) < FEWEST_THAT_TELL_A_HABIT:
        watched = (now - watched_since).total_seconds()
        return (new + 1) * DAY_SECONDS / watched if watched >= LEAST_HABIT_SECONDS else None
    seconds = max((now - used[-1]).total_seconds(), LEAST_HABIT_SECONDS)
    return (len(used) + new) * DAY_SECONDS / seconds


def rest_after_failure(every_seconds: float, settings: CrawlSettings, *, problem: str, failures: int) -> float:
    """Return the seconds until a failing outlet's next poll; `failures` counts failed polls in a row, with this one.

    The rest doubles with each failure, weighed by its kind: a dead address reaches the longest rest within a day, an
    overloaded server or a missing network stays within half an hour.
    """
    weight = load_outcomes()[problem].weight
    rest: float = every_seconds * 2.0 ** min(FAILURE_WEIGHTS[weight] * failures, 30.0)
    longest: float = settings.back_off_max.total_seconds()
    if weight in ("temporary", "none"):
        longest = min(longest, max(LONGEST_TEMPORARY_REST.total_seconds(), every_seconds))
    return min(rest, longest)


def next_recheck(
    published: datetime | None, first_listed: datetime, now: datetime, recheck: Sequence[timedelta]
) -> datetime | None:
    """Return when a fetched page is looked at again for edits; None when its time (48 h, by default) is over."""
    start = min(published, first_listed) if published is not None else first_listed
    moments: list[datetime] = [start + age for age in sorted(recheck)]
    return next((moment for moment in moments if moment > now), None)


def next_page_try(problem: str, failures: int, now: datetime) -> datetime | None:
    """Return when a page that failed is asked for again; None: given up. `failures` counts this one."""
    if failures >= TRIES_OF_PAGE[load_outcomes()[problem].weight]:
        return None
    return now + min(FIRST_PAGE_RETRY * float(2 ** (failures - 1)), LONGEST_PAGE_RETRY)
