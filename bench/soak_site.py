"""Plays a hundred outlets on loopback that publish at a steady pace, on pages as large as real ones: for soaks."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from multiprocessing.queues import Queue

from bench.played_site import make_page

LISTED = 20  # articles in a feed
FIRST_ADDRESS = 10
# Towns, and how an attack in each is told: one article in five tells of one. A bomb, a drone, gunmen, rockets.
TOWNS = ("الحلة", "كركوك", "الرمادي", "الفلوجة", "بعقوبة", "تكريت", "سامراء", "الناصرية", "البصرة", "الموصل", "أربيل")
ATTACKS = (
    "انفجرت عبوة ناسفة على رتل للتحالف في {town} اليوم وأسفرت عن إصابة {n} جنود.",
    "استهدفت طائرة مسيرة معسكرا للجيش العراقي قرب {town} اليوم وقتل {n} جنود.",
    "قتل {n} من عناصر الشرطة بهجوم مسلح على حاجز أمني في {town} اليوم.",
    "سقطت {n} صواريخ على قاعدة عسكرية في {town} اليوم من دون خسائر بشرية.",
)


def host_of(number: int) -> str:
    """The address of an outlet of its own."""
    return f"127.0.1.{FIRST_ADDRESS + number}"


def list_articles(outlet: int, elapsed: float, every: float, opened: datetime) -> bytes:
    """An outlet's feed: its newest articles; each outlet begins at a moment of its own."""
    newest = int((elapsed + outlet * every / 100) // every)
    items = []
    for number in range(newest, max(-1, newest - LISTED), -1):
        at = opened + timedelta(seconds=number * every - outlet * every / 100)
        items.append(
            f"<item><title>خبر {number} من {outlet}</title><link>http://HOST/a/{outlet}/{number}</link>"  # "news item"
            f"<pubDate>{format_datetime(at)}</pubDate></item>"
        )
    return f"<rss version='2.0'><channel><title>م</title>{''.join(items)}</channel></rss>".encode()


def write_article(path: str) -> bytes:
    """The page of one article: the same whenever it is asked for."""
    chance = random.Random(path)
    page = make_page(path)
    if chance.random() >= 0.2:
        return page
    told = chance.choice(ATTACKS).format(town=chance.choice(TOWNS), n=chance.randrange(3, 9))
    return page.replace(b'<div class="body">', f'<div class="body"><p>{told}</p>'.encode(), 1)


async def serve(ports: Queue[int], every: float) -> None:
    """Serve every outlet's robots.txt, feed and articles on one port of all addresses of this machine."""
    began, opened = time.monotonic(), datetime.now(UTC)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ")[1]
                host = next(line[6:] for line in head.split("\r\n") if line.lower().startswith("host: "))
                status, body = "200 OK", b""
                if path == "/feed":
                    outlet = int(host.partition(":")[0].rpartition(".")[2]) - FIRST_ADDRESS
                    body = list_articles(outlet, time.monotonic() - began, every, opened)
                    body = body.replace(b"HOST", host.encode())
                elif path.startswith("/a/"):
                    body = write_article(path)
                else:
                    status = "404 Not Found"
                kind = "application/rss+xml" if path == "/feed" else "text/html"
                start = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(start.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(handle, host_of(number), port) for number in range(100)]
    ports.put(port)
    await asyncio.gather(server.serve_forever(), *(other.serve_forever() for other in others))


def run_site(ports: Queue[int], every: float) -> None:
    """Run the site until its process is ended."""
    asyncio.run(serve(ports, every))
