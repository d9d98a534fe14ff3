"""`marsad explain`: shows a report as the coder reads it, its evidence highlighted, and the reason of every field."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from commands.explained import print_explanation
from commands.options import json_option, place_options, read_settings
from commands.output import print_json
from commands.sources import LINE_SUFFIXES, is_url, read_source
from extract.explanation import Explanation, explain_report
from extract.reports import Malformed, mention_json, parse_published
from store.errors import MarsadError
from store.records import Rejected, Report
from store.settings import Settings


@click.command("explain")
@click.argument("source", metavar="FILE|URL|ARTICLE|REPORTS.jsonl#ID")
@click.option("--title", metavar="TEXT", help="Title of a plain text.")
@click.option("--published", metavar="TIME", help="Publication time or day of a plain text, ISO 8601.")
@json_option
@place_options
def command(
    source: str,
    title: str | None,
    published: str | None,
    as_json: bool,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Show why a report is coded as it is: for each incident and field the value, the rule, the words and what lost.

    Of a report without incident every sentence that speaks of attacks is shown with the reason why it gives none. The
    source is a plain text, a saved page, a URL, an article's id in the database, or one report of a file of reports
    (all of them without #ID). Evidence is coloured by field, or stands in brackets where the output has no colours.

    \b
    Examples:
      marsad explain article.txt --published 2024-01-30
      marsad explain tests/gold/reports.jsonl#gs001
      marsad explain 5f1c0e2a9b7d --json
    """
    try:
        when = parse_published(published)
    except ValueError as error:
        raise click.BadParameter(str(error).removeprefix("published: "), param_hint="--published") from None
    settings = read_settings(settings_path, database_path)
    path, wanted = split_source(source)
    if is_url(source) or path == "-" or Path(path).is_file():
        told = read_source(path, settings, title=title, published=when)
        reports = [found for found in told if is_wanted(found, wanted)]
        if not reports:
            raise click.ClickException(f"{path}: no report {wanted!r}" if wanted else f"{path}: no report")
    else:
        reports = [read_article_row(settings, source)]
    explanations = [explain_report(readable(found, path)) for found in reports]
    if as_json:
        rows = [explanation_json(found) for found in explanations]
        print_json(rows[0] if len(rows) == 1 else rows)
        return
    for found in explanations:
        print_explanation(found)


def split_source(source: str) -> tuple[str, str | None]:
    """A file of reports and the id behind its #; any other source is taken whole."""
    path, mark, wanted = source.rpartition("#")
    if mark and not is_url(source) and Path(path).suffix.lower() in LINE_SUFFIXES and not Path(source).exists():
        return path, wanted
    return source, None


def is_wanted(found: Report | Malformed | Rejected, wanted: str | None) -> bool:
    """Whether it is the report asked for; without an id all are."""
    return wanted is None or (isinstance(found, Report) and found.id == wanted)


def readable(found: Report | Malformed | Rejected, path: str) -> Report:
    """The report; exit code 1 with the reason where there is none to read."""
    if isinstance(found, Malformed):
        raise click.ClickException(f"{path}: line {found.line}: {found.problem}")
    if isinstance(found, Rejected):
        raise click.ClickException(f"{found.url}: no article: {found.reason}")
    return found


def read_article_row(settings: Settings, article_id: str) -> Report:
    """An article of the database as the coder reads it; exit code 1 where neither file nor article has that name."""
    from commands.options import open_existing
    from extract.page import as_report
    from store.articles import find_article

    if not settings.database.exists():
        raise click.ClickException(f"{article_id}: no such file, and no database {settings.database} with articles")
    try:
        db = open_existing(settings)
    except MarsadError as error:
        raise click.ClickException(f"{article_id}: no such file; {error}") from error
    stored = find_article(db, article_id)
    db.close()
    if stored is None:
        raise click.ClickException(f"{article_id}: no such file, and no such article in {settings.database}")
    return as_report(stored.article)


def explanation_json(found: Explanation) -> dict[str, Any]:
    """The whole explanation as one JSON object."""
    return {
        "id": found.report.id,
        "language": found.coding.language,
        "coder_version": found.coding.coder_version,
        "verdict": found.verdict,
        "incidents": [
            {
                **mention_json(incident.mention),
                "why": {
                    reason.name: {
                        "why": reason.why,
                        "quotes": [item.quote for item in reason.quotes],
                        "lost": list(reason.losers),
                    }
                    for reason in incident.fields
                },
                "weights": dict(incident.weights),
            }
            for incident in found.incidents
        ],
        "silences": [asdict(silence) for silence in found.silences],
        "notices": [asdict(notice) for notice in found.coding.notices],
    }
