"""`marsad restore`: puts a backup in the database's place and keeps what was there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from commands.options import json_option, place_options, read_settings
from commands.output import print_json
from store.errors import DamageError, StoreError


@click.command("restore")
@click.argument("backup", required=False, type=click.Path(path_type=Path, dir_okay=False), metavar="[BACKUP]")
@json_option
@place_options
def command(backup: Path | None, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Put a backup (the newest, where none is named) in the database's place; the daemon must be stopped.

    The backup is read through first. What was there is kept beside it as NAME.replaced-TIME. Alerts that were sent
    since the backup are not sent again as long as that can still be read; what was reported since is crawled again as
    far as outlets still list it.

    \b
    Examples:
      marsad restore
      marsad restore backups/marsad-20261120T020000Z.db
    """
    settings = read_settings(settings_path, database_path)
    from store.backups import list_backups
    from store.restore import restore_database

    chosen = backup or next(iter(list_backups(settings.backup_folder)), None)
    if chosen is None:
        raise StoreError(f"{settings.backup_folder}: holds no backup; name one: `marsad restore FILE`")
    try:
        restored = restore_database(settings.database, chosen, now=datetime.now(UTC))
    except DamageError as error:
        others = [path for path in list_backups(settings.backup_folder) if path.resolve() != chosen.resolve()]
        other = f"take another: `marsad restore {others[0]}`" if others else "there is no other backup"
        raise DamageError(f"{error}; {other}") from error
    counts = restored.contents.counts
    replaced = None if restored.replaced is None else str(restored.replaced)
    if as_json:
        print_json({"backup": str(chosen), "replaced": replaced, "alerts_told_since": restored.told_since, **counts})
        return
    click.echo(f"{settings.database} is now {chosen}: " + ", ".join(f"{n} {table}" for table, n in counts.items()))
    if replaced is not None:
        told = restored.told_since
        since = "cannot be read: some alerts may come once more" if told is None else f"marked {told} alerts as sent"
        click.echo(f"What was there is {replaced}; it {since}.")
