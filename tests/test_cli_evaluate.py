"""`marsad evaluate`: figures for people and machines, and what a correction changed since the last run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.marsad import ROOT, run_marsad

# "Two Katyusha rockets fell on the Ain al-Asad base in Anbar this morning, without casualties."
ATTACK = "سقط صاروخان من نوع كاتيوشا، صباح اليوم، على قاعدة عين الأسد في محافظة الأنبار دون وقوع خسائر بشرية."
# "The municipality opened a new park in Basra."
PEACE = "افتتحت البلدية حديقة عامة جديدة في مدينة البصرة بحضور عدد من المواطنين والمسؤولين المحليين."
ROCKETS: dict[str, Any] = {
    "key": "k1", "role": "news", "status": "occurred", "method": "rocket", "target": "coalition_base",
    "date": "2026-11-20", "date_precision": "day", "country": "IQ", "admin1": "IQ-AN", "place": "عين الأسد",
    "lat": 33.79, "lon": 42.44, "munitions": 2, "killed": 0, "wounded": 0, "actor": None, "claim": "none",
}  # fmt: skip


def report(report_id: str, text: str) -> dict[str, Any]:
    return {"id": report_id, "text": text, "title": None, "published": "2026-11-20T12:00:00+03:00"}


def write(path: Path, *rows: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A gold set of two reports, one of them without incident."""
    write(tmp_path / "mine" / "reports.jsonl", report("a", ATTACK), report("b", PEACE))
    write(tmp_path / "mine" / "gold.jsonl", {"id": "a", "incidents": [ROCKETS]}, {"id": "b", "incidents": []})
    return tmp_path


def evaluate(*words: str, cwd: Path) -> dict[str, Any]:
    done = run_marsad("evaluate", *words, "--json", cwd=cwd, environ={"XDG_STATE_HOME": str(cwd / "state")})
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_set_that_is_coded_right_is_told_so(mine: Path) -> None:
    found = evaluate("mine", cwd=mine)
    assert (found["reports"], found["all"]["f1"], found["false_alarm"], found["fields_mean"]) == (2, 1.0, 0.0, 1.0)
    assert sum(cell["said"] for cell in found["bins"]) == 1
    assert found["before"] is None
    assert Path(found["kept_in"]).is_file()
    assert Path(found["kept_in"]).is_relative_to(mine / "state")


def test_the_next_run_says_what_changed(mine: Path) -> None:
    evaluate("mine", cwd=mine)
    later = {**ROCKETS, "date": "2026-11-19"}
    write(mine / "mine" / "gold.jsonl", {"id": "a", "incidents": [later]}, {"id": "b", "incidents": []})
    second = evaluate("mine", cwd=mine)
    assert second["fields"]["date"] == 0.0
    assert second["before"]["figures"]["fields"]["date"] == 1.0
    assert second["before"]["same_gold"] is False
    assert [row["report"] for row in second["before"]["broken"]] == ["a"]
    assert "field date" in second["before"]["broken"][0]["miss"]
    write(mine / "mine" / "gold.jsonl", {"id": "a", "incidents": [ROCKETS]}, {"id": "b", "incidents": []})
    assert [row["report"] for row in evaluate("mine", "--no-save", cwd=mine)["before"]["mended"]] == ["a"]
    assert evaluate("mine", cwd=mine)["before"]["mended"], "a run that was not kept is none to compare with"


def test_tables_name_fields_errors_and_reports(mine: Path) -> None:
    wrong = [{**ROCKETS, "killed": 3}, {**ROCKETS, "admin1": "IQ-BA", "lat": 30.5, "lon": 47.8, "method": "gunfire"}]
    write(mine / "mine" / "gold.jsonl", {"id": "a", "incidents": wrong}, {"id": "b", "incidents": []})
    state = str(mine / "last.json")
    for before in ("No last run", "Since the run of"):
        done = run_marsad("evaluate", "mine/gold.jsonl", "--misses", "--state", state, cwd=mine)
        assert done.returncode == 0, done.stderr.decode()
        shown = done.stdout.decode()
        assert before in shown
        assert "3 → 0 ×1" in shown
        assert "a: missed · gold: 2026-11-20 IQ-BA" in shown
        assert f"to compare with: {state}" in " ".join(shown.split())


def test_gold_and_text_may_stand_in_one_line_and_sets_are_joined(mine: Path) -> None:
    write(mine / "one.jsonl", {**report("c", ATTACK), "incidents": [ROCKETS]})
    found = evaluate("mine", "one.jsonl", cwd=mine)
    assert (found["reports"], found["all"]["matched"]) == (3, 2)


def test_another_program_s_coding_is_scored(mine: Path) -> None:
    write(mine / "coded.jsonl", {"id": "a", "incidents": []}, {"id": "b", "incidents": [ROCKETS]})
    found = evaluate("mine", "--coded", "coded.jsonl", "--misses", cwd=mine)
    assert found["false_alarms"] == ["b"]
    assert [miss["kind"] for miss in found["misses"]] == ["missed", "invented in an empty report"]


@pytest.mark.parametrize(
    ("gold", "told"),
    [
        ('{"id": "a"}', "gold.jsonl:1"),
        ("{broken", "gold.jsonl:1: not JSON"),
        ('{"id": "zz", "incidents": []}', "no report 'zz'"),
        ('{"id": "a", "incidents": [{"date": "yesterday"}]}', "'yesterday' is no day"),
        ('{"id": "a", "incidents": []}\n{"id": "a", "incidents": []}', "told twice: a"),
    ],
)
def test_a_gold_set_that_cannot_be_read_is_told_by_file_and_line(mine: Path, gold: str, told: str) -> None:
    (mine / "mine" / "gold.jsonl").write_text(gold, encoding="utf-8")
    done = run_marsad("evaluate", "mine", cwd=mine)
    assert done.returncode == 1
    assert told in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_costs_no_figures(mine: Path) -> None:
    (mine / "file").write_text("")
    done = run_marsad("evaluate", "mine", "--state", "file/last.json", cwd=mine)
    assert done.returncode == 0, done.stderr.decode()
    assert b"Not kept" in done.stdout


def test_the_project_s_own_gold_is_scored(tmp_path: Path) -> None:
    found = evaluate(str(ROOT / "tests" / "gold"), cwd=tmp_path)
    assert found["reports"] >= 150
    assert found["news"]["f1"] > 0.5
