"""Turns a text into the known articles that share its wording, and tells the copy from the look-alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.incidents.copies import NEAR_COPY, compare_words, names_same_day, sketch_words, split_words
from extract.incidents.linking import tells_same
from store.articles import StoredArticle, find_mates, read_by_number
from store.mentions import read_article_tellings
from store.records import Mention

if TYPE_CHECKING:
    from sqlite_utils import Database

COMPARED = 4  # first carriers whose whole text is compared
LEAST_ALIKE = 0.35  # below it a shared triple is chance
SAME_TEXT_DAYS = 3
SAME_TEXT = 0.95  # of another day's event only the very same text is a copy ("today", printed again tomorrow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A known first carrier and how much of the wording it shares."""

    article: StoredArticle
    share: float  # 0..1


def find_alike(db: Database, sketch: Sequence[int], words: Sequence[str], *, but: int | None = None) -> list[Likeness]:
    """The known first carriers that share much of a text's wording, most alike first.

    `but` is the article's own number.
    """
    numbers = [number for number, _ in find_mates(db, sketch, limit=COMPARED, but=but)]
    if not numbers:
        return []
    alike = [
        Likeness(article=stored, share=compare_words(words, split_words(stored.article.text), least=LEAST_ALIKE))
        for stored in read_by_number(db, numbers).values()
    ]
    held = [likeness for likeness in alike if likeness.share >= LEAST_ALIKE]
    return sorted(held, key=lambda likeness: (-likeness.share, likeness.article.number))


def choose_original(
    db: Database, alike: Sequence[Likeness], words: Sequence[str], mentions: Sequence[Mention]
) -> StoredArticle | None:
    """The first carrier that a text is a near-copy of: alike in wording, and telling of no other event.

    Two bombs told in one agency's boilerplate share most words and are no copies.
    """
    for likeness in alike:
        if likeness.share < NEAR_COPY:
            return None
        told = [telling.mention for telling in read_article_tellings(db, likeness.article.id)]
        if bool(told) != bool(mentions):
            if likeness.share >= SAME_TEXT:
                return likeness.article
            continue
        same_text = likeness.share >= SAME_TEXT and names_same_day(words, split_words(likeness.article.article.text))
        days = SAME_TEXT_DAYS if same_text else 0
        if all(any(tells_same(m, other, days=days) for other in told) for m in mentions):
            return likeness.article
    return None


def sketch_text(text: str) -> tuple[tuple[int, ...], list[str]]:
    """A text's sketch and its words."""
    words = split_words(text)
    return sketch_words(words), words
