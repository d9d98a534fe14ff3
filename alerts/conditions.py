"""Turns one rule of the settings and the facts of one incident into yes or no."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from store.alert_settings import Near, Rule
from store.records import Incident, Outlet

EARTH_KM = 6371.0088  # mean radius, IUGG
Fold = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a rule may look at: the incident as all reports tell it, and the report at hand."""

    kind: str
    incident: Incident
    outlet: Outlet | None = None
    title: str = ""
    text: str = ""
    quotes: tuple[str, ...] = ()
    notice: str | None = None  # the kind of a notice; None for an incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """What the reading of rules needs beside the facts."""

    fold: Fold = str.casefold  # the folding that search uses
    parents: Mapping[str, str] = field(default_factory=dict)  # group id → the group that it fronts for

    def lineage(self, actor: str) -> Iterator[str]:
        """The group and all that stand behind it; a loop in the data ends the walk."""
        seen: set[str] = set()
        current: str | None = actor
        while current and current not in seen:
            seen.add(current)
            yield current
            current = self.parents.get(current)


DEFAULT_RULE = Rule(
    role=("news",), status=("occurred", "intercepted"), standing=("reported", "corroborated", "confirmed")
)
_IMPLIED = ("role", "status", "standing")


def named_keys(rule: Rule) -> frozenset[str]:
    """Every key that `rule` or a condition within it names."""
    keys = set(rule.model_fields_set)
    inner = [*(rule.all or ()), *(rule.any or ()), *((rule.not_,) if rule.not_ else ())]
    return frozenset(keys.union(*(named_keys(part) for part in inner)))


def meets_rule(rule: Rule, facts: Facts, matching: Matching) -> bool:
    """Whether the facts meet `rule`, with the default for role, status and standing where it names none of a kind."""
    named = named_keys(rule)
    if facts.notice is not None and "notice" not in named:
        return False  # threats, warnings and explosions are told only where a rule asks for them
    if facts.notice is None:
        for key in _IMPLIED:
            if key not in named and getattr(facts.incident, key) not in getattr(DEFAULT_RULE, key):
                return False
    return meets(rule, facts, matching)


def meets(rule: Rule, facts: Facts, matching: Matching) -> bool:
    """Whether every condition that `rule` states holds."""
    if rule.all is not None and not all(meets(part, facts, matching) for part in rule.all):
        return False
    if rule.any is not None and not any(meets(part, facts, matching) for part in rule.any):
        return False
    if rule.not_ is not None and meets(rule.not_, facts, matching):
        return False
    return all(_checks(rule, facts, matching))


def _checks(rule: Rule, facts: Facts, matching: Matching) -> Iterator[bool]:
    incident, outlet = facts.incident, facts.outlet
    for key in ("role", "status", "standing", "country", "admin1", "method", "target", "claim"):
        wanted = getattr(rule, key)
        if wanted is not None:
            yield getattr(incident, key) in wanted
    if rule.place is not None:
        yield incident.place is not None and matching.fold(incident.place) in map(matching.fold, rule.place)
    if rule.near is not None:
        yield any(_is_near(incident, circle) for circle in rule.near)
    if rule.actor is not None:
        yield incident.actor is not None and not set(rule.actor).isdisjoint(matching.lineage(incident.actor))
    if rule.casualties_min is not None:
        known = [count for count in (incident.killed, incident.wounded) if count is not None]
        yield bool(known) and sum(known) >= rule.casualties_min
    for key in ("killed", "wounded", "munitions", "confidence", "publishers"):
        least, value = getattr(rule, f"{key}_min"), getattr(incident, key)
        if least is not None:
            yield value is not None and value >= least
    if rule.ownership is not None:
        yield outlet is not None and outlet.ownership in rule.ownership
    if rule.outlet is not None:
        yield outlet is not None and outlet.id in rule.outlet
    if rule.kind is not None:
        yield facts.kind in rule.kind
    if rule.notice is not None:
        yield facts.notice in rule.notice
    if rule.words is not None:
        yield _has_words(rule.words, _searched(rule, facts), matching.fold)


def _searched(rule: Rule, facts: Facts) -> list[str]:
    parts: dict[str, Iterable[str]] = {"title": (facts.title,), "text": (facts.text,), "quotes": facts.quotes}
    return [text for name in rule.words_in for text in parts[name]]


# A word may carry Arabic's attached particles: and, so, with/in, like, to/for, the.
_ATTACHED = "(?:[وف])?(?:[بكل])?(?:ال|لل|ل)?"


def _has_words(words: Iterable[str], texts: Iterable[str], fold: Fold) -> bool:
    folded = [" ".join(fold(text).split()) for text in texts]
    for word in words:
        pattern = re.compile(rf"(?<!\w){_ATTACHED}{re.escape(' '.join(fold(word).split()))}")
        if any(pattern.search(text) for text in folded):
            return True
    return False


def _is_near(incident: Incident, circle: Near) -> bool:
    if incident.lat is None or incident.lon is None:
        return False
    return distance_km(incident.lat, incident.lon, circle.lat, circle.lon) <= circle.km


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in kilometres between two points in WGS84 degrees (haversine)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))
