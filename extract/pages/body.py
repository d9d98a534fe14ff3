"""Turns a parsed page and its extracted text into the article's own words: no furniture, no other stories."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from copy import deepcopy
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from extract.pages.metadata import Metadata, clean_line
from extract.pages.published import read_line
from extract.pages.words import PageWords, fold_line, load_page_words

MAX_ARTICLE_CHARACTERS = 100_000  # what follows is dropped
FURNITURE_LINE = 80  # characters; a longer line that begins like furniture is prose
LEAD_MIN = 40
LEAD_REACH = 80  # elements after the headline within which the lead stands
_LEAD_CLASS = re.compile(r"(^|[\s_-])(lead|intro|standfirst|sapo|chapo|article-?summary)($|[\s_-])", re.IGNORECASE)
_CAPTION_CLASS = re.compile(r"caption|credit|img|photo|media", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(p|br|div|li|h[1-6])\b[^>]*>|<[^>]{1,300}>", re.IGNORECASE)
# What trafilatura looks for in JSON-LD (trafilatura.baseline, .core).
_KEPT_JSON = re.compile(
    r"articleBody|reviewBody|recipeInstructions|acceptedAnswer|Product|VideoObject|HowTo|DiscussionForumPosting"
)
_NOT_SHOWN = ("script", "style", "noscript", "title")
_BLOCKS = ("p", "li", "blockquote", "h2", "h3", "h4", "pre")


def prune_related(tree: HtmlElement) -> None:
    """Take out of `tree` the blocks that lead to other stories ("اقرأ أيضا" and the links that follow it)."""
    words = load_page_words()
    for element in list(tree.iter("p", "div", "section", "ul", "h2", "h3", "h4", "h5", "strong", "span")):
        if element.getparent() is None:
            continue
        first = fold_line((element.text or "")[:60]) or fold_line(_first_words(element))
        if not first.startswith(words.related):
            continue
        follower = element.getnext()
        if _link_share(element) > 0.5 and len(element.text_content()) < 1_500:
            _drop(element)
        elif len(element.text_content()) < FURNITURE_LINE:
            if follower is not None and follower.tag in ("ul", "ol", "div", "p", "a") and _link_share(follower) > 0.8:
                _drop(follower)
            _drop(element)


def drop_code(tree: HtmlElement) -> None:
    """Take scripts, styles and drawings out of `tree`, once its metadata is read: half of a page, and none of its text.

    JSON-LD from which trafilatura may read a text or the kind of a page stays.
    """
    for element in list(tree.iter("script", "style", "svg")):
        if element.getparent() is not None and not _is_read_json(element):
            element.drop_tree()


def _is_read_json(script: HtmlElement) -> bool:
    return "ld+json" in (script.get("type") or "") and _KEPT_JSON.search(script.text or "") is not None


def spare_body(tree: HtmlElement, dropped: tuple[str, ...]) -> HtmlElement:
    """A copy of `tree` without asides and footers, so that trafilatura need not copy and drop them in each of its ways.

    The whole tree where no paragraph stands outside of all elements `dropped` there: it may then take them back.
    """
    spare = deepcopy(tree)
    if any(next(paragraph.iterancestors(*dropped), None) is None for paragraph in spare.iter("p")):
        for element in list(spare.iter("aside", "footer")):
            _drop(element)
    return spare


def read_hinted(elements: list[HtmlElement]) -> str:
    """Read the text of the elements that an outlet's hint names: their blocks, or all of it where they have none."""
    lines: list[str] = []
    for element in elements:
        blocks = [block for block in element.iter(*_BLOCKS) if next(block.iterdescendants(*_BLOCKS), None) is None]
        lines += [block.text_content() for block in blocks] or [str(part) for part in element.itertext()]
    return "\n".join(line for line in map(clean_line, lines) if line)


def read_jsonld_body(body: str) -> str:
    """Read an articleBody: entities and tags, which some outlets leave in it, become characters and lines."""
    unescaped = html.unescape(html.unescape(body)) if "&" in body else body
    return _TAG.sub(lambda match: "\n" if match.group(2) else " ", unescaped)


def tidy_body(text: str, metadata: Metadata | None, zone: ZoneInfo) -> str:
    """Tidy an extracted text: one paragraph a line; headline, line of publication and furniture left out."""
    words = load_page_words()
    own = {fold_line(name) for name in (metadata.title, *metadata.site_names) if name} if metadata else set()
    kept: list[str] = []
    for line in _lines(text[: 2 * MAX_ARTICLE_CHARACTERS]):
        folded = fold_line(line[:200])
        if folded in own or (len(kept) < 3 and _is_publication_line(line, zone, words)):
            continue
        if kept and folded.startswith(words.closes):
            break
        if len(line) < FURNITURE_LINE and folded.startswith((*words.lines, *words.related)):
            continue
        kept.append(line)
    return "\n".join(kept)[:MAX_ARTICLE_CHARACTERS]


def restore_lead(text: str, tree: HtmlElement, metadata: Metadata) -> str:
    """Put the lead paragraph before `text` where extraction lost it, as it does when the lead has a box of its own."""
    if metadata.headline is None:
        return text
    description = fold_line(metadata.description or "")[:40]
    body = fold_line(text[:3_000])
    for element in _after(tree, metadata.headline):
        if element.tag not in ("p", "div", "h2", "h3", "span", "strong", "section"):
            continue
        line = clean_line(element.text_content())
        if not line or not LEAD_MIN <= len(line) <= 1_500:
            continue
        folded = fold_line(line)
        if folded[:40] in body:
            return text  # what follows is in the body already
        if _is_lead(element, folded, description) and _link_share(element) < 0.5:
            return f"{line}\n{text}"
    return text


def order_lines(text: str, tree: HtmlElement, title: str | None) -> str:
    """Put the lines of a short text into the page's order, and leave out short ones that stand before the headline.

    Where it finds little text, trafilatura looks outside the body as well and appends what it finds: the lead after
    the rest, the name of the section.
    """
    lines = list(_lines(text))
    parts = (part for element in tree.iter() if element.tag not in _NOT_SHOWN for part in (element.text, element.tail))
    page = " ".join(" ".join(part for part in parts if part).split())
    places = {line: page.find(line[:60]) for line in lines}
    if min(places.values(), default=-1) < 0:
        return text
    headline = page.find(title) if title else -1
    ordered = sorted(lines, key=lambda line: places[line])
    return "\n".join(line for line in ordered if len(line) >= LEAD_MIN or places[line] > headline)


def share_of_links(tree: HtmlElement, text: str) -> float:
    """The share of `text` that is whole lines of link text: little in an article, most of it on a section page."""
    lines = [clean_line(line) or "" for line in text.split("\n")]
    shortest = min((len(line) for line in lines if line), default=0)
    texts = (link.text_content() for link in tree.iter("a"))
    links = {clean_line(link) for link in texts if len(link) >= shortest}  # most are a menu's: too short for any line
    linked = sum(len(line) for line in lines if line in links)
    return linked / (sum(map(len, lines)) or 1)


def _is_lead(element: HtmlElement, folded: str, description: str) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    if _CAPTION_CLASS.search(names) or next(element.iterancestors("figure", "li", "nav", "aside"), None) is not None:
        return False
    says_lead = bool(_LEAD_CLASS.search(names)) or element.get("itemprop") == "description"
    return says_lead or (len(description) >= 30 and folded.startswith(description))


def _after(tree: HtmlElement, headline: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements that follow the headline, as far as the lead can stand."""
    reached = False
    count = 0
    for element in tree.iter():
        if element is headline:
            reached = True
        elif reached and isinstance(element.tag, str):
            count += 1
            if count > LEAD_REACH:
                return
            yield element


def _is_publication_line(line: str, zone: ZoneInfo, words: PageWords) -> bool:
    if len(line) > FURNITURE_LINE:
        return False
    letters = len(re.sub(r"[\d\W_]", "", line))  # a dateline is little more than weekday, month and label
    if letters < 20 and re.search(r"\d{4}", line) and not line.endswith("."):
        return True  # a Hijri date, say
    return letters < 45 and read_line(line, zone=zone, source="text") is not None


def _lines(text: str) -> Iterator[str]:
    for line in text.replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n").split("\n"):
        if cleaned := clean_line(line):
            yield cleaned


def _first_words(element: HtmlElement) -> str:
    for part in element.itertext():
        if part.strip():
            return str(part).strip()[:60]
    return ""


def _link_share(element: HtmlElement) -> float:
    total = len(element.text_content().strip())
    if element.tag == "a":
        return 1.0
    return sum(len(link.text_content().strip()) for link in element.iter("a")) / total if total else 0.0


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()
