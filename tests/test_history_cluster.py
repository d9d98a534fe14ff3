"""Backfills on a Dask cluster: the database of a local one, also where a worker is lost in the midst of it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from bench.archive import write_archive
from tests.marsad import ROOT, marsad_environ, run_marsad
from tests.test_history_backfill import dump, run

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra `cluster` (Dask distributed) is not installed"
)
# Runs on a cluster of two workers and kills one of them when the first batch is written.
DRIVER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from distributed import Client, LocalCluster
from history import sources
from history.backfill import backfill
from history.cluster import read_on_cluster
from history.records import Wanted
from store.database import open_database
sources.PART_BYTES = 60_000
cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
with Client(cluster) as client:
    workers = client.run(os.getpid)
    def on_batch(part, batch):
        if workers:
            os.kill(workers.popitem()[1], signal.SIGKILL)
            workers.clear()
    parts = sources.plan_parts([Path(sys.argv[1])])
    ledger = backfill(open_database(Path(sys.argv[2])), parts, Wanted(),
        lambda jobs: read_on_cluster(jobs, scheduler=cluster.scheduler_address, workers=1),
        clock=lambda: datetime.now(UTC), on_batch=on_batch)
    assert not workers and not ledger.lost
    print(len(parts), ledger.counts["records"])
cluster.close()
"""


def test_a_lost_worker_costs_only_its_part(tmp_path: Path) -> None:
    archive = tmp_path / "crawl.warc.gz"
    write_archive(archive, 600, size=4_000)
    words = [sys.executable, "-c", DRIVER, str(archive), str(tmp_path / "far.db")]
    done = subprocess.run(words, env=marsad_environ(), cwd=ROOT, check=False, capture_output=True, timeout=100)
    assert done.returncode == 0, done.stderr.decode()
    parts, records = map(int, done.stdout.split())
    assert parts > 5
    assert records == 600
    run(archive, tmp_path / "near.db")
    assert dump(tmp_path / "far.db") == dump(tmp_path / "near.db")


# Runs on a cluster of processes and kills its scheduler when the first batch is written.
LOST = """
import os, signal, subprocess, sys, time
from datetime import UTC, datetime
from pathlib import Path
from history import sources
from history.backfill import backfill
from history.cluster import read_on_cluster
from history.records import Wanted
from store.database import open_database
from store.errors import MarsadError
sources.PART_BYTES = 60_000
main = "import sys; from distributed.cli.dask_{0} import main; main(sys.argv[1:], standalone_mode=False)"
plain = ["--no-dashboard", "--port", "0", "--scheduler-file", "scheduler.json"]
head = subprocess.Popen([sys.executable, "-c", main.format("scheduler"), *plain], cwd=sys.argv[3])
file = Path(sys.argv[3]) / "scheduler.json"
while not file.exists():
    time.sleep(0.1)
import json
address = json.loads(file.read_text())["address"]
plain = ["--no-dashboard", "--nthreads", "1", "--no-nanny", "--death-timeout", "5", address]
worker = subprocess.Popen([sys.executable, "-c", main.format("worker"), *plain], cwd=sys.argv[3])
try:
    backfill(open_database(Path(sys.argv[2])), sources.plan_parts([Path(sys.argv[1])]), Wanted(),
        lambda jobs: read_on_cluster(jobs, scheduler=address, workers=1),
        clock=lambda: datetime.now(UTC), on_batch=lambda part, batch: head.kill())
except MarsadError as error:
    print(error)
finally:
    head.kill()
    worker.kill()
"""


def test_a_lost_scheduler_ends_the_run_and_the_next_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "crawl.warc.gz"
    write_archive(archive, 600, size=4_000)
    words = [sys.executable, "-c", LOST, str(archive), str(tmp_path / "far.db"), str(tmp_path)]
    environ = {**marsad_environ(), "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}
    done = subprocess.run(words, env=environ, cwd=ROOT, check=False, capture_output=True, timeout=120)
    assert b"the Dask scheduler is gone" in done.stdout, done.stderr.decode()
    monkeypatch.setattr("history.sources.PART_BYTES", 60_000)
    rest = run(archive, tmp_path / "far.db")
    assert 0 < rest.resumed < 600
    assert rest.resumed + rest.read == 600
    run(archive, tmp_path / "near.db")
    assert dump(tmp_path / "far.db") == dump(tmp_path / "near.db")


def test_a_scheduler_that_does_not_answer_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "x"}', encoding="utf-8")
    words = ("backfill", "a.jsonl", "--engine", "dask", "--scheduler", "tcp://127.0.0.1:1")
    done = run_marsad(*words, cwd=tmp_path, environ={"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"})
    assert done.returncode == 1
    assert "no Dask scheduler answers" in done.stderr.decode()
