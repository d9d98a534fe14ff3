"""Turns the rows that wait for a channel into messages to send now, rows to hold, and rows to drop. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts.pace import quiet_until
from alerts.rhythm import next_digest
from store.alert_settings import AlertSettings, Barrage, ChannelSettings
from store.deliveries import Mute
from store.outbox import OutboxAlert

LATE = timedelta(minutes=15)  # after which messages that could not go out are told together
LATE_MANY = 3
_ALONE = ("digest", "health", "heartbeat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Rows that are told in one message; `reason` says why several come together."""

    rows: tuple[OutboxAlert, ...]
    reason: str = ""  # held | barrage | cap | late


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Rows that wait, why, and until when."""

    rows: tuple[OutboxAlert, ...]
    held_for: str
    until: datetime


@dataclass(slots=True, kw_only=True)
class Plan:
    """What becomes of a channel's rows at one moment."""

    bundles: list[Bundle] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    muted: list[tuple[OutboxAlert, str]] = field(default_factory=list)


def plan_messages(
    waiting: Sequence[OutboxAlert],
    channel: ChannelSettings,
    settings: AlertSettings,
    *,
    sent: Sequence[Mapping[str, Any]],
    mutes: Iterable[Mute],
    now: datetime,
) -> Plan:
    """Plan for one channel; `sent` is what it got in the last hours (see store.deliveries.sent_since)."""
    plan = Plan()
    mutes = tuple(mutes)
    rows = []
    for row in waiting:
        reason = _muted(row, mutes)
        if reason:
            plan.muted.append((row, reason))
        else:
            rows.append(row)
    due = [row for row in rows if row.draft.due_at <= now and not _waits_for_new(row, rows, now)]
    due = _hold_quiet(plan, due, channel, settings, now)
    due = _hold_barrage(plan, due, rows, channel.barrage, sent, now)
    _bundle(plan, due, now)
    _hold_beyond_cap(plan, channel, settings, sent, now)
    return plan


def _muted(row: OutboxAlert, mutes: Sequence[Mute]) -> str | None:
    draft = row.draft
    for mute in mutes:
        wanted = ((mute.channel, draft.channel), (mute.incident_id, draft.incident_id), (mute.rule, draft.rule))
        if any(given is not None for given, _ in wanted) and all(given in (None, has) for given, has in wanted):
            return f"muted (mute {mute.id})"
    return None


def _waits_for_new(row: OutboxAlert, rows: Sequence[OutboxAlert], now: datetime) -> bool:
    """Whether the incident's first message has yet to go out: nobody is told a change of what he never heard of."""
    if row.draft.kind == "new" or row.draft.incident_id is None:
        return False
    return any(
        other.draft.kind == "new" and other.draft.incident_id == row.draft.incident_id and other.draft.due_at > now
        for other in rows
    )


def _hold_quiet(
    plan: Plan, due: list[OutboxAlert], channel: ChannelSettings, settings: AlertSettings, now: datetime
) -> list[OutboxAlert]:
    until = quiet_until(channel, settings, now)
    if until is None:
        return due
    held = tuple(row for row in due if not row.draft.urgent)
    if held:
        plan.holds.append(Hold(rows=held, held_for="quiet", until=until))
    return [row for row in due if row.draft.urgent]


def _hold_barrage(
    plan: Plan,
    due: list[OutboxAlert],
    rows: Sequence[OutboxAlert],
    barrage: Barrage | None,
    sent: Sequence[Mapping[str, Any]],
    now: datetime,
) -> list[OutboxAlert]:
    if barrage is None:
        return due
    going: list[OutboxAlert] = []
    told: dict[str, int] = {}
    held: dict[str, list[OutboxAlert]] = {}
    for item in sent:
        if item["kind"] == "new" and item["sent_at"] > now - barrage.within:
            area = _area(item)
            told[area] = told.get(area, 0) + 1
    for row in rows:
        if row.held_for == "barrage":
            held.setdefault(_area_of(row), []).append(row)
    for row in due:
        fresh = row.draft.kind == "new" and not row.draft.urgent and row.held_for is None and row.attempts == 0
        area = _area_of(row)
        if fresh and area and (told.get(area, 0) >= barrage.after or area in held):
            _join(plan, row, held.setdefault(area, []), barrage, now)
        else:
            going.append(row)
            if fresh:
                told[area] = told.get(area, 0) + 1
    later = {row.id for hold in plan.holds if hold.held_for == "barrage" for row in hold.rows}
    return [row for row in going if row.id not in later]


def _join(plan: Plan, row: OutboxAlert, group: list[OutboxAlert], barrage: Barrage, now: datetime) -> None:
    """Let a row wait with its area's others; each newcomer puts the end off, up to the latest moment."""
    group.append(row)
    first = min(member.queued_at for member in group)
    until = min(first + barrage.at_latest, now + barrage.ebb)
    plan.holds = [hold for hold in plan.holds if hold.held_for != "barrage" or hold.rows[0].id != group[0].id]
    plan.holds.append(Hold(rows=tuple(group), held_for="barrage", until=until))


def _area_of(row: OutboxAlert) -> str:
    incident = row.draft.payload.get("incident")
    return _area(incident) if isinstance(incident, Mapping) else ""


def _area(values: Mapping[str, Any]) -> str:
    return str(values.get("admin1") or values.get("country") or "")


def _bundle(plan: Plan, due: Sequence[OutboxAlert], now: datetime) -> None:
    groups: dict[tuple[str, str], list[OutboxAlert]] = {}
    late = [row for row in due if _is_late(row, now)]
    late_ids = {row.id for row in late} if len({row.draft.incident_id for row in late}) >= LATE_MANY else set()
    first = {row.draft.incident_id: _group_of(row, late_ids) for row in due if row.draft.kind == "new"}
    for row in due:  # what follows on an incident's first message goes with it
        groups.setdefault(first.get(row.draft.incident_id) or _group_of(row, late_ids), []).append(row)
    digests = [key for key in groups if key[0] == "digest"]
    if digests:  # what the cap kept back comes with the digest
        groups[digests[-1]] += groups.pop(("cap", ""), [])
    for (reason, _), rows in groups.items():
        told = reason if reason in ("held", "barrage", "cap", "late") else ""
        plan.bundles.append(Bundle(rows=tuple(sorted(rows, key=_place)), reason=told))
    plan.bundles.sort(key=_turn)


def _group_of(row: OutboxAlert, late_ids: set[int]) -> tuple[str, str]:
    """The reason for which a row is told with others, and whose."""
    if row.draft.kind == "digest":
        return "digest", row.draft.key  # each span is a message of its own
    if row.draft.kind in _ALONE:
        return row.draft.kind, ""
    if row.held_for == "barrage":
        return "barrage", _area_of(row)
    if row.held_for == "cap":
        return "cap", ""
    if row.held_for == "quiet":
        return "held", ""
    if row.id in late_ids:
        return "late", ""
    return "", row.draft.incident_id or row.draft.key


def _place(row: OutboxAlert) -> tuple[bool, int]:
    """A digest heads its message; other rows stand in the order in which they were queued."""
    return row.draft.kind != "digest", row.id


def _turn(bundle: Bundle) -> tuple[bool, datetime]:
    """Mass casualties first, then in the order in which they came due."""
    return not any(row.draft.urgent for row in bundle.rows), min(row.draft.due_at for row in bundle.rows)


def _is_late(row: OutboxAlert, now: datetime) -> bool:
    return row.draft.kind not in _ALONE and row.held_for is None and not row.draft.urgent and now - row.queued_at > LATE


def _hold_beyond_cap(
    plan: Plan, channel: ChannelSettings, settings: AlertSettings, sent: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    if channel.per_hour is None:
        return
    recent = {item["message"]: item["sent_at"] for item in sent if item["sent_at"] > now - timedelta(hours=1)}
    room = channel.per_hour - len(recent)
    kept: list[Bundle] = []
    beyond: list[OutboxAlert] = []
    for bundle in plan.bundles:
        free = bundle.reason == "cap" or any(row.draft.urgent or row.draft.kind in _ALONE for row in bundle.rows)
        if room > 0 or free:
            kept.append(bundle)
            room -= 1
        else:
            beyond.extend(bundle.rows)
    plan.bundles = kept
    if beyond:
        until = next_digest(channel.digest, settings.time_zone, now) if channel.digest else None
        slot = min(recent.values(), default=now) + timedelta(hours=1)
        plan.holds.append(Hold(rows=tuple(beyond), held_for="cap", until=until or slot))
