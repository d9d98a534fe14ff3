"""Turns the options that every command shares (--settings, --database, --json) into settings and a database."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from store.durations import parse_duration
from store.errors import SettingsError
from store.settings import DEFAULT_NAME, Settings, load_settings

if TYPE_CHECKING:
    from sqlite_utils import Database

Function = TypeVar("Function", bound=Callable[..., Any])


def place_options(function: Function) -> Function:
    """Add --settings and --database, which say where a command reads and keeps things."""
    settings_option = click.option(
        "--settings",
        "settings_path",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="PATH",
        help="Settings file.  [default: ./settings.toml where it exists]",
    )
    database_option = click.option(
        "--database",
        "database_path",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="PATH",
        help="Database file, in place of the settings' own.",
    )
    return settings_option(database_option(function))


def json_option(function: Function) -> Function:
    """Add --json: one array where the command lists, one object where it sums up."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(function)


def read_settings(settings_path: Path | None, database_path: Path | None) -> Settings:
    """Load the settings asked for, else ./settings.toml, else the defaults; SettingsError where they are wrong."""
    return load_settings(settings_path, database=database_path)


def check_services(settings: Settings, settings_path: Path | None) -> None:
    """Look up the names in rules, and try each channel's address and template without sending.

    SettingsError has one line for each that is wrong.
    """
    from alerts.rehearsal import check_channels
    from crawler.catalogue import load_outlets

    outlets = {outlet.id for outlet in load_outlets(settings)}
    faults = [*check_rules(settings, outlets), *check_channels(settings.alerts, now=datetime.now(UTC))]
    if faults:
        raise SettingsError([f"{settings_path or DEFAULT_NAME}: {fault}" for fault in faults])


def check_rules(settings: Settings, outlets: Collection[str] | None = None) -> list[str]:
    """One line for each name in a rule that no list has; `outlets` None: any outlet will do."""
    if not settings.alerts.rules:
        return []
    from alerts.names import load_names
    from alerts.rule_names import find_unknown_names
    from intake.articles import matching

    return find_unknown_names(settings.alerts, load_names(), matching().fold, outlets=outlets)


def open_existing(settings: Settings) -> Database:
    """Open the database for reading and writing; StoreError, with what to do, where there is none yet."""
    from store.database import open_database

    return open_database(settings.database, create=False)


class DurationType(click.ParamType[timedelta]):
    """A time span as the settings write it: "36h", "30d"."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read the span; wrong use where it is none."""
        try:
            return parse_duration(value)
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


def since_option(words: str, default: str | None = None) -> Callable[[Function], Function]:
    """Add --since, a time span up to now."""
    return click.option(
        "--since", type=DurationType(), metavar="SPAN", default=default, show_default=True,
        help=f'{words}: "36h", "30d".',
    )  # fmt: skip


class ListGroup(click.Group):
    """A group that lists where no subcommand is named: `marsad incidents --json` is `marsad incidents list --json`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `list` before the options; --help stays the group's own."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)
