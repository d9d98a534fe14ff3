"""Turns the database and its files into the one screen that says how Marsad fares."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from store.backups import free_bytes, list_backups
from store.database import Database, find_daemon
from store.deliveries import list_channels
from store.gauges import count_lately, file_bytes, read_gauges
from store.outlets import OutletState, read_states
from store.overview import list_delays, percentile
from store.records import Outlet
from store.settings import Settings
from store.times import to_iso

DAY = timedelta(days=1)
WAITING = ("queued", "held", "failed", "sending")


def read_status(db: Database, settings: Settings, outlets: tuple[Outlet, ...], *, now: datetime) -> dict[str, Any]:
    """Everything that the screen shows, as plain values; times in ISO 8601, ages in seconds, None: unknown or none."""
    gauges, states = read_gauges(db, now), read_states(db)
    times = [row["to_sent"] for row in list_delays(db, since=now - DAY) if row["to_sent"] is not None]
    return {
        "at": to_iso(now),
        "daemon": find_daemon(settings.database),
        "outlets": sum_up_outlets(outlets, states, now),
        "last_day": {
            **count_lately(db, now - DAY),
            "delay_p50_seconds": percentile(times, 0.50),
            "delay_p95_seconds": percentile(times, 0.95),
        },
        "queue": {
            "pages": gauges.pages.get("fetched", 0),
            "pages_oldest_seconds": gauges.oldest_page,
            "pages_given_up": gauges.pages.get("failed", 0),
            "alerts": sum(gauges.alerts.get(state, 0) for state in WAITING),
            "alerts_overdue_seconds": gauges.oldest_alert,
            "alerts_given_up": gauges.alerts.get("given_up", 0),
        },
        "kept": {"articles": gauges.articles, "incidents": gauges.incidents},
        "channels": [
            {"name": state.name, "failures": state.failures, "last_sent_at": state.last_sent_at,
             "last_error": state.last_error if state.failures else None}
            for state in list_channels(db)
        ],
        "files": describe_files(settings, now),
    }  # fmt: skip


def sum_up_outlets(outlets: tuple[Outlet, ...], states: dict[str, OutletState], now: datetime) -> dict[str, Any]:
    """How many outlets are watched, how many of them answered within a day, and which fail."""
    enabled = [outlet.id for outlet in outlets if outlet.enabled]
    watched = {outlet_id: states.get(outlet_id, OutletState(outlet_id=outlet_id)) for outlet_id in enabled}
    polled = [state.last_polled_at for state in watched.values() if state.last_polled_at is not None]
    newest = max(polled, default=None)
    return {
        "watched": len(watched),
        "answered_in_a_day": sum(
            state.last_success_at is not None and state.last_success_at > now - DAY for state in watched.values()
        ),
        "never_asked": sum(state.last_polled_at is None for state in watched.values()),
        "failing": {
            outlet_id: {"failures": state.failures, "problem": state.last_problem}
            for outlet_id, state in watched.items()
            if state.failures
        },
        "last_poll_seconds": None if newest is None else (now - newest).total_seconds(),
    }


def describe_files(settings: Settings, now: datetime) -> dict[str, Any]:
    """Where the database is, how large it and the free disk are, and how old the newest backup."""
    newest = next(iter(list_backups(settings.backup_folder)), None)
    sizes = file_bytes(settings.database)
    return {
        "database": str(settings.database),
        "database_bytes": sizes["database"],
        "wal_bytes": sizes["wal"],
        "disk_free_bytes": free_bytes(settings.database.parent),
        "backup": None if newest is None else str(newest),
        "backup_age_seconds": None if newest is None else max(0.0, now.timestamp() - newest.stat().st_mtime),
    }
