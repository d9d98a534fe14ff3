"""Turns the time now into what is told at regular times: digests, outlets' faults and their end, signs of life."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alerts.channel_health import draft_health
from alerts.conditions import Matching
from alerts.digest import gather_digest
from alerts.names import load_names
from alerts.rhythm import digest_span, last_digest
from store.alert_settings import AlertSettings
from store.database import transaction
from store.outbox import queue_alerts
from store.records import AlertDraft
from store.summaries import OutletHealth, count_since, last_queued, note_told, read_outlet_health
from store.times import to_iso

if TYPE_CHECKING:
    from sqlite_utils import Database

MANY = 5  # outlets that fail at once, and half of all: that is the network, not they


def queue_regular(
    db: Database,
    settings: AlertSettings,
    now: datetime,
    *,
    enabled: Collection[str] | None = None,
    matching: Matching | None = None,
) -> int:
    """Queue what has come due; how many messages. Doing it twice is doing it once.

    `enabled` are the outlets that are switched on (None: all that are remembered); of others nothing is told.
    """
    matching = matching or Matching(parents=load_names().parents())
    with transaction(db):
        drafts = [
            *draft_digests(db, settings, now, matching),
            *draft_outlet_health(db, settings, now, enabled),
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


def draft_outlet_health(
    db: Database, settings: AlertSettings, now: datetime, enabled: Collection[str] | None
) -> Iterable[AlertDraft]:
    """Outlets that fail or have gone quiet, again every `health_repeat` until they are mended, and that they are."""
    outlets = [outlet for outlet in read_outlet_health(db) if enabled is None or outlet.id in enabled]
    found = {outlet.id: find_problem(outlet, settings, now) for outlet in outlets}
    failing = [outlet for outlet in outlets if found[outlet.id] == "failing"]
    network = len(failing) >= MANY and len(failing) * 2 >= len(outlets)
    told_network = False
    for outlet in outlets:
        problem = found[outlet.id]
        if not _is_due(outlet, problem, settings, now):
            continue
        since = _since(outlet, problem, now)
        note_told(db, outlet.id, problem, since=since, now=now)
        if network and problem == "failing":
            if not told_network:
                facts: dict[str, object] = {"problem": "network", "count": len(failing), "since": to_iso(since)}
                yield from draft_health(settings, f"network:{to_iso(now)}", facts, now=now)
            told_network = True
            continue
        facts = {
            "problem": problem or "mended", "name": outlet.id, "name_ar": outlet.name_ar, "name_en": outlet.name_en,
            "since": to_iso(since), "reason": outlet.last_problem if problem == "failing" else None,
        }  # fmt: skip
        yield from draft_health(settings, f"outlet:{outlet.id}:{problem or 'mended'}:{to_iso(now)}", facts, now=now)


def find_problem(outlet: OutletHealth, settings: AlertSettings, now: datetime) -> str | None:
    """Whether the outlet is failing or quiet; None: it does well."""
    if outlet.failures >= settings.outlet_failures:
        return "failing"
    last = outlet.last_new_article_at or outlet.first_polled_at
    if outlet.failures == 0 and last is not None and now - last > settings.outlet_quiet:
        return "quiet"
    # A failure or two after a told problem end nothing yet.
    return outlet.told_problem if outlet.failures and outlet.told_problem else None


def _is_due(outlet: OutletHealth, problem: str | None, settings: AlertSettings, now: datetime) -> bool:
    if problem != outlet.told_problem:
        return True
    return problem is not None and outlet.told_at is not None and now - outlet.told_at >= settings.health_repeat


def _since(outlet: OutletHealth, problem: str | None, now: datetime) -> datetime:
    if problem == "failing":
        return outlet.last_success_at or outlet.first_polled_at or now
    if problem == "quiet":
        return outlet.last_new_article_at or outlet.first_polled_at or now
    return now
