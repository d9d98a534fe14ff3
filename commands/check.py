"""`marsad check`: reads the settings and says what they amount to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from commands.options import check_services, json_option, place_options, read_settings
from commands.output import print_json, print_pairs
from store.durations import format_duration
from store.settings import DEFAULT_NAME, Settings


@click.command("check")
@json_option
@place_options
def command(as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Check the settings: one line a fault and exit code 2, or what they amount to.

    \b
    Example:
      marsad check --settings ~/marsad/settings.toml
    """
    settings = read_settings(settings_path, database_path)
    check_services(settings, settings_path)
    default = Path(DEFAULT_NAME)
    source = settings_path or (default if default.is_file() else None)
    summary = {"settings": str(source) if source else "defaults (no settings.toml here)", **sum_up(settings)}
    if as_json:
        print_json(summary)
    else:
        print_pairs((key, ", ".join(value) if isinstance(value, list) else value) for key, value in summary.items())


def sum_up(settings: Settings) -> dict[str, Any]:
    """What the settings amount to, without any secret."""
    from crawler.catalogue import load_outlets, read_catalogue

    outlets = load_outlets(settings)
    on = [outlet.id for outlet in outlets if outlet.enabled]
    own = [outlet_id for outlet_id in on if outlet_id not in read_catalogue()]
    return {
        "database": str(settings.database),
        "outlets": len(on),
        "outlets_of_the_catalogue": len(on) - len(own),
        "outlets_of_yours": own,
        "outlets_off": sorted(outlet.id for outlet in outlets if not outlet.enabled),
        "channels": sorted(settings.alerts.active_channels()),
        "rules": sorted(settings.alerts.rules),
        "max_age": format_duration(settings.alerts.max_age),
        "keep_pages": format_duration(settings.keep.pages),
    }
