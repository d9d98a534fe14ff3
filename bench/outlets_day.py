"""Plays a day of polling a hundred outlets of all kinds on loopback, and counts what was missed, doubled and spent."""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import heapq
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.crawl import Crawler, CrawlReport
from store.database import Database, open_database
from store.records import Outlet
from store.settings import CrawlSettings

START = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
KINDS = ("rss", "teaser", "atom", "json", "sitemap", "section", "telegram")
BAD = ("dead", "slow", "blocked", "malformed")
SHOWN = 20  # items in a listing
EVERY_SECONDS = 600
# Words of the news, for texts that compress as real ones do.
WORDS = (
    "أعلنت مصادر أمنية عن تفاصيل جديدة حول الحادث الذي وقع صباح اليوم في المدينة وقال المتحدث باسم الوزارة "
    "إن التحقيق ما زال جاريا مضيفا أن القوات انتشرت محيط المكان بعد سماع دوي انفجار قرب المجمع ولم تعرف بعد "
    "حصيلة الضحايا فيما نقل الجرحى إلى مستشفى قريب"
).split()
DATED = "<link>{0}</link><title>{1}</title><dc:date>{2}</dc:date>"
MARKS = "<guid isPermaLink='false'>{6}</guid><enclosure url='https://media.example/{6}.jpg' type='image/jpeg'/>"
ITEMS = {  # address, title, time, number, text, teaser, name of its picture
    "rss": f"<item>{DATED}{MARKS}<content:encoded>{{4}}</content:encoded></item>",
    "teaser": f"<item>{DATED}{MARKS}<description>{{5}}</description></item>",
    "atom": f"<entry><id>{{0}}</id><link href='{{0}}'/><title>{{1}}</title><published>{{2}}</published>{MARKS}"
    "<summary>{5}</summary></entry>",
    "sitemap": (
        "<url><loc>{0}</loc><n:news><n:title>{1}</n:title><n:publication_date>{2}</n:publication_date></n:news></url>"
    ),
    "section": "<div class=card><img src='/media/{6}.jpg'><p><a href='{0}'>{1}</a></p><p>{5}</p></div>",
    "telegram": (
        "<div class='tgme_widget_message' data-post='NAME/{3}'><time datetime='{2}'></time>"
        "<div class='tgme_widget_message_text'>{1}. {5}</div></div>"
    ),
}
FRAMES = {
    "rss": (
        "<rss xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
        "<channel>{}</channel></rss>"
    ),
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>",
    "sitemap": "<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>{}</urlset>",
}


@dataclass(slots=True)
class PlayedOutlet:
    """One outlet as the server plays it: what it publishes when, and what it showed at each poll."""

    name: str
    kind: str
    fault: str | None
    conditional: bool  # whether its server knows 304
    chunked: bool  # whether a server that does not says no length either
    times: list[datetime]
    shown: Counter[int] = field(default_factory=Counter)  # article → polls that saw it
    polls: int = 0
    sent_bytes: Counter[int] = field(default_factory=Counter)  # by day
    whole_bytes: Counter[int] = field(default_factory=Counter)  # what the same polls would have cost without 304

    def visible(self, now: datetime) -> list[int]:
        """Return the articles that its listing shows at `now`, newest first."""
        return [number for number, moment in enumerate(self.times) if moment <= now][::-1][:SHOWN]


class PlayedServer:
    """All outlets behind one port; the path's first part names the outlet."""

    def __init__(self, outlets: list[PlayedOutlet], clock: Callable[[], datetime]) -> None:
        self.outlets = {outlet.name: outlet for outlet in outlets}
        self.clock = clock
        self.port = 0
        self.requests = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close, also what still drips."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0.05)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                await self._answer(head, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, head: str, writer: asyncio.StreamWriter) -> None:
        self.requests += 1
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        _, name, *rest = first.split(" ")[1].split("/")
        outlet = self.outlets.get(name)
        if outlet is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        elif outlet.fault == "slow":
            await drip(writer)
        elif outlet.fault == "blocked":
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        elif rest and rest[0] == "a":
            writer.write(answer(article_page(outlet, int(rest[1])), headers, etag=None)[0])
        else:
            outlet.polls += 1
            seen = outlet.visible(self.clock())
            outlet.shown.update(seen)
            body = list_items(outlet, seen, f"http://127.0.0.1:{self.port}/{outlet.name}")
            etag = f'"{hashlib.md5(body).hexdigest()}"' if outlet.conditional else None
            data, whole = answer(body, headers, etag=etag, chunked=outlet.chunked and not outlet.conditional)
            if first.startswith("HEAD"):
                data = data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            day = (self.clock() - START).days
            outlet.sent_bytes[day] += len(data)
            outlet.whole_bytes[day] += whole
            writer.write(data)
        await writer.drain()


async def drip(writer: asyncio.StreamWriter) -> None:
    """Send a byte every half second, for longer than any time limit."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(60):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.5)


def answer(body: bytes, headers: dict[str, str], *, etag: str | None, chunked: bool = False) -> tuple[bytes, int]:
    """Return an answer, and how many bytes it takes when nothing is spared but by compression."""
    packed = gzip.compress(body, 5)
    tag = f"ETag: {etag}\r\n" if etag else ""
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n{tag}\r\n".encode()
    if etag is not None and headers.get("if-none-match") == etag:
        return f"HTTP/1.1 304 Not Modified\r\n{tag}\r\n".encode(), len(head) + len(packed)
    if chunked:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        packed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    return head + packed, len(head) + len(packed)


def headline(outlet: PlayedOutlet, number: int) -> str:
    """Return an article's title."""
    return f"خبر رقم {number} من {outlet.name} عن الحادث"  # "news number N of NAME on the incident"


def write_text(outlet: PlayedOutlet, number: int, words: int) -> str:
    """Return an article's text, the same each time."""
    return " ".join(random.Random(f"{outlet.name} {number}").choices(WORDS, k=words))


def article_page(outlet: PlayedOutlet, number: int) -> bytes:
    """Return an article's page."""
    title = headline(outlet, number)
    text = write_text(outlet, number, 120)
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>".encode()


def list_items(outlet: PlayedOutlet, numbers: list[int], base: str) -> bytes:
    """Return an outlet's listing in its own format."""
    rows = [(f"{base}/a/{number:05}", headline(outlet, number), outlet.times[number].isoformat()) for number in numbers]
    if outlet.fault == "malformed":
        return b"<rss version='2.0'><channel><title>broken"
    if outlet.kind == "json":
        items = [
            {"id": url, "url": url, "title": title, "date_published": at, "summary": write_text(outlet, number, 25)}
            for (url, title, at), number in zip(rows, numbers, strict=True)
        ]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    kind = outlet.kind
    body = "".join(
        ITEMS[kind]
        .replace("NAME", outlet.name)
        .format(
            url,
            title,
            at,
            url.rpartition("/")[2],
            write_text(outlet, number, 120),
            write_text(outlet, number, 25),
            hashlib.md5(f"{outlet.name} {number}".encode()).hexdigest(),
        )
        for (url, title, at), number in zip(rows, numbers, strict=True)
    )
    frame = FRAMES.get("rss" if kind == "teaser" else kind, "<html><body>{}</body></html>")
    return frame.replace("{}", body).encode()


def play_outlets(count: int, hours: float, seed: int) -> list[PlayedOutlet]:
    """Return the outlets: every kind in turn, each fault once in twenty, 8 to 60 articles a day at random times."""
    chance = random.Random(seed)
    played = []
    for number in range(count):
        fault = BAD[number // 5 % 4] if number % 5 == 4 else None
        amount = max(2, int(chance.uniform(8, 60) * hours / 24))
        times = sorted(START + timedelta(hours=chance.uniform(-2, hours - 1)) for _ in range(amount))
        conditional = chance.random() < 0.9
        kind = KINDS[number % len(KINDS)]
        played.append(PlayedOutlet(f"o{number:03}", kind, fault, conditional, number % 2 == 0, times))
    return played


def entry_of(played: PlayedOutlet, port: int) -> Outlet:
    """Return the catalogue entry of a played outlet."""
    kind = played.kind if played.kind in ("sitemap", "section", "telegram") else "feed"
    base = f"http://127.0.0.1:{port}/{played.name}"
    return Outlet(
        id=played.name, name_ar=played.name, name_en=played.name, home=f"{base}/", publisher=played.name,
        ownership="private", country="IQ", time_zone="UTC", kind=kind, urls=(f"{base}/list",),
        every_seconds=EVERY_SECONDS,
        allowed_hosts=("127.0.0.1",), allow_private_hosts=True,
    )  # fmt: skip


@dataclass(slots=True)
class SetClock:
    """The played time."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


async def poll_through(
    entries: list[Outlet], crawler: Crawler, clock: SetClock, end: datetime
) -> tuple[list[CrawlReport], dict[str, float]]:
    """Poll each outlet whenever it asks to be, until `end`; the reports, and each outlet's longest visit in seconds."""
    by_id = {entry.id: entry for entry in entries}
    due = [(START, entry.id) for entry in entries]
    heapq.heapify(due)
    reports: list[CrawlReport] = []
    longest: dict[str, float] = {}

    async def visit(outlet_id: str) -> CrawlReport:
        began = time.monotonic()
        report = await crawler.crawl_outlet(by_id[outlet_id])
        longest[outlet_id] = max(longest.get(outlet_id, 0.0), time.monotonic() - began)
        return report

    while due and due[0][0] < end:
        moment, _ = due[0]
        batch = []
        while due and due[0][0] <= moment + timedelta(seconds=60) and due[0][0] < end:
            batch.append(heapq.heappop(due)[1])
        clock.now = max(clock.now, moment)
        for report in await asyncio.gather(*(visit(outlet_id) for outlet_id in batch)):
            reports.append(report)
            heapq.heappush(due, (max(report.next_poll_at, clock.now + timedelta(seconds=60)), report.outlet_id))
    return reports, longest


def plain_bytes(outlet: PlayedOutlet, day: int) -> int:
    """Return what a plain poller costs in a day: the whole listing, compressed, at the outlet's own interval."""
    total, size, before = 0, 0, None
    for poll in range(86_400 // EVERY_SECONDS):
        seen = outlet.visible(START + timedelta(days=day, seconds=poll * EVERY_SECONDS))
        if seen != before:
            body = list_items(outlet, seen, f"http://127.0.0.1:40000/{outlet.name}")
            size, before = answer(body, {}, etag='"0"')[1], seen
        total += size
    return total


def compare_bytes(good: list[PlayedOutlet], days: int) -> list[dict[str, object]]:
    """Return, a row a day, how bytes of listings compare with the same polls without 304, and with plain polling."""
    rows: list[dict[str, object]] = []
    for day in range(days):
        sent = sum(outlet.sent_bytes[day] for outlet in good)
        knowing = [outlet for outlet in good if outlet.conditional]
        rows.append(
            {
                "day": day + 1,
                "listing_bytes": sent,
                "of_the_same_polls_without_304": ratio(sent, sum(outlet.whole_bytes[day] for outlet in good)),
                "of_these_where_the_server_knows_304": ratio(
                    sum(outlet.sent_bytes[day] for outlet in knowing), sum(o.whole_bytes[day] for o in knowing)
                ),
                "of_plain_polling": ratio(sent, sum(plain_bytes(outlet, day) for outlet in good)),
            }
        )
    return rows


def ratio(part: int, whole: int) -> float:
    """Return a share, rounded."""
    return round(part / max(1, whole), 3)


def measure(played: list[PlayedOutlet], db: Database, reports: list[CrawlReport], hours: float) -> dict[str, object]:
    """Compare what the outlets showed with what was stored."""
    stored = Counter(str(row[0]) for row in db.execute("SELECT url || ' ' || outlet_id FROM pages WHERE revision = 1"))
    known = {(key.split(" ")[1], int(key.split(" ")[0].rpartition("/")[2])) for key in stored}
    good = [outlet for outlet in played if outlet.fault is None]
    twice = {(outlet.name, number) for outlet in good for number, polls in outlet.shown.items() if polls >= 2}
    visits = Counter(report.outlet_id for report in reports)
    return {
        "outlets": len(played),
        "polls": len(reports),
        "articles_visible_twice": len(twice),
        "missed": len(twice - known),
        "stored_twice": sum(count - 1 for count in stored.values()),
        "bytes": compare_bytes(good, max(1, round(hours / 24))),
        "polls_of_a_good_outlet": round(sum(visits[outlet.name] for outlet in good) / len(good), 1),
        "polls_of_a_bad_outlet": round(
            sum(visits[outlet.name] for outlet in played if outlet.fault) / max(1, len(played) - len(good)), 1
        ),
        "problems": dict(Counter(report.problem for report in reports if report.problem)),
    }


async def play_day(count: int = 100, hours: float = 24.0, seed: int = 7) -> dict[str, object]:
    """Play it and return the figures."""
    clock = SetClock()
    played = play_outlets(count, hours, seed)
    # The bad ones have a host of their own, and the dead ones' port answers nobody.
    good_server = PlayedServer([outlet for outlet in played if outlet.fault is None], clock)
    bad_server = PlayedServer([outlet for outlet in played if outlet.fault], clock)
    for server in (good_server, bad_server):
        await server.start()
    ports = {None: good_server.port, "dead": 1}
    settings = CrawlSettings.model_validate(
        {"delay": "0s", "timeout": "1s", "concurrent": 64, "concurrent_per_host": 16, "robots": False}
    )
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "marsad.db")
        crawler = Crawler(settings, db, clock=clock)
        began, spent = time.monotonic(), time.process_time()
        entries = [entry_of(outlet, ports.get(outlet.fault, bad_server.port)) for outlet in played]
        reports, longest = await poll_through(entries, crawler, clock, START + timedelta(hours=hours))
        figures = measure(played, db, reports, hours)
        good = {outlet.name for outlet in played if outlet.fault is None}
        figures["longest_visit_of_a_good_outlet_seconds"] = round(max(longest[name] for name in good), 2)
        figures["seconds"] = round(time.monotonic() - began, 1)
        figures["cpu_seconds"] = round(time.process_time() - spent, 1)
        await crawler.close()
        db.close()
    for server in (good_server, bad_server):
        await server.stop()
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=2, help="on the first, no outlet's habit is known yet")
    parser.add_argument("--outlets", type=int, default=100)
    given = parser.parse_args()
    played_figures = asyncio.run(play_day(count=given.outlets, hours=24.0 * given.days))
    print(json.dumps(played_figures, ensure_ascii=False, indent=2))
