"""`marsad review`: the pages on which people look at incidents and judge them, and what comes of their judgements."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.options import json_option, open_existing, place_options, read_settings, since_option
from commands.output import print_json, print_pairs
from store.errors import MarsadError, SettingsError
from store.review_settings import is_loopback

if TYPE_CHECKING:
    from review.workings import ReviewConfig, Workings
    from store.alert_settings import AlertSettings
    from store.settings import Settings

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
INDEX_BATCH = 200


@click.group("review", invoke_without_command=True)
@click.option("--host", metavar="HOST", help="Serve here, in place of the settings' own.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0: any free one.")
@click.option("--reviewer", metavar="NAME", help="Who judges, where nobody signs in.  [default: the system's user]")
@place_options
@click.pass_context
def command(
    context: click.Context,
    host: str | None,
    port: int | None,
    reviewer: str | None,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Serve the pages on which people look at incidents and judge them, beside a running daemon.

    \b
    Examples:
      marsad review
      marsad review --port 9000 --reviewer layla
    """
    if context.invoked_subcommand is not None:
        return
    settings = read_settings(settings_path, database_path)
    host, port = host or settings.review.host, settings.review.port if port is None else port
    if not is_loopback(host) and not settings.review.people:
        raise SettingsError(
            [f"--host: {host}: a host other than this machine's own needs review.people, each with a password"]
        )
    open_existing(settings).close()
    serve(settings, host, port, reviewer or find_user())


def serve(settings: Settings, host: str, port: int, reviewer: str) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    from review.app import make_app
    from review.server import bind_socket, serve_app

    try:
        listener = bind_socket(host, port)
    except OSError as error:
        raise MarsadError(f"{host}:{port}: cannot be served on: {error.strerror}") from error
    workings = make_workings(settings.alerts)
    catch_up(settings, workings)
    taken = listener.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"Review on http://{shown}:{taken}/ (Ctrl-C ends it)")
    serve_app(make_app(workings, make_config(settings, host, reviewer)), listener)


def catch_up(settings: Settings, workings: Workings) -> None:
    """Index articles that were stored before there was a search."""
    from store.database import transaction
    from store.search import index_backlog

    db = open_existing(settings)
    total = 0
    try:
        while True:
            with transaction(db):  # a short one, so that a daemon never waits long
                done = index_backlog(db, workings.index_words, limit=INDEX_BATCH)
            total += done
            if not done:
                break
            if total % 10_000 == 0:
                click.echo(f"Indexed {total} older articles for search …", err=True)
    finally:
        db.close()


def make_config(settings: Settings, host: str, reviewer: str) -> ReviewConfig:
    """How the pages are served, by the settings."""
    from review.workings import ReviewConfig

    names = {host, *settings.review.names, *(LOOPBACK_NAMES if is_loopback(host) else ())}
    return ReviewConfig(
        database=settings.database,
        reviewer=reviewer,
        people={name: secret.get_secret_value() for name, secret in settings.review.people.items()},
        hosts=tuple(sorted(name.lower() for name in names)),
        secure=settings.review.secure,
        language=settings.review.language,
        tiles=settings.review.tiles,
        tiles_credit=settings.review.tiles_credit,
    )


def make_workings(alerts: AlertSettings | None = None) -> Workings:
    """Everything that the pages borrow from other rooms; by `alerts` what people decide is told to whom it concerns."""
    from alerts.names import load_names
    from extract.search import index_words, read_words
    from intake.corrections import allowed_values, find_places
    from intake.judgements import judge, look_into
    from intake.recoding import decide_recoding, undo_recoding
    from review.workings import Workings

    return Workings(
        names=load_names(),
        read_words=read_words,
        index_words=index_words,
        look=look_into,
        judge=partial(judge, alerts=alerts),
        recode=decide_recoding,
        unrecode=undo_recoding,
        allowed=allowed_values(),
        find_places=find_places,
        clock=lambda: datetime.now(UTC),
    )


def find_user() -> str:
    """The name of the system's user; "reviewer" where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "reviewer"


@command.command("gold")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@place_options
def gold_command(folder: Path, settings_path: Path | None, database_path: Path | None) -> None:
    """Write the judged reports as a gold set into FOLDER: reports.jsonl and gold.jsonl, as tests/gold has them.

    \b
    Example:
      marsad review gold judged/
    """
    from review.gold import write_gold

    db = open_existing(read_settings(settings_path, database_path))
    reports, incidents = write_gold(db, folder)
    db.close()
    click.echo(f"{folder}: {reports} judged reports with {incidents} incidents")


@command.command("quality")
@since_option("Judged within this time", default="30d")
@json_option
@place_options
def quality_command(since: timedelta, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Show how right the coder was by people's judgements: precision, corrections by field, reasons of rejection.

    \b
    Example:
      marsad review quality --since 30d
    """
    from review.figures import sum_up
    from store.reviews import read_quality

    db = open_existing(read_settings(settings_path, database_path))
    quality = sum_up(read_quality(db, datetime.now(UTC) - since))
    db.close()
    if as_json:
        print_json(quality)
    elif not quality["judged"]:
        click.echo("Nothing was judged in this time.")
    else:
        pairs = [(name, quality[name]) for name in ("judged", "confirmed", "corrected", "rejected", "merge", "split")]
        pairs += [(name, f"{quality[name]:.0%}") for name in ("precision", "as_coded")]
        pairs += [(f"corrected: {name}", n) for name, n in quality["fields"].items()]
        pairs += [(f"rejected: {reason or 'no reason'}", n) for reason, n in quality["reasons"].items()]
        print_pairs(pairs)
