"""`marsad export`: incidents in the formats of other programs, and a copy of the database that may be given away."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import click

from commands.options import open_existing, place_options, read_settings
from store.errors import MarsadError

if TYPE_CHECKING:
    from store.database import Database

FORMATS = ("csv", "jsonl", "geojson", "kml", "atom", "acled.csv", "plover.jsonl", "weekly.html", "sqlite")


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
@click.option("--format", "name", type=click.Choice(FORMATS), help="Format.  [default: by its ending; csv without one]")
@click.option("--filter", "query", default="", metavar="QUERY", help="As in the review's address.")
@click.option("--until", "cut_off", metavar="TIME", help="Information cut-off, ISO 8601: nothing first seen later.")
@click.option("--public", is_flag=True, help="Leave out every word of the outlets.")
@click.option("--language", type=click.Choice(["ar", "en"]), default="en", show_default=True, help="Of names.")
@place_options
def command(
    file: Path,
    name: str | None,
    query: str,
    cut_off: str | None,
    public: bool,
    language: str,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Write incidents to FILE (- or none: standard output); each file says its information cut-off and coder version.

    `--format sqlite --public` writes a copy of the database without any text of the outlets.

    \b
    Examples:
      marsad export incidents.csv
      marsad export --format geojson --filter "country=IQ&since=2021-01-01" map.geojson
      marsad export --public --format sqlite public.db
    """
    name = name or read_format(file)
    moment = read_cut_off(cut_off) or datetime.now(UTC)
    settings = read_settings(settings_path, database_path)
    if name == "sqlite":
        write_copy(settings_path, database_path, file, public=public, moment=moment)
        return
    db = open_existing(settings)
    try:
        pieces = write_pieces(db, name, query, moment, language=language, public=public)
        if str(file) == "-":
            for piece in pieces:
                sys.stdout.buffer.write(piece.encode())
            sys.stdout.buffer.flush()
        else:
            with file.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(pieces)
    except OSError as error:
        raise MarsadError(f"{file}: cannot be written: {error.strerror}") from error
    finally:
        db.close()


def read_format(file: Path) -> str:
    """The format that a file's ending stands for; csv for standard output and for a name without an ending."""
    ending = file.suffix
    found = next((one for one in FORMATS if file.name.lower().endswith(f".{one}")), None if ending else "csv")
    if found is None:
        raise click.BadParameter(
            f"{file}: no format ends in {ending} (formats: {', '.join(FORMATS)}; or name one with --format)",
            param_hint="FILE",
        )
    return found


def write_pieces(
    db: Database, name: str, query: str, moment: datetime, *, language: str, public: bool
) -> Iterator[str]:
    """The file's text, piece by piece."""
    from alerts.names import load_names
    from extract.search import read_words
    from review.figures import render_week
    from review.filters import make_filter, read_choice
    from review.handing import write_export
    from review.queries import Search
    from review.wording import Wording

    names = load_names()
    words = Wording(language=language, names=names)
    if name == "weekly.html":
        return iter([render_week(db, words, moment)])
    choice = read_choice(parse_qs(query))
    text = choice.get("q")
    found = Search(read_words, names).read(text) if text else None
    wanted = replace(make_filter(choice, now=moment, match=found.match if found else None), seen_until=moment)
    return write_export(db, name, wanted, words, now=moment, public=public)


def read_cut_off(text: str | None) -> datetime | None:
    """An ISO 8601 time; without a zone it is UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no ISO 8601 time", param_hint="--until") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def write_copy(
    settings_path: Path | None, database_path: Path | None, file: Path, *, public: bool, moment: datetime
) -> None:
    """Write the redacted copy; wrong use without --public, so that nobody gives away a whole database by mistake."""
    from store.public_copy import write_public_copy

    if not public or str(file) == "-":
        raise click.UsageError("--format sqlite writes a public copy to a file: add --public and name the file")
    db = open_existing(read_settings(settings_path, database_path))
    try:
        counts = write_public_copy(db, file, cut_off=moment)
    finally:
        db.close()
    click.echo(f"{file}: " + ", ".join(f"{n} {table}" for table, n in counts.items()))
