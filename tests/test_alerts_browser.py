"""HTML mails in a real browser: light and dark, desk and phone, both directions, inert. As a module: takes pictures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.names import load_names
from alerts.stories import Story
from alerts.wording import Form, write_message
from store.alert_settings import AlertSettings, ChannelSettings
from tests.alert_cases import cases
from tests.alert_wording import hostile_story

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
SIZES = {"phone": (360, 740), "desk": (1100, 800)}
CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const paper = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
      if (c !== 'rgba(0, 0, 0, 0)') return c } return 'rgb(255, 255, 255)' };
  return [...document.querySelectorAll('h1, p, a, td, th, li, blockquote')].map(e => {
      const [a, b] = [light(getComputedStyle(e).color), light(paper(e))].sort((x, y) => y - x);
      return [(a + 0.05) / (b + 0.05), e.tagName] }).sort((x, y) => x[0] - y[0])[0] }"""

BEYOND = """() => { const card = document.querySelector('.card').getBoundingClientRect();
  return [...document.querySelectorAll('.card *')].filter(e => { const box = e.getBoundingClientRect();
      return box.right > card.right || box.left < card.left }).map(e => e.outerHTML) }"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def mail_of(stories: list[Story], reason: str = "") -> str:
    channel = ChannelSettings.model_validate({"url": "mailto://localhost"})
    form = Form(format="html", body_length=30_000, title_length=200)
    settings = AlertSettings(base_url="https://desk.example", time_zone="Asia/Baghdad")
    return write_message(stories, channel, settings, form, load_names(), reason=reason).body


MAILS = {case.name: mail_of(case.stories, case.reason) for case in cases()}
SHOWN = ("claimed by a facade", "correction toll", "held in quiet hours", "daily digest", "channel fails")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("name", SHOWN)
def test_mail_fits_and_can_be_read(browser: Any, name: str, size: str, scheme: str) -> None:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(MAILS[name])
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert page.evaluate(BEYOND) == []
    ratio, tag = page.evaluate(CONTRAST)
    assert ratio >= 4.5, tag
    directions = page.eval_on_selector_all(".block", "blocks => blocks.map(b => getComputedStyle(b).direction)")
    assert directions == ["rtl", "ltr"]
    starts = page.eval_on_selector_all("h1", "all => all.map(h => getComputedStyle(h).textAlign)")
    assert set(starts) <= {"start"}
    assert asked == []  # nothing is fetched by opening the mail
    page.close()


def test_dark_is_dark(browser: Any) -> None:
    papers = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.set_content(MAILS["claimed by a facade"])
        papers.append(page.eval_on_selector(".card", "card => getComputedStyle(card).backgroundColor"))
        page.close()
    assert papers == ["rgb(255, 255, 255)", "rgb(29, 33, 38)"]


def test_hostile_report_does_nothing_in_a_mail(browser: Any) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: said.append(request.url))
    page.set_content(mail_of([hostile_story()]))
    assert page.locator("script, iframe, form, img").count() == 0
    assert "<script>alert(1)</script>" in page.inner_text("blockquote").replace("\u2060", "")
    links = page.eval_on_selector_all("a", "all => all.map(a => new URL(a.href).hostname)")
    assert set(links) == {"alnahr.example", "www.openstreetmap.org", "desk.example"}
    assert said == []
    page.close()


def take_pictures(folder: Path) -> None:
    """Write the pictures that docs/alerts.md shows."""
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, size, scheme in (
            ("claimed by a facade", "desk", "light"), ("claimed by a facade", "phone", "dark"),
            ("correction toll", "phone", "light"), ("daily digest", "desk", "light"),
        ):  # fmt: skip
            width, _ = SIZES[size]
            page = chromium.new_page(viewport={"width": min(width, 720), "height": 200}, color_scheme=scheme)
            page.set_content(MAILS[name])
            page.screenshot(path=folder / f"mail-{name.replace(' ', '-')}-{size}-{scheme}.png", full_page=True)
        chromium.close()


if __name__ == "__main__":
    take_pictures(Path(__file__).parents[1] / "docs" / "images")
