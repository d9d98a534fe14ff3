"""Turns all that reports tell of one incident into its fields, its ranges and its standing.

The fields depend on the reports alone, not on the order in which they came in, so that a late or repeated report, a
merge or a split ends in the same incident.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from extract.places.geometry import kilometres
from store.records import Incident, Mention, Telling

_VAGUE = {None, "unknown", "other"}
_GENERIC = {"ied": {"vehicle_bomb", "suicide", "mine"}, "vehicle_bomb": {"suicide"}, "airstrike": {"drone"}}
_DATE_ORDER = ("day", "week", "month", "year", "unknown")
_PLACE_ORDER = ("site", "quarter", "village", "town", "district", None, "governorate", "region", "country")
_ASSERTED = ("occurred", "intercepted")
_SAME_HOURS = timedelta(hours=24)  # in which outlets still print each other's older figures
MOST_CONFIDENT = 0.99
_FAR_KM = 20.0  # a corrected place, not another name of it
_TOLL_GROWTH = 1.25  # counts of the wounded creep up; less than a quarter more is no news


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """The figure to give, with the lowest and the highest that stand."""

    best: int | None
    low: int | None
    high: int | None


def tell_incident(
    incident_id: str, tellings: Sequence[Telling], *, now: datetime, noticed: datetime | None = None
) -> Incident:
    """Merge what at least one report tells; `noticed` is when an explosion's notice of it was first seen."""
    told = sorted(tellings, key=_order)
    voices = take_voices(told)
    news = [t for t in told if t.mention.role == "news"] or told
    place = _choose_place(news)
    date, date_precision = _choose_date(news)
    killed, wounded = _tell_toll(news, "killed"), _tell_toll(news, "wounded")
    claim, actor = _choose_claim(told)
    first = next((t for t in told if t.mention.role == "news"), told[0])
    seen = min(t.first_seen_at for t in told)
    return Incident(
        id=incident_id,
        role="news" if any(t.mention.role == "news" for t in told) else "background",
        status=_choose_status(voices),
        standing=_judge_standing(voices),
        method=_choose_method(news),
        target=_vote(news, lambda m: m.target) or "unknown",
        date=date, date_precision=date_precision,
        country=place.country, admin1=place.admin1, place=place.place, lat=place.lat, lon=place.lon,
        place_precision=place.place_precision,
        munitions=_vote(news, lambda m: m.munitions),
        killed=killed.best, killed_low=killed.low, killed_high=killed.high,
        wounded=wounded.best, wounded_low=wounded.low, wounded_high=wounded.high,
        actor=actor, claim=claim,
        confidence=_join_confidence(voices),
        reports=len({t.article_id for t in told}),
        publishers=len({t.publisher for t in told}),
        first_published_at=min((t.published for t in told if t.published), default=None),
        first_seen_at=seen if noticed is None else min(seen, noticed),
        updated_at=now,
        title=first.title,
    )  # fmt: skip


def retract_incident(incident: Incident, *, now: datetime) -> Incident:
    """The incident once no report tells it any more: what was last known, marked as withdrawn."""
    return replace(incident, standing="retracted", reports=0, publishers=0, updated_at=now)


def take_voices(tellings: Iterable[Telling], *, originals: bool = False) -> list[Telling]:
    """One telling a publisher, its latest (news before background): copies and sister outlets add no voice.

    With `originals` a text's first carrier speaks before its copies, whose "today" may be another day.
    """

    def rank(telling: Telling) -> tuple[object, ...]:
        first = not originals or telling.article_id == telling.root_id
        return telling.mention.role == "news", first, *_order(telling)

    latest: dict[str, Telling] = {}
    for telling in sorted(tellings, key=rank):
        latest[telling.publisher] = telling
    return sorted(latest.values(), key=_order)


def _order(telling: Telling) -> tuple[datetime, str, int]:
    return telling.at, telling.article_id, telling.mention_id


def find_material_changes(before: Incident, after: Incident) -> tuple[str, ...]:
    """The fields whose change is worth a message: toll up, first claim, denial, another place, another status."""
    changed = [name for name in ("killed", "wounded") if _is_toll_up(name, before, after)]
    if after.claim == "claimed" and before.claim != "claimed":
        changed += ["claim", "actor"] if after.actor != before.actor else ["claim"]
    if after.status != before.status:
        changed.append("status")
    if after.standing != before.standing and after.standing in ("disputed", "retracted"):
        changed.append("standing")
    return (*changed, *_find_moved(before, after))


def _is_toll_up(name: str, before: Incident, after: Incident) -> bool:
    """Whether more victims are told than anybody told before, so that a lagging outlet's figure rings nothing."""
    new, known = getattr(after, name), getattr(before, f"{name}_high")
    if not new or (known is not None and new <= known):
        return False
    if name == "killed" or not known:
        return name == "killed" or not before.killed  # first wounded of an attack without dead
    return bool(new >= known * _TOLL_GROWTH) and not after.killed


def _find_moved(before: Incident, after: Incident) -> tuple[str, ...]:
    """Names of the place's fields, where it is another place and not only told more closely."""
    if before.country and after.country and before.country != after.country:
        return ("country", "admin1", "place")
    if before.admin1 and after.admin1 and before.admin1 != after.admin1:
        return ("admin1", "place")
    if None in (before.lat, before.lon, after.lat, after.lon) or before.place_precision != after.place_precision:
        return ()
    apart = kilometres(before.lat or 0, before.lon or 0, after.lat or 0, after.lon or 0)
    return ("place",) if apart > _FAR_KM else ()


def _choose_status(voices: Sequence[Telling]) -> str:
    """What happened, as long as anybody says that it did; the denial is the standing's matter."""
    asserted = [v for v in voices if v.mention.status in _ASSERTED]
    foiled = [v for v in voices if v.mention.status == "foiled"]
    if asserted and len(asserted) >= len(foiled):
        return _vote(asserted, lambda m: m.status) or "occurred"
    return "foiled" if foiled else "disputed"


def _judge_standing(voices: Sequence[Telling]) -> str:
    """Disputed while nobody asserts it after the last denial; else confirmed by an authority, or by two publishers."""
    denials = [v.at for v in voices if v.mention.status == "disputed"]
    others = [v for v in voices if v.mention.status != "disputed"]
    if denials and not any(v.at > max(denials) for v in others):
        return "disputed"
    if any(v.mention.official for v in others):
        return "confirmed"
    return "corroborated" if len(others) >= 2 else "reported"


def _vote(tellings: Iterable[Telling], read: Callable[[Mention], Any]) -> Any:
    """The value that most publishers give, the latest of equals; None where none gives one."""
    votes: dict[Any, int] = defaultdict(int)
    last: dict[Any, int] = {}
    for position, voice in enumerate(take_voices(t for t in tellings if read(t.mention) not in _VAGUE)):
        value = read(voice.mention)
        votes[value] += 2 if voice.mention.official else 1
        last[value] = position
    return max(votes, key=lambda value: (votes[value], last[value]), default=None)


def _choose_method(tellings: Sequence[Telling]) -> str:
    """The means that most tell; a vote for a general word counts for the special one that others tell."""
    told = {t.mention.method for t in tellings}

    def read(mention: Mention) -> str:
        special = sorted(_GENERIC.get(mention.method, set()) & told)
        return special[0] if special else mention.method

    return _vote(tellings, read) or ("other" if "other" in told else "unknown")


def _choose_date(tellings: Sequence[Telling]) -> tuple[Any, str]:
    """The day that most publishers tell, among the most precise; of equals the first told."""
    for precision in _DATE_ORDER[:-1]:
        held = [t for t in tellings if t.mention.date and t.mention.date_precision == precision]
        days = [voice.mention.date for voice in take_voices(held, originals=True)]
        if days:
            return max(days, key=lambda day: (days.count(day), -days.index(day))), precision
    return None, "unknown"


def _choose_place(tellings: Sequence[Telling]) -> Mention:
    """The governorate that most publishers tell, and in it the most precise place that most tell.

    Of equals it is the latest, so that a correction counts.
    """
    country = _vote(tellings, lambda m: m.country)
    held = [t for t in tellings if t.mention.country == country]
    admin1 = _vote(held, lambda m: m.admin1)
    held = [t for t in held if t.mention.admin1 == admin1]
    for precision in _PLACE_ORDER:
        best = [t for t in held if t.mention.place_precision == precision and t.mention.lat is not None]
        if best:
            held = best
            break
    chosen = _vote(held, _name_place)
    return next(t.mention for t in reversed(held) if _name_place(t.mention) == chosen)


def _name_place(mention: Mention) -> tuple[str | None, ...]:
    return mention.country, mention.admin1, mention.place


def _tell_toll(tellings: Sequence[Telling], name: str) -> Toll:
    """The range of the figures that stand, one a publisher.

    The best is the highest of the last day's, or the last word of an authority and what came after it.
    """
    told = take_voices(t for t in tellings if getattr(t.mention, name) is not None)
    if not told:
        return Toll(best=None, low=None, high=None)
    figures = [getattr(v.mention, name) for v in told]
    fresh = [v for v in told if v.at >= told[-1].at - _SAME_HOURS]
    official = [position for position, v in enumerate(fresh) if v.mention.official]
    counted = fresh[official[-1] :] if official else fresh
    return Toll(best=max(getattr(v.mention, name) for v in counted), low=min(figures), high=max(figures))


def _choose_claim(tellings: Sequence[Telling]) -> tuple[str, str | None]:
    for claim in ("claimed", "attributed"):
        held = [t for t in tellings if t.mention.claim == claim]
        if held:
            return claim, _vote(held, lambda m: m.actor)
    return "none", None


def _join_confidence(voices: Sequence[Telling]) -> float:
    """That not all independent publishers are wrong."""
    doubt = 1.0
    for voice in voices:
        doubt *= 1.0 - voice.mention.confidence
    return round(min(1.0 - doubt, MOST_CONFIDENT), 4)
