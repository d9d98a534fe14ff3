"""Turns an outlet's entry into what its next visit would find, source by source; nothing is stored."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from crawler.answers import judge_source, judge_unread
from crawler.crawl import Crawler
from crawler.listing import Listed, Listing, Source
from crawler.outcomes import load_outcomes
from crawler.spiders import SPIDERS
from crawler.urls import channel_of, message_number
from crawler.visit import Received, message_page
from store.errors import CrawlError
from store.records import Outlet, Page

MOST_CHILDREN = 3
LARGEST_PREVIEW_BYTES = 5_000_000
ENOUGH_ARABIC = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePreview:
    """What one source of an outlet gives now."""

    url: str
    outcome: str  # a word of docs/reasons.md
    means: str
    detail: str | None
    items: tuple[Listed, ...]
    arabic: float | None  # share of Arabic letters in the items' words; None: no letters

    @property
    def works(self) -> bool:
        """Whether a visit would find articles here."""
        return self.outcome == "ok"


async def preview_outlet(crawler: Crawler, outlet: Outlet, *, now: datetime, max_bytes: int) -> list[SourcePreview]:
    """Ask every source of an outlet, and the children that a sitemap index names."""
    previews: list[SourcePreview] = []
    for url in outlet.urls:
        preview, more = await preview_source(crawler, outlet, url, now=now, max_bytes=max_bytes)
        previews.append(preview)
        for child in more[:MOST_CHILDREN]:
            preview, _ = await preview_source(crawler, outlet, child, now=now, max_bytes=max_bytes)
            previews.append(preview)
    return previews


async def preview_source(
    crawler: Crawler, outlet: Outlet, url: str, *, now: datetime, max_bytes: int
) -> tuple[SourcePreview, tuple[str, ...]]:
    """Ask one source; its preview, and the further sources that it cannot do without."""
    answer = await crawler.fetch_answer(url, outlet)
    listing = await asyncio.to_thread(read_answer, answer, outlet, now, max_bytes)
    outcome = listing.problem or "ok"
    preview = SourcePreview(
        url=url,
        outcome=outcome,
        means=load_outcomes()[outcome].means,
        detail=listing.detail or answer.detail,
        items=listing.items,
        arabic=arabic_share(listing.items),
    )
    return preview, () if listing.beyond_is_older else listing.more


async def fetch_message(crawler: Crawler, url: str, outlet: Outlet, *, now: datetime) -> Page:
    """Fetch one message of a public Telegram channel by its address, as a visit to the channel would take it in.

    A message's own page holds no more than the start of its words, so the channel's preview is asked. CrawlError
    where the address names no message, or the preview does not show it.
    """
    channel, number = channel_of(url), message_number(url)
    if channel is None or number is None:
        raise CrawlError(outlet.id, f"{url} names no message: https://t.me/NAME/NUMBER does")
    source = f"{outlet.urls[0].partition('?')[0]}?before={number + 1}"
    answer = await crawler.fetch_answer(source, outlet)
    listing = await asyncio.to_thread(read_answer, answer, outlet, now, LARGEST_PREVIEW_BYTES)
    if listing.problem is not None:
        raise CrawlError(outlet.id, load_outcomes()[listing.problem].means)
    found = next((each for each in listing.items if message_number(each.url) == number), None)
    if found is None:
        raise CrawlError(outlet.id, f"the channel's preview shows no message {number} with words")
    return message_page(found, outlet.id, now)


def read_answer(answer: Received, outlet: Outlet, now: datetime, max_bytes: int) -> Listing:
    """Read an answer by the outlet's kind of discovery."""
    problem = answer.outcome if answer.status is None else judge_source(answer)
    if problem is not None:
        return Listing(problem=problem)
    source = Source(
        outlet=outlet,
        url=answer.final_url,
        content_type=answer.headers.get("content-type"),
        body=answer.body,
        now=now,
    )
    listing = SPIDERS[outlet.kind].read(source, max_bytes=max_bytes)
    if listing.problem is None:
        return listing
    return Listing(problem=judge_unread(answer) or listing.problem, detail=listing.detail)


def arabic_share(items: tuple[Listed, ...]) -> float | None:
    """Return how much of the items' letters are Arabic script."""
    words = "".join(each.item.title or (each.item.text or "")[:200] for each in items)
    letters = [letter for letter in words if letter.isalpha()]
    return sum("\u0600" <= letter <= "\u06ff" for letter in letters) / len(letters) if letters else None
