"""Turns what reviewers decide into messages for those who were told otherwise."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from alerts.joined import FRESH, Changes, name_other, tell_joined
from alerts.materiality import classify_changes
from alerts.snapshot import take_changes, take_incident
from store.alert_settings import AlertSettings
from store.deliveries import (
    channels_told,
    read_deed,
    read_incident_values,
    read_sources,
    restore_overtaken,
    take_back_judged,
)
from store.incidents import family_of, living_id, read_incidents
from store.outbox import queue_alerts
from store.records import AlertDraft, Incident, Joined

if TYPE_CHECKING:
    from sqlite_utils import Database

GRACE = timedelta(minutes=2)  # in which a judgement may be taken back before anybody hears of it
DESK: dict[str, Any] = {
    "outlet": "review", "name_ar": "فريق المراجعة", "name_en": "our reviewers", "ownership": None, "publisher": None,
    "title": None, "url": None, "published_at": None, "published_precision": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruling:
    """One judgement: what it did to which incident, and to whom that may be told."""

    db: Database
    settings: AlertSettings
    review_id: int
    deed: Sequence[Mapping[str, Any]]
    before: Mapping[str, Incident]  # as they stood before it, by their own ids
    after: Incident  # the one that lives on
    undone: str | None  # the action that it takes back
    reached: frozenset[str] | None  # the channels that heard of what it takes back; None: it takes back nothing
    now: datetime

    def told(self, incident_ids: Collection[str], kind: str = "new") -> set[str]:
        """The channels that heard of any of the incidents lately."""
        return channels_told(self.db, incident_ids, self.now - FRESH, kind=kind) & set(self.settings.active_channels())

    def draft(self, channel: str, kind: str, changes: Changes) -> Iterator[AlertDraft]:
        """The message, where the channel wants such."""
        if kind in self.settings.active_channels()[channel].kinds:
            payload: dict[str, object] = {
                "incident": take_incident(self.after), "changes": changes, "source": DESK, "quote": None,
                "blames": False,
            }  # fmt: skip
            yield AlertDraft(
                key=f"{kind}:{self.after.id}:{channel}:review{self.review_id}", kind=kind, channel=channel,
                due_at=self.now + GRACE, incident_id=self.after.id, payload=payload,
            )  # fmt: skip


def queue_judged(
    db: Database, settings: AlertSettings, review_id: int, before: Mapping[str, Incident], *, now: datetime
) -> int:
    """Queue what follows from a stored judgement, inside its own transaction; how many messages.

    `before` holds the incidents as they stood before it. Messages fall due after GRACE; taking the judgement back
    by then leaves nobody told, and later tells those who were.
    """
    deed = read_deed(db, review_id)
    undone, reached = None, None
    if deed[0]["action"] == "undo":
        taken_back = read_deed(db, deed[0]["undoes"])
        undone, reached = taken_back[0]["action"], frozenset(take_back_judged(db, taken_back[0]["id"]))
    living = living_id(db, deed[0]["incident_id"])
    ruling = _Ruling(
        db=db, settings=settings, review_id=deed[0]["id"], deed=deed, before=before, undone=undone, reached=reached,
        after=read_incidents(db, [living])[living], now=now,
    )  # fmt: skip
    return queue_alerts(db, list(_draft(ruling)), now=now)


def _draft(ruling: _Ruling) -> Iterator[AlertDraft]:
    action = str(ruling.deed[0]["action"])
    if (action, ruling.undone) in (("merge", None), ("undo", "split")):
        yield from _draft_joined(ruling)
    elif (action, ruling.undone) in (("split", None), ("undo", "merge")):
        yield from _draft_parted(ruling)
    else:
        yield from _draft_standing(ruling)
        if action == "correct" or ruling.undone == "correct":
            yield from _draft_corrected(ruling)


def _draft_standing(ruling: _Ruling) -> Iterator[AlertDraft]:
    """A retraction of what was rejected; where that was told, that the incident stands after all."""
    before, after = ruling.before.get(ruling.after.id), ruling.after
    if before is None or (before.standing == "retracted") == (after.standing == "retracted"):
        return
    family = family_of(ruling.db, after.id)
    if after.standing == "retracted":
        for channel in sorted(ruling.told(family)):
            yield from ruling.draft(channel, "retraction", [])
        return
    restore_overtaken(ruling.db, family, since=ruling.now - FRESH, now=ruling.now)
    for channel in sorted(ruling.told(family, "retraction")):
        yield from ruling.draft(channel, "correction", take_changes(before, after, ["standing"]))


def _draft_corrected(ruling: _Ruling) -> Iterator[AlertDraft]:
    before = ruling.before[ruling.after.id]
    for channel in sorted(ruling.told(family_of(ruling.db, ruling.after.id))):
        if ruling.reached is None or channel in ruling.reached:
            followed = ruling.settings.active_channels()[channel].update_on
            fields = [str(row["field"]) for row in ruling.deed if row["field"] in followed]
            changes = take_changes(before, ruling.after, fields)
            if changes:
                yield from ruling.draft(channel, "correction", changes)


def _draft_joined(ruling: _Ruling) -> Iterator[AlertDraft]:
    newer, older = _pair(ruling)
    gone = set(family_of(ruling.db, newer))
    joined = Joined(
        newer=ruling.before[newer], told_newer=frozenset(ruling.told(gone)),
        told_older=frozenset(ruling.told(set(family_of(ruling.db, older)) - gone)),
    )  # fmt: skip
    for channel in sorted(joined.told_newer | joined.told_older):
        if ruling.reached is not None and channel not in ruling.reached:
            continue
        settings = ruling.settings.active_channels()[channel]
        found = tell_joined(joined, ruling.before[older], ruling.after, channel, settings)
        if found is not None and found[0] != "confirmation":
            yield from ruling.draft(channel, *found)


def _draft_parted(ruling: _Ruling) -> Iterator[AlertDraft]:
    """Who was told them as one hears that they are two, and of the other one as of any new incident."""
    other_id, _ = _pair(ruling)
    other = read_incidents(ruling.db, [other_id])[other_id]
    told = ruling.told({*family_of(ruling.db, ruling.after.id), other_id})
    known = ruling.told([other_id]) if ruling.undone else set()
    for channel in sorted(told):
        if ruling.reached is not None and channel not in ruling.reached:
            continue
        changes = [name_other("split", ruling.after.id, other_id, other)]
        before = ruling.before[ruling.after.id]
        found = classify_changes(before, ruling.after, ruling.settings.active_channels()[channel])
        if found is not None and found[0] in ("update", "correction"):
            changes += take_changes(before, ruling.after, found[1])
        yield from ruling.draft(channel, "correction", changes)
        if channel not in known and "new" in ruling.settings.active_channels()[channel].kinds:
            yield _draft_new(ruling, other, channel)


def _draft_new(ruling: _Ruling, other: Incident, channel: str) -> AlertDraft:
    source = next(iter(read_sources(ruling.db, other.id)), DESK)
    payload: dict[str, object] = {
        "incident": read_incident_values(ruling.db, other.id), "changes": [], "source": source, "quote": None,
    }  # fmt: skip
    return AlertDraft(
        key=f"new:{other.id}:{channel}", kind="new", channel=channel, due_at=ruling.now + GRACE,
        incident_id=other.id, payload=payload,
    )  # fmt: skip


def _pair(ruling: _Ruling) -> tuple[str, str]:
    """The two incidents of a merge or split: the one that goes or comes, and the one that lives on."""
    row = ruling.deed[0]
    return next(one for one in (row["old"], row["new"]) if one != ruling.after.id), ruling.after.id
