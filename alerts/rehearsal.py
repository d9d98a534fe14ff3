"""Turns rules and what is stored into what would be told: trials on the past, previews, and marked samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from alerts.blocks import say_titled
from alerts.channels import Delivery, Envelope, deliver, find_form
from alerts.conditions import Matching
from alerts.names import Names, load_names
from alerts.rules import decide_alerts
from alerts.sample import sample_story
from alerts.sentences import Voice
from alerts.snapshot import choose_quote
from alerts.stories import Story, read_story, refresh_story
from alerts.wording import Form, Message, write_message
from store.alert_settings import AlertSettings
from store.articles import find_article
from store.deliveries import read_incident_values, read_sources
from store.errors import AlertError
from store.mentions import read_evidence, read_tellings
from store.past import read_changes

if TYPE_CHECKING:
    from sqlite_utils import Database

TELLING_KINDS = ("new", "update", "correction", "retraction", "dispute", "confirmation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """One message that would have gone out."""

    at: datetime
    due_at: datetime
    channel: str
    kind: str
    rule: str | None
    incident_id: str
    headline: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How many messages a channel would have been sent: in all, a day, and on its busiest day (UTC)."""

    messages: int
    per_day: float
    busiest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a set of rules would have told: every message, and how many a day and channel."""

    messages: tuple[Rehearsed, ...]
    days: int

    def loads(self) -> dict[str, Load]:
        """What each channel would have had to bear."""
        counts = Counter(message.channel for message in self.messages)
        days = Counter((message.channel, message.at.date()) for message in self.messages)
        return {
            channel: Load(
                messages=count, per_day=round(count / max(1, self.days), 2),
                busiest=max(number for (name, _), number in days.items() if name == channel),
            )
            for channel, count in sorted(counts.items())
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One channel's wording of an incident; `readable` is a page's words without its markup.

    `problem` says why there is none.
    """

    channel: str
    format: str = ""
    title: str = ""
    body: str = ""
    readable: str = ""
    problem: str | None = None


def dry_run(
    db: Database,
    settings: AlertSettings,
    *,
    since: datetime,
    now: datetime,
    matching: Matching | None = None,
    names: Names | None = None,
) -> Rehearsal:
    """What `settings` would have told since then, had they been in force; nothing is sent or written.

    Reports count when they were taken in. Pace (quiet hours, barrage, cap) groups messages but drops none, so each
    is listed by itself, with the end of quiet hours as `due_at`.
    """
    names = names or load_names()
    matching = matching or Matching(parents=names.parents())
    told: dict[str, dict[str, set[str]]] = {}
    voice = Voice(names=names, language="ar")
    messages: list[Rehearsed] = []
    for past in read_changes(db, since):
        incident = past.change.incident
        drafts = decide_alerts(
            past.change, settings, now=past.at, silent=False, already=told.get(incident.id, {}),
            first_seen_at=past.first_seen_at, matching=matching,
        )  # fmt: skip
        for draft in drafts:
            told.setdefault(incident.id, {}).setdefault(draft.channel, set()).add(draft.kind)
            headline = say_titled(read_story(draft.kind, draft.payload), voice)
            message = Rehearsed(
                at=past.at, due_at=draft.due_at, channel=draft.channel, kind=draft.kind, rule=draft.rule,
                incident_id=incident.id, headline=headline,
            )  # fmt: skip
            messages.append(message)
    return Rehearsal(messages=tuple(messages), days=max(1, round((now - since).total_seconds() / 86_400)))


def preview_incident(
    db: Database, settings: AlertSettings, incident_id: str, *, names: Names | None = None
) -> list[Preview]:
    """How every channel would word the incident as it stands now."""
    values = read_incident_values(db, incident_id)
    if values is None:
        return []
    sources = read_sources(db, incident_id)
    first: Mapping[str, object] | None = sources[0] if sources else None
    quote, actor = _read_report(db, str(values["id"]), str(first["url"])) if first else (None, None)
    story = Story(kind="new", incident=values, source=first, quote=quote, actor=actor)
    story = refresh_story(story, values, sources)
    return preview_story(story, settings, names or load_names())


def _read_report(db: Database, incident_id: str, url: str) -> tuple[str | None, str | None]:
    """What the report at that address says of the incident, and of who did it."""
    for telling in read_tellings(db, [incident_id])[incident_id]:
        stored = find_article(db, telling.article_id)
        if stored is not None and stored.article.url == url:
            mention = replace(telling.mention, evidence=tuple(read_evidence(db, telling.mention_id)))
            return choose_quote(mention, stored.article), mention.actor
    return None, None


def preview_story(story: Story, settings: AlertSettings, names: Names) -> list[Preview]:
    """How every channel would word a story."""
    previews = []
    for name, channel in settings.active_channels().items():
        try:
            form = find_form(name, channel)
            message = write_message([story], channel, settings, form, names)
            plain = replace(form, format="text") if form.format == "html" else None
            readable = write_message([story], channel, settings, plain, names).body if plain else message.body
            preview = Preview(
                channel=name, format=form.format, title=message.title, body=message.body, readable=readable
            )
            previews.append(preview)
        except AlertError as error:
            previews.append(Preview(channel=name, problem=str(error)))
    return previews


def send_sample(
    settings: AlertSettings, *, now: datetime, channels: Sequence[str] | None = None, names: Names | None = None
) -> dict[str, Delivery]:
    """Send every channel (or those named) a message that is marked as a test; what came of each."""
    active = settings.active_channels()
    outcome: dict[str, Delivery] = {}
    for name in channels or active:
        if name not in active:
            known = ", ".join(sorted(active))
            outcome[name] = Delivery(sent=False, error=f"there is no such channel switched on (there are: {known})")
            continue
        try:
            message = write_sample(settings, name, now=now, names=names or load_names())
            outcome[name] = deliver(name, active[name], message, Envelope(key=f"sample:{name}:{now.isoformat()}"))
        except AlertError as error:
            outcome[name] = Delivery(sent=False, error=str(error))
    return outcome


def write_sample(settings: AlertSettings, name: str, *, now: datetime, names: Names) -> Message:
    """The sample in a channel's own wording."""
    channel = settings.active_channels()[name]
    form: Form = find_form(name, channel)
    return write_message([sample_story(now)], channel, settings, form, names)


def check_channels(settings: AlertSettings, *, now: datetime, names: Names | None = None) -> list[str]:
    """One line for each channel whose address or template cannot be used; for use at start, nothing is sent."""
    faults = []
    for name, channel in settings.active_channels().items():
        try:
            write_sample(settings, name, now=now, names=names or load_names())
        except AlertError as error:
            key = "template" if channel.template and error.channel == channel.template else "url"
            faults.append(f"alerts.channels.{name}.{key}: {error}")
    return faults
