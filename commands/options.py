"""Turns the options that every command shares (--settings, --database, --json) into settings and a database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from store.errors import StoreError
from store.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlite_utils import Database

Function = TypeVar("Function", bound=Callable[..., Any])

DEFAULT_SETTINGS = Path("settings.toml")


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
    if settings_path is None and DEFAULT_SETTINGS.is_file():
        settings_path = DEFAULT_SETTINGS
    return load_settings(settings_path, database=database_path)


def open_existing(settings: Settings) -> Database:
    """Open the database for reading and writing; StoreError, with what to do, where there is none yet."""
    from store.database import open_database

    if not settings.database.is_file():
        raise StoreError(f"{settings.database}: no such database yet; `marsad run` or `marsad crawl` makes it")
    return open_database(settings.database, create=False)
