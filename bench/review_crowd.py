"""Lets twenty reviewers judge at once while a daemon writes at full speed, and counts what was refused or lost.

Usage: python -m bench.review_crowd [--reviewers 20] [--turns 100]

The daemon fetches, extracts and takes in pages of a played site as fast as it can; beside it another process writes one
transaction after the other without any pause, so that the write lock is never free but for a moment. Every judgement
that a reviewer was told is stored is then looked for in the database.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import re
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from pathlib import Path

import httpx

from bench.crawl_rate import outlet_of
from bench.played_site import run_server
from bench.review_scale import fill, serving
from scheduler import Daemon
from store.database import Database, open_database, transaction
from store.overview import percentile
from store.settings import Settings

INCIDENTS = 400
HELD_SECONDS = 0.02  # how long the other writer holds the lock each time
SHARED = "i0"  # what all of them judge
DEEDS = ("confirm", "correct", "note", "reject", "undo")
_SEEN = re.compile(r'name="seen" value="([0-9.]+)"')


@dataclass
class Tally:
    """What came of all that was done; for several threads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: Counter[str] = field(default_factory=Counter)
    taken: list[float] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)  # marks of judgements whose storing was confirmed
    faults: list[str] = field(default_factory=list)

    def note(self, deed: str, answer: httpx.Response, seconds: float, mark: str) -> None:
        """Note an answer; whatever is neither stored nor a colleague's change shown is a fault."""
        with self.lock:
            self.taken.append(seconds)
            told = str(answer.headers.get("location", ""))
            if answer.status_code == 303 and "did=" in told:
                word = told.split("did=")[1].split("&")[0].split("#")[0]
                self.answers[word] += 1
                if word == deed and deed != "undo":
                    self.stored.append(mark)
            elif answer.status_code == 409:
                self.answers["shown a colleague's change"] += 1
            else:
                self.faults.append(f"{deed}: {answer.status_code} {answer.text[:200]}")


def write_as_daemon(path: Path, port: int) -> None:
    """Crawl round after round, and take in what comes, until the process is ended."""
    asyncio.run(play_daemon(path, port))


async def play_daemon(path: Path, port: int) -> None:
    """The daemon's own path without its waiting."""
    crawl = {"delay": "0s", "concurrent_per_host": 8, "robots": False, "max_new_pages": 100_000}
    settings = Settings.model_validate({"database": path, "crawl": crawl, "catalogue": False})
    outlets = [outlet_of(port, number) for number in range(5)]
    daemon = Daemon(settings, outlets, open_database(path), clock=lambda: datetime.now(UTC))
    daemon.begin()
    daemon.pool.start()
    round_ = 0
    draining = asyncio.create_task(daemon.drain())
    while True:
        await daemon.crawler.crawl_outlet(outlet_of(port, round_))
        await draining
        draining = asyncio.create_task(daemon.drain())
        round_ += 1


def write_without_pause(path: Path) -> None:
    """Hold the write lock again and again without a pause, until the process is ended."""
    db = open_database(path)
    while True:
        with transaction(db):
            db.execute("INSERT INTO crowd (at) VALUES (?)", (time.time(),))
            time.sleep(HELD_SECONDS)


def review(url: str, number: int, turns: int, tally: Tally) -> None:
    """One reviewer: a queue, own incidents and one that all judge."""
    with httpx.Client(base_url=url, timeout=120, headers={"origin": url}) as client:
        client.get("/queue").raise_for_status()
        token = client.cookies["ds_csrftoken"]
        for turn in range(turns):
            deed = DEEDS[turn % len(DEEDS)]
            incident_id = SHARED if turn % 4 == 3 else f"i{1 + (number * turns + turn) % (INCIDENTS - 1)}"
            page = client.get(f"/incident/{incident_id}")
            seen = _SEEN.search(page.text)
            if page.status_code != 200 or seen is None:
                with tally.lock:
                    tally.faults.append(f"page: {page.status_code} {page.text[:200]}")
                continue
            mark = f"r{number}t{turn}"
            form = {"csrftoken": token, "action": deed, "seen": seen[1], "reason": mark}
            if deed == "correct":
                form["f_killed"] = str(20 + number)
            if deed == "undo":
                review_id = re.search(r'name="review" value="(\d+)"', page.text)
                form["review"] = review_id[1] if review_id else "0"
            begun = time.monotonic()
            answer = client.post(f"/incident/{incident_id}/judge", data=form)
            tally.note(deed, answer, time.monotonic() - begun, mark)


def count_lost(db: Database, tally: Tally) -> list[str]:
    """The judgements that were said to be stored and are not there."""
    there = {row[0] for row in db.execute("SELECT reason FROM reviews WHERE reason IS NOT NULL")}
    return [mark for mark in tally.stored if mark not in there]


def main() -> None:
    """Play it and print what came of it; ends with 1 where anything was refused or lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reviewers", type=int, default=20)
    parser.add_argument("--turns", type=int, default=100)
    given = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marsad.db"
        db = open_database(path)
        fill(db, INCIDENTS, 2_000)
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("CREATE TABLE crowd (n INTEGER PRIMARY KEY, at REAL)")  # of the other writer
        ports: Queue[int] = context.Queue()
        site = context.Process(target=run_server, args=(ports, 100), daemon=True)
        site.start()
        writers = [
            context.Process(target=write_as_daemon, args=(path, ports.get())),  # it has workers of its own
            context.Process(target=write_without_pause, args=(path,), daemon=True),
        ]
        for url, _ in serving(path):
            for writer in writers:
                writer.start()
            time.sleep(12)  # the daemon's workers have read the gazetteer
            before = count_written(db)
            tally, begun = Tally(), time.monotonic()
            people = [
                threading.Thread(target=review, args=(url, number, given.turns, tally))
                for number in range(given.reviewers)
            ]
            for person in people:
                person.start()
            for person in people:
                person.join()
            seconds = time.monotonic() - begun
            after = count_written(db)
            for process in (*writers, site):
                process.terminate()
                process.join(20)
        lost = count_lost(db, tally)
        db.close()
    say(tally, lost, seconds, {name: after[name] - before[name] for name in after})
    raise SystemExit(1 if tally.faults or lost else 0)


def count_written(db: Database) -> dict[str, int]:
    """How much the two writers have written so far."""
    queries = {"pages stored": "pages", "articles taken in": "articles", "other transactions": "crowd"}
    return {name: int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for name, table in queries.items()}


def say(tally: Tally, lost: list[str], seconds: float, written: dict[str, int]) -> None:
    """Print the figures."""
    ms = [1000 * value for value in tally.taken]
    print(f"{len(ms)} judgements in {seconds:.0f} s: {dict(tally.answers)}")
    print(f"an answer took p50 {percentile(ms, 0.5) or 0:.0f} ms, p95 {percentile(ms, 0.95) or 0:.0f} ms", end="")
    print(f", at most {max(ms, default=0):.0f} ms")
    print(f"meanwhile: {written}")
    print(f"refused or broken: {len(tally.faults)}; said to be stored and lost: {len(lost)} of {len(tally.stored)}")
    for line in (*tally.faults[:5], *lost[:5]):
        print(f"  {line}")


if __name__ == "__main__":
    main()
