"""Turns an article and its coding into stored mentions, linked incidents and queued alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from alerts.conditions import Matching
from alerts.joined import FRESH
from alerts.names import load_names
from alerts.rules import decide_alerts, decide_notice_alerts
from extract.incidents.standing import find_material_changes
from extract.search import index_words
from extract.text import fold
from intake.copies import choose_original, find_alike, sketch_text
from intake.incidents import (
    Settled,
    find_twin,
    is_identity_changed,
    join_notice,
    merge_incidents,
    open_incident,
    settle_incident,
)
from intake.linkage import Link, link_mentions
from store.alert_settings import AlertSettings
from store.articles import (
    StoredArticle,
    clear_rejected,
    count_copies,
    find_article,
    hash_text,
    insert_article,
    name_article,
    revise_article,
    save_sketch,
)
from store.incidents import family_of, living_id, read_incidents
from store.mentions import (
    assign_mention,
    drop_mentions,
    pin_mention,
    read_article_tellings,
    save_mention,
    save_notice,
)
from store.outbox import channels_given, kinds_told, queue_alerts
from store.records import Article, Change, Coding, Joined, Mention, Outlet, Telling
from store.search import index_article

if TYPE_CHECKING:
    from sqlite_utils import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of an article: `word` is new, copy, revised or unchanged."""

    word: str
    article_id: str
    incident_ids: tuple[str, ...] = ()
    alerts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What every step of one article's way needs to know."""

    article_id: str
    article: Article
    coding: Coding
    outlet: Outlet
    settings: AlertSettings
    now: datetime
    first_seen_at: datetime
    silent: bool


def take_article(
    db: Database,
    article: Article,
    coding: Coding,
    *,
    outlet: Outlet,
    settings: AlertSettings,
    now: datetime,
    first_seen_at: datetime,
    silent: bool,
    article_id: str | None = None,
) -> Taken:
    """Store an article and all that follows from it, inside the caller's transaction.

    `article_id` is the URL's own where None. An article that says what it said before changes nothing.
    """
    article_id = article_id or name_article(article.url)
    known = find_article(db, article_id)
    clear_rejected(db, article.url)
    if known is not None and known.text_hash == hash_text(article):
        told = [t.incident_id for t in read_article_tellings(db, article_id) if t.incident_id]
        return Taken(word="unchanged", article_id=article_id, incident_ids=tuple(told))
    article = article if known is None else keep_publication(article, known.article)
    way = Intake(
        article_id=article_id, article=article, coding=coding, outlet=outlet, settings=settings, now=now,
        first_seen_at=first_seen_at if known is None else known.first_seen_at, silent=silent,
    )  # fmt: skip
    before = read_article_tellings(db, article_id) if known else []
    word, alike, original_id = store_words(db, way, known)
    links = link_mentions(
        db, coding.mentions, at=article.published or way.first_seen_at, alike=alike, original_id=original_id,
        before=[t.incident_id for t in before if t.incident_id and not t.pinned],
        pinned=[t for t in before if t.pinned], publisher=None if original_id else way.outlet.publisher,
    )  # fmt: skip
    incident_ids, settled = join_incidents(db, way, links, before)
    settled = [merge_twins(db, way, one) for one in settled]
    queued = alert_changes(db, way, settled, before) + take_notices(db, way)
    living = tuple(living_id(db, incident_id) for incident_id in incident_ids)
    return Taken(word=word, article_id=article_id, incident_ids=living, alerts=queued)


def keep_publication(article: Article, old: Article) -> Article:
    """An edited article is as old as it was: its first publication time stays where one was known."""
    if old.published is None or (article.published is not None and article.published < old.published):
        return article
    return replace(
        article, published=old.published, published_precision=old.published_precision,
        published_from=old.published_from,
    )  # fmt: skip


def store_words(db: Database, way: Intake, known: StoredArticle | None) -> tuple[str, dict[str, float], str | None]:
    """Store the article's words and its place among those of like wording.

    Returns what became of it, how much of the wording each like article shares, and the one that it is a copy of.
    """
    sketch, words = sketch_text(way.article.text)
    found = find_alike(db, sketch, words, but=known.number if known else None)
    original = choose_original(db, found, words, way.coding.mentions)
    if known is not None and count_copies(db, known.id):
        original = None  # others are its copies, so that it stays the first carrier
    copy_of = None if original is None else original.id
    version = way.coding.coder_version
    if known is not None:
        drop_mentions(db, known.id)
        revise_article(db, known, way.article, now=way.now, copy_of=copy_of, coder_version=version)
        number, word = known.number, "revised"
    else:
        number = insert_article(
            db, way.article_id, way.article, publisher=way.outlet.publisher, first_seen_at=way.first_seen_at,
            copy_of=copy_of, coder_version=version,
        )  # fmt: skip
        word = "new" if original is None else "copy"
    save_sketch(db, number, sketch if original is None else ())
    revision = 1 if known is None else known.revision + 1
    index_article(db, number, revision, index_words, way.article.title, way.article.text)
    return word, {one.article.id: one.share for one in found}, copy_of


def join_incidents(
    db: Database, way: Intake, links: Sequence[Link | None], before: Sequence[Telling]
) -> tuple[list[str], list[Settled]]:
    """Store the mentions with their links and tell every incident anew that won or lost one."""
    mentions, version = way.coding.mentions, way.coding.coder_version
    ids = [save_mention(db, way.article_id, position, m, version) for position, m in enumerate(mentions)]
    told = {t.mention_id: t for t in read_article_tellings(db, way.article_id)}
    pinned = {t.incident_id for t in before if t.pinned}
    joined: list[str] = []
    opened: set[str] = set()
    for position, (mention_id, link) in enumerate(zip(ids, links, strict=True)):
        if link is None:
            incident_id = open_incident(db, told[mention_id], seed=f"{way.article_id}:{position}", now=way.now)
            opened.add(incident_id)
            assign_mention(db, mention_id, incident_id, score=None, reasons={})
        else:
            incident_id = link.incident_id
            assign_mention(db, mention_id, incident_id, score=link.score.total, reasons=link.score.reasons)
            if incident_id in pinned:
                pin_mention(db, mention_id, incident_id)
        joined.append(incident_id)
    left = [t.incident_id for t in before if t.incident_id and t.incident_id not in joined]
    touched = list(dict.fromkeys([*joined, *left]))
    known = read_incidents(db, [incident_id for incident_id in touched if incident_id not in opened])
    quotes = {incident_id: quote_fields(m) for incident_id, m in zip(joined, mentions, strict=True)}
    return joined, [
        settle_incident(
            db, incident_id, known.get(incident_id), now=way.now, article_id=way.article_id,
            quotes=quotes.get(incident_id, {}),
        )
        for incident_id in touched
    ]  # fmt: skip


def quote_fields(mention: Mention) -> dict[str, str]:
    """The first quote that each field of a mention rests on."""
    quotes: dict[str, str] = {}
    for evidence in mention.evidence:
        quotes.setdefault(evidence.field, evidence.quote)
    return quotes


def merge_twins(db: Database, way: Intake, settled: Settled) -> Settled:
    """Merge an incident with the one that, by what is known now, it is the same as."""
    if not is_identity_changed(settled):
        return settled
    twin = find_twin(db, settled.incident, at=way.article.published or way.first_seen_at)
    if twin is None:
        return settled
    merged = merge_incidents(db, settled.incident.id, twin, now=way.now)
    if settled.before is None:
        return merged
    if merged.incident.id != settled.incident.id:
        return replace(merged, absorbed=settled.before)  # as it was told, before this report
    return replace(merged, before=settled.before, changed=find_material_changes(settled.before, merged.incident))


def alert_changes(db: Database, way: Intake, settled: Sequence[Settled], before: Sequence[Telling]) -> int:
    """Queue what the channels' rules want told of the changed incidents; how many messages."""
    now_told = read_article_tellings(db, way.article_id)
    pairs = [(t, t.mention) for t in before] + list(zip(now_told, way.coding.mentions, strict=True))
    mentions = {living_id(db, t.incident_id): mention for t, mention in pairs if t.incident_id}
    queued = 0
    for one in settled:
        incident_id = one.incident.id
        change = Change(
            incident=one.incident, before=one.before, mention=mentions[incident_id],
            article=way.article, article_id=way.article_id, outlet=way.outlet, changed=one.changed,
            joined=join_told(db, one, since=way.now - FRESH),
        )  # fmt: skip
        drafts = decide_alerts(
            change, way.settings, now=way.now, silent=way.silent, already=kinds_told(db, incident_id),
            first_seen_at=way.first_seen_at, matching=matching(),
        )  # fmt: skip
        queued += queue_alerts(db, drafts, now=way.now)
    return queued


def join_told(db: Database, settled: Settled, *, since: datetime) -> Joined | None:
    """Who was told which of two incidents that this article made one; None where it made none."""
    if settled.absorbed is None:
        return None
    gone = family_of(db, settled.absorbed.id)
    rest = set(family_of(db, settled.incident.id)) - set(gone)
    return Joined(
        newer=settled.absorbed, told_newer=frozenset(channels_given(db, gone, since)),
        told_older=frozenset(channels_given(db, rest, since)),
    )  # fmt: skip


def take_notices(db: Database, way: Intake) -> int:
    """Keep threats, warnings and unexplained explosions; they are told only where a rule asks for them."""
    queued = 0
    for notice in way.coding.notices:
        notice_id = save_notice(db, way.article_id, notice)
        if notice.kind == "explosion":
            join_notice(db, notice_id, notice, at=way.article.published or way.first_seen_at, now=way.now)
        drafts = decide_notice_alerts(
            notice, way.article, way.article_id, way.outlet, way.settings, now=way.now, silent=way.silent,
            first_seen_at=way.first_seen_at, matching=matching(),
        )  # fmt: skip
        queued += queue_alerts(db, drafts, now=way.now)
    return queued


@lru_cache(maxsize=1)
def matching() -> Matching:
    """How rules compare words and actors."""
    return Matching(fold=fold, parents=load_names().parents())
