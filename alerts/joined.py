"""Turns two incidents that prove to be one into what those who were told of either are to hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from alerts.materiality import classify_changes
from alerts.snapshot import take_changes, take_incident
from store.alert_settings import ChannelSettings
from store.records import Incident, Joined

FRESH = timedelta(days=14)  # what was told longer ago is not corrected any more
_GRAVER = ("retraction", "dispute")  # kinds that a merge does not soften to a correction
Changes = list[dict[str, Any]]


def tell_joined(
    joined: Joined, older: Incident, after: Incident, name: str, channel: ChannelSettings
) -> tuple[str, Changes] | None:
    """The kind of message that a channel is owed, with what changed; None where nothing that it was told is wrong.

    Who was told both hears that they are one, and what else is different now; who was told one, what differs from it.
    `older` and `after` are the incident that lives on, before and since.
    """
    both = name in joined.told_newer and name in joined.told_older
    before = joined.newer if name in joined.told_newer and not both else older
    found = classify_changes(before, after, channel)
    changes = take_changes(before, after, found[1]) if found else []
    if both and "correction" in channel.kinds:
        kind = found[0] if found and found[0] in _GRAVER else "correction"
        return kind, [name_other("merged", joined.newer.id, after.id, joined.newer), *changes]
    return (found[0], changes) if found else None


def is_joining(changes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether these changes say that two incidents are one."""
    return any(change["field"] == "merged" for change in changes)


def name_other(field: str, old: str, new: str, other: Incident) -> dict[str, Any]:
    """The change by which a message says that two were one (`merged`) or one was two (`split`)."""
    return {"field": field, "old": old, "new": new, "incident": take_incident(other)}
