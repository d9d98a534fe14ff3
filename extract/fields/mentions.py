"""Turns one frame of a report into a coded mention, or into the reason why it is no incident."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from extract.actors.attribution import Attribution, Attributions
from extract.actors.table import ActorHit
from extract.dates import DateHit
from extract.events.frames import Facts, Frame
from extract.events.twins import SAID
from extract.fields.confidence import describe_mention, load_models, rate
from extract.fields.counting import Quotes, code_munitions, code_toll
from extract.fields.days import Calendar
from extract.fields.means import default_target, make_context, refine_method
from extract.fields.methods import choose_method
from extract.fields.occasions import check_background, choose_day, choose_role
from extract.fields.reality import Status, judge_status
from extract.fields.spots import Spot, choose_spot
from extract.fields.targets import TargetChoice, choose_target
from extract.layout import Document
from extract.lexicon import Hit
from extract.silence.objections import find_objection
from extract.silence.references import is_in_passing, is_recall_without_day, is_too_vague
from store.records import Mention, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The choices that made a mention, each with the candidates that lost."""

    status: Status
    spot: Spot
    method_hit: Hit | None
    date_hit: DateHit | None
    target: TargetChoice
    attribution: Attribution


@dataclass(slots=True, kw_only=True)
class Reading:
    """What the coder knows of a whole report when it codes one frame."""

    report: Report
    document: Document
    calendar: Calendar
    country: str | None
    actors: dict[int, list[ActorHit]]
    frames: list[Frame]
    facts: list[Facts] = field(default_factory=list)
    attributions: Attributions = field(default_factory=lambda: Attributions({}))
    features: list[dict[str, float]] = field(default_factory=list)  # of each mention weighed, for fitting the models
    decisions: dict[int, Decision] = field(default_factory=dict)  # what made each mention, by the identity of the frame
    unlikely: list[tuple[float, Mention, Frame]] = field(default_factory=list)  # mentions dropped, with their chance
    attacks: int = 0  # how many sentences of the report speak of an attack or a weapon
    crime: bool = False  # the headline tells of a feud or a crime
    trial: bool = False  # the headline or the lead tells of a court
    tale: bool = False  # the headline or the lead tells of a memory, a work of art, a monument …
    drill: bool = False  # the headline or the lead tells of a drill
    untold: bool = False  # the headline names neither an attack nor a weapon nor victims
    hoaxes: frozenset[str] = frozenset()  # whether it says that an alarm was false, or what was spread is not so
    sport: int = 0  # how many different words of sport the report has
    explained: str | None = None  # the report traces the noise to an accident or a drill


_OF_A_WAR = 500  # rockets: so many are a war's, not one attack's


def make_mention(frame: Frame, reading: Reading) -> Mention | str:
    """Code `frame`; a string is the reason why it is no incident."""
    candidates = frame.candidates
    status = judge_status(candidates)
    if status.status is None:
        return status.reason
    reason = find_objection(frame, reading)
    if reason:
        return reason
    spot = choose_spot(frame, reading)
    method, method_hit = choose_method([hit for candidate in candidates for hit in candidate.real])
    if status.status == "disputed":
        denied = [hit for candidate in candidates for hit in candidate.triggers if candidate.cover_of(hit) == "denial"]
        method, method_hit = choose_method(denied) if denied else (method, method_hit)
    if status.status in ("foiled", "disputed", "intercepted") and method == "unknown":
        method, method_hit = choose_method([hit for candidate in candidates for hit in candidate.triggers])
    day, precision, date_hit = choose_day(frame, reading)
    role = choose_role(frame, day, precision, reading)
    objection = check_background(role, day, precision, spot, reading)
    if objection:
        return objection
    if spot.country is None:
        return "no place"
    if method == "mine" and not (frame.killed or frame.wounded):
        return "a mine or remnant without victims"
    if is_recall_without_day(frame, reading, day_named=date_hit is not None):
        return "recalled without a date"
    if status.status == "foiled" and spot.admin1 is None and date_hit is None:
        return "too vague"  # "devices are found before they go off": a habit
    if is_too_vague(frame, spot, day_named=date_hit is not None, reading=reading):
        return "too vague"
    told_of = status.status in ("occurred", "intercepted")
    if reading.untold and told_of and is_in_passing(frame, reading, day_named=date_hit is not None):
        return "told in passing"  # the report's news is something else
    attribution = reading.attributions.of(frame)
    target = choose_target(candidates, make_context(reading, spot, method, frame))
    method = refine_method(method, method_hit, attribution, spot, frame, reading)
    target = default_target(target, method, attribution, frame)
    reading.decisions[id(frame)] = Decision(
        status=status, spot=spot, method_hit=method_hit, date_hit=date_hit, target=target, attribution=attribution
    )
    return build_mention(
        frame, reading, status, spot, method, method_hit, (day, precision, date_hit), role, target, attribution
    )


def build_mention(
    frame: Frame,
    reading: Reading,
    status: Status,
    spot: Spot,
    method: str,
    method_hit: Hit | None,
    when: tuple[date | None, str, DateHit | None],
    role: str,
    target: TargetChoice,
    attribution: Attribution,
) -> Mention | str:
    quotes = Quotes(reading.document)
    lead = frame.lead.candidate
    day, precision, date_hit = when
    quotes.add("incident", lead.source, lead.start, lead.end)
    if method_hit is not None:
        quotes.add("method", _source_of(frame, method_hit), method_hit.start, method_hit.end)
    if target.hit is not None and target.source:
        quotes.add("target", target.source, target.hit.start, target.hit.end)
    if date_hit is not None:
        said = any(fact.date_hit is date_hit and fact.said for fact in frame.facts)
        quotes.add("date", _source_of_fact(frame, date_hit), date_hit.start, date_hit.end, SAID if said else None)
    if spot.source is not None:
        quotes.add("place", spot.source, spot.start, spot.end)
    if attribution.hit is not None:
        quotes.add(
            "actor", attribution.hit.sentence.source, attribution.hit.start, attribution.hit.end, attribution.rule
        )
    if status.hit is not None:
        quotes.add("status", status.source, status.hit.start, status.hit.end, status.reason)
    killed, wounded = code_toll(frame, reading, quotes, on_militants=target.target == "armed_group")
    munitions = code_munitions(frame, reading, method, quotes)
    if munitions is not None and munitions > _OF_A_WAR:
        return "count"
    mention = Mention(
        role=role, status=status.status or "occurred", method=method, target=target.target,
        date=day, date_precision=precision if day else "unknown",
        country=spot.country, admin1=spot.admin1, place=spot.place, lat=spot.lat, lon=spot.lon,
        munitions=munitions, killed=killed, wounded=wounded, actor=attribution.actor, claim=attribution.claim,
        confidence=0.5, evidence=tuple(quotes.found), place_precision=spot.precision, raw_place=spot.raw,
        second_attack=any("again" in c.signs for c in frame.candidates),
    )  # fmt: skip
    features = describe_mention(mention, frame, reading)
    reading.features.append(features)
    decision = load_models()["decision"]
    threshold, least = decision["threshold"], decision["least"]
    particular = frame.is_exact and any(place.rank <= 0 for place in frame.spots) and date_hit is not None
    if frame.lead.listed or lead.clauses[0].slot:
        threshold = least = 0.0
    elif particular or (frame.in_headline and frame.strength >= 3):
        threshold /= 3  # the headline tells of an attack by a named means: little doubt is left
    elif role == "background" and frame.is_exact and date_hit is not None and spot.source is not None:
        threshold /= 4  # recalled with its means, its day or month and its place
    elif role == "news" and frame.is_exact and frame.lead.candidate.has_toll and (killed or wounded):
        threshold *= 0.7  # a named means and its victims in one breath
    chance = rate("incident", features)
    mention = replace(mention, confidence=round(rate("confidence", features), 3))
    if chance < threshold or rate("right", features) < least:
        reading.unlikely.append((chance, mention, frame))
        return "unlikely"
    return mention


def _source_of(frame: Frame, hit: Hit) -> str:
    return next((c.source for c in frame.candidates if hit in c.triggers), frame.lead.candidate.source)


def _source_of_fact(frame: Frame, hit: DateHit) -> str:
    return next((fact.candidate.source for fact in frame.facts if fact.date_hit is hit), frame.lead.candidate.source)


__all__ = ["Reading", "make_mention"]
