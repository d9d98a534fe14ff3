"""Turns a sitemap, a news sitemap or a sitemap index (also gzipped) into the pages that it lists."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from lxml import etree

from crawler.charset import decode_bytes
from crawler.feeds import ENTITY, XML_DECLARATION, parse_time
from crawler.listing import Listed, Listing, Source, make_listed, settle_time, unique_items
from crawler.plaintext import CONTROL, plain_line
from crawler.urls import absolute_url

GZIP_MAGIC = b"\x1f\x8b"
MOST_ITEMS = 1000
MOST_CHILDREN = 5
# An ordinary sitemap lists years; only what is recent is news. Undated pages are taken in the sitemap's own order.
RECENT = timedelta(days=3)


def read_sitemap(source: Source, *, max_bytes: int) -> Listing:
    """Read a sitemap; the problem is an outcome word."""
    root = parse_sitemap(source.body, source.content_type, max_bytes=max_bytes)
    if isinstance(root, str):
        return Listing(problem=root)
    kind = local_name(root)
    if kind == "sitemapindex":
        children = newest_children(root, source)
        return Listing(more=children) if children else Listing(problem="no_items")
    if kind != "urlset":
        return Listing(problem="not_a_sitemap", detail=kind[:40])
    items = recent_items(root, source)
    return Listing(items=items) if items else Listing(problem="no_items")


def parse_sitemap(body: bytes, content_type: str | None, *, max_bytes: int) -> etree._Element | str:
    """Parse a sitemap's or an index's XML, gzipped or not; an outcome word where it is none."""
    if body.startswith(GZIP_MAGIC):
        unpacked = unpack_gzip(body, max_bytes)
        if isinstance(unpacked, str):
            return unpacked
        body = unpacked
    text, _ = decode_bytes(body, content_type)
    text = CONTROL.sub("", text.lstrip("\ufeff \t\r\n\x00"))
    if not text:
        return "empty"
    if ENTITY.search(text):
        return "xml_entities"
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        root = etree.fromstring(XML_DECLARATION.sub("", text, count=1).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    return "malformed" if root is None else root


def unpack_gzip(body: bytes, max_bytes: int) -> bytes | str:
    """Unpack a .gz file up to the limit; an outcome word where it is too large or broken."""
    inflater = zlib.decompressobj(31)
    try:
        unpacked = inflater.decompress(body, max_bytes + 1)
    except zlib.error:
        return "bad_compression"
    if len(unpacked) > max_bytes:
        return "too_large"
    return unpacked if inflater.eof else "bad_compression"


def local_name(element: etree._Element) -> str:
    """Return a tag without its namespace, in lower case."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def child_texts(element: etree._Element) -> dict[str, str]:
    """Return the texts of all that is within an element by tag, the first of each; `news_title` for news:title."""
    found: dict[str, str] = {}
    for child in element.iterdescendants():
        if isinstance(child.tag, str) and child.text and child.text.strip():
            name = local_name(child)
            prefix = "news_" if "news" in child.tag.rpartition("}")[0] or str(child.prefix) == "news" else ""
            if "image" not in child.tag.rpartition("}")[0] and "video" not in child.tag.rpartition("}")[0]:
                found.setdefault(prefix + name, child.text.strip())
    return found


def newest_children(index: etree._Element, source: Source) -> tuple[str, ...]:
    """Return the child sitemaps worth reading: those changed lately, else the first and last of an undated index."""
    children: list[tuple[datetime | None, str]] = []
    for element in index.iterchildren():
        texts = child_texts(element)
        address = absolute_url(texts.get("loc", ""), source.url)
        if address is not None:
            changed = settle_time(parse_time(texts.get("lastmod", "")), source.outlet, source.now)
            children.append((changed, address))
    news = [loc for _, loc in children if "news" in urlsplit(loc).path.lower()]
    dated = sorted(((changed, loc) for changed, loc in children if changed), reverse=True)
    recent = [loc for changed, loc in dated if changed > source.now - RECENT] or [loc for _, loc in dated[:1]]
    undated = [loc for changed, loc in children if changed is None]
    chosen = [*news, *recent, *undated[:1], *undated[-1:]]
    return tuple(dict.fromkeys(chosen))[:MOST_CHILDREN]


def recent_items(urlset: etree._Element, source: Source) -> tuple[Listed, ...]:
    """Return the recent pages of a sitemap, newest first, and the undated ones behind them."""
    dated: list[tuple[datetime, Listed]] = []
    undated: list[Listed] = []
    for element in urlset.iterchildren():
        texts = child_texts(element)
        if "loc" not in texts:
            continue
        published = settle_time(parse_time(texts.get("news_publication_date", "")), source.outlet, source.now)
        changed = settle_time(parse_time(texts.get("lastmod", "")), source.outlet, source.now)
        listed = make_listed(
            source,
            texts["loc"],
            title=plain_line(texts.get("news_title")),
            published=published,
            changed=texts.get("lastmod", ""),
        )
        if listed is None:
            continue
        moment = published or changed
        if moment is None:
            undated.append(listed)
        elif moment > source.now - RECENT:
            dated.append((moment, listed))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return unique_items([*(listed for _, listed in dated), *undated], MOST_ITEMS)
