"""Visits to an outlet on loopback: what is stored, what is asked again, what is remembered, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import gzip
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler import crawl
from crawler.crawl import Crawler
from crawler.spiders import OutletSpider
from crawler.visit import Visit
from store.database import open_database
from store.errors import CrawlError
from store.outlets import read_state
from tests.bad_server import Asked, RawServer, http, redirect
from tests.crawling import NOW, Bench, Clock, article, outlet_at, quick_settings, rss, run

RSS = "application/rss+xml"
TEASER = "<description>قالت الشرطة إن هجوما وقع صباح اليوم</description>"  # "police said that an attack took place"


def feed(server: RawServer, *paths: str, headers: str = "", more: str = "") -> bytes:
    """Serve each path's article, and return a feed that lists them."""
    for path in paths:
        server.routes.setdefault(path, http(article(f"عنوان {path}")))  # "title"
    return http(rss(server, *((path, f"عنوان {path}", more) for path in paths)), kind=RSS, headers=headers)


def test_each_listed_page_is_stored_once(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1", "/a/2")
        bench = Bench(tmp_path)
        first = await bench.crawl(outlet_at(server))
        assert (first.first_visit, first.new, first.saved, first.problem) == (True, 2, 2, None)
        bench.clock.forward(minutes=10)
        second = await bench.crawl(outlet_at(server))
        assert (second.first_visit, second.new, second.saved) == (False, 0, 0)
        assert sorted(server.paths()) == ["/a/1", "/a/2", "/feed", "/feed"]
        assert bench.rows("SELECT count(*), count(DISTINCT url), min(first_visit) FROM pages") == [(2, 2, 1)]
        server.routes["/feed"] = feed(server, "/a/3", "/a/1", "/a/2")
        bench.clock.forward(minutes=10)
        third = await bench.crawl(outlet_at(server))
        assert (third.new, third.saved) == (1, 1)
        assert bench.rows("SELECT first_visit FROM pages WHERE url LIKE '%/a/3'") == [(0,)]
        await bench.close()

    run(body)


def test_the_feeds_words_travel_with_the_page_and_serve_where_it_is_refused(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/a/1"] = http(b"forbidden", status="403 Forbidden")
        server.routes["/feed"] = feed(server, "/a/1", "/a/2", more=TEASER)
        bench = Bench(tmp_path)
        report = await bench.crawl(outlet_at(server))
        assert report.pages == {"blocked": 1, "ok": 1}
        rows = bench.rows("SELECT problem, body IS NULL, item FROM pages ORDER BY url")
        assert [(problem, empty) for problem, empty, _ in rows] == [("blocked", 1), (None, 0)]
        assert all("قالت الشرطة" in item for _, _, item in rows)
        bench.clock.forward(hours=1)
        await bench.crawl(outlet_at(server))
        assert bench.rows("SELECT count(*) FROM pages") == [(2,)]  # refused again: no second copy
        server.routes["/feed"] = feed(server, "/a/1", "/a/2", more=TEASER.replace("هجوما", "هجومين"))  # "two attacks"
        await bench.crawl(outlet_at(server))
        rows = bench.rows("SELECT revision, problem, item FROM pages WHERE url LIKE '%/a/1' ORDER BY revision")
        assert [(revision, problem) for revision, problem, _ in rows] == [(1, "blocked"), (2, "blocked")]
        assert "هجومين" in rows[1][2]  # what the feed says of a refused page may change
        await bench.close()

    run(body)


@pytest.mark.parametrize("header", ['ETag: "v1"\r\n', "Last-Modified: Fri, 20 Nov 2026 10:00:00 GMT\r\n"])
def test_what_did_not_change_is_not_sent_again(header: str, tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        whole = feed(server, "/a/1", headers=header)

        async def conditional(asked: Asked, writer: asyncio.StreamWriter) -> None:
            known = "if-none-match" in asked.headers or "if-modified-since" in asked.headers
            writer.write(b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n" if known else whole)

        server.routes["/feed"] = conditional
        bench = Bench(tmp_path)
        first = await bench.crawl(outlet_at(server))
        second = await bench.crawl(outlet_at(server))
        assert (first.sources, second.sources) == ({"ok": 1}, {"not_modified": 1})
        assert second.problem is None
        assert second.wire_bytes == 0
        await bench.close()

    run(body)


def test_a_server_that_ignores_conditions_is_asked_for_its_length_first(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1", "/a/2")
        bench = Bench(tmp_path)
        said = []
        for _ in range(4):
            said.append(dict((await bench.crawl(outlet_at(server))).sources))
            bench.clock.forward(minutes=10)
        assert said == [{"ok": 1}, {"unchanged": 1}, {"unchanged": 1}, {"unchanged": 1}]
        methods = [asked.method for asked in server.asked if asked.path == "/feed"]
        assert methods == ["GET", "GET", "HEAD", "HEAD"]
        server.routes["/feed"] = feed(server, "/a/3", "/a/1", "/a/2")
        assert (await bench.crawl(outlet_at(server))).new == 1  # the length changed: read at once
        bench.clock.forward(minutes=121)
        await bench.crawl(outlet_at(server))
        assert [asked.method for asked in server.asked if asked.path == "/feed"][4:] == ["HEAD", "GET", "GET"]
        await bench.close()

    run(body)


def test_a_server_that_refuses_head_is_not_asked_so_again(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        listing = feed(server, "/a/1", "/a/2")

        async def no_head(asked: Asked, writer: asyncio.StreamWriter) -> None:
            writer.write(http(b"", status="405 Method Not Allowed") if asked.method == "HEAD" else listing)
            await writer.drain()

        server.routes["/feed"] = no_head
        bench = Bench(tmp_path)
        for _ in range(5):
            assert (await bench.crawl(outlet_at(server))).problem is None
            bench.clock.forward(minutes=10)
        methods = [asked.method for asked in server.asked if asked.path == "/feed"]
        assert methods == ["GET", "GET", "HEAD", "GET", "GET", "GET"]
        await bench.close()

    run(body)


def test_a_page_that_failed_is_tried_again_though_its_feed_did_not_change(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1")
        server.routes["/a/1"] = http("down", status="503 Service Unavailable")
        bench = Bench(tmp_path)
        assert (await bench.crawl(outlet_at(server))).pages == {"server_error": 1}
        assert bench.rows("SELECT count(*) FROM pages") == [(0,)]
        server.routes["/a/1"] = http(article("عاد"))  # "it is back"
        assert (await bench.crawl(outlet_at(server))).pages == {}  # too early
        bench.clock.forward(minutes=6)
        report = await bench.crawl(outlet_at(server))
        assert (report.sources, report.pages) == ({"unchanged": 1}, {"ok": 1})
        await bench.close()

    run(body)


def test_a_page_that_always_fails_is_handed_on_once_and_given_up(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1")
        server.routes["/a/1"] = http("gone", status="404 Not Found")
        bench = Bench(tmp_path)
        for _ in range(8):
            await bench.crawl(outlet_at(server))
            bench.clock.forward(hours=7)
        assert server.paths().count("/a/1") == 3
        assert bench.rows("SELECT problem FROM pages") == [("not_found",)]
        await bench.close()

    run(body)


def test_edits_are_found_on_a_schedule_for_48_hours_and_kept_as_revisions(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1")
        server.routes["/a/1"] = http(article("مقتل 3"), headers='ETag: "1"\r\n')  # "3 killed"
        bench = Bench(tmp_path)
        outlet = outlet_at(server)
        await bench.crawl(outlet)
        server.routes["/a/1"] = http(article("مقتل 3").replace("</body>", "<i>77 reads</i></body>"))
        bench.clock.forward(hours=1, seconds=1)
        assert (await bench.crawl(outlet)).pages == {"unchanged": 1}
        assert server.asked[-1].headers["if-none-match"] == '"1"'
        server.routes["/a/1"] = http(article("مقتل 5"))
        bench.clock.forward(hours=5)
        assert (await bench.crawl(outlet)).pages == {"ok": 1}
        bench.clock.forward(hours=42)
        assert (await bench.crawl(outlet)).pages == {"unchanged": 1}
        bench.clock.forward(hours=400)
        assert (await bench.crawl(outlet)).pages == {}
        assert bench.rows("SELECT revision FROM pages ORDER BY id") == [(1,), (2,)]
        assert bench.rows("SELECT due_at, item FROM listed") == [(None, None)]
        await bench.close()

    run(body)


def test_an_edit_that_the_feed_tells_of_is_fetched_at_once(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1", more=TEASER)
        bench = Bench(tmp_path)
        await bench.crawl(outlet_at(server))
        server.routes["/feed"] = feed(server, "/a/1", more=TEASER.replace("هجوما", "هجوما داميا"))  # "bloody"
        server.routes["/a/1"] = http(article("عنوان آخر"))  # "another title"
        report = await bench.crawl(outlet_at(server))
        assert (report.new, report.changed, report.pages) == (0, 1, {"ok": 1})
        assert bench.rows("SELECT max(revision) FROM pages") == [(2,)]
        await bench.close()

    run(body)


def test_a_source_added_later_has_a_first_visit_of_its_own(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1")
        server.routes["/other"] = feed(server, "/b/1")
        bench = Bench(tmp_path)
        await bench.crawl(outlet_at(server))
        await bench.crawl(outlet_at(server, urls=(f"{server.url}/feed", f"{server.url}/other")))
        assert bench.rows("SELECT first_visit FROM pages WHERE url LIKE '%/b/1'") == [(1,)]
        await bench.close()

    run(body)


def test_one_failing_source_does_not_fail_the_outlet(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1")
        bench = Bench(tmp_path)
        report = await bench.crawl(outlet_at(server, urls=(f"{server.url}/none", f"{server.url}/feed")))
        assert report.sources == {"not_found": 1, "ok": 1}
        assert report.problem is None
        assert report.saved == 1
        await bench.close()

    run(body)


def test_a_section_is_read_backwards_while_everything_is_new(tmp_path: Path) -> None:
    def section(first: int, after: str) -> bytes:
        links = "".join(
            f"<a href='/news/{n:05}'>خبر طويل العنوان عن الحادث رقم {n}</a>" for n in range(first, first + 3)
        )
        return http(f"<html><body>{links}{after}</body></html>")

    async def body(server: RawServer) -> None:
        for number in range(100, 130):
            server.routes[f"/news/{number:05}"] = http(article(f"خبر {number}"))
        server.routes["/feed"] = section(100, "")
        bench = Bench(tmp_path)
        outlet = outlet_at(server, kind="section")
        await bench.crawl(outlet)
        server.routes["/feed"] = section(120, "<a rel=next href='/feed?p=2'>2</a>")
        server.routes["/feed?p=2"] = section(110, "<a rel=next href='/feed?p=3'>3</a>")
        server.routes["/feed?p=3"] = section(100, "<a rel=next href='/feed?p=4'>4</a>")
        report = await bench.crawl(outlet)
        assert report.new == 6
        assert "/feed?p=3" in server.paths()
        assert "/feed?p=4" not in server.paths()  # page 3 held nothing new
        assert report.next_poll_at - bench.clock() == timedelta(minutes=5)  # articles may have slipped by
        await bench.close()

    run(body)


def test_an_endless_calendar_is_not_followed_for_ever(tmp_path: Path) -> None:
    async def calendar(asked: Asked, writer: asyncio.StreamWriter) -> None:
        day = len(asked.path)
        writer.write(
            http(f"<a href='/day/{day:06}'>أخبار اليوم كاملة كما وردت {day}</a><a rel=next href='{asked.path}0'>x</a>")
        )

    async def body(server: RawServer) -> None:
        server.routes["/feed"] = calendar
        bench = Bench(tmp_path)
        outlet = outlet_at(server, kind="section", urls=(f"{server.url}/feed?d=1",))
        await bench.crawl(outlet)
        await bench.crawl(replace(outlet, urls=(f"{server.url}/feed?d=123456",)))
        assert sum(path.startswith("/feed") for path in server.paths()) <= 4
        await bench.close()

    run(body)


def test_an_index_and_its_packed_child_are_asked_at_every_poll(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        index = f"<sitemapindex><sitemap><loc>{server.url}/news.xml.gz</loc></sitemap></sitemapindex>"
        server.routes["/feed"] = http(index, kind="text/xml", headers='ETag: "i"\r\n')

        def child(*paths: str) -> bytes:
            rows = "".join(f"<url><loc>{server.url}{path}</loc></url>" for path in paths)
            return http(gzip.compress(f"<urlset>{rows}</urlset>".encode()), kind="application/x-gzip")

        for path in ("/a/1", "/a/2"):
            server.routes[path] = http(article(path))
        server.routes["/news.xml.gz"] = child("/a/1")
        bench = Bench(tmp_path)
        outlet = outlet_at(server, kind="sitemap")
        assert (await bench.crawl(outlet)).saved == 1
        server.routes["/news.xml.gz"] = child("/a/1", "/a/2")
        assert (await bench.crawl(outlet)).saved == 1
        assert bench.rows("SELECT first_visit FROM pages ORDER BY id") == [(1,), (0,)]
        await bench.close()

    run(body)


def message(number: int, text: str) -> str:
    return (
        f"<div class='tgme_widget_message' data-post='ch/{number}'><div class='tgme_widget_message_text'>{text}</div>"
        f"<time datetime='2026-11-20T10:00:{number:02}+00:00'></time></div>"
    )


def test_a_channels_messages_are_pages_and_an_edited_one_a_revision(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/s/ch"] = http(message(1, "الأولى") + message(2, "الثانية"))  # "the first", "the second"
        bench = Bench(tmp_path)
        outlet = outlet_at(server, kind="telegram", urls=(f"{server.url}/s/ch",))
        report = await bench.crawl(outlet)
        assert (report.new, report.saved, report.pages) == (2, 2, {"listed_only": 2})
        server.routes["/s/ch"] = http(message(2, "الثانية معدلة") + message(3, "الثالثة"))  # "edited", "the third"
        report = await bench.crawl(outlet)
        assert (report.new, report.changed, report.saved) == (1, 1, 2)
        rows = bench.rows("SELECT url, revision, problem, item FROM pages ORDER BY id")
        assert [(url.rpartition("/")[2], revision) for url, revision, _, _ in rows] == [
            ("1", 1), ("2", 1), ("2", 2), ("3", 1),
        ]  # fmt: skip
        assert {problem for _, _, problem, _ in rows} == {"listed_only"}
        assert "الثانية معدلة" in rows[2][3]
        await bench.close()

    run(body)


def test_retry_after_is_obeyed_and_the_rest_stays_due(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1", "/a/2", "/a/3")
        for path in ("/a/1", "/a/2", "/a/3"):
            server.routes[path] = http("slow", status="429 Too Many Requests", headers="Retry-After: 600\r\n")
        bench = Bench(tmp_path)
        report = await bench.crawl(outlet_at(server))
        assert report.pages == {"rate_limited": 1, "backed_off": 2}
        assert len([path for path in server.paths() if path.startswith("/a/")]) == 1
        assert bench.rows("SELECT failures FROM listed WHERE due_at <= '2026-11-20T12:00:00.000Z'") == [(0,), (0,)]
        server.routes["/feed"] = http("slow", status="429 Too Many Requests", headers="Retry-After: 7200\r\n")
        other = Bench(tmp_path)
        report = await other.crawl(outlet_at(server))
        assert report.problem == "rate_limited"
        assert report.next_poll_at >= other.clock() + timedelta(hours=2)
        await other.close()
        await bench.close()

    run(body)


def test_a_server_that_lets_page_after_page_time_out_is_left_alone(tmp_path: Path) -> None:
    async def silence(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    async def body(server: RawServer) -> None:
        paths = [f"/a/{number}" for number in range(20)]
        server.routes["/feed"] = feed(server, *paths)
        server.routes.update(dict.fromkeys(paths, silence))
        bench = Bench(tmp_path, timeout="1s", concurrent_per_host=4)
        report = await bench.crawl(outlet_at(server))
        assert report.pages["timeout"] <= 6
        assert report.pages["backed_off"] >= 14
        await bench.close()

    run(body)


def test_robots_txt_is_obeyed_and_asked_once_a_day(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/robots.txt"] = http("User-agent: Marsad\nDisallow: /private/\n", kind="text/plain")
        server.routes["/feed"] = feed(server, "/private/1", "/a/1")
        bench = Bench(tmp_path)
        report = await bench.crawl(outlet_at(server))
        assert report.pages == {"robots_disallowed": 1, "ok": 1}
        await bench.crawl(outlet_at(server))
        assert [asked.path for asked in server.asked].count("/robots.txt") == 1
        assert bench.rows("SELECT url, outcome FROM fetches WHERE kind = 'robots'") == [
            (f"{server.url}/robots.txt", "ok")
        ]
        assert "/private/1" not in server.paths()
        assert {asked.headers["user-agent"].split("/")[0] for asked in server.asked} == {"Marsad"}
        assert all("(+tests)" in asked.headers["user-agent"] for asked in server.asked)
        await bench.close()

    run(body)


def test_robots_txt_that_fails_stops_the_crawl_and_one_that_is_missing_does_not(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1")
        server.routes["/robots.txt"] = http("oops", status="500 Internal Server Error")
        bench = Bench(tmp_path)
        assert (await bench.crawl(outlet_at(server))).problem == "robots_unavailable"
        assert server.paths() == []
        await bench.close()
        unasked = Bench(tmp_path, robots=False)
        assert (await unasked.crawl(outlet_at(server))).problem is None
        await unasked.close()
        del server.routes["/robots.txt"]
        again = Bench(tmp_path)
        assert (await again.crawl(outlet_at(server))).problem is None
        await again.close()

    run(body)


def test_crawl_delay_slows_the_host_down(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/robots.txt"] = http("User-agent: *\nCrawl-delay: 0.3\n", kind="text/plain")
        server.routes["/feed"] = feed(server, "/a/1", "/a/2", "/a/3")
        bench = Bench(tmp_path)
        started = time.monotonic()
        await bench.crawl(outlet_at(server))
        assert time.monotonic() - started >= 0.9
        await bench.close()

    run(body)


def test_redirects_cookies_and_a_stated_canonical_lead_to_one_page(tmp_path: Path) -> None:
    async def cookie(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if "seen=1" in asked.headers.get("cookie", ""):
            writer.write(http(article("خبر").replace("<head>", "<head><link rel=canonical href='/story/9'>")))
        else:
            writer.write(http(b"", status="302 Found", headers=f"Location: {asked.path}\r\nSet-Cookie: seen=1\r\n"))

    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/go/9?utm_source=rss")
        server.routes["/go/9"] = redirect("/story/9/amp")
        server.routes["/go/9?utm_source=rss"] = redirect("/story/9/amp")
        server.routes["/story/9/amp"] = cookie
        bench = Bench(tmp_path)
        assert (await bench.crawl(outlet_at(server))).pages == {"ok": 1}
        [(url, requested)] = bench.rows("SELECT url, requested_url FROM pages")
        assert url == f"{server.url}/story/9"
        assert requested == f"{server.url}/go/9?utm_source=rss"
        await bench.close()

    run(body)


def test_a_dropped_connection_is_tried_once_more_at_once(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        async def flaky(asked: Asked, writer: asyncio.StreamWriter) -> None:
            if server.paths().count("/a/1") == 1:
                writer.transport.abort()
            else:
                writer.write(http(article("خبر")))

        server.routes["/feed"] = feed(server, "/a/1")
        server.routes["/a/1"] = flaky
        bench = Bench(tmp_path)
        assert (await bench.crawl(outlet_at(server))).pages == {"ok": 1}
        await bench.close()

    run(body)


def test_a_visit_takes_no_more_pages_than_allowed_and_the_next_goes_on(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, *(f"/a/{number}" for number in range(7)))
        bench = Bench(tmp_path, max_new_pages=3)
        saved = [(await bench.crawl(outlet_at(server))).saved for _ in range(4)]
        assert saved == [3, 3, 1, 0]
        assert bench.rows("SELECT count(*), min(first_visit) FROM pages") == [(7, 1)]
        await bench.close()

    run(body)


def test_compressed_pages_count_what_went_over_the_wire(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        packed = gzip.compress(article("خبر").encode())
        server.routes["/feed"] = feed(server, "/a/1")
        server.routes["/a/1"] = http(packed, headers="Content-Encoding: gzip\r\n")
        bench = Bench(tmp_path)
        await bench.crawl(outlet_at(server))
        assert bench.rows("SELECT bytes FROM fetches WHERE kind = 'page'") == [(len(packed),)]
        assert server.asked[-1].headers["accept-encoding"] == "gzip, deflate"
        await bench.close()

    run(body)


def test_a_proxy_is_used_where_the_entry_names_one(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        outlet = outlet_at(server, urls=("http://blocked.example/feed",), allowed_hosts=("blocked.example",))
        listing = "<rss><channel><item><title>x</title><link>http://blocked.example/a/1</link></item></channel></rss>"
        server.routes["http://blocked.example/feed"] = http(listing, kind=RSS)
        server.routes["http://blocked.example/a/1"] = http(article("خبر"))
        bench = Bench(tmp_path)
        assert (await bench.crawl(replace(outlet, proxy=server.url, allow_private_hosts=False))).saved == 1
        await bench.close()

    run(body)


def test_a_proxy_that_fails_is_told_apart_from_an_outlet_that_fails(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["http://a.example/feed"] = http("", status="407 Proxy Authentication Required")
        server.routes["http://a.example/robots.txt"] = http("", status="407 Proxy Authentication Required")
        server.routes["b.example:443"] = http("", status="502 Bad Gateway")  # what CONNECT is answered with
        bench = Bench(tmp_path)
        for scheme, host, proxy in (
            ("http", "a.example", server.url), ("https", "b.example", server.url), ("http", "c.example", "http://127.0.0.1:1"),
        ):  # fmt: skip
            outlet = outlet_at(server, id=host, urls=(f"{scheme}://{host}/feed",), allowed_hosts=(host,), proxy=proxy)
            assert (await bench.crawl(outlet)).problem == "proxy_failed", host
        await bench.close()

    run(body)


def test_one_page_can_be_fetched_without_a_database(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/a/1"] = http(article("خبر"))
        server.routes["/a/2"] = http("no", status="403 Forbidden")
        crawler = Crawler(quick_settings(), None, clock=Clock())
        page = await crawler.fetch_page(f"{server.url}/a/1#x", outlet_at(server))
        assert (page.url, page.status, page.problem, page.fetched_at) == (f"{server.url}/a/1", 200, None, NOW)
        assert page.body is not None
        page = await crawler.fetch_page(f"{server.url}/a/2", outlet_at(server))
        assert (page.status, page.problem, page.body) == (403, "blocked", None)
        with pytest.raises(CrawlError):
            await crawler.fetch_page("nonsense", outlet_at(server))
        with pytest.raises(CrawlError):
            await crawler.crawl_outlet(outlet_at(server))
        await crawler.close()

    run(body)


async def slowly(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(20)


def test_closing_ends_visits_within_seconds_and_loses_nothing(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, *(f"/a/{number}" for number in range(5)))
        server.routes["/a/2"] = slowly
        bench = Bench(tmp_path, timeout="30s")
        visit = asyncio.create_task(bench.crawl(outlet_at(server)))
        await asyncio.sleep(0.5)
        started = time.monotonic()
        await bench.crawler.close()
        report = await visit
        assert time.monotonic() - started < 15
        assert report.pages.get("ok", 0) < 5
        server.routes["/a/2"] = http(article("خبر"))
        again = Bench(tmp_path)
        await again.crawl(outlet_at(server))
        assert again.rows("SELECT count(*) FROM pages") == [(5,)]
        assert again.rows("SELECT max(failures) FROM listed") == [(0,)]
        await again.close()

    run(body)


def test_cancelling_a_visit_leaves_no_task_behind(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = slowly
        bench = Bench(tmp_path, timeout="30s", robots=False)
        before = len(asyncio.all_tasks())
        visit = asyncio.create_task(bench.crawl(outlet_at(server)))
        await asyncio.sleep(0.3)
        visit.cancel()
        with pytest.raises(asyncio.CancelledError):
            await visit
        await asyncio.sleep(0.1)
        assert len(asyncio.all_tasks()) - 1 <= before  # the server still sleeps over its one request
        assert read_state(bench.db, "test").failures == 0
        await bench.close()

    run(body)


def test_a_visit_ends_when_its_time_is_over_and_the_rest_stays_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawl, "VISIT_SECONDS", 1.5)

    async def sluggish(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.6)
        writer.write(http(article(asked.path)))

    async def body(server: RawServer) -> None:
        paths = [f"/a/{number}" for number in range(5)]
        server.routes["/feed"] = feed(server, *paths)
        server.routes.update(dict.fromkeys(paths, sluggish))
        bench = Bench(tmp_path)
        report = await bench.crawl(outlet_at(server))
        assert 1 <= report.pages["ok"] < 5
        assert report.problem is None
        visits = 0
        while bench.rows("SELECT count(*) FROM pages") != [(5,)] and visits < 20:  # a slow machine needs more
            await bench.crawl(outlet_at(server))
            visits += 1
        assert bench.rows("SELECT count(*), count(DISTINCT url) FROM pages") == [(5, 5)]
        await bench.close()

    run(body)


def test_failing_polls_are_counted_and_end_with_the_first_success(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        bench = Bench(tmp_path)
        outlet = outlet_at(server)
        waits = []
        for _ in range(4):
            report = await bench.crawl(outlet)
            waits.append(report.next_poll_at - bench.clock())
        assert waits == sorted(waits)
        assert waits[0] < waits[-1]
        state = read_state(bench.db, "test")
        assert (state.failures, state.last_problem, state.is_first_visit) == (4, "not_found", True)
        server.routes["/feed"] = feed(server, "/a/1")
        report = await bench.crawl(outlet)
        state = read_state(bench.db, "test")
        assert (state.failures, state.last_problem, state.is_first_visit) == (0, None, False)
        assert state.next_poll_at == report.next_poll_at == bench.clock() + timedelta(minutes=10)
        await bench.close()

    run(body)


def test_a_page_that_two_outlets_list_is_stored_once(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1")
        bench = Bench(tmp_path)
        await bench.crawl(outlet_at(server))
        await bench.crawl(outlet_at(server, id="other"))
        assert bench.rows("SELECT outlet_id FROM pages") == [("test",)]
        await bench.close()

    run(body)


def test_repeated_visits_leave_nothing_in_memory(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1", "/a/2")
        bench = Bench(tmp_path)
        for number in range(20):
            await bench.crawl(outlet_at(server, id=f"outlet{number % 3}"))
        await asyncio.sleep(0)
        gc.collect()
        left = [each for each in gc.get_objects() if isinstance(each, OutletSpider | Visit)]
        assert len(left) <= 1
        assert len(asyncio.all_tasks()) <= 2
        await bench.close()

    run(body)


def test_the_daemons_and_the_crawlers_databases_may_be_one(tmp_path: Path) -> None:
    """A visit holds no transaction open while it waits for the network."""

    async def body(server: RawServer) -> None:
        server.routes["/feed"] = feed(server, "/a/1")
        server.routes["/a/1"] = slowly
        bench = Bench(tmp_path, timeout="3s")
        visit = asyncio.create_task(bench.crawl(outlet_at(server)))
        await asyncio.sleep(0.5)
        other = open_database(tmp_path / "marsad.db")
        other.execute("PRAGMA busy_timeout=100")
        other.execute("UPDATE outlets SET name_en = 'x'")
        other.close()
        await visit
        await bench.close()

    run(body)
