"""Turns a made WARC into what a backfill of it costs: CPU a record, gain of a second core, memory; and start-up."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction

from bench.archive import write_archive
from bench.crawl_rate import time_reference
from bench.played_site import make_page
from bench.stages import fresh_database
from history.backfill import backfill
from history.local import read_locally
from history.reading import prepare_worker, read_part
from history.records import Job, Part, Wanted
from history.sources import plan_parts

ROOT = Path(__file__).parents[1]
Figures = dict[str, Any]


def measure_backfill(folder: Path, records: int) -> Figures:
    """CPU time a record with and without the scan before extraction, and what two workers give over one."""
    path = folder / "made.warc.gz"
    write_archive(path, records)
    parts = plan_parts([path])
    before = time_reference()
    began = time.process_time()
    with fresh_database() as db:
        ledger = backfill(db, parts, Wanted(), lambda jobs: map(read_part, jobs), clock=lambda: datetime.now(UTC))
        size = db.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").fetchone()[0]
    cpu = 1000 * (time.process_time() - began) / records
    reference = (before + time_reference()) / 2
    few = parts[: max(2, len(parts) // 8)]
    return {
        "records": records, "counts": dict(ledger.counts), "cpu_ms_a_record": cpu, "reference_ms": reference,
        "ratio_to_reference": cpu / reference, "records_a_core_hour": round(3_600_000 / cpu),
        "every_article_cpu_ms_a_record": measure_reading(few, Wanted(every_article=True)),
        "unscanned_cpu_ms_a_record": measure_reading(few, Wanted(scan_pages=False, every_article=True)),
        "database_bytes": size, "peak_mb": read_peak(), **measure_speed_up(path),
    }  # fmt: skip


def measure_reading(parts: list[Any], wanted: Wanted) -> float:
    """CPU milliseconds a record of reading alone, under another choice of records."""
    began, records = time.process_time(), 0
    for part in parts:
        result = read_part(Job(part=part, wanted=wanted, start=part.start))
        records += sum(batch.counts.get("records", 0) for batch in result.batches)
    return 1000 * (time.process_time() - began) / records


def measure_speed_up(path: Path) -> Figures:
    """What two processes give over one: the backfill's readers, and trafilatura alone, in turn on the same machine."""
    wanted = Wanted(scan_pages=False, every_article=True)  # so that they have as much to do as trafilatura
    parts = [cut for part in plan_parts([path])[:4] for cut in cut_part(part, 10)]
    jobs = [Job(part=part, wanted=wanted, start=part.start) for part in parts]

    def read(workers: int) -> float:
        results = read_locally(iter(jobs), workers=workers)
        for _ in range(2 * workers):  # until every worker has loaded what it needs
            next(results)
        return time_wall(lambda: list(results)) / (len(jobs) - 2 * workers)

    bare = [time_pool(workers) for workers in (1, 2)]
    ours = [read(workers) for workers in (1, 2)]
    return {"two_over_one": ours[0] / ours[1], "trafilatura_two_over_one": bare[0] / bare[1]}


def cut_part(part: Part, count: int) -> list[Part]:
    """A part cut into smaller ones."""
    step = (part.stop - part.start) // count
    borders = [*range(part.start, part.stop - step + 1, step), part.stop]
    return [replace(part, start=start, stop=stop) for start, stop in pairwise(borders)]


def time_pool(workers: int) -> float:
    """Seconds in which so many processes of bare trafilatura read 240 pages."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=prepare_worker) as pool:
        list(pool.map(read_bare, range(workers)))
        return time_wall(lambda: list(pool.map(read_bare, range(240), chunksize=10)))


def read_bare(number: int) -> int:
    """Read one page by trafilatura alone."""
    document = bare_extraction(make_page(f"/bare/{number}").decode(), fast=True, with_metadata=True)
    return len(str(document))


def time_wall(call: Callable[[], object]) -> float:
    """Seconds that pass."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def read_peak() -> float:
    """The most megabytes that this process has held."""
    match = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(match.group(1)) / 1000 if match else 0.0


def measure_start() -> Figures:
    """CPU seconds until a command answers: one that reads the database, and one that loads the coder."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, capture_output=True, input=b'')\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime, used.ru_maxrss)"
    )
    figures: Figures = {}
    for name, words in (("help", ["--help"]), ("code", ["code"])):
        command = [sys.executable, "-c", code, sys.executable, "-m", "cli", *words]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, env=dict(os.environ))
        seconds, kilobytes = map(float, done.stdout.split())
        figures[name] = {"cpu_seconds": round(seconds, 2), "peak_mb": round(kilobytes / 1000)}
    return figures
