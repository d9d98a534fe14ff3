"""`marsad backup`: a verified copy of the database, while the daemon works or not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from commands.options import json_option, open_existing, place_options, read_settings
from commands.output import print_json


@click.command("backup")
@click.option("--list", "only_list", is_flag=True, help="List the backups that there are, and make none.")
@json_option
@place_options
def command(only_list: bool, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Copy the database into the folder of backups, read the copy through, and drop the oldest beyond backup.keep.

    \b
    Examples:
      marsad backup
      marsad backup --list --json
    """
    settings = read_settings(settings_path, database_path)
    from store.backups import back_up, list_backups

    if only_list:
        found = list_backups(settings.backup_folder)
        if as_json:
            print_json([{"file": str(path), "bytes": path.stat().st_size} for path in found])
            return
        for path in found:
            click.echo(f"{path}  {path.stat().st_size / 1e6:.1f} MB")
        if not found:
            click.echo(f"No backup in {settings.backup_folder}.")
        return
    open_existing(settings).close()
    contents = back_up(settings.database, settings.backup_folder, now=datetime.now(UTC), keep=settings.backup.keep)
    if as_json:
        print_json({"file": str(contents.path), "bytes": contents.bytes, "schema": contents.schema, **contents.counts})
    else:
        counts = ", ".join(f"{count} {table}" for table, count in contents.counts.items())
        click.echo(f"{contents.path}  {contents.bytes / 1e6:.1f} MB, whole: {counts}")
