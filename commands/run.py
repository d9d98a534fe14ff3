"""`marsad run`: the daemon on the settings' outlets, until Ctrl-C or SIGTERM."""

from __future__ import annotations

from pathlib import Path

import click

from commands.logs import set_up_logs
from commands.options import check_services, place_options, read_settings


@click.command("run")
@click.option("-v", "--verbose", is_flag=True, help="Log more.")
@place_options
def command(verbose: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Run the daemon: crawl the outlets, code the news, link the reports and send alerts.

    It runs until Ctrl-C or SIGTERM and keeps all state in the database, so that it can be stopped at any time. Alerts
    are printed here until the settings name a channel; the log goes to standard error.

    \b
    Example:
      marsad run --settings ~/marsad/settings.toml
    """
    settings = read_settings(settings_path, database_path)
    check_services(settings, settings_path)
    set_up_logs(verbose=verbose)
    from crawler.catalogue import load_outlets
    from scheduler import run_daemon

    run_daemon(settings, load_outlets(settings))
