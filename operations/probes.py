"""Turns the network into findings: names that resolve, outlets that answer, and what their clocks say of ours."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median
from urllib.parse import urlsplit

from crawler.crawl import Crawler
from crawler.outcomes import WORKED, load_outcomes
from crawler.visit import Received
from operations.findings import Finding, faulty, fine, worth_a_look
from store.errors import CrawlError
from store.records import Outlet
from store.settings import CrawlSettings

NAME_SECONDS = 10.0
CLOCK_TOLERANCE = timedelta(minutes=2)
FEWEST_CLOCKS = 3
ANSWERED = WORKED | {"not_html"}  # a feed, which was asked for as a page is
MOST_NAMED = 8


async def probe(settings: CrawlSettings, outlets: Sequence[Outlet], *, clock: Callable[[], datetime]) -> list[Finding]:
    """Ask for every outlet's name and first address, politely and storing nothing."""
    enabled = [outlet for outlet in outlets if outlet.enabled]
    if not enabled:
        return [worth_a_look("outlets", "none is switched on", "see `marsad outlets list --all`")]
    unknown = await find_unknown(sorted({urlsplit(outlet.urls[0]).hostname or "" for outlet in enabled}))
    crawler = Crawler(settings, None, clock=clock)
    try:
        answers = await asyncio.gather(*(ask(crawler, outlet) for outlet in enabled))
    finally:
        await crawler.close()
    return [*judge_names(unknown, enabled), *judge_answers(enabled, answers), *judge_clock(answers, clock())]


async def ask(crawler: Crawler, outlet: Outlet) -> Received | None:
    """Fetch an outlet's first address; None where it could not even be asked."""
    try:
        return await crawler.fetch_answer(outlet.urls[0], outlet)
    except CrawlError:
        return None


async def find_unknown(names: Sequence[str]) -> list[str]:
    """Those of the names that do not resolve."""
    loop = asyncio.get_running_loop()

    async def is_known(name: str) -> bool:
        try:
            async with asyncio.timeout(NAME_SECONDS):
                await loop.getaddrinfo(name, 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):  # a time-out is an OSError too
            return False
        return True

    found = await asyncio.gather(*map(is_known, names))
    return [name for name, known in zip(names, found, strict=True) if not known]


def judge_names(unknown: Sequence[str], enabled: Sequence[Outlet]) -> Iterator[Finding]:
    """Tell names that do not resolve; where none does, the resolver is at fault."""
    total = len({urlsplit(outlet.urls[0]).hostname for outlet in enabled})
    if not unknown:
        yield fine("dns", f"all {total} names resolve")
    elif len(unknown) == total:
        yield faulty("dns", "no name resolves", "is there a network? See /etc/resolv.conf, `resolvectl status`")
    else:
        yield worth_a_look("dns", f"{len(unknown)} of {total} do not resolve: {shorten(unknown)}",
                           "have these outlets moved? `outlets.ID.urls` says where they are")  # fmt: skip


def judge_answers(enabled: Sequence[Outlet], answers: Sequence[Received | None]) -> Iterator[Finding]:
    """Tell how many outlets answered, and group those that did not by what came of the request."""
    failed: dict[str, list[str]] = {}
    for outlet, answer in zip(enabled, answers, strict=True):
        outcome = "unreachable" if answer is None else answer.outcome
        if outcome not in ANSWERED:
            failed.setdefault(outcome, []).append(outlet.id)
    lost = sum(map(len, failed.values()))
    if lost == len(enabled):
        words = ", ".join(sorted(failed))
        yield faulty("outlets", f"none of {len(enabled)} answers ({words})", "is there a network, or a firewall?")
        return
    yield fine("outlets", f"{len(enabled) - lost} of {len(enabled)} answer")
    for outcome, ids in sorted(failed.items()):
        word = load_outcomes().get(outcome)
        said = f"{outcome}: {shorten(ids)}" + (f". {word.means}" if word else "")
        advice = (word.advice if word else None) or "`marsad outlets check ID` looks closer; the daemon asks again"
        yield worth_a_look("outlets", said, advice)


def judge_clock(answers: Sequence[Received | None], now: datetime) -> Iterator[Finding]:
    """Compare this machine's clock with the middle one of the outlets'."""
    slips = []
    for answer in answers:
        stamp = answer.headers.get("date") if answer is not None else None
        try:
            moment = parsedate_to_datetime(stamp) if stamp else None
        except ValueError:
            moment = None
        if moment is not None:
            slips.append((now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).total_seconds())
    if len(slips) < FEWEST_CLOCKS:
        return
    slip = timedelta(seconds=median(slips))
    if abs(slip) > CLOCK_TOLERANCE:
        said = f"it is {abs(slip).total_seconds():.0f} s {'ahead of' if slip > timedelta(0) else 'behind'} the outlets'"
        yield faulty("clock", said, "set it and keep it set: `timedatectl set-ntp true`")


def shorten(names: Sequence[str]) -> str:
    """Some of the names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
