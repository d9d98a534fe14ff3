"""Turns parts of archives into the database: read by many workers, written by one, each batch in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from history.records import Batch, Broken, Found, Job, Part, PartResult, Wanted
from intake.articles import take_article
from store.alert_settings import AlertSettings
from store.articles import StoredArticle, find_article, hash_text, name_article, save_rejected
from store.backfills import PartKey, Progress, advance_part, read_progress
from store.database import transaction
from store.records import Coding, Rejected

if TYPE_CHECKING:
    from sqlite_utils import Database

Engine = Callable[[Iterable[Job]], Iterator[PartResult]]


@dataclass(slots=True)
class Ledger:
    """What came of all parts so far, earlier runs included, and what this run met."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[Part, Broken]] = field(default_factory=list)  # of this run
    lost: list[PartResult] = field(default_factory=list)  # parts that could not be read and stay open
    read: int = 0  # records of this run
    resumed: int = 0  # records of earlier runs


def backfill(
    db: Database,
    parts: Sequence[Part],
    wanted: Wanted,
    engine: Engine,
    *,
    clock: Callable[[], datetime],
    on_batch: Callable[[Part, Batch], None] = lambda part, batch: None,
    on_part: Callable[[Part], None] = lambda part: None,
) -> Ledger:
    """Read what is left of `parts` and write it in their order; what an earlier run has written is not read again.

    The order makes the result the same for any engine and number of workers. Nothing is told. `on_part` hears of
    each part that is finished, earlier ones first; `on_batch` of each batch once it is written.
    """
    known = read_progress(db, wanted.name)
    ledger = Ledger()
    jobs = []
    for part in parts:
        progress = known.get(part.key)
        if progress is not None:
            ledger.counts.update(progress.counts)
            ledger.resumed += progress.counts.get("records", 0)
        if progress is not None and progress.finished:
            on_part(part)
        else:
            jobs.append(Job(part=part, wanted=wanted, start=part.start if progress is None else progress.next))
    for result in engine(jobs) if jobs else ():
        if result.problem is not None:
            ledger.lost.append(result)
            continue
        write_part(db, result, wanted, known, ledger, clock, on_batch)
        on_part(result.part)
    return ledger


def write_part(
    db: Database,
    result: PartResult,
    wanted: Wanted,
    known: Mapping[PartKey, Progress],
    ledger: Ledger,
    clock: Callable[[], datetime],
    on_batch: Callable[[Part, Batch], None],
) -> None:
    """Write a part's batches, each with the progress that it makes."""
    part, before = result.part, known.get(result.part.key)
    total = Counter(before.counts if before else {})
    expected = before.next if before else None
    for batch in result.batches:
        finished = batch is result.batches[-1]
        with transaction(db):
            counts = write_batch(db, batch)
            total.update(counts)
            progress = Progress(next=batch.next, finished=finished, counts=dict(total))
            advance_part(db, wanted.name, part.key, progress, expected=expected, now=clock())
        expected = batch.next
        ledger.counts.update(counts)
        ledger.read += batch.counts.get("records", 0)
        ledger.broken += [(part, broken) for broken in batch.broken]
        on_batch(part, batch)


def write_batch(db: Database, batch: Batch) -> Counter[str]:
    """Take in what a batch found, inside the caller's transaction; how many of each outcome."""
    counts = Counter(batch.counts)
    counts["broken"] += len(batch.broken)
    for found in batch.found:
        counts[take_found(db, found, counts)] += 1
    return +counts


def is_older(found: Found, known: StoredArticle) -> bool:
    """Whether a capture is from before the words that are stored."""
    return found.captured < (known.revised_at or known.first_seen_at)


def take_found(db: Database, found: Found, counts: Counter[str]) -> str:
    """Take in one article silently, as if it were read when it was captured: new, copy, revised, unchanged, older.

    An older capture never replaces the words of a newer one.
    """
    article = found.article
    if article is None:
        rejected = found.rejected or Rejected(outlet_id=found.outlet.id, url="", reason="no_text")
        if find_article(db, name_article(rejected.url)) is None:
            save_rejected(db, rejected, now=found.captured)
        return "rejected"
    known = find_article(db, name_article(article.url))
    if known is not None and known.text_hash != hash_text(article) and is_older(found, known):
        return "older"
    taken = take_article(
        db, article, found.coding or Coding(language=article.language), outlet=found.outlet, settings=AlertSettings(),
        now=found.captured, first_seen_at=found.captured, silent=True,
    )  # fmt: skip
    if taken.word in ("new", "copy", "revised"):
        counts["mentions"] += len(taken.incident_ids)
    return taken.word
