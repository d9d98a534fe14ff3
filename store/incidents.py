"""Turns incidents and the history of their fields into rows and back, and follows merges to the one that lives on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from store.database import read_rows
from store.records import Incident
from store.times import day_or_none, from_iso, time_or_none, to_iso

COLUMNS = tuple(item.name for item in fields(Incident))
_UPDATE = f"UPDATE incidents SET {', '.join(f'{name} = :{name}' for name in COLUMNS if name != 'id')}"
_INSERT = f"INSERT INTO incidents ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no i, l, o, u to misread
_CODE_LENGTH = 6
_NO_HISTORY = {"id", "first_seen_at", "updated_at", "reports", "confidence", "first_published_at", "title"}


def name_incident(db: Database, seed: str, first_seen_at: datetime) -> str:
    """A new permanent id such as 2020-12-28-k7m2qx: the day it was first seen (UTC) and a code.

    No later correction of date or place makes it untrue. The same seed on the same database gives the same id, so that
    a replay can be compared with the last one.
    """
    for salt in range(1000):
        number = int.from_bytes(hashlib.sha256(f"{seed}/{salt}".encode()).digest()[:8])
        code = "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(_CODE_LENGTH))
        name = f"{to_iso(first_seen_at)[:10]}-{code}"
        if db.execute("SELECT 1 FROM incidents WHERE id = ?", (name,)).fetchone() is None:
            return name
    raise AssertionError("a thousand codes of a day are taken")


def find_incident(db: Database, incident_id: str) -> Incident | None:
    """The incident of that id, followed to the one that it was merged into."""
    return read_incidents(db, [living_id(db, incident_id)]).get(living_id(db, incident_id))


def living_id(db: Database, incident_id: str) -> str:
    """The id that lives on after merges; the id itself where nothing was merged."""
    while True:
        row = db.execute("SELECT merged_into FROM incidents WHERE id = ?", (incident_id,)).fetchone()
        if row is None or row[0] is None:
            return incident_id
        incident_id = row[0]


def family_of(db: Database, incident_id: str) -> list[str]:
    """The incident and all that were merged into it, directly or by way of others."""
    query = (
        "WITH RECURSIVE family(id) AS (SELECT ? UNION"
        " SELECT incidents.id FROM incidents JOIN family ON incidents.merged_into = family.id) SELECT id FROM family"
    )
    return [row[0] for row in db.execute(query, (incident_id,))]


def read_incidents(db: Database, incident_ids: Sequence[str]) -> dict[str, Incident]:
    """Incidents by their own ids (merges are not followed)."""
    if not incident_ids:
        return {}
    marks = ",".join("?" * len(incident_ids))
    rows = read_rows(db, f"SELECT {', '.join(COLUMNS)} FROM incidents WHERE id IN ({marks})", list(incident_ids))
    return {row["id"]: to_incident(row) for row in rows}


def insert_incident(db: Database, incident: Incident) -> None:
    """Store a new incident."""
    db.execute(_INSERT, _to_row(incident))


def update_incident(db: Database, incident: Incident) -> None:
    """Store an incident's new values; its version, by which reviewers notice each other, goes up."""
    db.execute(f"{_UPDATE}, version = version + 1 WHERE id = :id", _to_row(incident))


def save_history(
    db: Database,
    before: Incident | None,
    after: Incident,
    *,
    at: datetime,
    article_id: str | None,
    quotes: Mapping[str, str],
    by: str = "coder",
) -> int:
    """Note every field that differs, with the report and the words behind it; how many were."""
    rows = []
    for name in COLUMNS:
        old = None if before is None else getattr(before, name)
        new = getattr(after, name)
        if name not in _NO_HISTORY and old != new:
            rows.append((after.id, to_iso(at), name, _text(old), _text(new), article_id, quotes.get(name), by))
    db.conn.executemany(
        "INSERT INTO incident_history (incident_id, at, field, old, new, article_id, quote, by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    return len(rows)


def note_history(
    db: Database, incident_id: str, *, field: str, old: str | None, new: str | None, at: datetime, by: str
) -> None:
    """Note something that is no field's change: a merge or a split."""
    db.execute(
        "INSERT INTO incident_history (incident_id, at, field, old, new, by) VALUES (?, ?, ?, ?, ?, ?)",
        (incident_id, to_iso(at), field, old, new, by),
    )


def read_history(db: Database, incident_id: str) -> list[dict[str, Any]]:
    """All that changed in an incident and in those that were merged into it, in order."""
    query = (
        "WITH RECURSIVE family(id) AS (SELECT ? UNION"
        " SELECT incidents.id FROM incidents JOIN family ON incidents.merged_into = family.id)"
        " SELECT * FROM incident_history WHERE incident_id IN family ORDER BY id"
    )
    return list(read_rows(db, query, [incident_id]))


def redirect_incident(db: Database, incident_id: str, into: str | None) -> None:
    """Point an incident to the one that lives on; None: it lives again."""
    db.execute(
        "UPDATE incidents SET merged_into = ?, version = version + 1 WHERE id = ?",
        (into, incident_id),
    )


def keep_apart(db: Database, one: str, other: str, *, at: datetime, by: str) -> None:
    """Note that two incidents must never be merged by code."""
    first, second = sorted((one, other))
    db.execute("INSERT OR IGNORE INTO incidents_apart VALUES (?, ?, ?, ?)", (first, second, to_iso(at), by))


def kept_apart(db: Database, incident_id: str) -> set[str]:
    """The incidents that must not be merged with this one."""
    rows = db.execute(
        "SELECT other FROM incidents_apart WHERE one = ? UNION SELECT one FROM incidents_apart WHERE other = ?",
        (incident_id, incident_id),
    )
    return {row[0] for row in rows}


def corrected_fields(db: Database, incident_id: str) -> dict[str, str | None]:
    """The fields that a person has set, with their values; code never overwrites them.

    What was set on an incident that was merged into this one holds here too, but for a rejection; its own word wins.
    """
    fixed: dict[str, str | None] = {}
    family = family_of(db, incident_id)
    marks = ",".join("?" * len(family))
    rows = db.execute(
        f"SELECT incident_id = ?, action, field, new FROM reviews WHERE incident_id IN ({marks})"
        " AND action IN ('correct', 'reject', 'confirm', 'undo') AND undoes IS NULL"
        " AND id NOT IN (SELECT undoes FROM reviews WHERE undoes IS NOT NULL) ORDER BY incident_id = ?, id",
        (incident_id, *family, incident_id),
    )
    for own, action, field, new in rows:
        if action == "undo":
            fixed.pop(field or "standing", None)
        elif action == "confirm" and own:
            if fixed.get("standing") == "retracted":
                del fixed["standing"]  # somebody looked again and finds it real
        elif action == "reject" and own:
            fixed["standing"] = "retracted"
        elif action == "correct":
            fixed[field] = new
    return fixed


def to_incident(row: Mapping[str, Any]) -> Incident:
    """An incident from its row."""
    values = {name: row[name] for name in COLUMNS}
    values["date"] = day_or_none(row["date"])
    values["first_published_at"] = time_or_none(row["first_published_at"])
    values["first_seen_at"], values["updated_at"] = from_iso(row["first_seen_at"]), from_iso(row["updated_at"])
    return Incident(**values)


def fix_fields(incident: Incident, fixed: Mapping[str, str | None]) -> dict[str, Any]:
    """A person's corrections in the types of the record's fields."""
    values: dict[str, Any] = {}
    for name, text in fixed.items():
        if name not in COLUMNS:
            continue
        kind = Incident.__annotations__[name]
        if text is None:
            values[name] = None
        elif kind.startswith("int"):
            values[name] = int(text)
        elif kind.startswith("float"):
            values[name] = float(text)
        else:
            values[name] = day_or_none(text) if kind.startswith("date ") else text
    return values


def _to_row(incident: Incident) -> dict[str, Any]:
    return {name: _write(getattr(incident, name)) for name in COLUMNS}


def _write(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_iso(value)
    return value.isoformat() if isinstance(value, date) else value


def _text(value: Any) -> str | None:
    return None if value is None else str(_write(value))
