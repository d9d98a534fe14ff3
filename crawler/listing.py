"""The shape that each kind of discovery gives: the items that a source lists, and where more is to be found."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from crawler.urls import absolute_url, canonical_url, is_own_host, requestable_url
from store.records import FeedItem, Outlet

# How far into the future a publication time may lie before it is taken for a clock or zone that is wrong.
CLOCK_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One answer of a source, with what reading it needs."""

    outlet: Outlet
    url: str  # after redirects: what relative links count from
    content_type: str | None
    body: bytes
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One item as a source lists it."""

    url: str  # canonical
    requested_url: str
    item: FeedItem
    stamp: str  # changes when the source says that the article changed
    whole: bool = False  # the item is all there is: no page to fetch
    snippet: bytes | None = None  # the item's own HTML, kept as evidence where there is no page


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one source lists."""

    items: tuple[Listed, ...] = ()
    more: tuple[str, ...] = ()  # further sources: child sitemaps, the next page of a section
    problem: str | None = None  # an outcome word where the source was of no use
    detail: str | None = None
    beyond_is_older: bool = False  # `more` holds older items: only worth asking when everything here is new


def make_listed(
    source: Source,
    link: str,
    *,
    base: str | None = None,
    title: str | None = None,
    published: datetime | None = None,
    summary: str | None = None,
    text: str | None = None,
    author: str | None = None,
    changed: str = "",
    whole: bool = False,
    snippet: bytes | None = None,
) -> Listed | None:
    """Make an item of a link; None where it leads to no page of the outlet's hosts."""
    hosts = source.outlet.allowed_hosts
    joined = absolute_url(link, base or source.url)
    url = canonical_url(joined, hosts) if joined else None
    if joined is None or url is None or not belongs(url, hosts):
        return None
    item = FeedItem(url=url, title=title, published=published, summary=summary, text=text, author=author)
    stamp = hashlib.sha256("\x1f".join([title or "", changed, text or summary or ""]).encode()).hexdigest()[:16]
    return Listed(url=url, requested_url=requestable_url(joined), item=item, stamp=stamp, whole=whole, snippet=snippet)


def belongs(url: str, hosts: Collection[str]) -> bool:
    """Tell whether a canonical URL is on one of the outlet's hosts."""
    authority = url.split("/", 3)[2]
    host, _, port = authority.partition(":")
    scheme_port = 443 if url.startswith("https:") else 80
    return is_own_host(host, int(port) if port.isdigit() else scheme_port, hosts)


def unique_items(items: Collection[Listed | None], most: int | None = None) -> tuple[Listed, ...]:
    """Drop what is no item and all but the first of each URL; keep at most `most`."""
    found: dict[str, Listed] = {}
    for item in items:
        if item is not None:
            found.setdefault(item.url, item)
    return tuple(found.values())[:most]


def settle_time(moment: datetime | None, outlet: Outlet, now: datetime) -> datetime | None:
    """Return a publication time as aware UTC; None where it cannot be right.

    Without a zone it is the outlet's local time. A time in the future is read once more as the outlet's local time
    (outlets east of Greenwich often write their own clock and call it GMT); still in the future, it is unknown.
    """
    if moment is None or moment.year < 1995:
        return None
    zone = ZoneInfo(outlet.time_zone)
    try:
        settled = (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)
        if settled > now + CLOCK_SKEW:
            settled = moment.replace(tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return settled if settled <= now + CLOCK_SKEW else None
