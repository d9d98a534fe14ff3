"""Turns one fetched page into all that Marsad reads from it: the article with its coding, or the reason for none.

It runs in worker processes: what goes in and what comes out can be pickled, and nothing else is touched.
"""

from __future__ import annotations

from dataclasses import dataclass

from extract.article import extract_article
from extract.coder import code_report
from store.packing import unpack_page
from store.records import Article, Coding, Outlet, Page, Rejected, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class PageResult:
    """Either an article and its coding, or a rejection."""

    article: Article | None = None
    rejected: Rejected | None = None
    coding: Coding | None = None


def extract_page(page: Page, outlet: Outlet) -> PageResult:
    """Extract and code `page`; what a page holds never raises."""
    found = extract_article(unpack_page(page), outlet)
    if isinstance(found, Rejected):
        return PageResult(rejected=found)
    return PageResult(article=found, coding=code_report(as_report(found)))


def as_report(article: Article) -> Report:
    """The article as the coder reads it; its address serves as the report's id."""
    return Report(
        id=article.url,
        outlet=article.outlet_id,
        url=article.url,
        title=article.title,
        text=article.text,
        published=article.published,
        published_precision=article.published_precision or "second",
    )
