"""Turns a section page without a feed into the articles that it links to, and the page that goes on with older ones."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml import html as lxml_html
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from crawler.charset import decode_bytes
from crawler.listing import Listed, Listing, Source, make_listed, settle_time, unique_items
from crawler.plaintext import CONTROL, element_text
from crawler.urls import absolute_url, requestable_url

MOST_ITEMS = 200
SHORTEST_HEADLINE = 18  # characters: shorter anchors are menus
# Paths that never hold one article, whatever their anchor says.
NOT_AN_ARTICLE = re.compile(
    r"/(?:tag|tags|category|categories|cat|author|authors|section|sections|search|login|register|contact|about|privacy"
    r"|terms|rss|feed|page|archive|archives|video|videos|gallery|photos|live|live-tv|podcast|wp-admin|wp-login|cart)"
    r"(?:/|$|\.\w+$)",
    re.IGNORECASE,
)
FILE_ENDING = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|avi|zip|rar|docx?|xlsx?|apk|css|js|ico|xml)$", re.IGNORECASE
)
# An article's address holds a number of three digits or more, or a slug of several words.
HAS_NUMBER = re.compile(r"\d{3,}")
HAS_SLUG = re.compile(r"[^\W\d_]+(?:[-_+ ][^\W_]+){3,}")
NEXT_WORDS = re.compile(
    r"^\W*(?:التالي|التالية|الصفحة التالية|المزيد|الأقدم|next|older)\W*$", re.IGNORECASE
)  # "next", "more", "older"
MENUS = frozenset(["nav", "footer", "header"])


def read_section(source: Source) -> Listing:
    """Read a section page; the problem is `empty`, `malformed` or `no_items`."""
    root = parse_html(source)
    if root is None:
        return Listing(problem="malformed" if source.body.strip() else "empty")
    base = find_base(root, source.url)
    links = chosen_links(root, source)
    items = unique_items([read_link(link, base, source) for link in links], MOST_ITEMS)
    if not items:
        return Listing(problem="no_items")
    older = find_next(root, base, source)
    return Listing(items=items, more=(older,) if older else (), beyond_is_older=True)


def parse_html(source: Source) -> HtmlElement | None:
    """Parse a page leniently; None where there is nothing to parse."""
    text, _ = decode_bytes(source.body, source.content_type)
    text = CONTROL.sub("", text)
    if not text.strip():
        return None
    try:
        return lxml_html.document_fromstring(
            text.encode("utf-8", "replace"), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return None


def find_base(root: HtmlElement, url: str) -> str:
    """Return what relative links count from."""
    href = root.xpath("string(//base[@href][1]/@href)")
    return absolute_url(str(href), url) or url


def chosen_links(root: HtmlElement, source: Source) -> list[HtmlElement]:
    """Return the anchors that the outlet's entry points at, or else those that look like headlines."""
    css = source.outlet.link_css
    if css is None:
        return [link for link in root.iter("a") if is_headline(link, source.url)]
    chosen: list[HtmlElement] = []
    for element in CSSSelector(css, translator="html")(root):
        chosen.extend([element] if element.tag == "a" else element.iter("a"))
    return [link for link in chosen if link.get("href")]


def is_headline(link: HtmlElement, page_url: str) -> bool:
    """Tell whether an anchor looks like the link of an article: by its address, and by its words or those beside it."""
    href = (link.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "whatsapp:")):
        return False
    joined = absolute_url(href, page_url)
    if joined is None:
        return False
    parts = urlsplit(joined)
    path = unquote(parts.path)
    if (path in ("", "/") and not parts.query) or NOT_AN_ARTICLE.search(path) or FILE_ENDING.search(path):
        return False
    slug = unquote(path.rstrip("/").rpartition("/")[2])
    if not (HAS_NUMBER.search(path) or HAS_NUMBER.search(parts.query) or HAS_SLUG.search(slug)):
        return False
    if any(parent.tag in MENUS for parent in link.iterancestors()):
        return False
    return len(headline_of(link) or "") >= SHORTEST_HEADLINE


def headline_of(link: HtmlElement) -> str | None:
    """Return the words of a link: its text, its title, or its picture's text."""
    for words in (element_text(link), link.get("title"), link.xpath("string(.//img[@alt][1]/@alt)")):
        line = " ".join(str(words or "").split())
        if len(line) >= SHORTEST_HEADLINE:
            return line
    return None


def read_link(link: HtmlElement, base: str, source: Source) -> Listed | None:
    """Make an item of an anchor, with the time that stands beside it where it is machine-readable."""
    return make_listed(
        source, link.get("href"), base=base, title=headline_of(link), published=time_beside(link, source)
    )


def time_beside(link: HtmlElement, source: Source) -> datetime | None:
    """Return the time of the only `<time datetime>` in the link's near surroundings, or None."""
    block = link
    for _ in range(4):
        times = block.findall(".//time[@datetime]")
        if len(times) == 1:
            try:
                return settle_time(datetime.fromisoformat(times[0].get("datetime").strip()), source.outlet, source.now)
            except ValueError:
                return None
        if times or block.getparent() is None:
            return None
        block = block.getparent()
    return None


def find_next(root: HtmlElement, base: str, source: Source) -> str | None:
    """Return the section's next page: by rel=next, else by an anchor that says so; only on the same host."""
    hrefs = [str(href) for href in root.xpath("//*[self::a or self::link][contains(@rel, 'next')]/@href")]
    hrefs += [a.get("href") for a in root.iter("a") if a.get("href") and NEXT_WORDS.match(element_text(a))]
    for href in hrefs:
        joined = absolute_url(href, base)
        if joined and urlsplit(joined).netloc == urlsplit(source.url).netloc and joined != source.url:
            return requestable_url(joined)
    return None
