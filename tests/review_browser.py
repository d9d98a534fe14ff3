"""Opens the review's pages in a real browser for a test, which fails where a page complains or asks elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from tests.review_site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def find_chromium() -> str:
    """Chromium on this machine; skips with the reason where there is none, which CI does not accept."""
    found = os.environ.get("MARSAD_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    reason = f"no Chromium here (looked for {', '.join(BROWSERS)}, and for MARSAD_CHROMIUM)"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI must have one")
    pytest.skip(reason)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """The system's Chromium."""
    chromium = find_chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@dataclass
class Tab:
    """A page with all that it complained of and every address that it asked."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        for name in ("map", "bars"):
            if self.page.locator(f"#{name} [data-canvas]").count():
                self.page.wait_for_selector(f"#{name}[data-ready]")
        return self.page


def open_tab(browser: Browser, site: Site, **options: Any) -> Iterator[Tab]:
    context = browser.new_context(**{"viewport": DESK, "locale": "ar", **options})
    page = context.new_page()
    page.set_default_timeout(10_000)
    tab = Tab(page=page, url=site.url)
    page.on("console", lambda m: tab.complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    page.on("request", lambda request: tab.asked.append(request.url))
    yield tab
    context.close()
    assert not tab.complaints, tab.complaints
    outside = [address for address in tab.asked if not address.startswith((site.url, "data:"))]
    assert not outside, outside
