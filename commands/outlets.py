"""`marsad outlets`: the catalogue with the settings' overrides, how each outlet fares, and each tried live."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.live import check_live, preview_live
from commands.options import ListGroup, json_option, place_options, read_settings
from commands.outlet_entries import add_command, export_command, import_command
from commands.output import clean, print_json, print_table
from store.settings import Settings

if TYPE_CHECKING:
    from crawler.check import Checkup
    from store.outlet_figures import Harvest, OutletFigures
    from store.records import Outlet

SHOWN = ("id", "name_ar", "name_en", "home", "publisher", "ownership", "country", "time_zone", "kind", "urls",
         "every_seconds", "enabled", "known_from")  # fmt: skip
STATE = ("last_polled_at", "last_success_at", "last_new_article_at", "next_poll_at", "failures",
         "last_problem")  # fmt: skip


@click.group("outlets", cls=ListGroup)
def command() -> None:
    """List the outlets and how they fare; try them; propose entries for new ones.

    \b
    Examples:
      marsad outlets
      marsad outlets check
      marsad outlets add https://www.outlet.example/
    """


command.add_command(add_command)
command.add_command(import_command)
command.add_command(export_command)


@command.command("list")
@click.option("--all", "with_disabled", is_flag=True, help="Also those that are switched off.")
@click.option("--signs", "only_signs", is_flag=True, help="Only those with which something is wrong.")
@json_option
@place_options
def list_command(
    with_disabled: bool, only_signs: bool, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """List the outlets: last success, last new article, a week's failures by kind, state of their texts, signs.

    `texts` is of the last week: articles, the share of pages without a text, the median length in characters, and
    the share of articles with a time. docs/reasons.md explains the words for failures and signs.

    \b
    Example:
      marsad outlets list --all --json
    """
    rows = [
        row
        for row in outlet_rows(read_settings(settings_path, database_path), now=datetime.now(UTC))
        if (with_disabled or row["enabled"]) and (row["signs"] or not only_signs)
    ]
    if as_json:
        print_json(rows)
        return
    columns = {
        "id": "id", "name_en": "outlet", "kind": "kind", "last_success_at": "last success",
        "last_new_article_at": "last new", "articles": "articles", "failed": "failures in 7 days",
        "texts": "texts", "said": "signs",
    }  # fmt: skip
    told = [row for row in rows if "never_seen" not in {sign["word"] for sign in row["signs"]}]
    lines = [row | {"failed": say_failures(row), "texts": say_texts(row), "said": say_signs(row)} for row in told]
    print_table("Outlets", columns, lines, empty="No outlet to show.", wide=("failed", "texts", "said"))
    never = [row["id"] for row in rows if row not in told]
    if never:
        click.echo(f"Never seen from here ({len(never)}): {', '.join(never)}. `marsad outlets check` says why.")


def outlet_rows(settings: Settings, *, now: datetime) -> list[dict[str, Any]]:
    """Each outlet of the catalogue and the settings with what the database, where there is one, knows of it."""
    from crawler.catalogue import load_outlets
    from store.database import open_database
    from store.outlet_figures import OutletFigures, read_figures
    from store.outlets import OutletState
    from store.overview import list_outlets

    outlets = load_outlets(settings)
    if not settings.database.is_file():
        return [outlet_row(o, {}, OutletFigures(state=OutletState(outlet_id=o.id)), settings, now) for o in outlets]
    db = open_database(settings.database, create=False)
    try:
        memory = {row["id"]: row for row in list_outlets(db)}
        return [outlet_row(o, memory.get(o.id, {}), read_figures(db, o.id, now=now), settings, now) for o in outlets]
    finally:
        db.close()


def outlet_row(
    outlet: Outlet, memory: dict[str, Any], figures: OutletFigures, settings: Settings, now: datetime
) -> dict[str, Any]:
    """One outlet as a row of plain values."""
    from crawler.health import judge_outlet

    signs = judge_outlet(figures, now=now, failures_told=settings.alerts.outlet_failures)
    seen = [moment for name in ("verified_at", "last_success_at") if (moment := memory.get(name))]
    return {
        **{name: getattr(outlet, name) for name in SHOWN},
        **{name: memory.get(name) for name in STATE},
        "verified": max(seen)[:10] if seen else outlet.verified or "never",
        "checked_at": memory.get("checked_at"),
        "check_outcome": memory.get("check_outcome"),
        "articles": memory.get("articles"),
        "rejected": memory.get("rejected"),
        "failures_by_kind": count_failures(figures.sources + figures.pages),
        "texts_recent": harvest_row(figures.recent),
        "texts_before": harvest_row(figures.before),
        "signs": [{"word": sign.word, "since": sign.since, "detail": sign.detail} for sign in signs],
    }


def count_failures(outcomes: Counter[str]) -> dict[str, int]:
    """The outcomes that were failures, the most frequent first."""
    from crawler.outcomes import load_outcomes

    return {word: count for word, count in outcomes.most_common() if load_outcomes()[word].weight != "none"}


def harvest_row(harvest: Harvest) -> dict[str, Any]:
    """What became of pages in some time."""
    pages = harvest.articles + harvest.rejected
    return {
        "articles": harvest.articles,
        "without_text": round(harvest.rejected / pages, 3) if pages else None,
        "median_length": harvest.median_length,
        "dated": None if harvest.dated is None else round(harvest.dated, 3),
    }


def say_failures(row: dict[str, Any]) -> str | None:
    """Failures by kind in a cell."""
    return ", ".join(f"{word} {count}" for word, count in row["failures_by_kind"].items()) or None


def say_texts(row: dict[str, Any]) -> str | None:
    """The state of an outlet's texts in a cell."""
    recent = row["texts_recent"]
    if recent["without_text"] is None:
        return None
    said = [f"{recent['articles']} articles", f"{recent['without_text']:.0%} without text"]
    if recent["median_length"] is not None:
        said += [f"{recent['median_length']} chars", f"{recent['dated']:.0%} dated"]
    return ", ".join(said)


def say_signs(row: dict[str, Any]) -> str | None:
    """The signs in a cell."""
    return "; ".join(f"{sign['word']} ({sign['detail']})" for sign in row["signs"]) or None


@command.command("check")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@json_option
@place_options
def check_command(ids: tuple[str, ...], as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Try outlets now (all that are switched on, where none is named) and say in plain words what is wrong.

    It asks their feeds and fetches the newest page; articles are not stored. What was seen is noted in the database
    (`verified`). Exit code 1 where an outlet does not work.

    \b
    Examples:
      marsad outlets check
      marsad outlets check ina shafaq --json
    """
    settings = read_settings(settings_path, database_path)
    rows = [check_row(checkup, said) for checkup, said in check_live(settings, choose_outlets(settings, ids))]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(f"{'works ' if row['works'] else 'FAILS '} {row['id']}  {clean(row['name_en'])}")
            for line in row["words"]:
                click.echo(f"        {clean(line)}")
        failing = sum(not row["works"] for row in rows)
        click.echo(f"{len(rows) - failing} of {len(rows)} work.")
    if any(not row["works"] for row in rows):
        sys.exit(1)


def check_row(checkup: Checkup, said: str | None) -> dict[str, Any]:
    """One outlet's check as plain values; `said` is what extraction made of its newest page."""
    return {
        "id": checkup.outlet.id,
        "name_en": checkup.outlet.name_en,
        "works": checkup.works,
        "outcome": checkup.outcome,
        "words": [*checkup.words, *([said] if said else [])],
        "sources": [
            {"url": s.url, "outcome": s.outcome, "items": len(s.items), "detail": s.detail} for s in checkup.sources
        ],
        "page": checkup.page.requested_url if checkup.page else None,
        "page_problem": checkup.page.problem if checkup.page else None,
    }


@command.command("preview")
@click.argument("outlet_id", metavar="ID")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many.")
@json_option
@place_options
def preview_command(
    outlet_id: str, limit: int, as_json: bool, settings_path: Path | None, database_path: Path | None
) -> None:
    """Show what the next visit to an outlet would take: each listed item, and whether it is new, changed, due again
    (it failed before, or is looked at for edits) or known. Nothing is stored.

    \b
    Example:
      marsad outlets preview ina --limit 5
    """
    settings = read_settings(settings_path, database_path)
    (outlet,) = choose_outlets(settings, (outlet_id,))
    sources, rows = preview_live(settings, outlet)
    if as_json:
        print_json(rows[:limit])
    else:
        for source in sources:
            click.echo(f"{source.url}: {source.outcome}, {len(source.items)} items" + (
                "" if source.works else f". {source.means}"
            ))  # fmt: skip
        columns = {"would": "next visit", "published": "published", "title": "title", "url": "address"}
        print_table(
            "Listed now", columns, rows[:limit], empty="Nothing is listed that could be an article.",
            wide=("title", "url"),
        )  # fmt: skip
    if not any(source.works for source in sources):
        sys.exit(1)


def choose_outlets(settings: Settings, ids: tuple[str, ...]) -> list[Outlet]:
    """The outlets named, or all that are switched on; wrong use where one is unknown."""
    from crawler.catalogue import load_outlets

    known = load_outlets(settings)
    unknown = sorted(set(ids) - {outlet.id for outlet in known})
    if unknown:
        raise click.BadParameter(f"no such outlet: {', '.join(unknown)} (see `marsad outlets list --all`)")
    return [outlet for outlet in known if (outlet.id in ids if ids else outlet.enabled)]
