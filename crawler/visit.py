"""Turns the answers of one visit to one outlet into rows, and what is remembered into the next requests."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from crawler.fetch import Answer
from crawler.listing import Listed, Listing
from crawler.outcomes import WORKED, FetchFailed, classify_status, load_outcomes
from crawler.pace import next_page_try, next_recheck
from crawler.urls import stated_canonical
from store.database import Database, transaction
from store.listed import (
    DuePage,
    ListedPage,
    Noted,
    due_pages,
    mark_listed_failed,
    mark_listed_fetched,
    note_listed,
)
from store.outlets import Fetch, OutletState, SourceMemory, log_fetch, read_source, save_source
from store.pages import save_page
from store.records import Outlet, Page
from store.settings import CrawlSettings

Clock = Callable[[], datetime]
WHOLE_READING_EVERY = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One answer as the spider hands it on, after redirects; `problem` names why it is of no use, `ok` that it is."""

    url: str  # as asked
    final_url: str
    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)  # lower-case names
    raw_headers: tuple[tuple[str, str], ...] = ()  # as they came
    body: bytes = b""
    outcome: str = "ok"
    digest: str | None = None  # of an article's own words
    detail: str | None = None
    wire_bytes: int = 0
    seconds: float = 0.0
    retry_after_seconds: float | None = None


@dataclass(slots=True)
class Visit:
    """One visit to one outlet: what was found, and what goes to the store, one page a transaction."""

    outlet: Outlet
    settings: CrawlSettings
    db: Database
    clock: Clock
    state: OutletState
    sources: Counter[str] = field(default_factory=Counter)  # outcomes of feeds, sitemaps, sections
    pages: Counter[str] = field(default_factory=Counter)  # outcomes of pages
    listed: int = 0
    new: int = 0
    changed: int = 0
    saved: int = 0
    wire_bytes: int = 0
    retry_after_seconds: float = 0.0
    gap: bool = False  # a source listed nothing that was known: articles may have come and gone between two polls
    out_of_time: bool = False
    store_fault: Exception | None = None  # of disk, lock or file: nothing is known of the outlet then

    # -- sources ------------------------------------------------------------------------------------------------

    def source_headers(self, url: str) -> dict[str, str]:
        """Return the headers of a conditional GET of a source."""
        memory = read_source(self.db, self.outlet.id, url)
        return conditional_headers(memory.etag, memory.last_modified)

    def is_asked_by_length(self, url: str) -> bool:
        """Tell whether a source that ignores conditional requests is asked for its length first, by HEAD.

        Every two hours it is read whole all the same: once in a thousand times a change leaves the length as it was.
        """
        memory = read_source(self.db, self.outlet.id, url)
        if memory.length is None or memory.length < 0 or memory.fetched_at is None or self.outlet.render:
            return False
        return self.clock() - memory.fetched_at < WHOLE_READING_EVERY

    def is_same_length(self, answer: Received) -> bool:
        """Tell whether HEAD says the length of last time; one that says none is not asked so again."""
        memory = read_source(self.db, self.outlet.id, answer.url)
        length = stated_length(answer)
        if answer.status == 200 and length == memory.length:
            return True
        if answer.status != 200 or length is None:
            with transaction(self.db):
                save_source(self.db, self.outlet.id, answer.url, replace(memory, length=-1))
        return False

    def keep_unchanged(self, answer: Received) -> None:
        """Keep that a source sent all again though nothing had changed: the next time its length is asked first."""
        memory = read_source(self.db, self.outlet.id, answer.url)
        length = stated_length(answer)
        length = -1 if memory.length == -1 or length is None else length
        with transaction(self.db):
            save_source(self.db, self.outlet.id, answer.url, replace(memory, length=length, fetched_at=self.clock()))
        self.note_source(answer, "unchanged")

    def keep_not_modified(self, answer: Received) -> None:
        """Keep that a source knows conditional requests, whatever it did before."""
        memory = read_source(self.db, self.outlet.id, answer.url)
        if memory.length is not None:
            with transaction(self.db):
                save_source(self.db, self.outlet.id, answer.url, replace(memory, length=None))
        self.note_source(answer, "not_modified")

    def is_dear(self) -> bool:
        """Tell whether asking costs the whole listing even when nothing is new: no 304, and no length to ask for."""
        memories = (read_source(self.db, self.outlet.id, url) for url in self.outlet.urls)
        return self.outlet.render or any(memory.length == -1 for memory in memories)

    def is_first_reading(self, url: str) -> bool:
        """Tell whether a source was never read: all that it lists now was there before us."""
        return self.state.is_first_visit or read_source(self.db, self.outlet.id, url).fetched_at is None

    def is_unchanged(self, answer: Received) -> bool:
        """Tell whether a source's body is the same as last time."""
        return read_source(self.db, self.outlet.id, answer.url).body_hash == hash_bytes(answer.body)

    def keep_listing(self, answer: Received, listing: Listing, *, first_reading: bool) -> Noted:
        """Put what a source lists on the queue, and remember the source's answer, in one transaction.

        A source that only points at others (a sitemap index) is not remembered: its children may change without it.
        """
        now = self.clock()
        length = self._next_length(answer)
        final = bool(listing.items) and (not listing.more or listing.beyond_is_older)
        memory = SourceMemory(
            etag=answer.headers.get("etag") if final else None,
            last_modified=answer.headers.get("last-modified") if final else None,
            body_hash=hash_bytes(answer.body) if final else None,
            fetched_at=now,
            length=length,
        )
        with transaction(self.db):
            noted = note_listed(
                self.db, self.outlet.id, [to_row(item) for item in listing.items], now=now, first_visit=first_reading
            )
            for item in listing.items:
                if item.whole and item.url in noted.new | noted.changed:
                    self._keep_whole(item, now, first_visit=first_reading and item.url in noted.new)
            if length is None and not first_reading and not (noted.new or noted.changed):
                memory = replace(memory, length=-1)  # other bytes each time (a date of making, say), and nothing new
            save_source(self.db, self.outlet.id, answer.url, memory)
            self._log(answer, "source", listing.problem or "ok", now)
        self.sources[listing.problem or "ok"] += 1
        self.listed += len(listing.items)
        self.new += len(noted.new)
        self.changed += len(noted.changed)
        self.gap |= not first_reading and len(noted.new) == len(listing.items) > 1
        return noted

    def _next_length(self, answer: Received) -> int | None:
        """The length to compare with next time, where the source is one that is asked so."""
        known = read_source(self.db, self.outlet.id, answer.url).length
        return known if known is None or known < 0 else stated_length(answer)

    def note_source(self, answer: Received, outcome: str) -> None:
        """Keep what came of a source that listed nothing: unchanged, or a problem."""
        self.sources[outcome] += 1
        self._log(answer, "source", outcome, self.clock())
        if answer.retry_after_seconds is not None:
            self.retry_after_seconds = max(self.retry_after_seconds, answer.retry_after_seconds)

    def note_robots(self, asked: Iterable[tuple[str, Answer | FetchFailed]]) -> None:
        """Keep which robots.txt files had to be asked for, and what came of it."""
        now = self.clock()
        for url, answer in asked:
            if isinstance(answer, FetchFailed):
                received = Received(url=url, final_url=url, status=None, wire_bytes=answer.wire_bytes)
                self._log(received, "robots", answer.outcome, now)
                continue
            received = Received(
                url=url, final_url=url, status=answer.status, wire_bytes=answer.wire_bytes, seconds=answer.seconds
            )
            self._log(received, "robots", classify_status(answer.status) or "ok", now)

    # -- pages --------------------------------------------------------------------------------------------------

    def next_pages(self) -> list[DuePage]:
        """Return the pages to fetch now, as many as one visit may."""
        return due_pages(self.db, self.outlet.id, now=self.clock(), limit=self.settings.max_new_pages)

    def keep_page(self, due: DuePage, answer: Received) -> None:
        """Keep one page's answer, whatever it is: page, queue and log in one transaction."""
        if answer.outcome == "ok" and due.digest is not None and answer.digest == due.digest:
            self._keep_same(due, answer, "unchanged")
        elif answer.outcome == "not_modified":
            self._keep_same(due, answer, "not_modified")
        elif answer.outcome == "ok":
            self._keep_body(due, answer)
        else:
            self._keep_failure(due, answer)

    def _keep_body(self, due: DuePage, answer: Received) -> None:
        now = self.clock()
        page = self._page(due, answer, now, url=stated_canonical(answer.body, answer.final_url, self._hosts))
        with transaction(self.db):
            saved = save_page(self.db, page, first_visit=due.first_visit)
            mark_listed_fetched(
                self.db,
                due.url,
                now=now,
                due_at=self._recheck(due, now),
                etag=answer.headers.get("etag"),
                last_modified=answer.headers.get("last-modified"),
                digest=answer.digest,
            )
            self._log(answer, "page", "ok", now)
        self._count_page("ok", saved=saved is not None)

    def _keep_same(self, due: DuePage, answer: Received, outcome: str) -> None:
        now = self.clock()
        with transaction(self.db):
            mark_listed_fetched(self.db, due.url, now=now, due_at=self._recheck(due, now))
            self._log(answer, "page", outcome, now)
        self._count_page(outcome, saved=False)

    def _keep_failure(self, due: DuePage, answer: Received) -> None:
        """Keep a page that could not be had: the source's own words may serve, at once where it has some."""
        now = self.clock()
        if load_outcomes()[answer.outcome].weight == "none":  # not asked, or not waited for: it stays due
            self._count_page(answer.outcome, saved=False)
            return
        again = next_page_try(answer.outcome, due.failures + 1, now)
        has_words = due.item is not None and bool(due.item.text or due.item.summary)
        saved = None
        with transaction(self.db):
            if due.fetched_at is None and (has_words or again is None):
                page = self._page(due, answer, now, url=due.url)
                saved = save_page(self.db, page, first_visit=due.first_visit)
            mark_listed_failed(self.db, due.url, due_at=again)
            self._log(answer, "page", answer.outcome, now)
        self._count_page(answer.outcome, saved=saved is not None)

    def _keep_whole(self, item: Listed, now: datetime, *, first_visit: bool) -> None:
        saved = save_page(self.db, message_page(item, self.outlet.id, now), first_visit=first_visit)
        mark_listed_fetched(self.db, item.url, now=now, due_at=None)
        self._count_page("listed_only", saved=saved is not None)

    def _page(self, due: DuePage, answer: Received, now: datetime, *, url: str) -> Page:
        worked = answer.outcome == "ok"
        return Page(
            outlet_id=self.outlet.id,
            url=url,
            requested_url=due.requested_url,
            status=answer.status,
            content_type=answer.headers.get("content-type"),
            body=answer.body if worked else None,
            fetched_at=now,
            item=due.item,
            problem=None if worked else answer.outcome,
            headers=answer.raw_headers if worked else (),
        )

    def _recheck(self, due: DuePage, now: datetime) -> datetime | None:
        published = due.item.published if due.item else None
        return next_recheck(published, due.first_listed_at, now, self.settings.recheck)

    def _count_page(self, outcome: str, *, saved: bool) -> None:
        self.pages[outcome] += 1
        self.saved += saved

    @property
    def _hosts(self) -> tuple[str, ...]:
        return self.outlet.allowed_hosts

    def _log(self, answer: Received, kind: str, outcome: str, now: datetime) -> None:
        self.wire_bytes += answer.wire_bytes
        log_fetch(
            self.db,
            Fetch(
                outlet_id=self.outlet.id,
                url=answer.url,
                kind=kind,
                outcome=outcome,
                status=answer.status,
                bytes=answer.wire_bytes,
                seconds=round(answer.seconds, 3),
                fetched_at=now,
            ),
        )

    # -- the whole ----------------------------------------------------------------------------------------------

    @property
    def problem(self) -> str | None:
        """The outcome that the poll failed with; None where at least one source was of use."""
        if not self.sources or WORKED & self.sources.keys():
            return None
        if "too_many_files" in self.sources:  # the others failed for the same want, as likely as not
            return "too_many_files"
        return self.sources.most_common(1)[0][0]


def message_page(item: Listed, outlet_id: str, now: datetime) -> Page:
    """Return the page of an item that its listing holds whole (a Telegram message)."""
    return Page(
        outlet_id=outlet_id,
        url=item.url,
        requested_url=item.requested_url,
        status=None,
        content_type="text/html; charset=utf-8",
        body=item.snippet,
        fetched_at=now,
        item=item.item,
        problem="listed_only",
    )


def conditional_headers(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Return the headers that ask for a body only where it changed."""
    headers = {"If-None-Match": etag or "", "If-Modified-Since": last_modified or ""}
    return {name: value for name, value in headers.items() if value}


def stated_length(answer: Received) -> int | None:
    """Return what an answer's Content-Length says; None where it says nothing readable."""
    value = answer.headers.get("content-length", "").strip()
    return int(value[:15]) if value.isascii() and value.isdigit() else None


def hash_bytes(body: bytes) -> str:
    """Return the hash by which a source's body is recognised."""
    return hashlib.sha256(body).hexdigest()[:32]


def to_row(item: Listed) -> ListedPage:
    """Return what the queue holds of a listed item."""
    return ListedPage(url=item.url, requested_url=item.requested_url, item=item.item, stamp=item.stamp)
