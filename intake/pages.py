"""Turns one extracted page into rows, links, incidents and alerts: all of it in one transaction, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from intake.articles import take_article
from store.articles import save_rejected
from store.database import transaction
from store.pages import StoredPage, finish_page
from store.records import Article, Coding, Outlet, Rejected

if TYPE_CHECKING:
    from sqlite_utils import Database

    from store.settings import Settings


class Extracted(Protocol):
    """What extraction made of a page: an article with its coding, or a rejection."""

    @property
    def article(self) -> Article | None: ...
    @property
    def rejected(self) -> Rejected | None: ...
    @property
    def coding(self) -> Coding | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a page: `word` is new, copy, revised, unchanged or rejected."""

    word: str
    article_id: str | None = None
    reason: str | None = None  # of a rejection
    incident_ids: tuple[str, ...] = ()  # told by the article, in the order of its words
    alerts: int = 0  # queued


def take_in(
    db: Database, stored: StoredPage, result: Extracted, *, outlet: Outlet, settings: Settings, now: datetime
) -> Outcome:
    """Take in one page of the queue and take it off the queue; done twice it is as done once."""
    with transaction(db):
        if result.article is None:
            rejected = result.rejected or Rejected(outlet_id=outlet.id, url=stored.page.url, reason="no_text")
            save_rejected(db, rejected, now=now)
            finish_page(db, stored.id, "rejected")
            return Outcome(word="rejected", reason=rejected.reason)
        taken = take_article(
            db,
            result.article,
            result.coding or Coding(language=result.article.language),
            outlet=outlet,
            settings=settings.alerts,
            now=now,
            first_seen_at=stored.page.fetched_at,
            # What an outlet lists on the first visit may be of any age; where nothing tells which, it is not news.
            silent=stored.first_visit and result.article.published is None,
        )
        finish_page(db, stored.id, "done")
    return Outcome(word=taken.word, article_id=taken.article_id, incident_ids=taken.incident_ids, alerts=taken.alerts)
