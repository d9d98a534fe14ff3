"""Turns an article's mentions into links to known incidents, each with its score, or none where the event is new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from extract.incidents.link_weights import side_of_incident, side_of_mention
from extract.incidents.linking import JOIN, LinkScore, score_link, score_sides, tells_same
from intake.copies import SAME_TEXT_DAYS
from store.candidates import Probe, find_candidates
from store.incidents import living_id, read_incidents
from store.mentions import read_article_tellings, read_tellings
from store.records import Incident, Mention, Telling

if TYPE_CHECKING:
    from sqlite_utils import Database

LOOKED_AT = 8  # candidates whose single reports are read
COARSE = -5.0  # below it no single report can save a candidate
SAME_ARTICLE = 2.0  # an edited article most likely tells of what it told before


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A mention's incident and how it came there."""

    incident_id: str
    score: LinkScore


def link_mentions(
    db: Database,
    mentions: Sequence[Mention],
    *,
    at: datetime,
    alike: Mapping[str, float],
    original_id: str | None,
    before: Sequence[str],
    pinned: Sequence[Telling] = (),
    publisher: str | None = None,
) -> list[Link | None]:
    """The link of each mention, None where it is a new incident; two mentions of one article never share one.

    `at` is the report's time, `alike` how much of the wording each known article shares, `original_id` the article
    that this one is a copy of, `before` the incidents that the article told of before it was edited, `pinned` what a
    person put to its incident then, which holds, `publisher` whose article it is.
    """
    told = read_article_tellings(db, original_id) if original_id else []
    scored: list[tuple[float, int, Link]] = []
    for position, mention in enumerate(mentions):
        aligned = align_date(mention, told)
        for incident, tellings in find_likely(db, aligned, at=at, told=told, before=before):
            score = score_link(
                aligned, incident, tellings, reported=at.date(),
                likeness=max((alike.get(t.root_id, 0.0) for t in tellings), default=0.0),
                publisher=None if incident.id in before else publisher,
            )  # fmt: skip
            if incident.id in before:
                score = add_reason(score, "same_article", SAME_ARTICLE)
            if score.total >= JOIN:
                scored.append((score.total, position, Link(incident_id=incident.id, score=score)))
    links: list[Link | None] = [None] * len(mentions)
    for telling in pinned:
        same = (p for p, m in enumerate(mentions) if links[p] is None and tells_same(m, telling.mention, days=1))
        match = next(same, None)
        if match is not None and telling.incident_id:
            links[match] = Link(incident_id=telling.incident_id, score=LinkScore(total=0.0, reasons={"pinned": 0.0}))
    taken = {link.incident_id for link in links if link}
    for _, position, link in sorted(scored, key=lambda item: (-item[0], item[1], item[2].incident_id)):
        if links[position] is None and link.incident_id not in taken:
            links[position] = link
            taken.add(link.incident_id)
    return links


def link_home(db: Database, links: list[Link | None], homes: Sequence[str | None]) -> None:
    """Link mentions to the incidents that they once belonged to, or to what these were merged into; each only once."""
    taken = {link.incident_id for link in links if link}
    for position, incident_id in enumerate(homes):
        home = living_id(db, incident_id) if incident_id else None
        if home is not None and home not in taken:
            links[position] = Link(incident_id=home, score=LinkScore(total=0.0, reasons={"same_article": 0.0}))
            taken.add(home)


def align_date(mention: Mention, told: Sequence[Telling]) -> Mention:
    """In a copy "today" is the original's day: take it over where the two lie a few days apart."""
    if mention.date is None:
        return mention
    near = [
        t.mention for t in told
        if t.mention.date and 0 < abs((t.mention.date - mention.date).days) <= SAME_TEXT_DAYS
        and t.mention.place == mention.place and t.mention.method == mention.method
    ]  # fmt: skip
    return replace(mention, date=near[0].date, date_precision=near[0].date_precision) if len(near) == 1 else mention


def find_likely(
    db: Database, mention: Mention, *, at: datetime, told: Sequence[Telling], before: Sequence[str]
) -> list[tuple[Incident, list[Telling]]]:
    """The candidates that a first look at their merged fields leaves, with what their reports tell."""
    mine = side_of_mention(mention, at.date())
    rough = {incident.id: incident for incident in find_candidates(db, probe_of(mention, at))}
    known = [t.incident_id for t in told if t.incident_id] + [*before]
    missing = [incident_id for incident_id in known if incident_id not in rough]
    if missing:
        rough.update(read_incidents(db, missing))
    ranked = sorted(
        ((score_sides(mine, side_of_incident(incident)).total, incident.id) for incident in rough.values()),
        key=lambda pair: (-pair[0], pair[1]),
    )
    chosen = [incident_id for total, incident_id in ranked[:LOOKED_AT] if total >= COARSE]
    chosen += [incident_id for incident_id in known if incident_id in rough and incident_id not in chosen]
    tellings = read_tellings(db, chosen)
    return [(rough[incident_id], tellings[incident_id]) for incident_id in chosen]


def probe_of(fields: Mention | Incident, at: datetime) -> Probe:
    """Where to look for what a mention or an incident tells."""
    return Probe(
        date=fields.date, date_precision=fields.date_precision, country=fields.country, admin1=fields.admin1,
        lat=fields.lat, lon=fields.lon, at=at,
    )  # fmt: skip


def add_reason(score: LinkScore, name: str, weight: float) -> LinkScore:
    """A score with one more reason."""
    return LinkScore(total=round(score.total + weight, 2), reasons={**score.reasons, name: weight})
