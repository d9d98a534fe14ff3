"""`marsad demo`, as a newcomer runs it: the figures of the run, and a clean start each time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.demo import print_summary
from tests.marsad import run_marsad

KEYS = {
    "pages", "articles", "rejected", "incidents", "alerts", "duplicate_alerts", "false_alerts", "missed",
    "delay_p50_seconds", "delay_p95_seconds",
}  # fmt: skip


def test_every_attack_alerts_once_and_no_trap_does(tmp_path: Path) -> None:
    done = run_marsad("demo", "--json", "--round-seconds", "4", cwd=tmp_path, timeout=280)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert set(summary) >= KEYS
    assert summary["incidents"] >= 12
    assert summary["alerts"] >= 12
    assert summary["duplicate_alerts"] == 0
    assert summary["false_alerts"] == 0
    assert summary["missed"] == 0, summary["missed_incidents"]
    assert summary["failed"] == 0
    assert summary["rejected"]["not_arabic"] >= 1
    assert 0 <= summary["delay_p50_seconds"] <= summary["delay_p95_seconds"] < 60
    log = (tmp_path / "demo" / "daemon.log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    shown = run_marsad("incidents", "--json", "--database", "demo/marsad.db", cwd=tmp_path)
    assert len(json.loads(shown.stdout)) == summary["incidents"]


def test_the_summary_ends_with_the_review_of_its_own_cards(capsys: pytest.CaptureFixture[str]) -> None:
    figures = dict.fromkeys(
        [*KEYS, "near_copies", "updates", "seen_to_alert_p50_seconds", "seen_to_alert_p95_seconds"], 0
    )
    print_summary({**figures, "rejected": {}}, [], Path("demo/marsad.db"))
    shown = capsys.readouterr().out
    assert "fields are not judged" in shown
    assert shown.partition("Try next:")[2].rstrip().endswith("review --database demo/marsad.db")


def test_a_database_of_ones_own_is_never_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "mine.db"
    mine.write_bytes(b"mine")
    done = run_marsad("demo", "--database", "mine.db", cwd=tmp_path)
    assert done.returncode == 2
    assert mine.read_bytes() == b"mine"
