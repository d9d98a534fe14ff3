"""Turns stored articles into proposals of the present coder: read by workers, written a batch a transaction."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from history.local import end_pool, start_pool
from intake.recoding import propose
from store.articles import StoredArticle
from store.database import transaction
from store.recodings import RecodeProgress, advance_recode, read_from, read_recode_progress
from store.records import Coding, Report

if TYPE_CHECKING:
    from sqlite_utils import Database

BATCH = 50  # articles of one transaction: a few milliseconds, in which the daemon waits
AHEAD = 8  # articles under way for each worker
LOAD_SECONDS = 120.0  # in which a worker must have loaded, before an article's time runs
NICE = 15  # the daemon's own work goes first, its workers' too


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """An article with its coding; None: the coder failed, hung or died on it."""

    stored: StoredArticle
    coding: Coding | None


def recode(
    db: Database,
    coder: str,
    *,
    workers: int,
    seconds: float,
    clock: Callable[[], datetime],
    code: Callable[[Report], Coding] | None = None,
    on_batch: Callable[[Counter[str]], None] = lambda counts: None,
) -> Counter[str]:
    """Code every article that this coder has not read, and keep what differs; what came of all, earlier runs included.

    `seconds` is an article's time limit. `code` replaces the workers (for one process). Nothing is told or changed.
    """
    progress = read_recode_progress(db, coder)
    total = Counter(progress.counts)
    with Reader(workers, seconds, code) as read:
        while batch := read_from(db, progress.next, BATCH):
            found = list(read(batch))
            counts: Counter[str] = Counter()
            with transaction(db):
                for one in found:
                    counts["articles"] += 1
                    counts[propose_one(db, one, coder, clock())] += 1
                after = RecodeProgress(next=batch[-1].number + 1, counts=dict(total + counts))
                advance_recode(db, coder, after, expected=progress.next, now=clock())
            progress, total = after, total + counts
            on_batch(counts)
    return total


def propose_one(db: Database, coded: Coded, coder: str, now: datetime) -> str:
    """Keep one article's proposal; `broken` where there is no coding."""
    if coded.coding is None:
        return "broken"
    return propose(db, coded.stored, coded.coding, coder=coder, now=now)


class Reader:
    """Codes batches in worker processes, in order; an article that hangs or kills its worker costs itself alone."""

    def __init__(self, workers: int, seconds: float, code: Callable[[Report], Coding] | None) -> None:
        self._workers, self._seconds, self._code = workers, seconds, code
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self, batch: Sequence[StoredArticle]) -> Iterator[Coded]:
        """Code the articles of a batch."""
        if self._code is not None:
            yield from (Coded(stored=stored, coding=code_stored(stored, self._code)) for stored in batch)
            return
        waiting, running = deque(batch), deque[tuple[StoredArticle, Future[Coding | None]]]()
        while waiting or running:
            while waiting and len(running) < AHEAD * self._workers:
                running.append((waiting[0], self._submit(waiting.popleft())))
            stored, future = running.popleft()
            try:
                yield Coded(stored=stored, coding=future.result(self._seconds))
            except (BrokenProcessPool, TimeoutError):
                self.close()
                yield Coded(stored=stored, coding=self._read_alone(stored))
                waiting.extendleft(one for one, _ in reversed(running))
                running.clear()

    def _submit(self, stored: StoredArticle) -> Future[Coding | None]:
        if self._pool is None:
            self._pool = start_pool(self._workers)
            with suppress(BrokenProcessPool):
                self._pool.submit(os.getpid).result(LOAD_SECONDS)
        try:
            return self._pool.submit(code_in_worker, stored)
        except BrokenProcessPool as error:
            future: Future[Coding | None] = Future()
            future.set_exception(error)
            return future

    def _read_alone(self, stored: StoredArticle) -> Coding | None:
        """Code one article in a process of its own, for it may be another that killed or held up the workers."""
        pool = start_pool(1)
        try:
            pool.submit(os.getpid).result(LOAD_SECONDS)
            with suppress(BrokenProcessPool, TimeoutError):
                return pool.submit(code_in_worker, stored).result(self._seconds)
        finally:
            end_pool(pool)
        return None

    def close(self) -> None:
        """End the workers."""
        if self._pool is not None:
            end_pool(self._pool)
            self._pool = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def code_in_worker(stored: StoredArticle) -> Coding | None:
    """Run in the worker, below the daemon's priority."""
    if os.nice(0) < NICE:
        os.nice(NICE - os.nice(0))
    from extract.coder import code_report

    return code_stored(stored, code_report)


def code_stored(stored: StoredArticle, code: Callable[[Report], Coding]) -> Coding | None:
    """Code a stored article; None where the coder fails on it."""
    from extract.page import as_report

    try:
        return code(as_report(stored.article))
    except Exception:  # an article that the coder cannot read holds up no other; it is counted
        return None
