"""`marsad extract`: shows what one page is, or why it is no article."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from commands.options import json_option, place_options, read_settings
from commands.output import clean, make_console, print_json, print_pairs
from commands.sources import is_url, load_page, read_article
from store.records import Rejected


@click.command("extract")
@click.argument("source", metavar="FILE|URL")
@json_option
@place_options
def command(source: str, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Show what a saved HTML file or a URL is: title, published, author, language and text, or why it is rejected.

    A rejected page ends with exit code 1.

    \b
    Examples:
      marsad extract article.html
      marsad extract https://outlet.example/news/1 --json
    """
    if source != "-" and not is_url(source) and not Path(source).is_file():
        raise click.BadParameter(f"{source}: no such file", param_hint="FILE|URL")
    settings = read_settings(settings_path, database_path)
    found = read_article(load_page(source, settings), settings)
    if as_json:
        print_json({"rejected": isinstance(found, Rejected), **asdict(found)})
    elif isinstance(found, Rejected):
        print_pairs([("url", found.url), ("rejected", found.reason), ("detail", found.detail)])
    else:
        fields = (
            "url", "title", "published", "published_precision", "published_from", "author", "language", "text_from",
        )  # fmt: skip
        print_pairs((name, getattr(found, name)) for name in fields)
        console = make_console()
        for line in found.text.splitlines():
            console.print(clean(line) if line.strip() else "")
    sys.exit(1 if isinstance(found, Rejected) else 0)
