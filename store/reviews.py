"""Keeps what people decided on incidents: each judgement as a row, and on the incident where it stands in review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.incidents import family_of, living_id
from store.times import to_iso

Row = dict[str, Any]
VERDICTS = {"confirm": "confirmed", "correct": "corrected", "reject": "rejected"}
# A change of these by a report is one that a reviewer must have seen before judging.
_WATCHED = (
    "role", "status", "method", "target", "date", "date_precision", "country", "admin1", "place", "munitions",
    "killed", "wounded", "actor", "claim", "merged", "merged_into", "split",
)  # fmt: skip
_STANDING = "id NOT IN (SELECT undoes FROM reviews WHERE undoes IS NOT NULL) AND action != 'undo'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How far an incident's history and reviews went when somebody looked at it."""

    history: int
    review: int

    def __str__(self) -> str:
        return f"{self.history}.{self.review}"


def read_seen(text: str) -> Seen | None:
    """What `str(Seen)` wrote; None for anything else."""
    history, _, review = text.partition(".")
    if history.isdecimal() and review.isdecimal() and len(text) < 40:
        return Seen(history=int(history), review=int(review))
    return None


def seen_now(db: Database, incident_id: str) -> Seen:
    """How far an incident's history and reviews go at this moment."""
    row = db.execute(
        "SELECT (SELECT coalesce(max(id), 0) FROM incident_history WHERE incident_id = :id),"
        " (SELECT coalesce(max(id), 0) FROM reviews WHERE incident_id = :id)",
        {"id": incident_id},
    ).fetchone()
    return Seen(history=row[0], review=row[1])


def changes_since(db: Database, incident_id: str, seen: Seen) -> list[Row]:
    """What reports or other people changed in an incident after somebody looked: at, field, old, new, by."""
    marks = ",".join("?" * len(_WATCHED))
    changed = db.query(
        f"SELECT at, field, old, new, by FROM incident_history WHERE incident_id = ? AND id > ? AND field IN ({marks})"
        " ORDER BY id",
        [incident_id, seen.history, *_WATCHED],
    )
    judged = db.query(
        "SELECT at, action AS field, NULL AS old, new, reviewer AS by FROM reviews WHERE incident_id = ? AND id > ?"
        " AND action != 'note' ORDER BY id",
        [incident_id, seen.review],
    )
    return [*changed, *judged]


def save_review(
    db: Database,
    incident_id: str,
    *,
    at: datetime,
    reviewer: str,
    action: str,
    field: str | None = None,
    old: str | None = None,
    new: str | None = None,
    reason: str | None = None,
    undoes: int | None = None,
) -> int:
    """Store one judgement; returns its id."""
    cursor = db.execute(
        "INSERT INTO reviews (incident_id, at, reviewer, action, field, old, new, reason, undoes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (incident_id, to_iso(at), reviewer, action, field, old, new, reason, undoes),
    )
    return int(cursor.lastrowid or 0)


def list_reviews(db: Database, incident_id: str) -> list[Row]:
    """All that people decided on an incident and on those merged into it; `undone` says what was taken back."""
    family = family_of(db, incident_id)
    marks = ",".join("?" * len(family))
    return list(
        db.query(
            "SELECT *, EXISTS (SELECT 1 FROM reviews u WHERE u.undoes = reviews.id) AS undone FROM reviews"
            f" WHERE incident_id IN ({marks}) ORDER BY id",
            family,
        )
    )


def find_review(db: Database, review_id: int) -> Row | None:
    """One judgement that still stands; None: there is none, or it was taken back."""
    return next(iter(db.query(f"SELECT * FROM reviews WHERE id = ? AND {_STANDING}", [review_id])), None)


def last_review(db: Database, incident_id: str) -> Row | None:
    """The newest judgement on an incident that still stands."""
    rows = db.query(
        f"SELECT * FROM reviews WHERE incident_id = ? AND {_STANDING} ORDER BY id DESC LIMIT 1", [incident_id]
    )
    return next(iter(rows), None)


def reviews_of_action(db: Database, review: Row) -> list[Row]:
    """The judgements that were made in one go: the same person, moment and deed (several fields corrected at once)."""
    return list(
        db.query(
            f"SELECT * FROM reviews WHERE incident_id = ? AND at = ? AND reviewer = ? AND action = ? AND {_STANDING}"
            " ORDER BY id",
            [review["incident_id"], review["at"], review["reviewer"], review["action"]],
        )
    )


def mark_reviewed(db: Database, incident_id: str) -> None:
    """Write on an incident where it stands in review, by the judgements that still stand.

    Its own judgement wins; without one, what people found of the incidents that were merged into it holds here too,
    but for a rejection, which was of those alone.
    """
    family = family_of(db, incident_id)
    marks = ",".join("?" * len(family))
    rows = db.execute(
        f"SELECT incident_id = ? AS own, action, at, reviewer FROM reviews WHERE incident_id IN ({marks})"
        f" AND {_STANDING} AND action IN ('confirm', 'correct', 'reject') AND (own OR action != 'reject')"
        " ORDER BY own DESC, id DESC",
        (incident_id, *family),
    ).fetchall()
    verdict, at, by = (VERDICTS[rows[0][1]], *rows[0][2:]) if rows else (None, None, None)
    if verdict == "confirmed" and any(action == "correct" for _, action, _, _ in rows):
        verdict = "corrected"
    db.execute(
        "UPDATE incidents SET reviewed = ?, reviewed_at = ?, reviewed_by = ?, version = version + 1 WHERE id = ?",
        (verdict, at, by, incident_id),
    )


def read_quality(db: Database, since: datetime) -> Row:
    """How right the coder was by the judgements since then: incidents confirmed as coded, corrected, rejected.

    `fields` counts the judged incidents in which people set each field; `reasons` why incidents were rejected.
    """
    start = to_iso(since)
    judged = db.query(
        "SELECT reviewed, count(*) AS n FROM incidents WHERE reviewed_at >= ? AND merged_into IS NULL GROUP BY 1",
        [start],
    )
    fields = db.query(
        "SELECT field, count(DISTINCT incident_id) AS n FROM reviews WHERE at >= ? AND action = 'correct'"
        f" AND {_STANDING}"
        " GROUP BY field ORDER BY n DESC, field",
        [start],
    )
    reasons = db.query(
        f"SELECT coalesce(reason, '') AS reason, count(*) AS n FROM reviews WHERE at >= ? AND action = 'reject'"
        f" AND {_STANDING} GROUP BY 1 ORDER BY n DESC, reason LIMIT 10",
        [start],
    )
    deeds = db.query(
        f"SELECT action, count(*) AS n FROM reviews WHERE at >= ? AND action IN ('merge', 'split') AND {_STANDING}"
        " GROUP BY 1",
        [start],
    )
    return {
        **dict.fromkeys(("confirmed", "corrected", "rejected"), 0),
        **{row["reviewed"]: row["n"] for row in judged},
        **dict.fromkeys(("merge", "split"), 0),
        **{row["action"]: row["n"] for row in deeds},
        "fields": {row["field"]: row["n"] for row in fields},
        "reasons": {row["reason"]: row["n"] for row in reasons},
    }


def is_living(db: Database, incident_id: str) -> bool:
    """Whether the id is an incident's that was not merged into another."""
    known = db.execute("SELECT 1 FROM incidents WHERE id = ?", (incident_id,)).fetchone()
    return known is not None and living_id(db, incident_id) == incident_id
