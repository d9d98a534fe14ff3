"""Turns the rows of one message into what it tells: the incidents as they stand at the moment of sending."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alerts.chart import draw_bars
from alerts.conditions import DEFAULT_RULE
from alerts.planning import Bundle
from alerts.stories import Story, fold_stories, read_story, refresh_story
from store.deliveries import read_incident_values, read_sources, was_told
from store.outbox import OutboxAlert
from store.times import to_iso

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one message tells, and which rows it answers for."""

    rows: tuple[OutboxAlert, ...]
    stories: tuple[Story, ...]
    reason: str = ""
    dropped: Mapping[int, str] = field(default_factory=dict)  # row → why it is not told any more
    image: bytes | None = None

    @property
    def key(self) -> str:
        """The same in every repeat of the same message."""
        return "|".join(sorted(row.draft.key for row in self.rows))

    @property
    def thread(self) -> str | None:
        """The incident whose conversation this belongs to; None where there are several or none."""
        ids = {str((story.incident or {}).get("id") or "") for story in self.stories}
        return ids.pop() or None if len(ids) == 1 else None

    def document(self, channel: str, now: datetime) -> dict[str, Any]:
        """The message for machines; see alerts/data/webhook.schema.json."""
        return {
            "channel": channel,
            "kind": self.stories[0].kind,
            "grouped": self.reason or None,
            "sent_at": to_iso(now),
            "items": [_plain(story) for story in self.stories],
        }


def open_letter(db: Database, bundle: Bundle) -> Letter:
    """Read again what the rows are about, drop what events have overtaken, fold what is of one incident."""
    stories: list[Story] = []
    rows: list[OutboxAlert] = []
    dropped: dict[int, str] = {}
    for row in bundle.rows:
        story = read_story(row.draft.kind, row.draft.payload)
        incident_id = row.draft.incident_id
        if incident_id is not None:
            fresh = read_incident_values(db, incident_id)
            reason = _overtaken(db, row, story, fresh)
            if reason:
                dropped[row.id] = reason
                continue
            story = refresh_story(story, fresh, read_sources(db, incident_id) if fresh else [])
        stories.append(story)
        rows.append(row)
    folded = tuple(fold_stories(stories))
    return Letter(rows=tuple(rows), stories=folded, reason=bundle.reason, dropped=dropped, image=_draw(folded))


def _draw(stories: tuple[Story, ...]) -> bytes | None:
    facts = (stories[0].facts if stories else None) or {}
    return draw_bars(facts["bars"]) if facts.get("chart") and facts["count"] else None


def _overtaken(db: Database, row: OutboxAlert, story: Story, fresh: Mapping[str, Any] | None) -> str | None:
    """Why a first message is not told any more: it was told under another id, or is no longer what the rule met."""
    if row.draft.kind != "new" or fresh is None or story.incident is None:
        return None
    if was_told(db, row.draft.channel, str(fresh["id"]), but=row.id):
        return "told already under the id of a merged incident"
    for name in ("role", "status", "standing"):
        value, allowed = fresh[name], getattr(DEFAULT_RULE, name)
        if value not in allowed and value != story.incident.get(name):
            return f"overtaken: {name} is {value} now"
    return None


def _plain(story: Story) -> dict[str, Any]:
    return {
        "kind": story.kind, "incident": story.incident, "notice": story.notice, "source": story.source,
        "sources": list(story.sources), "changes": list(story.changes), "quote": story.quote,
        "official": story.official, "facts": story.facts,
    }  # fmt: skip
