"""Turns the tables into the lists and sums that a person asks for: incidents, articles, rejections, delays, outlets."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.times import from_iso, iso_or_none

Row = dict[str, Any]
INCIDENT_FILTERS = ("country", "admin1", "role", "status", "standing", "method", "target", "actor")

_INCIDENTS = """
SELECT id, date, date_precision, country, admin1, place, lat, lon, role, status, standing, method, target, munitions,
       killed, wounded, actor, claim, confidence, reports, publishers, title, first_published_at, first_seen_at,
       updated_at,
       (SELECT min(sent_at) FROM alerts WHERE incident_id = incidents.id AND kind = 'new' AND state = 'sent')
         AS alerted_at
FROM incidents WHERE merged_into IS NULL
"""


def list_incidents(db: Database, *, since: datetime | None = None, limit: int = 50, **filters: str | None) -> list[Row]:
    """The newest incidents by their day, then by when they were first seen; `filters` are columns and their value."""
    query, values = _INCIDENTS, []
    if since is not None:
        query += " AND first_seen_at >= ?"
        values.append(iso_or_none(since))
    for column in INCIDENT_FILTERS:
        if filters.get(column) is not None:
            query += f" AND {column} = ?"
            values.append(filters[column])
    return list(db.query(f"{query} ORDER BY date DESC, first_seen_at DESC, id LIMIT ?", [*values, limit]))


def resolve_incident(db: Database, incident_id: str) -> str | None:
    """The id that lives on after merges; an unambiguous beginning of an id is enough. None: there is none."""
    rows = db.execute(
        "SELECT id FROM incidents WHERE id >= :id AND id < :after ORDER BY id LIMIT 2",  # by the index
        {"id": incident_id, "after": f"{incident_id}\U0010ffff"},
    ).fetchall()
    if not rows or (len(rows) > 1 and rows[0][0] != incident_id):
        return None
    found = str(rows[0][0])
    while (row := db.execute("SELECT merged_into FROM incidents WHERE id = ?", (found,)).fetchone()) and row[0]:
        found = str(row[0])
    return found


def show_incident(db: Database, incident_id: str) -> Row | None:
    """One incident with its reports (each with its own coding and evidence), its history and its alerts."""
    found = resolve_incident(db, incident_id)
    if found is None:
        return None
    incident = dict(next(iter(db.query("SELECT * FROM incidents WHERE id = ?", [found]))))
    mentions = list(
        db.query(
            "SELECT mentions.*, articles.outlet_id, articles.url, articles.title AS article_title,"
            " articles.published_at, articles.copy_of FROM mentions JOIN articles ON articles.id = mentions.article_id"
            " WHERE incident_id = ? ORDER BY coalesce(articles.published_at, articles.first_seen_at), mentions.id",
            [found],
        )
    )
    for mention in mentions:
        mention["link_reasons"] = json.loads(mention["link_reasons"]) if mention["link_reasons"] else None
        mention["evidence"] = list(
            db.query(
                'SELECT field, source AS "in", quote, start, "end" FROM evidence WHERE mention_id = ? ORDER BY rowid',
                [mention["id"]],
            )
        )
    history = db.query(
        "SELECT at, field, old, new, article_id, quote, by FROM incident_history WHERE incident_id = ? ORDER BY id",
        [found],
    )
    alerts = db.query(
        "SELECT id, kind, channel, state, due_at, sent_at FROM alerts WHERE incident_id = ? ORDER BY id", [found]
    )
    return {**incident, "mentions": mentions, "history": list(history), "alerts": list(alerts)}


def list_articles(db: Database, *, outlet: str | None = None, limit: int = 50) -> list[Row]:
    """The newest articles with the number of incidents in each; without their text."""
    return list(
        db.query(
            "SELECT id, outlet_id, published_at, first_seen_at, revision, copy_of, title, url, text_from,"
            " (SELECT count(*) FROM mentions WHERE article_id = articles.id) AS incidents FROM articles"
            " WHERE :outlet IS NULL OR outlet_id = :outlet ORDER BY number DESC LIMIT :limit",
            {"outlet": outlet, "limit": limit},
        )
    )


def list_rejected(db: Database, *, outlet: str | None = None, limit: int = 50) -> list[Row]:
    """The newest pages that were no article, each with the reason."""
    return list(
        db.query(
            "SELECT at, outlet_id, reason, detail, url FROM rejected"
            " WHERE :outlet IS NULL OR outlet_id = :outlet ORDER BY id DESC LIMIT :limit",
            {"outlet": outlet, "limit": limit},
        )
    )


def list_outlets(db: Database) -> list[Row]:
    """What is remembered of each outlet, with how many articles and incidents' reports came from it."""
    return list(
        db.query(
            "SELECT outlets.*, (SELECT count(*) FROM articles WHERE outlet_id = outlets.id) AS articles,"
            " (SELECT count(*) FROM rejected WHERE outlet_id = outlets.id) AS rejected FROM outlets ORDER BY id"
        )
    )


def count_rows(db: Database) -> Row:
    """How much came through each stage: pages, articles, near-copies, rejected by reason, incidents, alerts sent."""
    one = {
        "pages": "SELECT count(*) FROM pages",
        "waiting": "SELECT count(*) FROM pages WHERE state = 'fetched'",
        "failed": "SELECT count(*) FROM pages WHERE state = 'failed'",
        "articles": "SELECT count(*) FROM articles",
        "revised": "SELECT count(*) FROM articles WHERE revision > 1",
        "copies": "SELECT count(*) FROM articles WHERE copy_of IS NOT NULL",
        "notices": "SELECT count(*) FROM notices",
        "incidents": "SELECT count(*) FROM incidents WHERE merged_into IS NULL",
        "alerts": "SELECT count(*) FROM alerts WHERE state = 'sent'",
    }
    counts: Row = {name: db.execute(query).fetchone()[0] for name, query in one.items()}
    rejected = db.execute("SELECT reason, count(*) FROM rejected GROUP BY reason ORDER BY count(*) DESC, reason")
    return {**counts, "rejected": dict(rejected.fetchall())}


def list_delays(db: Database, *, since: datetime | None = None) -> list[Row]:
    """Seconds from publication to each stage, for every alert of a new incident that was sent.

    `to_seen` and `to_sent` are None where the report gave no time of publication, or a day alone, and where it was
    published before the outlet was first watched.
    """
    rows = db.query(
        "SELECT alerts.id, alerts.incident_id, alerts.channel, articles.outlet_id, alerts.first_seen_at,"
        " alerts.queued_at, alerts.sent_at, CASE WHEN articles.published_precision != 'day'"
        " AND alerts.published_at >= outlets.first_polled_at THEN alerts.published_at END AS published_at FROM alerts"
        " LEFT JOIN articles ON articles.id = alerts.article_id LEFT JOIN outlets ON outlets.id = articles.outlet_id"
        " WHERE alerts.kind = 'new' AND alerts.state = 'sent' AND (:since IS NULL OR alerts.sent_at >= :since)"
        " ORDER BY alerts.id",
        {"since": iso_or_none(since)},
    )
    return [_with_delays(row) for row in rows]


def _with_delays(row: Row) -> Row:
    start = from_iso(row["published_at"]) if row["published_at"] else None
    sent = from_iso(row["sent_at"])
    seen = from_iso(row["first_seen_at"]) if row["first_seen_at"] else None
    return {
        **{key: row[key] for key in ("id", "incident_id", "channel", "outlet_id")},
        "to_seen": (seen - start).total_seconds() if start and seen else None,
        "to_sent": (sent - start).total_seconds() if start else None,
        "seen_to_sent": (sent - seen).total_seconds() if seen else None,
    }


def alerted_incidents(db: Database) -> list[Row]:
    """The incidents that were told as new, with `sent`: the most times that any one channel was told."""
    return list(
        db.query(
            "SELECT incidents.*, told.sent FROM incidents JOIN (SELECT incident_id, max(times) AS sent FROM"
            " (SELECT incident_id, channel, count(*) AS times FROM alerts WHERE kind = 'new' AND state = 'sent'"
            " GROUP BY incident_id, channel) GROUP BY incident_id) AS told ON told.incident_id = incidents.id"
            " ORDER BY incidents.id"
        )
    )


def percentile(values: Iterable[float], share: float) -> float | None:
    """The value below or at which `share` (0 to 1) of the values lie; None where there are none."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
