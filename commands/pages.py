"""`marsad pages`: the pages as they were fetched, out of the database into a WARC file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

from commands.options import json_option, open_existing, place_options, read_settings, since_option
from commands.output import print_json
from commands.sources import outlet_of
from store.errors import MarsadError


@click.group("pages")
def command() -> None:
    """Export pages as they were fetched, with headers, hash and time of capture.

    \b
    Example:
      marsad pages export evidence.warc.gz --since 7d
    """


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@since_option("Only pages fetched within this time")
@click.option("--outlet", metavar="ID", help="Of this outlet alone.")
@click.option("--url", metavar="URL", help="Of this address alone: every version that was kept.")
@json_option
@place_options
def export_command(
    file: Path,
    since: timedelta | None,
    outlet: str | None,
    url: str | None,
    as_json: bool,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Write kept pages to FILE as gzipped WARC 1.1, a record a version. Bodies are kept for `keep.pages`.

    \b
    Examples:
      marsad pages export evidence.warc.gz --since 7d
      marsad pages export one.warc.gz --url https://outlet.example/news/1
    """
    settings = read_settings(settings_path, database_path)
    from crawler.urls import canonical_url
    from crawler.warc import write_warc
    from store.pages import read_kept_pages

    now = datetime.now(UTC)
    address = None if url is None else canonical_url(url, outlet_of(url, settings).allowed_hosts) or url
    db = open_existing(settings)
    part = file.with_name(f"{file.name}.part")  # what stands under the name asked for is whole
    try:
        kept = read_kept_pages(db, url=address, outlet_id=outlet, since=None if since is None else now - since)
        with part.open("wb") as stream:
            count = write_warc(stream, (stored.page for stored in kept), software=name_software(), now=now)
        if count == 0 and url is not None:
            raise MarsadError(f"{url}: no version of this page is kept")
        part.replace(file)
    except OSError as error:
        raise MarsadError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
        db.close()
    if as_json:
        print_json({"file": str(file), "pages": count})
    else:
        click.echo(f"Wrote {count} pages to {file}.")


def name_software() -> str:
    """What wrote the file."""
    try:
        return f"marsad {version('marsad')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "marsad"
