"""Feeds as outlets really write them: what of each item travels with its page, and what is refused by name."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.feeds import read_feed
from crawler.listing import Listing, Source
from store.records import Outlet

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OUTLET = Outlet(
    id="test", name_ar="اختبار", name_en="Test", home="https://news.example/", publisher="test", ownership="private",
    country="IQ", time_zone="Asia/Baghdad", kind="feed", urls=("https://news.example/rss",), every_seconds=600,
    allowed_hosts=("news.example",),
)  # fmt: skip


def read(body: str | bytes, content_type: str = "application/rss+xml") -> Listing:
    raw = body.encode() if isinstance(body, str) else body
    return read_feed(
        Source(outlet=OUTLET, url="https://news.example/rss", content_type=content_type, body=raw, now=NOW)
    )


def item(inner: str) -> Listing:
    return read(
        f"<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        f" xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><item>{inner}</item></channel></rss>"
    )


def test_rss_gives_title_time_teaser_text_and_author() -> None:
    [listed] = item(
        "<title>هجوم على رتل</title><link>https://news.example/1?utm_source=rss</link>"  # "an attack on a convoy"
        "<pubDate>Fri, 20 Nov 2026 10:30:00 +0300</pubDate>"
        "<description>&lt;p&gt;ملخص&lt;/p&gt;</description>"  # "summary"
        "<content:encoded><![CDATA[<p>الفقرة الأولى.</p><p>الفقرة الثانية.</p>]]></content:encoded>"  # two paragraphs
        "<dc:creator>مراسل</dc:creator>"  # "a correspondent"
    ).items
    assert listed.url == "https://news.example/1"
    assert listed.requested_url == "https://news.example/1?utm_source=rss"
    assert listed.item.title == "هجوم على رتل"
    assert listed.item.published == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    assert listed.item.summary == "ملخص"
    assert listed.item.text == "الفقرة الأولى.\nالفقرة الثانية."
    assert listed.item.author == "مراسل"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Fri, 20 Nov 2026 10:30:00 GMT", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026-11-20T10:30:00+03:00", datetime(2026, 11, 20, 7, 30, tzinfo=UTC)),
        ("2026-11-20T10:30:00Z", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026-11-20 10:30:00", datetime(2026, 11, 20, 7, 30, tzinfo=UTC)),  # no zone: the outlet's own clock
        ("Fri, 20 Nov 2026 10:30:00", datetime(2026, 11, 20, 7, 30, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 14:55:00 GMT", datetime(2026, 11, 20, 11, 55, tzinfo=UTC)),  # Baghdad's clock called GMT
        ("Fri, 27 Nov 2026 10:30:00 GMT", None),  # a week ahead: unknown, never now
        ("1 Jan 1970 00:00:00 GMT", None),
        ("Fri, 20 Nov 20888888888888 10:30:00 GMT", None),  # beyond any calendar
        ("منذ ساعتين", None),  # "two hours ago"
        ("", None),
    ],
)
def test_times_keep_their_zone_and_what_cannot_be_right_is_unknown(date: str, expected: datetime | None) -> None:
    [listed] = item(f"<title>x</title><link>https://news.example/1</link><pubDate>{date}</pubDate>").items
    assert listed.item.published == expected


def test_atom_rdf_and_json_are_read() -> None:
    atom = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title type='html'>&amp;quot;خبر&amp;quot;</title>"
        "<link rel='enclosure' href='https://news.example/film.mp4'/><link rel='alternate' href='/1'/>"
        "<published>2026-11-20T09:00:00Z</published><updated>2026-11-20T10:00:00Z</updated>"
        "<content type='html'>&lt;p&gt;نص كامل للخبر هنا&lt;/p&gt;</content></entry></feed>"  # "the news's whole text"
    )
    assert [(each.url, each.item.title, each.item.text) for each in atom.items] == [
        ("https://news.example/1", '"خبر"', "نص كامل للخبر هنا")
    ]
    rdf = read(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'><channel/><item rdf:about='https://news.example/2'>"
        "<title>خبر</title><link>https://news.example/2</link><dc:date>2026-11-20T09:00:00+03:00</dc:date></item></rdf:RDF>"
    )
    assert rdf.items[0].item.published == datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [
        {"id": "3", "url": "https://news.example/3", "title": "خبر", "content_html": "<p>نص</p>",
         "date_published": "2026-11-20T09:00:00Z", "authors": [{"name": "كاتب"}]},
        {"id": "https://news.example/4"}, "nonsense", {"title": "no link"},
    ]}  # fmt: skip
    listing = read(json.dumps(feed), "application/feed+json")
    assert [each.url for each in listing.items] == ["https://news.example/3", "https://news.example/4"]
    assert listing.items[0].item.text == "نص"
    assert listing.items[0].item.author == "كاتب"


@pytest.mark.parametrize("label", ["windows-1256", "utf-8", "iso-8859-1", None])
@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6", "utf-8"])
def test_old_encodings_are_read_whatever_the_labels_say(encoding: str, label: str | None) -> None:
    declaration = f'<?xml version="1.0" encoding="{label}"?>' if label else ""
    title = "انفجار عبوة ناسفة على رتل في بابل"  # "a bomb goes off against a convoy in Babil"
    feed = f"{declaration}<rss><channel><item><title>{title}</title><link>https://news.example/1</link></item></channel></rss>"
    assert read(feed.encode(encoding), "text/xml").items[0].item.title == title


def test_broken_xml_still_gives_its_items() -> None:
    listing = read(
        "\ufeff\n <?xml version='1.0'?><rss><channel><item><title>أول & ثان</title><link>https://news.example/1</link>"
        "<description>a <b>b &nbsp; \x0b c</description></item><item><title>ثالث</title><link>//news.example/2</link>"
    )
    assert [each.url for each in listing.items] == ["https://news.example/1", "https://news.example/2"]


def test_a_long_description_is_the_text_and_a_teaser_is_not() -> None:
    words = "كلمة " * 300  # "word"
    link = "<title>x</title><link>https://news.example/1</link>"
    assert item(f"{link}<description>{words}</description>").items[0].item.text is not None
    assert item(f"{link}<description>{words} ...</description>").items[0].item.text is None
    assert item(f"{link}<description>قصير</description>").items[0].item.text is None  # "short"


def test_the_stamp_changes_when_the_feed_says_that_the_article_did() -> None:
    link = "<link>https://news.example/1</link>"
    first = item(f"<title>مقتل 3</title>{link}").items[0]  # "3 killed"
    same = item(f"<title>مقتل 3</title>{link}<guid>other</guid>").items[0]
    changed = item(f"<title>مقتل 5</title>{link}").items[0]  # "5 killed"
    assert first.stamp == same.stamp != changed.stamp


def test_elements_by_the_names_of_lists_do_no_harm() -> None:
    listing = item("<link>https://news.example/1</link><links>x</links><content>y</content><tags>z</tags>")
    assert [listed.url for listed in listing.items] == ["https://news.example/1"]


def test_a_feed_on_which_the_parser_fails_is_malformed() -> None:
    assert read("<rss><channel><item<link><links//1</link>").problem == "malformed"


def test_links_of_other_sites_are_left_out() -> None:
    listing = read(
        "<rss><channel><item><title>ad</title><link>https://ads.example/1</link></item>"
        "<item><title>x</title><link>https://m.news.example/2</link></item></channel></rss>"
    )
    assert [each.url for each in listing.items] == ["https://news.example/2"]


def test_a_feed_of_100000_items_is_cut_and_does_not_take_for_ever() -> None:
    rows = "".join(f"<item><title>t{n}</title><link>https://news.example/{n}</link></item>" for n in range(100_000))
    started = time.process_time()
    listing = read(f"<rss><channel>{rows}</channel></rss>")
    assert 0 < len(listing.items) <= 1000
    assert time.process_time() - started < 20


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(body: bytes) -> None:
    listing = read(b"<rss><channel><item>" + body)
    assert listing.items or listing.problem
