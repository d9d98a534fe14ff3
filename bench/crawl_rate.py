"""Measures how many pages a second one process fetches, judges and stores from loopback, and how its memory grows."""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from pathlib import Path

from crawler.crawl import Crawler
from store.database import open_database
from store.records import Outlet
from store.settings import CrawlSettings

PAGE_BYTES = 107_000  # as in the figures of the library comparison
WORDS = "أعلنت مصادر أمنية في بغداد اليوم عن تفاصيل جديدة حول الحادث الذي وقع صباحا. "  # "security sources told more"
LINK = b"<div class=x><a href=/section/1>menu</a> <span>text</span></div>\n"


def make_page(name: str) -> bytes:
    """Return a page of PAGE_BYTES: a title, a text of 60 sentences, and menus."""
    start = f"<html><head><title>{name}</title></head><body><h1>{name}</h1><p>{WORDS * 60}</p>".encode()
    return start + LINK * ((PAGE_BYTES - len(start)) // len(LINK))


async def serve(ports: Queue[int], pages_a_round: int) -> None:
    """Serve `/feed?ROUND` and the pages that it lists, on connections that stay open."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
                body = list_pages(path, pages_a_round) if path.startswith("/feed") else make_page(path)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    ports.put(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def list_pages(path: str, count: int) -> bytes:
    """Return the feed of one round."""
    round_ = path.partition("?")[2]
    items = "".join(f"<item><title>t {n}</title><link>/a/{round_}/{n}</link></item>" for n in range(count))
    return f"<rss><channel>{items}</channel></rss>".encode()


def resident_mb() -> float:
    """Return this process's resident memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def outlet_of(port: int, round_: int) -> Outlet:
    """Return the outlet of one round."""
    base = f"http://127.0.0.1:{port}"
    return Outlet(
        id=f"outlet{round_ % 5}", name_ar="x", name_en="x", home=base, publisher="x", ownership="private", country="IQ",
        time_zone="UTC", kind="feed", urls=(f"{base}/feed?{round_}",), every_seconds=600,
        allowed_hosts=("127.0.0.1",), allow_private_hosts=True,
    )  # fmt: skip


async def measure(port: int, rounds: int) -> list[dict[str, float]]:
    """Crawl round after round; a row of figures for each tenth of them."""
    settings = CrawlSettings.model_validate(
        {"delay": "0s", "concurrent_per_host": 8, "robots": False, "max_new_pages": 100_000}
    )
    rows: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "marsad.db")
        crawler = Crawler(settings, db, clock=lambda: datetime.now(UTC))
        total, began, spent = 0, time.monotonic(), time.process_time()
        for round_ in range(rounds):
            total += (await crawler.crawl_outlet(outlet_of(port, round_))).saved
            # The evidence is not what is measured, and fills the disk.
            db.execute("UPDATE pages SET body = NULL")
            if round_ % max(1, rounds // 10) == 0 or round_ == rounds - 1:
                rows.append(
                    {
                        "pages": total,
                        "pages_a_second": round(total / (time.monotonic() - began), 1),
                        "cpu_ms_a_page": round(1000 * (time.process_time() - spent) / total, 2),
                        "resident_mb": round(resident_mb(), 1),
                    }
                )
        await crawler.close()
        db.close()
    return rows


def run_server(ports: Queue[int], pages_a_round: int) -> None:
    """Run the server until its process is ended."""
    asyncio.run(serve(ports, pages_a_round))


def main() -> None:
    """Print the figures as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--pages", type=int, default=400, help="pages a round")
    arguments = parser.parse_args()
    ports: Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=run_server, args=(ports, arguments.pages), daemon=True)
    server.start()
    for row in asyncio.run(measure(ports.get(), arguments.rounds)):
        print(json.dumps(row))
    server.terminate()


if __name__ == "__main__":
    main()
