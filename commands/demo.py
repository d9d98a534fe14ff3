"""`marsad demo`: the embedded newsroom, the real daemon against it, and what came of it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from commands.incidents import COLUMNS, WRAPPED, incident_row
from commands.options import json_option, place_options, read_settings
from commands.output import print_json, print_pairs, print_table
from commands.toml import write_toml
from newsroom.server import Newsroom
from newsroom.truth import judge_alerts
from store.database import Database, open_database
from store.errors import MarsadError
from store.outbox import next_due
from store.outlets import read_states
from store.overview import alerted_incidents, count_rows, list_delays, list_incidents, percentile
from store.pages import count_waiting
from store.records import Outlet

POLL_SECONDS = 2
SETTLE_SECONDS = 30.0  # after the last round, at most, until everything is taken in and sent
STOP_SECONDS = 15.0
# What only a demo on this machine may do: no waiting between requests, a look at every page again within seconds.
PACE: dict[str, Any] = {
    "catalogue": False,
    "crawl": {
        "contact": "marsad demo", "delay": "0s", "concurrent_per_host": 4, "every_min": "1s", "every_max": "4s",
        "back_off_max": "4s", "recheck": ["4s", "10s", "20s"],
    },
    "schedule": {"extract_every": "1s", "send_every": "1s", "jitter": "0s"},
    "backup": {"enabled": False},
    "monitor": {"enabled": False},  # so that several may run beside one another
}  # fmt: skip
OUTLET_KEYS = ("name_ar", "name_en", "home", "publisher", "ownership", "country", "time_zone", "kind", "urls",
               "allowed_hosts", "link_css", "body_css", "title_css", "date_css", "allow_private_hosts")  # fmt: skip


@click.command("demo")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="demo",
    show_default=True,
    help="Where settings, database and log of the demo go; those of an earlier one are replaced.",
)
@click.option("--round-seconds", type=click.FloatRange(min=1), default=8.0, show_default=True, help="A round's length.")
@json_option
@place_options
def command(
    folder: Path, round_seconds: float, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """Play a few minutes of news without network and show what Marsad makes of it, in about a minute.

    An embedded newsroom (a web server on this machine that plays several outlets) publishes articles, copies and
    corrections; the real daemon crawls it and prints each alert as it is sent. It starts from a clean database of its
    own. With --settings, the rules and channels of that file are used.

    \b
    Examples:
      marsad demo
      marsad demo --json
    """
    if database_path is not None and database_path.exists():
        raise click.BadParameter(f"{database_path}: exists; the demo begins with a clean one", param_hint="--database")
    read_settings(settings_path, database_path)  # faults end here, before anything is started
    folder.mkdir(parents=True, exist_ok=True)
    database = database_path or folder / "marsad.db"
    if database_path is None:
        for suffix in ("", "-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
    began = time.monotonic()
    with Newsroom(round_seconds=round_seconds, keeps_time=True) as newsroom:
        own = folder / "settings.toml"
        own.write_text(demo_settings(newsroom.outlets(every_seconds=POLL_SECONDS), settings_path), encoding="utf-8")
        say = (lambda _: None) if as_json else click.echo
        say(f"A newsroom of {len(newsroom.outlets())} outlets opens on this machine; the daemon begins to watch it.")
        with run_child(own, database, folder, quiet=as_json) as child:
            watch_rounds(newsroom, child, database, folder, say)
        db = open_database(database, create=False)
        summary = {**sum_up(db, newsroom), "seconds": round(time.monotonic() - began, 1)}
        rows = list_incidents(db, limit=1_000)
        db.close()
    if as_json:
        print_json(summary)
    else:
        print_table("\nIncidents", COLUMNS, map(incident_row, rows), empty="No incident.", wide=WRAPPED)
        print_summary(summary, rows, database)
    sys.exit(0 if rows else 1)


def demo_settings(outlets: tuple[Outlet, ...], settings_path: Path | None) -> str:
    """The text of the demo's settings: its pace, the newsroom's outlets, and the alerts of the user's own file."""
    users = tomllib.loads(settings_path.read_text(encoding="utf-8")) if settings_path else {}
    entries = {}
    for outlet in outlets:
        fields = asdict(outlet)
        entry = {key: fields[key] for key in OUTLET_KEYS if fields[key] is not None}
        entries[outlet.id] = {**entry, "every": f"{outlet.every_seconds}s"}
    alerts = {"alerts": users["alerts"]} if "alerts" in users else {}
    return write_toml({**PACE, **alerts, "outlets": entries})


@contextmanager
def run_child(settings: Path, database: Path, folder: Path, *, quiet: bool) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon as a user would; on leaving it is asked to end, and MarsadError says where it ended badly."""
    with (folder / "daemon.log").open("wb") as log:
        out: int | IO[bytes] | None = subprocess.DEVNULL if quiet else None
        line = [sys.executable, "-m", "cli", "run", "--log", "human", "--settings", str(settings)]
        line += ["--database", str(database.absolute())]
        child = subprocess.Popen(line, stdout=out, stderr=log, stdin=subprocess.DEVNULL)
        try:
            yield child
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
            try:
                code = child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                code = child.wait()
    if code != 0:
        raise MarsadError(f"the daemon ended with exit code {code}; {folder / 'daemon.log'} says why")


def watch_rounds(newsroom: Newsroom, child: subprocess.Popen[bytes], database: Path, folder: Path, say: Any) -> None:
    """Wait until the last round is over and everything in it is taken in and sent."""
    shown, deadline = -1, None
    while deadline is None or time.monotonic() < deadline:
        if child.poll() is not None:
            return
        if newsroom.round != shown:
            shown = newsroom.round
            say(f"— round {shown + 1} of {newsroom.script.rounds} —")
        if newsroom.is_over:
            deadline = deadline or time.monotonic() + SETTLE_SECONDS
            if is_settled(database, newsroom, deadline - SETTLE_SECONDS):
                return
        time.sleep(0.2)


def is_settled(database: Path, newsroom: Newsroom, since: float) -> bool:
    """Whether every outlet was visited well after the last round began, and nothing waits to be taken in or sent."""
    if time.monotonic() - since < 4 * POLL_SECONDS:
        return False
    db = open_database(database, create=False)
    try:
        due = next_due(db)
        polled = [state.last_polled_at for state in read_states(db).values()]
        age = time.monotonic() - since - 3 * POLL_SECONDS
        fresh = all(at is not None and (datetime.now(UTC) - at).total_seconds() < age for at in polled)
        return fresh and not count_waiting(db) and (due is None or due > datetime.now(UTC))
    finally:
        db.close()


def sum_up(db: Database, newsroom: Newsroom) -> dict[str, Any]:
    """The figures of the run, measured against what the newsroom knows that it told."""
    counts, delays = count_rows(db), list_delays(db)
    alerted = alerted_incidents(db)
    verdict = judge_alerts(newsroom.truth(), {row["id"]: row for row in alerted})
    times = [row["to_sent"] for row in delays if row["to_sent"] is not None]
    seen = [row["seen_to_sent"] for row in delays if row["seen_to_sent"] is not None]
    twice = sum(row["sent"] - 1 for row in alerted)
    return {
        "outlets": len(newsroom.script.sites),
        "pages": counts["pages"],
        "articles": counts["articles"],
        "rejected": counts["rejected"],
        "failed": counts["failed"],
        "near_copies": counts["copies"],
        "incidents": counts["incidents"],
        "alerts": len(delays),
        "updates": counts["alerts"] - len(delays),
        "duplicate_alerts": twice + len(verdict.duplicate),
        "false_alerts": len(verdict.false),
        "missed": len(verdict.missed),
        "missed_incidents": list(verdict.missed),
        "delay_p50_seconds": percentile(times, 0.50),
        "delay_p95_seconds": percentile(times, 0.95),
        "seen_to_alert_p50_seconds": percentile(seen, 0.50),
        "seen_to_alert_p95_seconds": percentile(seen, 0.95),
    }


def print_summary(summary: dict[str, Any], rows: list[dict[str, Any]], database: Path) -> None:
    """Print the figures for a person, and the commands to go on with."""
    rejected = ", ".join(f"{reason} {count}" for reason, count in summary["rejected"].items()) or "none"
    click.echo()
    print_pairs(
        [
            ("pages fetched", summary["pages"]),
            ("articles", f"{summary['articles']}, of them near-copies {summary['near_copies']}"),
            ("rejected", rejected),
            ("incidents", summary["incidents"]),
            ("alerts", f"{summary['alerts']}, and {summary['updates']} updates"),
            (
                "told twice, false, missed",
                "{duplicate_alerts}, {false_alerts}, {missed}".format(**summary)
                + " (of incidents; their fields are not judged here)",
            ),
            ("publication to alert", _seconds(summary, "delay")),
            ("first seen to alert", _seconds(summary, "seen_to_alert")),
        ]
    )
    click.echo("\nTry next:")
    program = sys.argv[0] if sys.argv[0].endswith("/marsad") else "marsad"
    incident = rows[0]["id"] if rows else "ID"
    for words in (f"incidents show {incident}", "articles rejected", "alerts delay", "review"):
        click.echo(f"  {program} {words} --database {database}")


def _seconds(summary: dict[str, Any], name: str) -> str:
    half, most = summary[f"{name}_p50_seconds"], summary[f"{name}_p95_seconds"]
    return "unknown" if half is None else f"p50 {half:.1f} s, p95 {most:.1f} s"
