"""Turns aware datetimes into the one text form that the database holds, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


def to_iso(moment: datetime) -> str:
    """Write an aware datetime as UTC with milliseconds and a Z; of one length, so that text order is time order."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment!r}")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """Read what `to_iso` wrote, or any ISO 8601 time with a zone, as UTC; ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {text!r}")
    return moment.astimezone(UTC)


def iso_or_none(moment: datetime | None) -> str | None:
    """`to_iso`, unknown staying unknown."""
    return None if moment is None else to_iso(moment)


def time_or_none(text: str | None) -> datetime | None:
    """`from_iso`, unknown staying unknown."""
    return None if text is None else from_iso(text)


def day_or_none(text: str | None) -> date | None:
    """Read a YYYY-MM-DD day, unknown staying unknown."""
    return None if text is None else date.fromisoformat(text)


def latest_moment(published: datetime, precision: str | None) -> datetime:
    """The latest moment that a publication time may mean: with the day alone known, the end of the 24 h from its start.

    Ages and orders are reckoned from it, so that an article of today is never taken for one of last midnight.
    """
    return published + timedelta(days=1) - timedelta(milliseconds=1) if precision == "day" else published
