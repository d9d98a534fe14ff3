"""`marsad doctor`: looks at everything that Marsad needs, and says what to do where something is wrong."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.options import json_option, place_options, read_settings
from commands.output import clean, print_json
from store.errors import SettingsError

if TYPE_CHECKING:
    from operations.findings import Finding

MARKS = {"ok": ("ok     ", "green"), "warning": ("warning", "yellow"), "fault": ("FAULT  ", "red")}


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Ask no outlet and resolve no name.")
@json_option
@place_options
def command(offline: bool, as_json: bool, settings_path: Path | None, database_path: Path | None) -> None:
    """Look at settings, database, disk, clock, network, outlets, channels and versions, and say what to do.

    Every outlet that is switched on is asked once; nothing is stored and no message is sent. Exit code 1 where
    something does not work; warnings alone leave it 0.

    \b
    Examples:
      marsad doctor
      marsad doctor --offline --json
    """
    findings = []
    for finding in examine_all(settings_path, database_path, offline=offline):
        findings.append(finding)
        if not as_json:
            say(finding)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    if any(finding.state == "fault" for finding in findings):
        sys.exit(1)


def examine_all(settings_path: Path | None, database_path: Path | None, *, offline: bool) -> Iterator[Finding]:
    """Every finding as it is made; where the settings are faulty, what does not depend on them."""
    from commands.logs import set_up_logs
    from crawler.catalogue import load_outlets
    from operations.doctor import examine, examine_machine, examine_versions
    from operations.findings import faulty, fine
    from operations.probes import probe

    set_up_logs(verbose=False)
    try:
        settings = read_settings(settings_path, database_path)
        outlets = load_outlets(settings)
    except SettingsError as error:
        for fault in error.faults:
            yield faulty("settings", fault, "mend the file; docs/settings.md lists every key")
        yield from examine_versions()
        yield from examine_machine()
        return
    yield fine("settings", f"{sum(outlet.enabled for outlet in outlets)} outlets are switched on")
    yield from examine(settings, now=datetime.now(UTC))
    if not offline:
        yield from asyncio.run(probe(settings.crawl, outlets, clock=lambda: datetime.now(UTC)))


def say(finding: Finding) -> None:
    """Print one finding for a person."""
    words, colour = MARKS[finding.state]
    click.echo(f"{click.style(words, fg=colour)}  {finding.check:<10}  {clean(finding.detail)}")
    if finding.advice is not None:
        click.echo(f"{'':<21}→ {clean(finding.advice)}")
