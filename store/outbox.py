"""Turns alert drafts into rows of the outbox and follows each until it is sent or given up."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.records import AlertDraft
from store.times import from_iso, iso_or_none, time_or_none, to_iso


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxAlert:
    """One row of the outbox."""

    id: int
    draft: AlertDraft
    state: str  # queued | held | sending | sent | failed | given_up | suppressed
    held_for: str | None  # quiet | barrage | cap
    message: int | None  # the id of the first row that was told in the same message
    attempts: int
    error: str | None
    queued_at: datetime
    sent_at: datetime | None


def queue_alerts(db: Database, drafts: Iterable[AlertDraft], *, now: datetime) -> int:
    """Write drafts whose key is not there yet; how many were. Runs inside the caller's transaction.

    What was suppressed (muted, or overtaken by events) has not been told: the same key may be queued again.
    """
    written = 0
    for draft in drafts:
        written += db.execute(
            "INSERT INTO alerts (key, kind, incident_id, article_id, channel, rule, urgent, payload, state, held_for,"
            " published_at, first_seen_at, queued_at, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET article_id = excluded.article_id, rule = excluded.rule,"
            " urgent = excluded.urgent, payload = excluded.payload, state = excluded.state,"
            " held_for = excluded.held_for,"
            " published_at = excluded.published_at, first_seen_at = excluded.first_seen_at,"
            " queued_at = excluded.queued_at, due_at = excluded.due_at, error = NULL, attempts = 0"
            " WHERE state = 'suppressed'",
            (
                draft.key, draft.kind, draft.incident_id, draft.article_id, draft.channel, draft.rule,
                int(draft.urgent), json.dumps(draft.payload, ensure_ascii=False), draft.state,
                "quiet" if draft.state == "held" else None,
                iso_or_none(draft.published_at), iso_or_none(draft.first_seen_at), to_iso(now), to_iso(draft.due_at),
            ),
        ).rowcount  # fmt: skip
    return written


def kinds_told(db: Database, incident_id: str) -> dict[str, set[str]]:
    """For each channel the kinds that it was given for an incident, or for one that was merged into it."""
    told: dict[str, set[str]] = {}
    query = (
        "WITH RECURSIVE family(id) AS (SELECT ? UNION"
        " SELECT incidents.id FROM incidents JOIN family ON incidents.merged_into = family.id)"
        " SELECT DISTINCT channel, kind FROM alerts WHERE incident_id IN family AND state != 'suppressed'"
    )
    for channel, kind in db.execute(query, (incident_id,)):
        told.setdefault(channel, set()).add(kind)
    return told


def channels_given(db: Database, incident_ids: Collection[str], since: datetime) -> set[str]:
    """The channels for which a first message on any of the incidents was queued since then, sent by now or not."""
    marks = ",".join("?" * len(incident_ids))
    rows = db.execute(
        f"SELECT DISTINCT channel FROM alerts WHERE kind = 'new' AND state != 'suppressed' AND queued_at >= ?"
        f" AND incident_id IN ({marks})",
        (to_iso(since), *incident_ids),
    )
    return {row[0] for row in rows.fetchall()}


def due_alerts(db: Database, now: datetime, limit: int = 100) -> list[OutboxAlert]:
    """The messages whose time has come, oldest first; those whose sender died while it sent are among them."""
    rows = db.query(
        "SELECT * FROM alerts WHERE state IN ('queued', 'held', 'failed', 'sending') AND due_at <= ?"
        " ORDER BY due_at, id LIMIT ?",
        [to_iso(now), limit],
    )
    return [_to_alert(row) for row in rows]


def waiting_alerts(db: Database, channel: str, limit: int = 500) -> list[OutboxAlert]:
    """What a channel has not been sent yet, due or not, oldest first."""
    rows = db.query(
        "SELECT * FROM alerts WHERE channel = ? AND state IN ('queued', 'held', 'failed', 'sending')"
        " ORDER BY due_at, id LIMIT ?",
        [channel, limit],
    )
    return [_to_alert(row) for row in rows]


def waiting_channels(db: Database, now: datetime) -> list[str]:
    """The channels for which a message is due."""
    rows = db.execute(
        "SELECT DISTINCT channel FROM alerts WHERE state IN ('queued', 'held', 'failed', 'sending') AND due_at <= ?",
        (to_iso(now),),
    )
    return sorted(row[0] for row in rows.fetchall())


def next_due(db: Database) -> datetime | None:
    """When the next message is due; None: none waits."""
    row = db.execute("SELECT min(due_at) FROM alerts WHERE state IN ('queued', 'held', 'failed', 'sending')").fetchone()
    return time_or_none(row[0])


def keep_marks(db: Database) -> None:
    """Let this connection's commits outlive a power cut: a sent message cannot be unsent, unlike a page read again."""
    db.execute("PRAGMA synchronous=FULL")


def claim_alerts(db: Database, alert_ids: Sequence[int], *, until: datetime) -> None:
    """Note that these are being sent as one message; should the sender die, they are due again at `until`."""
    db.conn.executemany(
        "UPDATE alerts SET state = 'sending', message = ?, attempts = attempts + 1, due_at = ? WHERE id = ?",
        [(alert_ids[0], to_iso(until), alert_id) for alert_id in alert_ids],
    )


def release_claims(db: Database) -> int:
    """Make due again what a sender that died was sending; how many. For a daemon's start, when no other can send."""
    cursor = db.execute("UPDATE alerts SET state = 'failed', due_at = queued_at WHERE state = 'sending'")
    return int(cursor.rowcount)


def mark_sent(db: Database, alert_ids: Iterable[int], *, now: datetime) -> None:
    """Note that the channel took the messages."""
    db.conn.executemany(
        "UPDATE alerts SET state = 'sent', sent_at = ?, error = NULL WHERE id = ?",
        [(to_iso(now), alert_id) for alert_id in alert_ids],
    )


def mark_unsent(db: Database, alert_ids: Iterable[int], *, error: str, due_at: datetime | None) -> None:
    """Note a failed try; `due_at` is the next one, None gives the messages up. `error` must hold no address."""
    state = "given_up" if due_at is None else "failed"
    db.conn.executemany(
        "UPDATE alerts SET state = ?, error = ?, message = NULL, due_at = coalesce(?, due_at) WHERE id = ?",
        [(state, error, iso_or_none(due_at), alert_id) for alert_id in alert_ids],
    )


def hold_alerts(db: Database, alert_ids: Iterable[int], *, held_for: str, until: datetime) -> None:
    """Let messages wait: for the end of quiet hours, of a barrage, or of the hour's cap."""
    db.conn.executemany(
        "UPDATE alerts SET state = 'held', held_for = ?, due_at = ? WHERE id = ?",
        [(held_for, to_iso(until), alert_id) for alert_id in alert_ids],
    )


def suppress_alerts(db: Database, alert_ids: Iterable[int], *, reason: str) -> None:
    """Never send these: muted, or overtaken by events."""
    db.conn.executemany(
        "UPDATE alerts SET state = 'suppressed', error = ?, message = NULL WHERE id = ?",
        [(reason, alert_id) for alert_id in alert_ids],
    )


def list_alerts(
    db: Database, *, state: str | None = None, incident_id: str | None = None, limit: int = 100
) -> list[OutboxAlert]:
    """The newest messages first, narrowed by state or incident."""
    rows = db.query(
        "SELECT * FROM alerts WHERE (:state IS NULL OR state = :state)"
        " AND (:incident IS NULL OR incident_id = :incident) ORDER BY id DESC LIMIT :limit",
        {"state": state, "incident": incident_id, "limit": limit},
    )
    return [_to_alert(row) for row in rows]


def all_alerts(db: Database) -> list[OutboxAlert]:
    """Every message in the order in which it was queued."""
    return [_to_alert(row) for row in db.query("SELECT * FROM alerts ORDER BY id")]


def _to_alert(row: dict[str, Any]) -> OutboxAlert:
    draft = AlertDraft(
        key=row["key"], kind=row["kind"], channel=row["channel"], due_at=from_iso(row["due_at"]), state=row["state"],
        incident_id=row["incident_id"], article_id=row["article_id"], rule=row["rule"], urgent=bool(row["urgent"]),
        published_at=time_or_none(row["published_at"]), first_seen_at=time_or_none(row["first_seen_at"]),
        payload=json.loads(row["payload"]),
    )  # fmt: skip
    return OutboxAlert(
        id=row["id"], draft=draft, state=row["state"], held_for=row["held_for"], message=row["message"],
        attempts=row["attempts"], error=row["error"],
        queued_at=from_iso(row["queued_at"]), sent_at=time_or_none(row["sent_at"]),
    )  # fmt: skip
