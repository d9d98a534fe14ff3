"""Turns a parsed page into what it says of itself: JSON-LD, meta tags, title, author and times of publication."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from lxml.etree import XPath
from lxml.html import HtmlElement

from extract.pages.published import Stamp, read_line, read_stamp
from extract.pages.words import fold_line

MAX_JSONLD_CHARACTERS = 400_000
_ARTICLE_TYPES = frozenset(
    ("NewsArticle", "Article", "ReportageNewsArticle", "BlogPosting", "LiveBlogPosting", "AnalysisNewsArticle",
     "OpinionNewsArticle", "BackgroundNewsArticle", "Report", "WebPage")
)  # fmt: skip
_PUBLISHED_NAMES = (
    "article:published_time", "og:article:published_time", "datepublished", "pubdate", "publishdate", "publish-date",
    "publication_date", "publish_date", "parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created",
    "dc.date", "dc:date", "dcterms.date", "citation_publication_date", "article.published",
    "cxenseparse:recs:publishtime", "shareaholic:article_published_time", "date", "datecreated",
)  # fmt: skip
_DATE_CLASS = re.compile(r"date|time|publish|posted|created|stamp|tmstmp|tarikh|meta-info", re.IGNORECASE)
_NOT_PUBLICATION = re.compile(
    r"modif|update|upd\b|current|today|islamic|hijri|comment|related|sidebar|footer|header-date|date-header|most-?read"
    r"|latest|ticker|expire|weather|copyright",
    re.IGNORECASE,
)
_MARKED_AS_PUBLISHED = XPath(
    'descendant-or-self::*[@itemprop="datePublished" or @property="dc:date" or @property="schema:datePublished"]'
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FAR_TAGS = frozenset(("nav", "aside", "footer"))
_SUFFIX = re.compile(r"\s+[-–—|:•»]+\s+")
REACH = 60  # elements from the headline within which a date is the article's own
CLIMB = 6
HEADLINE_CHARACTERS = 25  # a link with more leads to a story, one with less to a section or an author


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the page says of itself; an empty answer is None. `stamps` are in order of trust, the feed's left out."""

    title: str | None
    author: str | None
    description: str | None
    jsonld_body: str | None
    jsonld_stamps: tuple[Stamp, ...]
    meta_stamps: tuple[Stamp, ...]
    visible_stamps: tuple[Stamp, ...]
    says_article: bool  # og:type or JSON-LD call the page an article
    headline: HtmlElement | None
    site_names: tuple[str, ...] = ()

    def with_title(self, title: str | None) -> Metadata:
        """The same with `title` in place of its own, where there is one."""
        return replace(self, title=title) if title else self


def read_metadata(tree: HtmlElement, *, zone: ZoneInfo, site_names: tuple[str, ...] = ()) -> Metadata:
    """Read `tree`; times without a zone are in `zone`, `site_names` are cut from the end of titles."""
    metas = _read_metas(tree)
    ld = _read_jsonld(tree)
    title, headline = _choose_title(tree, metas, ld, site_names)
    times = [str(ld[key]) for key in ("datePublished", "dateCreated") if key in ld]
    stamps = (read_stamp(value, zone=zone, source="jsonld") for value in times)
    body = ld.get("articleBody")
    return Metadata(
        title=title,
        author=_choose_author(metas, ld),
        description=metas.get("og:description") or metas.get("description"),
        jsonld_body=body if isinstance(body, str) and body.strip() else None,
        jsonld_stamps=tuple(stamp for stamp in stamps if stamp),
        meta_stamps=tuple(_read_meta_stamps(tree, metas, zone)),
        visible_stamps=tuple(_read_visible_stamps(headline, zone)) if headline is not None else (),
        says_article=bool(ld and ld.get("@type") != "WebPage") or metas.get("og:type") == "article",
        headline=headline,
        site_names=site_names,
    )


def clean_line(text: str | None) -> str | None:
    """One line without runs of space and control characters; None for nothing."""
    if not text:
        return None
    line = " ".join(_CONTROL.sub("", text).split())
    return line or None


def read_short(element: HtmlElement, limit: int = 120) -> str | None:
    """The element's text as one line; None where it has none or more than `limit` characters."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        parts.append(part)
        size += len(part.strip())
        if size > limit:
            return None
    line = clean_line(" ".join(parts))
    return line if line and len(line) <= limit else None


def _read_metas(tree: HtmlElement) -> dict[str, str]:
    """Collect the first content of each named meta tag, names in lower case."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        content = clean_line(meta.get("content"))
        if content:
            for attribute in ("property", "name", "itemprop"):
                if name := meta.get(attribute):
                    metas.setdefault(name.strip().lower(), content)
    return metas


def _read_jsonld(tree: HtmlElement) -> dict[str, Any]:
    """Read the JSON-LD object of the article: the one with a type of article, the news types first, WebPage last."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            text = (script.text_content() or "")[:MAX_JSONLD_CHARACTERS]
            found.extend(_walk_jsonld(_load_json(text), 0))
    found.sort(key=lambda item: ("datePublished" not in item, item["@type"] == "WebPage"))
    return found[0] if found else {}


def _load_json(text: str) -> Any:
    """Load JSON as outlets write it: with raw line breaks, comment marks, or a stray comma before a closing bracket."""
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    for attempt in (text, re.sub(r",\s*(?=[}\]])", "", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _walk_jsonld(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value[:50]:
            yield from _walk_jsonld(item, depth + 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if isinstance(kind, str) and kind in _ARTICLE_TYPES:
                yield {**value, "@type": kind}
                break
        for key in ("@graph", "mainEntity"):
            yield from _walk_jsonld(value.get(key), depth + 1)


def _choose_author(metas: dict[str, str], ld: dict[str, Any]) -> str | None:
    authors = ld.get("author")
    names = [
        author.get("name") if isinstance(author, dict) else author
        for author in (authors if isinstance(authors, list) else [authors])
    ]
    lines = [clean_line(name) for name in names if isinstance(name, str)]
    chosen = "، ".join(dict.fromkeys(line for line in lines if line)) or metas.get("author") or metas.get("dc.creator")
    if not chosen or len(chosen) > 120 or "://" in chosen:
        return None
    return chosen


def _choose_title(
    tree: HtmlElement, metas: dict[str, str], ld: dict[str, Any], site_names: tuple[str, ...]
) -> tuple[str | None, HtmlElement | None]:
    """Choose the headline, and its element where one shows it: an h1 (or h2) that the metadata's title agrees with."""
    sources = (ld.get("headline"), metas.get("og:title"), tree.findtext(".//title"), metas.get("twitter:title"))
    lines = [clean_line(source) for source in sources if isinstance(source, str)]
    claims = [line for line in lines if line]
    folded_claims = [fold_line(claim.rstrip("….")) for claim in claims]
    sites = {fold_line(name) for name in (*site_names, metas.get("og:site_name") or "") if name}
    for tag in ("h1", "h2"):
        agreed: list[tuple[str, HtmlElement]] = []
        for element in tree.iter(tag):
            line = clean_line(element.text_content())
            folded = fold_line(line) if line else ""
            if line is None or len(line) < 8 or folded in sites:
                continue
            if any(folded in claim or (len(claim) > 20 and folded.startswith(claim)) for claim in folded_claims):
                agreed.append((line, element))
        if agreed:  # the site's name in the page's head agrees with "headline - site" too
            return max(agreed, key=lambda found: len(found[0]))
    first = next((h1 for h1 in tree.iter("h1") if clean_line(h1.text_content())), None)
    if claims:
        return _cut_site(claims[0], sites), first
    return (clean_line(first.text_content()), first) if first is not None else (None, None)


def _cut_site(title: str, sites: set[str]) -> str:
    """Cut the site's name, and what follows or precedes it, from the ends of a document title."""
    parts = _SUFFIX.split(title)
    while len(parts) > 1 and fold_line(parts[-1]) in sites:
        parts.pop()
        title = title[: title.rindex(parts[-1]) + len(parts[-1])]
    if len(parts) > 1 and fold_line(parts[0]) in sites:
        title = title[title.index(parts[1], len(parts[0])) :]
    return title


def _read_meta_stamps(tree: HtmlElement, metas: dict[str, str], zone: ZoneInfo) -> Iterator[Stamp]:
    for name in _PUBLISHED_NAMES:
        if name in metas and (stamp := read_stamp(metas[name], zone=zone, source="meta")):
            yield stamp
    for element in _MARKED_AS_PUBLISHED(tree):
        value = element.get("datetime") or element.get("content")
        if value and (stamp := read_stamp(value, zone=zone, source="meta")):
            yield stamp


def _read_visible_stamps(headline: HtmlElement, zone: ZoneInfo) -> Iterator[Stamp]:
    """Read the dates shown near the headline, those in the nearest common container first.

    A page's header shows today's date, its lists the dates of other stories: what is in a nav, aside or footer, or
    more than `REACH` elements from the headline, is not the article's.
    """
    seen: set[HtmlElement] = set()
    container = headline
    for _ in range(CLIMB):
        parent = container.getparent()
        if parent is None or parent.tag in ("body", "html"):
            break
        container = parent
        found = []
        for element in _near(container, headline):
            if element not in seen and element is not headline:
                seen.add(element)
                if _is_of_another_story(element, container):
                    continue
                if stamp := _read_element(element, zone):
                    found.append(stamp)
        yield from found


def _near(container: HtmlElement, headline: HtmlElement) -> list[HtmlElement]:
    """List the elements of `container` within reach of the headline, in the page's order."""
    elements = [element for element in container.iter() if isinstance(element.tag, str)]
    place = elements.index(headline)
    return elements[max(0, place - REACH) : place + REACH]


def _is_of_another_story(element: HtmlElement, container: HtmlElement) -> bool:
    """Tell whether `element` stands, within `container`, in a list of other stories or in the page's furniture."""
    for ancestor in element.iterancestors():
        if ancestor is container:
            return False
        names = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"
        if ancestor.tag in _FAR_TAGS or _NOT_PUBLICATION.search(names):
            return True
        links = ancestor.iter("a") if ancestor.tag in ("li", "article", "a") else ()
        if any(len(link.text_content().strip()) > HEADLINE_CHARACTERS for link in links):
            return True
    return False


def _read_element(element: HtmlElement, zone: ZoneInfo) -> Stamp | None:
    names = " ".join(filter(None, (element.get("class"), element.get("id"), element.get("itemprop"))))
    if _NOT_PUBLICATION.search(names):
        return None
    if element.tag == "time" and (value := element.get("datetime")):
        stamp = read_stamp(value, zone=zone, source="html")
        if stamp:
            return stamp
    text = read_short(element)
    if not text:
        return None
    if element.tag in ("time", "small") or _DATE_CLASS.search(names) or (len(element) == 0 and len(text) < 70):
        return read_line(text, zone=zone, source="text")
    return None
