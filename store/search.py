"""Keeps the index of articles' words, which finds the articles that hold what somebody looks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]
Words = Callable[..., str]  # texts → the words that search compares, in one line
MOST_ARTICLES = 5_000  # newest ones that hold the words; more are not looked at


def index_article(db: Database, number: int, revision: int, words: Words, *texts: str | None) -> None:
    """Make an article's present wording findable; an earlier one is taken out.

    The index holds no text of its own (FTS5, contentless), so that taking out needs the earlier words, which
    `article_revisions` keeps.
    """
    known = db.execute("SELECT revision FROM articles_searchable WHERE number = ?", (number,)).fetchone()
    if known is not None and known[0] == revision:
        return
    if known is not None:
        old = db.execute(
            "SELECT r.title, r.text FROM article_revisions r JOIN articles a ON a.id = r.article_id"
            " WHERE a.number = ? AND r.revision = ?",
            (number, known[0]),
        ).fetchone()
        db.execute(
            "INSERT INTO articles_fts (articles_fts, rowid, words) VALUES ('delete', ?, ?)", (number, words(*old))
        )
    db.execute("INSERT INTO articles_fts (rowid, words) VALUES (?, ?)", (number, words(*texts)))
    db.execute("INSERT OR REPLACE INTO articles_searchable VALUES (?, ?)", (number, revision))


def index_backlog(db: Database, words: Words, *, limit: int = 200) -> int:
    """Index articles that were stored before there was a search; how many. 0: nothing is left."""
    rows = db.execute(
        "SELECT number, revision, title, text FROM articles"
        " WHERE number NOT IN (SELECT number FROM articles_searchable) ORDER BY number DESC LIMIT ?",
        (limit,),
    ).fetchall()
    for number, revision, title, text in rows:
        index_article(db, number, revision, words, title, text)
    return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """The newest articles that hold the words, at most MOST_ARTICLES, and the incidents that they tell of."""

    numbers: tuple[int, ...]
    incident_ids: tuple[str, ...]

    @property
    def is_capped(self) -> bool:
        """Whether there may be older ones."""
        return len(self.numbers) >= MOST_ARTICLES


def find_hits(db: Database, match: str) -> Hits:
    """Ask the index once; what a page shows is then found by the numbers and ids."""
    query = f"SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rowid DESC LIMIT {MOST_ARTICLES}"
    numbers = tuple(int(row[0]) for row in db.execute(query, (match,)))
    told = db.execute(
        "SELECT DISTINCT m.incident_id FROM json_each(?) n CROSS JOIN mentions m INDEXED BY mentions_told"
        " ON m.article_number = n.value WHERE m.incident_id IS NOT NULL",
        (json.dumps(numbers),),
    )
    return Hits(numbers=numbers, incident_ids=tuple(str(row[0]) for row in told))


def find_texts(db: Database, hits: Hits, incident_ids: Sequence[str], *, each: int = 2) -> dict[str, list[Row]]:
    """For each incident the newest reports that hold the words: outlet, title and text."""
    found: dict[str, list[Row]] = {}
    if not incident_ids:
        return found
    marks = ",".join("?" * len(incident_ids))
    told: dict[int, set[str]] = {}
    for number, incident_id in db.execute(
        f"SELECT article_number, incident_id FROM mentions WHERE incident_id IN ({marks})", list(incident_ids)
    ):
        told.setdefault(number, set()).add(incident_id)
    query = "SELECT number, outlet_id, title, text FROM articles WHERE number = ? AND copy_of IS NULL"
    for number in sorted(told.keys() & set(hits.numbers), reverse=True):
        wanting = [one for one in sorted(told[number]) if len(found.get(one, ())) < each]
        for row in db.query(query, [number]) if wanting else ():
            for incident_id in wanting:
                found.setdefault(incident_id, []).append({**row, "incident_id": incident_id})
    return found
