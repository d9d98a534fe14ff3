"""`marsad code`: turns reports into coded incidents, one line a report, without any database."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from commands.faults import Faults
from commands.options import place_options, read_settings
from commands.sources import is_url, read_source
from extract.coder import code_report
from extract.reports import Malformed, coding_json, dump_line, parse_published
from store.records import Rejected


@click.command("code")
@click.option("--input", "source", default="-", metavar="FILE|URL", help="What to code.  [default: stdin]")
@click.option("--output", "target", default="-", metavar="FILE", help="Where the lines go.  [default: stdout]")
@click.option("--title", metavar="TEXT", help="Title of a plain text.")
@click.option("--published", metavar="TIME", help="Publication time or day of a plain text, ISO 8601.")
@place_options
def command(
    source: str,
    target: str,
    title: str | None,
    published: str | None,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Code reports: every attack in them, field by field, with the words each field rests on.

    The input is JSON Lines ({"id", "outlet", "url", "published", "title", "text"} a line; only id and text are
    needed), a plain text, a saved HTML page, or a URL. One line goes out for each report, in order. A malformed line
    is reported by its number and the others go on; the exit code is then 1.

    \b
    Examples:
      marsad code --input reports.jsonl --output coded.jsonl
      marsad code --input article.html
      marsad code --published 2024-01-30 < article.txt
    """
    try:
        when = parse_published(published)
    except ValueError as error:
        raise click.BadParameter(str(error).removeprefix("published: "), param_hint="--published") from None
    if source != "-" and not is_url(source):
        if not Path(source).is_file():
            raise click.BadParameter(f"{source}: no such file", param_hint="--input")
        if target != "-" and Path(target).exists() and Path(target).samefile(source):
            raise click.BadParameter("would overwrite the input", param_hint="--output")
    settings = read_settings(settings_path, database_path)
    faults = Faults(code_report)
    with ExitStack() as stack:
        out = sys.stdout.buffer if target == "-" else stack.enter_context(Path(target).open("wb"))
        for report in read_source(source, settings, title=title, published=when):
            if isinstance(report, Malformed):
                faults.tell(f"{source}: line {report.line}: {report.problem}")
            elif isinstance(report, Rejected):
                detail = f" ({report.detail})" if report.detail else ""
                faults.tell(f"{report.url}: no article: {report.reason}{detail}")
            else:
                out.write(dump_line(coding_json(report.id, faults.code(report))))
        out.flush()
    sys.exit(1 if faults.count else 0)
