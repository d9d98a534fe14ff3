"""Turns parts into their results in worker processes of this machine, in the order of the parts.

A worker that dies (memory, a parser's crash, a kill) costs its part another reading; a part that does it twice is read
alone, so that the record which kills is known, named and left out.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from history.reading import prepare_worker, read_part
from history.records import Job, PartResult

AHEAD = 3  # parts under way or done and waiting, for each worker
MOST_DEADLY = 20  # records of one part


@dataclass(slots=True)
class Running:
    """A part that a worker was given."""

    job: Job
    future: Future[PartResult]
    strikes: int = 0  # how often a worker died while the part was under way


def read_locally(jobs: Iterable[Job], *, workers: int) -> Iterator[PartResult]:
    """Read the jobs' parts with so many processes; results come in the order of the jobs."""
    waiting = iter(jobs)
    running: deque[Running] = deque()
    pool = start_pool(workers)
    with tempfile.TemporaryDirectory(prefix="marsad-backfill-") as folder:
        try:
            while True:
                while len(running) < AHEAD * workers and (job := next(waiting, None)):
                    running.append(Running(job, submit(pool, job)))
                if not running:
                    return
                first = running[0]
                try:
                    result = first.future.result()
                except BrokenProcessPool:
                    pool.shutdown(wait=True, cancel_futures=True)
                    pool = start_pool(workers)
                    restart(running, pool, Path(folder) / "mark")
                    continue
                running.popleft()
                yield result
        finally:
            end_pool(pool)


def submit(pool: ProcessPoolExecutor, job: Job) -> Future[PartResult]:
    """Hand a job to the pool; one that broke just now says so in the future, as for the jobs before."""
    try:
        return pool.submit(read_part, job)
    except BrokenProcessPool as error:
        future: Future[PartResult] = Future()
        future.set_exception(error)
        return future


def restart(running: deque[Running], pool: ProcessPoolExecutor, mark: Path) -> None:
    """Give a new pool what the broken one left; the first part, where it struck before, is read alone first."""
    for one in running:
        if one.future.done() and one.future.exception() is None:
            continue
        one.strikes += 1
        if one is running[0] and one.strikes >= 2:
            one.future = Future()
            one.future.set_result(read_alone(one.job, mark))
        else:
            one.future = submit(pool, one.job)


def read_alone(job: Job, mark: Path) -> PartResult:
    """Read a part in a process of its own, again without each record that killed it."""
    for _ in range(MOST_DEADLY):
        mark.unlink(missing_ok=True)
        pool = start_pool(1)
        try:
            return pool.submit(read_part, replace(job, mark=mark)).result()
        except BrokenProcessPool:
            if not mark.exists():
                break
            job = replace(job, deadly=job.deadly | {int(mark.read_text(encoding="ascii"))})
        finally:
            pool.shutdown(wait=True)
    return PartResult(part=job.part, problem="kills every worker that reads it")


def start_pool(workers: int) -> ProcessPoolExecutor:
    """Start the workers; spawned, as a fork of a process with threads and an open database can hang."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=workers, mp_context=context, initializer=begin_worker)


def begin_worker() -> None:
    """Make a worker ready that ends with the process that started it, however that ends.

    A worker of this library waits for work for ever once nobody is there to give it any, and holds its memory.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=end_after, args=(parent,), daemon=True).start()
    prepare_worker()


def end_after(parent: BaseProcess) -> None:
    """End this process once the other is gone."""
    parent.join()
    os._exit(1)


def end_pool(pool: ProcessPoolExecutor) -> None:
    """End the workers at once, also in the midst of a part."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(5)
