"""Turns one part of a source into batches of coded articles; it runs in workers and touches no database."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType

from crawler.urls import canonical_url, stated_canonical
from extract.coder import code_report
from extract.gate import has_trigger
from extract.language import detect_language
from extract.page import PageResult, extract_page
from extract.text import fold
from history.filters import OutletIndex, may_hold_arabic, refuse_article_day, refuse_body, refuse_head
from history.records import Batch, Broken, Entry, Found, Job, Part, PartResult, Unreachable, Wanted
from store.records import Article, Coding, Outlet, Page, Rejected, Report

RECORDS_A_BATCH = 100  # what a killed run reads again at most, besides the parts under way


class TooLong(Exception):
    """A record's time is over."""


def read_part(job: Job) -> PartResult:
    """Read, filter, extract and code the job's part from where it stands; what a record holds never raises.

    A part on the web that cannot be fetched is one to be tried again another time.
    """
    try:
        return PartResult(part=job.part, batches=tuple(read_batches(job)))
    except Unreachable as error:
        return PartResult(part=job.part, problem=str(error))


def read_batches(job: Job) -> list[Batch]:
    """The part's records in batches."""
    batches: list[Batch] = []
    index = index_of(job.wanted.outlets)
    start, counts, found, broken = job.start, Counter[str](), list[Found](), list[Broken]()
    for entry in open_part(job.part, job.start):
        if counts["records"] >= RECORDS_A_BATCH:
            batches.append(
                Batch(start=start, next=entry.position, found=tuple(found), counts=dict(counts), broken=tuple(broken))
            )
            start, counts, found, broken = entry.position, Counter(), [], []
        counts["records"] += 1
        note_position(job, entry.position)
        outcome = judge_entry(entry, job, index)
        if isinstance(outcome, Broken):
            broken.append(outcome)
        elif isinstance(outcome, str):
            counts[outcome] += 1
        else:
            found.append(outcome)
    last = Batch(start=start, next=job.part.stop, found=tuple(found), counts=dict(counts), broken=tuple(broken))
    return [*batches, last]


def open_part(part: Part, start: int) -> Iterator[Entry | Broken]:
    """The part's records from `start` on, by the reader of its kind."""
    if part.remote is not None:
        from history.remote import read_remote

        return read_remote(part, part.remote, start)
    if part.kind == "warc":
        from history.warc import read_warc

        return read_warc(part, start)
    if part.kind == "pages":
        from history.folders import read_pages

        return read_pages(part, start)
    from history.tables import read_lines, read_parquet

    return read_parquet(part, start) if part.kind == "parquet" else read_lines(part, start)


def note_position(job: Job, position: int) -> None:
    """Write down which record is read, so that one that kills its worker can be named."""
    if job.mark is not None:
        job.mark.write_text(str(position), encoding="ascii")


def judge_entry(entry: Entry | Broken, job: Job, index: OutletIndex) -> Found | Broken | str:
    """What a record gives: an article or a refusal by extraction, a word why it is left out, or that it is broken."""
    if isinstance(entry, Broken):
        return entry
    if entry.position in job.deadly:
        return Broken(position=entry.position, problem=f"{entry.url}: killed its worker")
    try:
        with time_limit(job.wanted.page_seconds):
            return read_entry(entry, job.wanted, index)
    except OSError as error:
        return Broken(position=entry.position, problem=f"{entry.url}: {' '.join(str(error).split())}")
    except TooLong:
        return Broken(position=entry.position, problem=f"{entry.url}: took over {job.wanted.page_seconds:g} s")
    except Exception as error:  # one record's border: a bug that it meets costs this record alone
        return Broken(position=entry.position, problem=f"{entry.url}: {type(error).__name__}: {error}")


def read_entry(entry: Entry, wanted: Wanted, index: OutletIndex) -> Found | str:
    """Apply the filters, cheapest first, then extract and code."""
    name = entry.report.outlet if entry.report else None
    outlet, known = index.find(entry.url, name)
    if refusal := refuse_head(entry, wanted, outlet, known=known):
        return refusal
    if entry.report is not None:
        return read_report(entry, entry.report, outlet, wanted)
    body = entry.load()
    if refusal := refuse_body(body, entry.content_type, wanted):
        return refusal
    page = Page(
        outlet_id=outlet.id, url=name_page(entry, body, outlet), requested_url=entry.url, status=entry.status,
        content_type=entry.content_type, body=body, fetched_at=entry.captured,
    )  # fmt: skip
    return choose_result(extract_page(page, outlet), outlet, entry, wanted)


def name_page(entry: Entry, body: bytes, outlet: Outlet) -> str:
    """The address under which the live crawler would have stored the page."""
    if not entry.url.startswith(("http://", "https://")):
        return entry.url
    return stated_canonical(body, entry.url, outlet.allowed_hosts)


def read_report(entry: Entry, report: Report, outlet: Outlet, wanted: Wanted) -> Found | str:
    """An article that comes as title and text."""
    if not may_hold_arabic(report.text.encode("utf-8", "replace")):
        return "no_arabic"
    if not wanted.every_article and not speaks_of_attack(report.title, report.text):
        return "no_trigger"
    url = canonical_url(entry.url, outlet.allowed_hosts) or entry.url
    if not detect_language(report.text).is_arabic:
        rejected = Rejected(outlet_id=outlet.id, url=url, reason="not_arabic")
        return Found(outlet=outlet, captured=entry.captured, rejected=rejected)
    article = Article(
        outlet_id=outlet.id, url=url, title=report.title, text=report.text, published=report.published,
        published_precision=report.published_precision if report.published else None, published_from=None, author=None,
        language="ar",
    )  # fmt: skip
    return choose_result(PageResult(article=article, coding=code_report(report)), outlet, entry, wanted)


def choose_result(result: PageResult, outlet: Outlet, entry: Entry, wanted: Wanted) -> Found | str:
    """Leave out what is not wanted by its own words and day, whatever the page around it said."""
    article = result.article
    if article is None:
        return Found(outlet=outlet, captured=entry.captured, rejected=result.rejected)
    if not wanted.every_article and not speaks_of_attack(article.title, article.text):
        return "no_trigger"
    if refusal := refuse_article_day(article, entry.captured, wanted):
        return refusal
    coding = result.coding or Coding(language=article.language)
    return Found(outlet=outlet, captured=entry.captured, article=article, coding=coding)


def speaks_of_attack(title: str | None, text: str) -> bool:
    """Whether an article holds any word from which the coder starts."""
    return has_trigger(fold(title or "")) or has_trigger(fold(text))


@lru_cache(maxsize=2)
def index_of(outlets: tuple[Outlet, ...]) -> OutletIndex:
    """The index of the known outlets, made once a process."""
    return OutletIndex(outlets)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooLong after `seconds`; outside a process's main thread, which alone hears signals, there is no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def prepare_worker() -> None:
    """Load what reading needs and leave Ctrl-C to the process that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
