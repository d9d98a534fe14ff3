"""Tells from a record's head and bytes, before anything is parsed, that it cannot hold what a backfill wants.

Each test is cheaper than the next: outlet and day by the address, kind by the head, Arabic letters by the bytes, words
of attack by one scan. None refuses what extraction would have taken: where in doubt, the record goes on.
"""

from __future__ import annotations

import html
import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from crawler.catalogue import closest_outlet
from crawler.urls import is_own_host
from extract.gate import has_trigger
from extract.pages.encoding import decode_page
from extract.pages.published import read_url_day
from extract.text import fold
from history.records import Entry, Wanted
from intake.replay import unknown_outlet
from store.records import Article, Outlet

LEAST_LETTERS = 12  # an article has 40 characters, four in ten of its letters Arabic
ARABIC_LEADS = bytes((0xD8, 0xD9, 0xDA, 0xDB))  # first bytes of U+0600–U+06FF in UTF-8
FORM_LEADS = bytes((0xEF,))  # of the presentation forms
_HIGH = bytes(range(0xC0, 0x100))  # letters of windows-1256 and iso-8859-6
_ESCAPED = re.compile(rb"(?:&#(?:1[56]\d\d|x0?6[0-9a-f]{2});|\\u06[0-9a-f]{2})", re.IGNORECASE)
# Letters of Persian, Urdu and Kurdish that Arabic does not have.
FOREIGN = "\u067e\u0679\u0686\u0688\u0691\u0695\u06af\u06b5\u06c6\u06ce\u06ba\u06d2"
FOREIGN_SHARE = 0.03  # of a page's letters; Arabic pages have a tenth of it at most, in names
ENOUGH_LETTERS = 200  # to tell languages apart by shares
_BLANKED = bytes(32 if code < 128 else code for code in range(256))  # ASCII to spaces: marks, scripts, digits
# Marks inside a word; the words on both sides of any other are apart.
_INLINE_TAG = re.compile(rb"</?(?:a|abbr|b|bdi|bdo|em|font|i|mark|small|span|strong|u|wbr)\b[^>]*>", re.IGNORECASE)
# References and escapes of what may stand inside a word of Arabic: its letters and marks, and what has no width.
_NAMED = re.compile(rb"&(?:shy|zw|lrm|rlm)")
_NUMBERED = re.compile(rb"&#(?:[xX][0-9a-fA-F]{1,6}|[0-9]{1,7})")
_JSON_LETTER = re.compile(
    rb"\\u(?:0[67][0-9a-fA-F]{2}|08[a-fA-F][0-9a-fA-F]|20[026][0-9a-fA-F]|[fF][b-eB-E][0-9a-fA-F]{2}|00[aA][dD])"
)
_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def refuse_head(entry: Entry, wanted: Wanted, outlet: Outlet, *, known: bool) -> str | None:
    """Why a record is not wanted by its head alone (a word for the counts); None: it may be."""
    if entry.status != 200:
        return "http_error"
    kind = (entry.content_type or "").split(";")[0].strip().lower()
    if kind and not kind.startswith(("text/html", "application/xhtml", "text/plain")):
        return "not_html"
    if (wanted.only and outlet.id not in wanted.only) or (wanted.known_only and not known):
        return "other_outlet"
    return refuse_day(day_of_url(entry.url), entry.captured, wanted)


def refuse_day(day: date | None, captured: datetime, wanted: Wanted) -> str | None:
    """Refuse by the day in the address; without one, a page that was captured before `since` cannot be younger."""
    if day is not None:
        too_old, too_new = wanted.since and day < wanted.since, wanted.until and day > wanted.until
        return "outside_dates" if too_old or too_new else None
    if wanted.since and captured.date() + timedelta(days=1) < wanted.since:
        return "outside_dates"
    return None


def refuse_article_day(article: Article, captured: datetime, wanted: Wanted) -> str | None:
    """Refuse an article by its day: that of its address, else of its publication, else of its capture."""
    day = day_of_url(article.url) or (article.published or captured).date()
    if (wanted.since and day < wanted.since) or (wanted.until and day > wanted.until):
        return "outside_dates"
    return None


def refuse_body(body: bytes, content_type: str | None, wanted: Wanted) -> str | None:
    """Why a page's bytes cannot hold a wanted article; None: they may."""
    if not may_hold_arabic(body):
        return "no_arabic"
    if not wanted.scan_pages:
        return None
    if not is_utf8(body):
        body = decode_page(body, content_type).text.encode("utf-8", "replace")
    words = keep_foreign_words(body)
    if is_foreign(words):
        return "not_arabic"
    if not wanted.every_article and not may_hold_trigger(body, words):
        return "no_trigger"
    return None


def may_hold_arabic(body: bytes) -> bool:
    """Whether bytes hold a few Arabic letters in whatever encoding, escaped ones included."""
    if count_bytes(body, ARABIC_LEADS) >= LEAST_LETTERS or count_bytes(body, FORM_LEADS) >= LEAST_LETTERS:
        return True
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in body[:200]:  # UTF-16
        return True
    if not is_utf8(body) and count_bytes(body, _HIGH) >= LEAST_LETTERS:
        return True
    return (b"&#" in body or b"\\u0" in body) and _ESCAPED.search(body) is not None


def count_bytes(body: bytes, which: bytes) -> int:
    """How many bytes of a kind there are."""
    return len(body) - len(body.translate(None, which))


def is_utf8(body: bytes) -> bool:
    """Whether the bytes are valid UTF-8."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_foreign(words: str) -> bool:
    """Whether a page's words that are not ASCII are of another language of Arabic script: Persian, Urdu, Kurdish."""
    script = len(words) - words.count(" ")
    return script >= ENOUGH_LETTERS and sum(map(words.count, FOREIGN)) > FOREIGN_SHARE * script


def may_hold_trigger(body: bytes, words: str) -> bool:
    """Whether a page (in UTF-8) holds any phrase of attack, in its text, its attributes or its scripts.

    Only `words`, what is not ASCII, is looked at, so that words draw nearer to one another than they stand and none is
    missed; a second look joins what marks inside a word part.
    """
    if hides_letters(body):
        text = html.unescape(body.decode("utf-8", "replace"))
        text = _JSON_ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
        body = text.encode("utf-8", "replace")
        words = keep_foreign_words(body)
    if has_trigger(fold_words(words)):
        return True
    joined = keep_foreign_words(_INLINE_TAG.sub(b"", body))
    return joined != words and has_trigger(fold_words(joined))


def fold_words(words: str) -> str:
    """The same as folding all at once, as each letter is folded by itself; most words were met before."""
    return " ".join(map(fold_word, words.split(" ")))


@lru_cache(maxsize=20_000)
def fold_word(word: str) -> str:
    """A word's folded letters."""
    return fold(word)


def hides_letters(body: bytes) -> bool:
    """Whether references or escapes stand for letters of Arabic, or for what folding drops from inside a word."""
    if _JSON_LETTER.search(body) or _NAMED.search(body):
        return True
    return any(is_of_word(reference) for reference in set(_NUMBERED.findall(body)))


@lru_cache(maxsize=1000)
def is_of_word(reference: bytes) -> bool:
    """Whether a numbered reference is to a letter or to nothing that is seen; quotes, dashes and spaces part words."""
    folded = fold(html.unescape(reference.decode("ascii") + ";"))
    return folded == "" or (not folded.isascii() and folded.isalpha())


def keep_foreign_words(body: bytes) -> str:
    """What is not ASCII in a page (in UTF-8), a space for all that lies between."""
    return b" ".join(body.translate(_BLANKED).split()).decode("utf-8", "replace")


def day_of_url(url: str) -> date | None:
    """The day that an address names."""
    stamp = read_url_day(url)
    return stamp.at.date() if stamp else None


class OutletIndex:
    """Finds the outlet of an address or of a name; what is not in the catalogue is a publisher of its own."""

    def __init__(self, outlets: tuple[Outlet, ...]) -> None:
        self._by_id = {outlet.id: outlet for outlet in outlets}
        self._outlets = outlets
        self._of_host = lru_cache(maxsize=50_000)(self._find_sharing)

    def find(self, url: str, name: str | None = None) -> tuple[Outlet, bool]:
        """The outlet, and whether it is a known one."""
        if name in self._by_id:
            return self._by_id[name], True
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            host, port = "", 443
        outlet = closest_outlet(self._of_host(host, port), url) if host else None
        if outlet is not None:
            return outlet, True
        return unknown_outlet(name or host or "local"), False

    def _find_sharing(self, host: str, port: int) -> tuple[Outlet, ...]:
        return tuple(outlet for outlet in self._outlets if is_own_host(host, port, outlet.allowed_hosts))
