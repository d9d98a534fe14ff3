"""`marsad add`: takes in pages that no outlet listed, through the path of every page: fetch, keep, extract, take in."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import json_option, place_options, read_settings
from commands.output import clean, print_json
from commands.sources import fetch_page, is_url, local_page, outlet_of
from store.errors import CrawlError
from store.records import Page
from store.settings import Settings

if TYPE_CHECKING:
    from store.database import Database
    from store.pages import StoredPage


@click.command("add")
@click.argument("sources", nargs=-1, required=True, metavar="URL|FILE...")
@click.option("--url", "address", metavar="URL", help="Address that a saved file has, where the file does not name it.")
@json_option
@place_options
def command(
    sources: tuple[str, ...],
    address: str | None,
    as_json: bool,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Take in pages by hand: addresses, or saved files (HTML, MHTML). It may run beside the daemon, which sends alerts.

    A page of an outlet's host counts as that outlet's; of another, as a publisher's of its own. Exit code 1 where a
    page could not be fetched or holds no Arabic article; the others are taken in all the same.

    \b
    Examples:
      marsad add https://outlet.example/news/1
      marsad add saved.html --url https://outlet.example/news/1 --json
    """
    settings = read_settings(settings_path, database_path)
    for source in sources:
        if not is_url(source) and not Path(source).is_file():
            raise click.BadParameter(f"{source}: neither a web address nor a file", param_hint="URL|FILE")
    if address is not None and (len(sources) != 1 or is_url(sources[0]) or not is_url(address)):
        raise click.BadParameter("goes with one saved file, and is a web address", param_hint="--url")
    from store.database import open_database

    db = open_database(settings.database)
    try:
        rows = [add_source(db, source, settings, address) for source in sources]
    finally:
        db.close()
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            told = f"{row['outcome']}  {row['title'] or row['reason'] or ''}  {' '.join(row['incidents'])}"
            click.echo(f"{clean(row['source'])}: {clean(told)}")
            if str(row["url"]).startswith("file:"):
                click.echo("  The file does not say where it is from: `--url` with its address makes it that outlet's.")
            if row["alerts"]:
                click.echo(f"  {row['alerts']} messages queued; the daemon, or the next `marsad crawl`, sends them.")
    if any(row["article"] is None for row in rows):
        sys.exit(1)


def add_source(db: Database, source: str, settings: Settings, address: str | None) -> dict[str, Any]:
    """Take in one address or file; a row that says what became of it."""
    row: dict[str, Any] = {"source": source, "url": None, "outlet": None, "outcome": "not_fetched", "reason": None,
                           "article": None, "title": None, "incidents": [], "alerts": 0}  # fmt: skip
    try:
        page = fetch_page(source, settings) if is_url(source) else read_saved(source, settings, address)
    except CrawlError as error:
        return row | {"reason": str(error)}
    return row | take_page(db, page, settings)


def read_saved(source: str, settings: Settings, address: str | None) -> Page:
    """A page out of a saved file, under the address named, else the one that it names itself, else the file's."""
    from crawler.saved import read_saved_page
    from crawler.urls import stated_canonical

    data = Path(source).read_bytes()
    page = local_page(source, data)
    body = page.body or b""
    stated = address or read_saved_page(data).address
    if stated is None:
        return page
    url = stated_canonical(body, stated, outlet_of(stated, settings).allowed_hosts)
    return replace(page, url=url, requested_url=stated)


def take_page(db: Database, page: Page, settings: Settings) -> dict[str, Any]:
    """Keep a page and take it in at once; the daemon, should it come first, does just the same."""
    from extract.page import extract_page
    from intake import take_in
    from store.articles import find_article
    from store.database import transaction
    from store.outlets import save_outlets

    outlet = outlet_of(page.url if is_url(page.url) else "", settings)
    page = replace(page, outlet_id=outlet.id)
    with transaction(db):
        save_outlets(db, [outlet])
        stored = keep_page(db, page)
    outcome = take_in(db, stored, extract_page(page, outlet), outlet=outlet, settings=settings, now=datetime.now(UTC))
    article = find_article(db, outcome.article_id) if outcome.article_id else None
    return {
        "url": page.url, "outlet": outlet.id, "outcome": outcome.word, "reason": outcome.reason,
        "article": outcome.article_id, "title": article.article.title if article else None,
        "incidents": list(outcome.incident_ids), "alerts": outcome.alerts,
    }  # fmt: skip


def keep_page(db: Database, page: Page) -> StoredPage:
    """Put a page on the queue; where its newest revision holds the same, that one, with the body as it came now."""
    from store.pages import find_page, save_page

    save_page(db, page, first_visit=False)
    stored = find_page(db, page.url)
    assert stored is not None
    return replace(stored, page=replace(page, item=stored.page.item))
