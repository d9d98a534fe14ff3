"""Turns an outlet's sources into listings, a spider a kind of discovery, and listed pages into what a visit keeps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.http import Response

from crawler.answers import judge_source, judge_unread, lost_of, received_of, request_of, with_judgement
from crawler.download import Line
from crawler.feeds import read_feed
from crawler.listing import Listing, Source
from crawler.sections import read_section
from crawler.sitemaps import read_sitemap
from crawler.telegram import read_channel
from crawler.urls import requestable_url
from crawler.visit import Clock, Received, Visit, conditional_headers
from store.faults import explain_fault
from store.listed import DuePage
from store.times import to_iso

if TYPE_CHECKING:
    from twisted.python.failure import Failure

log = logging.getLogger(__name__)
# Parsing of small sources is over before a thread has started.
LARGE_SOURCE_BYTES = 50_000


class OutletSpider(Spider):
    """Asks an outlet's sources, then fetches the pages that are due; every answer ends in the visit."""

    name = "outlet"
    visit: Visit
    line: Line
    now: Clock
    waiting_sources: int = 0

    @staticmethod
    def read(source: Source, *, max_bytes: int) -> Listing:
        """Read one source's answer; each kind of discovery has its own way."""
        raise NotImplementedError

    # -- sources ------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Request]:
        """Ask every source of the outlet."""
        urls = self.visit.outlet.urls
        self.waiting_sources = len(urls)
        for url in urls:
            yield self.ask_source(url, first_reading=self.visit.is_first_reading(url), depth=0)

    def ask_source(self, url: str, *, first_reading: bool, depth: int) -> Request:
        """Make the conditional request of a source, or the question of its length where it would ignore conditions."""
        meta = {"kind": "source", "asked": url, "first_reading": first_reading, "depth_here": depth}
        if self.visit.is_asked_by_length(url):
            length_only = self._request(requestable_url(url), {}, self.take_length, meta, priority=10)
            return length_only.replace(method="HEAD", errback=self.lose_length)
        return self._read_whole(meta)

    def _read_whole(self, meta: dict[str, Any]) -> Request:
        headers = self.visit.source_headers(meta["asked"])
        return self._request(requestable_url(meta["asked"]), headers, self.take_source, meta, priority=10)

    async def take_length(self, response: Response) -> AsyncIterator[Request]:
        """Leave a source whose length is the same; read one that changed."""
        answer = received_of(response)
        if self.visit.is_same_length(answer):
            self.visit.note_source(answer, "unchanged")
            for request in self.source_done():
                yield request
        else:
            yield self._read_whole(source_meta(response.meta))

    async def lose_length(self, failure: Failure) -> AsyncIterator[Request]:
        """A server that does not answer HEAD may still answer GET."""
        yield self._read_whole(source_meta(request_of(failure).meta))

    async def take_source(self, response: Response) -> AsyncIterator[Request]:
        """Keep a source's answer and go on: to further sources, and to the pages once the last source is read."""
        answer = received_of(response)
        meta = response.meta
        more: tuple[str, ...] = ()
        try:
            more = await self._read_source(answer, meta)
        except Exception as error:  # one source's surprise must not cost the outlet's others, nor its pages
            if explain_fault(error) is not None:  # a full disk, say, which is not the outlet's fault
                self.visit.store_fault = error
            else:
                log.exception("source_failed outlet=%s url=%s", self.visit.outlet.id, answer.url)
                self.visit.note_source(answer, "fault")
        depth = meta["depth_here"] + 1
        for url in more:
            self.waiting_sources += 1
            yield self.ask_source(url, first_reading=meta["first_reading"], depth=depth)
        for request in self.source_done():
            yield request

    async def _read_source(self, answer: Received, meta: dict[str, Any]) -> tuple[str, ...]:
        visit = self.visit
        outcome = judge_source(answer)
        if outcome is None and visit.is_unchanged(answer):
            visit.keep_unchanged(answer)
            return ()
        if outcome == "not_modified":
            visit.keep_not_modified(answer)
            return ()
        if outcome is not None:
            visit.note_source(answer, outcome)
            return ()
        listing = await self.read_listing(answer)
        if listing.problem is not None:
            visit.note_source(answer, judge_unread(answer) or listing.problem)
            return ()
        noted = visit.keep_listing(answer, listing, first_reading=meta["first_reading"])
        deeper = meta["depth_here"] < visit.settings.max_depth
        # Older pages are only worth asking for when nothing here was known: articles may have slipped by.
        worth_it = not listing.beyond_is_older or (not meta["first_reading"] and len(noted.new) == len(listing.items))
        return listing.more if deeper and worth_it else ()

    async def read_listing(self, answer: Received) -> Listing:
        """Read a source; a large one in a thread, so that the event loop goes on."""
        source = Source(
            outlet=self.visit.outlet,
            url=answer.final_url,
            content_type=answer.headers.get("content-type"),
            body=answer.body,
            now=self.now(),
        )
        limit = self.visit.settings.max_page_bytes
        if len(answer.body) < LARGE_SOURCE_BYTES:
            return self.read(source, max_bytes=limit)
        return await asyncio.to_thread(self.read, source, max_bytes=limit)

    async def lose_source(self, failure: Failure) -> AsyncIterator[Request]:
        """Keep why a source gave no answer."""
        answer = lost_of(failure)
        self.visit.note_source(answer, answer.outcome)
        for request in self.source_done():
            yield request

    def source_done(self) -> list[Request]:
        """Return the requests of the due pages when the last source is done with."""
        self.waiting_sources -= 1
        return [] if self.waiting_sources else [self.ask_page(due) for due in self.visit.next_pages()]

    # -- pages --------------------------------------------------------------------------------------------------

    def ask_page(self, due: DuePage) -> Request:
        """Make the request of a page, conditional where it was fetched before."""
        headers = conditional_headers(due.etag, due.last_modified) if due.fetched_at else {}
        meta = {"kind": "page", "asked": due.requested_url, "due": due}
        return self._request(due.requested_url, headers, self.take_page, meta)

    def take_page(self, response: Response) -> None:
        """Keep a page's answer."""
        self.visit.keep_page(response.meta["due"], with_judgement(received_of(response)))

    def lose_page(self, failure: Failure) -> None:
        """Keep why a page gave no answer."""
        self.visit.keep_page(request_of(failure).meta["due"], lost_of(failure))

    def _request(
        self, url: str, headers: dict[str, str], callback: Any, meta: dict[str, Any], *, priority: int = 0
    ) -> Request:
        return Request(
            url,
            headers={"User-Agent": self.line.user_agent, **headers},
            callback=callback,
            errback=self.lose_source if meta["kind"] == "source" else self.lose_page,
            meta={**meta, "asked_at": to_iso(self.now())},
            priority=priority,
            dont_filter=True,  # what was seen before is the store's knowledge; redirects to self may set a cookie
        )


def source_meta(meta: dict[str, Any]) -> dict[str, Any]:
    """Return what a source's next request carries on; what Scrapy noted of this one is left behind."""
    return {key: meta[key] for key in ("kind", "asked", "first_reading", "depth_here")}


class FeedSpider(OutletSpider):
    """Discovery by RSS, Atom, RDF or JSON Feed."""

    @staticmethod
    def read(source: Source, *, max_bytes: int) -> Listing:
        """Read a feed."""
        return read_feed(source)


class SitemapSpider(OutletSpider):
    """Discovery by sitemap, news sitemap or index."""

    @staticmethod
    def read(source: Source, *, max_bytes: int) -> Listing:
        """Read a sitemap."""
        return read_sitemap(source, max_bytes=max_bytes)


class SectionSpider(OutletSpider):
    """Discovery by the links of a section page."""

    @staticmethod
    def read(source: Source, *, max_bytes: int) -> Listing:
        """Read a section page."""
        return read_section(source)


class TelegramSpider(OutletSpider):
    """Discovery by the web preview of a public channel."""

    @staticmethod
    def read(source: Source, *, max_bytes: int) -> Listing:
        """Read a channel's preview."""
        return read_channel(source)


class PageSpider(OutletSpider):
    """Fetches one page that was named by hand; nothing is stored."""

    due: DuePage
    answer: Received | None = None

    async def start(self) -> AsyncIterator[Request]:
        """Ask for the one page."""
        yield self.ask_page(self.due)

    def take_page(self, response: Response) -> None:
        """Judge the answer and hold it for the caller."""
        self.answer = with_judgement(received_of(response))

    def lose_page(self, failure: Failure) -> None:
        """Hold the failure for the caller."""
        self.answer = lost_of(failure)


SPIDERS: dict[str, type[OutletSpider]] = {
    "feed": FeedSpider,
    "sitemap": SitemapSpider,
    "section": SectionSpider,
    "telegram": TelegramSpider,
}
