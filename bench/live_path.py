"""Measures the whole live path beside bare Scrapy, trafilatura and news-please on the same site, in the same run.

    python -m bench.live_path [--rounds N] [--pages N] [--peers]

Fetch, keep, extract, tell the language, code, link and store, of every page; one page in twenty tells of an incident.
All figures are CPU time a page of all processes at work; the bar is 1.25 times what Scrapy needs to fetch a page and
drop it, and trafilatura (fast, with metadata) to read it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from multiprocessing.queues import Queue

from trafilatura import bare_extraction

from bench.crawl_rate import PEER_FOLDER, cpu_seconds_of, measure, measure_peer, time_reference
from bench.played_site import make_page, run_server

INCIDENTS = 0.05
BAR = 1.25
ROUNDS = 4  # polls in which the pages come
# Scrapy as it comes, without robots and politeness; what it gets is dropped. Start-up is left out.
BARE_FETCH = """
import sys, time
import scrapy
from scrapy.crawler import CrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    async def start(self):
        self.began = time.process_time()
        for url in sys.argv[1:]:
            yield scrapy.Request(url)
    def parse(self, response):
        assert len(response.body) > 1000
    def closed(self, reason):
        print(1000 * (time.process_time() - self.began) / len(sys.argv[1:]))
settings = {"LOG_ENABLED": False, "ROBOTSTXT_OBEY": False, "DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "TELNETCONSOLE_ENABLED": False}
process = CrawlerProcess(settings)
process.crawl(Bare)
process.start()
"""


def time_bare_fetch(port: int, pages: int, round_: int) -> float:
    """CPU milliseconds in which Scrapy fetches a page."""
    urls = [f"http://127.0.0.1:{port}/a/bare{round_}/{number}" for number in range(pages)]
    done = subprocess.run([sys.executable, "-c", BARE_FETCH, *urls], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def time_bare_read(pages: int, round_: int) -> float:
    """CPU milliseconds in which trafilatura, fast and with metadata, reads a page of the site."""
    made = [make_page(f"/a/read{round_}/{number}", INCIDENTS).decode() for number in range(pages)]
    bare_extraction(made[0], fast=True, with_metadata=True)
    spent = time.process_time()
    for page in made:
        bare_extraction(page, fast=True, with_metadata=True)
    return 1000 * (time.process_time() - spent) / pages


def time_bare(port: int, round_: int) -> tuple[float, float]:
    """What the bare fetch and the bare reading of a page take; asked before and after, for the machine changes."""
    return time_bare_fetch(port, 200, round_), time_bare_read(100, round_)


def main() -> None:
    """Print a JSON line a round, the sum last."""
    parser = argparse.ArgumentParser(prog="python -m bench.live_path", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="each measures all in turn (default 3)")
    parser.add_argument("--pages", type=int, default=400, help="a round (default 400)")
    parser.add_argument("--peers", action="store_true", help=f"news-please too, installed into {PEER_FOLDER.name}")
    given = parser.parse_args()
    context = multiprocessing.get_context("fork")
    ports: Queue[int] = context.Queue()
    server = context.Process(target=run_server, args=(ports, given.pages // ROUNDS, INCIDENTS, ROUNDS), daemon=True)
    server.start()
    assert server.pid is not None
    port, rounds = ports.get(), []
    for round_ in range(given.rounds):
        reference, before = time_reference(), time_bare(port, 2 * round_)
        served = cpu_seconds_of(server.pid)
        row = asyncio.run(measure(port, ROUNDS, {server.pid}, extract=True))[-1]
        served = cpu_seconds_of(server.pid) - served
        after = time_bare(port, 2 * round_ + 1)
        fetch, read = ((one + other) / 2 for one, other in zip(before, after, strict=True))
        rounds.append(
            {
                "ours_ms": row["cpu_ms_a_page"], "of_it_main_ms": row["cpu_ms_a_page_main"],
                "scrapy_ms": round(fetch, 2), "trafilatura_ms": round(read, 2), "reference_ms": round(reference, 2),
                "ratio": round(row["cpu_ms_a_page"] / (fetch + read), 3), "pages_a_second": row["pages_a_second"],
                "cores_busy": round(row["pages_a_second"] * row["cpu_ms_a_page"] / 1000, 2),
                "cores_wanted": row["cores_wanted"], "cores_idle": row["cores_idle"],
                "server_ms": round(1000 * served / row["pages"], 2),
                "load": round(os.getloadavg()[0], 1),
            }
        )  # fmt: skip
        print(json.dumps(rounds[-1]), flush=True)
    ratio = statistics.median(row["ratio"] for row in rounds)
    summary: dict[str, object] = {"ratio": ratio, "bar": BAR, "met": ratio <= BAR}
    if given.peers:
        peer = measure_peer(port, 40)
        ours = statistics.median(row["ours_ms"] for row in rounds)
        summary |= {"news_please": peer, "of_news_please": round(ours / peer["cpu_ms_a_page"], 3)}
    print(json.dumps(summary))
    server.terminate()


if __name__ == "__main__":
    main()
