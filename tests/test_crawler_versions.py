"""What an article said stays, whatever becomes of its page: edited, emptied, removed; and traps bring nothing twice."""

from __future__ import annotations

import asyncio
import gzip
import io
from pathlib import Path

from crawler.warc import write_warc
from extract.page import extract_page
from intake import take_in
from store.articles import find_article, name_article
from store.pages import next_pages, read_kept_pages
from store.records import Outlet
from store.settings import Settings
from tests.bad_server import Asked, RawServer, http
from tests.crawling import NOW, Bench, article, outlet_at, rss, run

# "Gunmen attacked a checkpoint south of Baghdad this morning; two policemen were killed", and the corrected toll.
FIRST = "هاجم مسلحون صباح اليوم نقطة تفتيش للشرطة جنوبي بغداد ما أسفر عن مقتل شرطيين اثنين بحسب مصدر أمني. "
CORRECTED = FIRST.replace("مقتل شرطيين اثنين", "مقتل أربعة من الشرطة")
OTHER = "وقالت الوزارة في بيان إن القوات طوقت المكان وفتحت تحقيقا في الحادث ونقلت الجرحى إلى مستشفى قريب. "


async def visit(bench: Bench, outlet: Outlet) -> list[str]:
    """One visit, and all that it brought taken in; the words for what became of each page."""
    await bench.crawl(outlet)
    settings = Settings()
    return [
        take_in(
            bench.db, stored, extract_page(stored.page, outlet), outlet=outlet, settings=settings, now=bench.clock()
        ).word
        for stored in next_pages(bench.db, 100)
    ]


def test_an_article_keeps_what_it_said_when_it_is_edited_emptied_and_removed(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        outlet = outlet_at(server)
        server.routes["/feed"] = http(rss(server, ("/a/1", "هجوم جنوبي بغداد", "")))  # "attack south of Baghdad"
        server.routes["/a/1"] = http(article("هجوم جنوبي بغداد", FIRST + OTHER * 3))
        bench = Bench(tmp_path)
        assert await visit(bench, outlet) == ["new"]
        server.routes["/a/1"] = http(article("هجوم جنوبي بغداد", CORRECTED + OTHER * 3))
        bench.clock.forward(hours=1, minutes=1)
        assert await visit(bench, outlet) == ["revised"]
        server.routes["/a/1"] = http("<html lang=ar><title>x</title><p>حذف هذا الخبر</p></html>")  # "was removed"
        bench.clock.forward(hours=6)
        assert await visit(bench, outlet) == ["rejected"]
        server.routes["/a/1"] = http(b"gone", status="410 Gone")
        bench.clock.forward(hours=48)
        assert await visit(bench, outlet) == []

        url = f"{server.url}/a/1"
        known = find_article(bench.db, name_article(url))
        assert known is not None
        assert "أربعة" in known.article.text  # "four"
        ((old,),) = bench.rows("SELECT text FROM article_revisions")
        assert "شرطيين اثنين" in old  # "two policemen"
        assert bench.rows("SELECT count(*) FROM mentions") != [(0,)]
        assert bench.rows("SELECT reason FROM rejected") in ([("too_short",)], [("soft_404",)], [("no_text",)])
        stream = io.BytesIO()
        assert write_warc(stream, (s.page for s in read_kept_pages(bench.db, url=url)), software="t", now=NOW) == 3
        records = gzip.decompress(stream.getvalue())
        assert "شرطيين اثنين".encode() in records
        assert "حذف هذا الخبر".encode() in records
        await bench.close()

    run(body)


def test_session_ids_in_links_bring_no_article_twice(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        tries = range(100_000, 100_100)  # a ticket each time that a link is shown
        tickets = iter(tries)

        async def listing(asked: Asked, writer: asyncio.StreamWriter) -> None:
            links = "".join(
                f"<a href='/news/{n}0001;jsessionid={next(tickets)}?PHPSESSID={next(tickets)}'>"
                f"خبر طويل العنوان عن حادث اليوم {n}</a>"
                for n in range(3)
            )
            writer.write(http(links))
            await writer.drain()

        server.routes["/list"] = listing
        server.routes |= {f"/news/{n}0001;jsessionid={t}": http(article(f"عنوان {n}")) for n in range(3) for t in tries}
        bench = Bench(tmp_path)
        outlet = outlet_at(server, kind="section", urls=(f"{server.url}/list",))
        for _ in range(4):
            await visit(bench, outlet)
            bench.clock.forward(minutes=10)
        assert bench.rows("SELECT count(*) FROM pages") == [(3,)]
        assert bench.rows("SELECT count(*) FROM articles") == [(3,)]
        assert len([path for path in server.paths() if path.startswith("/news/")]) == 3
        await bench.close()

    run(body)


def test_a_maze_of_ever_new_links_stays_within_bounds(tmp_path: Path) -> None:
    """A calendar whose every page lists ever new days and leads on to the next month."""

    async def body(server: RawServer) -> None:
        async def month(asked: Asked, writer: asyncio.StreamWriter) -> None:
            number = int(asked.path.partition("=")[2] or 0)
            days = "".join(
                f"<a href='/day/{number:04}{day:02}'>جدول مواعيد اليوم رقم {day} من الشهر</a>" for day in range(28)
            )  # "appointments of the day"
            writer.write(http(f"{days}<a rel=next href='/calendar?month={number + 1}'>التالي</a>"))  # "next"
            await writer.drain()

        server.routes["/calendar"] = month
        bench = Bench(tmp_path, max_new_pages=20)
        outlet = outlet_at(server, kind="section", urls=(f"{server.url}/calendar",))
        for _ in range(5):
            await bench.crawl(outlet)
            bench.clock.forward(minutes=10)
        assert len([path for path in server.paths() if path.startswith("/calendar")]) <= 5 * 3
        assert len([path for path in server.paths() if path.startswith("/day/")]) <= 5 * 20
        await bench.close()

    run(body)
