"""Walks through twenty cards of the queue in a real browser, with the README's keys alone, and says how long it took.

Usage: python -m bench.review_walk [--database PATH] [--folder PICTURES]

Without a database the embedded newsroom's demo must have been run (`marsad demo`). A reader's time is reckoned from the
coded fields, headlines and marked words of each card at READ_WORDS_A_MINUTE; the clock's own time is that of pages and
keys.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.review_scale import serving
from store.overview import percentile

CARDS = 20
READ_WORDS_A_MINUTE = 180.0
DECIDE_SECONDS = 2.0  # a key is found and pressed
REJECT_EVERY, UNDO_EVERY = 5, 10


def judge_card(page: Page, number: int) -> tuple[int, int, str]:
    """Judge the first card; the words that it shows, the reports that it holds, and what was done."""
    card = page.locator(".card").first
    reports = int(card.locator(".facts bdi").first.inner_text().split("/")[1])
    # the coded fields, the headlines and the words marked in the texts; the rest is read in doubt
    parts = card.locator(".short, h2, h3, p mark").all_inner_texts()
    words = len(" ".join(parts).split())
    name = card.get_attribute("id")
    if number % REJECT_EVERY == REJECT_EVERY - 1:
        page.keyboard.press("4")
        deed = "reject"
    else:
        page.keyboard.press("c")
        deed = "confirm"
    page.wait_for_selector(f'[id="{name}"]', state="detached")
    if number % UNDO_EVERY == UNDO_EVERY - 1:
        page.keyboard.press("u")
        page.wait_for_selector(f'[id="{name}"].selected')
        page.keyboard.press("c")
        page.wait_for_selector(f'[id="{name}"]', state="detached")
        deed += ", undone, confirm"
    return words, reports, deed


def main() -> None:
    """Walk and print a line a card, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", type=Path, default=Path("demo/marsad.db"))
    parser.add_argument("--folder", type=Path, help="a picture of the first and last card")
    given = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marsad.db"
        with sqlite3.connect(given.database) as source, sqlite3.connect(path) as copy:
            source.backup(copy)
        for url, _ in serving(path):
            walk(url, chromium, given.folder)


def walk(url: str, chromium: str | None, pictures: Path | None) -> None:
    """The walk itself."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{url}/queue")
        taken, reading, told, after_reports = [], 0.0, 0, ""
        for number in range(CARDS):
            page.wait_for_load_state("load")
            if page.locator(".card").count() == 0:
                print(f"the queue is empty after {number} cards")
                break
            if pictures and number == 0:
                page.screenshot(path=str(pictures / "walk-first.png"))
            begun = time.monotonic()
            words, reports, deed = judge_card(page, number)
            taken.append(time.monotonic() - begun)
            reading += 60 * words / READ_WORDS_A_MINUTE + DECIDE_SECONDS
            told += reports
            minutes = (sum(taken) + reading) / 60
            after_reports = after_reports or (f"{CARDS} reports after {minutes:.1f} min" if told >= CARDS else "")
            print(f"{number + 1}: {words} words, {reports} reports, {taken[-1]:.1f} s, {deed}")
        if pictures:
            page.screenshot(path=str(pictures / "walk-last.png"))
        browser.close()
    longest = percentile(taken, 1.0) or 0.0
    print(f"{len(taken)} cards: pages and keys {sum(taken):.0f} s (longest {longest:.1f} s)", end="")
    print(f", reckoned reading {reading:.0f} s, together {(sum(taken) + reading) / 60:.1f} min", end="")
    print(f"; {told} reports, {after_reports}")


if __name__ == "__main__":
    main()
