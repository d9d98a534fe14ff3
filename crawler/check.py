"""Turns an outlet's entry into what is right and wrong with it now: its sources asked, and one of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.crawl import Crawler
from crawler.outcomes import describe_outcome
from crawler.preview import ENOUGH_ARABIC, SourcePreview, preview_outlet
from store.records import Outlet, Page

# A listing whose newest item is older than this is a dead one, most likely.
STALE_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What one try of an outlet gave; nothing of it is stored as an article."""

    outlet: Outlet
    outcome: str  # a word of docs/reasons.md; ok: articles are listed, and a page of them can be had
    sources: tuple[SourcePreview, ...]
    page: Page | None  # the newest listed page, with its item; None: none was tried
    words: tuple[str, ...]  # plain sentences, the worst first

    @property
    def works(self) -> bool:
        """Whether a visit would bring articles, be it in the feed's own words alone."""
        return any(source.works for source in self.sources)


async def check_outlet(crawler: Crawler, outlet: Outlet, *, now: datetime, max_bytes: int) -> Checkup:
    """Ask every source of an outlet and fetch the newest page that they list."""
    sources = tuple(await preview_outlet(crawler, outlet, now=now, max_bytes=max_bytes))
    page = await try_newest_page(crawler, outlet, sources)
    failed = next((source.outcome for source in sources if not source.works), "no_items")
    worked = any(source.works for source in sources)
    return Checkup(
        outlet=outlet,
        outcome="ok" if worked else failed,
        sources=sources,
        page=page,
        words=tuple(describe_check(sources, page, now)),
    )


async def try_newest_page(crawler: Crawler, outlet: Outlet, sources: tuple[SourcePreview, ...]) -> Page | None:
    """Fetch the first listed page that is not whole in its listing; None where there is none."""
    for source in sources:
        for listed in source.items:
            if not listed.whole:
                page = await crawler.fetch_page(listed.requested_url, outlet)
                return Page(
                    outlet_id=page.outlet_id, url=page.url, requested_url=page.requested_url, status=page.status,
                    content_type=page.content_type, body=page.body, fetched_at=page.fetched_at, item=listed.item,
                    problem=page.problem, headers=page.headers,
                )  # fmt: skip
    return None


def describe_check(sources: tuple[SourcePreview, ...], page: Page | None, now: datetime) -> Iterator[str]:
    """Say in plain words what was found, source by source, then of the page."""
    for source in sources:
        if not source.works:
            yield f"{source.url}: {describe_outcome(source.outcome, source.detail)}"
    for source in sources:
        if source.works:
            yield f"{source.url}: {describe_listing(source, now)}"
    if page is not None and page.problem is not None:
        yield f"{page.requested_url}: {describe_outcome(page.problem)} Only the listing's own words would come."


def describe_listing(source: SourcePreview, now: datetime) -> str:
    """Say how much a source lists, of when, and whether it is Arabic."""
    times = [listed.item.published for listed in source.items if listed.item.published is not None]
    said = f"lists {len(source.items)} articles"
    if times:
        age = now - max(times)
        said += f", the newest {say_age(age)} old"
        if age.days >= STALE_DAYS:
            said += ": nobody feeds it any more, it seems"
    else:
        said += " without times (they will be read from the pages)"
    if source.arabic is not None and source.arabic < ENOUGH_ARABIC:
        said += f"; only {source.arabic:.0%} of its letters are Arabic: is there an Arabic edition?"
    return said + "."


def say_age(age: timedelta) -> str:
    """Say a span roughly: minutes, hours or days."""
    minutes = max(0, round(age.total_seconds() / 60))
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 60 * 48 else f"{age.days} days"
