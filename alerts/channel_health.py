"""Turns failing and mended channels into rests for them and warnings on the other channels."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from store.alert_settings import AlertSettings
from store.deliveries import ChannelState, count_waiting, read_channel, save_channel
from store.outbox import queue_alerts
from store.records import AlertDraft
from store.times import to_iso

if TYPE_CHECKING:
    from sqlite_utils import Database


def note_success(db: Database, name: str, settings: AlertSettings, *, now: datetime) -> None:
    """The channel works; where its failing was told, so is that."""
    state = read_channel(db, name)
    if state.told_at is not None and state.failing_since is not None:
        facts: dict[str, object] = {"problem": "mended", "name": name, "since": to_iso(now)}
        _warn(db, settings, f"mended:{name}:{to_iso(state.failing_since)}", facts, but=name, now=now)
    save_channel(db, ChannelState(name=name, last_sent_at=now))


def note_failure(
    db: Database,
    name: str,
    settings: AlertSettings,
    *,
    error: str,
    retry_after: float | None,
    now: datetime,
    chance: random.Random,
) -> None:
    """One more failure in a row: the channel rests ever longer, and after `breaker_failures` the others are told."""
    state = read_channel(db, name)
    failures, since = state.failures + 1, state.failing_since or now
    broken = failures >= settings.breaker_failures
    rest = min(settings.retry_most, settings.retry_first * 2 ** min(failures - 1, 20)) * (0.5 + chance.random() / 2)
    rest = max(rest, settings.breaker_rest if broken else timedelta(), timedelta(seconds=retry_after or 0))
    told = state.told_at
    if broken and (told is None or now - told >= settings.health_repeat):
        waiting = count_waiting(db, name)
        facts: dict[str, object] = {
            "problem": "channel", "name": name, "since": to_iso(since), "reason": error, "waiting": waiting,
        }  # fmt: skip
        _warn(db, settings, f"channel:{name}:{to_iso(now)}", facts, but=name, now=now)
        told = now
    rested = replace(state, failures=failures, failing_since=since, rests_until=now + rest, last_error=error)
    save_channel(db, replace(rested, told_at=told))


def _warn(
    db: Database, settings: AlertSettings, key: str, facts: dict[str, object], *, but: str | None, now: datetime
) -> None:
    queue_alerts(db, draft_health(settings, key, facts, now=now, but=but), now=now)


def draft_health(
    settings: AlertSettings, key: str, facts: dict[str, object], *, now: datetime, but: str | None = None
) -> list[AlertDraft]:
    """A health message for each channel that wants such, except `but`."""
    return [
        AlertDraft(key=f"health:{key}:{name}", kind="health", channel=name, due_at=now, payload={"facts": facts})
        for name, channel in settings.active_channels().items()
        if name != but and "health" in channel.kinds
    ]
