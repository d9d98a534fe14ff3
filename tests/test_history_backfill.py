"""Backfills: the same database however often it is ended, whoever reads, and whatever is broken; nothing is told."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.archive import write_archive
from bench.cluster_kills import dump
from history import sources
from history.backfill import Ledger, backfill
from history.local import read_locally
from history.reading import read_part
from history.records import Job, Part, PartResult, Wanted
from history.sources import plan_parts
from store.database import open_database
from store.errors import StoreError
from tests.marsad import ROOT, marsad_environ, run_marsad

# Ends itself by SIGKILL in the midst of the third batch's successor.
DRIVER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from history import sources
from history.backfill import backfill
from history.reading import read_part
from history.records import Wanted
from store.database import open_database
sources.PART_BYTES = int(sys.argv[3])
written = 0
def on_batch(part, batch):
    global written
    written += 1
    if written == 3:
        os.kill(os.getpid(), signal.SIGKILL)
backfill(open_database(Path(sys.argv[2])), sources.plan_parts([Path(sys.argv[1])]), Wanted(),
         lambda jobs: map(read_part, jobs), clock=lambda: datetime.now(UTC), on_batch=on_batch)
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """600 records of some 4 KB: six incidents, daily news, four other languages, captures seen before, one broken."""
    path = tmp_path_factory.mktemp("archive") / "crawl.warc.gz"
    write_archive(path, 600, size=4_000)
    return path


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> int:
    """Parts of which each holds some hundred records of the archive."""
    monkeypatch.setattr(sources, "PART_BYTES", 150_000)
    return 150_000


def run(path: Path, database: Path, *, wanted: Wanted | None = None, workers: int = 0, **hooks: Any) -> Ledger:
    """Backfill in this process, or in so many workers."""
    engine = partial(read_locally, workers=workers) if workers else (lambda jobs: map(read_part, jobs))
    db = open_database(database)
    try:
        return backfill(db, plan_parts([path]), wanted or Wanted(), engine, clock=lambda: datetime.now(UTC), **hooks)
    finally:
        db.close()


def test_any_number_of_workers_gives_the_same_database(archive: Path, tmp_path: Path, small_parts: int) -> None:
    counts = [run(archive, tmp_path / f"{workers}.db", workers=workers).counts for workers in (0, 1, 2)]
    assert counts[0] == counts[1] == counts[2]
    assert counts[0]["new"] == 6
    assert counts[0]["records"] == 600
    assert counts[0]["broken"] == 1
    assert counts[0]["mentions"] >= 4
    told = dump(tmp_path / "0.db")
    assert len(told["incidents"]) >= 4
    assert told == dump(tmp_path / "1.db") == dump(tmp_path / "2.db")


def test_nothing_is_told_however_new_it_is(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    text = "انفجرت عبوة ناسفة على عجلة للجيش في مدينة الموصل اليوم، ما أدى إلى مقتل جنديين."  # two soldiers, in Mosul
    row = {"id": "1", "published": now.isoformat(), "title": None, "text": text}
    (tmp_path / "new.jsonl").write_text(json.dumps(row), encoding="utf-8")
    assert run(tmp_path / "new.jsonl", tmp_path / "a.db").counts["mentions"] == 1
    db = open_database(tmp_path / "a.db")
    assert db.execute("SELECT count(*) FROM alerts").fetchone() == (0,)
    db.close()


def test_a_killed_backfill_goes_on_and_ends_as_if_undisturbed(archive: Path, tmp_path: Path, small_parts: int) -> None:
    whole, torn = tmp_path / "whole.db", tmp_path / "torn.db"
    words = [sys.executable, "-c", DRIVER, str(archive), str(torn), str(small_parts)]
    killed = subprocess.run(words, env=marsad_environ(), cwd=ROOT, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    expected, rest = run(archive, whole), run(archive, torn)
    assert 0 < rest.resumed < 600
    assert rest.read == 600 - rest.resumed  # no record is read twice
    assert rest.counts == expected.counts
    assert dump(torn) == dump(whole)
    assert run(archive, torn).read == 0


def test_a_killed_worker_costs_only_its_part(archive: Path, tmp_path: Path, small_parts: int) -> None:
    def kill_one(part: Part, batch: object) -> None:
        if part.start == 0:
            for child in multiprocessing.active_children()[:1]:  # none where both had ended already
                child.kill()

    ledger = run(archive, tmp_path / "a.db", workers=2, on_batch=kill_one)
    assert ledger.counts["records"] == 600
    run(archive, tmp_path / "b.db")
    assert dump(tmp_path / "a.db") == dump(tmp_path / "b.db")


class Mine(frozenset[int]):
    """No positions are known to be deadly, but the one at 0 ends the process that asks for it."""

    def __contains__(self, position: object) -> bool:
        if position == 0:
            os._exit(9)
        return False


def test_a_record_that_kills_its_workers_is_named_and_left_out(tmp_path: Path) -> None:
    lines = [json.dumps({"id": str(n), "text": "x"}) for n in range(3)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")

    def engine(jobs: Iterable[Job]) -> Iterator[PartResult]:
        return read_locally((replace(job, deadly=Mine()) for job in jobs), workers=1)

    db = open_database(tmp_path / "a.db")
    parts = plan_parts([tmp_path / "a.jsonl"])
    ledger = backfill(db, parts, Wanted(), engine, clock=lambda: datetime.now(UTC))
    db.close()
    assert [(broken.position, broken.problem) for _, broken in ledger.broken] == [(0, "report:0: killed its worker")]
    assert ledger.counts["records"] == 3


def test_two_backfills_at_once_do_not_mix(archive: Path, tmp_path: Path, small_parts: int) -> None:
    def meddle(part: Part, batch: object) -> None:
        if part.start == 0:
            run(archive, tmp_path / "a.db")

    with pytest.raises(StoreError, match="another backfill"):
        run(archive, tmp_path / "a.db", on_batch=meddle)
    run(archive, tmp_path / "b.db")
    assert dump(tmp_path / "a.db") == dump(tmp_path / "b.db")


def test_filters_narrow_and_say_what_they_left_out(archive: Path, tmp_path: Path) -> None:
    everything = run(archive, tmp_path / "a.db", wanted=Wanted(every_article=True)).counts
    assert everything["new"] + everything["copy"] > 50  # daily news too
    assert everything["not_arabic"]
    assert everything["no_arabic"]
    day = date(2024, 1, 2)
    dated = run(archive, tmp_path / "b.db", wanted=Wanted(every_article=True, since=day, until=day)).counts
    assert 10 < dated["new"] + dated["copy"] + dated["unchanged"] < 25
    db = open_database(tmp_path / "b.db")
    assert {row[0][:10] for row in db.execute("SELECT published_at FROM articles")} == {"2024-01-02"}
    db.close()
    assert run(archive, tmp_path / "c.db", wanted=Wanted(known_only=True)).counts["other_outlet"] == 599


def test_the_command_names_what_is_broken_and_does_not_read_twice(archive: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.warc.gz"
    torn.write_bytes(archive.read_bytes()[:-300])
    done = run_marsad("backfill", "torn.warc.gz", "--workers", "1", "--json", "--database", "a.db", cwd=tmp_path)
    summary = json.loads(done.stdout)
    assert done.returncode == 1
    assert summary["broken"] == 2
    assert summary["new"] == 6
    assert done.stderr.decode().count("torn.warc.gz: at ") == 2
    again = json.loads(run_marsad("backfill", "torn.warc.gz", "--json", "--database", "a.db", cwd=tmp_path).stdout)
    assert again["read_before"] == again["records"] == summary["records"]


def test_wrong_use_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    none = run_marsad("backfill", "empty", cwd=tmp_path)
    assert (none.returncode, none.stderr.decode().count("\n")) == (1, 1)
    assert run_marsad("backfill", "empty", "--outlet", "nobody", cwd=tmp_path).returncode == 2
    assert run_marsad("backfill", "empty", "--scheduler", "tcp://x:1", cwd=tmp_path).returncode == 2
