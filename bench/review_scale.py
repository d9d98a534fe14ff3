"""Fills a database with incidents and articles and measures how fast the review's pages answer, and its memory.

Usage: python -m bench.review_scale [--incidents 100000] [--articles 1000000] [--database PATH]
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from extract.search import index_words
from store.database import Database, open_database
from store.overview import percentile
from store.times import to_iso

ROUNDS = 12
WORDS = "صواريخ عبوة ناسفة رتل قاعدة مقتل جرحى مصدر أمني محافظة طائرة مسيرة قصف مدينة شرطة هجوم مسلح قوات"  # news words
PATHS = (
    "/", "/?method=rocket&country=IQ", "/?since=2021-01-01&until=2021-03-01", "/?q=صواريخ", "/?q=عبوة+رتل&method=ied",
    "/?order=toll&page=40", "/map.json?cell=0.25", "/map.json?cell=0.02&method=rocket", "/bars.json", "/facets.json",
    "/queue", "/incident/{id}",
)  # fmt: skip
AREAS = {
    "IQ-BG": (33.3, 44.4), "IQ-AN": (33.4, 42.8), "IQ-NI": (36.3, 43.1), "IQ-DI": (33.8, 44.8), "IQ-DQ": (31.1, 46.2),
    "IQ-BB": (32.5, 44.4), "IQ-SD": (34.6, 43.7), "IQ-KI": (35.5, 44.4), "SY-DY": (35.3, 40.1), "SY-HL": (36.2, 37.2),
}  # fmt: skip


def fill(db: Database, incidents: int, articles: int) -> None:
    """Rows like real ones in number and width, written without the coder."""
    rng = random.Random(7)
    start, seen = date(2015, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
    words = WORDS.split()
    with db.conn:
        db.conn.executemany(
            "INSERT INTO incidents (id, role, status, standing, method, target, date, date_precision, country, admin1,"
            " place, lat, lon, place_precision, killed, wounded, claim, confidence, reports, publishers, title,"
            " first_seen_at, updated_at) VALUES (?, 'news', 'occurred', ?, ?, ?, ?, 'day', ?, ?, ?, ?, ?, 'town', ?, ?,"
            " 'none', ?, ?, ?, ?, ?, ?)",
            (make_incident(n, rng, start, seen, words) for n in range(incidents)),
        )
    for first in range(0, articles, 20_000):
        with db.conn:
            for number in range(first, min(articles, first + 20_000)):
                text = " ".join(rng.choices(words, k=60))
                values = (number + 1, f"a{number}", f"https://x.example/{number}", f"خبر {number}", text, to_iso(seen))
                db.conn.execute(
                    "INSERT INTO articles (number, id, outlet_id, publisher, url, title, text, text_hash, language,"
                    " text_from, first_seen_at, coder_version)"
                    " VALUES (?, ?, 'o', 'p', ?, ?, ?, '', 'ar', 'page', ?, '1')",
                    values,
                )
                db.conn.execute(
                    "INSERT INTO mentions (article_id, position, incident_id, role, status, method, target,"
                    " date_precision, claim, confidence, coder_version) VALUES (?, 0, ?, 'news', 'occurred', 'ied',"
                    " 'unknown', 'day', 'none', 0.8, '1')",
                    (f"a{number}", f"i{number % incidents}"),
                )
                db.conn.execute(
                    "INSERT INTO articles_fts (rowid, words) VALUES (?, ?)", (number + 1, index_words(text))
                )
                db.conn.execute("INSERT INTO articles_searchable VALUES (?, 1)", (number + 1,))


def make_incident(n: int, rng: random.Random, start: date, seen: datetime, words: list[str]) -> tuple[Any, ...]:
    """One made-up incident's row."""
    area = rng.choice(list(AREAS))
    lat, lon = AREAS[area]
    at = to_iso(seen + timedelta(minutes=n))
    return (
        f"i{n}", rng.choice(["reported", "corroborated", "disputed"]),
        rng.choice(["ied", "rocket", "drone", "gunfire"]),
        rng.choice(["civilians", "iraqi_forces", "coalition_base"]),
        (start + timedelta(days=rng.randrange(4300))).isoformat(), area[:2], area, "مدينة", lat + rng.gauss(0, 0.4),
        lon + rng.gauss(0, 0.4), rng.choice([None, 0, 0, 1, 3]), rng.choice([None, 0, 2, 9]), rng.random(),
        10, rng.randrange(1, 6), " ".join(rng.choices(words, k=8)), at, at,
    )  # fmt: skip


def serving(path: Path) -> Iterator[tuple[str, int]]:
    """A `marsad review` of its own process on a free port: its address and its process id."""
    command = [sys.executable, "-m", "cli", "review", "--database", str(path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        line = child.stdout.readline()
        try:
            yield line.split()[2].rstrip("/"), child.pid
        finally:
            child.terminate()


def peak_memory_mb(pid: int) -> float:
    """The most memory that a process has held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Fill, serve, ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--database", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.database or Path(folder) / "marsad.db"
        if not path.exists():
            db = open_database(path)
            begun = time.monotonic()
            fill(db, given.incidents, given.articles)
            db.close()
            print(f"filled in {time.monotonic() - begun:.0f} s, {path.stat().st_size / 1e6:.0f} MB")
        for url, pid in serving(path):
            measure(url)
            print(f"peak memory {peak_memory_mb(pid):.0f} MB")
    print(f"(this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB)")


def measure(url: str) -> None:
    """Ask each address some times and print how long the answers took."""
    print("| address | p50 ms | p95 ms | bytes |\n| --- | --- | --- | --- |")
    with httpx.Client(base_url=url, timeout=60) as client:
        for path in PATHS:
            taken, size = [], 0
            for turn in range(ROUNDS):
                begun = time.monotonic()
                answer = client.get(path.format(id=f"i{turn * 37}"))
                taken.append((time.monotonic() - begun) * 1000)
                assert answer.status_code == 200, f"{path}: {answer.status_code}"
                size = len(answer.content)
            p50, p95 = percentile(taken[1:], 0.5), percentile(taken[1:], 0.95)
            print(f"| `{path}` | {p50:.0f} | {p95:.0f} | {size} |", flush=True)


if __name__ == "__main__":
    main()
