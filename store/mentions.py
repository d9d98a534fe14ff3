"""Turns mentions, their evidence and notices into rows and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database

from store.database import read_rows
from store.records import Evidence, Mention, Notice, Telling
from store.times import day_or_none, from_iso, time_or_none

_FIELDS = (
    "role", "status", "method", "target", "date", "date_precision", "country", "admin1", "place", "lat", "lon",
    "place_precision", "raw_place", "munitions", "killed", "wounded", "actor", "claim", "confidence", "second_attack",
    "official",
)  # fmt: skip
_COLUMNS = ("article_id", "position", *_FIELDS, "coder_version")
_INSERT = f"INSERT INTO mentions ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_SELECT_TELLINGS = f"""
SELECT m.id, m.incident_id, m.article_id, m.pinned, {", ".join(f"m.{name}" for name in _FIELDS)},
    coalesce(a.copy_of, a.id) AS root_id, coalesce(root.publisher, a.publisher) AS publisher,
    a.published_at, a.first_seen_at, a.title
FROM mentions m JOIN articles a ON a.id = m.article_id LEFT JOIN articles root ON root.id = a.copy_of
"""


def save_mention(db: Database, article_id: str, position: int, mention: Mention, coder_version: str) -> int:
    """Store one mention with its evidence; returns its id."""
    values = [_write_value(getattr(mention, name)) for name in _FIELDS]
    cursor = db.execute(_INSERT, [article_id, position, *values, coder_version])
    mention_id = int(cursor.lastrowid or 0)
    db.conn.executemany(
        'INSERT INTO evidence (mention_id, field, source, quote, start, "end", rule) VALUES (?, ?, ?, ?, ?, ?, ?)',
        [(mention_id, e.field, e.source, e.quote, e.start, e.end, e.rule) for e in mention.evidence],
    )
    return mention_id


def drop_mentions(db: Database, article_id: str) -> None:
    """Take an article's mentions (with their evidence) and notices away, before its edited words are coded."""
    db.execute("DELETE FROM mentions WHERE article_id = ?", (article_id,))
    db.execute("DELETE FROM notices WHERE article_id = ?", (article_id,))


def assign_mention(
    db: Database, mention_id: int, incident_id: str, *, score: float | None, reasons: Mapping[str, float]
) -> None:
    """Put a mention to its incident, with how it came there."""
    db.execute(
        "UPDATE mentions SET incident_id = ?, joined = ?, link_score = ?, link_reasons = ? WHERE id = ?",
        (incident_id, incident_id, score, json.dumps(reasons, ensure_ascii=False), mention_id),
    )


def move_mentions(db: Database, old_incident_id: str, new_incident_id: str) -> None:
    """Put all mentions and notices of one incident to another."""
    db.execute("UPDATE mentions SET incident_id = ? WHERE incident_id = ?", (new_incident_id, old_incident_id))
    db.execute("UPDATE notices SET incident_id = ? WHERE incident_id = ?", (new_incident_id, old_incident_id))


def pin_mention(db: Database, mention_id: int, incident_id: str) -> None:
    """Put a mention where a person wants it; code leaves it there."""
    query = "UPDATE mentions SET incident_id = ?, joined = ?, pinned = 1 WHERE id = ?"
    db.execute(query, (incident_id, incident_id, mention_id))


def return_mentions(db: Database, family: Sequence[str], incident_id: str) -> None:
    """Give a merged incident back the mentions that joined it (or one merged into it before), when it is split off."""
    marks = ",".join("?" * len(family))
    db.execute(f"UPDATE mentions SET incident_id = ? WHERE joined IN ({marks})", [incident_id, *family])


def read_tellings(db: Database, incident_ids: Sequence[str]) -> dict[str, list[Telling]]:
    """What reports tell of each of the incidents, in the order of the reports' time."""
    tellings: dict[str, list[Telling]] = {incident_id: [] for incident_id in incident_ids}
    if incident_ids:
        marks = ",".join("?" * len(incident_ids))
        for row in read_rows(db, f"{_SELECT_TELLINGS} WHERE m.incident_id IN ({marks})", list(incident_ids)):
            tellings[row["incident_id"]].append(_to_telling(row))
    return {key: sorted(found, key=lambda t: (t.at, t.mention_id)) for key, found in tellings.items()}


def read_article_tellings(db: Database, article_id: str) -> list[Telling]:
    """What one article tells, in the order of its words."""
    rows = read_rows(db, f"{_SELECT_TELLINGS} WHERE m.article_id = ? ORDER BY m.position", [article_id])
    return [_to_telling(row) for row in rows]


def read_evidence(db: Database, mention_id: int) -> list[Evidence]:
    """The words that a mention rests on."""
    rows = read_rows(db, "SELECT * FROM evidence WHERE mention_id = ? ORDER BY rowid", [mention_id])
    return [
        Evidence(
            field=row["field"], source=row["source"], quote=row["quote"], start=row["start"], end=row["end"],
            rule=row["rule"],
        )
        for row in rows
    ]  # fmt: skip


def save_notice(db: Database, article_id: str, notice: Notice) -> int:
    """Store one notice; returns its id."""
    cursor = db.execute(
        'INSERT INTO notices (article_id, kind, quote, source, start, "end", date, country, admin1, place, lat, lon)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article_id, notice.kind, notice.quote, notice.source, notice.start, notice.end,
            _write_value(notice.date), notice.country, notice.admin1, notice.place, notice.lat, notice.lon,
        ),
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def read_notices(db: Database, article_id: str) -> list[Notice]:
    """An article's notices, in the order in which they were kept."""
    rows = read_rows(db, "SELECT * FROM notices WHERE article_id = ? ORDER BY id", [article_id])
    return [_to_notice(row) for row in rows]


def find_explosions(db: Database, day: date) -> list[tuple[int, Notice, datetime]]:
    """Explosions' notices of the days around `day` that belong to no incident yet, each with when it was first seen."""
    rows = read_rows(
        db,
        "SELECT n.*, a.first_seen_at FROM notices n JOIN articles a ON a.id = n.article_id"
        " WHERE n.kind = 'explosion' AND n.incident_id IS NULL AND n.date BETWEEN ? AND ?",
        [(day - timedelta(days=1)).isoformat(), (day + timedelta(days=1)).isoformat()],
    )
    return [(row["id"], _to_notice(row), from_iso(row["first_seen_at"])) for row in rows]


def assign_notice(db: Database, notice_id: int, incident_id: str) -> None:
    """Put an explosion's notice to the incident that it turned out to be."""
    db.execute("UPDATE notices SET incident_id = ? WHERE id = ?", (incident_id, notice_id))


def first_noticed(db: Database, incident_id: str) -> datetime | None:
    """When the earliest notice of an incident was first seen; None: it has none."""
    row = db.execute(
        "SELECT min(a.first_seen_at) FROM notices n JOIN articles a ON a.id = n.article_id WHERE n.incident_id = ?",
        (incident_id,),
    ).fetchone()
    return time_or_none(row[0])


def _write_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _to_mention(row: Mapping[str, Any]) -> Mention:
    values = {name: row[name] for name in _FIELDS}
    values["date"] = day_or_none(row["date"])
    values["second_attack"], values["official"] = bool(row["second_attack"]), bool(row["official"])
    return Mention(**values)


def _to_telling(row: Mapping[str, Any]) -> Telling:
    published, first_seen = time_or_none(row["published_at"]), from_iso(row["first_seen_at"])
    return Telling(
        mention_id=row["id"], mention=_to_mention(row), incident_id=row["incident_id"], article_id=row["article_id"],
        root_id=row["root_id"], publisher=row["publisher"], at=published or first_seen, published=published,
        first_seen_at=first_seen, title=row["title"], pinned=bool(row["pinned"]),
    )  # fmt: skip


def _to_notice(row: Mapping[str, Any]) -> Notice:
    return Notice(
        kind=row["kind"], quote=row["quote"], source=row["source"], start=row["start"], end=row["end"],
        date=day_or_none(row["date"]), country=row["country"], admin1=row["admin1"], place=row["place"],
        lat=row["lat"], lon=row["lon"],
    )  # fmt: skip
