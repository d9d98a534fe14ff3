"""The linker alone, on gold coding: one incident however many outlets, in whatever order they come."""

from __future__ import annotations

import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bench.link_gold import as_gold, link_gold, load_scorer, read_rows
from extract.reports import parse_report
from intake.replay import Replay
from store.records import Report

SETS = Path(__file__).parents[2] / "shared" / "eval"
ORDERS = 15  # `python -m bench.link_gold --shuffle 50` tries more

pytestmark = pytest.mark.skipif(not SETS.is_dir(), reason="the shared evaluation sets are not beside the project")


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    return load_scorer(SETS)


@pytest.fixture(scope="module")
def streams() -> tuple[list[Report], list[dict[str, Any]]]:
    folders = (SETS / "dev_stream", SETS / "own")
    reports = [parse_report(row) for folder in folders for row in read_rows(folder / "reports.jsonl")]
    return reports, [row for folder in folders for row in read_rows(folder / "gold.jsonl")]


@pytest.fixture(scope="module")
def ordered(streams: tuple[list[Report], list[dict[str, Any]]]) -> Replay:
    return link_gold(*streams)


def test_gold_coding_is_linked_and_alerted_once(
    scorer: ModuleType, streams: tuple[list[Report], list[dict[str, Any]]], ordered: Replay
) -> None:
    figures, notes = scorer.score_stream(streams[1], ordered.links, ordered.alerts)
    assert figures["bcubed"]["f1"] >= 0.98, notes
    alerts = figures["alerts"]
    assert alerts["precision"] >= 0.97, notes
    assert alerts["recall"] >= 0.99, notes
    assert alerts["duplicates"] <= 2, notes
    assert alerts["updates_per_incident"] <= 0.3


def test_any_order_ends_in_nearly_the_same_incidents(
    scorer: ModuleType, streams: tuple[list[Report], list[dict[str, Any]]], ordered: Replay
) -> None:
    reports, gold = streams
    worst = 1.0
    for seed in range(ORDERS):
        mixed = random.Random(seed).sample(reports, len(reports))
        other = link_gold(mixed, gold, in_order=False)
        figures, _ = scorer.score_stream(as_gold(ordered.links), other.links, [])
        worst = min(worst, figures["bcubed"]["f1"])
    assert worst >= 0.98


def test_links_hold_each_report_s_own_coding_in_the_order_of_the_input(
    streams: tuple[list[Report], list[dict[str, Any]]], ordered: Replay
) -> None:
    reports, gold = streams
    assert [row["id"] for row in ordered.links] == [report.id for report in reports]
    coded = {row["id"]: row["incidents"] for row in gold}
    for row in ordered.links:
        for linked, own in zip(row["incidents"], coded[row["id"]], strict=True):
            assert all(linked[name] == own[name] for name in ("date", "place", "killed", "method", "actor"))


def test_at_most_one_new_alert_an_incident(ordered: Replay) -> None:
    new = [row["incident_id"] for row in ordered.alerts if row["kind"] == "new"]
    assert len(new) == len(set(new))
    assert [row["at"] for row in ordered.alerts] == sorted(row["at"] for row in ordered.alerts)
