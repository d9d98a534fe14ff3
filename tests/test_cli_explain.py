"""`marsad explain`: what a person sees who asks why, of a file, one report of many, or an article of the database."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from commands.explained import mark_characters, split_runs
from extract.explanation import explain_report
from extract.reports import parse_report
from extract.scoring.pairing import FIELDS
from store.articles import insert_article
from store.database import open_database, transaction
from store.records import Article
from tests.marsad import ROOT, run_marsad

# "Two Katyusha rockets fell on the Ain al-Asad base in Anbar this morning, without casualties."
ATTACK = "سقط صاروخان من نوع كاتيوشا، صباح اليوم، على قاعدة عين الأسد في محافظة الأنبار دون وقوع خسائر بشرية."
# "The embassy warned of an attack on the airport with rockets." / "The army held a drill with live ammunition."
SILENT = "حذرت السفارة من هجوم على مطار بغداد بالصواريخ.\nونفذ الجيش تمرينا على إطلاق الصواريخ في الأنبار."
# "The minister opened a new park in Basra."
PEACE = "افتتح الوزير حديقة جديدة في البصرة."


def explain(*words: str, cwd: Path) -> Any:
    done = run_marsad("explain", *words, "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_every_field_has_a_reason_and_its_words(tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(ATTACK, encoding="utf-8")
    found = explain("news.txt", "--published", "2026-11-20", cwd=tmp_path)
    (incident,) = found["incidents"]
    assert set(incident["why"]) == set(FIELDS)
    why = incident["why"]
    assert all(reason["why"] for reason in why.values())
    assert "triggers.tsv, line" in why["method"]["why"], "an editor finds the row"
    assert "عين الأسد" in why["place"]["quotes"][0]
    assert "الأنبار" in why["place"]["lost"]
    assert why["killed"]["why"] == "said to be none"
    assert incident["weights"]["bias"]


def test_the_text_shows_its_evidence_without_colours_too(tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(ATTACK, encoding="utf-8")
    done = run_marsad("explain", "news.txt", "--published", "2026-11-20", cwd=tmp_path)
    shown = done.stdout.decode()
    assert "|place]" in shown
    assert "|date]" in shown
    assert "1 incident." in shown
    assert shown.count("\u2068") == shown.count("\u2069") > 0, "Arabic words are isolated, and every isolate ends"


def test_a_silent_report_says_why_sentence_by_sentence(tmp_path: Path) -> None:
    (tmp_path / "news.txt").write_text(SILENT, encoding="utf-8")
    found = explain("news.txt", "--published", "2026-11-20", cwd=tmp_path)
    assert found["incidents"] == []
    assert [row["reason"] for row in found["silences"]] == ["warning", "drill"]
    for row in found["silences"]:
        assert SILENT[row["start"] : row["end"]] == row["quote"]
        assert row["meaning"] != row["reason"]
    assert {row["kind"] for row in found["notices"]} == {"warning", "drill"}
    shown = run_marsad("explain", "news.txt", cwd=tmp_path).stdout.decode()
    assert "Why there is no incident" in shown


def test_a_report_that_was_not_read_further_says_so(tmp_path: Path) -> None:
    (tmp_path / "two.jsonl").write_text(
        json.dumps({"id": "ar", "text": PEACE}) + "\n" + json.dumps({"id": "en", "text": "A park opened on Sunday."}),
        encoding="utf-8",
    )
    peace, english = explain("two.jsonl", cwd=tmp_path)
    assert "No word of attack" in peace["verdict"]
    assert "Not Arabic" in english["verdict"]
    assert explain("two.jsonl#en", cwd=tmp_path)["id"] == "en"
    wrong = run_marsad("explain", "two.jsonl#zz", cwd=tmp_path)
    assert wrong.returncode == 1
    assert b"no report 'zz'" in wrong.stderr


def test_an_article_of_the_database_is_explained_by_its_id(tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    article = Article(
        outlet_id="o", url="https://o.example/1", title=None, text=ATTACK, published=now, published_precision="second",
        published_from="feed", author=None, language="ar",
    )  # fmt: skip
    db = open_database(tmp_path / "marsad.db")
    with transaction(db):
        db.execute(
            "INSERT INTO outlets (id, name_ar, name_en, publisher, ownership) VALUES ('o', 'o', 'o', 'o', 'private')"
        )
        insert_article(db, "ab12", article, publisher="o", first_seen_at=now, copy_of=None, coder_version="1")
    db.close()
    found = explain("ab12", cwd=tmp_path)
    assert found["incidents"][0]["admin1"] == "IQ-AN"
    assert run_marsad("explain", "nosuch", cwd=tmp_path).returncode == 1


def test_every_reason_that_is_given_has_a_meaning() -> None:
    with (files("extract") / "data" / "coder_reasons.csv").open(encoding="utf-8") as table:
        meanings = {row["reason"]: row["meaning"] for row in csv.DictReader(table)}
    assert all(meaning.endswith(".") for meaning in meanings.values())
    for line in (ROOT / "tests" / "gold" / "reports.jsonl").read_text(encoding="utf-8").splitlines():
        found = explain_report(parse_report(json.loads(line)))
        for incident in found.incidents:
            assert [reason.name for reason in incident.fields] == list(FIELDS), found.report.id
        for silence in found.silences:
            assert silence.reason in meanings, found.report.id


def test_the_narrower_evidence_marks_a_word() -> None:
    owner = mark_characters(10, [(0, 10, "incident"), (2, 8, "target"), (4, 6, "place")])
    assert list(split_runs(owner, 0, 10)) == [
        (0, 2, None), (2, 4, "target"), (4, 6, "place"), (6, 8, "target"), (8, 10, None),
    ]  # fmt: skip
