"""`marsad status`: how Marsad fares, in one screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from commands.options import json_option, place_options, read_settings
from commands.output import clean, print_json, print_pairs

MOST_FAILING = 8


@click.command("status")
@json_option
@place_options
def command(as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Say how Marsad fares: daemon, outlets, the last day, what waits, channels, files.

    \b
    Example:
      marsad status
    """
    settings = read_settings(settings_path, database_path)
    from crawler.catalogue import load_outlets
    from operations.status import read_status
    from store.database import reading

    with reading(settings.database) as db:
        status = read_status(db, settings, load_outlets(settings), now=datetime.now(UTC))
    if as_json:
        print_json(status)
    else:
        print_pairs(describe_status(status))


def describe_status(status: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The screen, line by line."""
    outlets, day, queue, files = status["outlets"], status["last_day"], status["queue"], status["files"]
    pid = status["daemon"]
    yield "daemon", f"process {pid}" if pid else "not running (`marsad run`)"
    yield (
        "outlets",
        (
            f"{outlets['watched']} watched, {outlets['answered_in_a_day']} answered within a day,"
            f" {outlets['never_asked']} never asked; last poll {ago(outlets['last_poll_seconds'])}"
        ),
    )
    if outlets["failing"]:
        worst = sorted(outlets["failing"].items(), key=lambda item: -item[1]["failures"])
        named = ", ".join(f"{name} ({row['failures']}, {row['problem']})" for name, row in worst[:MOST_FAILING])
        yield "failing", f"{len(worst)}: {named}{' …' if len(worst) > MOST_FAILING else ''}"
    yield (
        "last day",
        (
            f"{day['requests']} requests, {day['pages']} pages, {day['articles']} articles, {day['rejected']} rejected,"
            f" {day['incidents']} incidents, {day['alerts']} alerts"
        ),
    )
    if day["delay_p50_seconds"] is not None:
        p50, p95 = (span(day[f"delay_{name}_seconds"]) for name in ("p50", "p95"))
        yield "to alert", f"from publication p50 {p50}, p95 {p95}"
    yield (
        "waiting",
        (
            f"{queue['pages']} pages (oldest {span(queue['pages_oldest_seconds'])}), {queue['alerts']} alerts"
            f" (overdue {span(queue['alerts_overdue_seconds'])})"
        ),
    )
    yield "given up", f"{queue['pages_given_up']} pages, {queue['alerts_given_up']} alerts"
    for channel in status["channels"]:
        failing = f"; {channel['failures']} failures in a row: {channel['last_error']}" if channel["failures"] else ""
        yield f"channel {channel['name']}", f"last sent {clean(channel['last_sent_at'])}{failing}"
    yield "kept", f"{status['kept']['articles']} articles, {status['kept']['incidents']} incidents"
    yield (
        "database",
        (
            f"{files['database']}: {files['database_bytes'] / 1e6:.1f} MB, WAL {files['wal_bytes'] / 1e6:.1f} MB;"
            f" {files['disk_free_bytes'] / 1e9:.1f} GB free"
        ),
    )
    yield "backup", "none yet" if files["backup"] is None else f"{files['backup']}, {ago(files['backup_age_seconds'])}"


def span(seconds: float | None) -> str:
    """Seconds in the unit that suits them; a dash for None."""
    if seconds is None:
        return "–"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


def ago(seconds: float | None) -> str:
    """How long ago; None: never."""
    return "never" if seconds is None else f"{span(seconds)} ago"
