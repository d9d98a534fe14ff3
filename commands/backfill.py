"""`marsad backfill`: codes archives of past pages and articles into the database, silently and each record once."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import json_option, place_options, read_settings
from commands.output import make_console, print_json, print_pairs

if TYPE_CHECKING:
    from history.backfill import Engine, Ledger
    from history.records import Batch, Part, Wanted
    from store.settings import Settings

TAKEN = ("new", "copy", "revised", "unchanged", "older", "rejected", "broken", "mentions", "records")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("backfill")
@click.argument(
    "sources", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="FILE|FOLDER..."
)
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
@json_option
@place_options
def command(
    sources: tuple[Path, ...],
    only: tuple[str, ...],
    known: bool,
    since: datetime | None,
    until: datetime | None,
    every_article: bool,
    workers: int | None,
    engine: str,
    scheduler: str | None,
    parquet: Path | None,
    as_json: bool,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Code the past: WARC files (.warc, .warc.gz), JSON Lines and Parquet of articles, HTML files, folders of these.

    Whatever ends it, the same command goes on where it stood; what is written is not read again. Nothing is told. A
    record's day is that of its address, else of its publication, else of its capture. A broken record is named on
    standard error and left out; the exit code is then 1. The daemon may run meanwhile.

    \b
    Examples:
      marsad backfill CC-NEWS-20240101*.warc.gz --known --since 2024-01-01
      marsad backfill archive/ --engine dask --scheduler tcp://head:8786 --parquet coded/
    """
    if scheduler is not None and engine != "dask":
        raise click.UsageError("--scheduler goes with --engine dask")
    settings = read_settings(settings_path, database_path)
    wanted = choose_records(settings, only, known, since, until, every_article)
    from history.sources import plan_parts

    parts, began = plan_parts(sources), time.monotonic()
    run = choose_engine(engine, scheduler, workers or os.cpu_count() or 1)
    if parquet is not None:
        ledger = write_files(parquet, parts, wanted, run)
    else:
        ledger = write_database(settings, parts, wanted, run)
    tell_result(ledger, time.monotonic() - began, as_json=as_json)
    if ledger.counts["broken"] or ledger.lost:
        sys.exit(1)


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
                progress.console.print(f"{part.source}: at {broken.position}: {broken.problem}")

        yield on_batch, lambda part: progress.advance(bar, part.size)


def tell_result(ledger: Ledger, seconds: float, *, as_json: bool) -> None:
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
        click.echo(f"{result.part.source}: from {result.part.start}: {result.problem}; run the command again", err=True)
    if as_json:
        print_json({**summary, "left_out": left_out, **last})
    else:
        print_pairs([*summary.items(), *((f"left out: {name}", n) for name, n in left_out.items()), *last.items()])
