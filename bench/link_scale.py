"""Turns a database filled to a given size into the time that near-copy look-up, linking and a whole intake take.

    python -m bench.link_scale [--sizes 10000,100000,1000000] [--folder DIR] [--chart FILE.svg]

Made reports: 30 % near-copies, one incident to ten articles, two thirds of them in Iraq over ten years, word
frequencies after Zipf, one sentence in three from a stock of boilerplate that all agencies share. Each look-up is
one of a report that the database has not seen: half of them near-copies, half on known incidents.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.chart import draw_lines
from extract.incidents.copies import sketch_words
from extract.incidents.standing import tell_incident
from intake.articles import take_article
from intake.copies import find_alike, sketch_text
from intake.linkage import link_mentions
from store.alert_settings import AlertSettings
from store.articles import insert_article, save_sketch
from store.database import open_database, transaction
from store.incidents import insert_incident
from store.mentions import assign_mention, save_mention
from store.records import Article, Coding, Mention, Outlet, Telling

if TYPE_CHECKING:
    from sqlite_utils import Database

COPIES = 0.3
REPORTS_AN_INCIDENT = 10
FIRST_DAY, DAYS = date(2016, 1, 1), 3650
PROBES = 400
OUTLETS = 60
BATCH = 5_000
METHODS = ("ied", "ied", "ied", "rocket", "gunfire", "gunfire", "drone", "airstrike", "mortar", "suicide", "unknown")
TARGETS = ("coalition_convoy", "coalition_base", "civilians", "iraqi_forces", "armed_group", "unknown")
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"  # the Arabic alphabet


class World:
    """Makes reports and the incidents that they tell of; the same seed makes the same world."""

    def __init__(self, seed: int = 7) -> None:
        self.rng = random.Random(seed)
        self.words = ["".join(self.rng.choices(_LETTERS, k=self.rng.randint(3, 8))) for _ in range(30_000)]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(len(self.words))))
        self.stock = [self.sentence() for _ in range(400)]
        self.places = [
            (f"place{n}", f"IQ-{n % 18:02}", 29.5 + self.rng.random() * 7.5, 40 + self.rng.random() * 7)
            for n in range(700)
        ]

    def sentence(self) -> list[str]:
        return self.rng.choices(self.words, cum_weights=self.weights, k=15)

    def text(self) -> list[str]:
        """Some 150 words, a third of them boilerplate."""
        parts = [self.rng.choice(self.stock) if self.rng.random() < 0.33 else self.sentence() for _ in range(10)]
        return [word for part in parts for word in part]

    def copy(self, words: Sequence[str]) -> list[str]:
        """The words with one in twenty changed."""
        return [self.rng.choice(self.words) if self.rng.random() < 0.05 else word for word in words]

    def event(self) -> Mention:
        name, admin1, lat, lon = self.places[int(len(self.places) * self.rng.random() ** 2)]  # some see much
        iraq = self.rng.random() < 0.67
        return Mention(
            role="news", status="occurred", method=self.rng.choice(METHODS), target=self.rng.choice(TARGETS),
            date=FIRST_DAY + timedelta(days=self.rng.randrange(DAYS)), date_precision="day",
            country="IQ" if iraq else "SY", admin1=admin1 if iraq else "SY" + admin1[2:], place=name,
            lat=lat, lon=lon, place_precision="town", munitions=None, killed=self.rng.choice((None, 0, 1, 2, 5)),
            wounded=None, actor=None, claim="none", confidence=0.8,
        )  # fmt: skip

    def retell(self, event: Mention) -> Mention:
        """The event as another report tells it: now and then without the place, the means or the exact day."""
        changes: dict[str, Any] = {}
        if self.rng.random() < 0.15:
            changes |= {"lat": None, "lon": None, "place": None, "place_precision": "governorate"}
        if self.rng.random() < 0.1:
            changes["method"] = "unknown"
        if self.rng.random() < 0.05 and event.date:
            changes |= {"date": event.date.replace(day=1), "date_precision": "month"}
        return replace(event, **changes)

    def outlet(self) -> str:
        return f"outlet{self.rng.randrange(OUTLETS)}"


def fill(db: Database, world: World, size: int) -> list[tuple[Mention, list[str]]]:
    """Bring the database to `size` articles; returns a sample of the events with a text on each."""
    sample: list[tuple[Mention, list[str]]] = []
    made = db.execute("SELECT count(*) FROM articles").fetchone()[0]
    while made < size:
        with transaction(db):
            for _ in range(BATCH // REPORTS_AN_INCIDENT):
                event = world.event()
                words = fill_event(db, world, event, made)
                made += REPORTS_AN_INCIDENT
                if world.rng.random() < 2_000 / size:
                    sample.append((event, words))
    return sample


def fill_event(db: Database, world: World, event: Mention, made: int) -> list[str]:
    """Store one incident with its reports the short way, with what intake would have stored."""
    assert event.date is not None
    when = datetime(event.date.year, event.date.month, event.date.day, 9, tzinfo=UTC)
    incident_id = f"{event.date}-{made:07}"
    telling = Telling(
        mention_id=0, mention=event, incident_id=None, article_id="", root_id="", publisher="", at=when,
        published=when, first_seen_at=when, title=None,
    )  # fmt: skip
    insert_incident(db, tell_incident(incident_id, [telling], now=when))
    words: list[str] = []
    original = ""
    for number in range(REPORTS_AN_INCIDENT):
        copied = bool(words) and world.rng.random() < COPIES * REPORTS_AN_INCIDENT / (REPORTS_AN_INCIDENT - 1)
        told = world.copy(words) if copied else world.text()
        article_id, outlet = f"{made + number:016}", world.outlet()
        row = insert_article(
            db, article_id, article_of(outlet, article_id, told, when), publisher=outlet, first_seen_at=when,
            copy_of=original if copied else None, coder_version="bench",
        )  # fmt: skip
        if not copied:
            words, original = told, article_id
            save_sketch(db, row, sketch_words(told))
        mention_id = save_mention(db, article_id, 0, world.retell(event), "bench")
        assign_mention(db, mention_id, incident_id, score=1.0, reasons={})
    return words


def article_of(outlet: str, name: str, words: Sequence[str], when: datetime) -> Article:
    return Article(
        outlet_id=outlet, url=f"https://{outlet}.example/{name}", title=" ".join(words[:8]), text=" ".join(words),
        published=when, published_precision="second", published_from="feed", author=None, language="ar",
    )  # fmt: skip


def outlet_of(name: str) -> Outlet:
    return Outlet(
        id=name, name_ar=name, name_en=name, home="", publisher=name, ownership="private", country="IQ",
        time_zone="UTC", kind="feed", urls=(), every_seconds=600, allowed_hosts=(),
    )  # fmt: skip


def measure(db: Database, world: World, sample: Sequence[tuple[Mention, list[str]]]) -> dict[str, Any]:
    """Times of each step over many probes, in milliseconds."""
    times: dict[str, list[float]] = {"copies": [], "linking": [], "intake": []}
    found = {"copies": 0, "linked": 0, "of": 0}
    for number in range(PROBES):
        event, words = world.rng.choice(sample)
        copied, known = number % 2 == 0, number % 4 < 2
        told = world.copy(words) if copied else world.text()
        mention = world.retell(event) if known or copied else world.event()
        assert mention.date is not None
        when = datetime(mention.date.year, mention.date.month, mention.date.day, 18, tzinfo=UTC)
        text = " ".join(told)
        alike = timed(times["copies"], lambda text=text: find_alike(db, *sketch_text(text)))  # type: ignore[misc]
        found["copies"] += copied and bool(alike)
        shares = {one.article.id: one.share for one in alike}
        links = timed(
            times["linking"],
            lambda mention=mention, when=when, shares=shares: link_mentions(  # type: ignore[misc]
                db, [mention], at=when, alike=shares, original_id=None, before=()
            ),
        )
        found["linked"] += bool(links[0]) and (known or copied)
        found["of"] += known or copied
        article = article_of(world.outlet(), f"probe{number}", told, when)
        timed(times["intake"], lambda article=article, mention=mention, when=when: take(db, article, mention, when))  # type: ignore[misc]
    figures: dict[str, Any] = {
        name: {"p50_ms": percentile(values, 50), "p95_ms": percentile(values, 95)} for name, values in times.items()
    }
    return figures | {"copies_found": found["copies"] / (PROBES / 2), "known_linked": found["linked"] / found["of"]}


def take(db: Database, article: Article, mention: Mention, when: datetime) -> None:
    with transaction(db):
        take_article(
            db, article, Coding(language="ar", mentions=(mention,), coder_version="bench"),
            outlet=outlet_of(article.outlet_id), settings=AlertSettings(), now=when, first_seen_at=when, silent=False,
        )  # fmt: skip


def timed(times: list[float], job: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = job()
    times.append((time.perf_counter() - start) * 1000)
    return result


def percentile(values: Sequence[float], share: int) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)], 3)


def run(path: Path, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Fill one database step by step and measure at each size."""
    world, rows = World(), []
    db = open_database(path)
    for size in sizes:
        start = time.perf_counter()
        sample = fill(db, world, size)
        seconds = time.perf_counter() - start
        sketches = db.execute("SELECT sum(pgsize) FROM dbstat WHERE name IN ('sketches', 'sketches_article')")
        index_bytes = (sketches.fetchone()[0] or 0) if has_dbstat(db) else None
        rows.append(
            {
                "articles": size, "incidents": size // REPORTS_AN_INCIDENT, "filled_in_s": round(seconds, 1),
                "file_mb": round(path.stat().st_size / 1e6), "copy_index_mb": index_bytes and round(index_bytes / 1e6),
                **measure(db, world, sample), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )  # fmt: skip
        print(json.dumps(rows[-1]), flush=True)
    db.close()
    return rows


def has_dbstat(db: Database) -> bool:
    return any(row[0] == "ENABLE_DBSTAT_VTAB" for row in db.execute("PRAGMA compile_options"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--folder", type=Path, help="where the database is made; default a temporary folder")
    parser.add_argument("--chart", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        rows = run(Path(folder) / "scale.db", [int(size) for size in args.sizes.split(",")])
    if args.chart:
        lines = {f"{name} p95": [(r["articles"], r[name]["p95_ms"]) for r in rows] for name in ("copies", "linking")}
        args.chart.write_text(draw_lines(lines, x="articles", y="ms"), encoding="utf-8")


if __name__ == "__main__":
    main()
