"""Turns a digest's rhythm and the time now into when the next one is due and which span it covers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from store.alert_settings import Digest

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def next_digest(digest: Digest, zone: str, now: datetime) -> datetime:
    """The first moment after `now` at which the digest is due."""
    if digest.every == "hour":
        return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    local = now.astimezone(ZoneInfo(zone))
    for ahead in range(9):  # nine, for a clock that is put forward can skip the hour
        day = local.date() + timedelta(days=ahead)
        if digest.every == "week" and _DAYS[day.weekday()] != digest.day:
            continue
        moment = datetime.combine(day, digest.at, ZoneInfo(zone)).astimezone(UTC)
        if moment > now:
            return moment
    raise AssertionError("a week has every weekday")


def last_digest(digest: Digest, zone: str, now: datetime) -> datetime:
    """The latest moment up to `now` at which the digest was due."""
    span = {"hour": timedelta(hours=2), "day": timedelta(days=2), "week": timedelta(days=15)}[digest.every]
    moment = next_digest(digest, zone, now - span)
    while (later := next_digest(digest, zone, moment)) <= now:
        moment = later
    return moment


def digest_span(digest: Digest, zone: str, end: datetime) -> datetime:
    """Where the digest that is due at `end` begins: where the one before it ended."""
    return last_digest(digest, zone, end - timedelta(microseconds=1))
