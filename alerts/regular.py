"""Turns the time now into what is told at regular times: digests, faults of outlets, signs of life."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alerts.conditions import Matching
from alerts.digest import gather_digest
from alerts.names import load_names
from alerts.outlet_health import Watch, draft_outlet_health
from alerts.rhythm import digest_span, last_digest
from store.alert_settings import AlertSettings
from store.database import transaction
from store.outbox import queue_alerts
from store.records import AlertDraft
from store.summaries import count_since, last_queued
from store.times import to_iso

if TYPE_CHECKING:
    from sqlite_utils import Database


def queue_regular(
    db: Database,
    settings: AlertSettings,
    now: datetime,
    *,
    enabled: Collection[str] | None = None,
    matching: Matching | None = None,
    watch: Watch | None = None,
) -> int:
    """Queue what has come due; how many messages. Doing it twice is doing it once.

    `enabled` are the outlets that are switched on (None: all that are remembered); of others nothing is told. `watch`
    holds what was seen to be wrong with them (None: only the polls' own counts are judged).
    """
    matching = matching or Matching(parents=load_names().parents())
    with transaction(db):
        drafts = [
            *draft_digests(db, settings, now, matching),
            *draft_outlet_health(db, settings, now, enabled, watch or Watch()),
            *draft_heartbeats(db, settings, now),
        ]
        return queue_alerts(db, drafts, now=now)


def draft_digests(db: Database, settings: AlertSettings, now: datetime, matching: Matching) -> Iterable[AlertDraft]:
    """The digests whose time has come since the last ones."""
    for name, channel in settings.active_channels().items():
        if channel.digest is None:
            continue
        end = last_digest(channel.digest, settings.time_zone, now)
        start = digest_span(channel.digest, settings.time_zone, end)
        told = last_queued(db, "digest", name)
        if now - end > timedelta(days=1) or (told is not None and told >= end):
            continue
        facts, incidents = gather_digest(db, name, channel, settings, start=start, end=end, matching=matching)
        if incidents or channel.digest.even_if_empty:
            yield AlertDraft(
                key=f"digest:{to_iso(end)}:{name}", kind="digest", channel=name, due_at=now, payload={"facts": facts}
            )


def draft_heartbeats(db: Database, settings: AlertSettings, now: datetime) -> Iterable[AlertDraft]:
    """Signs of life, on the channels that ask for the kind, or else on all that take health messages."""
    if settings.heartbeat is None:
        return
    active = settings.active_channels()
    asking = [name for name, channel in active.items() if "heartbeat" in channel.kinds]
    for name in asking or [name for name, channel in active.items() if "health" in channel.kinds]:
        told = last_queued(db, "heartbeat", name)
        if told is not None and now - told < settings.heartbeat:
            continue
        since = told or now - settings.heartbeat
        facts: dict[str, object] = {"since": to_iso(since), **count_since(db, since)}
        yield AlertDraft(
            key=f"heartbeat:{to_iso(now)}:{name}", kind="heartbeat", channel=name, due_at=now, payload={"facts": facts}
        )
