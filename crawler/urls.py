"""Turns the many addresses of one page into one canonical URL."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urljoin, urlsplit, urlunsplit

UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
LONGEST_URL = 4000
# Left-to-right marks and the like, which editors paste into links, and white space of every kind.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad\\s]+")
CANONICAL_LINK = re.compile(rb"<link\b[^>]{0,300}\brel\s*=\s*[\"']?canonical\b[^>]*>", re.IGNORECASE)
HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
SESSION_SEGMENT = re.compile(r";jsessionid=[^/]*", re.IGNORECASE)
HEAD_BYTES = 200_000
TELEGRAM_HOSTS = frozenset({"t.me", "www.t.me", "telegram.me"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingRules:
    """The table of `data/tracking.toml`."""

    parameters: frozenset[str]
    parameter_prefixes: tuple[str, ...]
    amp_parameters: frozenset[tuple[str, str]]
    amp_segments: frozenset[str]
    twin_hosts: frozenset[str]


@cache
def load_tracking_rules() -> TrackingRules:
    """Read the table once."""
    table = tomllib.loads(files("crawler").joinpath("data/tracking.toml").read_text(encoding="utf-8"))
    return TrackingRules(
        parameters=frozenset(table["parameters"]),
        parameter_prefixes=tuple(table["parameter_prefixes"]),
        amp_parameters=frozenset((name, value) for name, value in table["amp_parameters"]),
        amp_segments=frozenset(table["amp_segments"]),
        twin_hosts=frozenset(table["twin_hosts"]),
    )


def canonical_url(url: str, hosts: Collection[str] = (), base: str | None = None) -> str | None:
    """Return the one spelling of `url` under which its page is known; None where it is no http(s) URL.

    `hosts` are the outlet's own: twins (m., amp.) fold only into one of them, and a missing or extra "www." follows
    them. `base` resolves relative and protocol-less links. Applying it twice gives the same as once.
    """
    joined = absolute_url(url, base)
    if joined is None:
        return None
    try:
        parts = urlsplit(joined)
        host = canonical_host(parts.hostname or "", hosts)
        port = parts.port
    except ValueError:
        return None
    if not host:
        return None
    rules = load_tracking_rules()
    if port is not None and port != (443 if parts.scheme == "https" else 80):
        host = f"{host}:{port}"
    path = canonical_path(parts.path, rules)
    query = canonical_query(parts.query, rules)
    return urlunsplit((parts.scheme, host, path, query, ""))


def absolute_url(url: str, base: str | None = None) -> str | None:
    """Return `url` as an absolute http(s) URL without invisible characters, or None."""
    cleaned = INVISIBLE.sub("", url.strip()) if not url.isascii() else re.sub(r"[\s\x00-\x1f]+", "", url)
    if not cleaned or len(cleaned) > LONGEST_URL:
        return None
    try:
        joined = urljoin(base, cleaned) if base else cleaned
        parts = urlsplit(joined)
        port = parts.port  # beyond 65535: ValueError
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc or port == 0:
        return None
    return joined


def requestable_url(url: str) -> str:
    """Return an absolute URL as it can be sent: host in ASCII, path and query percent-encoded, no fragment."""
    parts = urlsplit(url)
    host = ascii_host(parts.hostname or "")
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        netloc = f"{netloc}:{parts.port}"
    path = quote(parts.path, safe="%/:@!$&'()*+,;=~-._") or "/"
    query = quote(parts.query, safe="%/:@!$&'()*+,;=~-._?[]")
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def canonical_host(host: str, hosts: Collection[str]) -> str:
    """Lower case, IDN in its ASCII form, no final dot; a twin's host becomes the outlet's own."""
    plain = ascii_host(host)
    own = {ascii_host(each.partition(":")[0]) for each in hosts}
    if plain in own and not _is_twin(plain):
        return plain
    label, _, rest = plain.partition(".")
    if label in load_tracking_rules().twin_hosts and "." in rest:
        for candidate in (rest, f"www.{rest}"):
            if candidate in own:
                return candidate
    for candidate in (plain.removeprefix("www."), f"www.{plain}"):
        if candidate in own:
            return candidate
    return plain


def _is_twin(host: str) -> bool:
    return host.partition(".")[0] in load_tracking_rules().twin_hosts


def ascii_host(host: str) -> str:
    """Return a host name in lower case and ASCII (IDNA); as it came where it cannot be encoded."""
    lowered = host.rstrip(".").lower()
    if lowered.isascii():
        return lowered
    try:
        return lowered.encode("idna").decode("ascii")
    except UnicodeError:
        return lowered


def canonical_path(path: str, rules: TrackingRules) -> str:
    """One spelling of a path: needed escapes only, no empty or dot segments, no AMP ending, no final slash."""
    segments: list[str] = []
    for segment in SESSION_SEGMENT.sub("", path).split("/"):
        if segment == ".." and segments:
            segments.pop()
        elif segment not in ("", ".", ".."):
            segments.append(_normal_escapes(segment))
    while len(segments) > 1 and segments[-1].lower() in rules.amp_segments:
        segments.pop()
    return "/" + "/".join(segments)


def canonical_query(query: str, rules: TrackingRules) -> str:
    """One spelling of a query: tracking and AMP parameters dropped, the rest sorted."""
    kept = sorted(
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="surrogateescape")
        if not is_tracking(name.lower(), value.lower(), rules)
    )
    return urlencode(kept, encoding="utf-8", errors="surrogateescape", quote_via=quote)


def is_tracking(name: str, value: str, rules: TrackingRules) -> bool:
    """Tell whether a query parameter says nothing of the page."""
    return (
        name in rules.parameters or name.startswith(rules.parameter_prefixes) or (name, value) in rules.amp_parameters
    )


def _normal_escapes(segment: str) -> str:
    """Escape what must be, in upper case, and unescape what need not be, so that both spellings become one."""
    raw = unquote_to_bytes(segment)
    return "".join(chr(byte) if byte in UNRESERVED or byte in b"!$&'()*+,;=:@" else f"%{byte:02X}" for byte in raw)


def site_of(host: str) -> str:
    """Return a host without the labels that do not name the site (www, m, amp …)."""
    label, _, rest = host.partition(".")
    return rest if "." in rest and (label == "www" or label in load_tracking_rules().twin_hosts) else host


def is_own_host(host: str, port: int | None, allowed_hosts: Collection[str]) -> bool:
    """Tell whether a host is one of the outlet's: listed, a subdomain of a listed one, or its www/mobile twin."""
    plain = ascii_host(host)
    for allowed in allowed_hosts:
        name, _, number = allowed.partition(":")
        if number and str(port) != number:
            continue
        own = site_of(ascii_host(name))
        if plain == own or plain.endswith(f".{own}"):
            return True
    return False


def stated_canonical(body: bytes, url: str, hosts: Collection[str]) -> str:
    """Return the canonical URL that the page itself states where it can be believed, else that of `url`.

    Believed is a link within the same site that names a page: some sites state their home page on every article.
    """
    own = canonical_url(url, hosts) or url
    link = CANONICAL_LINK.search(body[:HEAD_BYTES])
    href = HREF.search(link.group(0)) if link else None
    if href is None:
        return own
    text = next(group for group in href.groups() if group is not None).decode("utf-8", "replace")
    stated = canonical_url(text.replace("&amp;", "&"), hosts, base=url)
    if stated is None:
        return own
    there, here = urlsplit(stated), urlsplit(own)
    if site_of(there.hostname or "") != site_of(here.hostname or "") or there.port != here.port:
        return own
    names_less = there.path == "/" and (here.path != "/" or bool(here.query)) and not there.query
    drops_the_id = there.path == here.path and not there.query and bool(here.query)
    return own if names_less or drops_the_id else stated


def is_telegram(url: str) -> bool:
    """Tell whether an address is of Telegram's own web pages."""
    return (urlsplit(url).hostname or "").lower() in TELEGRAM_HOSTS


def channel_of(url: str) -> str | None:
    """Return the channel that an address of Telegram's web pages names (/NAME, /NAME/12, /s/NAME/12), in lower case."""
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    named = segments[1:] if segments[:1] == ["s"] else segments
    return named[0].lower() if named else None


def message_number(url: str) -> int | None:
    """Return the number of the message that an address of Telegram's web pages names; None where it names none."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return int(last) if last.isascii() and last.isdigit() and len(last) < 12 else None
