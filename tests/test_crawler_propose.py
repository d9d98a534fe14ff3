"""A home page becomes an entry, an entry a preview, lists go in and out as OPML, and kept pages out as WARC."""

from __future__ import annotations

import gzip
import io
import re
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from crawler.catalogue import load_outlets
from crawler.crawl import Crawler
from crawler.opml import read_opml, write_opml
from crawler.preview import preview_outlet
from crawler.propose import Proposal, blank_outlet, entry_toml, load_places, propose_outlet
from crawler.warc import write_warc
from store.errors import CrawlError
from store.pages import read_kept_pages
from store.settings import OutletOverride, Settings
from tests.bad_server import RawServer, http, redirect
from tests.crawling import NOW, Bench, Clock, article, channel_preview, outlet_at, quick_settings, rss, run

ITEMS = [(f"/a/{number}", f"خبر عاجل رقم {number}", "") for number in range(5)]  # "urgent news number N"
LINKS = "".join(f"<a href='/news/{n}0001'>خبر طويل العنوان عن حادث اليوم {n}</a>" for n in range(5))


async def propose(server: RawServer, path: str = "/") -> Proposal:
    crawler = Crawler(quick_settings(), None, clock=Clock())
    try:
        return await propose_outlet(crawler, f"{server.url}{path}", now=NOW, every_seconds=600, max_bytes=10**6)
    finally:
        await crawler.close()


def test_a_declared_feed_wins_and_the_entry_is_one_that_settings_take() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/"] = http(
            "<head><title>الرئيسية | وكالة المثال</title><meta property='og:site_name' content='Example Agency'>"
            "<link rel=alternate type='application/rss+xml' title='Comments' href='/comments/feed'>"
            f"<link rel='alternate' type='application/rss+xml' href='/news.xml'></head>{LINKS}"
        )
        server.routes["/news.xml"] = http(rss(server, *ITEMS), kind="application/rss+xml")
        proposal = await propose(server)
        assert proposal.outlet.kind == "feed"
        assert proposal.outlet.urls == (f"{server.url}/news.xml",)
        assert (proposal.outlet.name_ar, proposal.outlet.name_en) == ("وكالة المثال", "Example Agency")
        assert len(proposal.preview.items) == 5
        table = tomllib.loads(entry_toml(proposal.outlet))["outlets"][proposal.outlet.id]
        assert OutletOverride.model_validate(table).kind == "feed"

    run(body)


@pytest.mark.parametrize(("path", "kind"), [("/rss.xml", "feed"), ("/sitemap-news.xml", "sitemap"), (None, "section")])
def test_without_a_declaration_the_usual_places_are_tried_then_the_page_itself(path: str | None, kind: str) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/"] = http(f"<title>x</title>{LINKS}")
        rows = "".join(f"<url><loc>{server.url}{page}</loc></url>" for page, _, _ in ITEMS)
        if path is not None:
            listing = rss(server, *ITEMS) if kind == "feed" else f"<urlset>{rows}</urlset>"
            server.routes[path] = http(listing, kind="text/xml")
        proposal = await propose(server)
        assert proposal.outlet.kind == kind
        assert any("publisher" in note for note in proposal.notes)

    run(body)


def test_a_news_sitemap_that_robots_txt_names_is_found() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/"] = http(f"<title>x</title>{LINKS}")
        stated = f"User-agent: *\n\nsitemap: {server.url}/maps/pages.xml\nSitemap: /maps/Arabic-News.xml\n"
        server.routes["/robots.txt"] = http(stated, kind="text/plain")
        rows = "".join(f"<url><loc>{server.url}{page}</loc></url>" for page, _, _ in ITEMS)
        server.routes["/maps/Arabic-News.xml"] = http(f"<urlset>{rows}</urlset>", kind="text/xml")
        proposal = await propose(server)
        assert (proposal.outlet.kind, proposal.outlet.urls) == ("sitemap", (f"{server.url}/maps/Arabic-News.xml",))

    run(body)


def test_a_feeds_own_address_will_do() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/f"] = http(rss(server, *ITEMS), kind="application/rss+xml")
        assert (await propose(server, "/f")).outlet.urls == (f"{server.url}/f",)

    run(body)


def test_links_of_a_home_page_count_from_where_it_led_to() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/"] = redirect("/ar/")
        server.routes["/ar/"] = http("<link rel=alternate type='application/rss+xml' href='news.xml'>")
        server.routes["/ar/news.xml"] = http(rss(server, *ITEMS), kind="application/rss+xml")
        assert (await propose(server, "/")).outlet.urls == (f"{server.url}/ar/news.xml",)

    run(body)


def test_an_address_without_a_scheme_falls_back_to_plain_http() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/"] = http(f"<title>x</title>{LINKS}")
        crawler = Crawler(quick_settings(), None, clock=Clock())
        named = f"127.0.0.1:{server.port}"
        found = await propose_outlet(crawler, named, now=NOW, every_seconds=600, max_bytes=10**6)
        assert found.outlet.home == f"{server.url}/"
        await crawler.close()

    run(body)


def test_another_feed_of_a_known_outlets_host_is_the_same_publishers_voice() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/f"] = http(rss(server, *ITEMS), kind="application/rss+xml")
        known = outlet_at(server, id="kin", publisher="house", ownership="party")
        crawler = Crawler(quick_settings(), None, clock=Clock())
        found = await propose_outlet(
            crawler, f"{server.url}/f", now=NOW, every_seconds=600, max_bytes=10**6, known=[known]
        )
        assert (found.outlet.publisher, found.outlet.ownership, found.outlet.country) == ("house", "party", "IQ")
        assert any("kin is of the same host" in note for note in found.notes)
        lines = f"<opml><body><outline text='x' xmlUrl='{server.url}/g'/></body></opml>"
        assert read_opml(lines.encode(), every_seconds=600, known=[known])[0].publisher == "house"
        await crawler.close()

    run(body)


def test_a_channels_preview_is_known_by_its_messages_wherever_it_is() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/s/front"] = http(channel_preview("front", 5, 6, 7))
        proposal = await propose(server, "/s/front")
        assert (proposal.outlet.kind, len(proposal.preview.items)) == ("telegram", 3)

    run(body)


@pytest.mark.parametrize("named", ["@FrontNews", "t.me/frontnews", "https://telegram.me/s/FrontNews/12?x=1"])
def test_a_channel_is_known_however_it_is_named(named: str) -> None:
    outlet = blank_outlet(named, 600, frozenset())
    assert (outlet.kind, outlet.urls) == ("telegram", ("https://t.me/s/frontnews",))


@pytest.mark.parametrize(
    "named", ["https://t.me/+AbCdEf", "https://t.me/joinchat/AbC", "t.me/c/123/4", "https://t.me/s/"]
)
def test_what_is_no_public_channel_is_refused_before_anything_is_asked(named: str) -> None:
    with pytest.raises(CrawlError, match=r"private|names no channel"):
        blank_outlet(named, 600, frozenset())


def test_where_an_address_leads_out_of_the_site_that_is_told() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/"] = redirect("https://elsewhere.example/")
        with pytest.raises(CrawlError, match=r"elsewhere\.example"):
            await propose(server)

    run(body)


def test_where_nothing_is_found_the_reason_is_told() -> None:
    async def body(server: RawServer) -> None:
        server.routes["/"] = http("no", status="403 Forbidden")
        with pytest.raises(CrawlError, match="refuses us"):
            await propose(server)

    run(body)


def test_a_page_cannot_lead_a_proposal_to_another_private_host() -> None:
    async def body(server: RawServer) -> None:
        async with RawServer() as inner:
            inner.routes["/secret"] = http(rss(inner, *ITEMS), kind="application/rss+xml")
            server.routes["/"] = http(
                f"<link rel=alternate type='application/rss+xml' href='{inner.url}/secret'>{LINKS}"
            )
            proposal = await propose(server)
            assert inner.asked == []
            assert proposal.tried[0].outcome == "forbidden_address"

    run(body)


def test_a_preview_tells_of_each_source_and_stores_nothing(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = http(rss(server, *ITEMS))
        server.routes["/other"] = http(article("x"))
        bench = Bench(tmp_path)
        outlet = outlet_at(server, urls=(f"{server.url}/feed", f"{server.url}/other", f"{server.url}/none"))
        previews = await preview_outlet(bench.crawler, outlet, now=NOW, max_bytes=10**6)
        assert [preview.outcome for preview in previews] == ["ok", "not_a_feed", "not_found"]
        assert [preview.works for preview in previews] == [True, False, False]
        assert previews[0].arabic is not None
        assert previews[0].arabic > 0.9
        assert "HTML page in its place" in previews[1].means
        for table in ("pages", "listed", "fetches", "sources"):
            assert bench.rows(f"SELECT count(*) FROM {table}") == [(0,)]
        await bench.close()

    run(body)


def test_opml_goes_out_and_comes_in_again() -> None:
    shipped = load_outlets(Settings())
    written = write_opml(shipped, title="Marsad")
    feeds = [url for outlet in shipped if outlet.kind == "feed" for url in outlet.urls]
    assert [line.get("xmlUrl") for line in etree.fromstring(written).iter("outline")] == feeds
    read = read_opml(written, every_seconds=600)
    assert [outlet.urls[0] for outlet in read] == feeds
    assert len({outlet.id for outlet in read}) == len(read)
    assert read_opml(written, every_seconds=600, known=shipped) == ()
    for outlet in read:
        table: dict[str, Any] = tomllib.loads(entry_toml(outlet))["outlets"][outlet.id]
        assert OutletOverride.model_validate(table).urls == outlet.urls
    with pytest.raises(ValueError, match="no OPML"):
        read_opml(b"<html></html>", every_seconds=600)
    assert read_opml(b"<opml><body><outline xmlUrl='javascript:x'/><outline/></body></opml>", every_seconds=600) == ()
    names = {url: (outlet.name_ar, outlet.name_en) for outlet in shipped for url in outlet.urls}
    assert all(names[outlet.urls[0]] == (outlet.name_ar, outlet.name_en) for outlet in read)


def test_a_list_from_anywhere_opens_no_private_host_and_watches_nothing_twice() -> None:
    known = outlet_at(RawServer(), urls=("https://a.example/rss",))
    lines = """<opml><body>
        <outline text='x' xmlUrl='http://[broken/feed'/>
        <outline text='x' xmlUrl=' HTTPS://A.example/rss/ '/>
        <outline text='x' XMLURL='http://169.254.169.254/feed'/>
        <outline text='قناة&#10;خبر' title='Channel' xmlUrl='https://t.me/s/Front'/>
        <outline text='x' xmlUrl='https://telegram.me/front'/>
    </body></opml>"""  # "a channel, news"
    read = read_opml(lines.encode(), every_seconds=600, known=[known])
    assert [(outlet.kind, outlet.urls) for outlet in read] == [
        ("feed", ("http://169.254.169.254/feed",)),
        ("telegram", ("https://t.me/s/front",)),
    ]
    assert not any(outlet.allow_private_hosts or "allow_private" in entry_toml(outlet) for outlet in read)
    assert (read[1].name_ar, read[1].name_en) == ("قناة خبر", "Channel")


def read_records(data: bytes) -> list[tuple[dict[str, str], bytes]]:
    """Read a WARC file as the standard describes it."""
    records = []
    stream = io.BytesIO(gzip.decompress(data))
    while (line := stream.readline()) == b"WARC/1.1\r\n":
        head: dict[str, str] = {}
        while (line := stream.readline()) != b"\r\n":
            name, _, value = line.decode().rstrip("\r\n").partition(": ")
            head[name] = value
        block = stream.read(int(head["Content-Length"]))
        assert stream.read(4) == b"\r\n\r\n"
        records.append((head, block))
    assert stream.read() == b""
    return records


def test_kept_pages_go_out_as_warc_with_their_headers(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        page = article("خبر")
        packed = gzip.compress(page.encode())
        server.routes["/feed"] = http(
            rss(server, ("/a/1", "خبر", ""), ("/a/2", "آخر", "<description>نص</description>"))
        )
        server.routes["/a/1"] = http(packed, headers="Content-Encoding: gzip\r\nServer: test\r\nX-Odd:  a\r\n")
        bench = Bench(tmp_path)
        await bench.crawl(outlet_at(server))
        stream = io.BytesIO()
        kept = [stored.page for stored in read_kept_pages(bench.db)]
        assert write_warc(stream, kept, software="Marsad/test", now=datetime(2026, 11, 21, tzinfo=UTC)) == 1
        [(info, _), (head, block)] = read_records(stream.getvalue())
        assert info["WARC-Type"] == "warcinfo"
        assert head["WARC-Type"] == "response"
        assert head["WARC-Target-URI"] == f"{server.url}/a/1"
        assert head["WARC-Date"] == "2026-11-20T12:00:00Z"
        http_head, _, payload = block.partition(b"\r\n\r\n")
        assert payload == page.encode()
        assert b"Server: test" in http_head
        assert b"gzip" not in http_head
        assert f"Content-Length: {len(page.encode())}".encode() in http_head
        again = io.BytesIO()
        write_warc(again, kept, software="Marsad/test", now=datetime(2026, 11, 21, tzinfo=UTC))
        assert again.getvalue() == stream.getvalue()
        await bench.close()

    run(body)


def test_every_row_of_the_places_table_can_be_read() -> None:
    from zoneinfo import available_timezones

    for label, (country, zone) in load_places().items():
        assert re.fullmatch(r"[a-z]{2,3}", label)
        assert re.fullmatch(r"[A-Z]{2}", country)
        assert zone in available_timezones()
