"""Turns past reports into the incidents and alerts that they would have made, with the clock set from the reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from extract.reports import mention_json
from intake.articles import take_article
from store.articles import find_article, is_url_taken
from store.database import transaction
from store.incidents import living_id
from store.mentions import read_article_tellings
from store.outbox import all_alerts
from store.records import Article, Coding, Outlet, Report
from store.times import latest_moment, to_iso

if TYPE_CHECKING:
    from sqlite_utils import Database

    from store.alert_settings import AlertSettings

Row = dict[str, Any]
_FOLLOW_UPS = {"update", "correction", "retraction", "dispute", "confirmation"}
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)  # the clock until the first report that has a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a replay ended in: one link row a report, in the order of the input, and the alerts in order of sending."""

    links: list[Row]
    alerts: list[Row]


def replay_reports(
    db: Database,
    reports: Sequence[Report],
    code: Callable[[Report], Coding],
    settings: AlertSettings,
    *,
    outlets: Mapping[str, Outlet] | None = None,
    in_order: bool = True,
) -> Replay:
    """Take in `reports` as if each were read when it was published, without the guard of a first run.

    `code` is the coder; `outlets` the known ones by id, others count as publishers of their own. With `in_order`
    False the reports come as they stand, late ones too. Reports without a time come last.
    """
    order = sorted(reports, key=order_of) if in_order else reports
    now = max((latest_moment(r.published, r.published_precision) for r in reports if r.published), default=_BEFORE_ALL)
    last = now
    codings: dict[str, Coding] = {}
    for report in order:
        if report.published is not None and in_order:
            now = latest_moment(report.published, report.published_precision)
        elif not in_order:
            now = last
        coding = code(report)
        outlet = (outlets or {}).get(report.outlet or "") or unknown_outlet(report.outlet)
        with transaction(db):
            take_article(
                db, as_article(db, report, coding), coding, outlet=outlet, settings=settings, now=now,
                first_seen_at=now, silent=False, article_id=report.id,
            )  # fmt: skip
        codings[report.id] = coding
    return Replay(links=[link_row(db, report.id, codings[report.id]) for report in reports], alerts=alert_rows(db))


def order_of(report: Report) -> tuple[bool, datetime]:
    """By publication; a day alone counts as that day's end, and what has no time comes last."""
    if report.published is None:
        return True, _BEFORE_ALL
    return False, latest_moment(report.published, report.published_precision)


def as_article(db: Database, report: Report, coding: Coding) -> Article:
    """A report as the article that the path after fetching takes in."""
    url = report.url or f"report:{report.id}"
    known = find_article(db, report.id)
    if is_url_taken(db, url) and (known is None or known.article.url != url):
        url = f"{url}#{report.id}"  # another report of the same page keeps its own line
    published = report.published
    return Article(
        outlet_id=report.outlet or "unknown", url=url, title=report.title, text=report.text, published=published,
        published_precision=report.published_precision if published else None, published_from=None, author=None,
        language=coding.language or "ar",
    )  # fmt: skip


def unknown_outlet(name: str | None) -> Outlet:
    """An outlet of which only the name is known; it is a publisher of its own."""
    known = name or "unknown"
    return Outlet(
        id=known, name_ar=known, name_en=known, home="", publisher=known, ownership="unknown", country="",
        time_zone="UTC", kind="feed", urls=(), every_seconds=0, allowed_hosts=(),
    )  # fmt: skip


def link_row(db: Database, report_id: str, coding: Coding) -> Row:
    """A report's own coding, each incident with the id that lives on."""
    tellings = read_article_tellings(db, report_id)
    return {
        "id": report_id,
        "incidents": [
            {"incident_id": living_id(db, telling.incident_id or ""), **mention_json(mention)}
            for telling, mention in zip(tellings, coding.mentions, strict=True)
        ],
    }


def alert_rows(db: Database) -> list[Row]:
    """The messages on incidents in order of sending, one for all channels; only the first of an incident is `new`."""
    rows: list[Row] = []
    told: set[tuple[str, ...]] = set()
    waiting = [a for a in all_alerts(db) if a.draft.incident_id and a.state != "suppressed"]
    for alert in sorted(waiting, key=lambda a: (max(a.draft.due_at, a.queued_at), a.id)):
        kind = "new" if alert.draft.kind == "new" else "update"
        if kind == "update" and alert.draft.kind not in _FOLLOW_UPS:
            continue
        incident_id = living_id(db, alert.draft.incident_id or "")
        if kind == "new" and ("new", incident_id) in told:
            kind = "update"  # of two that proved to be one, the second was old news
        mark = (kind, incident_id) if kind == "new" else (kind, incident_id, alert.draft.article_id or "")
        if mark in told or (kind == "update" and ("by", incident_id, alert.draft.article_id or "") in told):
            continue
        told |= {mark, ("by", incident_id, alert.draft.article_id or "")}
        at = to_iso(max(alert.draft.due_at, alert.queued_at))
        rows.append({"kind": kind, "incident_id": incident_id, "article_id": alert.draft.article_id, "at": at})
    return rows
