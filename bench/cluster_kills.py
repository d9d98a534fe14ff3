"""Kills a worker, the scheduler and the writer of one backfill on a cluster, and compares it with one left alone.

    python -m bench.cluster_kills [--records N]

Each dies by SIGKILL in the midst: the worker after a fifth of the records, the scheduler after two fifths, whereupon
the run must end by itself and say so; the same command on a new cluster is killed after three fifths and then
run to its end. Every table that a backfill fills must hold the same rows as after an undisturbed run on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.archive import write_archive
from history import sources
from history.backfill import backfill
from history.reading import read_part
from history.records import Wanted
from store.database import open_database
from store.errors import MarsadError

ROOT = Path(__file__).parents[1]
TABLES = (
    "articles", "article_revisions", "sketches", "rejected", "mentions", "evidence", "notices", "incidents",
    "incident_history",
)  # fmt: skip
RECORDS = 3_000
PART_BYTES = 500_000  # smaller than a user's, so that there are many among which to die
WORKERS = 2
START_SECONDS = 60.0
DASK = "import sys; from distributed.cli.dask_{0} import main; main(sys.argv[1:], standalone_mode=False)"
ENVIRON = {**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}
Process = subprocess.Popen[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A scheduler and its workers, each a process that can be killed."""

    address: str
    scheduler: Process
    workers: tuple[Process, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How one run of the command ended: what it said last, and after how many records of its own."""

    code: int
    said: str
    records: int


def dump(database: Path) -> dict[str, list[Any]]:
    """Every row that a backfill writes, ids and times included: nothing of it depends on the run."""
    db = open_database(database)
    try:
        return {table: sorted(db.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in TABLES}
    finally:
        db.close()


@contextmanager
def cluster_in(folder: Path) -> Iterator[Cluster]:
    """A cluster of processes, all of which end with the block."""
    folder.mkdir()
    file = folder / "scheduler.json"
    scheduler = start_dask("scheduler", folder, "--port", "0", "--scheduler-file", str(file))
    started = [scheduler]
    try:
        deadline = time.monotonic() + START_SECONDS
        while not file.exists():
            assert scheduler.poll() is None, "the scheduler does not start"
            assert time.monotonic() < deadline, "the scheduler says no address"
            time.sleep(0.1)
        address = str(json.loads(file.read_text(encoding="utf-8"))["address"])
        words = ("--nthreads", "1", "--no-nanny", "--death-timeout", "5", "--local-directory", str(folder), address)
        workers = tuple(start_dask("worker", folder, *words) for _ in range(WORKERS))
        started += workers
        yield Cluster(address=address, scheduler=scheduler, workers=workers)
    finally:
        for process in started:
            process.kill()
            process.wait()


def start_dask(kind: str, folder: Path, *words: str) -> Process:
    """Start a scheduler or a worker."""
    command = [sys.executable, "-c", DASK.format(kind), "--no-dashboard", *words]
    with (folder / f"{kind}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=ENVIRON, stdout=log, stderr=log, text=True)


def run_backfill(
    archive: Path, database: Path, address: str, part_bytes: int, after: dict[int, Callable[[Process], None]]
) -> Run:
    """Run the backfill in a process that waits after each batch; `after` so many records in all, somebody dies."""
    words = ["--write", str(archive), str(database), address, str(part_bytes)]
    command, records, last = [sys.executable, "-m", "bench.cluster_kills", *words], 0, ""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=ENVIRON, **pipes) as child:
        assert child.stdin
        assert child.stdout
        for line in child.stdout:
            last = line.strip()
            if not last.isdecimal():
                continue
            records = int(last)
            for bound in [bound for bound in after if records >= bound]:
                after.pop(bound)(child)
            with suppress(BrokenPipeError):  # it was killed
                child.stdin.write("\n")
                child.stdin.flush()
    return Run(code=child.returncode, said=last, records=records)


def write(archive: Path, database: Path, address: str, part_bytes: int) -> None:
    """The backfill's own process: says after each batch how many records it has written, and waits for a line."""
    from history.cluster import read_on_cluster

    sources.PART_BYTES = part_bytes
    db, records = open_database(database), 0

    def on_batch(_: object, batch: Any) -> None:
        nonlocal records
        records += batch.counts.get("records", 0)
        print(records, flush=True)
        sys.stdin.readline()

    try:
        ledger = backfill(
            db, sources.plan_parts([archive]), Wanted(),
            lambda jobs: read_on_cluster(jobs, scheduler=address, workers=1), clock=now, on_batch=on_batch,
        )  # fmt: skip
    except MarsadError as error:
        print(error)
        sys.exit(1)
    print(f"done, parts that were lost: {len(ledger.lost)}")


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def run_with_kills(archive: Path, database: Path, records: int, part_bytes: int) -> list[Run]:
    """Backfill on two clusters, one after the other: a worker and the scheduler of the first die, then the writer."""
    with cluster_in(database.with_suffix(".first")) as first:
        deaths = {records // 5: kill(first.workers[0]), records * 2 // 5: kill(first.scheduler)}
        runs = [run_backfill(archive, database, first.address, part_bytes, deaths)]
    with cluster_in(database.with_suffix(".second")) as second:
        fifth = {max(1, records * 3 // 5 - runs[0].records): lambda child: child.kill()}
        runs.append(run_backfill(archive, database, second.address, part_bytes, fifth))
        runs.append(run_backfill(archive, database, second.address, part_bytes, {}))
    return runs


def kill(process: Process) -> Callable[[Process], None]:
    """The death of one process, whoever is at work."""

    def die(_: Process) -> None:
        process.kill()
        process.wait()

    return die


def run_alone(archive: Path, database: Path) -> None:
    """The same backfill in this process."""
    db = open_database(database)
    backfill(db, sources.plan_parts([archive]), Wanted(), lambda jobs: map(read_part, jobs), clock=now)
    db.close()


def main() -> None:
    """Print what came of each run, and of the comparison; 1 where they differ."""
    parser = argparse.ArgumentParser(prog="python -m bench.cluster_kills", description=__doc__.split("\n")[0])
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--write", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        archive, database, address, part_bytes = given.write
        write(Path(archive), Path(database), address, int(part_bytes))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_archive(folder / "made.warc.gz", given.records)
        runs = run_with_kills(folder / "made.warc.gz", folder / "far.db", given.records, PART_BYTES)
        for run in runs:
            print(json.dumps({"exit": run.code, "records": run.records, "said": run.said}), flush=True)
        run_alone(folder / "made.warc.gz", folder / "near.db")
        far, near = dump(folder / "far.db"), dump(folder / "near.db")
    equal = far == near
    print(json.dumps({"equal": equal, "rows": {table: len(rows) for table, rows in near.items()}}))
    sys.exit(0 if equal else 1)


if __name__ == "__main__":
    main()
