"""What a backfill writes as Parquet: the same whatever reads it, once, by month, and readable as one data set."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.archive import write_archive
from history import sources
from history.dataset import write_dataset
from history.local import read_locally
from history.reading import read_part
from history.records import Wanted
from tests.marsad import run_marsad

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "crawl.warc.gz"
    write_archive(path, 600, size=4_000)
    monkeypatch.setattr(sources, "PART_BYTES", 150_000)
    return path


def read_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_any_engine_writes_the_same_files_and_a_torn_run_goes_on(archive: Path, tmp_path: Path) -> None:
    parts = sources.plan_parts([archive])
    whole = write_dataset(tmp_path / "whole", parts, Wanted(), lambda jobs: map(read_part, jobs))
    write_dataset(tmp_path / "two", parts, Wanted(), partial(read_locally, workers=2))

    def torn(jobs: Any) -> Any:
        for number, job in enumerate(jobs):
            if number == 2:
                raise KeyboardInterrupt
            yield read_part(job)

    with pytest.raises(KeyboardInterrupt):
        write_dataset(tmp_path / "torn", parts, Wanted(), torn)
    rest = write_dataset(tmp_path / "torn", parts, Wanted(), lambda jobs: map(read_part, jobs))
    assert 0 < rest.resumed < 600
    assert rest.counts == whole.counts
    assert read_files(tmp_path / "whole") == read_files(tmp_path / "two") == read_files(tmp_path / "torn")


def test_the_command_writes_articles_with_what_they_tell(archive: Path, tmp_path: Path) -> None:
    done = run_marsad("backfill", str(archive), "--parquet", "out", "--json", cwd=tmp_path)
    assert done.returncode == 1  # the archive holds a broken record
    rows = parquet.read_table(tmp_path / "out").to_pylist()
    assert len(rows) == json.loads(done.stdout)["new"] >= 6
    assert sum(len(json.loads(row["mentions"])) for row in rows) == json.loads(done.stdout)["mentions"] >= 4
    assert all(row["published_at"].startswith(row["month"]) for row in rows)
    assert not list(tmp_path.glob("*.db"))
