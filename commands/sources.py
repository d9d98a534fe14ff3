"""Turns what a user names (JSON Lines, a text, an HTML page, a URL or standard input) into reports or an article."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from extract.reports import Malformed, read_reports
from store.errors import CrawlError
from store.records import Article, Outlet, Page, Rejected, Report
from store.settings import Settings

HEAD_BYTES = 2_048
LINE_SUFFIXES = {".jsonl", ".ndjson", ".json"}
PAGE_SUFFIXES = {".html", ".htm", ".xhtml", ".mhtml", ".mht"}


def is_url(source: str) -> bool:
    """Whether the name is a web address and not a file's."""
    return source.startswith(("http://", "https://"))


@contextmanager
def open_source(source: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input for "-"; OSError where there is none."""
    if source == "-":
        yield sys.stdin.buffer
    else:
        with Path(source).open("rb") as stream:
            yield stream


def sniff_kind(source: str, head: bytes) -> str:
    """Tell what the first bytes are: lines (of JSON), page (HTML) or text; a file's suffix decides where it says."""
    suffix = Path(source).suffix.lower()
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if suffix in LINE_SUFFIXES or (suffix != ".txt" and start.startswith(b"{")):
        return "lines"
    if suffix in PAGE_SUFFIXES or start[:1] == b"<":
        return "page"
    return "text"


def read_source(
    source: str, settings: Settings, *, title: str | None, published: tuple[datetime | None, str]
) -> Iterator[Report | Malformed | Rejected]:
    """Read the reports of a source in order; a page that is no Arabic article comes as rejected.

    `title` and `published` (with its precision) are for a plain text, which cannot say them itself.
    """
    if is_url(source):
        yield report_or_rejected(read_article(load_page(source, settings), settings))
        return
    with open_source(source) as stream:
        head = stream.peek(HEAD_BYTES)[:HEAD_BYTES] if hasattr(stream, "peek") else b""
        kind = sniff_kind(source, head)
        if kind == "lines":
            yield from read_reports(stream)
        elif kind == "page":
            yield report_or_rejected(read_article(local_page(source, stream.read()), settings))
        else:
            text = stream.read().decode("utf-8-sig", "replace")
            yield Report(id=source, title=title, text=text, published=published[0], published_precision=published[1])


def fetch_page(url: str, settings: Settings) -> Page:
    """Fetch one page as the daemon would; CrawlError where there is no body."""
    page = asyncio.run(_fetch(url, outlet_of(url, settings), settings))
    if page.body is None:
        from crawler.outcomes import describe_outcome

        said = f"{page.problem}: {describe_outcome(page.problem)}" if page.problem else f"HTTP status {page.status}"
        raise CrawlError(urlsplit(url).hostname or url, said)
    return page


async def _fetch(url: str, outlet: Outlet, settings: Settings) -> Page:
    from crawler.crawl import Crawler
    from crawler.preview import fetch_message

    crawler = Crawler(settings.crawl, None, clock=lambda: datetime.now(UTC))
    try:
        if outlet.kind == "telegram":
            return await fetch_message(crawler, url, outlet, now=datetime.now(UTC))
        return await crawler.fetch_page(url, outlet)
    finally:
        await crawler.close()


def local_page(source: str, body: bytes) -> Page:
    """A page out of a saved file (HTML, MHTML), no server's answer; its encoding is the page's own word."""
    from crawler.saved import read_saved_page

    saved = read_saved_page(body)
    address = "stdin:" if source == "-" else Path(source).resolve().as_uri()
    return Page(
        outlet_id="local",
        url=address,
        requested_url=address,
        status=None,
        content_type=saved.content_type,
        body=saved.body,
        fetched_at=datetime.now(UTC),
    )


def read_article(page: Page, settings: Settings) -> Article | Rejected:
    """Extract the article of a page, with the hints of its outlet where the catalogue knows its host."""
    from extract.article import extract_article

    return extract_article(page, outlet_of(page.url, settings))


def outlet_of(url: str, settings: Settings) -> Outlet:
    """The outlet whose hosts hold the address, else a plain stand-in that knows nothing of it."""
    from crawler.catalogue import find_outlet, load_outlets
    from crawler.propose import blank_outlet
    from crawler.urls import is_telegram

    known = load_outlets(settings)
    found = find_outlet(known, url)
    if found is not None:
        return found
    if is_telegram(url):  # each channel speaks for itself
        return blank_outlet(url, settings.crawl.every_seconds, frozenset(outlet.id for outlet in known))
    host = urlsplit(url).hostname or ""
    return Outlet(
        id=host or "local", name_ar=host, name_en=host, home=url, publisher=host, ownership="unknown", country="",
        time_zone="UTC", kind="section", urls=(), every_seconds=3600, allowed_hosts=(host,) if host else (),
        allow_private_hosts=True,  # a person named the address
    )  # fmt: skip


def report_or_rejected(article: Article | Rejected) -> Report | Rejected:
    """What the coder reads of an article."""
    from extract.page import as_report

    return article if isinstance(article, Rejected) else as_report(article)


def load_page(source: str, settings: Settings) -> Page:
    """A page from the web, or out of a saved file."""
    if is_url(source):
        return fetch_page(source, settings)
    with open_source(source) as stream:
        return local_page(source, stream.read())
