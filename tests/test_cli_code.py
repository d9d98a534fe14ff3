"""`marsad code`: the contract that measurements rest on, from every kind of input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.marsad import run_marsad

# "Two Katyusha rockets fell on the Ain al-Asad base in Anbar this morning, without casualties."
ATTACK = "سقط صاروخان من نوع كاتيوشا، صباح اليوم، على قاعدة عين الأسد في محافظة الأنبار دون وقوع خسائر بشرية."
# "The municipality opened a new park in Basra."
PEACE = "افتتحت البلدية حديقة عامة جديدة في مدينة البصرة بحضور عدد من المواطنين والمسؤولين المحليين."


def report(report_id: str, text: str, **fields: Any) -> str:
    return json.dumps({"id": report_id, "text": text, "published": "2026-11-20T12:00:00+03:00", **fields})


def read_lines(raw: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in raw.decode("utf-8").split("\n") if line]


def test_one_line_a_report_in_order_with_evidence_that_is_there(tmp_path: Path) -> None:
    reports = [
        report("b", ATTACK, title="قصف على قاعدة عين الأسد"),  # "shelling of the Ain al-Asad base"
        report("a", PEACE),
        report("c", ATTACK, published="2026-11-20", url="https://outlet.example/1", outlet="outlet"),
        report("d", "", published=None),
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(reports), encoding="utf-8")
    done = run_marsad("code", "--input", "in.jsonl", "--output", "out.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    rows = read_lines((tmp_path / "out.jsonl").read_bytes())
    assert [row["id"] for row in rows] == ["b", "a", "c", "d"]
    assert [len(row["incidents"]) for row in rows] == [1, 0, 1, 0]
    assert all(set(row) == {"id", "language", "incidents"} for row in rows)
    for row, source in zip(rows, map(json.loads, reports), strict=True):
        for incident in row["incidents"]:
            assert incident["evidence"]
            assert 0 <= incident["confidence"] <= 1
            for item in incident["evidence"]:
                assert set(item) == {"field", "in", "quote", "start", "end"}
                assert source[item["in"]][item["start"] : item["end"]] == item["quote"]
    first = rows[0]["incidents"][0]
    assert (first["method"], first["admin1"], first["date"], first["munitions"]) == ("rocket", "IQ-AN", "2026-11-20", 2)
    assert (first["killed"], first["wounded"], first["actor"], first["claim"]) == (0, 0, None, "none")


def test_bad_lines_are_told_by_number_and_the_others_are_coded(tmp_path: Path) -> None:
    lines = [report("a", ATTACK), "{broken", "", json.dumps({"id": "x"}), report("b", PEACE)]
    done = run_marsad("code", cwd=tmp_path, stdin="\n".join(lines).encode())
    assert done.returncode == 1
    assert [row["id"] for row in read_lines(done.stdout)] == ["a", "b"]
    told = done.stderr.decode().splitlines()
    assert len(told) == 2
    assert "line 2" in told[0]
    assert "line 4" in told[1]


def test_a_plain_text_is_a_report(tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(ATTACK, encoding="utf-8")
    done = run_marsad("code", "--input", "news.txt", "--published", "2026-11-20", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (row,) = read_lines(done.stdout)
    assert row["id"] == "news.txt"
    assert row["incidents"][0]["date"] == "2026-11-20"
    piped = run_marsad("code", "--published", "2026-11-20", cwd=tmp_path, stdin=ATTACK.encode())
    assert read_lines(piped.stdout)[0]["incidents"] == row["incidents"]


def test_a_time_that_cannot_be_read_is_wrong_use(tmp_path: Path) -> None:
    done = run_marsad("code", "--published", "yesterday", cwd=tmp_path, stdin=ATTACK.encode())
    assert done.returncode == 2
    assert b"--published" in done.stderr


def test_the_input_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(report("a", ATTACK), encoding="utf-8")
    done = run_marsad("code", "--input", "in.jsonl", "--output", "./in.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "in.jsonl").read_text(encoding="utf-8") == report("a", ATTACK)


def test_a_saved_page_is_coded_and_a_page_that_is_none_is_told(tmp_path: Path) -> None:
    body = f"<p>{ATTACK}</p><p>{PEACE}</p>"
    page = (
        '<html lang="ar"><head><meta charset="utf-8"><title>قصف على قاعدة عين الأسد</title>'
        '<meta property="article:published_time" content="2026-11-20T12:00:00+03:00"></head>'
        f"<body><article><h1>قصف على قاعدة عين الأسد</h1>{body}</article></body></html>"
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    done = run_marsad("code", "--input", "page.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (row,) = read_lines(done.stdout)
    assert row["incidents"][0]["admin1"] == "IQ-AN"
    shown = run_marsad("extract", "page.html", "--json", cwd=tmp_path)
    article = json.loads(shown.stdout)
    assert (article["rejected"], article["language"], article["published"]) == (False, "ar", "2026-11-20T09:00:00Z")
    assert ATTACK in article["text"]
    (tmp_path / "english.html").write_text(
        f"<html><body><h1>A park</h1><p>{'The city opened a park on Sunday. ' * 20}</p></body></html>",
        encoding="utf-8",
    )
    refused = run_marsad("extract", "english.html", cwd=tmp_path)
    assert refused.returncode == 1
    assert b"rejected" in refused.stdout
    assert run_marsad("code", "--input", "english.html", cwd=tmp_path).returncode == 1
