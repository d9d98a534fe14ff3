"""Measures how a database of 10⁴ to 10⁷ articles slows down the way from a page to its alert, and the daemon's start.

    python -m bench.growth [--sizes 10000,100000,1000000] [--bare 10000000] [--json FILE] [--chart FILE]

Articles are rows with text and words for the search, written without the coder; one in three tells of an incident.
`--bare` adds rows without text up to that number. A probe is a page of 107 KB on an attack that nobody has told of:
extracted, coded, stored, linked, and its alert handed over. Times are of the clock, so that a busy machine shows.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from alerts.channels import Delivery
from alerts.outbox import send_due
from bench.alert_delay import Attack, choose_attacks
from bench.archive import Story, make_page
from bench.chart import draw_lines
from bench.review_scale import (
    RARE_WORDS,
    SENTENCE_WORDS,
    SENTENCES,
    WORDS,
    fill_articles,
    make_incident,
    make_word,
)
from extract.page import extract_page
from extract.search import index_words
from intake.articles import take_article
from intake.replay import unknown_outlet
from store.database import Database, open_database, transaction
from store.overview import percentile
from store.pages import finish_page, save_page
from store.records import Coding, Page
from store.settings import Settings
from store.times import to_iso

ROOT = Path(__file__).parents[1]
AN_INCIDENT = 10  # articles
STEP = 50_000
PROBES, WARM = 40, 5
# An installed Marsad starts from its bytecode, which this lets the first start write where it is missing.
START_ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
SEEN = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def fill(db: Database, rng: random.Random, first: int, last: int) -> None:
    """Bring the database from `first` articles to `last`, with incidents."""
    sentences = read_sentences()
    for start in range(first, last, STEP):
        stop = min(start + STEP, last)
        with db.conn:
            add_incidents(db, rng, range(start // AN_INCIDENT, stop // AN_INCIDENT))
            fill_articles(db, rng, sentences, range(start, stop), stop // AN_INCIDENT, SEEN)


@cache
def read_sentences() -> list[tuple[str, str]]:
    """The sentences of all texts, each with its words for the search: a few words everywhere, many seldom (Zipf)."""
    rng = random.Random(7)
    words = WORDS.split() + [make_word(rank) for rank in range(RARE_WORDS)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    texts = (" ".join(rng.choices(words, cum_weights=weights, k=SENTENCE_WORDS)) for _ in range(SENTENCES))
    return [(text, index_words(text)) for text in texts]


def add_incidents(db: Database, rng: random.Random, numbers: range) -> None:
    """Incidents over twelve years in the places of the review's bench."""
    words = WORDS.split()
    db.conn.executemany(
        "INSERT INTO incidents (id, role, status, standing, method, target, date, date_precision, country, admin1,"
        " place, lat, lon, place_precision, killed, wounded, claim, confidence, reports, publishers, title,"
        " first_seen_at, updated_at) VALUES (?, 'news', 'occurred', ?, ?, ?, ?, 'day', ?, ?, ?, ?, ?, 'town', ?, ?,"
        " 'none', ?, ?, ?, ?, ?, ?)",
        (make_incident(n, rng, date(2015, 1, 1), SEEN, words) for n in numbers),
    )


def fill_bare(db: Database, first: int, last: int) -> None:
    """Bring the database from `first` articles to `last` by rows without text."""
    at = to_iso(SEEN)
    for start in range(first, last, 10 * STEP):
        with db.conn:
            db.conn.executemany(
                "INSERT INTO articles (number, id, outlet_id, publisher, url, title, text, text_hash, language,"
                " text_from, first_seen_at, coder_version) VALUES (?, ?, ?, ?, ?, NULL, '', '', 'ar', 'page', ?, '1')",
                (
                    (n + 1, f"{n:016x}", f"o{n % 40}", f"p{n % 25}", f"https://x.example/bare/{n:x}", at)
                    for n in range(start, min(start + 10 * STEP, last))
                ),
            )
        print(f"{min(start + 10 * STEP, last)} rows", file=sys.stderr, flush=True)


def measure(db: Database, path: Path, attacks: Sequence[Attack]) -> Row:
    """The times of the probes, and of a daemon's start beside this database."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size, articles = path.stat().st_size, db.execute("SELECT max(number) FROM articles").fetchone()[0]
    db.execute("PRAGMA synchronous=NORMAL")
    times = list(probe(db, attacks))
    told = [(clock, cpu) for clock, cpu, sent in times if sent]  # some join what a town nearby was told of
    assert len(told) >= len(times) / 2, f"{len(told)} of {len(times)} fresh attacks are alerted"
    clock, cpu = ([pair[column] for pair in told] for column in (0, 1))
    return {
        "articles": articles, "file_mb": round(size / 1e6), "bytes_an_article": round(size / articles),
        "alerted": len(told) / len(times),
        "alert_p50_ms": round(percentile(clock, 0.5) or 0, 1), "alert_p95_ms": round(percentile(clock, 0.95) or 0, 1),
        "alert_cpu_p50_ms": round(percentile(cpu, 0.5) or 0, 1), **time_start(path),
        "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def probe(db: Database, attacks: Sequence[Attack]) -> Iterator[tuple[float, float, int]]:
    """Clock and CPU milliseconds from a page's arrival to its alert's delivery, and how many alerts were sent."""
    outlet, settings = unknown_outlet("bench"), Settings.model_validate({"catalogue": False})
    for attack in attacks:
        page = make_attack(attack)
        began, spent = time.perf_counter(), time.process_time()
        page_id = save_page(db, page, first_visit=False)
        result = extract_page(page, outlet)
        assert result.article is not None
        assert page_id is not None
        now = datetime.now(UTC)
        with transaction(db):
            take_article(
                db, result.article, result.coding or Coding(language="ar"), outlet=outlet, settings=settings.alerts,
                now=now, first_seen_at=now, silent=False,
            )  # fmt: skip
            finish_page(db, page_id, "done")
        report = send_due(db, settings, now, notify=hand_over)
        yield 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - spent), report.sent


def hand_over(*_: object) -> Delivery:
    """A channel that takes everything at once."""
    return Delivery(sent=True)


def make_attack(attack: Attack) -> Page:
    """A page on an attack of today, in a town of its own."""
    words = {"place": attack.place, "governorate": attack.governorate, "number": attack.number}
    title, text = (part.format(**words) for part in attack.report)
    now = datetime.now(UTC)
    story = Story(language="ar", title=title, paragraphs=tuple(text.split("\n\n")), published=now)
    return make_page(story, f"https://bench.example/{attack.number}")


def time_start(path: Path) -> Row:
    """Seconds until a daemon on this database says that it has started, and without those that other work took."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "settings.toml"
        settings.write_text("catalogue = false\n", encoding="utf-8")
        command = [sys.executable, "-m", "cli", "run", "--settings", str(settings), "--database", str(path)]
        began = time.monotonic()
        pipes: Row = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        with subprocess.Popen(command, cwd=ROOT, env=START_ENVIRON, **pipes) as child:
            assert child.stdout
            line = next((line for line in child.stdout if '"event": "start"' in line), "")
            seconds, waited = time.monotonic() - began, seconds_waited(child.pid)
            child.send_signal(signal.SIGTERM)
            child.communicate()
    if not line:
        return {"start_seconds": None}
    return {"start_seconds": round(seconds, 2), "start_free_seconds": round(seconds - waited, 2)}


def seconds_waited(pid: int) -> float:
    """Seconds in which a process could have run and other work had the processors (Linux, schedstat)."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


def run(path: Path, sizes: Sequence[int], bare: int | None) -> list[Row]:
    """Fill step by step and measure at each size."""
    db, rng, rows, steps = open_database(path), random.Random(7), list[Row](), [*sizes, *([bare] if bare else [])]
    attacks = choose_attacks(PROBES * len(steps) + WARM, 1.0, 0.0, 7)
    random.Random(7).shuffle(attacks)
    list(probe(db, attacks[:WARM]))  # loads what it needs
    time_start(path)
    db.execute("PRAGMA foreign_keys=OFF")
    db.execute("PRAGMA cache_size=-400000")
    for number, size in enumerate(steps):
        db.execute("PRAGMA synchronous=OFF")
        before = db.execute("SELECT coalesce(max(number), 0) FROM articles").fetchone()[0]
        began = time.monotonic()
        if size == bare:
            fill_bare(db, before, size)
        else:
            fill(db, rng, before, size)
        rows.append({"without_text": size == bare, "filled_in_s": round(time.monotonic() - began)})
        rows[-1] |= measure(db, path, attacks[WARM + number * PROBES :][:PROBES])
        print(json.dumps(rows[-1]), flush=True)
    db.close()
    return rows


def main() -> None:
    """Fill, measure, print, keep and draw."""
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--bare", type=int, help="rows without text up to this number, after the sizes")
    parser.add_argument("--folder", type=Path, help="where the database is made; default a temporary folder")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--chart", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        rows = run(Path(folder) / "growth.db", [int(size) for size in given.sizes.split(",")], given.bare)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    if given.chart:
        lines = {name: [(row["articles"], row[name]) for row in rows] for name in ("alert_p50_ms", "alert_p95_ms")}
        given.chart.write_text(draw_lines(lines, x="articles", y="page to alert, ms"), encoding="utf-8")


if __name__ == "__main__":
    main()
