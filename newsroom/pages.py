"""Turns what an outlet has told so far into what its site answers: pages, feeds, sitemaps, lists, a channel."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from newsroom.script import Site, Told
from newsroom.wording import EGYPTIAN, LEVANTINE, WEEKDAYS

PER_PAGE = 6  # articles on one page of a section or a channel
TEASER = 150
ROBOTS = "User-agent: *\nDisallow: /private/\nDisallow: /search\n"
_SLUG = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the site answers; `made_at` is when its content last changed, None where no validator is sent."""

    status: int
    content_type: str
    body: bytes
    made_at: datetime | None = None


@cache
def load_templates() -> Environment:
    return Environment(
        loader=PackageLoader("newsroom"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
    )


class SitePages:
    """The site of one outlet at one moment: what it answers to a path."""

    def __init__(self, site: Site, told: Sequence[Told], *, base: str, now: datetime) -> None:
        self.site = site
        self.base = base
        self.zone = ZoneInfo(site.time_zone)
        self.now = now
        self.told = sorted(told, key=lambda each: (each.published, each.story.number), reverse=True)
        self.changed_at = max((each.updated for each in told), default=now)

    def answer(self, path: str) -> Answer:
        """Answer a path with its query, as the outlet's own server would."""
        bare, _, query = path.partition("?")
        if bare == "/robots.txt":
            return Answer(status=200, content_type="text/plain", body=ROBOTS.encode())
        if source := _SOURCES[self.site.plays].get(bare):
            return source(self, query)
        for told in self.told:
            if unquote(path) == unquote(self.path(told)):
                return self.article(told)
        if bare == "/article/999.html":  # listed, but gone: answers 200 all the same
            return self.html("missing", {})
        if bare in ("/", "/private/tips", "/private/staff"):
            return self.html("section_list", self.listing("", self.told))
        return Answer(status=404, content_type="text/html; charset=utf-8", body=b"<h1>404 Not Found</h1>")

    def path(self, told: Told) -> str:
        """The path of an article's page, percent-encoded."""
        first = told.story.versions[0]
        slug = "-".join(_SLUG.sub(" ", re.sub(r"\{[^}]*\}", " ", first.title)).split()[:8])
        day = f"{told.published.astimezone(self.zone):%Y/%m/%d}"
        return self.site.article.format(number=told.story.number, slug=quote(slug), day=day)

    def url(self, told: Told) -> str:
        return f"{self.base}{self.path(told)}"

    def article(self, told: Told) -> Answer:
        if self.site.plays == "blocked":
            return Answer(status=403, content_type="text/html", body=self.render("blocked.html.j2", self.card(told)))
        context = {"listed": [self.card(told)]} if self.site.plays == "telegram" else self.article_context(told)
        return self.html(self.site.plays, context, made_at=told.updated)

    def html(self, template: str, context: dict[str, Any], made_at: datetime | None = None) -> Answer:
        text = self.render(f"{template}.html.j2", context)
        if self.site.plays == "cp1256":  # the header is wrong, and nothing in the page sets it right
            text = text.decode("utf-8").encode("cp1256", errors="xmlcharrefreplace")
        return Answer(
            status=200, content_type="text/html; charset=utf-8", body=text, made_at=made_at or self.changed_at
        )

    def render(self, template: str, context: dict[str, Any]) -> bytes:
        full = {"site": self.site, "base": self.base, "year": self.now.year, **context}
        return load_templates().get_template(template).render(full).encode("utf-8")

    def card(self, told: Told) -> dict[str, Any]:
        """What templates show of one article, in each outlet's ways of writing a time."""
        local = told.published.astimezone(self.zone)
        updated = told.updated.astimezone(self.zone)
        day, half = WEEKDAYS[local.weekday()], "ص" if local.hour < 12 else "م"
        levantine, egyptian = LEVANTINE[local.month - 1], EGYPTIAN[local.month - 1]
        paragraphs = told.body.split("\n")
        return {
            "title": told.title,
            "number": told.story.number,
            "author": told.story.author,
            "url": self.url(told),
            "path": self.path(told),
            "post": self.path(told).strip("/"),
            "paragraphs": paragraphs,
            "teaser": paragraphs[0][:TEASER] + ("..." if len(paragraphs[0]) > TEASER else ""),
            "counter": told.story.number % 977 + 23,
            "revision": told.revision,
            "iso": local.isoformat(timespec="seconds"),
            "iso_updated": updated.isoformat(timespec="seconds"),
            "rfc822": format_datetime(local),
            "clock": f"{local:%H:%M}",
            "updated_clock": f"{updated:%H:%M}",
            "visible": f"{local:%Y-%m-%d %H:%M}",
            "levantine": f"{day} {local.day} {levantine} {local.year} - {local.hour % 12 or 12}:{local:%M} {half}",
            "dual": f"{day}، {local.day} {levantine}/{egyptian} {local.year} {local:%H:%M}",
            "numeric": f"{local:%d/%m/%Y %H:%M}",
            "numeric_year_first": f"{local:%Y/%m/%d %H:%M}",
        }

    def article_context(self, told: Told) -> dict[str, Any]:
        card = self.card(told)
        today = self.now.astimezone(self.zone)
        return {
            **card,
            "told": told,
            "section": told.story.section or self.site.sections[0],
            "others": [self.card(other) for other in self.told if other is not told],
            "today": f"{WEEKDAYS[today.weekday()]} {today.day} {LEVANTINE[today.month - 1]} {today.year}",
            "jsonld": lambda with_body: self.jsonld(told, card, with_body=with_body),
        }

    def jsonld(self, told: Told, card: dict[str, Any], *, with_body: bool) -> Markup:
        news = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": told.title[:110],
            "datePublished": card["iso"],
            "dateModified": card["iso_updated"],
            "author": [{"@type": "Organization", "name": told.story.author or self.site.name_ar}],
            "publisher": {"@type": "Organization", "name": self.site.name_ar},
        }
        if with_body:
            news["articleBody"] = told.body
        return Markup(json.dumps(news, ensure_ascii=with_body).replace("</", "<\\/"))

    def listing(self, query: str, told: Sequence[Told], *, path: str = "/") -> dict[str, Any]:
        """One page of a list; `page=N` in the query asks for older ones."""
        match = re.search(r"page=(\d+)", query)
        page = int(match.group(1)) if match else 1
        shown = told[PER_PAGE * (page - 1) : PER_PAGE * page]
        more = f"{path}?page={page + 1}" if len(told) > PER_PAGE * page else None
        return {"listed": [self.card(each) for each in shown], "more": more, "section": self.site.sections[0]}

    def feed(self, template: str, content_type: str, *, encoding: str = "utf-8", full: bool = False) -> Answer:
        context = {
            "listed": [self.card(each) for each in self.told],
            "built": format_datetime(self.changed_at.astimezone(UTC)),
            "built_iso": self.changed_at.isoformat(timespec="seconds"),
            "encoding": encoding,
            "full": full,
        }
        body = self.render(template, context)
        if encoding != "utf-8":
            body = body.decode("utf-8").encode(encoding, errors="xmlcharrefreplace")
        return Answer(status=200, content_type=content_type, body=body, made_at=self.changed_at)

    def channel(self, query: str) -> Answer:
        """The preview of a channel: the newest posts at the bottom; `before=N` asks for older ones."""
        match = re.search(r"before=(\d+)", query)
        posts = [each for each in self.told if match is None or each.story.number < int(match.group(1))]
        listed = [self.card(each) for each in reversed(posts[: 2 * PER_PAGE])]
        return self.html("telegram", {"listed": listed})


Source = Callable[[SitePages, str], Answer]
_XML = "application/xml; charset=utf-8"
_SOURCES: dict[str, dict[str, Source]] = {
    "rss_full": {"/feed/": lambda site, _: site.feed("feed_rss.xml.j2", "application/rss+xml", full=True)},
    "rss_teaser": {"/rss.xml": lambda site, _: site.feed("feed_rss.xml.j2", "text/xml; charset=utf-8")},
    "atom": {"/atom.xml": lambda site, _: site.feed("feed_atom.xml.j2", "application/atom+xml")},
    "news_sitemap": {
        "/sitemap.xml": lambda site, _: site.feed("sitemap_index.xml.j2", _XML),
        "/sitemap-news.xml": lambda site, _: site.feed("sitemap_news.xml.j2", _XML),
    },
    "sections": {
        "/section/1": lambda site, query: site.html(
            "section_list", site.listing(query, site.told, path="/section/1")
        ),
    },
    "cp1256": {
        "/rss.asp": lambda site, _: site.feed("feed_rss.xml.j2", "text/xml; charset=utf-8", encoding="windows-1256")
    },
    "jsonld": {"/feed.xml": lambda site, _: site.feed("feed_rss.xml.j2", "application/rss+xml")},
    "blocked": {"/feed": lambda site, _: site.feed("feed_rss.xml.j2", "application/rss+xml", full=True)},
    "broken_rss": {"/rss": lambda site, _: site.feed("feed_broken.xml.j2", "text/html")},
    "telegram": {"/s/rasd_maydan": lambda site, query: site.channel(query)},
}  # fmt: skip
DISCOVERY: dict[str, tuple[str, str]] = {  # what a site plays → the outlet's kind and the path to look at
    "rss_full": ("feed", "/feed/"),
    "rss_teaser": ("feed", "/rss.xml"),
    "atom": ("feed", "/atom.xml"),
    "news_sitemap": ("sitemap", "/sitemap.xml"),
    "sections": ("section", "/section/1"),
    "cp1256": ("feed", "/rss.asp"),
    "jsonld": ("feed", "/feed.xml"),
    "blocked": ("feed", "/feed"),
    "broken_rss": ("feed", "/rss"),
    "telegram": ("telegram", "/s/rasd_maydan"),
}
