"""Turns rows of the outbox into stories, one an incident, with what was told of it in one message folded together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Values = Mapping[str, Any]
_OF_TWO = ("merged", "split")  # of these a message may tell several
# Where one message tells several things of an incident, the first of these gives it its name.
KIND_ORDER = ("retraction", "dispute", "new", "correction", "update", "confirmation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one message says of one incident, notice, outlet or channel."""

    kind: str
    incident: Values | None = None  # the incident's fields by name
    notice: Values | None = None
    source: Values | None = None  # the report at hand
    sources: tuple[Values, ...] = ()  # every report that may be linked, the one at hand first
    changes: tuple[Values, ...] = ()
    quote: str | None = None
    official: bool = False
    actor: str | None = None  # who did it, as the report at hand has it
    facts: Values | None = None  # digest, health, heartbeat: their own values

    @property
    def blames(self) -> bool:
        """Whether the report at hand names who did it, as the incident has it by now."""
        return self.incident is None or self.incident.get("actor") == self.actor


def read_story(kind: str, payload: Mapping[str, Any]) -> Story:
    """A story from an outbox row's payload."""
    source = payload.get("source")
    actor = (payload.get("incident") or {}).get("actor") if payload.get("blames", True) else None
    return Story(
        kind=kind, incident=payload.get("incident"), notice=payload.get("notice"), source=source,
        sources=tuple(payload.get("sources") or ([source] if source else [])),
        changes=tuple(payload.get("changes") or ()), quote=payload.get("quote"),
        official=bool(payload.get("official")), facts=payload.get("facts"), actor=actor,
    )  # fmt: skip


def refresh_story(story: Story, incident: Values | None, sources: Sequence[Values]) -> Story:
    """The story with the incident as it stands now, and all who report it; the report at hand stays first."""
    if incident is None or story.incident is None:
        return story
    own = (story.source or {}).get("url")
    others = [source for source in sources if source.get("url") != own]
    return replace(story, incident=incident, sources=(*([story.source] if story.source else []), *others))


def fold_stories(stories: Iterable[Story]) -> list[Story]:
    """One story an incident, in the order in which the incidents first came up."""
    folded: list[Story] = []
    place: dict[str, int] = {}
    for story in stories:
        key = str((story.incident or {}).get("id") or "")
        if not key or key not in place:
            if key:
                place[key] = len(folded)
            folded.append(story)
        else:
            folded[place[key]] = _fold(folded[place[key]], story)
    return folded


def _fold(first: Story, later: Story) -> Story:
    kinds = (first.kind, later.kind)
    kind = min(kinds, key=lambda name: KIND_ORDER.index(name) if name in KIND_ORDER else len(KIND_ORDER))
    changes = () if kind == "new" else _fold_changes([*first.changes, *later.changes])
    urls = {source.get("url") for source in first.sources}
    extra = tuple(source for source in later.sources if source.get("url") not in urls)
    told = first if kind == "new" else later  # whose report stands for both
    return replace(
        later, kind=kind, changes=changes, sources=(*first.sources, *extra), source=told.source, quote=told.quote,
        actor=told.actor,
    )  # fmt: skip


def _fold_changes(changes: Sequence[Values]) -> tuple[Values, ...]:
    """Each field once: its first old value and its last new one, none where it came back to what it was."""
    ends: dict[str, dict[str, Any]] = {}
    for change in changes:
        name = str(change["field"])
        known = ends.setdefault(f"{name} {change['old']}" if name in _OF_TWO else name, dict(change))
        known["new"] = change["new"]
    return tuple(change for change in ends.values() if change["old"] != change["new"])
