"""Turns a page that came with 200 into an outcome word where it is a wall, a soft 404 or no page at all."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

LOOKED_AT_BYTES = 60_000
TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/json", "application/octet-stream")
# What a page shows besides its own words: links to others, menus, times, counters.
NOT_OWN_WORDS = frozenset((
    "script", "style", "noscript", "template", "a", "nav", "header", "footer", "aside", "form", "button", "select",
    "time", "iframe", "svg", "head",
))  # fmt: skip
SHORTEST_WORDS = 40  # characters: shorter pieces are counters, dates and labels
HOME_PATHS = frozenset(["", "ar", "arabic", "home", "index.html", "index.php"])
SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """How one kind of wall is recognised."""

    name: str
    outcome: str
    header: tuple[str, str] | None
    contains: tuple[bytes, ...]
    words_max: int


@cache
def load_walls() -> tuple[Wall, ...]:
    """Read the table once."""
    table = tomllib.loads(files("crawler").joinpath("data/walls.toml").read_text(encoding="utf-8"))
    walls = []
    for row in table["wall"]:
        name, _, value = row.get("header", "").partition(": ")
        walls.append(
            Wall(
                name=row["name"],
                outcome=row["outcome"],
                header=(name, value) if name else None,
                contains=tuple(text.encode() for text in row["contains"]),
                words_max=row["words_max"],
            )
        )
    return tuple(walls)


def judge_page(
    body: bytes, content_type: str | None, headers: Mapping[str, str], *, requested_url: str, final_url: str
) -> tuple[str, str | None]:
    """Return the outcome word of a page that came with 2xx, and a detail; `ok` where it may hold an article.

    `headers` has lower-case names.
    """
    if not body.strip():
        return "empty", None
    kind = (content_type or "").strip().lower()
    if kind and not kind.startswith(TEXT_TYPES):
        return "not_html", kind.partition(";")[0][:60]
    if is_sent_home(requested_url, final_url):
        return "soft_404", "redirected to the home page"
    start = body[:LOOKED_AT_BYTES].lower()
    words: int | None = None
    for wall in load_walls():
        if wall.header is not None and wall.header[1] in headers.get(wall.header[0], "").lower():
            return wall.outcome, wall.name
        if any(text in start for text in wall.contains):
            words = len(own_words(body)) if words is None else words
            if words <= wall.words_max:
                return wall.outcome, wall.name
    return "ok", None


def is_sent_home(requested_url: str, final_url: str) -> bool:
    """Tell whether a page's address was answered with a redirect to a home page."""
    asked, got = urlsplit(requested_url), urlsplit(final_url)
    asked_home = asked.path.strip("/").lower() in HOME_PATHS and not asked.query
    return not asked_home and got.path.strip("/").lower() in HOME_PATHS and not got.query


def own_words(body: bytes) -> str:
    """Return a page's headlines and running text without links, menus and counters, spaces folded; "" where unreadable.

    Bytes are read as Latin-1: only sameness and length count here, and an encoding's label may be wrong.
    """
    try:
        root = lxml_html.document_fromstring(body, parser=lxml_html.HTMLParser(encoding="iso-8859-1"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
        return ""
    pieces: list[str] = []
    headlines: list[str] = []
    hidden: etree._Element | None = None
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            if node.tag == "h1" and node.text:
                headlines.append(node.text)
            if hidden is None and node.tag in NOT_OWN_WORDS:
                hidden = node
            elif hidden is None and node.text:
                pieces.append(node.text)
            continue
        if hidden is node:
            hidden = None
        if hidden is None and node.tail:
            pieces.append(node.tail)
    folded = (SPACE.sub(" ", piece).strip() for piece in pieces)
    return "\n".join([*headlines, *(piece for piece in folded if len(piece) >= SHORTEST_WORDS)])


def digest_page(body: bytes) -> str:
    """Return a hash of a page's own words, the same at every visit of an unchanged article; of all bytes where none."""
    words = own_words(body).encode("latin-1", "replace")
    return hashlib.sha256(words or body).hexdigest()[:32]
