"""`marsad reload`: lets a running daemon read its settings again."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import click

from commands.options import place_options
from commands.run import load_again
from store.errors import MarsadError


@click.command("reload")
@place_options
def command(settings_path: Path | None, database_path: Path | None) -> None:
    """Check the settings, and let the daemon that is at work read them again; faulty ones are refused here already.

    Outlets, rules, channels, times and limits change at once. `database` and `[extract]` need a new start.

    \b
    Example:
      marsad reload --settings ~/marsad/settings.toml
    """
    settings, outlets = load_again(settings_path, database_path)
    from store.database import find_daemon

    pid = find_daemon(settings.database)
    if pid is None:
        raise MarsadError(f"{settings.database}: no daemon is at work on it")
    os.kill(pid, signal.SIGHUP)
    enabled = sum(outlet.enabled for outlet in outlets)
    click.echo(f"Process {pid} was told to reload; the settings are sound ({enabled} outlets). Its log says `reload`.")
