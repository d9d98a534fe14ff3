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

LOOKED_AT_BYTES = 60_000
TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/json", "application/octet-stream")
# What a page shows besides its own words: links to others, menus, times, comments.
NOT_OWN_WORDS = re.compile(
    rb"<(!--|(?:script|style|noscript|template|a|nav|header|footer|aside|form|button|select|time|iframe|svg|head)\b)"
)
# Shorter pieces (40 letters of Arabic in UTF-8 are some 75 bytes) are counters, dates and labels.
LONGEST_HEADLINE = 2000
SHORTEST_TEXT = 75
HOME_PATHS = frozenset(["", "ar", "arabic", "home", "index.html", "index.php"])
SPACE = re.compile(rb"\s+")


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
    body: bytes, words: bytes, headers: Mapping[str, str], *, requested_url: str, final_url: str
) -> tuple[str, str | None]:
    """Return the outcome word of a page that came with 2xx, and a detail; `ok` where it may hold an article.

    `words` are its own words; `headers` has lower-case names.
    """
    if not body.strip():
        return "empty", None
    kind = headers.get("content-type", "").strip().lower()
    if kind and not kind.startswith(TEXT_TYPES):
        return "not_html", kind.partition(";")[0][:60]
    if is_sent_home(requested_url, final_url):
        return "soft_404", "redirected to the home page"
    start = body[:LOOKED_AT_BYTES].lower()
    for wall in load_walls():
        if wall.header is not None and wall.header[1] in headers.get(wall.header[0], "").lower():
            return wall.outcome, wall.name
        if len(words) <= wall.words_max and any(text in start for text in wall.contains):
            return wall.outcome, wall.name
    return "ok", None


def is_sent_home(requested_url: str, final_url: str) -> bool:
    """Tell whether a page's address was answered with a redirect to a home page."""
    asked, got = urlsplit(requested_url), urlsplit(final_url)
    asked_home = asked.path.strip("/").lower() in HOME_PATHS and not asked.query
    return not asked_home and got.path.strip("/").lower() in HOME_PATHS and not got.query


def own_words(body: bytes) -> bytes:
    """Return a page's headline and running text without links, menus and counters, as bytes in lower case.

    Only sameness and length count here, so nothing is parsed or decoded: a tenth of a parser's time, and linear in
    the page's size whatever it holds. An element that is never closed hides nothing.
    """
    lowered = body.lower()
    shown: list[bytes] = []
    never_closed: set[bytes] = set()
    position = 0
    for opening in NOT_OWN_WORDS.finditer(lowered):
        name = opening.group(1)
        if opening.start() < position or name in never_closed:
            continue
        closing = lowered.find(b"-->" if name == b"!--" else b"</" + name, opening.end())
        if closing < 0:
            never_closed.add(name)
            continue
        shown.append(lowered[position : opening.start()])
        position = closing
    shown.append(lowered[position:])
    pieces = [headline_of(lowered), *running_text(b"".join(shown))]
    return b"\n".join(SPACE.sub(b" ", piece).strip() for piece in pieces)


def running_text(shown: bytes) -> list[bytes]:
    """Return the long pieces between tags."""
    behind_tags = shown.split(b">")[1:]
    pieces = [piece.partition(b"<")[0] for piece in behind_tags if len(piece) >= SHORTEST_TEXT]
    return [piece for piece in pieces if len(piece) >= SHORTEST_TEXT]


def headline_of(lowered: bytes) -> bytes:
    """Return the first h1 of a page in lower case, markup and all."""
    start = lowered.find(b"<h1")
    end = lowered.find(b"</h1", start)
    return lowered[start : min(end, start + LONGEST_HEADLINE)] if 0 <= start < end else b""


def digest_words(words: bytes, body: bytes) -> str:
    """Return a hash of a page's own words, the same at every visit of an unchanged article; of all bytes where none."""
    return hashlib.sha256(words.strip() or body).hexdigest()[:32]
