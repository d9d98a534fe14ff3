"""`marsad run`: the daemon on the settings' outlets, until Ctrl-C or SIGTERM."""

from __future__ import annotations

from pathlib import Path

import click

from commands.logs import STYLES, hide_secrets, set_up_logs
from commands.options import check_services, place_options, read_settings
from store.errors import SettingsError
from store.records import Outlet
from store.secrets import find_secrets
from store.settings import DEFAULT_NAME, Settings


@click.command("run")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
@click.option(
    "--log", "style", type=click.Choice(STYLES), default="auto", show_default=True, envvar="MARSAD_LOG",
    help="Form of the log: auto is human on a terminal and JSON Lines elsewhere.",
)  # fmt: skip
@place_options
def command(verbose: bool, style: str, settings_path: Path | None, database_path: Path | None) -> None:
    """Run the daemon: crawl the outlets, code the news, link the reports and send alerts.

    It runs until Ctrl-C or SIGTERM and keeps all state in the database, so that it can be stopped at any time. At
    SIGHUP (`marsad reload`) it reads the settings again. Alerts are printed here until the settings name a channel; the
    log goes to standard error, without any secret of the settings.

    \b
    Example:
      marsad run --settings ~/marsad/settings.toml
    """
    set_up_logs(verbose=verbose, style=style)
    settings, outlets = load_all(settings_path, database_path)
    from scheduler import run_daemon

    has_file = settings_path is not None or Path(DEFAULT_NAME).exists()
    load = load_again if has_file else load_all
    run_daemon(settings, outlets, load=lambda: load(settings_path, database_path))


def load_all(settings_path: Path | None, database_path: Path | None) -> tuple[Settings, tuple[Outlet, ...]]:
    """Read the settings and the outlets that they make; SettingsError where they are faulty."""
    from crawler.catalogue import load_outlets

    settings = read_settings(settings_path, database_path)
    hide_secrets(find_secrets(settings))
    check_services(settings, settings_path)
    return settings, load_outlets(settings)


def load_again(settings_path: Path | None, database_path: Path | None) -> tuple[Settings, tuple[Outlet, ...]]:
    """As `load_all`, for a daemon that has settings: a file that is gone or empty is a fault, no wish for the defaults.

    With those it would leave its channels and watch the whole catalogue.
    """
    path = settings_path or Path(DEFAULT_NAME)
    if path.is_file() and path.stat().st_size == 0:
        raise SettingsError([f"{path}: is empty: put it back as it was, or write what is to hold"])
    return load_all(path, database_path)
