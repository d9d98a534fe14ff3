"""Turns one incident's rows into all that a reviewer reads: reports with their evidence, history, alerts, reviews."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from store.incidents import family_of, read_history
from store.overview import resolve_incident
from store.reviews import list_reviews, seen_now

Row = dict[str, Any]

_REPORTS = """
SELECT m.*, a.number, a.outlet_id, a.publisher, a.url, a.title AS headline, a.text, a.published_at,
  a.published_precision, a.first_seen_at, a.revision, a.copy_of, a.author,
  coalesce(o.name_ar, a.outlet_id) AS outlet_ar, coalesce(o.name_en, a.outlet_id) AS outlet_en,
  coalesce(o.ownership, 'unknown') AS ownership
FROM mentions m JOIN articles a ON a.id = m.article_id LEFT JOIN outlets o ON o.id = a.outlet_id
WHERE m.incident_id = ? ORDER BY coalesce(a.published_at, a.first_seen_at), m.id LIMIT ?
"""
_OUTLETS = """
SELECT DISTINCT m.incident_id, coalesce(o.name_ar, a.outlet_id) AS outlet_ar,
  coalesce(o.name_en, a.outlet_id) AS outlet_en
FROM mentions m JOIN articles a ON a.id = m.article_id LEFT JOIN outlets o ON o.id = a.outlet_id
WHERE m.incident_id IN ({marks}) ORDER BY outlet_en
"""
_MOST_REPORTS = 200


def read_casefile(db: Database, incident_id: str, *, most: int = _MOST_REPORTS) -> Row | None:
    """One living incident's row with `reports` (copies under their original), `history`, `alerts`, `reviews`, `seen`.

    None: there is none of that id. An id that was merged away gives the incident that lives on.
    """
    found = resolve_incident(db, incident_id)
    if found is None:
        return None
    incident = dict(next(iter(db.query("SELECT * FROM incidents WHERE id = ?", [found]))))
    reports = list(db.query(_REPORTS, [found, most]))
    evidence = _read_evidence(db, [report["id"] for report in reports])
    for report in reports:
        report["evidence"] = evidence.get(report["id"], [])
        report["link_reasons"] = json.loads(report["link_reasons"]) if report["link_reasons"] else {}
    return {
        **incident,
        "publishers_told": group_reports(reports),
        "history": read_history(db, found),
        "alerts": _read_alerts(db, found),
        "reviews": list_reviews(db, found),
        "seen": str(seen_now(db, found)),
    }


def list_outlets(db: Database, incident_ids: Sequence[str]) -> dict[str, list[Row]]:
    """The names, in Arabic and English, of the outlets that told each of the incidents."""
    found: dict[str, list[Row]] = {incident_id: [] for incident_id in incident_ids}
    for row in db.query(_OUTLETS.format(marks=", ".join("?" * len(found))), list(found)):
        found[row["incident_id"]].append(row)
    return found


def group_reports(reports: list[Row]) -> list[Row]:
    """Reports by publisher, in the order in which publishers spoke; copies folded under the text that they repeat."""
    originals = {report["article_id"]: report for report in reports}
    groups: dict[str, Row] = {}
    for report in reports:
        report.setdefault("copies", [])
        original = originals.get(report["copy_of"] or "")
        if original is not None and original is not report:
            original.setdefault("copies", []).append(report)
            continue
        group = groups.setdefault(report["publisher"], {"publisher": report["publisher"], "reports": []})
        group["reports"].append(report)
    return list(groups.values())


def _read_evidence(db: Database, mention_ids: list[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    marks = ",".join("?" * len(mention_ids))
    rows = db.query(
        f'SELECT mention_id, field, source, quote, start, "end", rule FROM evidence WHERE mention_id IN ({marks})'
        " ORDER BY rowid",
        mention_ids,
    )
    for row in rows:
        found.setdefault(row["mention_id"], []).append(row)
    return found


def _read_alerts(db: Database, incident_id: str) -> list[Row]:
    family = family_of(db, incident_id)
    marks = ",".join("?" * len(family))
    return list(
        db.query(
            "SELECT id, kind, channel, state, rule, error, queued_at, due_at, sent_at FROM alerts"
            f" WHERE incident_id IN ({marks}) ORDER BY id",
            family,
        )
    )
