"""Backfills on a Dask cluster: the database of a local one, also where parts of the cluster die in the midst of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from bench.archive import write_archive
from bench.cluster_kills import cluster_in, dump, kill, run_backfill
from tests.marsad import run_marsad
from tests.test_history_backfill import run

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra `cluster` (Dask distributed) is not installed"
)


def test_a_lost_worker_costs_nothing_and_after_a_lost_scheduler_the_next_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "crawl.warc.gz"
    write_archive(archive, 600, size=4_000)
    with cluster_in(tmp_path / "cluster") as cluster:
        deaths = {120: kill(cluster.workers[0]), 240: kill(cluster.scheduler)}
        lost = run_backfill(archive, tmp_path / "far.db", cluster.address, 60_000, deaths)
    assert lost.code == 1
    assert "the Dask scheduler is gone" in lost.said
    assert 240 <= lost.records < 600
    monkeypatch.setattr("history.sources.PART_BYTES", 60_000)
    rest = run(archive, tmp_path / "far.db")
    assert (rest.resumed, rest.read) == (lost.records, 600 - lost.records)
    assert not rest.lost
    run(archive, tmp_path / "near.db")
    assert dump(tmp_path / "far.db") == dump(tmp_path / "near.db")


def test_a_scheduler_that_does_not_answer_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "1", "text": "x"}', encoding="utf-8")
    words = ("backfill", "a.jsonl", "--engine", "dask", "--scheduler", "tcp://127.0.0.1:1")
    done = run_marsad(*words, cwd=tmp_path, environ={"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"})
    assert done.returncode == 1
    assert "no Dask scheduler answers" in done.stderr.decode()
