"""Turns the history of incidents back into the changes that reports made, so that rules can be tried on the past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.articles import find_article
from store.incidents import fix_fields, read_incidents
from store.mentions import read_evidence, read_tellings
from store.records import Change, Incident, Outlet, Telling
from store.times import from_iso, to_iso

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChange:
    """A change, when it was made, and when its article was first seen."""

    at: datetime
    change: Change
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What one article (or a person) changed in an incident at one time."""

    at: datetime
    article_id: str | None
    before: Incident | None
    after: Incident


def read_changes(db: Database, since: datetime, *, whole: bool = False) -> list[PastChange]:
    """What every report since then did to every living incident, in the order in which it happened.

    `whole`: with what happened before to the same incidents.
    """
    ids = [
        row[0]
        for row in db.execute(
            "SELECT id FROM incidents WHERE merged_into IS NULL AND updated_at >= ? ORDER BY id", (to_iso(since),)
        ).fetchall()
    ]
    found: list[PastChange] = []
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        incidents, tellings = read_incidents(db, part), read_tellings(db, part)
        for incident_id in part:
            steps = _retrace(db, incidents[incident_id])
            found += [past for past in _walk(db, steps, tellings[incident_id]) if whole or past.at >= since]
    return sorted(found, key=lambda past: (past.at, past.change.article_id))


def _retrace(db: Database, incident: Incident) -> list[_Step]:
    """The incident's states, oldest first, from the last one back through its history."""
    rows = list(db.query("SELECT * FROM incident_history WHERE incident_id = ? ORDER BY id DESC", [incident.id]))
    steps: list[_Step] = []
    after = incident
    while rows:
        group = list(_take_group(rows))
        opened = any(row["field"] == "role" and row["old"] is None for row in group)
        before = None if opened else replace(after, **fix_fields(after, {row["field"]: row["old"] for row in group}))
        steps.append(_Step(at=from_iso(group[0]["at"]), article_id=group[0]["article_id"], before=before, after=after))
        if before is None:
            break
        after = before
    return steps[::-1]


def _take_group(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Take from the front the rows that one article wrote at one time."""
    head = (rows[0]["at"], rows[0]["article_id"])
    while rows and (rows[0]["at"], rows[0]["article_id"]) == head:
        yield rows.pop(0)


def _walk(db: Database, steps: list[_Step], tellings: list[Telling]) -> Iterator[PastChange]:
    told: set[str] = set()
    for telling in sorted(tellings, key=lambda t: (t.first_seen_at, t.mention_id)):
        if telling.article_id in told:
            continue
        told.add(telling.article_id)
        own = next((step for step in steps if step.article_id == telling.article_id), None)
        earlier = [step for step in steps if step.at <= telling.first_seen_at] or steps[:1]
        if own is None and not earlier:
            continue
        after = own.after if own else earlier[-1].after
        before = own.before if own else after
        at = own.at if own else telling.first_seen_at
        stored = find_article(db, telling.article_id)
        if stored is None:
            continue
        changed = () if before is None else tuple(_differing(before, after))
        change = Change(
            incident=after, before=before, article=stored.article, article_id=stored.id, changed=changed,
            mention=replace(telling.mention, evidence=tuple(read_evidence(db, telling.mention_id))),
            outlet=read_outlet(db, stored.article.outlet_id),
        )  # fmt: skip
        yield PastChange(at=at, change=change, first_seen_at=stored.first_seen_at)


def _differing(before: Incident, after: Incident) -> Iterator[str]:
    for name in ("killed", "wounded", "munitions", "status", "standing", "actor", "claim", "country", "admin1", "place",
                 "date", "method", "target"):  # fmt: skip
        if getattr(before, name) != getattr(after, name):
            yield name


def read_outlet(db: Database, outlet_id: str) -> Outlet:
    """What the database knows of an outlet: its names, family and owner."""
    row = next(iter(db.query("SELECT * FROM outlets WHERE id = ?", [outlet_id])), None) or {}
    return Outlet(
        id=outlet_id, name_ar=row.get("name_ar") or outlet_id, name_en=row.get("name_en") or outlet_id, home="",
        publisher=row.get("publisher") or outlet_id, ownership=row.get("ownership") or "unknown",
        country=row.get("country") or "", time_zone="UTC", kind="feed", urls=(), every_seconds=0, allowed_hosts=(),
    )  # fmt: skip
