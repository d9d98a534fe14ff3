"""Turns a page that its scripts write into the HTML that a reader sees, in a browser that has no way to the network.

The browser asks, our fetcher answers: what a page's scripts load goes through the same checks of addresses, size and
time as the page itself. Needs the extra `browser` (Playwright) and a Chromium.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.fetch import Answer, Fetcher, Limits
from crawler.outcomes import FetchFailed

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright, Route, WebSocketRoute

NAMES = ("chromium", "chromium-browser", "google-chrome")
AT_ONCE = 2  # pages: each takes some hundred megabytes
PAGES_A_BROWSER = 200  # then a fresh one takes over, so that what leaks goes with the old one
SETTLE_SECONDS = 5.0  # that scripts may take after the page has loaded
MOST_REQUESTS = 150  # of one page
MOST_REDIRECTS = 5
# What a text needs; pictures, films and fonts are not asked for.
LOADED = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
# Nothing that slips past the interception finds a way out: no name resolves, and every connection ends at a dead proxy.
NO_NETWORK = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
)
NOT_PASSED_ON = frozenset({"content-encoding", "content-length", "transfer-encoding", "set-cookie", "connection"})


class Renderer:
    """One browser for all crawls of a process; started at the first page that needs it."""

    def __init__(self, executable: str | None = None) -> None:
        self._executable = executable or next((path for name in NAMES if (path := shutil.which(name))), None)
        self._places = asyncio.Semaphore(AT_ONCE)
        self._opening = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._pages = 0
        self._busy = 0

    async def fetch(self, url: str, headers: Mapping[str, str], limits: Limits, fetcher: Fetcher) -> Answer:
        """Fetch a page and let its scripts write it; what is no HTML page comes as it is. Raises FetchFailed."""
        started = time.monotonic()
        answer = await fetcher.fetch(url, headers, limits)
        if answer.status != 200 or "html" not in (answer.header("Content-Type") or "").lower():
            return answer
        try:
            async with self._places, asyncio.timeout(limits.timeout_seconds):
                rendered, loaded_bytes = await self._render(answer, headers, limits, fetcher)
        except TimeoutError as error:
            raise FetchFailed("timeout", "while its scripts ran", wire_bytes=answer.wire_bytes) from error
        if len(rendered) > limits.max_bytes:
            raise FetchFailed("too_large", "after its scripts ran", wire_bytes=answer.wire_bytes)
        kept = [(name, value) for name, value in answer.headers if name.lower() != "content-type"]
        return replace(
            answer,
            headers=(*kept, ("Content-Type", "text/html; charset=utf-8")),
            body=rendered,
            wire_bytes=answer.wire_bytes + loaded_bytes,
            seconds=time.monotonic() - started,
        )

    async def _render(
        self, answer: Answer, headers: Mapping[str, str], limits: Limits, fetcher: Fetcher
    ) -> tuple[bytes, int]:
        try:
            from playwright.async_api import Error
        except ImportError as error:
            raise FetchFailed("no_browser", "the extra `browser` is not installed") from error
        context: BrowserContext | None = None
        loads = _Loads(answer=answer, headers=headers, limits=limits, fetcher=fetcher)
        try:
            browser = await self._open()
            self._busy += 1
            try:
                context = await browser.new_context(
                    user_agent=headers.get("User-Agent"), locale="ar", service_workers="block", accept_downloads=False
                )
                await context.route("**/*", loads.handle)
                await context.route_web_socket("**/*", refuse_socket)
                page = await context.new_page()
                await page.goto(answer.url, wait_until="load", timeout=limits.timeout_seconds * 1000)
                with suppress(Error):  # a page that polls for ever has settled as well
                    await page.wait_for_load_state("networkidle", timeout=SETTLE_SECONDS * 1000)
                return (await page.content()).encode(), loads.wire_bytes
            finally:
                self._busy -= 1
                if context is not None:
                    with suppress(Error):
                        await context.close()
        except Error as error:
            raise FetchFailed("no_browser", error.message.partition("\n")[0][:200]) from error

    async def _open(self) -> Browser:
        async with self._opening:
            worn = self._pages >= PAGES_A_BROWSER and self._busy == 0
            if self._browser is not None and (worn or not self._browser.is_connected()):
                await self._end()
            if self._browser is None:
                from playwright.async_api import async_playwright

                self._playwright = await async_playwright().start()
                # Chromium's own sandbox does not start as root.
                sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
                self._browser = await self._playwright.chromium.launch(
                    executable_path=self._executable, args=[*sandbox, *NO_NETWORK]
                )
                self._pages = 0
            self._pages += 1
            return self._browser

    async def _end(self) -> None:
        browser, playwright = self._browser, self._playwright
        self._browser = self._playwright = None
        for part in (browser.close if browser else None, playwright.stop if playwright else None):
            if part is not None:
                with suppress(Exception):  # it is gone already
                    await part()

    async def close(self) -> None:
        """End the browser."""
        async with self._opening:
            await self._end()


@dataclass(kw_only=True)  # without slots: Playwright hangs a mark of its own on whoever handles its events
class _Loads:
    """What one page asks for while its scripts run."""

    answer: Answer
    headers: Mapping[str, str]
    limits: Limits
    fetcher: Fetcher
    count: int = 0
    wire_bytes: int = 0
    is_shown: bool = False

    async def handle(self, route: Route) -> None:
        """Answer one request of the page out of our own fetch, or refuse it."""
        request = route.request
        self.count += 1
        if request.resource_type == "document":  # the page itself, once: neither frames nor a way to other pages
            if self.is_shown or request.url.partition("#")[0] != self.answer.url.partition("#")[0]:
                await route.fulfill(status=204)  # which leaves what is shown as it is; a refusal would replace it
                return
            self.is_shown = True
            await self._pass_on(route, self.answer)
        elif request.method != "GET" or request.resource_type not in LOADED or self.count > MOST_REQUESTS:
            await route.abort()
        else:
            try:
                found = await self._load(request.url)
            except FetchFailed:
                await route.abort()
            else:
                await self._pass_on(route, found)

    async def _load(self, url: str) -> Answer:
        asked = {"User-Agent": self.headers.get("User-Agent", ""), "Accept": "*/*", "Referer": self.answer.url}
        for _ in range(MOST_REDIRECTS):
            left = self.limits.max_bytes - self.wire_bytes
            if left <= 0:
                raise FetchFailed("too_large", "what its scripts load")
            limits = Limits(timeout_seconds=self.limits.timeout_seconds, max_bytes=left)
            answer = await self.fetcher.fetch(url, asked, limits)
            self.wire_bytes += answer.wire_bytes
            location = answer.header("Location")
            if not 300 <= answer.status < 400 or location is None:
                return answer
            url = urljoin(url, location)
        raise FetchFailed("redirect_loop")

    async def _pass_on(self, route: Route, answer: Answer) -> None:
        headers = {name: value for name, value in answer.headers if name.lower() not in NOT_PASSED_ON}
        with suppress(Exception):  # the page was closed meanwhile
            await route.fulfill(status=answer.status, headers=headers, body=answer.body)


async def refuse_socket(socket: WebSocketRoute) -> None:
    """Close a socket that a script opens."""
    await socket.close()
