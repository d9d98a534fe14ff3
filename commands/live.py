"""Turns outlets of the settings into what they give right now, asked as the daemon would ask, with nothing taken in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from store.records import Outlet, Rejected
from store.settings import Settings

if TYPE_CHECKING:
    from crawler.check import Checkup
    from crawler.crawl import Crawler
    from crawler.preview import SourcePreview
    from crawler.propose import Proposal


def check_live(settings: Settings, outlets: Sequence[Outlet]) -> list[tuple[Checkup, str | None]]:
    """Check outlets side by side and note in the database which were seen; each with what its newest page gave."""
    from store.database import open_database, transaction
    from store.outlets import mark_checked, save_outlets

    checkups = asyncio.run(_check(settings, outlets))
    db = open_database(settings.database)
    try:
        with transaction(db):
            save_outlets(db, outlets)
            for checkup in checkups:
                mark_checked(db, checkup.outlet.id, now=datetime.now(UTC), outcome=checkup.outcome)
    finally:
        db.close()
    return [(checkup, describe_page(checkup)) for checkup in checkups]


async def _check(settings: Settings, outlets: Sequence[Outlet]) -> list[Checkup]:
    from crawler.check import check_outlet

    crawler = _open_crawler(settings)
    now, limit = datetime.now(UTC), settings.crawl.max_page_bytes
    try:
        return await asyncio.gather(*(check_outlet(crawler, each, now=now, max_bytes=limit) for each in outlets))
    finally:
        await crawler.close()


def describe_page(checkup: Checkup) -> str | None:
    """Say what extraction makes of the newest page; None where none came."""
    from extract.article import extract_article

    page = checkup.page
    if page is None or page.problem is not None:
        return None
    found = extract_article(page, checkup.outlet)
    if isinstance(found, Rejected):
        detail = f" ({found.detail})" if found.detail else ""
        return f"{page.requested_url}: fetched, but no article is found in it: {found.reason}{detail}."
    when = found.published.isoformat(timespec="minutes") if found.published else "no time"
    return f"{page.requested_url}: fetched; title, {len(found.text)} characters of text, {when}."


def preview_live(settings: Settings, outlet: Outlet) -> tuple[list[SourcePreview], list[dict[str, Any]]]:
    """Ask an outlet's sources; the sources, and a row an item with what the next visit would do with it."""
    from store.database import open_database
    from store.listed import due_pages, listed_stamps

    sources = asyncio.run(_preview(settings, outlet))
    items = {listed.url: listed for source in sources for listed in source.items}
    stamps: dict[str, str] = {}
    due: set[str] = set()
    if settings.database.is_file():
        db = open_database(settings.database, create=False)
        stamps = listed_stamps(db, items)
        waiting = due_pages(db, outlet.id, now=datetime.now(UTC), limit=settings.crawl.max_new_pages)
        due = {page.url for page in waiting}
        db.close()
    rows = [
        {
            "would": would_do(stamps.get(url), listed.stamp, is_due=url in due),
            "published": listed.item.published,
            "title": listed.item.title or (listed.item.text or "")[:80],
            "url": url,
        }
        for url, listed in items.items()
    ]
    return sources, rows


def would_do(known: str | None, stamp: str, *, is_due: bool) -> str:
    """What a visit does with an item: new, changed, again (failed before, or looked at for edits) or known."""
    if known is None:
        return "new"
    return "changed" if known != stamp else "again" if is_due else "known"


async def _preview(settings: Settings, outlet: Outlet) -> list[SourcePreview]:
    from crawler.preview import preview_outlet

    crawler = _open_crawler(settings)
    try:
        return await preview_outlet(crawler, outlet, now=datetime.now(UTC), max_bytes=settings.crawl.max_page_bytes)
    finally:
        await crawler.close()


def propose_live(settings: Settings, url: str, known: Sequence[Outlet]) -> Proposal:
    """Find how an address can be watched; CrawlError, with the reason, where it cannot."""
    return asyncio.run(_propose(settings, url, known))


async def _propose(settings: Settings, url: str, known: Sequence[Outlet]) -> Proposal:
    from crawler.propose import propose_outlet

    crawler = _open_crawler(settings)
    try:
        return await propose_outlet(
            crawler, url, now=datetime.now(UTC), every_seconds=settings.crawl.every_seconds,
            max_bytes=settings.crawl.max_page_bytes, known=known,
        )  # fmt: skip
    finally:
        await crawler.close()


def _open_crawler(settings: Settings) -> Crawler:
    from crawler.crawl import Crawler

    return Crawler(settings.crawl, None, clock=lambda: datetime.now(UTC))
