"""Turns a fetched page into an Arabic article, or into the reason why it is none."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lxml import html as lxml_html
from lxml.cssselect import CSSSelector, SelectorError
from lxml.etree import ElementDefaultClassLookup, LxmlError
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction
from trafilatura import bare_extraction
from trafilatura.settings import MANUALLY_CLEANED, Extractor, use_config

from extract.language import detect_language
from extract.pages.body import (
    drop_code,
    order_lines,
    prune_related,
    read_hinted,
    read_jsonld_body,
    restore_lead,
    share_of_links,
    spare_body,
    tidy_body,
)
from extract.pages.encoding import clean_markup, decode_page
from extract.pages.metadata import Metadata, clean_line, read_metadata
from extract.pages.published import Stamp, choose_published, read_stamp, read_url_day
from extract.pages.words import fold_line, load_page_words
from store.records import Article, FeedItem, Outlet, Page, Rejected

MAX_CHARACTERS = 5_000_000  # a page with more is no article; real ones stay under 1,000,000
MAX_ELEMENTS = 60_000
MIN_ARTICLE_CHARACTERS = 40
MIN_POST_CHARACTERS = 10  # channels post one-liners
TEASER_CHARACTERS = 300  # a page that gives less than this may be a teaser of what the feed has in full
SHORT_CHARACTERS = 700  # around a text shorter than this, furniture is taken for text: the strict way is the right one
MISSING_PAGE_CHARACTERS = 800  # a page that says "not found" and has more text than this is an article on it
_BLOCKED_STATUS = frozenset((401, 402, 403, 407, 429, 451, 503))
_MISSING_STATUS = frozenset((404, 410))
_HTML_TYPES = ("text/html", "application/xhtml", "text/plain", "application/xml", "text/xml")
_OTHER_FORMATS = (b"%pdf", b"<rss", b"<feed", b"<urlset", b"{", b"\x89png", b"gif8", b"\xff\xd8", b"pk\x03\x04")

# Below the default of 250 characters trafilatura takes the whole page, furniture too; half of all agency reports are
# that short.
_CONFIG = use_config()
for _name, _value in {"MIN_EXTRACTED_SIZE": "20", "MIN_OUTPUT_SIZE": "10", "MIN_OUTPUT_COMM_SIZE": "10"}.items():
    _CONFIG.set("DEFAULT", _name, _value)
_DROPPED = ("table", *MANUALLY_CLEANED)  # tables are switched off
# lxml.html's own look-up runs in Python for every element touched, only to know form fields from other elements.
_CLASSES = ElementDefaultClassLookup(
    element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
)
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs every page that it finds empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a page or a text is no article: a word of docs/reasons.md, with what was seen."""

    reason: str
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What a page gave: its text, what it says of itself, and the times that the outlet's hint names."""

    text: str
    metadata: Metadata
    hinted_stamps: tuple[Stamp, ...]


def extract_article(page: Page, outlet: Outlet) -> Article | Rejected:
    """Extract the article of `page`, by the outlet's CSS hints where it has any; never raises for what a page holds.

    Where the page is blocked, missing or too short, the feed's own text serves (`text_from='feed'`). `published` is
    UTC; where only the day is known it is that day's noon, with precision `day`; what cannot be read, or lies more than
    a day ahead of the fetch, is None.
    """
    zone = _load_zone(outlet.time_zone)
    reading = _read_page(page, outlet, zone)
    text, text_from = _choose_text(reading, page.item, outlet)
    title = None if outlet.kind == "telegram" else _choose_title(reading, page.item)  # a post has no headline
    refusal = reading if not text and isinstance(reading, Refusal) else _refuse_text(title, text, outlet)
    if refusal:
        return Rejected(outlet_id=outlet.id, url=page.url, reason=refusal.reason, detail=refusal.detail)
    stamp = choose_published(_list_stamps(reading, page, outlet), fetched_at=page.fetched_at, zone=zone)
    author = reading.metadata.author if isinstance(reading, _Reading) else None
    return Article(
        outlet_id=outlet.id,
        url=page.url,
        title=title,
        text=text,
        published=stamp.at if stamp else None,
        published_precision=stamp.precision if stamp else None,
        published_from=stamp.source if stamp else None,
        author=author or (clean_line(page.item.author) if page.item else None),
        language="ar",
        text_from=text_from,
    )


def _read_page(page: Page, outlet: Outlet, zone: ZoneInfo) -> _Reading | Refusal:
    if refusal := _refuse_response(page):
        return refusal
    markup = decode_page(page.body or b"", page.content_type).text
    tree = _parse(markup)
    if isinstance(tree, Refusal):
        return tree
    metadata = read_metadata(tree, zone=zone, site_names=(outlet.name_ar, outlet.name_en))
    if refusal := _refuse_wall(markup, metadata):
        return refusal
    hinted_title = next((clean_line(element.text_content()) for element in _select(tree, outlet.title_css)), None)
    hinted_stamps = tuple(_read_hinted_stamps(tree, outlet, zone))
    drop_code(tree)
    links_only = not metadata.says_article and not outlet.body_css
    text = tidy_body(_read_body(tree, metadata, outlet), metadata, zone)
    if refusal := _refuse_missing(text, metadata):
        return refusal
    if not text:
        crowded = links_only and sum(1 for _ in tree.iter("a")) > 40
        return Refusal(reason="section_page" if crowded else "no_text")
    if links_only and text.count("\n") >= 3 and share_of_links(tree, text) > 0.6:
        return Refusal(reason="section_page", detail="most of its text is links")
    return _Reading(text=text, metadata=metadata.with_title(hinted_title), hinted_stamps=hinted_stamps)


def _parse(markup: str) -> HtmlElement | Refusal:
    if len(markup) > MAX_CHARACTERS:
        return Refusal(reason="too_large", detail=f"{len(markup)} characters")
    data = clean_markup(markup)
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8")
        parser.set_element_class_lookup(_CLASSES)
        tree = lxml_html.document_fromstring(data, parser=parser)
    except (LxmlError, ValueError, AssertionError):
        return Refusal(reason="no_text", detail="nothing to parse")
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        return Refusal(reason="too_large", detail=f"more than {MAX_ELEMENTS} elements")
    return tree


def _read_body(tree: HtmlElement, metadata: Metadata, outlet: Outlet) -> str:
    """Read the body by the hint, else by trafilatura, else from JSON-LD where that holds clearly more."""
    if hinted := _select(tree, outlet.body_css):
        return read_hinted(hinted)
    prune_related(tree)
    spare = spare_body(tree, _DROPPED)
    text = _run_trafilatura(spare)
    if len(text) < SHORT_CHARACTERS or share_of_links(tree, text) > 0.1:
        strict = _run_trafilatura(spare, precise=True)
        if MIN_POST_CHARACTERS <= len(strict) <= len(text):
            text = strict
        elif not strict:  # what came was the whole page, taken where the rules found no article
            text = _run_trafilatura(tree, fast=False)
        text = order_lines(text, tree, metadata.title)
    text = restore_lead(text, tree, metadata)
    jsonld = read_jsonld_body(metadata.jsonld_body or "")
    if len(text) < 0.6 * len(jsonld) or text.split() == jsonld.split():  # trafilatura reads it too, without its lines
        return jsonld
    return text


def _run_trafilatura(tree: HtmlElement, *, fast: bool = True, precise: bool = False) -> str:
    try:
        document = bare_extraction(tree, options=_choose_options(fast, precise))
    except (LxmlError, ValueError):  # text that lxml reads and cannot write: a page's fault, not ours
        return ""
    return str(document.text or "") if document else ""  # type: ignore[union-attr]


@cache
def _choose_options(fast: bool, precise: bool) -> Extractor:
    return Extractor(config=_CONFIG, output_format="python", fast=fast, precision=precise, comments=False, tables=False)


def _choose_text(reading: _Reading | Refusal, item: FeedItem | None, outlet: Outlet) -> tuple[str, str]:
    """Choose between page and feed: the feed where the page gave nothing, or a teaser of what the feed has in full.

    A channel's post is what its preview listed; the markup around it holds names and counters.
    """
    if outlet.kind == "telegram" and item is not None and item.text:
        return tidy_body(item.text, None, _load_zone("UTC")), "feed"
    page_text = reading.text if isinstance(reading, _Reading) else ""
    feed_text = ""
    if item is not None:
        feed_text = tidy_body(item.text or ("" if page_text else item.summary or ""), None, _load_zone("UTC"))
    if len(page_text) < TEASER_CHARACTERS and len(feed_text) > 1.5 * len(page_text):
        return feed_text, "feed"
    return page_text, "page"


def _choose_title(reading: _Reading | Refusal, item: FeedItem | None) -> str | None:
    title = reading.metadata.title if isinstance(reading, _Reading) else None
    return title or (clean_line(item.title) if item else None)


def _list_stamps(reading: _Reading | Refusal, page: Page, outlet: Outlet) -> Iterator[Stamp | None]:
    """List the candidate times, the most trusted first: hint, JSON-LD, feed, meta tags, visible lines, address."""
    if isinstance(reading, _Reading):
        yield from reading.hinted_stamps
        yield from reading.metadata.jsonld_stamps
    if page.item and page.item.published:
        source = "sitemap" if outlet.kind == "sitemap" else "feed"
        yield Stamp(at=page.item.published, precision="second", source=source)
    if isinstance(reading, _Reading):
        yield from reading.metadata.meta_stamps
        yield from reading.metadata.visible_stamps
    yield read_url_day(page.url)


def _read_hinted_stamps(tree: HtmlElement, outlet: Outlet, zone: ZoneInfo) -> Iterator[Stamp]:
    for element in _select(tree, outlet.date_css):
        for value in (element.get("datetime"), element.get("content"), element.text_content()):
            if value and (stamp := read_stamp(clean_line(value) or "", zone=zone, source="html")):
                yield stamp
                break


def _select(tree: HtmlElement, css: str | None) -> list[HtmlElement]:
    """Select the elements of a hint; one that is no CSS selects nothing (settings are checked where they are read)."""
    if not css:
        return []
    try:
        return list(CSSSelector(css)(tree))
    except (SelectorError, LxmlError, ValueError):
        return []


def _refuse_response(page: Page) -> Refusal | None:
    if page.problem:
        return Refusal(reason=page.problem)
    if page.status in _BLOCKED_STATUS:
        return Refusal(reason="blocked", detail=f"HTTP {page.status}")
    if page.status in _MISSING_STATUS:
        return Refusal(reason="not_found", detail=f"HTTP {page.status}")
    if page.status is not None and page.status >= 400:
        return Refusal(reason="http_error", detail=f"HTTP {page.status}")
    if not page.body:
        return Refusal(reason="no_text", detail="an empty answer")
    media_type = (page.content_type or "").split(";")[0].strip().lower()
    if media_type and not media_type.startswith(_HTML_TYPES):
        return Refusal(reason="not_html", detail=media_type)
    if page.body[:400].lstrip().lower().startswith(_OTHER_FORMATS):
        return Refusal(reason="not_html", detail="the first bytes are not HTML's")
    return None


def _refuse_wall(markup: str, metadata: Metadata) -> Refusal | None:
    """Recognise a bot check or a consent wall, which answers 200 on many sites."""
    words = load_page_words()
    title = fold_line(metadata.title or "")
    if any(phrase in title for phrase in words.wall_titles):
        return Refusal(reason="blocked", detail=metadata.title)
    if len(markup) < 30_000 and not metadata.says_article:
        for marker in words.wall_markers:
            if marker in markup:
                return Refusal(reason="blocked", detail=marker)
    return None


def _refuse_missing(text: str, metadata: Metadata) -> Refusal | None:
    """Recognise a page that says, with status 200, that there is none."""
    words = load_page_words()
    title = fold_line(metadata.title or "")
    start = fold_line(text[:300])
    says_missing = title.startswith(words.missing) or (start.startswith(words.missing) and not metadata.says_article)
    if says_missing and len(text) < MISSING_PAGE_CHARACTERS:
        return Refusal(reason="soft_404", detail=metadata.title)
    return None


def _refuse_text(title: str | None, text: str, outlet: Outlet) -> Refusal | None:
    least = MIN_POST_CHARACTERS if outlet.kind == "telegram" else MIN_ARTICLE_CHARACTERS
    if len(text) < least:
        return Refusal(reason="too_short", detail=f"{len(text)} characters")
    verdict = detect_language(text)
    if not verdict.is_arabic and len(text) < 200 and title:
        verdict = detect_language(f"{text}\n{title}")
    if not verdict.is_arabic:
        return Refusal(reason="not_arabic", detail=verdict.language)
    return None


def _load_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
