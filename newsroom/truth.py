"""Turns the script into the list of truth, and what a run found into what it missed, invented and told twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from newsroom.script import CODED, Script, Told, happened_at

ALERTING = frozenset(("occurred", "intercepted"))
# Means that reports on one event mix up.
_FAMILIES = (
    frozenset(("ied", "mine", "vehicle_bomb")), frozenset(("suicide", "vehicle_bomb")),
    frozenset(("rocket", "mortar", "missile")), frozenset(("airstrike", "drone")), frozenset(("gunfire", "grenade")),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedIncident:
    """An incident that a run should find: every coded field, `date` among them, and the articles that tell it."""

    key: str
    fields: dict[str, Any]
    urls: tuple[str, ...]

    @property
    def alerts(self) -> bool:
        """Whether it is alertable by the default rules: news that occurred or was intercepted."""
        return self.fields["role"] == "news" and self.fields["status"] in ALERTING


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedArticle:
    """An article of the newsroom: what it reports (key → that article's own coded fields), or what trap it is."""

    id: str
    url: str
    outlet: str
    title: str
    text: str
    published: datetime
    language: str
    reports: dict[str, dict[str, Any]]
    trap: str | None
    copy_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    incidents: tuple[ExpectedIncident, ...]
    articles: tuple[ExpectedArticle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How alerted incidents compare with the truth, as ids and keys.

    missed: keys that should have alerted and did not; false: ids of alerted incidents that fit no alertable one;
    duplicate: ids beyond the first for the same key; found: key → id.
    """

    missed: tuple[str, ...]
    false: tuple[str, ...]
    duplicate: tuple[str, ...]
    found: dict[str, str]


def list_truth(script: Script, told: Iterable[tuple[Told, str]], starts: Sequence[datetime]) -> Truth:
    """List what `told` (articles with their addresses) should give; `starts` begin the rounds so far."""
    urls: dict[str, list[str]] = defaultdict(list)
    articles = []
    for each, url in told:
        for key in each.story.reports:
            urls[key].append(url)
        articles.append(_expect_article(script, each, url, starts))
    incidents = tuple(
        ExpectedIncident(key=key, fields=code_event(script, key, starts), urls=tuple(urls[key]))
        for key in script.events
        if key in urls
    )
    return Truth(incidents=incidents, articles=tuple(articles))


def code_event(script: Script, key: str, starts: Sequence[datetime]) -> dict[str, Any]:
    """The coded fields of an event, its date at the place."""
    event = script.events[key]
    day = happened_at(event, starts).astimezone(event.zone).date()
    if event.fields["date_precision"] in ("month", "year"):
        day = day.replace(day=1)
    return {**event.fields, "date": day}


def judge_alerts(truth: Truth, alerted: Mapping[str, Mapping[str, Any]]) -> Judgement:
    """Compare the incidents that alerted (id → coded fields) with the truth.

    A pair fits where the governorate (or, without one, the country) is the same, the day differs by one at most and
    the means are equal or commonly mixed up; of all pairs that fit, those with the most equal fields are taken first.
    """
    pairs = [
        (_agreement(fields, expected.fields), expected.key, id_)
        for id_, fields in alerted.items()
        for expected in truth.incidents
        if _fits(fields, expected.fields)
    ]
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, key, id_ in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if key not in found and id_ not in taken:
            found[key] = id_
            taken.add(id_)
    fitting = {id_ for _, _, id_ in pairs}
    alertable = {expected.key for expected in truth.incidents if expected.alerts}
    return Judgement(
        missed=tuple(sorted(alertable - found.keys())),
        false=tuple(sorted({id_ for id_ in alerted if id_ not in fitting} | _silent(found, alertable))),
        duplicate=tuple(sorted(fitting - taken)),
        found={key: id_ for key, id_ in found.items() if key in alertable},
    )


def _silent(found: dict[str, str], alertable: set[str]) -> set[str]:
    return {id_ for key, id_ in found.items() if key not in alertable}


def _fits(fields: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    if expected["admin1"] and fields.get("admin1"):
        same_place = fields["admin1"] == expected["admin1"]
    else:
        same_place = fields.get("country") == expected["country"]
    return (
        same_place and _near(fields.get("date"), expected["date"]) and _same_means(fields["method"], expected["method"])
    )


def _near(one: date | str | None, other: date) -> bool:
    if one is None:
        return False
    day = date.fromisoformat(one) if isinstance(one, str) else one
    return abs((day - other).days) <= 1


def _same_means(one: str, other: str) -> bool:
    if one == other or {one, other} & {"unknown", "other"}:
        return True
    return any(one in family and other in family for family in _FAMILIES)


def _agreement(fields: Mapping[str, Any], expected: Mapping[str, Any]) -> int:
    weights = {"place": 3, "target": 3, "method": 2, "status": 2, "role": 2}
    return sum(weights.get(name, 1) for name in CODED if fields.get(name) == expected.get(name))


def _expect_article(script: Script, told: Told, url: str, starts: Sequence[datetime]) -> ExpectedArticle:
    reports = {key: {**code_event(script, key, starts), **told.says.get(key, {})} for key in told.story.reports}
    return ExpectedArticle(
        id=told.story.id,
        url=url,
        outlet=told.story.outlet,
        title=told.title,
        text=told.body,
        published=told.published,
        language=told.story.language,
        reports=reports,
        trap=told.story.trap,
        copy_of=told.story.copy_of,
    )
