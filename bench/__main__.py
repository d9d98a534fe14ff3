"""Turns the newsroom's articles into rates: what reading a page, coding a report and taking it in cost on one core."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.request import urlopen

from extract.coder import code_report
from extract.page import PageResult, as_report, extract_page
from intake import take_in
from newsroom.server import Newsroom
from store.database import open_database, transaction
from store.pages import StoredPage, next_pages, save_page
from store.records import Outlet, Page
from store.settings import Settings


def main() -> None:
    """Measure each stage over all of the newsroom's articles and print median and 95th percentile in milliseconds."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how often each page is read (default 3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    with Newsroom() as newsroom:
        while not newsroom.is_over:
            newsroom.advance()
        pages = fetch_pages(newsroom)
    figures = measure(pages, arguments.runs)
    if arguments.json:
        print(json.dumps(figures))
        return
    print(f"{len(pages)} pages of the embedded newsroom, one core, milliseconds")
    for stage, row in figures.items():
        rate = f"{row['a_second']:.0f} a second"
        print(f"  {stage:<22} median {row['median_ms']:6.2f}   p95 {row['p95_ms']:6.2f}   {rate}")


def fetch_pages(newsroom: Newsroom) -> list[tuple[Page, Outlet]]:
    """Every article's page as its server sends it."""
    outlets = {outlet.id: outlet for outlet in newsroom.outlets()}
    pages = []
    for article in newsroom.truth().articles:
        try:
            with urlopen(article.url, timeout=10) as answer:
                body, content_type = answer.read(), answer.headers["Content-Type"]
        except OSError:
            continue  # an outlet that refuses its pages
        page = Page(
            outlet_id=article.outlet, url=article.url, requested_url=article.url, status=200,
            content_type=content_type, body=body, fetched_at=datetime.now(UTC),
        )  # fmt: skip
        pages.append((page, outlets[article.outlet]))
    return pages


def measure(pages: list[tuple[Page, Outlet]], runs: int) -> dict[str, dict[str, float]]:
    """Time each stage page by page, after one run that loads everything."""
    results = {page.url: extract_page(page, outlet) for page, outlet in pages}
    articles = [result.article for result in results.values() if result.article is not None]
    reports = [as_report(article) for article in articles]
    reading = [time_call(partial(extract_page, page, outlet)) for page, outlet in pages * runs]
    coding = [time_call(partial(code_report, report)) for report in reports * runs]
    return {
        "page to coded article": sum_up(reading),
        "report to coding": sum_up(coding),
        "take in and link": sum_up(time_intake(pages, results)),
    }


def time_intake(pages: list[tuple[Page, Outlet]], results: dict[str, PageResult]) -> list[float]:
    """Take all pages in, into a new database on disk, each in its own transaction."""
    outlets = {outlet.id: outlet for _, outlet in pages}
    settings = Settings()
    with tempfile.TemporaryDirectory(prefix="marsad-bench-") as folder:
        db = open_database(Path(folder) / "bench.db")
        with transaction(db):
            for page, _ in pages:
                save_page(db, page, first_visit=False)
        waiting = next_pages(db, len(pages))

        def take(stored: StoredPage) -> object:
            outlet = outlets[stored.page.outlet_id]
            return take_in(
                db, stored, results[stored.page.url], outlet=outlet, settings=settings, now=stored.page.fetched_at
            )

        seconds = [time_call(partial(take, stored)) for stored in waiting]
        db.close()
    return seconds


def time_call(function: Callable[[], object]) -> float:
    """The seconds that a call takes."""
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def sum_up(seconds: list[float]) -> dict[str, float]:
    """Median, 95th percentile and rate."""
    median = statistics.median(seconds)
    p95 = sorted(seconds)[max(0, round(0.95 * len(seconds)) - 1)]
    return {
        "median_ms": round(median * 1000, 3), "p95_ms": round(p95 * 1000, 3),
        "a_second": round(len(seconds) / sum(seconds), 1),
    }  # fmt: skip


if __name__ == "__main__":
    main()
