"""Short reports in agency style are coded as a coder would: each row of the tables names what it tells."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from extract.coder import code_report
from store.records import Mention, Report

TABLES = [Path(__file__).with_name(name) for name in ("short_reports.tsv", "field_reports.tsv")]


def read_rows() -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for table in TABLES:
        lines = [line for line in table.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        rows += [tuple(line.split("\t")) for line in lines[1:]]
    return rows


def agrees(mention: Mention, wanted: str) -> bool:
    pairs = dict(word.split("=") for word in wanted.split())
    return all(str(getattr(mention, name)) == value.replace("~", " ") for name, value in pairs.items())


@pytest.mark.parametrize(("published", "text", "incidents"), read_rows())
def test_what_a_report_tells(published: str, text: str, incidents: str) -> None:
    at = datetime.fromisoformat(f"{published}T15:00:00+00:00")
    mentions = list(code_report(Report(id="r", title=None, text=text.replace("\\n", "\n"), published=at)).mentions)
    wanted = [] if incidents == "none" else incidents.split(" | ")
    assert len(mentions) == len(wanted), mentions
    assert not any((mention.actor or "").startswith("~") for mention in mentions), "a name that no land has settled"
    for one in wanted:
        assert any(agrees(mention, one) for mention in mentions), (one, mentions)
