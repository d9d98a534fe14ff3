"""Turns what reviewers rejected or corrected into messages for those who were told otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from store.alert_settings import AlertSettings
from store.deliveries import Judged, channels_told, judged_between, read_incident_values
from store.records import AlertDraft

if TYPE_CHECKING:
    from sqlite_utils import Database

GRACE = timedelta(minutes=2)  # in which a judgement may be taken back before anybody hears of it
LOOK_BACK = timedelta(days=2)  # a daemon that was down for longer tells no judgements of before
FRESH = timedelta(days=14)  # of an incident that was told longer ago nobody is told a correction
_COUNTS = ("killed", "wounded", "munitions")
DESK: dict[str, Any] = {
    "outlet": "review", "name_ar": "المراجعة", "name_en": "review", "ownership": None, "publisher": None, "title": None,
    "url": None, "published_at": None, "published_precision": None,
}  # fmt: skip


def draft_judged(db: Database, settings: AlertSettings, now: datetime) -> Iterable[AlertDraft]:
    """A retraction for each rejected incident and a correction for each corrected one, where it had been told."""
    active = settings.active_channels()
    for judged in judged_between(db, now - LOOK_BACK, now - GRACE):
        incident = read_incident_values(db, judged.incident_id)
        if incident is None:
            continue
        for name in sorted(channels_told(db, judged.incident_id, now - FRESH) & set(active)):
            kind = "retraction" if judged.action == "reject" else "correction"
            changes = [change for change in _read_changes(judged) if change["field"] in active[name].update_on]
            if kind not in active[name].kinds or (kind == "correction" and not changes):
                continue
            payload: dict[str, object] = {"incident": incident, "changes": changes, "source": DESK, "quote": None}
            yield AlertDraft(
                key=f"{kind}:{judged.incident_id}:{name}:review{judged.id}", kind=kind, channel=name, due_at=now,
                incident_id=judged.incident_id, payload=payload,
            )  # fmt: skip


def _read_changes(judged: Judged) -> list[dict[str, Any]]:
    """The corrected fields with counts as numbers, as in every other message."""
    return [
        {"field": change["field"], **{side: _typed(change["field"], change[side]) for side in ("old", "new")}}
        for change in judged.changes
    ]


def _typed(field: str, value: str | None) -> object:
    return int(value) if field in _COUNTS and value is not None and value.isdecimal() else value
