"""`marsad alerts mute` and `unmute`: what nobody wants to hear of for a while."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from commands.options import DurationType, json_option, open_existing, place_options, read_settings
from commands.output import print_json, print_table
from store.deliveries import active_mutes, add_mute, end_mute
from store.errors import MarsadError
from store.overview import resolve_incident

COLUMNS = {"id": "number", "channel": "channel", "incident_id": "incident", "rule": "rule", "until": "until",
           "reason": "reason"}  # fmt: skip


@click.command("mute")
@click.option("--for", "span", type=DurationType(), default="8h", show_default=True, help="For so long.")
@click.option("--incident", metavar="ID", help="This incident alone.")
@click.option("--rule", metavar="NAME", help="What this rule of the settings lets through.")
@click.option("--channel", metavar="NAME", help="This channel alone.")
@click.option("--reason", metavar="WORDS", help="Why, for those who wonder later.")
@json_option
@place_options
def mute_command(
    span: timedelta,
    incident: str | None,
    rule: str | None,
    channel: str | None,
    reason: str | None,
    as_json: bool,
    settings_path: Path | None,
    database_path: Path | None,
) -> None:
    """Mute an incident, a rule or a channel for a while; with none of them named, list the mutes that hold.

    What comes up meanwhile is not told later, unless a later report tells it anew.

    \b
    Example:
      marsad alerts mute --incident 2026-11-21-ggz4t9 --for 1d
    """
    settings = read_settings(settings_path, database_path)
    check_names(rule, set(settings.alerts.rules), "rule")
    check_names(channel, set(settings.alerts.active_channels()), "channel")
    db = open_existing(settings)
    now = datetime.now(UTC)
    if incident is not None:
        found = resolve_incident(db, incident)
        if found is None:
            raise MarsadError(f"{incident}: no such incident (see `marsad incidents list`)")
        incident = found
    if incident or rule or channel:
        add_mute(db, until=now + span, now=now, channel=channel, incident_id=incident, rule=rule, reason=reason)
    mutes = [asdict(mute) for mute in active_mutes(db, now)]
    db.close()
    if as_json:
        print_json(mutes)
    else:
        print_table("Muted", COLUMNS, mutes, empty="Nothing is muted.", wide=("reason",))


@click.command("unmute")
@click.argument("number", type=int)
@place_options
def unmute_command(number: int, settings_path: Path | None, database_path: Path | None) -> None:
    """End the mute of that number now.

    \b
    Example:
      marsad alerts unmute 3
    """
    db = open_existing(read_settings(settings_path, database_path))
    ended = end_mute(db, number, now=datetime.now(UTC))
    db.close()
    if not ended:
        raise MarsadError(f"{number}: no mute of that number holds (see `marsad alerts mute`)")


def check_names(name: str | None, known: set[str], word: str) -> None:
    """Refuse a name that the settings do not have."""
    if name is not None and name not in known:
        raise click.BadParameter(f"no such {word}: {name} (there are: {', '.join(sorted(known)) or 'none'})")
