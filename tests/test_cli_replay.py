"""`marsad replay`: past reports through the whole path, to the two files that users measure and test rules with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.marsad import run_marsad

# "Two rockets fell this Friday morning on the Ain al-Asad base in Anbar, without casualties."
FIRST = "سقط صاروخان من نوع كاتيوشا، صباح اليوم الجمعة، على قاعدة عين الأسد في محافظة الأنبار دون وقوع خسائر بشرية."
# "Three soldiers were wounded when two rockets hit the Ain al-Asad base in Anbar this Friday morning."
SECOND = "أصيب ثلاثة جنود بجروح جراء سقوط صاروخين على قاعدة عين الأسد بمحافظة الأنبار صباح اليوم الجمعة."
# "An explosive device went off under an army vehicle in Mosul this Saturday and killed two soldiers."
OTHER = "انفجرت عبوة ناسفة على عجلة للجيش في مدينة الموصل، اليوم السبت، ما أدى إلى مقتل جنديين."


def write_reports(folder: Path, *extra: str) -> None:
    rows = [
        make_row("late", "2026-11-21T10:00:00+03:00", "انفجار في الموصل", OTHER),  # "explosion in Mosul"
        make_row("one", "2026-11-20T09:00:00+03:00", "قصف عين الأسد", FIRST),  # "shelling of Ain al-Asad"
        make_row("two", "2026-11-20T12:00:00+03:00", "جرحى في عين الأسد", SECOND),  # "wounded at Ain al-Asad"
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "reports.jsonl").write_text("\n".join([*lines, *extra]), encoding="utf-8")


def make_row(report_id: str, published: str, title: str, text: str) -> dict[str, str]:
    return {"id": report_id, "outlet": f"outlet-{report_id}", "published": published, "title": title, "text": text}


def replay(folder: Path, *words: str) -> tuple[int, str]:
    done = run_marsad(
        "replay", "--input", "reports.jsonl", "--database", "new.db", "--links", "links.jsonl", "--alerts",
        "alerts.jsonl", *words, cwd=folder,
    )  # fmt: skip
    return done.returncode, done.stderr.decode()


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_links_follow_the_input_and_alerts_the_clock(tmp_path: Path) -> None:
    write_reports(tmp_path)
    assert replay(tmp_path) == (0, "")
    links = read_rows(tmp_path / "links.jsonl")
    assert [row["id"] for row in links] == ["late", "one", "two"]
    late, one, two = (row["incidents"][0] for row in links)
    assert one["incident_id"] == two["incident_id"] != late["incident_id"]
    assert (one["wounded"], two["wounded"]) == (0, 3)  # each report's own coding
    alerts = read_rows(tmp_path / "alerts.jsonl")
    assert [row["article_id"] for row in alerts if row["kind"] == "new"] == ["one", "late"]
    assert [row["at"] for row in alerts] == sorted(row["at"] for row in alerts)
    assert alerts[0]["at"].startswith("2026-11-20T06:00:00")
    assert {"kind", "incident_id", "article_id", "at"} == set(alerts[0])
    kept = run_marsad("alerts", "--json", "--database", "new.db", cwd=tmp_path)
    assert {row["state"] for row in json.loads(kept.stdout)} == {"suppressed"}  # a daemon on it tells none of the past


def test_an_existing_database_is_wrong_use_and_stays(tmp_path: Path) -> None:
    write_reports(tmp_path)
    (tmp_path / "new.db").write_bytes(b"mine")
    code, told = replay(tmp_path)
    assert code == 2
    assert "exists" in told
    assert (tmp_path / "new.db").read_bytes() == b"mine"
    assert not (tmp_path / "links.jsonl").exists()


def test_a_bad_line_costs_itself_alone(tmp_path: Path) -> None:
    write_reports(tmp_path, "{broken")
    code, told = replay(tmp_path)
    assert code == 1
    assert "line 4" in told
    assert len(read_rows(tmp_path / "links.jsonl")) == 3


def test_the_rules_of_the_settings_count(tmp_path: Path) -> None:
    write_reports(tmp_path)
    (tmp_path / "mosul.toml").write_text(
        '[alerts.rules.nineveh]\nadmin1 = ["IQ-NI"]\n[alerts.channels.desk]\nrules = ["nineveh"]\n', encoding="utf-8"
    )
    assert replay(tmp_path, "--settings", "mosul.toml") == (0, "")
    assert [row["article_id"] for row in read_rows(tmp_path / "alerts.jsonl")] == ["late"]
