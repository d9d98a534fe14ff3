"""Turns the sources that a backfill is given into files, WARC addresses and pages to fetch, and fetches the last."""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import click

from commands.sources import is_url

if TYPE_CHECKING:
    from crawler.crawl import Crawler
    from history.records import Part
    from store.records import Outlet
    from store.settings import Settings

LIST_SUFFIXES = (".paths", ".paths.gz", ".urls", ".urls.gz", ".txt", ".txt.gz")
COMMON_CRAWL = "https://data.commoncrawl.org/"
ROUND = 500  # pages of an outlet that are fetched before they are read
LARGEST_SITEMAP = 60_000_000  # bytes; the protocol allows 50 MB


@dataclass(slots=True, kw_only=True)
class Named:
    """What a user named, by how it is had."""

    files: list[Path] = field(default_factory=list)
    archives: list[str] = field(default_factory=list)  # addresses of WARC files
    pages: list[str] = field(default_factory=list)  # addresses of articles


def sort_sources(sources: Iterable[str], base: str) -> Named:
    """Tell files, addresses and lists of both apart; wrong use where a file is not there."""
    named = Named()
    for source in sources:
        path = Path(source)
        if is_url(source):
            add_address(named, source)
        elif not path.exists():
            raise click.BadParameter(f"{source}: there is no such file", param_hint="SOURCE")
        elif path.is_file() and path.name.lower().endswith(LIST_SUFFIXES):
            for line in read_list(path):
                add_line(named, line, path, base)
        else:
            named.files.append(path)
    return named


def read_list(path: Path) -> Iterator[str]:
    """The lines of a list, gzipped or not, without comments and empty ones."""
    body = path.read_bytes()
    text = (gzip.decompress(body) if path.name.endswith(".gz") else body).decode("utf-8-sig", "replace")
    yield from (line for raw in text.splitlines() if (line := raw.strip()) and not line.startswith("#"))


def add_line(named: Named, line: str, of: Path, base: str) -> None:
    """One line of a list: an address, a file beside the list, else a path below `base` as Common Crawl lists them."""
    if is_url(line):
        add_address(named, line)
    elif (of.parent / line).exists():
        named.files.append(of.parent / line)
    elif line.lower().endswith(".warc.gz"):
        named.archives.append(urljoin(base, line))
    else:
        raise click.BadParameter(f"{of}: {line[:80]!r} is no address, no file and no WARC path", param_hint="SOURCE")


def add_address(named: Named, url: str) -> None:
    """An address by what its path ends in."""
    (named.archives if urlsplit(url).path.lower().endswith(".warc.gz") else named.pages).append(url)


def plan_archives(
    urls: list[str], settings: Settings, private: tuple[str, ...], since: date | None
) -> tuple[list[Part], list[str]]:
    """The parts of WARC files on the web, and which of them cannot be had now."""
    from crawler.crawl import user_agent
    from crawler.ranges import Reach
    from history.remote import is_before, plan_remote
    from intake.replay import unknown_outlet

    reach = Reach(user_agent=user_agent(settings.crawl, unknown_outlet(None)), allowed_private=frozenset(private))
    wanted = [url for url in dict.fromkeys(urls) if not is_before(url, since)]
    return plan_remote(wanted, reach)


@dataclass(slots=True, kw_only=True)
class Gathering:
    """The pages of some outlets that are to be fetched into a folder, and what came of them so far."""

    settings: Settings
    folder: Path
    since: date | None
    until: date | None
    outcomes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    wanted: int = 0  # pages to fetch, those included that were fetched before
    on_page: Callable[[Gathering], None] = lambda gathering: None

    def rounds(self, sitemaps_of: Iterable[Outlet], pages: Iterable[tuple[Outlet, str]]) -> Iterator[list[Path]]:
        """Fetch round after round; the WARC files that are new since the round before, first those of earlier runs."""
        from history.gather import Keep, gather_pages

        crawl = self.settings.crawl
        crawl = crawl.model_copy(update={"max_page_bytes": max(crawl.max_page_bytes, LARGEST_SITEMAP)})
        with asyncio.Runner() as runner:
            crawler = runner.run(open_crawler(self.settings.model_copy(update={"crawl": crawl})))
            try:
                wishes = runner.run(self.find_wishes(crawler, sitemaps_of, pages))
                keeps = {outlet.id: Keep(self.folder / outlet.id) for outlet, _ in wishes}
                self.wanted = sum(len(urls) for _, urls in wishes)
                done = {path for keep in keeps.values() for path in keep.files()}
                yield sorted(done)
                while True:
                    counts = runner.run(
                        gather_all(
                            gather_pages(
                                crawler, outlet, urls, keeps[outlet.id], clock=now, most=ROUND, on_page=self.note
                            )
                            for outlet, urls in wishes
                        )
                    )  # fmt: skip
                    if not counts:
                        return
                    self.outcomes["left_for_later"] += counts["left_for_later"]
                    files = {path for keep in keeps.values() for path in keep.files()}
                    yield sorted(files - done)
                    done = files
            finally:
                runner.run(crawler.close())

    async def find_wishes(
        self, crawler: Crawler, sitemaps_of: Iterable[Outlet], pages: Iterable[tuple[Outlet, str]]
    ) -> list[tuple[Outlet, list[str]]]:
        """The addresses to fetch by outlet: those named, and those that its sitemaps list within the days."""
        from crawler.past_sitemaps import Span, find_past_pages

        span = Span(since=self.since, until=self.until)
        wishes: dict[str, tuple[Outlet, dict[str, None]]] = {}
        for outlet, url in pages:
            if is_wanted(url, span):
                wishes.setdefault(outlet.id, (outlet, {}))[1].setdefault(url)
            else:
                self.outcomes["outside_dates"] += 1
        for outlet in sitemaps_of:
            found = await find_past_pages(crawler, outlet, (), span, now=now(), max_bytes=LARGEST_SITEMAP)
            self.problems += [f"{url}: {problem}" for url, problem in found.problems]
            within = [url for url in found.urls if is_wanted(url, span)]
            self.outcomes["outside_dates"] += found.outside_dates + len(found.urls) - len(within)
            wishes.setdefault(outlet.id, (outlet, {}))[1].update(dict.fromkeys(within))
        return [(outlet, list(urls)) for outlet, urls in wishes.values()]

    def note(self, url: str, word: str) -> None:
        """Count a page."""
        self.outcomes[word] += 1
        self.on_page(self)


def is_wanted(url: str, span: object) -> bool:
    """Whether the day that an address names, if any, is within the days wanted."""
    from crawler.past_sitemaps import Span
    from history.filters import day_of_url

    assert isinstance(span, Span)
    day = day_of_url(url)
    return day is None or not ((span.since and day < span.since) or (span.until and day > span.until))


async def open_crawler(settings: Settings) -> Crawler:
    """A crawler that stores nothing, in the loop that it will run in."""
    from crawler.crawl import Crawler

    return Crawler(settings.crawl, None, clock=now)


async def gather_all(fetching: Iterable[object]) -> Counter[str]:
    """Let outlets be fetched side by side; what came of all."""
    counts = await asyncio.gather(*fetching)  # type: ignore[call-overload]
    return sum(counts, Counter[str]())


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def pages_with_outlets(
    urls: Iterable[str], outlets: tuple[Outlet, ...], private: tuple[str, ...]
) -> Iterator[tuple[Outlet, str]]:
    """Each address with its outlet; an unknown one is a publisher of its own, on that host alone."""
    from history.filters import OutletIndex

    index = OutletIndex(outlets)
    for url in urls:
        outlet, known = index.find(url)
        if not known:
            host = urlsplit(url).netloc
            outlet = replace(
                outlet, kind="section", home=urljoin(url, "/"), allowed_hosts=(host,),
                allow_private_hosts=host in private,
            )  # fmt: skip
        yield outlet, url
