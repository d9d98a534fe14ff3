"""`marsad incidents`: the incidents as a table, and one with its reports, evidence and history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import ListGroup, json_option, open_existing, place_options, read_settings, since_option
from commands.output import clean, make_console, print_json, print_pairs, print_table
from store.errors import MarsadError
from store.mentions import read_tellings
from store.overview import list_incidents, show_incident

if TYPE_CHECKING:
    from extract.incidents.contradictions import Contradiction

# Arabic stands last, where a terminal that orders it by itself cannot move the other columns.
COLUMNS = {
    "id": "id", "day": "day", "what": "what", "status": "status", "toll": "killed/\nwounded", "actor": "actor",
    "carried": "reports", "alerted_at": "alerted", "where": "where",
}  # fmt: skip
WRAPPED = ("what", "actor", "where")


@click.group("incidents", cls=ListGroup)
def command() -> None:
    """List and show incidents.

    \b
    Examples:
      marsad incidents list --since 7d --country IQ
      marsad incidents show 3f2a
    """


@command.command("list")
@since_option("First seen within this time")
@click.option("--country", metavar="XX", help="ISO country code.")
@click.option("--admin1", metavar="XX-YY", help="Governorate, ISO 3166-2.")
@click.option("--role", type=click.Choice(["news", "background"]), help="News, or only recalled.")
@click.option("--status", metavar="WORD", help="occurred, intercepted, foiled or disputed.")
@click.option("--method", metavar="WORD", help="Means, a word of the codebook.")
@click.option("--target", metavar="WORD", help="What was struck, a word of the codebook.")
@click.option("--actor", metavar="ID", help="Group.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(min=1), help="At most so many.")
@json_option
@place_options
def list_command(
    since: timedelta | None,
    limit: int,
    as_json: bool,
    settings_path: Path | None,
    database_path: Path | None,
    **filters: str | None,
) -> None:
    """List incidents, the newest first.

    \b
    Example:
      marsad incidents list --since 7d --country IQ --json
    """
    db = open_existing(read_settings(settings_path, database_path))
    rows = list_incidents(db, since=datetime.now(UTC) - since if since else None, limit=limit, **filters)
    db.close()
    if as_json:
        print_json(rows)
        return
    print_table("Incidents", COLUMNS, map(incident_row, rows), empty="No incident yet.", wide=WRAPPED)


@command.command("show")
@click.argument("incident")
@click.option("--why", is_flag=True, help="Also why each report joined it, field by field, and what contradicts.")
@json_option
@place_options
def show_command(
    incident: str, why: bool, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """Show one incident, named by its id or an unambiguous beginning of it: reports, evidence, history, alerts.

    \b
    Example:
      marsad incidents show 2020-12-28-k7m --why
    """
    db = open_existing(read_settings(settings_path, database_path))
    found = show_incident(db, incident)
    told = read_tellings(db, [found["id"]])[found["id"]] if found else []
    db.close()
    if found is None:
        raise MarsadError(f"{incident}: no such incident, or the beginning of several (see `marsad incidents list`)")
    from extract.incidents.contradictions import find_contradictions

    contradictions = find_contradictions(told)
    if as_json:
        print_json({**found, "contradictions": [asdict(contradiction) for contradiction in contradictions]})
        return
    print_incident(found)
    if why:
        print_reasons(found, contradictions)


def incident_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the table: day with its precision, means and target, toll, place with its code."""
    day = row["date"] if row["date_precision"] == "day" else f"{row['date'] or '?'} ({row['date_precision']})"
    toll = "/".join("–" if row[name] is None else str(row[name]) for name in ("killed", "wounded"))
    actor = row["actor"] if row["claim"] != "attributed" else f"{row['actor']} (attributed)"
    return {
        **row,
        "day": day,
        "what": f"{row['method']} on {row['target']}",
        "status": row["status"] if row["role"] == "news" else row["role"],
        "toll": toll,
        "actor": actor,
        "carried": f"{row['reports']}/{row['publishers']}",
        "alerted_at": row["alerted_at"][5:16].replace("T", " ") if row["alerted_at"] else None,
        "where": " ".join(str(part) for part in (row["admin1"] or row["country"], row["place"]) if part),
    }


def print_reasons(found: dict[str, Any], contradictions: Sequence[Contradiction]) -> None:
    """Print how each report came to the incident, and where publishers contradict each other."""
    console = make_console()
    console.print("\nWhy its reports are one incident (weights of evidence; from 0 on a report joins)")
    for mention in found["mentions"]:
        reasons = mention["link_reasons"] or {}
        parts = "  ".join(f"{name} {weight:+g}" for name, weight in reasons.items())
        score = "opened it" if mention["link_score"] is None else f"{mention['link_score']:g} = {parts}"
        console.print(f"  {clean(mention['outlet_id'])}: {score}")
    for contradiction in contradictions:
        said = "; ".join(f"{clean(value)} ({', '.join(map(clean, who))})" for value, who in contradiction.values)
        console.print(f"  Contradiction in {contradiction.field}: {said}")


def print_incident(found: dict[str, Any]) -> None:
    """Print one incident for a person."""
    console = make_console()
    parts = {"mentions", "history", "alerts"}
    print_pairs((name, value) for name, value in found.items() if name not in parts and value is not None)
    for mention in found["mentions"]:
        console.print(f"\n{clean(mention['outlet_id'])}  {clean(mention['published_at'])}  {clean(mention['url'])}")
        console.print(f"  {clean(mention['article_title'])}")
        for item in mention["evidence"]:
            value = mention.get(item["field"])
            told = f" = {clean(value)}" if value is not None else ""
            console.print(f"    {item['field']}{told}: «{clean(item['quote'])}» ({item['in']} {item['start']})")
    opened = found["history"][0]["at"] if found["history"] else None
    later = [row for row in found["history"] if row["at"] != opened]
    columns = {"at": "at", "field": "field", "old": "old", "new": "new", "by": "by"}
    nothing = "\nNo change since the first report."
    print_table("\nChanges since the first report", columns, later, empty=nothing, wide=("old", "new"))
    print_table(
        "Alerts", {"kind": "kind", "channel": "channel", "state": "state", "sent_at": "sent"}, found["alerts"],
        empty="\nNo alert.",
    )  # fmt: skip
