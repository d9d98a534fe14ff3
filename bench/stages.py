"""Turns pages of 107 KB into what each stage of their way costs on one core, beside a reference timed then."""

from __future__ import annotations

import gzip
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from lxml import html as lxml_html
from trafilatura import bare_extraction

from bench.archive import make_page, read_gold, tell_daily_news, tell_elsewhere, tell_incident
from bench.crawl_rate import time_reference
from crawler.warc import page_records
from extract.coder import code_report
from extract.language import detect_language
from extract.page import as_report, extract_page
from extract.pages.encoding import decode_page
from history.filters import refuse_body
from history.reading import open_part
from history.records import Entry, Wanted
from history.sources import plan_parts
from intake.articles import take_article
from intake.copies import find_alike, sketch_text
from intake.linkage import link_mentions
from intake.replay import unknown_outlet
from store.alert_settings import AlertSettings
from store.database import Database, open_database, transaction
from store.records import Article, Coding, Page

INCIDENTS = 0.05  # of all pages, in the sum
Row = dict[str, Any]


def measure_stages(pages: int, runs: int) -> list[Row]:
    """A row a stage: CPU milliseconds a page, and how often the reference fits into them."""
    quiet, told = make_quiet(pages), make_told(pages)
    outlet = unknown_outlet("bench")
    results = [extract_page(page, outlet) for page in (*quiet, *told)]
    found = [(result.article, result.coding) for result in results if result.article and result.coding]
    assert len(found) == 2 * pages, "every page gives its article"
    reports = [as_report(article) for article, _ in found]
    assert all(coding.mentions for _, coding in found[pages:]), "every other page tells of an incident"
    rows = [
        time_stage("reference: trafilatura, fast, with metadata", [partial(run_nothing)], 1),
        time_stage("limit: lxml parses the page", [partial(parse, page) for page in quiet], runs),
        *measure_reading(quiet[:20], runs),
        *measure_filters(quiet, runs),
        time_stage("trafilatura on the same pages", [partial(read_bare, page) for page in quiet], runs),
        time_stage("page to coded article, daily news", [partial(extract_page, page, outlet) for page in quiet], runs),
        time_stage("page to coded article, incident", [partial(extract_page, page, outlet) for page in told], runs),
        time_stage("language", [partial(detect_language, article.text) for article, _ in found], runs),
        time_stage("code, daily news", [partial(code_report, report) for report in reports[:pages]], runs),
        time_stage("code, incident", [partial(code_report, report) for report in reports[pages:]], runs),
    ]
    return rows + measure_intake(found[:pages], found[pages:])


def make_quiet(count: int) -> list[Page]:
    """Arabic pages of daily news."""
    return [
        make_page(tell_daily_news(number, random.Random(number)), f"https://bench.example/quiet/{number}")
        for number in range(count)
    ]


def make_told(count: int) -> list[Page]:
    """Pages of the project's own reports on incidents, those of which the coder reads any."""
    pages: list[Page] = []
    for number, row in enumerate(read_gold()):
        page = make_page(tell_incident(row, random.Random(number)), f"https://bench.example/told/{number}")
        coding = extract_page(page, unknown_outlet("bench")).coding
        if coding is not None and coding.mentions:
            pages.append(page)
        if len(pages) == count:
            break
    return pages


def measure_reading(pages: Sequence[Page], runs: int) -> Iterator[Row]:
    """A WARC record unpacked and its body loaded."""
    with tempfile.TemporaryDirectory(prefix="marsad-bench-") as folder:
        path = Path(folder) / "pages.warc.gz"
        path.write_bytes(b"".join(gzip.compress(record) for page in pages for record in page_records(page)))
        part = plan_parts([path])[0]

        def read() -> None:
            for entry in open_part(part, 0):
                assert isinstance(entry, Entry)
                entry.load()

        row = time_stage("read a record of a .warc.gz", [read], runs)
    yield row | {"cpu_ms": row["cpu_ms"] / len(pages), "ratio": row["ratio"] / len(pages)}


def measure_filters(quiet: Sequence[Page], runs: int) -> Iterator[Row]:
    """What a page costs that is left out before extraction."""
    others = [make_page(tell_elsewhere(n, random.Random(n)), f"https://bench.example/{n}") for n in range(len(quiet))]
    for name, pages in (("left out: other languages", others), ("left out: Arabic, no word of attack", quiet)):
        calls = [partial(refuse_body, page.body or b"", page.content_type, Wanted()) for page in pages]
        assert all(call() for call in calls)
        yield time_stage(name, calls, runs)


def measure_intake(quiet: Sequence[tuple[Article, Coding]], told: Sequence[tuple[Article, Coding]]) -> list[Row]:
    """Near-copies, linking and the whole intake, in a new database on disk; each article is stored once."""
    with fresh_database() as db:  # loads what intake needs
        take(db, *told[0], silent=False)
    with fresh_database() as db:
        stored = time_stage("store, daily news", [partial(take, db, *one, silent=True) for one in quiet], 1)
        linked = time_stage("store and link, incident", [partial(take, db, *one, silent=True) for one in told], 1)
        sketches = [sketch_text(article.text) for article, _ in told]
        copies = time_stage("of it: near-copies", [partial(find_alike, db, *sketch) for sketch in sketches], 3)
        links = [
            partial(
                link_mentions, db, coding.mentions, at=article.published or datetime.now(UTC), alike={},
                original_id=None, before=(),
            )
            for article, coding in told
        ]  # fmt: skip
        linking = time_stage("of it: linking", links, 3)
    with fresh_database() as db:
        fresh = [(replace(article, published=datetime.now(UTC)), coding) for article, coding in told]
        calls = [partial(take, db, *one, silent=False) for one in fresh]
        alerted = time_stage("store, link and queue alerts", calls, 1)
        queued = db.execute("SELECT count(*) FROM alerts").fetchone()[0]
        assert queued, "fresh incidents are alerted"
    return [stored, linked, copies, linking, alerted]


def take(db: Database, article: Article, coding: Coding, *, silent: bool) -> None:
    """Take in one article, in a transaction of its own."""
    now = datetime.now(UTC) if not silent else article.published or datetime.now(UTC)
    with transaction(db):
        take_article(
            db, article, coding, outlet=unknown_outlet("bench"), settings=AlertSettings(), now=now, first_seen_at=now,
            silent=silent,
        )  # fmt: skip


@contextmanager
def fresh_database() -> Iterator[Database]:
    """A new database in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="marsad-bench-") as folder:
        db = open_database(Path(folder) / "bench.db")
        try:
            yield db
        finally:
            db.close()


def time_stage(name: str, calls: Sequence[Callable[[], object]], runs: int) -> Row:
    """CPU milliseconds a call, the median of the runs, and their ratio to the reference before and after."""
    before = time_reference()
    times = []
    for _ in range(runs):
        began = time.process_time()
        for call in calls:
            call()
        times.append(1000 * (time.process_time() - began) / len(calls))
    reference = (before + time_reference()) / 2
    cpu = reference if name.startswith("reference") else statistics.median(times)
    return {"stage": name, "cpu_ms": cpu, "ratio": cpu / reference}


def run_nothing() -> None:
    """The reference is its own measure."""


def parse(page: Page) -> None:
    """Decode and parse a page, and nothing more."""
    lxml_html.document_fromstring(decode_page(page.body or b"", page.content_type).text)


def read_bare(page: Page) -> None:
    """Read a page by trafilatura alone, as the reference does."""
    bare_extraction(decode_page(page.body or b"", page.content_type).text, fast=True, with_metadata=True)


def sum_path(rows: Sequence[Row]) -> Row:
    """The path after fetching for pages of which one in twenty tells of an incident."""
    by_name = {row["stage"]: row["ratio"] for row in rows}
    quiet = by_name["page to coded article, daily news"] + by_name["store, daily news"]
    told = by_name["page to coded article, incident"] + by_name["store, link and queue alerts"]
    ratio = (1 - INCIDENTS) * quiet + INCIDENTS * told
    return {"stage": "whole path after fetching, 5 % incidents", "cpu_ms": ratio * rows[0]["cpu_ms"], "ratio": ratio}
