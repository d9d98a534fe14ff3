"""Turns the stored articles into the alerts that other rules would have made of them, in a database of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from extract.coder import code_report
from intake.replay import replay_reports
from store.alert_settings import AlertSettings
from store.database import open_database
from store.outbox import OutboxAlert, all_alerts
from store.overview import read_reports
from store.records import Outlet

if TYPE_CHECKING:
    from sqlite_utils import Database


def try_rules(
    db: Database, settings: AlertSettings, *, since: datetime, outlets: Mapping[str, Outlet]
) -> list[OutboxAlert]:
    """The messages of each channel in order, as if each article seen since then were read when it came out.

    `db` is only read. Articles are coded anew, by today's coder; what one said before it was edited does not count.
    """
    reports = read_reports(db, since=since)
    with tempfile.TemporaryDirectory(prefix="marsad-") as folder:
        tried = open_database(Path(folder) / "tried.db")
        try:
            replay_reports(tried, reports, code_report, settings, outlets=outlets)
            return [alert for alert in all_alerts(tried) if alert.state != "suppressed"]
        finally:
            tried.close()
