"""The records of a backfill: what is to be read, what a part of it gave, and how far it has come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from store.errors import MarsadError
from store.records import Article, Coding, Outlet, Rejected, Report

if TYPE_CHECKING:
    from crawler.ranges import Reach


class Unreachable(MarsadError):
    """A stretch of a file on the web that cannot be had now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A file on the web, and how it is asked for."""

    url: str
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of one source that one worker reads alone: the unit that is lost where a worker is."""

    source: Path
    kind: str  # warc | lines | parquet | pages
    fingerprint: str  # changes when the source does
    start: int  # first position: bytes of a WARC or of lines, rows of a Parquet file, files of a folder
    stop: int  # the position after the last
    size: int  # what it weighs in the progress bar: bytes
    remote: Remote | None = None  # of a file on the web; `source` is then no more than its name

    @property
    def name(self) -> str:
        """The source's path or address."""
        return self.remote.url if self.remote is not None else str(self.source)

    @property
    def key(self) -> tuple[str, str, int]:
        """What the database knows the part by."""
        return self.name, self.fingerprint, self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which records a backfill takes; whatever it says decides on the result, so that it names the progress made."""

    outlets: tuple[Outlet, ...] = ()  # the known ones, for hints, publishers and time zones
    only: frozenset[str] = frozenset()  # ids of outlets; empty: all of them
    known_only: bool = False  # of the catalogue's outlets alone
    since: date | None = None
    until: date | None = None  # inclusive
    every_article: bool = False  # Arabic articles without any word of attack too
    scan_pages: bool = True  # look for such words before extraction; off only to measure what that saves and loses
    page_seconds: float = 20.0

    @property
    def name(self) -> str:
        """A short hash of the choice, the same in every process."""
        choice = {
            "only": sorted(self.only), "known": self.known_only, "since": self.since, "until": self.until,
            "every": self.every_article, "of": sorted(o.id for o in self.outlets) if self.known_only else [],
        }  # fmt: skip
        return hashlib.sha256(json.dumps(choice, default=str).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record as its head tells it; `load` reads its body, which most records never need."""

    position: int
    url: str
    captured: datetime  # when it was fetched, or written
    status: int = 200
    content_type: str | None = None
    load: Callable[[], bytes] = bytes
    report: Report | None = None  # of articles that come as such


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A record that cannot be read, with the reason in words."""

    position: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One record that passed the filters: an article with its coding, or why extraction refused it."""

    outlet: Outlet
    captured: datetime
    article: Article | None = None
    coding: Coding | None = None
    rejected: Rejected | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Records of a part that are written in one transaction; `next` is where to go on after it."""

    start: int
    next: int
    found: tuple[Found, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)  # records, and reasons why some were left out
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker is asked for: a part from where it stands, leaving out the records that killed a worker."""

    part: Part
    wanted: Wanted
    start: int
    deadly: frozenset[int] = frozenset()
    mark: Path | None = None  # where the worker notes the position that it is at


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """What a part gave; a `problem` means that it could not be read now and is to be tried again another time."""

    part: Part
    batches: tuple[Batch, ...] = ()
    problem: str | None = None
