"""Turns what is wrong with outlets into messages: once, daily until it is mended, and that it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from alerts.channel_health import draft_health
from store.alert_settings import AlertSettings
from store.records import AlertDraft
from store.summaries import OutletHealth, Told, note_told, read_outlet_health, read_told
from store.times import to_iso

if TYPE_CHECKING:
    from sqlite_utils import Database

MANY = 5  # outlets that fail at once, and half of all: that is the network, not they
EVERYBODY = "*"  # under which the silence of all outlets is remembered
NAMES_SHOWN = 12
# Signs that are told; the failures among them are counted here, by the settings' own number.
TOLD_SIGNS = ("quiet", "pages_refused", "layout_changed", "times_lost")


class Sign(Protocol):
    """What was seen to be wrong: a word of docs/reasons.md, since when, and the figures behind it."""

    @property
    def word(self) -> str: ...
    @property
    def since(self) -> datetime | None: ...
    @property
    def detail(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is known beyond the polls' own counts: signs by outlet (None: nobody looked), and of all together."""

    signs: Mapping[str, Sequence[Sign]] | None = None
    silence: Sign | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is to be told of one outlet."""

    problem: str
    since: datetime
    reason: str | None = None


def draft_outlet_health(
    db: Database, settings: AlertSettings, now: datetime, enabled: Collection[str] | None, watch: Watch
) -> Iterable[AlertDraft]:
    """Outlets with something wrong, again every `health_repeat` until they are mended, and that they are.

    Outlets that never answered from here are summed up once; where most outlets fail, or all are silent, one message
    says so in place of many.
    """
    outlets = [outlet for outlet in read_outlet_health(db) if enabled is None or outlet.id in enabled]
    found = {outlet.id: find_trouble(outlet, settings, now, watch) for outlet in outlets}
    yield from _draft_silence(db, settings, now, watch.silence)
    yield from _draft_never_seen(db, settings, now, outlets, found)
    seen = [outlet for outlet in outlets if outlet.last_success_at is not None]
    failing = [outlet for outlet in seen if (trouble := found[outlet.id]) and trouble.problem == "failing"]
    network = len(failing) >= MANY and len(failing) * 2 >= len(seen)
    yield from _draft_network(db, settings, now, seen, failing, network=network)
    for outlet in seen:
        trouble = found[outlet.id]
        if trouble is None:
            yield from _draft_mended(db, settings, now, outlet, silently=network and outlet.told_problem == "network")
        elif _is_due(outlet, trouble, settings, now) and not (network and trouble.problem == "failing"):
            note_told(db, outlet.id, trouble.problem, since=trouble.since, now=now)
            if not (watch.silence is not None and trouble.problem == "quiet"):
                yield from _draft_one(settings, now, outlet, trouble)


def find_trouble(outlet: OutletHealth, settings: AlertSettings, now: datetime, watch: Watch) -> Trouble | None:
    """The worst that is wrong with an outlet; None: it does well."""
    signs = watch.signs.get(outlet.id, ()) if watch.signs else ()
    judged = outlet.failures > 0 and any(sign.word == "failing" for sign in signs)  # refused twice is enough
    if judged or outlet.failures >= settings.outlet_failures:
        since = outlet.last_success_at or outlet.first_polled_at or now
        problem = "never_seen" if outlet.last_success_at is None else "failing"
        return Trouble(problem=problem, since=since, reason=outlet.last_problem)
    if outlet.failures == 0:
        for sign in signs:
            if sign.word in TOLD_SIGNS:
                return Trouble(problem=sign.word, since=sign.since or now, reason=sign.detail)
        last = outlet.last_new_article_at or outlet.first_polled_at
        return Trouble(problem="quiet", since=last) if last and now - last > settings.outlet_quiet else None
    if outlet.told_problem is None or outlet.told_problem == "network":
        return None
    # A failure or two after a told problem end nothing yet.
    return Trouble(problem=outlet.told_problem, since=outlet.told_since or now, reason=outlet.last_problem)


def _draft_one(settings: AlertSettings, now: datetime, outlet: OutletHealth, trouble: Trouble) -> list[AlertDraft]:
    facts: dict[str, object] = {
        "problem": trouble.problem, "name": outlet.id, "name_ar": outlet.name_ar, "name_en": outlet.name_en,
        "since": to_iso(trouble.since), "reason": trouble.reason,
    }  # fmt: skip
    return draft_health(settings, f"outlet:{outlet.id}:{trouble.problem}:{to_iso(now)}", facts, now=now)


def _draft_mended(
    db: Database, settings: AlertSettings, now: datetime, outlet: OutletHealth, *, silently: bool
) -> list[AlertDraft]:
    if outlet.told_problem is None:
        return []
    note_told(db, outlet.id, None, since=now, now=now)
    # One that never was there before is not back, and the network's return is told in one message.
    if silently or outlet.told_problem in ("never_seen", "network"):
        return []
    return _draft_one(settings, now, outlet, Trouble(problem="mended", since=now))


def _draft_network(
    db: Database,
    settings: AlertSettings,
    now: datetime,
    seen: Sequence[OutletHealth],
    failing: Sequence[OutletHealth],
    *,
    network: bool,
) -> list[AlertDraft]:
    told = [outlet for outlet in seen if outlet.told_problem == "network"]
    if not network:
        if not told:
            return []
        facts: dict[str, object] = {"problem": "network_mended", "since": to_iso(now)}
        return draft_health(settings, f"network_mended:{to_iso(now)}", facts, now=now)
    known = Told(problem="network", since=told[0].told_since or now, at=told[0].told_at or now) if told else None
    due = known is None or now - known.at >= settings.health_repeat
    since = known.since if known else min(outlet.last_success_at or now for outlet in failing)
    at = now if due or known is None else known.at
    for outlet in failing:
        if due or outlet.told_problem != "network":
            note_told(db, outlet.id, "network", since=since, now=at)
    if not due:
        return []
    facts = {"problem": "network", "count": len(failing), "since": to_iso(since)}
    return draft_health(settings, f"network:{to_iso(now)}", facts, now=now)


def _draft_never_seen(
    db: Database,
    settings: AlertSettings,
    now: datetime,
    outlets: Sequence[OutletHealth],
    found: Mapping[str, Trouble | None],
) -> list[AlertDraft]:
    """One summary of all outlets that never answered; again only when others have joined them, a day later."""
    never = [outlet for outlet in outlets if (trouble := found[outlet.id]) and trouble.problem == "never_seen"]
    told = [outlet.told_at for outlet in never if outlet.told_problem == "never_seen" and outlet.told_at]
    fresh = [outlet for outlet in never if outlet.told_problem != "never_seen"]
    if not fresh or (told and now - max(told) < settings.health_repeat):
        return []
    since = min((trouble.since for outlet in never if (trouble := found[outlet.id])), default=now)
    for outlet in fresh:
        note_told(db, outlet.id, "never_seen", since=since, now=now)
    names = ", ".join(outlet.id for outlet in never[:NAMES_SHOWN]) + (" …" if len(never) > NAMES_SHOWN else "")
    facts: dict[str, object] = {"problem": "never_seen", "count": len(never), "since": to_iso(since), "reason": names}
    return draft_health(settings, f"never_seen:{to_iso(now)}", facts, now=now)


def _draft_silence(db: Database, settings: AlertSettings, now: datetime, silence: Sign | None) -> list[AlertDraft]:
    """The silence of all outlets together, and its end."""
    told = read_told(db, EVERYBODY)
    if silence is None:
        if told is None:
            return []
        note_told(db, EVERYBODY, None, since=now, now=now)
        facts: dict[str, object] = {"problem": "all_mended", "since": to_iso(now)}
        return draft_health(settings, f"all_mended:{to_iso(now)}", facts, now=now)
    if told is not None and now - told.at < settings.health_repeat:
        return []
    since = silence.since or now
    note_told(db, EVERYBODY, silence.word, since=since, now=now)
    facts = {"problem": silence.word, "since": to_iso(since), "reason": silence.detail}
    return draft_health(settings, f"{silence.word}:{to_iso(now)}", facts, now=now)


def _is_due(outlet: OutletHealth, trouble: Trouble, settings: AlertSettings, now: datetime) -> bool:
    if trouble.problem != outlet.told_problem:
        return True
    return outlet.told_at is not None and now - outlet.told_at >= settings.health_repeat
