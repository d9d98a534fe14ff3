"""Turns the rows of one message into what it tells: the incidents as they stand at the moment of sending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alerts.chart import draw_bars
from alerts.conditions import DEFAULT_RULE
from alerts.planning import Bundle
from alerts.stories import Story, fold_stories, read_story, refresh_story
from store.deliveries import channels_told, read_incident_values, read_sources, was_told
from store.incidents import family_of, living_id
from store.outbox import OutboxAlert
from store.times import to_iso

if TYPE_CHECKING:
    from sqlite_utils import Database

MOST_THREADS = 10  # incidents whose conversations one mail joins


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one message tells, and which rows it answers for."""

    rows: tuple[OutboxAlert, ...]
    stories: tuple[Story, ...]
    reason: str = ""
    dropped: Mapping[int, str] = field(default_factory=dict)  # row → why it is not told any more
    image: bytes | None = None
    threads: tuple[str, ...] = ()  # the one incident that this is about, and those merged into it

    @property
    def key(self) -> str:
        """The same in every repeat of the same message."""
        return "|".join(sorted(row.draft.key for row in self.rows))

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
    told: dict[int, Story] = {}
    dropped: dict[int, str] = {}
    begun: set[str] = set()  # incidents whose first message this is
    for row in sorted(bundle.rows, key=lambda row: row.draft.kind != "new"):
        story, reason = _look_again(db, row, begun)
        if reason:
            dropped[row.id] = reason
            continue
        told[row.id] = story
        if row.draft.kind == "new" and story.incident is not None:
            begun.add(str(story.incident["id"]))
    rows = tuple(row for row in bundle.rows if row.id in told)
    folded = tuple(fold_stories(told[row.id] for row in rows))
    return Letter(
        rows=rows, stories=folded, reason=bundle.reason, dropped=dropped, image=_draw(folded),
        threads=_find_threads(db, folded),
    )  # fmt: skip


def _find_threads(db: Database, stories: Sequence[Story]) -> tuple[str, ...]:
    """The conversations that a message goes on; none where it tells of several incidents or of none."""
    ids = {str((story.incident or {}).get("id") or "") for story in stories}
    only = ids.pop() if len(ids) == 1 else ""
    return tuple(family_of(db, only)[:MOST_THREADS]) if only else ()


def _draw(stories: tuple[Story, ...]) -> bytes | None:
    facts = (stories[0].facts if stories else None) or {}
    return draw_bars(facts["bars"]) if facts.get("chart") and facts["count"] else None


def _look_again(db: Database, row: OutboxAlert, begun: set[str]) -> tuple[Story, str | None]:
    """The row's story as things stand now, or why it is not told any more."""
    story = read_story(row.draft.kind, row.draft.payload)
    if row.draft.incident_id is None or story.incident is None:
        return story, None
    fresh = read_incident_values(db, row.draft.incident_id)
    if fresh is None:
        return story, None
    told = was_told(db, row.draft.channel, str(fresh["id"]), but=row.id)
    if row.draft.kind != "new":
        if not told and str(fresh["id"]) not in begun:
            return story, "its incident was never told"
        if row.draft.kind == "retraction" and fresh["standing"] != "retracted":
            return story, "overtaken: the incident stands again"
        changes = tuple(_keep_true(db, row, story.changes))
        if story.changes and not changes:
            return story, "overtaken: its two incidents were not told as two, or are two again"
        return _refresh(db, replace(story, changes=changes), fresh), None
    if told:
        return story, "told already under the id of a merged incident"
    for name in ("role", "status", "standing"):
        value, allowed = fresh[name], getattr(DEFAULT_RULE, name)
        if value not in allowed and value != story.incident.get(name):
            return story, f"overtaken: {name} is {value} now"
    return _refresh(db, story, fresh), None


def _keep_true(db: Database, row: OutboxAlert, changes: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The changes without a word of two that are one, where only one of them has gone out, or they are two again."""
    for change in changes:
        if change["field"] == "merged":
            gone = set(family_of(db, change["old"]))
            rest = set(family_of(db, living_id(db, change["old"]))) - gone
            if not all(ids and row.draft.channel in channels_told(db, ids) for ids in (gone, rest)):
                continue
        yield change


def _refresh(db: Database, story: Story, fresh: Mapping[str, Any]) -> Story:
    return refresh_story(story, fresh, read_sources(db, str(fresh["id"])))


def _plain(story: Story) -> dict[str, Any]:
    return {
        "kind": story.kind, "incident": story.incident, "notice": story.notice, "source": story.source,
        "sources": list(story.sources), "changes": list(story.changes), "quote": story.quote,
        "official": story.official, "facts": story.facts,
    }  # fmt: skip
