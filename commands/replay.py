"""`marsad replay`: runs past reports through the whole path after fetching, with the clock set from the reports."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from commands.faults import Faults
from commands.options import json_option, place_options, read_settings
from commands.output import print_json, print_pairs
from extract.reports import Malformed, dump_line, read_reports
from store.database import open_database, transaction
from store.outbox import all_alerts, suppress_alerts
from store.records import Report


@click.command("replay")
@click.option(
    "--input", "source", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="Reports, JSON Lines.",
)  # fmt: skip
@click.option("--links", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where the links go.")
@click.option("--alerts", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Where the alerts go.")
@json_option
@place_options
def command(
    source: Path,
    links: Path | None,
    alerts: Path | None,
    as_json: bool,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Run past reports through the whole path after fetching, in order of publication, to test rules on history.

    The settings' rules and ages count, the guard of a first run does not. --database names a new file; an existing one
    ends with exit code 2. --links gets one line a report, {"id", "incidents": [{"incident_id", …}]} with the report's
    own coding; --alerts one line a message, {"kind", "incident_id", "article_id", "at"}, in order of sending. Nothing
    leaves the machine. A malformed line is reported by its number and the others go on; the exit code is then 1.

    \b
    Example:
      marsad replay --input reports.jsonl --database new.db --links links.jsonl --alerts alerts.jsonl
    """
    if database_path is None:
        raise click.UsageError("--database is needed: a new file for what the replay makes")
    if database_path.exists():
        raise click.BadParameter(f"{database_path}: exists already", param_hint="--database")
    settings = read_settings(settings_path, database_path)
    from crawler.catalogue import load_outlets
    from extract.coder import code_report
    from intake.replay import replay_reports

    faults = Faults(code_report)
    reports: list[Report] = []
    with source.open("rb") as stream:
        for report in read_reports(stream):
            if isinstance(report, Malformed):
                faults.tell(f"{source}: line {report.line}: {report.problem}")
            else:
                reports.append(report)
    outlets = {outlet.id: outlet for outlet in load_outlets(settings)}
    db = open_database(database_path)
    found = replay_reports(db, reports, faults.code, settings.alerts, outlets=outlets)
    with transaction(db):  # so that no daemon that is ever run on this database tells the past
        waiting = [alert.id for alert in all_alerts(db) if alert.state != "suppressed"]
        suppress_alerts(db, waiting, reason="of a replay")
    db.close()
    for path, rows in ((links, found.links), (alerts, found.alerts)):
        if path is not None:
            path.write_bytes(b"".join(map(dump_line, rows)))
    incidents = {incident["incident_id"] for row in found.links for incident in row["incidents"]}
    new = sum(row["kind"] == "new" for row in found.alerts)
    summary = {
        "reports": len(reports), "malformed": faults.count, "incidents": len(incidents), "alerts_new": new,
        "alerts_update": len(found.alerts) - new,
    }  # fmt: skip
    if as_json:
        print_json(summary)
    else:
        print_pairs(summary.items())
    sys.exit(1 if faults.count else 0)
