"""Turns what happens while the outbox is sent into what is remembered of channels and mutes, and reads what to tell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.incidents import living_id
from store.times import from_iso, iso_or_none, time_or_none, to_iso

MOST_SOURCES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """How a channel's service has behaved."""

    name: str
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    rests_until: datetime | None = None
    last_error: str | None = None
    last_sent_at: datetime | None = None
    told_at: datetime | None = None  # when its failing was last told elsewhere


def read_channel(db: Database, name: str) -> ChannelState:
    """What is remembered of a channel; a fresh state where nothing is."""
    row = next(iter(db.query("SELECT * FROM channels WHERE name = ?", [name])), None)
    if row is None:
        return ChannelState(name=name)
    return ChannelState(
        name=name, failures=row["failures"], failing_since=time_or_none(row["failing_since"]),
        rests_until=time_or_none(row["rests_until"]), last_error=row["last_error"],
        last_sent_at=time_or_none(row["last_sent_at"]), told_at=time_or_none(row["told_at"]),
    )  # fmt: skip


def save_channel(db: Database, state: ChannelState) -> None:
    """Remember a channel's state."""
    db.execute(
        "INSERT OR REPLACE INTO channels"
        " (name, failures, failing_since, rests_until, last_error, last_sent_at, told_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            state.name, state.failures, iso_or_none(state.failing_since), iso_or_none(state.rests_until),
            state.last_error, iso_or_none(state.last_sent_at), iso_or_none(state.told_at),
        ),
    )  # fmt: skip


def list_channels(db: Database) -> list[ChannelState]:
    """Every channel that anything was sent to or tried on."""
    return [read_channel(db, row[0]) for row in db.execute("SELECT name FROM channels ORDER BY name").fetchall()]


def count_waiting(db: Database, channel: str) -> int:
    """How many rows wait to be sent on a channel."""
    row = db.execute(
        "SELECT count(*) FROM alerts WHERE channel = ? AND state IN ('queued', 'held', 'failed', 'sending')", (channel,)
    ).fetchone()
    return int(row[0])


def sent_since(db: Database, channel: str, since: datetime) -> list[dict[str, Any]]:
    """What the channel was sent since then: message, kind, when, and the incident's country and governorate."""
    rows = db.query(
        "SELECT message, kind, sent_at, urgent, payload ->> '$.incident.country' AS country,"
        " payload ->> '$.incident.admin1' AS admin1 FROM alerts"
        " WHERE channel = ? AND state = 'sent' AND sent_at >= ? ORDER BY sent_at",
        [channel, to_iso(since)],
    )
    return [{**row, "sent_at": from_iso(row["sent_at"])} for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """What nobody wants to hear of for a while; None: any."""

    id: int
    channel: str | None
    incident_id: str | None
    rule: str | None
    until: datetime
    reason: str | None


def add_mute(
    db: Database,
    *,
    until: datetime,
    now: datetime,
    channel: str | None = None,
    incident_id: str | None = None,
    rule: str | None = None,
    reason: str | None = None,
) -> int:
    """Mute a channel, an incident, a rule, or what meets all that is given, until then; the mute's number."""
    cursor = db.execute(
        "INSERT INTO mutes (channel, incident_id, rule, until, reason, at) VALUES (?, ?, ?, ?, ?, ?)",
        (channel, incident_id, rule, to_iso(until), reason, to_iso(now)),
    )
    return int(cursor.lastrowid or 0)


def end_mute(db: Database, mute_id: int, *, now: datetime) -> bool:
    """End a mute now; False where it had ended or there is none."""
    stamp = to_iso(now)
    return bool(db.execute("UPDATE mutes SET until = ? WHERE id = ? AND until > ?", (stamp, mute_id, stamp)).rowcount)


def active_mutes(db: Database, now: datetime) -> list[Mute]:
    """The mutes that still hold."""
    rows = db.query("SELECT * FROM mutes WHERE until > ? ORDER BY id", [to_iso(now)])
    return [
        Mute(
            id=row["id"],
            channel=row["channel"],
            incident_id=row["incident_id"],
            rule=row["rule"],
            until=from_iso(row["until"]),
            reason=row["reason"],
        )
        for row in rows
    ]


def read_incident_values(db: Database, incident_id: str) -> dict[str, Any] | None:
    """The living incident's row; None where there is none."""
    return next(iter(db.query("SELECT * FROM incidents WHERE id = ?", [living_id(db, incident_id)])), None)


def read_sources(db: Database, incident_id: str) -> list[dict[str, Any]]:
    """The reports of an incident, the first of each publisher before further ones, copies last."""
    rows = db.query(
        "SELECT articles.outlet_id AS outlet, articles.publisher, outlets.name_ar, outlets.name_en, outlets.ownership,"
        " articles.title, articles.url, articles.published_at, articles.published_precision,"
        " row_number() OVER (PARTITION BY articles.publisher ORDER BY articles.copy_of IS NOT NULL, articles.number)"
        " AS turn FROM (SELECT DISTINCT article_id FROM mentions WHERE incident_id = ?) AS told"
        " JOIN articles ON articles.id = told.article_id LEFT JOIN outlets ON outlets.id = articles.outlet_id"
        " ORDER BY articles.copy_of IS NOT NULL, turn, articles.number LIMIT ?",
        [living_id(db, incident_id), MOST_SOURCES],
    )
    return list(rows)


def was_told(db: Database, channel: str, incident_id: str, *, but: int) -> bool:
    """Whether the channel was sent `new` for the incident or one merged into it, other than by the row `but`."""
    row = db.execute(
        "WITH RECURSIVE family(id) AS (SELECT ? UNION"
        " SELECT incidents.id FROM incidents JOIN family ON incidents.merged_into = family.id)"
        " SELECT 1 FROM alerts WHERE channel = ? AND kind = 'new' AND state IN ('sent', 'sending') AND id != ?"
        " AND incident_id IN family LIMIT 1",
        (living_id(db, incident_id), channel, but),
    ).fetchone()
    return row is not None


def read_deed(db: Database, review_id: int) -> list[dict[str, Any]]:
    """The judgements that were made in one go with this one, whether or not they were taken back since."""
    rows = db.query(
        "SELECT other.* FROM reviews JOIN reviews AS other USING (incident_id, at, reviewer, action)"
        " WHERE reviews.id = ? ORDER BY other.id",
        [review_id],
    )
    return list(rows)


def channels_told(
    db: Database, incident_ids: Collection[str], since: datetime | None = None, *, kind: str = "new"
) -> set[str]:
    """The channels that were sent a message of that kind on any of the incidents since then, or are being sent it."""
    marks = ",".join("?" * len(incident_ids))
    rows = db.execute(
        f"SELECT DISTINCT channel FROM alerts WHERE kind = ? AND incident_id IN ({marks})"
        " AND (state = 'sending' OR (state = 'sent' AND sent_at >= ?))",
        (kind, *incident_ids, iso_or_none(since) or ""),
    )
    return {row[0] for row in rows.fetchall()}


def take_back_judged(db: Database, review_id: int) -> set[str]:
    """Drop what still waits of a judgement that was taken back; the channels that were told it already."""
    ours = f"*:review{review_id}"
    db.execute(
        "UPDATE alerts SET state = 'suppressed', error = 'overtaken: the judgement was taken back'"
        " WHERE key GLOB ? AND state IN ('queued', 'held', 'failed')",
        (ours,),
    )
    rows = db.execute("SELECT DISTINCT channel FROM alerts WHERE key GLOB ? AND state IN ('sent', 'sending')", (ours,))
    return {row[0] for row in rows.fetchall()}


def restore_overtaken(db: Database, incident_ids: Collection[str], *, since: datetime, now: datetime) -> None:
    """Let first messages wait again that were dropped since then because the incident had been rejected."""
    marks = ",".join("?" * len(incident_ids))
    db.execute(
        "UPDATE alerts SET state = 'queued', error = NULL, due_at = ? WHERE kind = 'new' AND state = 'suppressed'"
        f" AND error = 'overtaken: standing is retracted now' AND due_at >= ? AND incident_id IN ({marks})",
        (to_iso(now), to_iso(since), *incident_ids),
    )
