"""Sitemaps, section pages and channel previews: which pages they list, and where they go on."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.listing import Source
from crawler.sections import read_section
from crawler.sitemaps import read_sitemap
from crawler.telegram import read_channel
from store.records import Outlet

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OUTLET = Outlet(
    id="test", name_ar="اختبار", name_en="Test", home="https://news.example/", publisher="test", ownership="private",
    country="IQ", time_zone="Asia/Baghdad", kind="section", urls=("https://news.example/",), every_seconds=600,
    allowed_hosts=("news.example",),
)  # fmt: skip
NEWS = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
IMAGE = "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'"


def source(body: str | bytes, url: str = "https://news.example/list", outlet: Outlet = OUTLET) -> Source:
    raw = body.encode() if isinstance(body, str) else body
    return Source(outlet=outlet, url=url, content_type="text/html; charset=utf-8", body=raw, now=NOW)


def sitemap(inner: str) -> str:
    spaces = f"xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' {NEWS} {IMAGE}"
    return f"<?xml version='1.0'?><urlset {spaces}>{inner}</urlset>"


NEWS_URL = (
    "<url><loc> https://news.example/1?utm_source=s </loc><image:image><image:loc>https://news.example/p.jpg</image:loc>"
    "<image:title>picture</image:title></image:image><news:news><news:publication><news:name>x</news:name>"
    "</news:publication><news:publication_date>2026-11-20T10:00:00+03:00</news:publication_date>"
    "<news:title>هجوم على قاعدة</news:title></news:news></url>"  # "an attack on a base"
)


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_a_news_sitemap_gives_title_and_time(packed: bool) -> None:
    body = sitemap(NEWS_URL).encode()
    [listed] = read_sitemap(source(gzip.compress(body) if packed else body), max_bytes=10_000_000).items
    assert listed.url == "https://news.example/1"
    assert listed.item.title == "هجوم على قاعدة"
    assert listed.item.published == datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


def test_only_what_is_recent_is_taken_newest_first_and_lastmod_marks_a_change() -> None:
    def row(name: str, lastmod: str) -> str:
        return f"<url><loc>https://news.example/{name}</loc>{lastmod and f'<lastmod>{lastmod}</lastmod>'}</url>"

    listing = read_sitemap(
        source(
            sitemap(row("old", "2020-01-01") + row("a", "2026-11-19") + row("b", "2026-11-20") + row("undated", ""))
        ),
        max_bytes=10_000_000,
    )
    assert [each.url.rpartition("/")[2] for each in listing.items] == ["b", "a", "undated"]
    assert listing.items[0].item.published is None  # a change is no publication
    again = read_sitemap(source(sitemap(row("b", "2026-11-20T11:00:00Z"))), max_bytes=10_000_000)
    assert again.items[0].stamp != listing.items[0].stamp


def test_an_index_leads_to_its_newest_children() -> None:
    rows = "".join(
        f"<sitemap><loc>https://news.example/map-{year}.xml</loc><lastmod>{year}-11-20T08:00:00Z</lastmod></sitemap>"
        for year in range(2010, 2027)
    )
    listing = read_sitemap(source(f"<sitemapindex>{rows}</sitemapindex>"), max_bytes=10_000_000)
    assert listing.more == ("https://news.example/map-2026.xml",)
    assert not listing.beyond_is_older
    undated = "".join(f"<sitemap><loc>https://news.example/{n}.xml</loc></sitemap>" for n in range(50))
    assert len(read_sitemap(source(f"<sitemapindex>{undated}</sitemapindex>"), max_bytes=10_000_000).more) == 2


def test_an_index_of_addresses_that_are_none_keeps_the_others() -> None:
    names = ("https://news.example]/1.xml", "https://news.example:99999/2.xml", "ftp://news.example/3.xml", "/4.xml")
    rows = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names)
    assert read_sitemap(source(f"<sitemapindex>{rows}</sitemapindex>"), max_bytes=9_999).more == (
        "https://news.example/4.xml",
    )


SECTION = """<html><body>
<nav><a href="/2026/1234/in-the-menu">رابط طويل داخل القائمة العليا للموقع</a></nav>
<div><a href="/news/98765">مقتل ثلاثة في هجوم على رتل للدعم اللوجستي</a>
<time datetime="2026-11-20T09:00:00+03:00"></time></div>
<div><a href="//news.example/news/98764?utm_source=home"><img alt="انفجار عبوة ناسفة شمالي بغداد اليوم"></a></div>
<div><a href="هجوم-مسلح-على-حاجز-أمني">هجوم مسلح على حاجز أمني في ديالى</a></div>
<a href="/category/iraq">كل أخبار العراق من مراسلينا</a> <a href="/tag/12345">وسم طويل الاسم جدا هنا</a>
<a href="/news/11111">قصير</a> <a href="/film-12345.mp4">تسجيل مصور للحادث الذي وقع</a>
<a href="https://ads.example/12345">إعلان طويل جدا عن سيارة جديدة</a>
<a href="javascript:go(123456)">مشاركة الخبر على المنصات</a>
<a rel="next" href="?page=2">2</a></body></html>"""  # menu, articles, a section, a tag, too short, a film, an ad


def test_a_section_lists_articles_and_neither_menus_nor_tags_nor_ads() -> None:
    listing = read_section(source(SECTION, "https://news.example/iraq/"))
    assert [each.url for each in listing.items] == [
        "https://news.example/news/98765",
        "https://news.example/news/98764",
        "https://news.example/iraq/%D9%87%D8%AC%D9%88%D9%85-%D9%85%D8%B3%D9%84%D8%AD-%D8%B9%D9%84%D9%89-%D8%AD%D8%A7%D8%AC"
        "%D8%B2-%D8%A3%D9%85%D9%86%D9%8A",
    ]
    assert listing.items[0].item.published == datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    assert listing.items[1].item.title == "انفجار عبوة ناسفة شمالي بغداد اليوم"
    assert listing.more == ("https://news.example/iraq/?page=2",)
    assert listing.beyond_is_older


def test_the_entrys_own_hint_wins_over_the_guess() -> None:
    outlet = replace(OUTLET, link_css="div.x")
    html = "<div class=x><a href='/a'>قصير</a></div><a href='/news/98765'>مقتل ثلاثة في هجوم على رتل للدعم</a>"
    assert [each.url for each in read_section(source(html, outlet=outlet)).items] == ["https://news.example/a"]


def test_a_section_in_an_old_encoding_is_read() -> None:
    body = SECTION.replace("<html>", "<html><meta charset=iso-8859-1>").encode("windows-1256")
    assert read_section(source(body)).items[0].item.title == "مقتل ثلاثة في هجوم على رتل للدعم اللوجستي"


CHANNEL = """<html><body>
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap" data-post="testnews/41">
<div class="tgme_widget_message_text js-message_text">بيان رقم <b>1</b><br>استهدفنا رتلا<br/>&amp; انسحبنا</div>
<a class="tgme_widget_message_date" href="https://t.me/testnews/41">
<time datetime="2026-11-20T10:00:00+00:00">13:00</time></a>
</div></div>
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="testnews/42">
<a class="tgme_widget_message_photo_wrap"></a></div></div>
<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="testnews/43">
<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text js-message_reply_text">المقتبس</div></a>
<div class="tgme_widget_message_forwarded_from"><a class="tgme_widget_message_forwarded_from_name">قناة أخرى</a></div>
<div class="tgme_widget_message_text js-message_text">الرد</div>
<span class="tgme_widget_message_views">1.2K</span></div></div>
</body></html>"""  # "statement 1 / we struck a convoy / and withdrew"; "the quoted", "the answer"


def test_a_channel_gives_each_message_whole() -> None:
    outlet = replace(OUTLET, kind="telegram", allowed_hosts=("t.me",))
    listing = read_channel(source(CHANNEL, "https://t.me/s/testnews", outlet))
    assert [(each.url, each.item.text, each.whole) for each in listing.items] == [
        ("https://t.me/testnews/41", "بيان رقم 1\nاستهدفنا رتلا\n& انسحبنا", True),
        ("https://t.me/testnews/43", "الرد", True),
    ]
    assert listing.items[0].item.published == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert listing.items[1].item.author == "قناة أخرى"
    assert listing.more == ("https://t.me/s/testnews?before=41",)
    later = read_channel(source(CHANNEL.replace("1.2K", "9.9K"), "https://t.me/s/testnews", outlet))
    assert [each.stamp for each in later.items] == [each.stamp for each in listing.items]  # views are no change


@given(st.binary(max_size=300))
def test_no_bytes_make_them_fail(body: bytes) -> None:
    for listing in (
        read_sitemap(source(b"<urlset><url><loc>" + body), max_bytes=10_000),
        read_section(source(b"<html><a href='/12345'>" + body)),
        read_channel(source(b"<div class='tgme_widget_message' data-post='a/1'>" + body)),
    ):
        assert listing.items or listing.more or listing.problem
