"""Fills a database with incidents and articles and measures how fast the review's pages answer, and its memory.

Usage: python -m bench.review_scale [--incidents 100000] [--articles 1000000] [--database PATH]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.crawl_rate import cpu_seconds_of
from extract.search import index_words
from store.database import Database, open_database
from store.overview import percentile
from store.times import to_iso

ROUNDS = 40
WORDS = "صواريخ عبوة ناسفة رتل قاعدة مقتل جرحى مصدر أمني محافظة طائرة مسيرة قصف مدينة شرطة هجوم مسلح قوات"  # news words
_LETTERS = "ابتجحدرزسشصطعفقكلمنهوي"  # of made-up words
RARE_WORDS = 60_000
SENTENCES, SENTENCE_WORDS, ARTICLE_SENTENCES = 40_000, 30, 4
REPORTED = 3  # one article in so many tells of an incident; the others are daily news
PATHS = (
    "/", "/?method=rocket&country=IQ", "/?since=2021-01-01&until=2021-03-01", "/?q=صواريخ", "/?q=عبوة+رتل&method=ied",
    '/?q="مصدر+أمني"+هجوم', "/?q={rare}", "/?q=صو*", "/?order=toll&page=40", "/?page=1900", "/map.json?cell=0.2",
    "/map.json?cell=0.02&method=rocket", "/map.json?cell=0.005&box=44,33,45,34", "/bars.json", "/facets.json",
    "/facets.json?q=صواريخ&method=ied", "/queue", "/incident/{id}", "/weekly", "/quality",
)  # fmt: skip
AREAS = {
    "IQ-BG": (33.3, 44.4), "IQ-AN": (33.4, 42.8), "IQ-NI": (36.3, 43.1), "IQ-DI": (33.8, 44.8), "IQ-DQ": (31.1, 46.2),
    "IQ-BB": (32.5, 44.4), "IQ-SD": (34.6, 43.7), "IQ-KI": (35.5, 44.4), "SY-DY": (35.3, 40.1), "SY-HL": (36.2, 37.2),
}  # fmt: skip


def fill(db: Database, incidents: int, articles: int) -> None:
    """Rows like real ones in number and width, written without the coder."""
    rng = random.Random(7)
    start, seen = date(2015, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA foreign_keys=OFF")
    db.execute("PRAGMA cache_size=-400000")
    with db.conn:
        db.conn.executemany(
            "INSERT INTO incidents (id, role, status, standing, method, target, date, date_precision, country, admin1,"
            " place, lat, lon, place_precision, killed, wounded, claim, confidence, reports, publishers, title,"
            " first_seen_at, updated_at) VALUES (?, 'news', 'occurred', ?, ?, ?, ?, 'day', ?, ?, ?, ?, ?, 'town', ?, ?,"
            " 'none', ?, ?, ?, ?, ?, ?)",
            (make_incident(n, rng, start, seen, WORDS.split()) for n in range(incidents)),
        )
    sentences = make_sentences(rng)
    for first in range(0, articles, 50_000):
        with db.conn:
            fill_articles(db, rng, sentences, range(first, min(articles, first + 50_000)), incidents, seen)
        print(f"{min(articles, first + 50_000)} articles", file=sys.stderr, flush=True)
    fill_beside(db)


def fill_beside(db: Database) -> None:
    """What hangs on incidents and their reports: quotes, history, alerts."""
    with db.conn:
        for field, length in (("method", 6), ("target", 10), ("place", 14)):
            db.conn.execute(
                "INSERT INTO evidence SELECT m.id, ?, 'text', substr(a.text, 1, ?), 0, ?, 'made' FROM mentions m"
                " JOIN articles a ON a.id = m.article_id",
                (field, length, length),
            )
        for field in ("killed", "wounded", "publishers"):
            db.conn.execute(
                "INSERT INTO incident_history (incident_id, at, field, old, new)"
                " SELECT id, updated_at, ?, '1', '2' FROM incidents",
                (field,),
            )
        db.conn.execute(
            "INSERT INTO alerts (key, kind, incident_id, channel, payload, state, queued_at, due_at, sent_at)"
            " SELECT 'new/' || id, 'new', id, 'desk', '{}', 'sent', first_seen_at, first_seen_at, first_seen_at"
            " FROM incidents"
        )


def make_sentences(rng: random.Random) -> list[tuple[str, str]]:
    """Sentences with their words as the search keeps them: a few words everywhere, many seldom, by Zipf's law."""
    words = WORDS.split() + [make_word(rank) for rank in range(RARE_WORDS)]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    texts = (" ".join(rng.choices(words, weights, k=SENTENCE_WORDS)) for _ in range(SENTENCES))
    return [(text, index_words(text)) for text in texts]


def make_word(rank: int) -> str:
    """A word that nobody uses, the same for the same rank."""
    rng = random.Random(rank)
    return "".join(rng.choices(_LETTERS, k=rng.randrange(4, 8)))


def fill_articles(
    db: Database,
    rng: random.Random,
    sentences: list[tuple[str, str]],
    numbers: range,
    incidents: int,
    seen: datetime,
) -> None:
    """One transaction's articles, with their words for the search and what they tell of incidents."""
    chosen = [rng.choices(sentences, k=ARTICLE_SENTENCES) for _ in numbers]
    at = to_iso(seen)
    db.conn.executemany(
        "INSERT INTO articles (number, id, outlet_id, publisher, url, title, text, text_hash, language, text_from,"
        " first_seen_at, coder_version) VALUES (?, ?, ?, ?, ?, ?, ?, '', 'ar', 'page', ?, '1')",
        (
            (
                n + 1, f"a{n}", f"o{n % 40}", f"p{n % 25}", f"https://x.example/{n}", f"خبر {n}",
                ".\n".join(text for text, _ in told), at,
            )
            for n, told in zip(numbers, chosen, strict=True)
        ),
    )  # fmt: skip
    db.conn.executemany(
        "INSERT INTO mentions (article_id, position, incident_id, role, status, method, target, date_precision, claim,"
        " confidence, coder_version) VALUES (?, 0, ?, 'news', 'occurred', 'ied', 'unknown', 'day', 'none', 0.8, '1')",
        ((f"a{n}", f"i{n // REPORTED % incidents}") for n in numbers if n % REPORTED == 0),
    )
    db.conn.executemany(
        "INSERT INTO articles_fts (rowid, words) VALUES (?, ?)",
        ((n + 1, " ".join(stems for _, stems in told)) for n, told in zip(numbers, chosen, strict=True)),
    )
    db.conn.executemany("INSERT INTO articles_searchable VALUES (?, 1)", ((n + 1,) for n in numbers))


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
        4, rng.randrange(1, 6), " ".join(rng.choices(words, k=8)), at, at,
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
    parser.add_argument("--database", type=Path, help="keep it here; one that exists is used as it is")
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
            measure(url, pid, path)
            print(f"peak memory {peak_memory_mb(pid):.0f} MB; load of the machine {os.getloadavg()[0]:.1f}")


def measure(url: str, pid: int, database: Path) -> None:
    """Ask each address some times and print how long the answers took.

    Once while something changes before every question, as beside a daemon that writes, so that nothing kept is of use;
    once while nothing does.
    """
    print("| address | after a change: p50 ms | p95 ms | CPU ms | unchanged: p50 ms | p95 ms | CPU ms | KB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    db = open_database(database)
    with httpx.Client(base_url=url, timeout=60) as client:
        for path in PATHS:
            client.get(path.format(id="i0", rare=make_word(2999)))
            changing, size = ask(client, pid, path, db)
            still, size = ask(client, pid, path, None)
            cells = " | ".join(f"{value:.0f}" for value in (*changing, *still, size / 1000))
            print(f"| `{path}` | {cells} |", flush=True)
    db.close()


def ask(client: httpx.Client, pid: int, path: str, db: Database | None) -> tuple[tuple[float, float, float], int]:
    """Half and 95 percent of the times, the processor time an answer, all in ms; and the bytes of the last answer."""
    taken: list[float] = []
    size, spent = 0, cpu_seconds_of(pid)
    for turn in range(ROUNDS):
        if db is not None:
            with db.conn:
                db.conn.execute("INSERT INTO incident_history (incident_id, at, field) VALUES ('i0', '', 'killed')")
        begun = time.monotonic()
        answer = client.get(path.format(id=f"i{turn * 37}", rare=make_word(3000 + turn)))
        taken.append((time.monotonic() - begun) * 1000)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        size = len(answer.content)
    cpu = (cpu_seconds_of(pid) - spent) * 1000 / ROUNDS
    return (percentile(taken, 0.5) or 0.0, percentile(taken, 0.95) or 0.0, cpu), size


if __name__ == "__main__":
    main()
