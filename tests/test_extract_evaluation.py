"""The harness: what pairs, what each kind of error is called, and figures equal to the shared scorer's."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.scoring import SCORER, load_scorer
from extract.coder import code_report
from extract.reports import coding_json, parse_report
from extract.scoring.evaluation import evaluate, figures_json
from extract.scoring.misses import find_misses
from extract.scoring.pairing import FIELDS, agrees, assign, fits, pair_incidents

SETS = SCORER.parent
needs_sets = pytest.mark.skipif(not SCORER.exists(), reason="the shared evaluation sets are not beside the project")


def incident(**fields: Any) -> dict[str, Any]:
    """An incident of the gold: a rocket on a base in Anbar, with other fields where asked."""
    known: dict[str, Any] = dict.fromkeys(FIELDS) | {
        "role": "news", "status": "occurred", "method": "rocket", "target": "coalition_base", "date": "2024-01-20",
        "date_precision": "day", "country": "IQ", "admin1": "IQ-AN", "place": "عين الأسد", "lat": 33.8, "lon": 42.44,
        "claim": "none",
    }  # fmt: skip
    return known | fields


def kinds(gold: list[dict[str, Any]], coded: list[dict[str, Any]]) -> list[str]:
    return [miss.kind for miss in find_misses("r", gold, coded, pair_incidents(gold, coded))]


def test_an_incident_fits_within_a_day_a_governorate_and_a_family_of_means() -> None:
    gold = incident()
    assert fits(gold, incident(date="2024-01-21", method="missile", place=None, lat=None, lon=None))
    assert not fits(gold, incident(date="2024-01-22"))
    assert not fits(gold, incident(date=None))
    assert not fits(gold, incident(method="gunfire"))
    assert not fits(gold, incident(admin1="IQ-BG", lat=33.3, lon=44.4))
    assert fits(gold, incident(admin1="IQ-SD", lat=34.0, lon=42.5)), "the next governorate, but near"
    month = incident(date="2024-01-01", date_precision="month")
    assert fits(month, incident(date="2024-01-31"))
    assert not fits(month, incident(date="2024-03-01"))
    assert fits(incident(date=None, date_precision="unknown"), incident(date="1999-01-01"))
    country = incident(admin1=None, lat=None, lon=None, place=None)
    assert fits(country, incident(admin1="IQ-BG"))
    assert not fits(country, incident(country="SY", admin1="SY-DY"))


def test_a_field_is_right_on_the_very_day_and_at_any_name_of_the_spot() -> None:
    gold = incident()
    assert not agrees("date", gold, incident(date="2024-01-21"))
    assert agrees("date", incident(date_precision="week"), incident(date="2024-01-25"))
    assert agrees("place", gold, incident(place="قاعدة عين الأسد", lat=33.79, lon=42.45))
    assert not agrees("place", gold, incident(place="هيت", lat=33.64, lon=42.83))
    assert agrees("killed", gold, incident())
    assert not agrees("killed", gold, incident(killed=0)), "none told is not none killed"


def test_each_kind_of_error_has_its_name() -> None:
    one, two = incident(), incident(admin1="IQ-BG", place="بغداد", lat=33.3, lon=44.4, method="ied")
    assert kinds([one], []) == ["missed"]
    assert kinds([one], [one, two]) == ["invented"]
    assert kinds([], [one]) == ["invented in an empty report"]
    assert kinds([one], [one, one]) == ["split"]
    assert kinds([one, one], [one]) == ["merged"]
    assert kinds([one], [incident(date="2024-01-10")]) == ["wrong date"]
    assert kinds([one], [incident(admin1="IQ-NI", lat=36.3, lon=43.1)]) == ["wrong place"]
    assert kinds([one], [incident(method="gunfire")]) == ["wrong method"]
    assert kinds([one], [incident(killed=2, target="civilians")]) == ["field target", "field killed"]
    assert kinds([one, two], [two, one]) == []


def test_figures_of_a_small_set() -> None:
    gold: list[dict[str, Any]] = [
        {"id": "a", "incidents": [incident(), incident(role="background", date="2023-01-01", lat=None)]},
        {"id": "b", "incidents": []},
        {"id": "c", "incidents": [incident(status="foiled")]},
    ]
    coded = {
        "a": [incident(confidence=0.95)],
        "b": [incident(confidence=0.3)],
        "c": [incident(status="foiled", date="2024-01-21", confidence=0.92)],
    }
    found = evaluate(gold, coded)
    assert (found.incidents.hit, found.incidents.said, found.incidents.true) == (2, 3, 3)
    assert (found.news.precision, found.news.recall) == (2 / 3, 1.0)
    assert found.false_alarms == ("b",)
    assert (found.sure.right, found.sure.total) == (1, 2)
    assert found.status.f1 == 1.0
    assert (found.bins[9].said, found.bins[9].right, found.bins[3].said) == (2, 1, 1)
    assert found.fields["date"].share == 0.5
    assert found.confusions["date"] == {("2024-01-20", "2024-01-21"): 1}
    assert evaluate(gold, {"a": []}).missing == 2
    nothing = figures_json(evaluate([{"id": "x", "incidents": []}], {"x": []}))
    assert nothing["all"]["f1"] == 1.0
    assert nothing["calibration_error"] is None


def tables(size: int) -> st.SearchStrategy[list[list[int]]]:
    row = st.lists(st.integers(0, 20), min_size=size, max_size=size)
    return st.lists(row, min_size=size, max_size=size)


@given(st.integers(1, 5).flatmap(tables))
@settings(max_examples=60, deadline=None)
def test_the_pairing_is_the_best_of_all(worth: list[list[int]]) -> None:
    size = len(worth)
    rows = assign([[float(value) for value in row] for row in worth])
    assert sorted(rows) == list(range(size))
    best = max(sum(worth[i][j] for j, i in enumerate(order)) for order in itertools.permutations(range(size)))
    assert sum(worth[i][j] for j, i in enumerate(rows)) == best


@needs_sets
@pytest.mark.parametrize("name", ["seeds", "own", "dev", "dev_stream"])
def test_figures_equal_the_shared_scorer_s(name: str) -> None:
    scorer = load_scorer()
    gold, reports = (
        [json.loads(line) for line in (SETS / name / f"{kind}.jsonl").read_text("utf-8").splitlines() if line]
        for kind in ("gold", "reports")
    )
    coded = [coding_json(report["id"], code_report(parse_report(report))) for report in reports]
    theirs, notes = scorer.score_coding(gold, coded)
    found = evaluate(gold, {row["id"]: row["incidents"] for row in coded})
    ours = figures_json(found)
    for key, value in theirs.items():
        assert ours[key] == pytest.approx(value), key
    lone = sum(miss.kind in ("missed", "merged") for miss in found.misses)
    near = sum(miss.kind.startswith("wrong ") for miss in found.misses)
    assert lone + near == sum(": missed " in note for note in notes)
