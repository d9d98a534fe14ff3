"""Measures the daemon's own path on loopback: pages a second, processor time a page, and memory as it grows.

Pages of 107 KB are fetched, kept, extracted and coded in the workers, and taken in. Beside it, in the same run, the
processor time of trafilatura alone on such a page (the measure of the machine's state) and, with `--peers`, of
news-please on the same site.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from pathlib import Path

from trafilatura import bare_extraction

from bench.played_site import WARM_UP, make_page, run_server
from scheduler import Daemon
from store.database import open_database
from store.records import Outlet
from store.settings import Settings

REFERENCE_MS = 6.4  # trafilatura, fast and with metadata, on a machine that does nothing else
PEER_FOLDER = Path(tempfile.gettempdir()) / "marsad-bench-news-please"
PEER_PACKAGES = ("news-please", "lxml_html_clean", "nltk")  # without the last it reads no Arabic page
PEER_CODE = """
import json, resource, sys, time
from newsplease import NewsPlease
def cpu():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in both)
first = [NewsPlease.from_url(url) for url in sys.argv[1:3]]  # loads what it needs
began, spent = time.time(), cpu()
found = [NewsPlease.from_url(url) for url in sys.argv[3:]]
cpu = cpu() - spent
texts = sum(bool(article and article.maintext) for article in found)
print(json.dumps({"pages": len(found), "with_text": texts, "cpu_ms_a_page": round(1000 * cpu / len(found), 1),
                  "pages_a_second": round(len(found) / (time.time() - began), 2)}))
"""
Row = dict[str, float]


def outlet_of(port: int, round_: int) -> Outlet:
    """Return the outlet of one round; of WARM_UP a few pages that all have loaded what they need by."""
    base = f"http://127.0.0.1:{port}"
    return Outlet(
        id=f"outlet{round_ % 5}", name_ar="x", name_en="x", home=base, publisher="x", ownership="private", country="IQ",
        time_zone="UTC", kind="feed", urls=(f"{base}/feed?{round_}",), every_seconds=600,
        allowed_hosts=("127.0.0.1",), allow_private_hosts=True,
    )  # fmt: skip


def time_reference() -> float:
    """Return the processor time, in milliseconds, of trafilatura on a page."""
    pages = [make_page(f"/reference/{number}").decode() for number in range(12)]
    bare_extraction(pages[0], fast=True, with_metadata=True)
    spent = time.process_time()
    for page in pages:
        bare_extraction(page, fast=True, with_metadata=True)
    return 1000 * (time.process_time() - spent) / len(pages)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(word) for word in (task / "children").read_text(encoding="ascii").split()]
    return found


def cpu_seconds_of(pid: int) -> float:
    """Return the processor time of a process; 0 where it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int | str, field: str) -> float:
    """Return a process's Rss or Pss; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith(f"{field}:")), 0.0)


def seconds_wanted(pid: int | str) -> float:
    """Return the time in which a process, threads included, ran or waited for a processor: its use of free ones.

    Linux, /proc/PID/task/TID/schedstat: nanoseconds run, nanoseconds waited.
    """
    seconds = 0.0
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            ran, waited = (task / "schedstat").read_text(encoding="ascii").split()[:2]
            seconds += (int(ran) + int(waited)) / 1e9
    return seconds


def seconds_idle() -> float:
    """Return the time, of all processors together, in which the machine had nothing to do.

    Linux, /proc/stat: the fourth figure of the line `cpu`, in clock ticks; waiting for a disk counts too (the fifth).
    """
    figures = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()
    return (int(figures[4]) + int(figures[5])) / os.sysconf("SC_CLK_TCK")


class WorkerClock:
    """Adds up the processor time of the workers, those that were replaced included."""

    def __init__(self, apart: set[int]) -> None:
        self._apart = apart
        self._seen: dict[int, float] = {}
        self._wanted: dict[int, float] = {}

    def read(self) -> float:
        """Return the seconds so far; asked often, little is lost of a worker that ends."""
        for pid in self.pids():
            self._seen[pid] = max(self._seen.get(pid, 0.0), cpu_seconds_of(pid))
        return sum(self._seen.values())

    def read_wanted(self) -> float:
        """Return the seconds that this process and its workers ran or waited for a processor so far."""
        for pid in [os.getpid(), *self.pids()]:
            self._wanted[pid] = max(self._wanted.get(pid, 0.0), seconds_wanted(pid))
        return sum(self._wanted.values())

    def pids(self) -> list[int]:
        """Return the workers that live."""
        return [pid for pid in children_of(os.getpid()) if pid not in self._apart]


async def settle(workers: WorkerClock) -> None:
    """Wait until the workers have loaded what they need: some seconds of work, and none for a while."""
    spent = -1.0
    while (now := workers.read()) < 2.0 or now > spent + 0.02:
        spent = now
        await asyncio.sleep(3)


async def measure(port: int, rounds: int, apart: set[int], *, extract: bool) -> list[Row]:
    """Crawl round after round while what they bring is taken in; a row of figures for each tenth of them."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        crawl = {"delay": "0s", "concurrent_per_host": 8, "robots": False, "max_new_pages": 100_000}
        settings = Settings.model_validate({"database": Path(folder) / "marsad.db", "crawl": crawl, "catalogue": False})
        db = open_database(settings.database)
        outlets = [outlet_of(port, number) for number in range(5)]
        daemon = Daemon(settings, outlets, db, clock=lambda: datetime.now(UTC))
        daemon.begin()
        workers = WorkerClock(apart)
        if extract:
            daemon.pool.start()
            await settle(workers)  # the gazetteer and the profiles are loaded before the first page
            await daemon.crawler.crawl_outlet(outlet_of(port, WARM_UP))
            await daemon.drain()
        before = db.execute("SELECT count(*) FROM articles").fetchone()[0]
        total, began, spent, spent_workers = 0, time.monotonic(), time.process_time(), workers.read()
        wanted, idle = workers.read_wanted(), seconds_idle()
        fetched = asyncio.Event()
        draining = asyncio.create_task(drain_until(daemon, fetched)) if extract else None
        for round_ in range(rounds):
            total += (await daemon.crawler.crawl_outlet(outlet_of(port, round_))).saved
            workers.read()
            if not extract:
                db.execute("UPDATE pages SET state = 'done' WHERE state = 'fetched'")
            # The evidence is not what is measured, and fills the disk.
            db.execute("UPDATE pages SET body = NULL WHERE state != 'fetched' AND body IS NOT NULL")
            if round_ == rounds - 1 and draining is not None:
                fetched.set()
                await draining
            if round_ % max(1, rounds // 10) == 0 or round_ == rounds - 1:
                rows.append(read_row(total, began, spent, spent_workers, workers))
        seconds = time.monotonic() - began
        rows[-1]["cores_wanted"] = round((workers.read_wanted() - wanted) / seconds, 2)
        rows[-1]["cores_idle"] = round((seconds_idle() - idle) / seconds, 2)
        if extract:
            done = db.execute("SELECT count(*) FROM articles").fetchone()[0] - before
            assert done == total, f"{done} articles of {total} pages"
        await daemon.close()
        db.close()
    return rows


async def drain_until(daemon: Daemon, fetched: asyncio.Event) -> None:
    """Take in what waits, again and again as the daemon's job does, until nothing more comes."""
    while True:
        over = fetched.is_set()
        await daemon.drain()
        if over:
            return
        await asyncio.sleep(0.05)


def read_row(total: int, began: float, spent: float, spent_workers: float, workers: WorkerClock) -> Row:
    """Return the figures up to now."""
    main, rest = time.process_time() - spent, workers.read() - spent_workers
    pids = workers.pids()
    return {
        "pages": total,
        "pages_a_second": round(total / (time.monotonic() - began), 1),
        "cpu_ms_a_page": round(1000 * (main + rest) / total, 2),
        "cpu_ms_a_page_main": round(1000 * main / total, 2),
        "main_rss_mb": round(memory_mb("self", "Rss"), 1),
        "pss_with_workers_mb": round(memory_mb("self", "Pss") + sum(memory_mb(pid, "Pss") for pid in pids), 1),
    }


def measure_peer(port: int, pages: int) -> Row:
    """Let news-please, in an environment of its own, fetch and read pages of the same site."""
    python = PEER_FOLDER / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER_FOLDER)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PEER_PACKAGES], check=True)
    urls = [f"http://127.0.0.1:{port}/a/peer/{number}" for number in range(pages + 2)]
    done = subprocess.run([str(python), "-c", PEER_CODE, *urls], check=True, capture_output=True, text=True)
    figures: Row = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Print the figures as JSON lines, the sum last."""
    parser = argparse.ArgumentParser(prog="python -m bench.crawl_rate", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--pages", type=int, default=400, help="pages a round")
    parser.add_argument("--fetch-only", action="store_true", help="without extraction, coding and intake")
    parser.add_argument("--peers", action="store_true", help=f"news-please too, installed into {PEER_FOLDER}")
    given = parser.parse_args()
    context = multiprocessing.get_context("fork")
    ports: Queue[int] = context.Queue()
    server = context.Process(target=run_server, args=(ports, given.pages), daemon=True)
    server.start()
    assert server.pid is not None
    port = ports.get()
    before = time_reference()
    rows = asyncio.run(measure(port, given.rounds, {server.pid}, extract=not given.fetch_only))
    reference = (before + time_reference()) / 2
    for row in rows:
        print(json.dumps(row))
    last = rows[-1]
    slope = (last["main_rss_mb"] - rows[1]["main_rss_mb"]) / max(1, last["pages"] - rows[1]["pages"]) * 100_000
    summary: dict[str, object] = {
        "trafilatura_ms_a_page": round(reference, 2),
        "cpu_by_trafilatura": round(last["cpu_ms_a_page"] / reference, 2),
        # What two cores that do nothing else could do at most, by the reference measured on such a machine.
        "ceiling_of_two_free_cores_pages_a_second": round(2000 / (last["cpu_ms_a_page"] * REFERENCE_MS / reference)),
        "main_rss_slope_mb_in_100000_pages": round(slope, 1),
    }
    if given.peers:
        peer = measure_peer(port, 40)
        summary |= {"news_please": peer, "cpu_of_news_please": round(last["cpu_ms_a_page"] / peer["cpu_ms_a_page"], 4)}
    print(json.dumps(summary))
    server.terminate()


if __name__ == "__main__":
    main()
