"""Turns an outlet's sitemaps, however deep and old, into the pages that they list within a span of days."""

from __future__ import annotations

import asyncio
import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.crawl import Crawler
from crawler.feeds import parse_time
from crawler.listing import Source, belongs, settle_time
from crawler.sitemaps import child_texts, local_name, parse_sitemap
from crawler.urls import absolute_url, canonical_url
from crawler.visit import Received
from store.errors import CrawlError
from store.records import Outlet

DEEPEST = 3  # an index of indexes of sitemaps
MOST_SITEMAPS = 20_000
MARGIN = timedelta(days=1)  # an outlet's day is not ours
SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
# The month that a sitemap says in its name: post-sitemap-2024-03.xml, sitemap.xml?yyyy=2024&mm=03&dd=05
MONTH = re.compile(r"(?<!\d)(?:yyyy=)?((?:19|20)\d\d)(?:[-_/.]?|&mm=)(0[1-9]|1[0-2])(?=\D|$|[0-3]\d(?:\D|$))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days, both included; None: without end."""

    since: date | None = None
    until: date | None = None

    def misses(self, first: date, last: date) -> bool:
        """Whether nothing of the days from `first` to `last` can be within the span, zones of time allowed for."""
        return (self.since is not None and last + MARGIN < self.since) or (
            self.until is not None and first - MARGIN > self.until
        )


@dataclass(slots=True, kw_only=True)
class Found:
    """What the sitemaps gave: addresses in the order in which they were listed, each once."""

    urls: dict[str, None] = field(default_factory=dict)
    outside_dates: int = 0  # pages, and whole sitemaps, that were left out by their day
    asked: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)  # sitemap, outcome word


async def find_past_pages(
    crawler: Crawler,
    outlet: Outlet,
    starts: tuple[str, ...],
    span: Span,
    *,
    now: datetime,
    max_bytes: int,
    on_sitemap: Callable[[Found], None] = lambda found: None,
) -> Found:
    """Walk through the sitemaps from `starts` on (none: those that the outlet is known or says to have)."""
    found, seen = Found(), set[str]()
    waiting = [(url, 0) for url in starts or await find_starts(crawler, outlet)]
    while waiting and found.asked < MOST_SITEMAPS:
        url, depth = waiting.pop(0)
        if url in seen:
            continue
        seen.add(url)
        found.asked += 1
        try:
            answer = await crawler.fetch_answer(url, outlet)
        except CrawlError as error:
            found.problems.append((url, str(error)))
            continue
        root = await asyncio.to_thread(read_root, answer, max_bytes)
        if isinstance(root, str):
            found.problems.append((url, root))
        elif local_name(root) == "sitemapindex":
            children = list(wanted_children(root, source_of(answer, outlet, now), span, found))
            waiting += [(child, depth + 1) for child in children if depth < DEEPEST]
        else:
            add_pages(root, source_of(answer, outlet, now), span, found)
        on_sitemap(found)
    return found


async def find_starts(crawler: Crawler, outlet: Outlet) -> list[str]:
    """The outlet's own sitemaps, those that its robots.txt names, else the usual place."""
    own = list(outlet.urls) if outlet.kind == "sitemap" else []
    answer = await crawler.fetch_answer(urljoin(outlet.home, "/robots.txt"), outlet)
    text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
    named = [absolute_url(word, answer.final_url) for word in SITEMAP_LINE.findall(text)]
    return list(dict.fromkeys([*(url for url in named if url), *own])) or [urljoin(outlet.home, "/sitemap.xml")]


def read_root(answer: Received, max_bytes: int) -> etree._Element | str:
    """The parsed sitemap; an outcome word where there is none."""
    if answer.outcome != "ok" and not answer.body:
        return answer.outcome
    if answer.status != 200:
        return "http_error" if answer.outcome == "ok" else answer.outcome
    root = parse_sitemap(answer.body, answer.headers.get("content-type"), max_bytes=max_bytes)
    if not isinstance(root, str) and local_name(root) not in ("sitemapindex", "urlset"):
        return "not_a_sitemap"
    return root


def source_of(answer: Received, outlet: Outlet, now: datetime) -> Source:
    """The answer as what lists addresses."""
    return Source(outlet=outlet, url=answer.final_url, content_type=None, body=b"", now=now)


def wanted_children(index: etree._Element, source: Source, span: Span, found: Found) -> Iterator[str]:
    """The child sitemaps that may list a page of the span: by the month in their names, and by their last change."""
    for element in index.iterchildren():
        texts = child_texts(element)
        url = absolute_url(texts.get("loc", ""), source.url)
        if url is None:
            continue
        changed = settle_time(parse_time(texts.get("lastmod", "")), source.outlet, source.now)
        if is_outside(url, None, changed, span):
            found.outside_dates += 1
        else:
            yield url


def add_pages(urlset: etree._Element, source: Source, span: Span, found: Found) -> None:
    """Add the pages of the outlet's own hosts that may be of the span."""
    for element in urlset.iterchildren():
        texts = child_texts(element)
        joined = absolute_url(texts.get("loc", ""), source.url)
        url = canonical_url(joined, source.outlet.allowed_hosts) if joined else None
        if joined is None or url is None or not belongs(url, source.outlet.allowed_hosts):
            continue
        published = settle_time(parse_time(texts.get("news_publication_date", "")), source.outlet, source.now)
        changed = settle_time(parse_time(texts.get("lastmod", "")), source.outlet, source.now)
        if is_outside(None, published, changed, span):
            found.outside_dates += 1
        else:
            found.urls.setdefault(joined)


def is_outside(name: str | None, published: datetime | None, changed: datetime | None, span: Span) -> bool:
    """Whether what is listed cannot be of the span: what was last changed before it was not published in it either."""
    if published is not None:
        return span.misses(published.date(), published.date())
    if changed is not None and span.since is not None and changed.date() + MARGIN < span.since:
        return True
    return month_is_outside(name, span)


def month_is_outside(name: str | None, span: Span) -> bool:
    """Whether a sitemap's name says a month that the span does not touch."""
    if name is None:
        return False
    parts = urlsplit(name)
    told = MONTH.search(f"{parts.path}?{parts.query}")
    if told is None:
        return False
    year, month = int(told[1]), int(told[2])
    return span.misses(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
