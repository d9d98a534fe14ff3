"""A visit to an outlet on loopback: what is stored, what is asked again and what is not."""

from __future__ import annotations

from pathlib import Path

from tests.bad_server import RawServer, http
from tests.crawling import Bench, article, outlet_at, rss, run


def test_a_visit_stores_each_listed_page_once(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        server.routes["/feed"] = http(rss(server, ("/a/1", "عنوان أول", ""), ("/a/2", "عنوان ثان", "")))  # two titles
        server.routes["/a/1"] = http(article("عنوان أول"))
        server.routes["/a/2"] = http(article("عنوان ثان"))
        bench = Bench(tmp_path)
        first = await bench.crawl(outlet_at(server))
        assert (first.first_visit, first.new, first.saved, first.problem) == (True, 2, 2, None)
        bench.clock.forward(minutes=10)
        second = await bench.crawl(outlet_at(server))
        assert (second.first_visit, second.new, second.saved) == (False, 0, 0)
        assert sorted(server.paths()) == ["/a/1", "/a/2", "/feed", "/feed"]
        assert bench.rows("SELECT count(*), count(DISTINCT url), min(first_visit) FROM pages") == [(2, 2, 1)]
        await bench.close()

    run(body)


def test_the_feeds_words_serve_where_the_page_is_refused(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        teaser = "<description>قالت الشرطة إن هجوما وقع صباح اليوم</description>"  # "police said an attack happened"
        server.routes["/feed"] = http(rss(server, ("/a/1", "هجوم في بغداد", teaser)))  # "an attack in Baghdad"
        server.routes["/a/1"] = http(b"forbidden", status="403 Forbidden")
        bench = Bench(tmp_path)
        report = await bench.crawl(outlet_at(server))
        assert report.pages == {"blocked": 1}
        [(problem, body_, item)] = bench.rows("SELECT problem, body, item FROM pages")
        assert (problem, body_) == ("blocked", None)
        assert "قالت الشرطة" in item
        await bench.close()

    run(body)
