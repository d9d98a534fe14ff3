"""Turns an HTML fragment, as feeds and previews carry it, into plain text with a line a block."""

from __future__ import annotations

import html
import re

from lxml import etree
from lxml import html as lxml_html

BLOCKS = frozenset((
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "table", "td", "tr", "ul",
))  # fmt: skip
SILENT = frozenset(["script", "style", "noscript", "template", "iframe", "svg", "form", "button", "select"])
# Tatweel and letters stay; only characters that no text may hold are dropped.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
SPACES = re.compile("[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u3000]+")
LOOKS_LIKE_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
LONGEST_FRAGMENT = 400_000


def plain_line(text: str | None) -> str | None:
    """Return a title or a name as one line without markup; None where nothing is left."""
    plain = plain_text(text)
    return " ".join(plain.split()) or None if plain else None


def plain_text(fragment: str | None) -> str | None:
    """Return an HTML fragment as text, blocks on lines of their own; entities escaped twice are read twice."""
    if not fragment:
        return None
    text = CONTROL.sub("", fragment[:LONGEST_FRAGMENT])
    for _ in range(2):  # "&lt;p&gt;" in a feed is markup that was escaped once too often
        if not LOOKS_LIKE_MARKUP.search(text):
            break
        text = _strip_markup(text)
    lines = (SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line) or None


def _strip_markup(text: str) -> str:
    if "<" not in text:
        return html.unescape(text)
    try:
        root = lxml_html.fragment_fromstring(text, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return html.unescape(re.sub(r"<[^>]*>", " ", text))
    return element_text(root)


def element_text(root: lxml_html.HtmlElement) -> str:
    """Return an element's text in reading order, a new line at each block; without recursion, however deep it nests."""
    pieces: list[str] = []
    skipped: etree._Element | None = None
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            if skipped is None and node.tail:
                pieces.append(node.tail)
            continue
        block = node.tag in BLOCKS
        if event == "start":
            if skipped is None and node.tag in SILENT:
                skipped = node
            elif skipped is None:
                pieces.extend(["\n" if block else "", node.text or ""])
            continue
        if skipped is node:
            skipped = None
        if skipped is None:
            pieces.append("\n" if block else "")
            if node is not root and node.tail:
                pieces.append(node.tail)
    return "".join(pieces)
