"""`marsad alerts`: what was told and what waits, and trying out channels, wording and rules."""

from __future__ import annotations

import sys
from contextlib import nullcontext, redirect_stdout
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from commands.mutes import mute_command, unmute_command
from commands.options import (
    ListGroup,
    check_rules,
    json_option,
    open_existing,
    place_options,
    read_settings,
    since_option,
)
from commands.output import print_json, print_table
from store.errors import MarsadError, SettingsError
from store.outbox import OutboxAlert, list_alerts
from store.overview import list_delays, percentile, resolve_incident
from store.settings import DEFAULT_NAME

STATES = ("queued", "held", "sending", "sent", "failed", "given_up", "suppressed")
STAGES = ("to_seen", "seen_to_sent", "to_sent")


@click.group("alerts", cls=ListGroup)
def command() -> None:
    """List, preview and test alerts.

    \b
    Examples:
      marsad alerts
      marsad alerts list --state failed
      marsad alerts test desk
      marsad alerts dry-run --since 30d
    """


@command.command("list")
@click.option("--state", type=click.Choice(STATES), help="In this state alone.")
@click.option("--incident", metavar="ID", help="On this incident alone.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1), help="At most so many.")
@json_option
@place_options
def list_command(
    state: str | None,
    incident: str | None,
    limit: int,
    as_json: bool,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """List messages, the newest first: sent, waiting, failed, given up.

    \b
    Example:
      marsad alerts list --state failed --json
    """
    db = open_existing(read_settings(settings_path, database_path))
    if incident is not None:
        incident = resolve_incident(db, incident) or incident
    rows = [alert_row(alert) for alert in list_alerts(db, state=state, incident_id=incident, limit=limit)]
    db.close()
    if as_json:
        print_json(rows)
        return
    columns = {"queued_at": "queued", "kind": "kind", "incident_id": "incident", "channel": "channel",
               "state": "state", "attempts": "tries", "sent_at": "sent", "error": "error"}  # fmt: skip
    print_table("Alerts", columns, rows, empty="No alert yet.", wide=("error",))


def alert_row(alert: OutboxAlert) -> dict[str, Any]:
    """A message as it is listed."""
    draft = alert.draft
    return {
        "id": alert.id, "kind": draft.kind, "incident_id": draft.incident_id, "article_id": draft.article_id,
        "channel": draft.channel, "rule": draft.rule, "state": alert.state, "attempts": alert.attempts,
        "error": alert.error, "published_at": draft.published_at, "first_seen_at": draft.first_seen_at,
        "queued_at": alert.queued_at, "due_at": draft.due_at, "sent_at": alert.sent_at,
    }  # fmt: skip


@command.command("preview")
@click.argument("incident")
@json_option
@place_options
def preview_command(incident: str, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Show how every channel would word an incident now; nothing is sent.

    \b
    Example:
      marsad alerts preview 2026-11-21-ggz4t9
    """
    settings = read_settings(settings_path, database_path)
    from alerts.rehearsal import preview_incident

    db = open_existing(settings)
    found = resolve_incident(db, incident)
    previews = [] if found is None else preview_incident(db, settings.alerts, found)
    db.close()
    if found is None:
        raise MarsadError(f"{incident}: no such incident, or the beginning of several (see `marsad incidents list`)")
    if as_json:
        print_json([asdict(preview) for preview in previews])
        return
    for preview in previews:
        form = "a page, here its words; --json holds it" if preview.format == "html" else preview.format
        click.echo(f"— {preview.channel} ({form or preview.problem}) —")
        click.echo("\n".join([*filter(None, (preview.title, preview.readable)), ""]))


@command.command("test")
@click.argument("channels", nargs=-1, metavar="[CHANNEL]...")
@json_option
@place_options
def test_command(
    channels: tuple[str, ...], as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """Send a sample, marked as one, to the channels (to all, where none is named). Exit code 1 where one fails.

    \b
    Example:
      marsad alerts test desk
    """
    settings = read_settings(settings_path, database_path)
    from alerts.rehearsal import send_sample

    known = settings.alerts.active_channels()
    unknown = sorted(set(channels) - set(known))
    if unknown:
        raise click.BadParameter(f"no such channel: {', '.join(unknown)} (there are: {', '.join(sorted(known))})")
    with redirect_stdout(sys.stderr) if as_json else nullcontext():  # the terminal's own sample is not part of the JSON
        sent = send_sample(settings.alerts, now=datetime.now(UTC), channels=channels or None)
    rows = [{"channel": name, "sent": one.sent, "error": one.error} for name, one in sent.items()]
    if as_json:
        print_json(rows)
    else:
        print_table("Sample", {"channel": "channel", "sent": "sent", "error": "error"}, rows, empty="", wide=("error",))
    sys.exit(0 if all(row["sent"] for row in rows) else 1)


@command.command("dry-run")
@since_option("Articles seen within this time", default="30d")
@json_option
@place_options
def dry_run_command(since: timedelta, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Tell what the settings' rules would have sent on what was taken in since then; nothing is sent.

    \b
    Example:
      marsad alerts dry-run --since 30d --settings tried.toml
    """
    settings = read_settings(settings_path, database_path)
    if faults := check_rules(settings):
        raise SettingsError([f"{settings_path or DEFAULT_NAME}: {fault}" for fault in faults])
    from alerts.rehearsal import dry_run
    from intake.articles import matching

    db = open_existing(settings)
    now = datetime.now(UTC)
    rehearsal = dry_run(db, settings.alerts, since=now - since, now=now, matching=matching())
    db.close()
    if as_json:
        print_json([asdict(message) for message in rehearsal.messages])
        return
    columns = {"at": "at", "channel": "channel", "kind": "kind", "rule": "rule", "incident_id": "incident",
               "headline": "headline"}  # fmt: skip
    rows = [asdict(message) for message in rehearsal.messages]
    print_table("Would have been sent", columns, rows, empty="Nothing would have been sent.", wide=("headline",))
    for channel, load in rehearsal.loads().items():
        click.echo(f"{channel}: {load.messages} in all, {load.per_day:g} a day, at most {load.busiest} on one day")


command.add_command(mute_command)
command.add_command(unmute_command)


@command.command("delay")
@since_option("Sent within this time")
@json_option
@place_options
def delay_command(
    since: timedelta | None, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """Measure the delay of alerts on new incidents: publication to first seen, first seen to sent, and the whole.

    Reports that were published before their outlet was first watched count for "first seen to sent" alone.

    \b
    Example:
      marsad alerts delay --since 7d
    """
    db = open_existing(read_settings(settings_path, database_path))
    delays = list_delays(db, since=datetime.now(UTC) - since if since else None)
    db.close()
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in delays:
        groups.setdefault((row["outlet_id"] or "unknown", row["channel"]), []).append(row)
    rows = [sum_up_delays(outlet, channel, found) for (outlet, channel), found in sorted(groups.items())]
    if len(rows) > 1:
        rows.append(sum_up_delays("all", "all", delays))
    if as_json:
        print_json(rows)
        return
    columns = {"outlet": "outlet", "channel": "channel", "alerts": "alerts", "to_seen": "published to seen (s)",
               "seen_to_sent": "seen to sent (s)", "to_sent": "published to sent (s)"}  # fmt: skip
    shown = [{**row, **{stage: _pair(row, stage) for stage in STAGES}} for row in rows]
    print_table("Delay, p50 / p95", columns, shown, empty="No alert was sent yet.")


def sum_up_delays(outlet: str, channel: str, delays: list[dict[str, Any]]) -> dict[str, Any]:
    """The p50 and p95 of each stage."""
    row: dict[str, Any] = {"outlet": outlet, "channel": channel, "alerts": len(delays)}
    for stage in STAGES:
        values = [delay[stage] for delay in delays if delay[stage] is not None]
        row |= {f"{stage}_p50": percentile(values, 0.50), f"{stage}_p95": percentile(values, 0.95)}
    return row


def _pair(row: dict[str, Any], stage: str) -> str | None:
    half, most = row[f"{stage}_p50"], row[f"{stage}_p95"]
    return None if half is None else f"{half:.1f} / {most:.1f}"
