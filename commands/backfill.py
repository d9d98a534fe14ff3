"""`marsad backfill`: codes archives of past pages and articles into the database, silently and each record once."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import json_option, place_options, read_settings
from commands.output import make_console, print_json, print_pairs
from commands.past_pages import COMMON_CRAWL, Gathering, Named, pages_with_outlets, plan_archives, sort_sources

if TYPE_CHECKING:
    from history.backfill import Engine, Ledger
    from history.records import Batch, Part, Wanted
    from store.settings import Settings

TAKEN = ("new", "copy", "revised", "unchanged", "older", "rejected", "broken", "mentions", "records")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("backfill")
@click.argument("sources", nargs=-1, metavar="[FILE|FOLDER|LIST|URL]...")
@click.option("--sitemaps", is_flag=True, help="Pages that the sitemaps of each --outlet list within the days.")
@click.option("--outlet", "only", multiple=True, metavar="ID", help="Of this outlet alone; may be repeated.")
@click.option("--known", is_flag=True, help="Of the catalogue's outlets alone.")
@click.option("--since", type=DAY, metavar="DAY", help="Of this day and later, YYYY-MM-DD.")
@click.option("--until", type=DAY, metavar="DAY", help="Of this day and earlier.")
@click.option("--every-article", is_flag=True, help="Arabic articles without any word of attack too.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that read.  [default: one a core]")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True, help="Who reads.")
@click.option("--scheduler", metavar="ADDRESS", help="Of the Dask cluster: tcp://HOST:8786.")
@click.option(
    "--parquet", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Write articles and what they tell of there, by month, and nothing into the database.",
)  # fmt: skip
@click.option(
    "--base",
    metavar="URL",
    default=COMMON_CRAWL,
    show_default=True,
    help="What paths in a list of WARC files lie below.",
)
@click.option("--allow-private", "private", multiple=True, metavar="HOST[:PORT]", help="A host that may be private.")
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Where fetched pages are kept as WARC.  [default: past-pages beside the database]",
)  # fmt: skip
@json_option
@place_options
def command(
    sources: tuple[str, ...],
    sitemaps: bool,
    only: tuple[str, ...],
    known: bool,
    since: datetime | None,
    until: datetime | None,
    every_article: bool,
    workers: int | None,
    engine: str,
    scheduler: str | None,
    parquet: Path | None,
    base: str,
    private: tuple[str, ...],
    keep: Path | None,
    as_json: bool,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Code the past: WARC files (.warc, .warc.gz), JSON Lines and Parquet of articles, HTML files, folders of these.

    Also from the web: addresses of .warc.gz files, of which only stretches are held at a time; addresses of pages; and
    lists (.paths, .urls, .txt, also .gz) of addresses, of files and of paths as Common Crawl lists its news archive.
    With --sitemaps all that an outlet's sitemaps list within the days. Pages are fetched as politely as the daemon's.

    Whatever ends it, the same command goes on where it stood; what is written is not read again. Nothing is told. A
    record's day is that of its address, else of its publication, else of its capture. A broken record is named on
    standard error and left out; the exit code is then 1. The daemon may run meanwhile.

    \b
    Examples:
      marsad backfill CC-NEWS-20240101*.warc.gz --known --since 2024-01-01
      marsad backfill warc.paths.gz --since 2024-01-01 --until 2024-01-31
      marsad backfill --sitemaps --outlet nina --since 2023-06-01 --until 2023-06-30
      marsad backfill archive/ --engine dask --scheduler tcp://head:8786 --parquet coded/
    """
    if scheduler is not None and engine != "dask":
        raise click.UsageError("--scheduler goes with --engine dask")
    if sitemaps and not only:
        raise click.UsageError("--sitemaps goes with --outlet")
    if not sources and not sitemaps:
        raise click.UsageError("name a file, a folder, a list or an address, or --sitemaps")
    settings = read_settings(settings_path, database_path)
    wanted = choose_records(settings, only, known, since, until, every_article)
    run, began = choose_engine(engine, scheduler, workers or os.cpu_count() or 1), time.monotonic()
    from history.backfill import Ledger

    total, web = (
        Ledger(),
        Web(sitemaps=sitemaps, private=private, folder=keep or settings.database.parent / "past-pages"),
    )
    for parts in find_parts(sort_sources(sources, base), settings, wanted, web):
        if parquet is not None:
            add_ledger(total, write_files(parquet, parts, wanted, run))
        else:
            add_ledger(total, write_database(settings, parts, wanted, run))
    tell_result(total, web, time.monotonic() - began, as_json=as_json)
    if total.counts["broken"] or total.lost or web.problems:
        sys.exit(1)


@dataclass(slots=True, kw_only=True)
class Web:
    """How a backfill goes to the web, and what came of it."""

    sitemaps: bool
    private: tuple[str, ...]
    folder: Path
    problems: list[str] = field(default_factory=list)
    fetched: Counter[str] = field(default_factory=Counter)  # pages by outcome


def find_parts(named: Named, settings: Settings, wanted: Wanted, web: Web) -> Iterator[list[Part]]:
    """The parts of all that was named: files and archives at once, then of the pages as they are fetched."""
    from history.sources import plan_parts

    parts = plan_parts(named.files)
    if named.archives:
        remote, problems = plan_archives(named.archives, settings, web.private, wanted.since)
        parts += remote
        web.problems += problems
    if parts:
        yield parts
    if not named.pages and not web.sitemaps:
        return
    gathering = Gathering(settings=settings, folder=web.folder, since=wanted.since, until=wanted.until)
    chosen = [outlet for outlet in wanted.outlets if outlet.id in wanted.only] if web.sitemaps else []
    pages = pages_with_outlets(named.pages, wanted.outlets, web.private)
    web.fetched = gathering.outcomes
    with show_fetching(gathering):
        for files in gathering.rounds(chosen, pages):
            if files:
                yield plan_parts(files)
    web.problems += gathering.problems


def add_ledger(total: Ledger, more: Ledger) -> None:
    """Add what came of further parts."""
    total.counts.update(more.counts)
    total.lost += more.lost
    total.read += more.read
    total.resumed += more.resumed


@contextmanager
def show_fetching(gathering: Gathering) -> Iterator[None]:
    """On a terminal's standard error, how many pages were fetched, how fast, and the time left."""
    began, shown = time.monotonic(), 0.0

    def tell(now: Gathering) -> None:
        nonlocal shown
        seconds, done = time.monotonic() - began, sum(now.outcomes.values()) - now.outcomes["outside_dates"]
        if sys.stderr.isatty() and seconds - shown >= 1:
            shown = seconds
            left = (now.wanted - done) * seconds / max(1, done)
            click.echo(f"fetched {done} of {now.wanted} pages, {left / 60:.0f} minutes left", err=True)

    gathering.on_page = tell
    yield


def write_database(settings: Settings, parts: list[Part], wanted: Wanted, run: Engine) -> Ledger:
    """Write into the database, linking included."""
    from history.backfill import backfill
    from store.database import open_database

    db = open_database(settings.database)
    try:
        with show_progress(parts) as (on_batch, on_part):
            return backfill(db, parts, wanted, run, clock=lambda: datetime.now(UTC), on_batch=on_batch, on_part=on_part)
    finally:
        db.close()


def write_files(folder: Path, parts: list[Part], wanted: Wanted, run: Engine) -> Ledger:
    """Write Parquet files."""
    from history.dataset import write_dataset

    with show_progress(parts) as (on_batch, on_part):
        return write_dataset(folder, parts, wanted, run, on_batch=on_batch, on_part=on_part)


def choose_records(
    settings: Settings,
    only: tuple[str, ...],
    known: bool,
    since: datetime | None,
    until: datetime | None,
    every_article: bool,
) -> Wanted:
    """What the options ask for; wrong use where they name an outlet that the catalogue does not have."""
    from crawler.catalogue import load_outlets
    from history.records import Wanted

    outlets = load_outlets(settings)
    unknown = sorted(set(only) - {outlet.id for outlet in outlets})
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}: no such outlet (`marsad outlets list`)", param_hint="--outlet")
    days: list[date | None] = [None if moment is None else moment.date() for moment in (since, until)]
    return Wanted(
        outlets=outlets, only=frozenset(only), known_only=known, since=days[0], until=days[1],
        every_article=every_article, page_seconds=settings.extract.page_seconds,
    )  # fmt: skip


def choose_engine(engine: str, scheduler: str | None, workers: int) -> Engine:
    """Who reads the parts."""
    if engine == "dask":
        from history.cluster import read_on_cluster

        return partial(read_on_cluster, scheduler=scheduler, workers=workers)
    from history.local import read_locally

    return partial(read_locally, workers=workers)


@contextmanager
def show_progress(
    parts: list[Part],
) -> Iterator[tuple[Callable[[Part, Batch], None], Callable[[Part], None]]]:
    """A bar on a terminal's standard error with rate and time left; each broken record is named above it."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = make_console(stderr=True)
    columns = (TextColumn("{task.fields[records]} records, {task.fields[rate]} a second"), BarColumn(),
               TaskProgressColumn(), TimeRemainingColumn())  # fmt: skip
    began, records = time.monotonic(), 0
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("", total=sum(part.size for part in parts), records=0, rate="–")

        def on_batch(part: Part, batch: Batch) -> None:
            nonlocal records
            records += batch.counts.get("records", 0)
            progress.update(bar, records=records, rate=f"{records / max(0.01, time.monotonic() - began):.0f}")
            for broken in batch.broken:
                progress.console.print(f"{part.name}: at {broken.position}: {broken.problem}")

        yield on_batch, lambda part: progress.advance(bar, part.size)


def tell_result(ledger: Ledger, web: Web, seconds: float, *, as_json: bool) -> None:
    """Print what came of the records, those of earlier runs included, and how fast this run was."""
    counts = ledger.counts
    summary: dict[str, Any] = {name: counts[name] for name in ("records", *TAKEN[:-1])}
    left_out = {name: count for name, count in sorted(counts.items()) if name not in TAKEN}
    rate = round(ledger.read / seconds, 1) if seconds else 0.0
    last = {
        "read_before": ledger.resumed, "unread_parts": len(ledger.lost), "seconds": round(seconds, 1),
        "a_second": rate,
    }  # fmt: skip
    for result in ledger.lost:
        click.echo(f"{result.part.name}: from {result.part.start}: {result.problem}; run the command again", err=True)
    for problem in web.problems:
        click.echo(problem, err=True)
    fetched = dict(sorted((+web.fetched).items()))
    if as_json:
        print_json({**summary, "left_out": left_out, "fetched": fetched, **last})
    else:
        more = [
            *((f"left out: {name}", n) for name, n in left_out.items()),
            *((f"pages: {k}", n) for k, n in fetched.items()),
        ]
        print_pairs([*summary.items(), *more, *last.items()])
