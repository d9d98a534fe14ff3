"""Turns what a reviewer decides into a stored judgement and the incident that follows from it, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alerts.judged import queue_judged
from extract.incidents.contradictions import find_contradictions
from extract.incidents.link_weights import side_of_incident
from extract.incidents.linking import score_sides
from extract.incidents.standing import tell_incident
from intake.corrections import complete_fields, find_faults
from intake.incidents import merge_incidents, settle_incident, split_incident, split_off
from intake.linkage import probe_of
from store.alert_settings import AlertSettings
from store.candidates import find_candidates
from store.database import transaction
from store.incidents import corrected_fields, fix_fields, kept_apart, living_id, read_incidents
from store.judgements import Insight, Judgement, Near, Proposal, Verdict
from store.mentions import read_tellings
from store.records import Incident
from store.reviews import (
    changes_since,
    find_review,
    is_living,
    mark_reviewed,
    reviews_of_action,
    save_review,
)

if TYPE_CHECKING:
    from sqlite_utils import Database

NEAR = -4.0  # a score from which an incident is shown as perhaps the same one
_MOST_NEAR = 6
_LONGEST = 2_000  # characters of a reason or note


class _Wrong(Exception):
    def __init__(self, *faults: str) -> None:
        super().__init__(*faults)
        self.faults = faults


def judge(db: Database, judgement: Judgement, *, now: datetime, alerts: AlertSettings | None = None) -> Verdict:
    """Do what the reviewer wants, or say why not; nothing is half done.

    What those who were told otherwise are to hear is queued with it, by `alerts`; None: nobody is told.

    Stale: the incident changed after the reviewer looked, so that somebody else's work could be lost.
    """
    incident_id = judgement.incident_id
    try:
        with transaction(db):
            before = _read_before(db, judgement)
            if judgement.action == "undo":
                return _tell(db, alerts, _undo(db, judgement, now), before, now)
            if not is_living(db, incident_id):
                return Verdict(word="gone", incident_id=living_id(db, incident_id))
            if judgement.seen and judgement.action != "note":
                changes = changes_since(db, incident_id, judgement.seen)
                if changes:
                    return Verdict(word="stale", incident_id=incident_id, changes=tuple(changes))
            return _tell(db, alerts, _DEEDS[judgement.action](db, judgement, now), before, now)
    except _Wrong as wrong:
        return Verdict(word="wrong", incident_id=incident_id, faults=wrong.faults)


def _read_before(db: Database, judgement: Judgement) -> dict[str, Incident]:
    """The incidents that a judgement is about, as they stand before it."""
    review = find_review(db, judgement.review_id or 0) if judgement.action == "undo" else None
    ids = {judgement.incident_id, judgement.other or ""}
    if review is not None:
        ids |= {review["incident_id"], living_id(db, review["incident_id"])}
        if review["action"] in ("merge", "split"):
            ids |= {review["old"], review["new"]}
    return read_incidents(db, sorted(ids - {""}))


def _tell(
    db: Database, alerts: AlertSettings | None, verdict: Verdict, before: Mapping[str, Incident], now: datetime
) -> Verdict:
    if alerts is not None and verdict.word == "done" and verdict.review_id is not None:
        queue_judged(db, alerts, verdict.review_id, before, now=now)
    return verdict


def _save(db: Database, judgement: Judgement, now: datetime, **values: Any) -> int:
    reason = (judgement.reason or "").strip() or None
    if reason and len(reason) > _LONGEST:
        raise _Wrong("reason_long")
    return save_review(
        db, values.pop("incident_id", judgement.incident_id), at=now, reviewer=judgement.reviewer,
        action=judgement.action, reason=reason, **values,
    )  # fmt: skip


def _resettle(db: Database, incident_id: str, now: datetime, by: str) -> None:
    before = read_incidents(db, [incident_id])[incident_id]
    settle_incident(db, incident_id, before, now=now, article_id=None, quotes={}, by=by)
    mark_reviewed(db, incident_id)


def _judge_whole(db: Database, judgement: Judgement, now: datetime) -> Verdict:
    """Confirm or reject."""
    if judgement.action == "reject" and not (judgement.reason or "").strip():
        raise _Wrong("reason_missing")
    review_id = _save(db, judgement, now)
    _resettle(db, judgement.incident_id, now, judgement.reviewer)
    return Verdict(word="done", incident_id=judgement.incident_id, review_id=review_id)


def _note(db: Database, judgement: Judgement, now: datetime) -> Verdict:
    if not (judgement.reason or "").strip():
        raise _Wrong("note_missing")
    review_id = _save(db, judgement, now)
    return Verdict(word="done", incident_id=judgement.incident_id, review_id=review_id)


def _correct(db: Database, judgement: Judgement, now: datetime) -> Verdict:
    incident = read_incidents(db, [judgement.incident_id])[judgement.incident_id]
    wanted = complete_fields(incident, judgement.fields)
    faults = find_faults(incident, wanted)
    if faults:
        raise _Wrong(*faults)
    fixed = fix_fields(incident, wanted)
    changed = [name for name, value in fixed.items() if getattr(incident, name) != value]
    if not changed:
        return Verdict(word="nothing", incident_id=incident.id)
    review_id = None
    for name in changed:
        review_id = _save(db, judgement, now, field=name, old=_text(getattr(incident, name)), new=wanted[name])
    _resettle(db, incident.id, now, judgement.reviewer)
    return Verdict(word="done", incident_id=incident.id, review_id=review_id)


def _merge(db: Database, judgement: Judgement, now: datetime) -> Verdict:
    other = judgement.other or ""
    if not is_living(db, other) or other == judgement.incident_id:
        raise _Wrong("no_such_incident")
    settled = merge_incidents(db, judgement.incident_id, other, now=now, by=judgement.reviewer)
    survivor = settled.incident.id
    newer = other if survivor == judgement.incident_id else judgement.incident_id
    review_id = _save(db, judgement, now, incident_id=survivor, field="merged", old=newer, new=survivor)
    return Verdict(word="done", incident_id=survivor, review_id=review_id)


def _split(db: Database, judgement: Judgement, now: datetime) -> Verdict:
    incident_id = judgement.incident_id
    mine = {t.mention_id for t in read_tellings(db, [incident_id])[incident_id]}
    chosen = [mention_id for mention_id in judgement.mention_ids if mention_id in mine]
    if not chosen or len(chosen) == len(mine):
        raise _Wrong("split_none" if not chosen else "split_all")
    _, new = split_off(db, incident_id, chosen, now=now, by=judgement.reviewer)
    review_id = _save(db, judgement, now, field="split", old=incident_id, new=new.incident.id)
    mark_reviewed(db, incident_id)
    return Verdict(word="done", incident_id=incident_id, review_id=review_id)


def _undo(db: Database, judgement: Judgement, now: datetime) -> Verdict:
    """Take back what was done in one go with the judgement named: all fields of one correction."""
    review = find_review(db, judgement.review_id or 0)
    if review is None:
        return Verdict(word="gone", incident_id=living_id(db, judgement.incident_id))
    incident_id, by = review["incident_id"], judgement.reviewer
    if review["action"] == "merge":
        if living_id(db, review["old"]) != living_id(db, review["new"]):
            raise _Wrong("undone_already")
        split_incident(db, review["old"], now=now, by=by)
    elif review["action"] == "split":
        if not (is_living(db, review["old"]) and is_living(db, review["new"])):
            raise _Wrong("undone_already")
        merge_incidents(db, review["old"], review["new"], now=now, by=by)
    undone = [
        save_review(
            db, incident_id, at=now, reviewer=by, action="undo", field=part["field"], old=part["new"],
            new=part["old"], undoes=part["id"],
        )
        for part in reviews_of_action(db, review)
    ]  # fmt: skip
    living = living_id(db, incident_id)
    _resettle(db, living, now, by)
    return Verdict(word="done", incident_id=living, review_id=undone[-1])


_DEEDS = {
    "confirm": _judge_whole, "reject": _judge_whole, "correct": _correct, "merge": _merge, "split": _split,
    "note": _note,
}  # fmt: skip


def look_into(db: Database, incident_id: str, *, now: datetime) -> Insight:
    """Contradictions among its reports, findings that differ from corrections, and near incidents, best first."""
    incident = read_incidents(db, [incident_id])[incident_id]
    told = read_tellings(db, [incident_id])[incident_id]
    fixed = corrected_fields(db, incident_id)
    coded = tell_incident(incident_id, told, now=now) if told else incident
    proposals = [
        Proposal(field=name, kept=_text(getattr(incident, name)), told=_text(getattr(coded, name)))
        for name in fixed
        if name != "standing" and getattr(coded, name) != getattr(incident, name)
    ]
    apart = kept_apart(db, incident_id)
    mine = side_of_incident(incident)
    near = []
    for other in find_candidates(db, probe_of(incident, incident.first_published_at or incident.first_seen_at)):
        if other.id != incident_id:
            score = score_sides(mine, side_of_incident(other))
            if score.total >= NEAR:
                near.append(Near(incident=other, total=score.total, reasons=score.reasons, apart=other.id in apart))
    near.sort(key=lambda one: (-one.total, one.incident.id))
    return Insight(
        contradictions=tuple(find_contradictions(told)), proposals=tuple(proposals), near=tuple(near[:_MOST_NEAR]),
        fixed=fixed,
    )  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None else str(value)
