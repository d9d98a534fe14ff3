"""Turns changed links into changed incidents: fields told anew, history, merges, splits and what alerts are to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from extract.incidents.link_weights import side_of_incident
from extract.incidents.linking import MERGE, can_be_noticed_as, score_sides
from extract.incidents.standing import find_material_changes, retract_incident, tell_incident
from intake.linkage import probe_of
from store.candidates import Probe, find_candidates
from store.incidents import (
    corrected_fields,
    family_of,
    fix_fields,
    insert_incident,
    keep_apart,
    kept_apart,
    living_id,
    name_incident,
    note_history,
    read_incidents,
    redirect_incident,
    save_history,
    update_incident,
)
from store.mentions import (
    assign_notice,
    find_explosions,
    first_noticed,
    move_mentions,
    pin_mention,
    read_tellings,
    return_mentions,
)
from store.records import Incident, Notice, Telling
from store.reviews import mark_reviewed

if TYPE_CHECKING:
    from sqlite_utils import Database

MERGE_LOOKED_AT = 6
_IDENTITY = ("date", "date_precision", "country", "admin1", "place", "lat", "lon", "method", "killed", "actor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An incident as it stands after a change, with what it was before (None: it is new)."""

    incident: Incident
    before: Incident | None
    changed: tuple[str, ...]  # fields whose change is worth a message
    absorbed: Incident | None = None  # the newer one that was merged into it, as it stood before


def open_incident(db: Database, telling: Telling, *, seed: str, now: datetime) -> str:
    """Make the row of a new incident for its first telling; `settle_incident` then fills it."""
    incident_id = name_incident(db, seed, telling.first_seen_at)
    insert_incident(db, tell_incident(incident_id, [telling], now=now))
    return incident_id


def settle_incident(
    db: Database,
    incident_id: str,
    before: Incident | None,
    *,
    now: datetime,
    article_id: str | None,
    quotes: Mapping[str, str],
    by: str = "coder",
) -> Settled:
    """Tell an incident anew from all its reports, with every changed field in the history.

    What a person corrected stays as it is.
    """
    tellings = read_tellings(db, [incident_id])[incident_id]
    if tellings:
        join_explosions(db, incident_id, tell_incident(incident_id, tellings, now=now))
        after = tell_incident(incident_id, tellings, now=now, noticed=first_noticed(db, incident_id))
    else:
        known = before or read_incidents(db, [incident_id])[incident_id]
        after = retract_incident(known, now=now)
    after = replace(after, **fix_fields(after, corrected_fields(db, incident_id)))
    if before is None or replace(after, updated_at=before.updated_at) != before:
        update_incident(db, after)
        save_history(db, before, after, at=now, article_id=article_id, quotes=quotes, by=by)
    changed = () if before is None else find_material_changes(before, after)
    return Settled(incident=after, before=before, changed=changed)


def join_explosions(db: Database, incident_id: str, incident: Incident) -> None:
    """Give an incident the notices of explosions that it turns out to have been."""
    if incident.date is None or incident.date_precision != "day":
        return
    for notice_id, notice, _ in find_explosions(db, incident.date):
        if can_be_noticed_as(notice, incident):
            assign_notice(db, notice_id, incident_id)


def join_notice(db: Database, notice_id: int, notice: Notice, *, at: datetime, now: datetime) -> None:
    """Give a notice that comes late to the incident that is already known."""
    probe = Probe(
        date=notice.date, date_precision="day" if notice.date else "unknown", country=notice.country,
        admin1=notice.admin1, lat=notice.lat, lon=notice.lon, at=at,
    )  # fmt: skip
    for incident in find_candidates(db, probe):
        if can_be_noticed_as(notice, incident):
            assign_notice(db, notice_id, incident.id)
            settle_incident(db, incident.id, incident, now=now, article_id=None, quotes={})
            return


def find_twin(db: Database, incident: Incident, *, at: datetime) -> str | None:
    """Another incident that proves to be the same one, now that more is known of this; None: there is none.

    Never one that a report tells beside it, nor one that a person or a split has set apart, nor a rejected one.
    """
    if incident.standing == "retracted":
        return None
    mine = side_of_incident(incident)
    apart = kept_apart(db, incident.id) | {incident.id}
    scored = sorted(
        (
            (score_sides(mine, side_of_incident(other)).total, other.id)
            for other in find_candidates(db, probe_of(incident, at))
            if other.id not in apart and other.standing != "retracted"
        ),
        reverse=True,
    )[:MERGE_LOOKED_AT]
    chosen = [other_id for total, other_id in scored if total >= MERGE]
    if not chosen:
        return None
    tellings = read_tellings(db, [incident.id, *chosen])
    roots = {t.root_id for t in tellings[incident.id]}
    seconds = {key: any(t.mention.second_attack for t in told) for key, told in tellings.items()}
    for other_id in chosen:
        if not roots & {t.root_id for t in tellings[other_id]} and seconds[other_id] == seconds[incident.id]:
            return other_id
    return None


def is_identity_changed(settled: Settled) -> bool:
    """Whether something changed by which incidents are told apart."""
    return settled.before is not None and any(
        getattr(settled.before, name) != getattr(settled.incident, name) for name in _IDENTITY
    )


def merge_incidents(db: Database, one: str, other: str, *, now: datetime, by: str = "coder") -> Settled:
    """Make two incidents one: the older id lives on, the newer redirects to it; both histories say so."""
    found = read_incidents(db, [one, other])
    older, newer = sorted(found.values(), key=lambda i: (i.first_seen_at, i.id))
    note_history(db, older.id, field="merged", old=newer.id, new=older.id, at=now, by=by)
    note_history(db, newer.id, field="merged_into", old=None, new=older.id, at=now, by=by)
    move_mentions(db, newer.id, older.id)
    redirect_incident(db, newer.id, older.id)
    settled = settle_incident(db, older.id, older, now=now, article_id=None, quotes={}, by=by)
    mark_reviewed(db, older.id)  # what people found of the newer one goes on here
    return replace(settled, absorbed=newer)


def split_incident(db: Database, merged_id: str, *, now: datetime, by: str = "coder") -> tuple[Settled, Settled]:
    """Undo a merge: the incident that was merged lives again with the mentions that it had; the two stay apart.

    Returns the one that it was merged into and the restored one. Mentions that joined after the merge stay.
    """
    survivor_id = living_id(db, merged_id)
    found = read_incidents(db, [survivor_id, merged_id])
    redirect_incident(db, merged_id, None)
    return_mentions(db, family_of(db, merged_id), merged_id)
    keep_apart(db, survivor_id, merged_id, at=now, by=by)
    note_history(db, survivor_id, field="split", old=survivor_id, new=merged_id, at=now, by=by)
    note_history(db, merged_id, field="merged_into", old=survivor_id, new=None, at=now, by=by)
    survivor = settle_incident(db, survivor_id, found[survivor_id], now=now, article_id=None, quotes={}, by=by)
    restored = settle_incident(db, merged_id, found[merged_id], now=now, article_id=None, quotes={}, by=by)
    for incident_id in (survivor_id, merged_id):
        mark_reviewed(db, incident_id)
    return survivor, restored


def split_off(
    db: Database, incident_id: str, mention_ids: Sequence[int], *, now: datetime, by: str
) -> tuple[Settled, Settled]:
    """Take some mentions out of an incident into a new one, where a person wants it; they stay there."""
    chosen = [t for t in read_tellings(db, [incident_id])[incident_id] if t.mention_id in set(mention_ids)]
    before = read_incidents(db, [incident_id])[incident_id]
    new_id = open_incident(db, chosen[0], seed=f"{incident_id}/{chosen[0].article_id}", now=now)
    for telling in chosen:
        pin_mention(db, telling.mention_id, new_id)
    keep_apart(db, incident_id, new_id, at=now, by=by)
    note_history(db, incident_id, field="split", old=incident_id, new=new_id, at=now, by=by)
    survivor = settle_incident(db, incident_id, before, now=now, article_id=None, quotes={}, by=by)
    return survivor, settle_incident(db, new_id, None, now=now, article_id=None, quotes={}, by=by)
