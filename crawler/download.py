"""Turns Scrapy's requests into safe, polite fetches: robots.txt, the outlet's borders, the host's gate, the limits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Headers, HtmlResponse, Request, Response

from crawler.addresses import check_url
from crawler.fetch import Answer, Fetcher, Limits, Network
from crawler.gate import HostGates
from crawler.outcomes import FetchFailed, read_retry_after
from crawler.render import Renderer
from crawler.robots import Robots
from crawler.urls import is_own_host
from store.records import Outlet
from store.settings import CrawlSettings

if TYPE_CHECKING:
    from scrapy.crawler import Crawler as ScrapyCrawler

# A server that asks us to slow down without saying for how long.
REST_AFTER_429_SECONDS = 60.0
# An outlet that lets so many requests time out is left alone until the next visit.
MOST_TIMEOUTS_IN_A_ROW = 3


class Politeness:
    """What all crawls of one process share, so that they are polite together."""

    def __init__(self, settings: CrawlSettings, network: Network) -> None:
        self.settings = settings
        self.renderer = Renderer(settings.browser)
        self.network = network
        self.gates = HostGates(delay_seconds=settings.delay_seconds, concurrent=settings.concurrent_per_host)
        self.robots = Robots(self.gates, timeout_seconds=settings.timeout_seconds)
        self.places = asyncio.Semaphore(settings.concurrent)


@dataclass(slots=True, kw_only=True)
class Line:
    """One outlet's line to the network."""

    outlet: Outlet
    politeness: Politeness
    fetcher: Fetcher
    user_agent: str
    closed: bool = False
    timeouts_in_a_row: int = 0
    robots_asked: list[tuple[str, Answer | FetchFailed]] = field(default_factory=list)

    async def download(self, request: Request) -> Answer:
        """Fetch one request when the host's gate lets it pass; raises FetchFailed."""
        parts = urlsplit(request.url)
        gate = self.politeness.gates.gate(parts.netloc)
        settings = self.politeness.settings
        limits = Limits(timeout_seconds=settings.timeout_seconds, max_bytes=settings.max_page_bytes)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers_of(request)}
        async with gate.passing():
            if self.closed:
                raise FetchFailed("stopped")
            if (seconds := gate.seconds_closed()) > 0:
                raise FetchFailed("backed_off", retry_after_seconds=seconds)
            if self.timeouts_in_a_row >= MOST_TIMEOUTS_IN_A_ROW:
                raise FetchFailed("backed_off", "too many timeouts")
            async with self.politeness.places:
                answer = await self._fetch(request, headers, limits)
        retry_after = read_retry_after(answer.header("Retry-After"), now=datetime.now(UTC))
        if answer.status == 429 or (answer.status == 503 and retry_after is not None):
            gate.close_for(REST_AFTER_429_SECONDS if retry_after is None else retry_after)
        return answer

    def _is_rendered(self, request: Request) -> bool:
        """Whether scripts write what is asked for: a page, or a list of links (feeds are files)."""
        return self.outlet.render and (request.meta.get("kind") == "page" or self.outlet.kind == "section")

    async def _fetch(self, request: Request, headers: dict[str, str], limits: Limits) -> Answer:
        try:
            if self._is_rendered(request):
                answer = await self.politeness.renderer.fetch(request.url, headers, limits, self.fetcher)
            else:
                answer = await self.fetcher.fetch(request.url, headers, limits, method=request.method)
        except FetchFailed as failure:
            self.timeouts_in_a_row = self.timeouts_in_a_row + 1 if failure.outcome == "timeout" else 0
            if self.closed:
                raise FetchFailed("stopped") from failure
            raise
        self.timeouts_in_a_row = 0
        return answer

    def note_robots(self, url: str, answer: Answer | FetchFailed) -> None:
        """Remember for the log that a robots.txt was asked for."""
        self.robots_asked.append((url, answer))

    def check_borders(self, request: Request) -> None:
        """Raise FetchFailed where a page, or a redirect of one, leads out of the outlet's hosts."""
        check_url(request.url, allowed_private_hosts(self.outlet))
        parts = urlsplit(request.url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if request.meta.get("kind") != "page" or is_own_host(host, port, self.outlet.allowed_hosts):
            return
        raise FetchFailed("consent_wall" if host.startswith(("consent.", "guce.")) else "offsite", host)

    async def close(self) -> None:
        """Close the connections; requests under way and those that wait end at once."""
        self.closed = True
        await self.fetcher.close()


class PoliteMiddleware:
    """Asks robots.txt and the outlet's borders before each request, redirects and retries included."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @classmethod
    def from_crawler(cls, crawler: ScrapyCrawler) -> PoliteMiddleware:
        """Take the line that the spider was made with."""
        return cls(line_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Raise FetchFailed where the request must not be made."""
        line = self._line
        line.check_borders(request)
        if line.politeness.settings.robots:
            await line.politeness.robots.check(request.url, line.user_agent, line.fetcher, line.note_robots)


class SafeDownloadHandler(BaseDownloadHandler):
    """Scrapy's way to our fetcher."""

    def __init__(self, crawler: ScrapyCrawler) -> None:
        super().__init__(crawler)
        self._line = line_of(crawler)

    async def download_request(self, request: Request) -> Response:
        """Fetch, and note on the request what the log needs."""
        answer = await self._line.download(request)
        request.meta["wire_bytes"] = request.meta.get("wire_bytes", 0) + answer.wire_bytes
        request.meta["raw_headers"] = answer.headers
        request.meta["seconds"] = request.meta.get("seconds", 0.0) + answer.seconds
        kind = (answer.header("Content-Type") or "").lower()
        response_class = HtmlResponse if "html" in kind else Response
        return response_class(
            url=request.url, status=answer.status, headers=Headers(list(answer.headers)), body=answer.body
        )

    async def close(self) -> None:
        """The line is closed by whoever opened it."""


def line_of(crawler: ScrapyCrawler) -> Line:
    """Return the line that the crawl's spider was made with."""
    line = getattr(crawler.spider, "line", None)
    assert isinstance(line, Line)
    return line


def headers_of(request: Request) -> list[tuple[bytes, bytes]]:
    """Return a request's headers without those that the fetcher sets itself."""
    pairs: list[tuple[bytes, Any]] = [(name, values) for name, values in request.headers.items()]
    return [(name, value) for name, values in pairs for value in values if name.lower() != b"accept-encoding"]


def allowed_private_hosts(outlet: Outlet) -> frozenset[str]:
    """Return the hosts that may be private: those that the entry names itself, where it allows private ones."""
    return frozenset(outlet.allowed_hosts) if outlet.allow_private_hosts else frozenset()
