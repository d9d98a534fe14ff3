"""Turns the newsroom's data files into its script: outlets, what really happened, and who tells it in which round."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from newsroom.wording import fill_in

CODED = (
    "role", "status", "method", "target", "date_precision", "country", "admin1", "place", "lat", "lon",
    "munitions", "killed", "wounded", "actor", "claim",
)  # fmt: skip
PLACE_ZONE = {"IQ": "Asia/Baghdad", "SY": "Asia/Damascus"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One outlet that the newsroom plays, as outlets.toml describes it."""

    id: str
    name_ar: str
    name_en: str
    publisher: str
    ownership: str
    country: str
    time_zone: str
    plays: str
    article: str
    sections: tuple[str, ...]
    link_css: str | None = None
    body_css: str | None = None
    title_css: str | None = None
    date_css: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One incident of the script: its coded fields after the last round, and when it happens."""

    key: str
    round: int
    hours: float  # before the round begins
    fields: dict[str, Any]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(PLACE_ZONE.get(self.fields["country"] or "", "UTC"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an article says from `round` on; placeholders still in it."""

    round: int
    title: str
    body: str
    says: dict[str, dict[str, Any]] = field(default_factory=dict)  # key → fields that differ from the event's


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article of the script; its first version is its publication, later ones are edits of the same page."""

    id: str
    number: int
    outlet: str
    minutes: float  # published this long before its round begins
    versions: tuple[Version, ...]
    reports: tuple[str, ...]
    trap: str | None = None
    copy_of: str | None = None
    caption: str | None = None
    author: str | None = None
    section: str | None = None
    language: str = "ar"

    @property
    def round(self) -> int:
        return self.versions[0].round


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    sites: tuple[Site, ...]
    events: dict[str, Event]
    stories: tuple[Story, ...]

    @property
    def rounds(self) -> int:
        """How many rounds there are, the opening one (0) included."""
        return 1 + max(version.round for story in self.stories for version in story.versions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article as it stands in one round: words filled in, times fixed (aware UTC)."""

    story: Story
    title: str
    body: str
    published: datetime
    updated: datetime
    revision: int
    says: dict[str, dict[str, Any]]


@cache
def load_script() -> Script:
    """Load and check the data files; a fault in them raises ValueError naming the article or incident."""
    folder = files("newsroom") / "data"
    outlets = tomllib.loads((folder / "outlets.toml").read_text(encoding="utf-8"))["outlet"]
    sites = tuple(Site(**{**entry, "sections": tuple(entry["sections"])}) for entry in outlets)
    rows = tomllib.loads((folder / "incidents.toml").read_text(encoding="utf-8"))["incident"]
    events = {row["key"]: _read_event(row) for row in rows}
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.startswith("articles"))
    tables = [
        table for name in names for table in tomllib.loads((folder / name).read_text(encoding="utf-8"))["article"]
    ]
    stories = tuple(_read_story(table, number, events) for number, table in enumerate(tables, 4101))
    known = {site.id for site in sites}
    for story in stories:
        if story.outlet not in known:
            raise ValueError(f"article {story.id}: no outlet {story.outlet}")
    return Script(sites=sites, events=events, stories=stories)


def tell(story: Story, script: Script, starts: Sequence[datetime], zone: ZoneInfo) -> Told | None:
    """Tell `story` as it stands when the last of `starts` (the beginnings of the rounds so far) has begun.

    None where it has not appeared yet.
    """
    versions = [version for version in story.versions if version.round < len(starts)]
    if not versions:
        return None
    latest = versions[-1]
    published = starts[story.round] - timedelta(minutes=story.minutes)
    moments = [happened_at(script.events[key], starts) for key in story.reports]

    def words(text: str) -> str:
        return fill_in(text, published=published, moments=moments, zone=zone)

    return Told(
        story=story,
        title=words(latest.title),
        body=words(latest.body),
        published=published,
        updated=published if latest is story.versions[0] else starts[latest.round],
        revision=len(versions),
        says=latest.says,
    )


def happened_at(event: Event, starts: Sequence[datetime]) -> datetime:
    """When `event` happened; its round must have begun."""
    return starts[event.round] - timedelta(hours=event.hours)


def _read_event(row: dict[str, Any]) -> Event:
    fields = {name: row.get(name) for name in CODED}
    defaults = {"role": "news", "status": "occurred", "date_precision": "day", "claim": "none"}
    fields.update({name: value for name, value in defaults.items() if fields[name] is None})
    unknown = set(row) - set(CODED) - {"key", "round", "hours"}
    if unknown:
        raise ValueError(f"incident {row['key']}: unknown {', '.join(sorted(unknown))}")
    return Event(key=row["key"], round=row.get("round", 0), hours=float(row["hours"]), fields=fields)


def _read_story(table: dict[str, Any], number: int, events: dict[str, Event]) -> Story:
    reports = tuple(table.get("reports", ()))
    for key in reports:
        if key not in events:
            raise ValueError(f"article {table['id']}: no incident {key}")
    opening = Version(
        round=table.get("round", 0), title=table["title"], body=table["body"].strip(), says=_read_says(table, {})
    )
    versions = [opening]
    for change in table.get("revision", ()):
        before = versions[-1]
        versions.append(
            Version(
                round=change["round"],
                title=change.get("title", before.title),
                body=change.get("body", before.body).strip(),
                says=_read_says(change, before.says),
            )
        )
    return Story(
        id=table["id"],
        number=number,
        outlet=table["outlet"],
        minutes=float(table.get("minutes", 0)),
        versions=tuple(versions),
        reports=reports,
        trap=table.get("trap"),
        copy_of=table.get("copy_of"),
        caption=table.get("caption"),
        author=table.get("author"),
        section=table.get("section"),
        language=table.get("language", "ar"),
    )


def _read_says(table: dict[str, Any], before: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Read what an article says otherwise than the event's last word; `omits` names fields that it does not tell."""
    if "says" not in table:
        return before
    return {
        key: {
            **{name: value for name, value in says.items() if name != "omits"},
            **dict.fromkeys(says.get("omits", ())),
        }
        for key, says in table["says"].items()
    }
