"""`marsad articles`: the articles that were taken in, and the pages that were none."""

from __future__ import annotations

from pathlib import Path

import click

from commands.options import ListGroup, json_option, open_existing, place_options, read_settings
from commands.output import print_json, print_table
from store.overview import list_articles, list_rejected

limit_option = click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(min=1), help="At most so many."
)
outlet_option = click.option("--outlet", metavar="ID", help="Of this outlet alone.")


@click.group("articles", cls=ListGroup)
def command() -> None:
    """List articles, and pages that were rejected.

    \b
    Examples:
      marsad articles list --outlet ina
      marsad articles rejected --json
    """


@command.command("list")
@outlet_option
@limit_option
@json_option
@place_options
def list_command(
    outlet: str | None, limit: int, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """List articles, the newest first, with the number of incidents that each tells.

    \b
    Example:
      marsad articles list --limit 10
    """
    db = open_existing(read_settings(settings_path, database_path))
    rows = list_articles(db, outlet=outlet, limit=limit)
    db.close()
    if as_json:
        print_json(rows)
        return
    columns = {"id": "id", "outlet_id": "outlet", "published_at": "published", "incidents": "incidents",
               "copy_of": "copy of", "title": "title"}  # fmt: skip
    print_table("Articles", columns, rows, empty="No article yet.", wide=("title",))


@command.command("rejected")
@outlet_option
@limit_option
@json_option
@place_options
def rejected_command(
    outlet: str | None, limit: int, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """List pages that were no Arabic article, the newest first, each with the reason.

    \b
    Example:
      marsad articles rejected --outlet ina
    """
    db = open_existing(read_settings(settings_path, database_path))
    rows = list_rejected(db, outlet=outlet, limit=limit)
    db.close()
    if as_json:
        print_json(rows)
        return
    columns = {"at": "at", "outlet_id": "outlet", "reason": "reason", "detail": "detail", "url": "address"}
    print_table("Rejected pages", columns, rows, empty="No page was rejected.", wide=("detail", "url"))
