"""Turns spoilt and made-up inputs into counts: how many each reader of foreign words was given, and survived."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from crawler.feeds import read_feed
from crawler.listing import Source
from crawler.sections import read_section
from crawler.sitemaps import read_sitemap
from extract.coder import code_report
from extract.page import extract_page
from review.filters import make_filter, read_choice
from store.errors import SettingsError
from store.records import Outlet, Page, Report
from store.settings import load_settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://outlet.example/news/1"
OUTLET = Outlet(
    id="fuzz", name_ar="م", name_en="Fuzz", home="https://outlet.example/", publisher="fuzz", ownership="unknown",
    country="IQ", time_zone="Asia/Baghdad", kind="feed", urls=("https://outlet.example/rss",), every_seconds=600,
    allowed_hosts=("outlet.example",),
)  # fmt: skip
TEXT = (
    "قتل ثلاثة جنود واصيب خمسة آخرون بتفجير عبوة ناسفة استهدفت رتلا للتحالف في محافظة الديوانية،"
    " الاثنين 28 كانون الاول 2020، واعلنت مجموعة تطلق على نفسها اسم اصحاب الكهف مسؤوليتها."
)  # a roadside bomb on a convoy, with toll, place, date and claim
FEED = f"""<?xml version="1.0"?><!DOCTYPE rss><rss version="2.0"><channel><title>م</title>
<item><title>{TEXT[:60]}</title>
<link>{URL}</link>
<pubDate>Fri, 20 Nov 2026 12:00:00 +0300</pubDate><description><![CDATA[{TEXT}]]></description>
</item></channel></rss>"""
SITEMAP = f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>{URL}</loc><lastmod>2026-11-20</lastmod><news:news>
<news:publication_date>2026-11-20T10:00:00Z</news:publication_date><news:title>م</news:title>
</news:news></url></urlset>"""
PAGE = f"""<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>م</title>
<meta property="article:published_time" content="2026-11-20T10:00:00+03:00"><script type="application/ld+json">
{{"@type":"NewsArticle","datePublished":"2026-11-20","headline":"م"}}</script></head><body><article>
<h1>انفجار عبوة</h1>
<p>{TEXT}</p><p>{TEXT}</p>
<a href="{URL}">{TEXT[:70]}</a><time datetime="2026-11-20">20/11/2026</time>
</article></body></html>"""
TOML = """database = "marsad.db"\n[crawl]\ndelay = "2s"\n[alerts]\nmax_age = "36h"
[alerts.rules.iraq]\ncountry = ["IQ"]
any = [{killed_min = 1}, {near = [{lat = 33.3, lon = 44.4, km = 40}]}]\n[alerts.channels.desk]\nurl = "terminal://"
rules = ["iraq"]\n[alerts.channels.desk.quiet_hours]\nfrom = 22:00:00\nto = 06:00:00
[outlets.mine]\nname_en = "Mine"\n"""
CHUNKS = (b"<", b">", b"]]>",
          b"&#x0;", b"&amp", b"\x00", b"\xff\xfe", b"\xd8", "\u202e".encode(), "٣٠".encode(), b"9" * 400,
          b"<![CDATA[", b"<!ENTITY a 'b'>", b'"', b"'", b"{", b"[[", b"= ", b"\n", "لم".encode(), "أمس".encode(), b"-1",
          b"<p>" * 300, b"</", b"\xed\xa0\x80", b"1e309", b"0000-00-00", b"<svg>", b"\r", "،".encode())  # fmt: skip


def spoil(whole: str) -> st.SearchStrategy[bytes]:
    """Bytes that begin as a good input and are cut, doubled and written over."""
    good = whole.encode()
    stroke = st.tuples(
        st.integers(0, len(good)), st.integers(0, 60), st.one_of(st.sampled_from(CHUNKS), st.binary(max_size=8))
    )

    def paint(strokes: list[tuple[int, int, bytes]]) -> bytes:
        content = good
        for start, length, chunk in strokes:
            content = content[:start] + chunk + content[start + length :]
        return content

    return st.one_of(st.lists(stroke, max_size=12).map(paint), st.binary(max_size=400))


def as_source(body: bytes) -> Source:
    """What the crawler hands to a reader of listings."""
    return Source(url="https://outlet.example/rss", body=body, content_type="text/xml", outlet=OUTLET, now=NOW)


def read_page(body: bytes) -> None:
    """HTML to article, with its coding."""
    page = Page(
        outlet_id="fuzz", url=URL, requested_url=URL, status=200, content_type="text/html", body=body, fetched_at=NOW
    )
    extract_page(page, OUTLET)


def read_report(body: bytes) -> None:
    """Text to coding; every quote must be what stands at its place."""
    text = body.decode("utf-8", "replace")
    coding = code_report(Report(id="r", outlet="fuzz", url=URL, title=text[:80], text=text, published=NOW))
    for mention in coding.mentions:
        for evidence in mention.evidence:
            whole = text[:80] if evidence.source == "title" else text
            assert whole[evidence.start : evidence.end] == evidence.quote, evidence


def read_settings(body: bytes) -> None:
    """Settings and rules: read, or refused with lines that name the file."""
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(body)
        file.flush()
        faults = None
        try:
            load_settings(Path(file.name))
        except SettingsError as error:
            faults = error.faults
    lines = ["none"] if faults == [] else faults or []
    assert all(line.startswith(file.name) and "\n" not in line for line in lines), lines


def read_address(body: bytes) -> None:
    """Filters of the review pages, as they come in the address."""
    words = body.decode("utf-8", "replace").split("&")
    args: dict[str, list[str]] = {}
    for word in words:
        key, _, value = word.partition("=")
        args.setdefault(key, []).append(value)
    make_filter(read_choice(args), now=NOW, match=None)


QUERY = "country=IQ&admin1=IQ-BG&method=rocket&since=2026-11-01&q=انفجار&confidence=0.5&order=date&page=2"
TARGETS: dict[str, tuple[str, Callable[[bytes], object]]] = {
    "feed": (FEED, lambda body: read_feed(as_source(body))),
    "sitemap": (SITEMAP, lambda body: read_sitemap(as_source(body), max_bytes=1_000_000)),
    "section": (PAGE, lambda body: read_section(as_source(body))),
    "page": (PAGE, read_page),
    "coder": (TEXT, read_report),
    "settings": (TOML, read_settings),
    "review": (QUERY, read_address),
}


def fuzz(name: str, seconds: float, start: int) -> dict[str, object]:
    """Give one target inputs for so long; stops at the first that it does not survive, made small."""
    whole, target = TARGETS[name]
    tried, deadline, fault = 0, time.monotonic() + seconds, None
    while fault is None and time.monotonic() < deadline:

        @seed(start + tried)
        @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(spoil(whole))
        def run(body: bytes) -> None:
            nonlocal tried
            tried += 1
            target(body)

        try:
            run()
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"[:300]
            with suppress(AttributeError):
                fault += " | " + " ".join(error.__notes__)[:600]
    return {"target": name, "tried": tried, "survived": fault is None, "fault": fault}


def main() -> int:
    """Fuzz the targets asked for and print one JSON object each; 1 where an input was not survived."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("target", nargs="*", choices=[*TARGETS, []], help="default: all")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target (default 60)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    outcomes = [fuzz(name, arguments.seconds, arguments.seed) for name in arguments.target or TARGETS]
    for outcome in outcomes:
        print(json.dumps(outcome, ensure_ascii=False))
    return int(not all(outcome["survived"] for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
