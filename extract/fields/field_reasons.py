"""Turns the choices that made a mention into one reason a field: the rule, the words it rests on, and what lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extract.events.twins import SAID
from extract.scoring.pairing import FIELDS
from store.records import Evidence, Mention

if TYPE_CHECKING:
    from extract.events.frames import Frame
    from extract.fields.mentions import Decision, Reading
    from extract.lexicon import Hit

# Fields that rest on another field's words.
_RESTS_ON = {"date_precision": "date", "country": "place", "admin1": "place", "claim": "actor", "role": "date"}
_NO_HIT = "no word of the lists speaks of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReason:
    """One field: its value, why, the words, and the other values that the sentences offered."""

    name: str
    value: str | None
    why: str
    quotes: tuple[Evidence, ...] = ()
    losers: tuple[str, ...] = ()


def explain_fields(mention: Mention, frame: Frame, reading: Reading) -> tuple[FieldReason, ...]:
    """The reason of every field of the codebook, in its order."""
    decision = reading.decisions[id(frame)]
    reasons = {
        "role": _tell_role(mention, reading),
        "status": decision.status.reason or "nothing that is told speaks against it",
        "method": _tell_method(mention, decision),
        "target": _tell_hit(decision.target.hit, "targets.tsv"),
        "date": _tell_date(mention, decision),
        "date_precision": "as the words of the date tell it",
        "country": "that of the place" if decision.spot.source else "the country that the report names most",
        "admin1": "that of the place" if mention.admin1 else "no place narrower than a country is told",
        "place": _tell_place(mention, decision),
        "munitions": "not told as a number" if mention.munitions is None else "the number with the noun of the means",
        "killed": _tell_toll(mention.killed, frame),
        "wounded": _tell_toll(mention.wounded, frame),
        "actor": decision.attribution.rule or "nobody is named for it",
        "claim": decision.attribution.rule or "nobody is named for it",
    }
    losers = {
        "method": _other_methods(mention, frame),
        "target": decision.target.losers,
        "date": _other_days(mention, frame),
        "place": decision.spot.losers,
        "killed": _other_tolls("killed", mention.killed, frame),
        "wounded": _other_tolls("wounded", mention.wounded, frame),
        "actor": _other_actors(mention, frame, reading),
    }
    return tuple(
        FieldReason(
            name=name,
            value=None if getattr(mention, name) is None else str(getattr(mention, name)),
            why=reasons[name],
            quotes=tuple(item for item in mention.evidence if item.field == _RESTS_ON.get(name, name)),
            losers=tuple(dict.fromkeys(losers.get(name, ()))),
        )
        for name in FIELDS
    )


def _tell_role(mention: Mention, reading: Reading) -> str:
    today = reading.calendar.today
    if today is None or mention.date is None:
        return "told first" if mention.role == "news" else "not the first that is told"
    days = (today - mention.date).days
    apart = "on the report's day" if days == 0 else f"{days} day{'s' if days != 1 else ''} before the report's day"
    return f"{apart} ({today.isoformat()})"


def _tell_hit(hit: Hit | None, name: str) -> str:
    return f"{hit.row['gloss'] or hit.row['pattern']} ({name}, line {hit.row.line})" if hit else _NO_HIT


def _tell_method(mention: Mention, decision: Decision) -> str:
    hit = decision.method_hit
    told = _tell_hit(hit, "triggers.tsv")
    if hit is not None and mention.method not in (hit.row["method"], "unknown"):
        return f"{told}, settled by who did it, how far, or another sentence"
    return told


def _tell_date(mention: Mention, decision: Decision) -> str:
    if decision.date_hit is not None:
        rule = next((item.rule for item in mention.evidence if item.field == "date"), None)
        return SAID if rule == SAID else "named with the attack"
    if mention.date is None:
        return "no day is named and the report has no time"
    return "not named: the day of the sentences before, else the report's own day"


def _tell_place(mention: Mention, decision: Decision) -> str:
    spot = decision.spot
    if spot.source is None:
        return "no place is named with the attack"
    if mention.place is None:
        return "only a country or a wide region is named"
    where = "in the headline" if spot.source == "title" else "in the text"
    return f"{mention.place_precision or 'place'}, named {where}; the narrowest, nearest to the words of attack"


def _tell_toll(value: int | None, frame: Frame) -> str:
    tolls = [toll for fact in frame.facts for toll in fact.tolls]
    if not tolls:
        return "no toll is told with it"
    if value is None:
        return "not told as a number"
    return "said to be none" if value == 0 else "the latest and fullest figure told with it"


def _other_methods(mention: Mention, frame: Frame) -> Iterable[str]:
    hits = [hit for candidate in frame.candidates for hit in candidate.triggers if hit.row["kind"] != "act"]
    return [hit.row["method"] for hit in hits if hit.row["method"] not in ("", mention.method)]


def _other_days(mention: Mention, frame: Frame) -> Iterable[str]:
    return [fact.day.isoformat() for fact in frame.facts if fact.day is not None and fact.day != mention.date]


def _other_tolls(kind: str, value: int | None, frame: Frame) -> Iterable[str]:
    tolls = [toll for fact in frame.facts for toll in fact.tolls if toll.kind == kind]
    return [str(toll.count) for toll in tolls if toll.count is not None and toll.count != value]


def _other_actors(mention: Mention, frame: Frame, reading: Reading) -> Iterable[str]:
    sentences = {id(candidate.sentence) for candidate in frame.candidates}
    hits = [hit for key in sentences for hit in reading.actors.get(key, ())]
    return [hit.id for hit in sorted(hits, key=lambda hit: hit.start) if hit.id and hit.id != mention.actor]


__all__ = ["FieldReason", "explain_fields"]
