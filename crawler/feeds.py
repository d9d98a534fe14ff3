"""Turns the bytes of an RSS, Atom, RDF or JSON feed, however broken or mislabelled, into the items that it lists."""

from __future__ import annotations

import calendar
import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser

from crawler.charset import decode_bytes
from crawler.listing import Listed, Listing, Source, make_listed, settle_time, unique_items
from crawler.plaintext import CONTROL, plain_line, plain_text

XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
FIRST_TAG = re.compile(r"<\s*([A-Za-z][\w:.-]*)")
FEED_TAGS = frozenset(["rss", "feed", "rdf:rdf", "rdf", "channel", "atom:feed", "a10:feed"])
ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
# A feed's description is taken for the whole article from this length on, unless it ends as a teaser does.
WHOLE_TEXT_LENGTH = 900
TEASER_END = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|المزيد|اقرأ أيضا?ً?)\W*$")  # "more", "read also"
MOST_ITEMS = 1000
ITEM_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)


def read_feed(source: Source) -> Listing:
    """Read a feed; the problem is `not_a_feed`, `malformed`, `xml_entities`, `empty` or `no_items`."""
    text, _ = decode_bytes(source.body, source.content_type)
    text = text.lstrip("\ufeff \t\r\n\x00")
    if not text:
        return Listing(problem="empty")
    if text[0] in "{[":
        return read_json_feed(text, source)
    if ENTITY.search(text):
        return Listing(problem="xml_entities")
    text = XML_DECLARATION.sub("", CONTROL.sub("", text), count=1)
    root = FIRST_TAG.search(re.sub(r"<!--.*?-->", "", text[:20_000], flags=re.DOTALL))
    if root is None or root.group(1).lower() not in FEED_TAGS:
        return Listing(problem="not_a_feed", detail=root.group(1)[:40] if root else None)
    return read_xml_feed(text, source)


def read_xml_feed(text: str, source: Source) -> Listing:
    """Read RSS, Atom or RDF with feedparser, which falls back to a loose parser where the XML is broken."""
    try:
        parsed = feedparser.parse(
            cut_items(text).encode("utf-8", "replace"),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": source.url},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (AttributeError, AssertionError, LookupError, RecursionError, TypeError, ValueError):
        return Listing(problem="malformed")  # feedparser itself stumbles over some mixtures of elements
    items = unique_items([read_entry(entry, source) for entry in parsed.entries[:MOST_ITEMS]], MOST_ITEMS)
    if items:
        return Listing(items=items)
    return Listing(problem="malformed" if parsed.bozo and not parsed.entries else "no_items")


def cut_items(text: str) -> str:
    """Return a feed's first and last items where it has more than anybody publishes between two polls.

    Both ends, because some feeds begin with their oldest item. Parsing 100,000 items would take ten seconds.
    """
    ends = [match.end() for match in ITEM_END.finditer(text)]
    if len(ends) <= MOST_ITEMS:
        return text
    half = MOST_ITEMS // 2
    return text[: ends[half - 1]] + text[ends[-half - 1] :]


def read_entry(entry: dict[str, Any], source: Source) -> Listed | None:
    """Read one entry; None where it links to nothing of the outlet's."""
    link = find_link(entry)
    if link is None:
        return None
    summary, text = find_texts(entry)
    published = read_time(entry, "published", source) or read_time(entry, "created", source)
    updated = read_time(entry, "updated", source)
    return make_listed(
        source,
        link,
        title=plain_line(said(entry, "title")),
        published=published or updated,
        summary=summary,
        text=text,
        author=plain_line(said(entry, "author")),
        changed=updated.isoformat() if updated else "",
    )


def find_link(entry: dict[str, Any]) -> str | None:
    """Return the address of an entry's page: the original one where a feed service wrapped it."""
    original = said(entry, "feedburner_origlink")
    if original:
        return str(original)
    for link in said_parts(entry, "links"):
        if link.get("rel", "alternate") == "alternate" and link.get("href") and "html" in link.get("type", "html"):
            return str(link["href"])
    stated, identity = said(entry, "link"), str(said(entry, "id") or "")
    return str(stated) if stated else identity if identity.startswith("http") else None


def find_texts(entry: dict[str, Any]) -> tuple[str | None, str | None]:
    """Return an entry's teaser and its whole text, each None where the feed has none."""
    contents = [plain_text(content.get("value")) for content in said_parts(entry, "content")]
    whole = max((content for content in contents if content), key=len, default=None)
    summary = plain_text(said(entry, "summary"))
    if whole is not None and len(whole) >= len(summary or ""):
        return (summary if summary != whole else None), whole
    if summary is not None and len(summary) >= WHOLE_TEXT_LENGTH and not TEASER_END.search(summary):
        return None, summary
    return summary, None


def said(entry: dict[str, Any], name: str) -> Any:
    """Return what an entry itself says; feedparser's own `get` makes up an `updated` out of `published`."""
    return dict.get(entry, name)


def said_parts(entry: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return what an entry says several times; a feed with an element of that very name gives a mere word there."""
    found = said(entry, name)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def read_time(entry: dict[str, Any], name: str, source: Source) -> datetime | None:
    """Read an entry's time: from its own words where they say whether there is a zone, else as feedparser did."""
    moment = parse_time(str(said(entry, name) or ""))
    if moment is None and said(entry, f"{name}_parsed"):
        try:
            moment = datetime.fromtimestamp(calendar.timegm(said(entry, f"{name}_parsed")), UTC)
        except (ValueError, OverflowError):
            return None
    return settle_time(moment, source.outlet, source.now)


def parse_time(text: str) -> datetime | None:
    """Read an RFC 822 or ISO 8601 time; naive where it names no zone, None where it is neither."""
    text = text.strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def read_json_feed(text: str, source: Source) -> Listing:
    """Read a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        return Listing(problem="malformed")
    entries = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(entries, list):
        return Listing(problem="not_a_feed")
    items = unique_items([read_json_entry(entry, source) for entry in entries[:MOST_ITEMS] if isinstance(entry, dict)])
    return Listing(items=items) if items else Listing(problem="no_items")


def read_json_entry(entry: dict[str, Any], source: Source) -> Listed | None:
    """Read one item of a JSON Feed."""

    def words(name: str) -> str | None:
        value = entry.get(name)
        return value if isinstance(value, str) and value else None

    link = words("url") or words("external_url") or words("id")
    if link is None:
        return None
    authors = entry.get("authors") or [entry.get("author")]
    names = [author.get("name") for author in authors if isinstance(author, dict)] if isinstance(authors, list) else []
    modified = words("date_modified")
    return make_listed(
        source,
        link,
        title=plain_line(words("title")),
        published=settle_time(parse_time(words("date_published") or modified or ""), source.outlet, source.now),
        summary=plain_text(words("summary")),
        text=plain_text(words("content_html") or words("content_text")),
        author=plain_line(", ".join(name for name in names if isinstance(name, str))),
        changed=modified or "",
    )
