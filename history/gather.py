"""Turns addresses of past pages into WARC files of their pages, politely and each page once; what is kept is read on.

A file is written whole, then named: `0001.urls` says which addresses were asked, and counts once `0001.warc.gz` is
there. Ended by anything, the next run asks for the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from crawler.crawl import Crawler
from crawler.outcomes import load_outcomes
from crawler.warc import write_warc
from store.errors import CrawlError
from store.records import Outlet, Page

PAGES_A_FILE = 50
# What may be had another time besides what the network or an overload kept from us; it is not noted as asked.
REFUSED = frozenset({"backed_off", "blocked", "bot_wall", "consent_wall"})
MOST_IN_A_ROW = 20  # pages that could not be had, after which an outlet is left alone in this run
NAME = re.compile(r"(\d{4,})\.warc\.gz")


class Keep:
    """The folder of one outlet's fetched pages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tried: set[str] = set()  # in this run, whatever came of it
        folder.mkdir(parents=True, exist_ok=True)

    def files(self) -> list[Path]:
        """The files so far, in the order in which they were written."""
        return sorted(path for path in self.folder.iterdir() if NAME.fullmatch(path.name))

    def asked(self) -> set[str]:
        """The addresses that need not be asked again."""
        lists = [path.with_name(path.name.replace(".warc.gz", ".urls")) for path in self.files()]
        return {url for path in lists for url in path.read_text(encoding="utf-8").splitlines()}

    def write(self, pages: Iterable[Page], asked: Iterable[str], *, now: datetime) -> Path:
        """Write one more file; it is there whole or not at all."""
        files = self.files()
        number = 1 + (int(files[-1].name.split(".")[0]) if files else 0)
        path, draft = self.folder / f"{number:04}.warc.gz", self.folder / "draft"
        with draft.open("wb") as stream:
            write_warc(stream, pages, software="marsad backfill", now=now)
        path.with_name(f"{number:04}.urls").write_text("".join(f"{url}\n" for url in asked), encoding="utf-8")
        draft.replace(path)
        return path


async def gather_pages(
    crawler: Crawler,
    outlet: Outlet,
    urls: Iterable[str],
    keep: Keep,
    *,
    clock: Callable[[], datetime],
    most: int,
    on_page: Callable[[str, str], None] = lambda url, word: None,
) -> Counter[str]:
    """Fetch at most `most` pages that were not asked yet, by the outlet's rules; how many of each outcome."""
    known, outcomes, in_a_row = keep.asked() | keep.tried, Counter[str](), 0
    for some in in_files([url for url in urls if url not in known][:most]):
        pages, asked = list[Page](), list[str]()
        for url in some:
            keep.tried.add(url)
            if in_a_row >= MOST_IN_A_ROW:
                outcomes["left_for_later"] += 1
                continue
            word, page = await fetch_once(crawler, outlet, url)
            outcomes[word] += 1
            on_page(url, word)
            in_a_row = in_a_row + 1 if may_pass(word) else 0
            if page is not None:
                pages.append(page)
            if not may_pass(word):
                asked.append(url)
        if asked:
            keep.write(pages, asked, now=clock())
    return outcomes


async def fetch_once(crawler: Crawler, outlet: Outlet, url: str) -> tuple[str, Page | None]:
    """A page and `ok`, or the word why there is none."""
    try:
        page = await crawler.fetch_page(url, outlet)
    except CrawlError:
        return "bad_url", None
    return (page.problem or "ok"), (page if page.body is not None else None)


def may_pass(word: str) -> bool:
    """Whether another run may have better luck."""
    known = load_outcomes().get(word)
    return word in REFUSED or (known is not None and known.weight == "temporary")


def in_files(urls: list[str]) -> Iterator[list[str]]:
    """The addresses by the files that they will fill."""
    for start in range(0, len(urls), PAGES_A_FILE):
        yield urls[start : start + PAGES_A_FILE]
