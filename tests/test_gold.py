"""The gold set is a measure: every line of it must be readable, within the codebook's values, and our own text."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

GOLD = Path(__file__).parent / "gold"
SHARED = Path(__file__).parents[2] / "shared"
VALUES: dict[str, set[str]] = {
    "role": {"news", "background"},
    "status": {"occurred", "intercepted", "foiled", "disputed"},
    "method": set(
        "ied vehicle_bomb suicide rocket mortar missile drone airstrike gunfire grenade arson mine stabbing abduction"
        " other unknown".split()
    ),
    "target": set(
        "coalition_convoy coalition_base us_diplomatic diplomatic iraqi_forces popular_mobilization kurdish_forces"
        " state_forces armed_group government infrastructure civilians other unknown".split()
    ),
    "date_precision": {"day", "week", "month", "year", "unknown"},
    "claim": {"claimed", "attributed", "none"},
}
COUNTED = frozenset(
    ("rocket", "ied", "drone", "missile", "mortar", "grenade", "mine")
)  # methods whose means are counted
RUN = 12  # words in a row that no report may share with other people's texts


def read(name: str, folder: Path = GOLD) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def test_reports_and_gold_go_together() -> None:
    reports, gold = read("reports.jsonl"), read("gold.jsonl")
    assert [report["id"] for report in reports] == [line["id"] for line in gold]
    assert len({report["id"] for report in reports}) == len(reports)
    assert len(reports) >= 150
    assert 0.15 <= sum(not line["incidents"] for line in gold) / len(gold) <= 0.4
    for report in reports:
        assert report["text"].strip(), report["id"]
        datetime.fromisoformat(report["published"])


def test_every_incident_follows_the_codebook() -> None:
    with (files("extract") / "data" / "actors.csv").open(encoding="utf-8") as table:
        actors = {row["id"] for row in csv.DictReader(table)}
    for line in read("gold.jsonl"):
        for incident in line["incidents"]:
            where = f"{line['id']} {incident['key']}"
            for name, values in VALUES.items():
                assert incident[name] in values, f"{where}: {name}"
            day = date.fromisoformat(incident["date"]) if incident["date"] else None
            assert (day is None) == (incident["date_precision"] == "unknown"), where
            if day and incident["date_precision"] == "month":
                assert day.day == 1, where
            if incident["admin1"]:
                assert re.fullmatch(rf"{incident['country']}-\w+", incident["admin1"]), where
            assert (incident["lat"] is None) == (incident["lon"] is None), where
            if incident["munitions"] is not None:
                assert incident["method"] in COUNTED, where
            assert (incident["actor"] is None) == (incident["claim"] == "none"), where
            assert incident["actor"] is None or incident["actor"] in actors, f"{where}: {incident['actor']}"


def test_roles_follow_the_days_between_event_and_report() -> None:
    published = {report["id"]: date.fromisoformat(report["published"][:10]) for report in read("reports.jsonl")}
    for line in read("gold.jsonl"):
        for incident in line["incidents"]:
            if incident["date_precision"] == "day":
                days = (published[line["id"]] - date.fromisoformat(incident["date"])).days
                assert days >= -1, f"{line['id']} {incident['key']}: before it happened"
                if incident["role"] == "background":
                    assert days > 3, f"{line['id']} {incident['key']}"


@pytest.mark.skipif(not (SHARED / "eval").exists(), reason="the folder of other people's reports is not beside us")
def test_no_sentence_is_copied() -> None:
    theirs: set[tuple[str, ...]] = set()
    for name in ("dev", "dev_stream", "seeds"):
        for report in read("reports.jsonl", SHARED / "eval" / name):
            theirs |= runs(report)
    for report in read("reports.jsonl"):
        assert not runs(report) & theirs, report["id"]


def runs(report: dict[str, Any]) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", f"{report['title'] or ''} {report['text']}")
    return {tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)}
