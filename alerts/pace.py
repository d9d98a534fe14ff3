"""Turns quiet hours, mass casualties and the time now into when a message may go out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from store.alert_settings import AlertSettings, ChannelSettings, QuietHours, Urgent
from store.records import Incident

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_urgent(incident: Incident, urgent: Urgent) -> bool:
    """Whether the toll is such that a message passes quiet hours, barrage and cap."""
    killed, wounded = incident.killed or 0, incident.wounded or 0
    return (urgent.killed is not None and killed >= urgent.killed) or (
        urgent.wounded is not None and wounded >= urgent.wounded
    )


def quiet_until(channel: ChannelSettings, settings: AlertSettings, now: datetime) -> datetime | None:
    """When the channel's quiet hours end, if `now` lies within them; None: it may be told now."""
    if channel.quiet_hours is None:
        return None
    return _end_of_quiet(channel.quiet_hours, ZoneInfo(channel.quiet_hours.time_zone or settings.time_zone), now)


def _end_of_quiet(quiet: QuietHours, zone: ZoneInfo, now: datetime) -> datetime | None:
    local = now.astimezone(zone)
    for begun in (local.date(), local.date() - timedelta(days=1)):  # hours that began yesterday may still run
        if quiet.days is not None and _DAYS[begun.weekday()] not in quiet.days:
            continue
        last = begun if quiet.start < quiet.end else begun + timedelta(days=1)
        # Compared in UTC, so that a change of the clock within the hours does no harm.
        start = datetime.combine(begun, quiet.start, zone).astimezone(UTC)
        end = datetime.combine(last, quiet.end, zone).astimezone(UTC)
        if start <= now < end:
            return end
    return None
