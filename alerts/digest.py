"""Turns the incidents of an hour, a day or a week into a digest: counts, a table, and the words for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from alerts.blocks import Block, make_items
from alerts.conditions import Matching
from alerts.places import name_moment, name_place
from alerts.rules import decide_alerts
from alerts.sentences import Voice, say_toll
from alerts.stories import Story, read_story
from store.alert_settings import AlertSettings, ChannelSettings
from store.overview import list_delays, percentile
from store.past import PastChange, read_changes
from store.times import from_iso, to_iso

if TYPE_CHECKING:
    from sqlite_utils import Database

ROWS = 12  # of the table; the rest is in the line of sums
NAMED = 25  # incidents by name, those with the highest toll
_STEPS = {"hour": timedelta(minutes=5), "day": timedelta(hours=2), "week": timedelta(days=1)}  # of the chart


def gather_digest(
    db: Database,
    name: str,
    channel: ChannelSettings,
    settings: AlertSettings,
    *,
    start: datetime,
    end: datetime,
    matching: Matching,
) -> tuple[dict[str, object], int]:
    """The facts of a channel's digest, and how many incidents first met its rules between `start` and `end`."""
    every = channel.digest.every if channel.digest else "day"
    telling = channel.model_copy(update={"kinds": ("new",), "quiet_hours": None})
    only = settings.model_copy(update={"channels": {name: telling}})
    told: dict[str, dict[str, set[str]]] = {}
    met: list[tuple[PastChange, dict[str, object]]] = []
    for past in read_changes(db, start, whole=True):
        if past.at >= end:
            break
        incident_id = past.change.incident.id
        for draft in decide_alerts(
            past.change, only, now=past.at, silent=False, already=told.get(incident_id, {}),
            first_seen_at=past.first_seen_at, matching=matching,
        ):  # fmt: skip
            told.setdefault(incident_id, {name: set()})[name].add(draft.kind)
            if draft.kind == "new" and past.at >= start:
                met.append((past, draft.payload))
    payloads = [payload for _, payload in met]
    facts: dict[str, object] = {
        "every": every, "start": to_iso(start), "end": to_iso(end), "count": len(met),
        "incidents": sorted(payloads, key=_gravity, reverse=True)[:NAMED],
        "places": _count_places(payloads), "toll": _sum_toll(payloads),
        "bars": _count_bars((past.at for past, _ in met), start, end, _STEPS[every]),
        "delay": _measure(db, name, start), "chart": bool(channel.digest and channel.digest.chart),
    }  # fmt: skip
    return facts, len(met)


def _incident(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = payload["incident"]
    return found


def _gravity(payload: Mapping[str, Any]) -> tuple[int, int]:
    incident = _incident(payload)
    return incident["killed"] or 0, incident["wounded"] or 0


def _sum_toll(payloads: Sequence[Mapping[str, Any]]) -> dict[str, int | None]:
    toll: dict[str, int | None] = {}
    for name in ("killed", "wounded"):
        known = [count for payload in payloads if (count := _incident(payload)[name]) is not None]
        toll[name] = sum(known) if known else None
    return toll


def _count_places(payloads: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows: dict[tuple[Any, Any], dict[str, Any]] = {}
    for payload in payloads:
        incident = _incident(payload)
        key = (incident["country"], incident["admin1"])
        row = rows.setdefault(key, {"country": key[0], "admin1": key[1], "incidents": 0, "killed": 0, "wounded": 0})
        row["incidents"] += 1
        row["killed"] += incident["killed"] or 0
        row["wounded"] += incident["wounded"] or 0
    return sorted(rows.values(), key=lambda row: (-row["incidents"], -row["killed"], str(row["admin1"])))


def _count_bars(times: Iterable[datetime], start: datetime, end: datetime, step: timedelta) -> list[int]:
    bars = [0] * max(1, round((end - start) / step))
    for at in times:
        bars[min(len(bars) - 1, int((at - start) / step))] += 1
    return bars


def _measure(db: Database, name: str, since: datetime) -> dict[str, float] | None:
    delays = [row["to_sent"] for row in list_delays(db, since=since) if row["channel"] == name]
    known = [delay for delay in delays if delay is not None]
    median, high = percentile(known, 0.5), percentile(known, 0.95)
    return None if median is None or high is None else {"p50": median, "p95": high}


def make_digest_block(stories: Sequence[Story], voice: Voice, shown: int, zone: str) -> Block:
    """The block of a digest: its span, sums, a table by governorate, and the gravest incidents by name.

    The first story is the digest's own; others are messages that the hourly cap kept back, and are told in full.
    """
    facts = stories[0].facts or {}
    told = [*stories[1:], *(read_story("new", item) for item in facts["incidents"])]
    lines = [voice.say("digest_span", **{end: _say_moment(facts[end], zone, voice) for end in ("start", "end")})]
    if facts["count"]:
        lines.append(voice.say("digest_toll", toll=say_toll(facts["toll"], voice)))
    else:
        lines.append(voice.say("digest_empty"))
    delay = facts.get("delay")
    if delay:
        said = {name: say_span(float(delay[name]), voice) for name in ("p50", "p95")}
        lines.append(voice.say("digest_delay", **said))
    return Block(
        language=voice.language,
        headline=voice.say(f"digest_{facts['every']}", count=voice.count(int(facts["count"]), "incident")),
        lines=tuple(lines),
        table=_table(facts["places"], voice) if facts["places"] else (),
        items=make_items(_once(told)[:shown], voice),
    )


def _say_moment(moment: object, zone: str, voice: Voice) -> str:
    return name_moment(from_iso(str(moment)), zone, voice.names, voice.language, voice.numerals)


def _once(stories: Sequence[Story]) -> list[Story]:
    seen: dict[str, Story] = {}
    for number, story in enumerate(stories):
        seen.setdefault(str((story.incident or {}).get("id") or number), story)
    return list(seen.values())


def _table(rows: Sequence[Mapping[str, Any]], voice: Voice) -> tuple[tuple[str, ...], ...]:
    head = tuple(voice.say(f"table_{name}") for name in ("place", "incidents", "killed", "wounded"))
    table = [head]
    for row in rows[:ROWS]:
        known = row.get("admin1") or row.get("country")
        place = name_place(row, voice.names, voice.language) if known else voice.say("elsewhere")
        table.append((place, *(voice.digits(row[name] or 0) for name in ("incidents", "killed", "wounded"))))
    return tuple(table)


def say_span(seconds: float, voice: Voice) -> str:
    """A length of time in its largest fitting unit."""
    for noun, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return voice.count(round(seconds / size), noun)
    return voice.count(round(seconds), "second")
