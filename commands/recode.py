"""`marsad recode`: what the present coder makes of stored articles, as proposals that people accept or decline."""

from __future__ import annotations

import getpass
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import json_option, open_existing, place_options, read_settings
from commands.output import clean, make_console, print_json, print_pairs, print_table

if TYPE_CHECKING:
    from sqlite_utils import Database

COLUMNS = {"article_id": "article", "published_at": "published", "title": "headline", "changes": "what would change"}


class RunGroup(click.Group):
    """A group that runs where no subcommand is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` before the options; --help stays the group's own."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group("recode", cls=RunGroup)
def command() -> None:
    """Code stored articles again with the present coder; what differs counts only once somebody accepts it.

    \b
    Examples:
      marsad recode
      marsad recode list
      marsad recode accept 3f2a9c51d0b7e684
      marsad recode accept --all
    """


@command.command("run")
@click.option("--workers", type=click.IntRange(1, 64), metavar="N", help="Processes.  [default: one a core]")
@json_option
@place_options
def run_command(workers: int | None, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Code every stored article that the present coder has not read yet, and keep what differs as proposals.

    Nothing is changed and nothing is told. Whatever ends it, the same command goes on where it stood. The daemon may
    run meanwhile: its own work goes first. A later coder begins anew, and its proposals replace those not decided on.

    \b
    Example:
      nice marsad recode --json &
    """
    settings = read_settings(settings_path, database_path)
    db = open_existing(settings)
    from extract.version import coder_mark
    from history.recode import recode
    from store.recodings import count_left, count_recodings, read_recode_progress

    coder, began = coder_mark(), time.monotonic()
    before = read_recode_progress(db, coder)
    try:
        with show_progress(count_left(db, before.next)) as on_batch:
            counts = recode(
                db, coder, workers=workers or os.cpu_count() or 1, seconds=settings.extract.page_seconds,
                clock=lambda: datetime.now(UTC), on_batch=on_batch,
            )  # fmt: skip
        waiting = count_recodings(db).get("proposed", 0)
    finally:
        db.close()
    summary: dict[str, Any] = {name: counts[name] for name in ("articles", "same", "proposed", "declined", "broken")}
    summary |= {
        "coder": coder, "read_before": before.counts.get("articles", 0), "to_review": waiting,
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    if as_json:
        print_json(summary)
    else:
        print_pairs(summary.items())
        if waiting:
            click.echo("Look at them with `marsad recode list`, or in `marsad review` under /recoded.")
    sys.exit(1 if counts["broken"] else 0)


@contextmanager
def show_progress(articles: int) -> Iterator[Callable[[Counter[str]], None]]:
    """A bar on a terminal's standard error, with what differs so far."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.fields[differing]} differ"), BarColumn(), TaskProgressColumn(),
               TimeRemainingColumn())  # fmt: skip
    differing = 0
    with Progress(*columns, console=make_console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("", total=articles, differing=0)

        def on_batch(counts: Counter[str]) -> None:
            nonlocal differing
            differing += counts["proposed"]
            progress.update(bar, advance=counts["articles"], differing=differing)

        yield on_batch


@command.command("list")
@click.option(
    "--state", type=click.Choice(["proposed", "accepted", "declined"]), default="proposed", show_default=True,
    help="Those that wait, or what was decided.",
)  # fmt: skip
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@json_option
@place_options
def list_command(state: str, limit: int, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """List proposals, newest articles first: mentions that change, come (+) or go (-).

    \b
    Example:
      marsad recode list --json
    """
    db = open_existing(read_settings(settings_path, database_path))
    from store.recodings import list_recodings

    try:
        rows = list_recodings(db, state=state, limit=limit)
    finally:
        db.close()
    if as_json:
        print_json(rows)
        return
    lines = [row | {"changes": "; ".join(map(say_difference, row["differences"]))} for row in rows]
    print_table("Proposals", COLUMNS, lines, empty=f"Nothing is {state}.", wide=("title", "changes"))


def say_difference(difference: Mapping[str, Any]) -> str:
    """One difference in a line: `killed: 2 → 3`, `+ ied 2024-01-30 …`, `- …`."""
    pairs = difference["fields"].items()
    if difference["kind"] in ("changed", "notices"):
        return ", ".join(f"{name}: {clean(old)} → {clean(new)}" for name, (old, new) in pairs)
    sign, place = ("+", 1) if difference["kind"] == "new" else ("-", 0)
    shown = ("method", "target", "date", "place", "admin1", "killed", "wounded")
    return f"{sign} {' '.join(clean(pair[place]) for name, pair in pairs if name in shown)}"


def decide_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add which proposals are meant."""
    every = click.option("--all", "every", is_flag=True, help="Every proposal that waits.")
    by = click.option("--by", metavar="NAME", help="Who decides.  [default: the system's user]")
    return click.argument("articles", nargs=-1, metavar="[ARTICLE]...")(every(by(json_option(place_options(function)))))


@command.command("accept")
@decide_options
def accept_command(articles: tuple[str, ...], every: bool, by: str | None, as_json: bool, **places: Any) -> None:
    """Let proposals count: the articles' mentions are replaced and their incidents told anew, silently.

    What people corrected, merged or split stays as they left it.

    \b
    Example:
      marsad recode accept --all --by layla
    """
    decide(True, articles, every, by, as_json, **places)


@command.command("decline")
@decide_options
def decline_command(articles: tuple[str, ...], every: bool, by: str | None, as_json: bool, **places: Any) -> None:
    """Drop proposals: what is stored stays, and the same proposal is not made again.

    \b
    Example:
      marsad recode decline 3f2a9c51d0b7e684
    """
    decide(False, articles, every, by, as_json, **places)


@command.command("undo")
@click.argument("articles", nargs=-1, metavar="ARTICLE...", required=True)
@json_option
@place_options
def undo_command(articles: tuple[str, ...], as_json: bool, **places: Any) -> None:
    """Take decisions back: the proposals wait again, and what an accepted one replaced is stored again, silently.

    `marsad recode list --state accepted` names the articles, last deeds first. What people corrected since stays.

    \b
    Example:
      marsad recode undo 3f2a9c51d0b7e684
    """
    from intake.recoding import undo_recoding

    carry_out(articles, as_json, lambda db, article_id: undo_recoding(db, article_id, now=datetime.now(UTC)), **places)


def carry_out(
    articles: Sequence[str] | None, as_json: bool, deed: Callable[[Database, str], str],
    settings_path: Path | None, database_path: Path | None,
) -> None:  # fmt: skip
    """Do a deed to the articles (None: to every proposal that waits); exit code 1 where one is gone or was edited."""
    db = open_existing(read_settings(settings_path, database_path))
    from store.recodings import list_recodings

    try:
        chosen = [row["article_id"] for row in list_recodings(db)] if articles is None else list(articles)
        words = Counter(deed(db, article_id) for article_id in chosen)
    finally:
        db.close()
    if as_json:
        print_json(dict(words))
    else:
        print_pairs(words.items() if words else [("nothing", 0)])
    sys.exit(1 if words["gone"] or words["stale"] else 0)


def decide(
    accepted: bool, articles: tuple[str, ...], every: bool, by: str | None, as_json: bool, **places: Any
) -> None:
    """Decide on the proposals named."""
    if every == bool(articles):
        raise click.UsageError("name articles, or --all")
    from intake.recoding import decide_recoding

    who, now = by or getpass.getuser(), datetime.now(UTC)

    def deed(db: Database, article_id: str) -> str:
        return decide_recoding(db, article_id, accepted, now=now, by=who)

    carry_out(None if every else articles, as_json, deed, **places)
