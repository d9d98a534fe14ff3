"""`marsad outlets`: the catalogue with the settings' overrides, and how each outlet fares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.options import ListGroup, json_option, place_options, read_settings
from commands.output import print_json, print_table
from store.settings import Settings


@click.group("outlets", cls=ListGroup)
def command() -> None:
    """List the outlets and how they fare.

    \b
    Example:
      marsad outlets list
    """


@command.command("list")
@click.option("--all", "with_disabled", is_flag=True, help="Also those that are switched off.")
@json_option
@place_options
def list_command(
    with_disabled: bool, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """List the outlets: kind, interval, last success, failures in a row, articles taken in.

    \b
    Example:
      marsad outlets list --all --json
    """
    rows = [row for row in outlet_rows(read_settings(settings_path, database_path)) if with_disabled or row["enabled"]]
    if as_json:
        print_json(rows)
        return
    columns = {"id": "id", "name_en": "outlet", "country": "country", "kind": "kind", "every_seconds": "every (s)",
               "last_success_at": "last success", "failures": "failures", "last_problem": "problem",
               "articles": "articles", "verified": "seen live"}  # fmt: skip
    print_table("Outlets", columns, rows, empty="No outlet is switched on.", wide=("last_problem",))


def outlet_rows(settings: Settings) -> list[dict[str, Any]]:
    """Each outlet of the catalogue and the settings with what the database, where there is one, remembers of it."""
    from crawler.catalogue import load_outlets
    from store.database import open_database
    from store.overview import list_outlets

    memory: dict[str, dict[str, Any]] = {}
    if settings.database.is_file():
        db = open_database(settings.database, create=False)
        memory = {row["id"]: row for row in list_outlets(db)}
        db.close()
    shown = ("id", "name_ar", "name_en", "home", "publisher", "ownership", "country", "time_zone", "kind", "urls",
             "every_seconds", "enabled", "verified")  # fmt: skip
    remembered = ("last_polled_at", "last_success_at", "last_new_article_at", "next_poll_at", "failures",
                  "last_problem", "articles", "rejected")  # fmt: skip
    return [
        {name: getattr(outlet, name) for name in shown}
        | {name: memory.get(outlet.id, {}).get(name) for name in remembered}
        for outlet in load_outlets(settings)
    ]
