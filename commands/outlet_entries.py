"""Turns an address or an OPML list into entries for settings.toml, and the outlets into an OPML list."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.live import propose_live
from commands.options import json_option, place_options, read_settings
from commands.output import clean, print_json
from store.errors import MarsadError
from store.settings import DEFAULT_NAME

if TYPE_CHECKING:
    from crawler.propose import Proposal

write_option = click.option("--write", is_flag=True, help="Append to the settings file, in place of printing only.")


@click.command("add")
@click.argument("url")
@write_option
@json_option
@place_options
def add_command(url: str, write: bool, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Propose a complete entry for an outlet, given its home page, feed, sitemap, section page or Telegram channel.

    A feed that the page names is preferred, then one in the usual places, a news sitemap, and the links of the page.
    The entry goes to standard output, what to look at to standard error.

    \b
    Examples:
      marsad outlets add https://www.outlet.example/
      marsad outlets add https://t.me/s/channel --write
    """
    settings = read_settings(settings_path, database_path)
    from crawler.catalogue import load_outlets, source_key
    from crawler.propose import entry_toml

    known = load_outlets(settings)
    proposal = propose_live(settings, url, known)
    keys = set(map(source_key, proposal.outlet.urls))
    watched = [outlet.id for outlet in known if keys & set(map(source_key, outlet.urls))]
    if watched:
        raise MarsadError(f"{proposal.outlet.urls[0]}: is watched already, as {watched[0]}")
    entry = entry_toml(proposal.outlet)
    if write:
        append_entries(settings_path, [entry])
    if as_json:
        print_json(proposal_row(proposal, entry))
        return
    click.echo(entry, nl=False)
    for line in (*describe_finding(proposal), *proposal.notes):
        click.echo(f"# {clean(line)}", err=True)
    put = f"# Put the entry into {settings_path or DEFAULT_NAME}, or run this again with --write."
    click.echo(f"# Next: marsad outlets preview {proposal.outlet.id}" if write else put, err=True)


def proposal_row(proposal: Proposal, entry: str) -> dict[str, object]:
    """A proposal as plain values."""
    outlet = proposal.outlet
    return {
        "id": outlet.id,
        "entry": entry,
        "kind": outlet.kind,
        "urls": outlet.urls,
        "items": [{"title": each.item.title, "url": each.url} for each in proposal.preview.items],
        "notes": proposal.notes,
        "tried": [{"url": tried.url, "outcome": tried.outcome} for tried in proposal.tried],
    }


def describe_finding(proposal: Proposal) -> list[str]:
    """Say what was found, with the first headlines."""
    items = proposal.preview.items
    titles = [each.item.title or (each.item.text or "")[:80] for each in items[:3]]
    return [f"{proposal.outlet.kind} with {len(items)} articles, such as:", *(f"  {title}" for title in titles)]


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@write_option
@json_option
@place_options
def import_command(
    file: Path, write: bool, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """Turn the feeds of an OPML file (as feed readers export it) into entries; feeds that are watched are left out.

    \b
    Example:
      marsad outlets import feeds.opml --write
    """
    settings = read_settings(settings_path, database_path)
    from crawler.catalogue import load_outlets
    from crawler.opml import read_opml
    from crawler.propose import entry_toml

    try:
        found = read_opml(file.read_bytes(), every_seconds=settings.crawl.every_seconds, known=load_outlets(settings))
    except ValueError as error:
        raise MarsadError(f"{file}: {error}") from error
    entries = [entry_toml(outlet) for outlet in found]
    if write and entries:
        append_entries(settings_path, entries)
    if as_json:
        print_json([{"id": o.id, "entry": entry, "urls": o.urls} for o, entry in zip(found, entries, strict=True)])
        return
    click.echo("\n".join(entries), nl=False)
    click.echo(f"# {len(entries)} new feeds; look over names, countries and publishers.", err=True)


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--all", "with_disabled", is_flag=True, help="Also those that are switched off.")
@json_option
@place_options
def export_command(
    file: Path | None, with_disabled: bool, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """Write the outlets that have feeds as OPML 2.0, to FILE or to standard output.

    \b
    Example:
      marsad outlets export marsad.opml
    """
    from crawler.catalogue import load_outlets
    from crawler.opml import write_opml

    known = load_outlets(read_settings(settings_path, database_path))
    chosen = [outlet for outlet in known if outlet.enabled or with_disabled]
    outlets = [outlet for outlet in chosen if outlet.kind == "feed"]
    left_out = len(chosen) - len(outlets)

    data = write_opml(outlets, title="Marsad")
    if file is not None:
        try:
            file.write_bytes(data)
        except OSError as error:
            raise MarsadError(f"{file}: cannot be written: {error.strerror}") from error
    if as_json:
        print_json({"outlets": len(outlets), "without_feed": left_out, "file": str(file) if file else None})
    elif file is None:
        sys.stdout.buffer.write(data)
    else:
        click.echo(f"Wrote {len(outlets)} outlets to {file}; {left_out} that have no feed are left out.")


def append_entries(settings_path: Path | None, entries: list[str]) -> None:
    """Append tables to the settings file; MarsadError where there is none, or it would not be read afterwards."""
    from store.settings import load_settings

    path = settings_path or Path(DEFAULT_NAME)
    if not path.is_file():
        raise MarsadError(f"{path}: there is no such file (`marsad init` writes one)")
    before = path.read_bytes()
    text = before.decode("utf-8")
    addition = "\n".join(entries)
    path.write_text(f"{text.rstrip()}\n\n{addition}", encoding="utf-8")
    try:
        load_settings(path)
    except MarsadError:
        path.write_bytes(before)
        raise
    click.echo(f"# Added to {path}.", err=True)
