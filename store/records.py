"""The records that flow through Marsad, one frozen class a stage: outlet, page, article, mention, incident, alert.

Times are aware UTC; unknown is None. Offsets count Unicode code points.
Coded fields follow the codebook (docs/codebook.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publisher's site as the catalogue describes it, with the user's overrides applied."""

    id: str
    name_ar: str
    name_en: str
    home: str
    publisher: str  # family: outlets of one publisher count once
    ownership: str  # state | party | militia | private | public | unknown
    country: str  # ISO 3166-1 alpha-2
    time_zone: str  # IANA name
    kind: str  # feed | sitemap | section | telegram
    urls: tuple[str, ...]
    every_seconds: int
    allowed_hosts: tuple[str, ...]
    enabled: bool = True
    link_css: str | None = None  # section pages: which links are articles
    body_css: str | None = None
    title_css: str | None = None
    date_css: str | None = None
    user_agent: str | None = None
    proxy: str | None = None
    allow_private_hosts: bool = False
    render: bool = False  # its pages are written by scripts: a browser reads them
    known_from: str | None = None  # where the entry's facts were read
    verified: str | None = None  # ISO day on which it was last seen live, None: never


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """What a feed, sitemap or section page says of an article before its page is fetched."""

    url: str
    title: str | None = None
    published: datetime | None = None
    summary: str | None = None  # plain text
    text: str | None = None  # full body as plain text, where the feed carries it
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One fetched page (or the feed's own item, where the page was refused), as it came."""

    outlet_id: str
    url: str  # canonical
    requested_url: str
    status: int | None  # HTTP status; None: no answer
    content_type: str | None  # header's value, charset included
    body: bytes | None
    fetched_at: datetime
    item: FeedItem | None = None
    problem: str | None = None  # why there is no usable body: blocked, timeout, too_large …
    headers: tuple[tuple[str, str], ...] = ()  # of the answer, as they came
    packed: bytes | None = None  # on its way to a worker: the body as it is kept (store.packing), `body` is None then


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An Arabic article as extracted from a page."""

    outlet_id: str
    url: str
    title: str | None
    text: str
    published: datetime | None
    published_precision: str | None  # second | day | None where published is None
    published_from: str | None  # jsonld | feed | meta | sitemap | html | text
    author: str | None
    language: str
    text_from: str = "page"  # page | feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A page that gave no article, with the reason (a word of docs/reasons.md)."""

    outlet_id: str
    url: str
    reason: str
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the coder reads: one report's own words and time, whatever it came from."""

    id: str
    title: str | None
    text: str
    published: datetime | None
    outlet: str | None = None
    url: str | None = None
    published_precision: str = "second"  # second | day


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words that a coded field rests on: `(title|text)[start:end] == quote`."""

    field: str
    source: str  # title | text
    quote: str
    start: int
    end: int
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One incident as one report tells it, every field per the codebook."""

    role: str
    status: str
    method: str
    target: str
    date: date | None
    date_precision: str
    country: str | None
    admin1: str | None
    place: str | None
    lat: float | None
    lon: float | None
    munitions: int | None
    killed: int | None
    wounded: int | None
    actor: str | None
    claim: str
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    # what linking and standing need beyond the codebook
    place_precision: str | None = None  # site | town | district | governorate | country
    raw_place: str | None = None  # the report's words where the gazetteer does not know the place
    second_attack: bool = False  # the report says that this is another attack on the same target
    official: bool = False  # an authority confirms it in this report


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something kept silently: a threat, a warning, an explosion that nobody calls an attack."""

    kind: str  # threat | warning | explosion | drill | sighting
    quote: str
    source: str
    start: int
    end: int
    date: date | None = None
    country: str | None = None
    admin1: str | None = None
    place: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceReason:
    """Why one sentence gave no incident (threat, background, denial, count, no_place …)."""

    source: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """All that the coder found in one report."""

    language: str | None
    mentions: tuple[Mention, ...] = ()
    notices: tuple[Notice, ...] = ()
    reasons: tuple[SentenceReason, ...] = ()
    coder_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One real event, as all its reports together tell it."""

    id: str
    role: str
    status: str
    standing: str  # reported | corroborated | confirmed | disputed | retracted
    method: str
    target: str
    date: date | None
    date_precision: str
    country: str | None
    admin1: str | None
    place: str | None
    lat: float | None
    lon: float | None
    place_precision: str | None
    munitions: int | None
    killed: int | None
    killed_low: int | None
    killed_high: int | None
    wounded: int | None
    wounded_low: int | None
    wounded_high: int | None
    actor: str | None
    claim: str
    confidence: float
    reports: int
    publishers: int
    first_published_at: datetime | None
    first_seen_at: datetime
    updated_at: datetime
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One stored mention with what weighs in its favour: whose it is and when it was said."""

    mention_id: int
    mention: Mention  # without its evidence
    incident_id: str | None
    article_id: str
    root_id: str  # the first carrier of the text; the article itself where it is no copy
    publisher: str  # of the first carrier, so that a copy adds no voice
    at: datetime  # published, or first seen where that is unknown
    published: datetime | None
    first_seen_at: datetime
    title: str | None
    pinned: bool = False  # a person put it to its incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """An incident that proved to be the same as an older one, and the channels that were told either of them."""

    newer: Incident  # as it was told, under the id that now redirects
    told_newer: frozenset[str]
    told_older: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one report did to one incident, handed from intake to the alert rules."""

    incident: Incident
    before: Incident | None  # None: the incident is new
    mention: Mention
    article: Article
    article_id: str
    outlet: Outlet
    changed: tuple[str, ...] = field(default=())  # names of fields whose value changed materially
    joined: Joined | None = None  # what was merged into it on this occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """One message that one channel is to get, as it goes into the outbox; `key` is unique for ever."""

    key: str
    kind: str  # new | update | correction | retraction | dispute | confirmation | notice | digest | health | heartbeat
    channel: str
    due_at: datetime
    state: str = "queued"  # queued | held | suppressed
    incident_id: str | None = None
    article_id: str | None = None
    rule: str | None = None  # the rule of the settings that was met; None: the default one
    urgent: bool = False  # passes quiet hours, barrage and cap
    published_at: datetime | None = None
    first_seen_at: datetime | None = None
    payload: dict[str, object] = field(default_factory=dict)  # what the wording needs, plain JSON values
