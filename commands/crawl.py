"""`marsad crawl`: one visit to some or all outlets, through the daemon's own path."""

from __future__ import annotations

import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

import click

from commands.logs import set_up_logs
from commands.options import json_option, place_options, read_settings
from commands.output import print_json, print_table


@click.command("crawl")
@click.argument("outlets", nargs=-1, metavar="[OUTLET]...")
@json_option
@place_options
def command(outlets: tuple[str, ...], as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Visit outlets once, now (all that are switched on, where none is named), and take in what is new.

    It does what the daemon does in one round: fetch, extract, code, link, alert. Exit code 1 where no outlet answered.

    \b
    Examples:
      marsad crawl
      marsad crawl ina shafaq --json
    """
    settings = read_settings(settings_path, database_path)
    from crawler.catalogue import load_outlets
    from crawler.outcomes import describe_outcome
    from scheduler import crawl_once

    known = load_outlets(settings)
    unknown = sorted(set(outlets) - {outlet.id for outlet in known})
    if unknown:
        raise click.BadParameter(f"no such outlet: {', '.join(unknown)} (see `marsad outlets list`)")
    chosen = [outlet for outlet in known if (outlet.id in outlets if outlets else outlet.enabled)]
    set_up_logs(verbose=False)
    with redirect_stdout(sys.stderr) if as_json else nullcontext():  # alerts in the terminal are not part of the JSON
        reports = crawl_once(settings, known, chosen)
    rows = [{"outlet": one.outlet_id, "new_pages": one.saved, "problem": one.problem} for one in reports]
    if as_json:
        print_json(rows)
    else:
        print_table(
            "Visited", {"outlet": "outlet", "new_pages": "new pages", "problem": "problem"}, rows,
            empty="No outlet is switched on.", wide=("problem",),
        )  # fmt: skip
        for problem in sorted({str(row["problem"]) for row in rows if row["problem"]}):
            click.echo(f"  {problem}: {describe_outcome(problem, None)}")
    if rows and all(row["problem"] for row in rows):
        sys.exit(1)
