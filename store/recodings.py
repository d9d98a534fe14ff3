"""Turns what a later coder proposes for stored articles, and how far it has come, into rows and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from store.articles import StoredArticle, read_by_number
from store.errors import StoreError
from store.records import Coding, Evidence, Mention, Notice
from store.times import day_or_none, from_iso, to_iso

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recoding:
    """What a coder makes of an article, other than what is stored."""

    article_id: str
    revision: int
    coder: str
    coding: Coding
    differences: Sequence[Row]  # each: kind (changed | new | gone | notices), incident_id, fields {name: [old, new]}
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What an article was coded as before a proposal was accepted, and the incidents that it told of."""

    coding: Coding
    incident_ids: Sequence[str | None]  # each mention's


@dataclass(frozen=True, slots=True, kw_only=True)
class RecodeProgress:
    """How far a coder has come: the number of the next article, and what came of those before it."""

    next: int
    counts: Mapping[str, int]


def read_recode_progress(db: Database, coder: str) -> RecodeProgress:
    """How far this coder has come through the stored articles."""
    row = db.execute("SELECT next, counts FROM recode_runs WHERE coder = ?", (coder,)).fetchone()
    return RecodeProgress(next=0, counts={}) if row is None else RecodeProgress(next=row[0], counts=json.loads(row[1]))


def advance_recode(db: Database, coder: str, progress: RecodeProgress, *, expected: int, now: datetime) -> None:
    """Note how far a coder has come, in the transaction of what it gave.

    `expected` is where it stood before; StoreError where another run has moved it since.
    """
    if read_recode_progress(db, coder).next != expected:
        raise StoreError("another `marsad recode` is at work on this database; wait for its end")
    db.execute(
        "INSERT INTO recode_runs (coder, next, counts, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
        " SET next = excluded.next, counts = excluded.counts, updated_at = excluded.updated_at",
        (coder, progress.next, json.dumps(dict(progress.counts), sort_keys=True), to_iso(now)),
    )


def count_left(db: Database, start: int) -> int:
    """How many articles have this number or a later one."""
    return int(db.execute("SELECT count(*) FROM articles WHERE number >= ?", (start,)).fetchone()[0])


def read_from(db: Database, start: int, limit: int) -> list[StoredArticle]:
    """The next articles by number."""
    query = "SELECT number FROM articles WHERE number >= ? ORDER BY number LIMIT ?"
    numbers = [row[0] for row in db.execute(query, (start, limit))]
    found = read_by_number(db, numbers) if numbers else {}
    return [found[number] for number in numbers]


def save_recoding(db: Database, recoding: Recoding) -> None:
    """Store what a coder proposes for an article, in place of an earlier proposal."""
    db.execute(
        "INSERT INTO recodings (article_id, revision, coder, coding, differences, state, at) VALUES"
        " (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET revision = excluded.revision, coder = excluded.coder,"
        " coding = excluded.coding, differences = excluded.differences, state = excluded.state, at = excluded.at,"
        " decided_at = NULL, decided_by = NULL, replaced = NULL",
        (
            recoding.article_id, recoding.revision, recoding.coder, write_coding(recoding.coding),
            json.dumps(recoding.differences, ensure_ascii=False), recoding.state, to_iso(recoding.at),
        ),
    )  # fmt: skip


def drop_recoding(db: Database, article_id: str) -> None:
    """Forget a proposal that nobody has decided on: the present coder says what is stored."""
    db.execute("DELETE FROM recodings WHERE article_id = ? AND state = 'proposed'", (article_id,))


def settle_recoding(
    db: Database, article_id: str, state: str, *, now: datetime, by: str, replaced: Replaced | None = None
) -> None:
    """Write down what a person decided, and what an accepted coding replaced."""
    kept = None
    if replaced is not None:
        kept = json.dumps({"coding": write_coding(replaced.coding), "incidents": replaced.incident_ids})
    db.execute(
        "UPDATE recodings SET state = ?, decided_at = ?, decided_by = ?, replaced = ? WHERE article_id = ?",
        (state, to_iso(now), by, kept, article_id),
    )


def read_replaced(db: Database, article_id: str) -> Replaced | None:
    """What an accepted coding replaced; None where that was not kept."""
    row = db.execute("SELECT replaced FROM recodings WHERE article_id = ?", (article_id,)).fetchone()
    if row is None or row[0] is None:
        return None
    values = json.loads(row[0])
    return Replaced(coding=read_coding(values["coding"]), incident_ids=values["incidents"])


def reopen_recoding(db: Database, article_id: str) -> None:
    """Let a proposal wait again, as if nobody had decided on it."""
    db.execute(
        "UPDATE recodings SET state = 'proposed', decided_at = NULL, decided_by = NULL, replaced = NULL"
        " WHERE article_id = ?",
        (article_id,),
    )


def note_coder(db: Database, article_id: str, coder_version: str) -> None:
    """Write on an article which coder its mentions are of."""
    db.execute("UPDATE articles SET coder_version = ? WHERE id = ?", (coder_version, article_id))


def find_recoding(db: Database, article_id: str) -> Recoding | None:
    """What is proposed for an article, or was decided on."""
    for row in db.query("SELECT * FROM recodings WHERE article_id = ?", [article_id]):
        return Recoding(
            article_id=row["article_id"], revision=row["revision"], coder=row["coder"],
            coding=read_coding(row["coding"]), differences=json.loads(row["differences"]), state=row["state"],
            at=from_iso(row["at"]),
        )  # fmt: skip
    return None


def count_recodings(db: Database) -> dict[str, int]:
    """How many there are in each state."""
    return dict(db.execute("SELECT state, count(*) FROM recodings GROUP BY 1").fetchall())


def list_recodings(db: Database, *, state: str = "proposed", limit: int | None = None, offset: int = 0) -> list[Row]:
    """Proposals with their article's headline, newest articles first; what was decided on, last deeds first."""
    rows = db.query(
        "SELECT r.article_id, r.coder, r.differences, r.state, r.at, r.decided_at, r.decided_by, a.title, a.url,"
        " a.outlet_id, a.published_at FROM recodings r JOIN articles a ON a.id = r.article_id WHERE r.state = ?"
        " ORDER BY r.decided_at DESC, a.number DESC LIMIT ? OFFSET ?",
        [state, -1 if limit is None else limit, offset],
    )
    return [{**row, "differences": json.loads(row["differences"])} for row in rows]


def write_coding(coding: Coding) -> str:
    """A coding as JSON; why sentences gave nothing is left out."""
    values = asdict(coding)
    del values["reasons"]
    return json.dumps(values, ensure_ascii=False, default=_write_day)


def read_coding(text: str) -> Coding:
    """What `write_coding` wrote."""
    values = json.loads(text)
    mentions = tuple(
        Mention(
            **{
                **mention,
                "date": day_or_none(mention["date"]),
                "evidence": tuple(Evidence(**item) for item in mention["evidence"]),
            }
        )
        for mention in values["mentions"]
    )
    notices = tuple(Notice(**{**notice, "date": day_or_none(notice["date"])}) for notice in values["notices"])
    return Coding(
        language=values["language"], mentions=mentions, notices=notices, coder_version=values["coder_version"]
    )


def _write_day(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()
