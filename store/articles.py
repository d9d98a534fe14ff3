"""Turns articles, their earlier wordings and their near-copy sketches into rows and back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from store.database import read_rows
from store.records import Article, Rejected
from store.times import from_iso, iso_or_none, time_or_none, to_iso

POSTINGS_PER_HASH = 40  # newest ones; more share it only where it is boilerplate
_ID_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """An article with what the store knows of it."""

    number: int
    id: str
    article: Article
    publisher: str
    text_hash: str
    first_seen_at: datetime
    revised_at: datetime | None
    revision: int
    copy_of: str | None  # the first carrier of the same text
    coder_version: str | None


def name_article(url: str) -> str:
    """The permanent id of the article at a canonical URL."""
    return hashlib.sha256(url.encode()).hexdigest()[:_ID_DIGITS]


def hash_text(article: Article) -> str:
    """The hash by which two extractions of a page say the same."""
    return hashlib.sha256(f"{article.title or ''}\0{article.text}".encode()).hexdigest()


def find_article(db: Database, article_id: str) -> StoredArticle | None:
    """The article of that id."""
    for row in read_rows(db, "SELECT * FROM articles WHERE id = ?", [article_id]):
        return _to_stored(row)
    return None


def is_url_taken(db: Database, url: str) -> bool:
    """Whether some article holds this URL."""
    return db.execute("SELECT 1 FROM articles WHERE url = ?", (url,)).fetchone() is not None


def insert_article(
    db: Database,
    article_id: str,
    article: Article,
    *,
    publisher: str,
    first_seen_at: datetime,
    copy_of: str | None,
    coder_version: str | None,
) -> int:
    """Store a new article; returns its number."""
    cursor = db.execute(
        "INSERT INTO articles (id, outlet_id, publisher, url, title, text, text_hash, published_at,"
        " published_precision, published_from, author, language, text_from, first_seen_at, copy_of, coder_version)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article_id, article.outlet_id, publisher, article.url, article.title, article.text, hash_text(article),
            iso_or_none(article.published), article.published_precision, article.published_from, article.author,
            article.language, article.text_from, to_iso(first_seen_at), copy_of, coder_version,
        ),
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def revise_article(
    db: Database,
    stored: StoredArticle,
    article: Article,
    *,
    now: datetime,
    copy_of: str | None,
    coder_version: str | None,
) -> None:
    """Replace an article's words by an edited page's, keeping the old ones."""
    old = stored.article
    db.execute(
        "INSERT INTO article_revisions (article_id, revision, title, text, published_at, seen_at, replaced_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            stored.id, stored.revision, old.title, old.text, iso_or_none(old.published),
            to_iso(stored.revised_at or stored.first_seen_at), to_iso(now),
        ),
    )  # fmt: skip
    db.execute(
        "UPDATE articles SET title = ?, text = ?, text_hash = ?, published_at = ?, published_precision = ?,"
        " published_from = ?, author = ?, language = ?, text_from = ?, revised_at = ?, revision = ?, copy_of = ?,"
        " coder_version = ?"
        " WHERE id = ?",
        (
            article.title, article.text, hash_text(article), iso_or_none(article.published),
            article.published_precision, article.published_from, article.author, article.language, article.text_from,
            to_iso(now), stored.revision + 1, copy_of, coder_version, stored.id,
        ),
    )  # fmt: skip


def save_rejected(db: Database, rejected: Rejected, *, now: datetime) -> None:
    """Note why a page gave no article; the newest reason of a URL counts."""
    db.execute(
        "INSERT INTO rejected (outlet_id, url, reason, detail, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (url) DO UPDATE SET reason = excluded.reason, detail = excluded.detail, at = excluded.at",
        (rejected.outlet_id, rejected.url, rejected.reason, rejected.detail, to_iso(now)),
    )


def clear_rejected(db: Database, url: str) -> None:
    """Forget a URL's rejection once it gave an article."""
    db.execute("DELETE FROM rejected WHERE url = ?", (url,))


def save_sketch(db: Database, number: int, hashes: Iterable[int]) -> None:
    """Enter an article into the near-copy index, in place of its earlier entry."""
    db.execute("DELETE FROM sketches WHERE article = ?", (number,))
    db.conn.executemany("INSERT OR IGNORE INTO sketches (hash, article) VALUES (?, ?)", [(h, number) for h in hashes])


def find_mates(db: Database, hashes: Sequence[int], *, limit: int, but: int | None = None) -> list[tuple[int, int]]:
    """Articles that share hashes of a sketch, as (number, how many are shared), most and newest first.

    Of each hash only the newest carriers are looked at: one that thousands share is boilerplate and tells nothing.
    """
    shared: dict[int, int] = {}
    for value in hashes:
        query = "SELECT article FROM sketches WHERE hash = ? ORDER BY article DESC LIMIT ?"
        for (number,) in db.execute(query, (value, POSTINGS_PER_HASH)):
            if number != but:
                shared[number] = shared.get(number, 0) + 1
    return sorted(shared.items(), key=lambda pair: (-pair[1], -pair[0]))[:limit]


def read_by_number(db: Database, numbers: Sequence[int]) -> dict[int, StoredArticle]:
    """Articles by their numbers."""
    marks = ",".join("?" * len(numbers))
    rows = read_rows(db, f"SELECT * FROM articles WHERE number IN ({marks})", list(numbers))
    return {row["number"]: _to_stored(row) for row in rows}


def count_copies(db: Database, article_id: str) -> int:
    """How many near-copies of an article are known."""
    return int(db.execute("SELECT count(*) FROM articles WHERE copy_of = ?", (article_id,)).fetchone()[0])


def _to_stored(row: dict[str, Any]) -> StoredArticle:
    article = Article(
        outlet_id=row["outlet_id"], url=row["url"], title=row["title"], text=row["text"],
        published=time_or_none(row["published_at"]), published_precision=row["published_precision"],
        published_from=row["published_from"], author=row["author"], language=row["language"],
        text_from=row["text_from"],
    )  # fmt: skip
    return StoredArticle(
        number=row["number"], id=row["id"], article=article, publisher=row["publisher"], text_hash=row["text_hash"],
        first_seen_at=from_iso(row["first_seen_at"]), revised_at=time_or_none(row["revised_at"]),
        revision=row["revision"], copy_of=row["copy_of"], coder_version=row["coder_version"],
    )  # fmt: skip
