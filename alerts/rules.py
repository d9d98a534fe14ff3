"""Turns what one report did to one incident into the messages that each channel is to get.

Pure: the same change, settings and time give the same drafts with the same keys, so a page taken in twice alerts once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from alerts.conditions import DEFAULT_RULE, Facts, Matching, meets_rule, named_keys
from alerts.joined import Changes, is_joining, tell_joined
from alerts.materiality import classify_changes
from alerts.pace import is_urgent, quiet_until
from alerts.snapshot import take_changes, take_notice, take_snapshot
from store.alert_settings import AlertSettings, ChannelSettings, Rule
from store.records import AlertDraft, Article, Change, Incident, Notice, Outlet
from store.times import latest_moment

TOLD = "new"


def decide_alerts(
    change: Change,
    settings: AlertSettings,
    *,
    now: datetime,
    silent: bool,
    already: Mapping[str, set[str]],
    first_seen_at: datetime | None = None,
    matching: Matching | None = None,
) -> list[AlertDraft]:
    """The drafts for one change, in the order of the channels.

    `already` names for each channel the kinds that it was given for this incident (or one merged into it).
    `first_seen_at` is the article's; None: it is seen now. `silent` (a first visit's undated article, a replayed past)
    gives no draft, and neither does a report older than `max_age`, unless by it two that were told prove to be one; a
    later, fresh report may still alert.
    """
    seen = first_seen_at or now
    stale = is_stale(change.article, settings, now=now, first_seen_at=seen)
    if silent or (stale and change.joined is None):
        return []
    matching = matching or Matching()
    drafts: list[AlertDraft] = []
    for name, channel in settings.active_channels().items():
        told = already.get(name, set())
        if TOLD in told:
            found = _follow_up(change, name, told, settings, matching)
        else:
            found = _first_alert(change, channel, settings, matching)
        if found is None or (stale and not is_joining(found[2])):
            continue
        kind, rule, changes = found
        drafts.append(_draft(change, name, channel, settings, kind, rule, changes, now, seen))
    return drafts


def is_stale(article: Article, settings: AlertSettings, *, now: datetime, first_seen_at: datetime) -> bool:
    """Whether the report is older than `max_age`; a day without an hour counts as that day's end."""
    if article.published is None:
        return now - first_seen_at > settings.max_age
    return now - latest_moment(article.published, article.published_precision) > settings.max_age


def decide_notice_alerts(
    notice: Notice,
    article: Article,
    article_id: str,
    outlet: Outlet,
    settings: AlertSettings,
    *,
    now: datetime,
    silent: bool,
    first_seen_at: datetime | None = None,
    matching: Matching | None = None,
) -> list[AlertDraft]:
    """The drafts for a threat, a warning or an unexplained explosion: none unless a rule names `notice`."""
    seen = first_seen_at or now
    if silent or is_stale(article, settings, now=now, first_seen_at=seen):
        return []
    matching = matching or Matching()
    facts = Facts(
        kind="notice", incident=_as_incident(notice, seen), outlet=outlet, title=article.title or "",
        text=article.text, quotes=(notice.quote,), notice=notice.kind,
    )  # fmt: skip
    drafts = []
    for name, channel in settings.active_channels().items():
        rule = next((r for r in channel.rules if meets_rule(settings.rules[r], facts, matching)), None)
        if rule is None:
            continue
        held = quiet_until(channel, settings, now)
        draft = AlertDraft(
            key=f"notice:{article_id}:{notice.source}:{notice.start}:{name}", kind="notice", channel=name,
            due_at=held or now, state="held" if held else "queued", article_id=article_id, rule=rule,
            published_at=article.published, first_seen_at=seen, payload=take_notice(notice, article, outlet),
        )  # fmt: skip
        drafts.append(draft)
    return drafts


Found = tuple[str, str | None, Changes]  # kind, name of the rule that was met, what changed


def _first_alert(change: Change, channel: ChannelSettings, settings: AlertSettings, matching: Matching) -> Found | None:
    if "new" not in channel.kinds:
        return None
    facts = _facts(change, "new")
    for name, rule in _rules(channel, settings):
        if meets_rule(rule, facts, matching) and _is_telling(change, frozenset() if name is None else named_keys(rule)):
            return "new", name, []
    return None


def _is_telling(change: Change, named: frozenset[str]) -> bool:
    """Whether this very report makes the incident alertable, not only the ones before it.

    A report that only recalls, foils or denies it does not, unless the rule asks for such by naming role or status.
    """
    mention = change.mention
    return ("role" in named or mention.role == "news") and (
        "status" in named or mention.status in (DEFAULT_RULE.status or ())
    )


def _follow_up(
    change: Change, channel_name: str, told: set[str], settings: AlertSettings, matching: Matching
) -> Found | None:
    channel = settings.active_channels()[channel_name]
    found = _find_changes(change, channel_name, channel)
    if found is None:
        return None
    kind, changes = found
    if kind not in channel.kinds or (kind == "confirmation" and kind in told):
        return None
    facts = _facts(change, kind)
    for name, rule in _rules(channel, settings):
        # What was told once is followed, whatever has become of it; only a rule on kinds can refuse.
        if "kind" not in named_keys(rule) or meets_rule(_without_defaults(rule), facts, matching):
            return kind, name, changes
    return None


def _find_changes(change: Change, name: str, channel: ChannelSettings) -> tuple[str, Changes] | None:
    before, after = change.before, change.incident
    if change.joined is not None and before is not None:
        return tell_joined(change.joined, before, after, name, channel)
    found = classify_changes(before, after, channel, change.changed)
    return (found[0], take_changes(before, after, found[1])) if found and before is not None else None


def _without_defaults(rule: Rule) -> Rule:
    anything = Rule(
        role=("news", "background"),
        status=("occurred", "intercepted", "foiled", "disputed"),
        standing=("reported", "corroborated", "confirmed", "disputed", "retracted"),
    )
    return Rule(all=(rule, anything))


def _rules(channel: ChannelSettings, settings: AlertSettings) -> Iterator[tuple[str | None, Rule]]:
    if not channel.rules:
        yield None, DEFAULT_RULE
    for name in channel.rules:
        yield name, settings.rules[name]


def _facts(change: Change, kind: str) -> Facts:
    return Facts(
        kind=kind, incident=change.incident, outlet=change.outlet, title=change.article.title or "",
        text=change.article.text, quotes=tuple(evidence.quote for evidence in change.mention.evidence),
    )  # fmt: skip


def _draft(
    change: Change,
    name: str,
    channel: ChannelSettings,
    settings: AlertSettings,
    kind: str,
    rule: str | None,
    changes: Changes,
    now: datetime,
    seen: datetime,
) -> AlertDraft:
    urgent = is_urgent(change.incident, channel.urgent)
    held = None if urgent else quiet_until(channel, settings, now)
    return AlertDraft(
        key=_key(change, kind, name, changes), kind=kind, channel=name, due_at=held or now,
        state="held" if held else "queued", incident_id=change.incident.id, article_id=change.article_id, rule=rule,
        urgent=urgent, published_at=change.article.published, first_seen_at=seen,
        payload=take_snapshot(change, changes),
    )  # fmt: skip


def _key(change: Change, kind: str, channel: str, changes: Changes) -> str:
    """One `new` and one confirmation an incident and channel for ever; else one for each article and change."""
    if kind in ("new", "confirmation"):
        return f"{kind}:{change.incident.id}:{channel}"
    values = [(one["field"], one["old"], one["new"]) for one in changes]
    digest = hashlib.sha256(json.dumps([change.article_id, values]).encode()).hexdigest()[:12]
    return f"{kind}:{change.incident.id}:{channel}:{digest}"


def _as_incident(notice: Notice, now: datetime) -> Incident:
    """A notice in an incident's clothes, so that rules on place apply to it."""
    return Incident(
        id="", role="news", status="occurred", standing="reported", method="unknown", target="unknown",
        date=notice.date, date_precision="day" if notice.date else "unknown", country=notice.country,
        admin1=notice.admin1, place=notice.place, lat=notice.lat, lon=notice.lon, place_precision=None,
        munitions=None, killed=None, killed_low=None, killed_high=None, wounded=None, wounded_low=None,
        wounded_high=None, actor=None, claim="none", confidence=0.0, reports=1, publishers=1,
        first_published_at=None, first_seen_at=now, updated_at=now,
    )  # fmt: skip
