"""Readers of foreign words with one good input each, for bench.fuzz to spoil: every fault that escapes is a finding."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from alerts.names import load_names
from alerts.rules import decide_alerts
from alerts.sample import sample_story
from alerts.wording import Form, write_message
from bench.fuzz_pages import Pages, open_known
from crawler.feeds import read_feed
from crawler.listing import Source
from crawler.sections import read_section
from crawler.sitemaps import read_sitemap
from extract.coder import code_report
from extract.page import extract_page
from intake.articles import matching
from review.filters import make_filter, read_choice
from store.alert_settings import AlertSettings, ChannelSettings
from store.errors import AlertError, SettingsError
from store.records import Change, Outlet, Page, Report
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
RULES = """max_age = "400d"
[rules.one]
country = ["IQ"]
any = [{killed_min = 1}, {near = [{lat = 33.3, lon = 44.4, km = 400}]}, {words = ["رتل"]}]
not = {method = ["drone"], status = ["foiled"]}
[channels.desk]
rules = ["one"]
kinds = ["new", "update"]
confirm_at = 2
"""  # a convoy
TEMPLATE = """{% for block in blocks %}{{ block.headline }}
{% for line in block.lines %}- {{ line|upper }}{% endfor %}
{% if map_url %}{{ labels.map }}: {{ link(map_url) }}{% endif %}{% endfor %}{{ stories[0].incident.place }}"""


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


def apply_rules(body: bytes) -> None:
    """Rules and channels: refused by the settings, or a decision on an attack that is known."""
    try:
        settings = AlertSettings.model_validate(tomllib.loads(body.decode("utf-8", "replace")))
    except (tomllib.TOMLDecodeError, ValidationError):
        return
    for change in known_changes():
        decide_alerts(change, settings, now=NOW, silent=False, already={}, matching=matching())
        decide_alerts(change, settings, now=NOW, silent=False, already={"desk": {"new"}}, matching=matching())


@cache
def known_changes() -> tuple[Change, ...]:
    """An attack as it is told first, and as a later report changes it."""
    incident, mention, article = open_known()
    outlet = replace(OUTLET, id=article.outlet_id)
    first = Change(incident=incident, before=None, mention=mention, article=article, article_id="a", outlet=outlet,
                   changed=())  # fmt: skip
    before = replace(incident, killed=None, publishers=1)
    return first, replace(first, before=before, changed=("killed",))


def fill_template(body: bytes) -> None:
    """A template of the user's own: filled in, or refused with an AlertError; it reaches nothing outside."""
    with tempfile.NamedTemporaryFile(suffix=".j2") as file:
        file.write(body)
        file.flush()
        channel = ChannelSettings(template=file.name)
        for form in (Form(), Form(format="html", body_length=400)):
            with suppress(AlertError):
                write_message([sample_story(NOW)], channel, AlertSettings(), form, load_names())


@cache
def open_pages() -> Pages:
    """The review pages, opened once for all inputs."""
    return Pages()


def ask_pages(body: bytes) -> None:
    """A request to the review pages, its first line the address, the others a form: never an error of the server."""
    open_pages().ask(body)


QUERY = "country=IQ&admin1=IQ-BG&method=rocket&since=2026-11-01&q=انفجار&confidence=0.5&order=date&page=2"
REQUEST = "/incident/ID?lang=en\naction=correct&f_killed=3&f_date=2026-11-20&f_place=بغداد&reason=م&seen=9.9"  # Baghdad
TARGETS: dict[str, tuple[str, Callable[[bytes], object]]] = {
    "feed": (FEED, lambda body: read_feed(as_source(body))),
    "sitemap": (SITEMAP, lambda body: read_sitemap(as_source(body), max_bytes=1_000_000)),
    "section": (PAGE, lambda body: read_section(as_source(body))),
    "page": (PAGE, read_page),
    "coder": (TEXT, read_report),
    "settings": (TOML, read_settings),
    "rules": (RULES, apply_rules),
    "templates": (TEMPLATE, fill_template),
    "filters": (QUERY, read_address),
    "review": (REQUEST, ask_pages),
}
