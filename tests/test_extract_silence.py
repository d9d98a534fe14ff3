"""Reports full of words of attack that tell of none (memories, films, drills, sport), and their like that do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from extract.coder import code_report
from store.records import Report

HERE = Path(__file__).parent


def read_rows(name: str) -> list[tuple[str, str, str]]:
    lines = (HERE / name).read_text(encoding="utf8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows[0] == ["published", "title", "text"]
    return [(published, title, text) for published, title, text in rows[1:]]


def count_incidents(published: str, title: str, text: str) -> int:
    at = datetime.fromisoformat(published).replace(hour=15, tzinfo=UTC)
    return len(code_report(Report(id="r", title=title, text=text, published=at)).mentions)


@pytest.mark.parametrize(("published", "title", "text"), read_rows("silent_reports.tsv"))
def test_it_stays_silent(published: str, title: str, text: str) -> None:
    assert count_incidents(published, title, text) == 0


@pytest.mark.parametrize(("published", "title", "text"), read_rows("told_reports.tsv"))
def test_it_tells_all_the_same(published: str, title: str, text: str) -> None:
    assert count_incidents(published, title, text) >= 1
