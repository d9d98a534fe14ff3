"""What the crawler's tests share: an outlet on loopback, a clock that is set by hand, and a crawl of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.crawl import Crawler, CrawlReport
from crawler.fetch import Network
from store.database import Database, open_database
from store.records import Outlet
from store.settings import CrawlSettings
from tests.bad_server import RawServer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is set forward."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **units: float) -> None:
        self.now += timedelta(**units)


def quick_settings(**changes: Any) -> CrawlSettings:
    """Return settings without waiting: no delay, short time limits."""
    return CrawlSettings.model_validate({"delay": "0s", "timeout": "2s", "contact": "tests", **changes})


def outlet_at(server: RawServer, **changes: Any) -> Outlet:
    """Return an outlet whose feed is `/feed` of the server."""
    outlet = Outlet(
        id="test",
        name_ar="وكالة الاختبار",  # "the test agency"
        name_en="Test Agency",
        home=f"{server.url}/",
        publisher="test",
        ownership="private",
        country="IQ",
        time_zone="Asia/Baghdad",
        kind="feed",
        urls=(f"{server.url}/feed",),
        every_seconds=600,
        allowed_hosts=(f"127.0.0.1:{server.port}",),
        allow_private_hosts=True,
    )
    return replace(outlet, **changes)


def rss(server: RawServer, *items: tuple[str, str, str], extra: str = "") -> str:
    """Return an RSS feed of (path, title, further elements)."""
    entries = "".join(
        f"<item><title>{title}</title><link>{server.url}{path}</link>{more}</item>" for path, title, more in items
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{extra}{entries}</channel></rss>'


def article(title: str, body: str = "") -> str:
    """Return a page with a title and running Arabic text long enough to be an article."""
    text = body or "أعلنت مصادر أمنية في بغداد اليوم عن تفاصيل جديدة حول الحادث الذي وقع صباحا في المدينة. " * 6
    return f"<html lang=ar><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"


def channel_preview(name: str, *numbers: int) -> str:
    """Return the web preview of a channel with a message of each number."""
    return "".join(
        f"<div class='tgme_widget_message' data-post='{name}/{number}'>"
        f"<div class='tgme_widget_message_text'>بيان رقم {number} عن الهجوم</div>"  # "statement N on the attack"
        "<time datetime='2026-11-20T11:30:00+00:00'></time></div>"
        for number in numbers
    )


def run(test: Callable[[RawServer], Awaitable[None]]) -> None:
    """Run a test's body against a fresh server, in an event loop of its own."""

    async def body() -> None:
        async with RawServer() as server:
            await test(server)

    asyncio.run(body())


class Bench:
    """A crawler over a real database with a clock of the test's own."""

    def __init__(self, folder: Path, *, network: Network | None = None, **settings: Any) -> None:
        self.db: Database = open_database(folder / "marsad.db")
        self.clock = Clock()
        self.crawler = Crawler(quick_settings(**settings), self.db, clock=self.clock, network=network)

    async def crawl(self, outlet: Outlet) -> CrawlReport:
        return await self.crawler.crawl_outlet(outlet)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self.db.execute(sql).fetchall())

    async def close(self) -> None:
        await self.crawler.close()
        self.db.close()
