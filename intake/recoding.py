"""Turns what a later coder makes of a stored article into a proposal, and an accepted one into changed incidents.

Nothing of it is told: what it changes lies in the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from intake.articles import Intake, join_incidents, merge_twins, take_notices
from intake.linkage import link_home, link_mentions
from intake.replay import unknown_outlet
from store.alert_settings import AlertSettings
from store.articles import StoredArticle, find_article
from store.database import transaction
from store.mentions import drop_mentions, read_article_tellings, read_evidence, read_notices
from store.recodings import (
    Recoding,
    Replaced,
    drop_recoding,
    find_recoding,
    note_coder,
    read_replaced,
    reopen_recoding,
    save_recoding,
    settle_recoding,
    write_coding,
)
from store.records import Coding, Mention, Notice, Telling

if TYPE_CHECKING:
    from sqlite_utils import Database

Row = dict[str, Any]
# What a difference is looked for in; confidence, points and quotes follow these or are not worth anybody's time.
COMPARED = (
    "role", "status", "method", "target", "date", "date_precision", "country", "admin1", "place", "munitions", "killed",
    "wounded", "actor", "claim",
)  # fmt: skip
_SAME = 9  # of the compared fields, from which two mentions are taken for one attack


def compare_codings(told: Sequence[Telling], coding: Coding, notices: Sequence[Notice] = ()) -> list[Row]:
    """What a coding would change: mentions that change, come or go, each with its incident, and kept notices."""
    differences: list[Row] = []
    left = list(told)
    for mention in coding.mentions:
        best = max(left, key=lambda one: count_equal(one.mention, mention), default=None)
        if best is None or not is_same(best.mention, mention):
            fields = {name: [None, _plain(getattr(mention, name))] for name in COMPARED}
            differences.append({"kind": "new", "incident_id": None, "fields": _known(fields)})
            continue
        left.remove(best)
        fields = {
            name: [_plain(getattr(best.mention, name)), _plain(getattr(mention, name))]
            for name in COMPARED
            if getattr(best.mention, name) != getattr(mention, name)
        }
        if fields:
            differences.append({"kind": "changed", "incident_id": best.incident_id, "fields": fields})
    for one in left:
        fields = {name: [_plain(getattr(one.mention, name)), None] for name in COMPARED}
        differences.append({"kind": "gone", "incident_id": one.incident_id, "fields": _known(fields)})
    before, after = ([(n.kind, n.date, n.admin1, n.place) for n in each] for each in (notices, coding.notices))
    if sorted(map(str, before)) != sorted(map(str, after)):
        kinds = [", ".join(sorted(kind for kind, *_ in each)) or None for each in (before, after)]
        differences.append({"kind": "notices", "incident_id": None, "fields": {"notice": kinds}})
    return differences


def count_equal(old: Mention, new: Mention) -> int:
    """In how many of the compared fields two mentions say the same."""
    return sum(getattr(old, name) == getattr(new, name) for name in COMPARED)


def is_same(old: Mention, new: Mention) -> bool:
    """Whether two codings of one report speak of the same attack."""
    near = old.date == new.date or (old.place is not None and old.place == new.place)
    return count_equal(old, new) >= _SAME or (old.method == new.method and near)


def propose(db: Database, stored: StoredArticle, coding: Coding, *, coder: str, now: datetime) -> str:
    """Keep what a coder makes of an article where it differs, inside the caller's transaction.

    Returns same, proposed, or declined where a person has already declined this very coding.
    """
    told = read_article_tellings(db, stored.id)
    differences = compare_codings(told, coding, read_notices(db, stored.id))
    if not differences:
        drop_recoding(db, stored.id)
        return "same"
    known = find_recoding(db, stored.id)
    decided = known is not None and (known.state, known.revision) == ("declined", stored.revision)
    if known is not None and decided and write_coding(known.coding) == write_coding(coding):
        return "declined"
    save_recoding(
        db,
        Recoding(
            article_id=stored.id, revision=stored.revision, coder=coder, coding=coding, differences=differences,
            state="proposed", at=now,
        ),
    )  # fmt: skip
    return "proposed"


def decide_recoding(db: Database, article_id: str, accepted: bool, *, now: datetime, by: str) -> str:
    """Do what a person decided on a proposal: accepted, declined, stale (the article was edited since), or gone."""
    with transaction(db):
        proposal, stored = find_recoding(db, article_id), find_article(db, article_id)
        if proposal is None or stored is None or proposal.state != "proposed":
            return "gone"
        if proposal.revision != stored.revision:
            drop_recoding(db, article_id)
            return "stale"
        word, replaced = ("accepted", read_stored(db, stored)) if accepted else ("declined", None)
        if accepted:
            take_coding(db, stored, proposal.coding, now=now)
        settle_recoding(db, article_id, word, now=now, by=by, replaced=replaced)
        return word


def undo_recoding(db: Database, article_id: str, *, now: datetime) -> str:
    """Take a decision back, so that the proposal waits again: undone, stale (edited since), or gone (none, not kept).

    What an accepted coding replaced is stored again, silently; what people corrected since stays.
    """
    with transaction(db):
        proposal, stored = find_recoding(db, article_id), find_article(db, article_id)
        if proposal is None or stored is None or proposal.state not in ("accepted", "declined"):
            return "gone"
        if proposal.revision != stored.revision:
            return "stale"
        if proposal.state == "accepted":
            replaced = read_replaced(db, article_id)
            if replaced is None:
                return "gone"
            take_coding(db, stored, replaced.coding, now=now, homes=replaced.incident_ids)
        reopen_recoding(db, article_id)
        return "undone"


def read_stored(db: Database, stored: StoredArticle) -> Replaced:
    """An article's coding as it is stored, with the words that it rests on."""
    told = read_article_tellings(db, stored.id)
    coding = Coding(
        language=None, coder_version=stored.coder_version or "",
        mentions=tuple(replace(one.mention, evidence=tuple(read_evidence(db, one.mention_id))) for one in told),
        notices=tuple(read_notices(db, stored.id)),
    )  # fmt: skip
    return Replaced(coding=coding, incident_ids=[one.incident_id for one in told])


def take_coding(
    db: Database, stored: StoredArticle, coding: Coding, *, now: datetime, homes: Sequence[str | None] = ()
) -> None:
    """Put a coding in the place of an article's stored one; its incidents are told anew, silently.

    What people corrected or put to an incident stays. `homes` are the incidents that its
    mentions belonged to once.
    """
    outlet = unknown_outlet(stored.article.outlet_id)
    way = Intake(
        article_id=stored.id, article=stored.article, coding=coding, outlet=outlet, settings=AlertSettings(), now=now,
        first_seen_at=stored.first_seen_at, silent=True,
    )  # fmt: skip
    before = read_article_tellings(db, stored.id)
    links = link_mentions(
        db, coding.mentions, at=stored.article.published or stored.first_seen_at, alike={},
        original_id=stored.copy_of, before=[t.incident_id for t in before if t.incident_id and not t.pinned],
        pinned=[t for t in before if t.pinned], publisher=None if stored.copy_of else stored.publisher,
    )  # fmt: skip
    link_home(db, links, homes)
    drop_mentions(db, stored.id)
    _, settled = join_incidents(db, way, links, before)
    for one in settled:
        merge_twins(db, way, one)
    take_notices(db, way)
    note_coder(db, stored.id, coding.coder_version)


def _known(fields: dict[str, list[str | None]]) -> dict[str, list[str | None]]:
    return {
        name: pair for name, pair in fields.items() if any(value not in (None, "unknown", "none") for value in pair)
    }


def _plain(value: object) -> str | None:
    return None if value is None else str(value)
