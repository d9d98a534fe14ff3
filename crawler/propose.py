"""Turns the address of an outlet's home page, or of any of its listings, into a complete entry for settings.toml."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.addresses import is_public_address, literal_address
from crawler.catalogue import find_outlet, hosts_of
from crawler.crawl import Crawler
from crawler.listing import Source
from crawler.outcomes import describe_outcome
from crawler.plaintext import plain_line
from crawler.preview import ENOUGH_ARABIC, SourcePreview, preview_source
from crawler.sections import find_base, parse_html
from crawler.telegram import MESSAGE
from crawler.urls import absolute_url, channel_of, is_telegram, site_of
from store.errors import CrawlError
from store.records import Outlet

FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
NOT_THE_NEWS = re.compile(r"comment|تعليق", re.IGNORECASE)  # "comment"
# Where feeds and news sitemaps commonly are, asked only when the page names none.
COMMON_FEEDS = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/ar/rss.xml", "/ar/rss")
MOST_STATED = 5
COMMON_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml")
STATED_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S*news\S*)", re.IGNORECASE | re.MULTILINE)  # in robots.txt
CHANNEL_NAME = re.compile(r"@\w{3,64}", re.ASCII)
PRIVATE_CHANNELS = frozenset({"c", "joinchat"})  # /c/123/4 and /joinchat/…: what invitations lead to
FEWEST_ITEMS = 3
HOME_WORDS = frozenset({"الرئيسية", "الصفحة الرئيسية", "home", "homepage"})  # "(the) main (page)"
# What a site that does not speak https does.
UNENCRYPTED_AFTER = frozenset({"unreachable", "bad_tls", "bad_certificate", "connection_lost", "timeout"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A complete entry, what it would find now, and what a person should look at before using it."""

    outlet: Outlet
    preview: SourcePreview
    tried: tuple[SourcePreview, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What an address alone, and the page behind it, say of an outlet."""

    start: Outlet
    names: tuple[str | None, str | None]  # Arabic, Latin
    candidates: tuple[tuple[str, str], ...]  # kind and address of what may list its articles, best first
    said: str  # what came of the page where it could not be had


async def propose_outlet(
    crawler: Crawler, url: str, *, now: datetime, every_seconds: int, max_bytes: int, known: Sequence[Outlet] = ()
) -> Proposal:
    """Find how an outlet can be watched: by a declared feed, one in the usual places, a news sitemap, or its links.

    `known` are the outlets that there are. Raises CrawlError, with the reason in plain words, where nothing that lists
    articles is found.
    """
    survey = await survey_address(crawler, url, now, every_seconds, frozenset(outlet.id for outlet in known))
    start, names = survey.start, survey.names
    tried: list[SourcePreview] = []
    for kind, candidate in survey.candidates:
        outlet = replace(
            start,
            kind=kind,
            urls=(candidate,),
            allowed_hosts=hosts_of(start.home, candidate),
            # The person named one host; a page must not lead us to another private one.
            allow_private_hosts=urlsplit(candidate).netloc == urlsplit(start.home).netloc,
        )
        preview, _ = await preview_source(crawler, outlet, candidate, now=now, max_bytes=max_bytes)
        tried.append(preview)
        if preview.works and len(preview.items) >= FEWEST_ITEMS:
            named = replace(outlet, name_ar=names[0] or start.name_ar, name_en=names[1] or start.name_en)
            named, family = join_family(named, known)
            notes = (*family, *find_notes(named, preview))
            return Proposal(outlet=named, preview=preview, tried=tuple(tried), notes=notes)
    told = survey.said + "; ".join(f"{preview.url}: {preview.means}" for preview in tried[:3])
    raise CrawlError(start.id, f"nothing found that lists articles ({told})")


async def survey_address(
    crawler: Crawler, url: str, now: datetime, every_seconds: int, taken: frozenset[str]
) -> Survey:
    """Look at an address, and fetch the page behind it where that is no channel's."""
    start = blank_outlet(url, every_seconds, taken)
    if start.kind == "telegram":
        return Survey(start=start, names=(None, None), candidates=(("telegram", start.urls[0]),), said="")
    front = await fetch_front(crawler, start, now)
    if front.outcome in UNENCRYPTED_AFTER and "://" not in url:  # many an old site knows http alone
        start = blank_outlet(f"http://{url}", every_seconds, taken)
        front = await fetch_front(crawler, start, now)
    said = "" if front.outcome == "ok" else f"{start.urls[0]}: {describe_outcome(front.outcome, front.detail)}; "
    return Survey(
        start=start,
        names=(None, None) if front.root is None else find_names(front.root),
        candidates=tuple(list_candidates(start, front, await find_stated_sitemaps(crawler, start))),
        said=said,
    )


def join_family(outlet: Outlet, known: Sequence[Outlet]) -> tuple[Outlet, tuple[str, ...]]:
    """Return an outlet as one of the publisher whose host it shares, with what is to be said of that."""
    kin = find_outlet(known, outlet.urls[0]) or find_outlet(known, outlet.home)
    if kin is None:
        return outlet, ()
    joined = replace(
        outlet, publisher=kin.publisher, ownership=kin.ownership, country=kin.country, time_zone=kin.time_zone
    )
    off = "" if kin.enabled else ", but switched off"
    told = (
        f"{kin.id} is of the same host and known already{off} ({', '.join(kin.urls)}): the publisher is taken from it"
    )
    return joined, (told,)


def blank_outlet(url: str, every_seconds: int, taken: frozenset[str]) -> Outlet:
    """Return what an address alone says of an outlet; CrawlError where it is none."""
    if CHANNEL_NAME.fullmatch(url):
        url = f"https://t.me/s/{url[1:]}"
    joined = absolute_url(url if "://" in url else f"https://{url}")
    if joined is None:
        raise CrawlError(url, "is no web address")
    parts = urlsplit(joined)
    host = (parts.hostname or "").removeprefix("www.")
    country, zone = settle_place(host)
    kind, urls, name = "section", (joined,), name_outlet(host, taken)
    if is_telegram(joined):
        channel = channel_of(joined)
        if channel is None:
            raise CrawlError(url, "names no channel: https://t.me/s/NAME does")
        if channel.startswith("+") or channel in PRIVATE_CHANNELS:
            raise CrawlError(url, "is of a private channel or group, which has no preview")
        kind, urls, name = "telegram", (f"https://t.me/s/{channel}",), name_outlet(f"{channel}_telegram.x", taken)
    return Outlet(
        id=name,
        name_ar=host,
        name_en=host,
        home=urls[0] if kind == "telegram" else f"{parts.scheme}://{parts.netloc}/",
        publisher=name,
        ownership="unknown",
        country=country,
        time_zone=zone,
        kind=kind,
        urls=urls,
        every_seconds=every_seconds,
        allowed_hosts=hosts_of(*urls),
        allow_private_hosts=True,  # a person named the address; the entry proposed does not carry it
        known_from="proposed from its address",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The page that was named, as it came."""

    url: str  # after redirects: what its links count from
    root: HtmlElement | None  # None: it is not HTML, or cannot be had
    outcome: str
    detail: str | None


async def fetch_front(crawler: Crawler, outlet: Outlet, now: datetime) -> Front:
    """Fetch the page that was named."""
    answer = await crawler.fetch_answer(outlet.urls[0], outlet)
    content_type = answer.headers.get("content-type", "")
    url, root = answer.final_url, None
    if answer.status is not None and answer.status < 400 and "html" in content_type:
        root = parse_html(Source(outlet=outlet, url=url, content_type=content_type, body=answer.body, now=now))
        url = url if root is None else find_base(root, url)
    return Front(url=url, root=root, outcome=answer.outcome, detail=answer.detail)


async def find_stated_sitemaps(crawler: Crawler, outlet: Outlet) -> tuple[str, ...]:
    """Return the news sitemaps that a site's robots.txt names."""
    answer = await crawler.fetch_answer(urljoin(outlet.home, "/robots.txt"), outlet)
    if answer.status != 200:
        return ()
    stated = STATED_SITEMAP.findall(answer.body.decode("utf-8", "replace"))
    joined = (absolute_url(address, outlet.home) for address in stated[:MOST_STATED])
    return tuple(address for address in joined if address)


def list_candidates(outlet: Outlet, front: Front, sitemaps: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return what may list the outlet's articles, best first: what the page declares, the usual places, the page."""
    url, root = outlet.urls[0], front.root
    seen: set[str] = set()
    declared = list(declared_feeds(root, front.url)) if root is not None else []
    if root is not None and root.xpath(MESSAGE):  # a channel's preview by way of another host
        yield "telegram", url
    home = outlet.home
    guesses = [
        *(("feed", feed) for feed in declared),
        *((("feed", url), ("sitemap", url)) if root is None else ()),
        *(("feed", urljoin(home, path)) for path in (COMMON_FEEDS if not declared else ())),
        *(("sitemap", sitemap) for sitemap in (*sitemaps, *(urljoin(home, path) for path in COMMON_SITEMAPS))),
        *((("section", url),) if root is not None else ()),
    ]
    for kind, candidate in guesses:
        if f"{kind} {candidate}" not in seen:
            seen.add(f"{kind} {candidate}")
            yield kind, candidate


def declared_feeds(root: HtmlElement, url: str) -> Iterator[str]:
    """Return the feeds that a page names in <link rel=alternate>, those of comments left out."""
    for link in root.iter("link"):
        if "alternate" not in (link.get("rel") or "").lower() or (link.get("type") or "").lower() not in FEED_TYPES:
            continue
        joined = absolute_url(link.get("href") or "", url)
        if joined and not NOT_THE_NEWS.search(f"{joined} {link.get('title') or ''}"):
            yield joined


def find_names(root: HtmlElement) -> tuple[str | None, str | None]:
    """Return a site's name in Arabic and in Latin letters, each None where its page does not say it."""
    stated = [str(value) for value in root.xpath("//meta[@property='og:site_name']/@content")]
    titles = [str(title) for title in root.xpath("//title/text()")]
    pieces = [plain_line(piece) for text in [*stated, *titles] for piece in re.split(r"\s[|\-–—:]\s", text)]
    names = [piece for piece in pieces if piece and len(piece) <= 60 and piece.lower() not in HOME_WORDS]
    arabic = next((name for name in names if re.search("[\u0600-\u06ff]", name)), None)
    latin = next((name for name in names if not re.search("[\u0600-\u06ff]", name)), None)
    return arabic, latin


def find_notes(outlet: Outlet, preview: SourcePreview) -> Iterator[str]:
    """Say what a person should settle."""
    if preview.arabic is not None and preview.arabic < ENOUGH_ARABIC:
        yield f"only {preview.arabic:.0%} of its letters are Arabic: is there an Arabic edition?"
    if not outlet.country:
        yield "country and time_zone are not known: times without a zone are read as UTC"
    if outlet.kind == "section":
        yield "no feed was found: if wrong links are taken, name the right ones with link_css"
    if all(item.item.published is None for item in preview.items):
        yield "its listing gives no times: they will be read from the pages"
    if outlet.ownership == "unknown":
        yield "publisher and ownership are yours to fill in: outlets of one publisher count as one voice"


def name_outlet(host: str, taken: frozenset[str] | set[str]) -> str:
    """Return a free id made of a host's telling label; an address in numbers tells nothing."""
    label = "" if literal_address(host) else site_of(host).partition(".")[0].lower()
    base = re.sub(r"[^a-z0-9_-]+", "_", label).strip("_-") or "outlet"
    number, name = 2, base
    while name in taken:
        name, number = f"{base}{number}", number + 1
    return name


def settle_place(host: str) -> tuple[str, str]:
    """Return the country and time zone that a host's last label stands for; "" and UTC where it names none."""
    country, zone = load_places().get(host.rpartition(".")[2], ("", "UTC"))
    return country, zone


@cache
def load_places() -> dict[str, tuple[str, str]]:
    """Read the table of top-level domains once."""
    table = tomllib.loads(files("crawler").joinpath("data/top_level_domains.toml").read_text(encoding="utf-8"))
    return {label: (country, zone) for label, (country, zone) in table.items()}


def entry_toml(outlet: Outlet) -> str:
    """Return an outlet as the table that settings.toml takes."""
    names = ("name_ar", "name_en", "home", "publisher", "ownership", "country", "time_zone", "kind")
    lines = [f"{name} = {quoted(value)}" for name in names if (value := getattr(outlet, name))]
    lines.insert(0, f"[outlets.{outlet.id}]")
    lines.append("urls = [" + ", ".join(quoted(url) for url in outlet.urls) + "]")
    if set(outlet.allowed_hosts) != set(hosts_of(outlet.home, *outlet.urls)):
        lines.append("allowed_hosts = [" + ", ".join(quoted(host) for host in outlet.allowed_hosts) + "]")
    if outlet.allow_private_hosts and is_private_place(outlet.home):  # never for an address out of somebody's list
        lines.append("allow_private_hosts = true")
    return "\n".join(lines) + "\n"


def is_private_place(url: str) -> bool:
    """Tell whether an address names this machine or a private network outright; a name's addresses are not asked."""
    host = urlsplit(url).hostname or ""
    literal = literal_address(host)
    return (
        host == "localhost" or host.endswith(".localhost") or (literal is not None and not is_public_address(literal))
    )


def quoted(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
