"""Keeps the index of articles' words, which finds the articles that hold what somebody looks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def count_matches(db: Database, match: str) -> int:
    """How many articles hold the words, counted up to MOST_ARTICLES."""
    query = "SELECT count(*) FROM (SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? LIMIT ?)"
    return int(db.execute(query, (match, MOST_ARTICLES)).fetchone()[0])


def find_texts(db: Database, match: str, incident_ids: Sequence[str], *, each: int = 2) -> dict[str, list[Row]]:
    """For each incident the newest reports that hold the words: outlet, title and text."""
    found: dict[str, list[Row]] = {}
    if not incident_ids:
        return found
    marks = ",".join(f":id_{place}" for place in range(len(incident_ids)))
    rows = db.query(
        "SELECT DISTINCT m.incident_id, a.number, a.outlet_id, a.title, a.text FROM mentions m"
        f" JOIN articles a ON a.id = m.article_id WHERE m.incident_id IN ({marks}) AND a.copy_of IS NULL"
        f" AND a.number IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH :match ORDER BY rowid DESC LIMIT"
        f" {MOST_ARTICLES}) ORDER BY a.number DESC",
        {"match": match, **{f"id_{place}": incident_id for place, incident_id in enumerate(incident_ids)}},
    )
    for row in rows:
        hits = found.setdefault(row["incident_id"], [])
        if len(hits) < each:
            hits.append(row)
    return found
