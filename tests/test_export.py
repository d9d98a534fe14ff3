"""Exports are read back by the programs' own parsers, carry their stamp, and run no spreadsheet's formula."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from review.exports import safe_cell
from review.exports_coded import load_mapping
from tests.marsad import run_marsad
from tests.review_site import told_story

ATOM, KML = "{http://www.w3.org/2005/Atom}", "{http://www.opengis.net/kml/2.2}"
EVIL = '=HYPERLINK("https://evil.example","x")\u202e'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export")
    story = told_story(path / "marsad.db")
    story.db.execute("UPDATE incidents SET title = ?, place = ? WHERE method = 'drone'", (EVIL, "-2+3]]><x>&"))
    story.db.conn.commit()
    story.db.close()
    return path


def export(folder: Path, *words: str) -> str:
    done: subprocess.CompletedProcess[bytes] = run_marsad("export", *words, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8")


def test_csv_is_whole_and_safe(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(export(folder, "--format", "csv").removeprefix("\ufeff"))))
    assert len(rows) == 6
    assert all(row["information_cut_off"].endswith("Z") and row["coder_version"] == "test" for row in rows)
    for row in rows:
        for name, cell in row.items():
            if name not in ("lat", "lon"):
                assert not cell.startswith(("=", "+", "-", "@", "\t")), (name, cell)
            assert "\u202e" not in cell
    (hit,) = [row for row in rows if row["killed"] == "3"]
    assert (hit["killed_low"], hit["source_outlets"], hit["place"]) == ("2", "a; b", "الحلة")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert str(safe_cell(cell)).startswith("'")


def test_numbers_stay_numbers() -> None:
    assert (safe_cell(-3.5), safe_cell(None), safe_cell("a-b")) == (-3.5, None, "a-b")


def test_json_lines_filter_and_cut_off(folder: Path) -> None:
    rows = [json.loads(line) for line in export(folder, "--format", "jsonl", "--filter", "method=rocket").splitlines()]
    assert {row["method"] for row in rows} == {"rocket"}
    early = export(folder, "--format", "jsonl", "--until", "2021-03-01T09:10:00Z").splitlines()
    assert len(early) == 1
    assert json.loads(early[0])["information_cut_off"] == "2021-03-01T09:10:00.000Z"


def test_geojson_kml_and_atom_are_well_formed(folder: Path) -> None:
    features = json.loads(export(folder, "--format", "geojson"))["features"]
    assert len(features) == 6
    assert sum(feature["geometry"] is None for feature in features) == 1
    marks = ElementTree.fromstring(export(folder, "--format", "kml")).findall(f".//{KML}Placemark")
    assert len(marks) == 5
    feed = ElementTree.fromstring(export(folder, "--format", "atom", "--language", "ar"))
    entries = feed.findall(f"{ATOM}entry")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 6
    assert "-2+3]]><x>&" in "".join(entry.findtext(f"{ATOM}title") or "" for entry in entries)


def test_acled_and_plover_like_columns(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(export(folder, "--format", "acled.csv").removeprefix("\ufeff"))))
    by_type = {row["sub_event_type"]: row for row in rows}
    assert by_type["Remote explosive/landmine/IED"]["event_type"] == "Explosions/Remote violence"
    assert by_type["Disrupted weapons use"]["event_type"] == "Strategic developments"  # the foiled drone
    assert {row["time_precision"] for row in rows} == {"1", ""}
    events = [json.loads(line) for line in export(folder, "--format", "plover.jsonl").splitlines()]
    assert {event["event"] for event in events} == {"ASSAULT"}
    assert {event["mode"] for event in events} >= {"explosives", "heavy-weapons", "firearms"}


def test_every_method_is_mapped() -> None:
    from intake.corrections import allowed_values

    assert set(load_mapping()) == set(allowed_values()["method"])


def test_a_public_copy_holds_no_word_of_an_outlet(folder: Path) -> None:
    export(folder, "--format", "sqlite", "--public", "public.db")
    body = (folder / "public.db").read_bytes()
    for words in ("انفجرت عبوة ناسفة على رتل", "نص الخبر", "خبر 1", "HYPERLINK"):
        assert words.encode() not in body, words
    db = sqlite3.connect(folder / "public.db")
    assert db.execute("SELECT count(*) FROM incidents").fetchone()[0] == 6
    assert db.execute("SELECT count(*) FROM sources").fetchone()[0] == 7
    db.close()
    again = run_marsad("export", "--format", "sqlite", "--public", "public.db", cwd=folder)
    assert (again.returncode, b"exists already" in again.stderr) == (1, True)
    public = export(folder, "--format", "jsonl", "--public")
    assert "HYPERLINK" not in public
    assert "نص" not in public


def test_wrong_use_ends_with_two(folder: Path) -> None:
    for words in (["--format", "sqlite", "x.db"], ["--until", "yesterday"], ["--format", "xls"]):
        assert run_marsad("export", *words, cwd=folder).returncode == 2, words


def test_a_name_whose_ending_is_no_format_is_wrong_use_and_writes_nothing(folder: Path) -> None:
    done = run_marsad("export", "out.xlsx", cwd=folder)
    assert done.returncode == 2
    told = done.stderr.splitlines()[-1]
    assert b"no format ends in .xlsx" in told
    assert b"geojson" in told
    assert not (folder / "out.xlsx").exists()
    for words in (["OUT.GeoJSON"], ["plain"], ["--format", "kml", "named.txt"]):
        assert run_marsad("export", *words, cwd=folder).returncode == 0, words
    assert (folder / "OUT.GeoJSON").read_text(encoding="utf-8").startswith("{")
    assert (folder / "plain").read_text(encoding="utf-8").count(",") > 5


def test_the_week_needs_nothing_from_outside(folder: Path) -> None:
    page = export(folder, "--format", "weekly.html", "--until", "2021-03-03T00:00:00Z", "--language", "ar")
    assert "<svg" in page
    assert 'dir="rtl"' in page
    assert "src=" not in page
    assert "http" not in page


def test_judged_reports_become_gold(tmp_path: Path) -> None:
    from commands.review import make_workings
    from store.judgements import Judgement
    from tests.review_site import NOW, find_id

    story = told_story(tmp_path / "marsad.db")
    work = make_workings()
    bomb, drone = find_id(story.db, "الحلة"), find_id(story.db, "بغداد")
    fixed = {"killed": "2", "method": "vehicle_bomb"}
    for judgement in (
        Judgement(incident_id=bomb, action="correct", reviewer="x", fields=fixed),
        Judgement(incident_id=drone, action="reject", reviewer="x", reason="threat"),
    ):
        assert work.judge(story.db, judgement, now=NOW).word == "done"
    story.db.close()
    done = run_marsad("review", "gold", "judged", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    reports, gold = (
        [json.loads(line) for line in (tmp_path / "judged" / name).read_text(encoding="utf-8").splitlines()]
        for name in ("reports.jsonl", "gold.jsonl")
    )
    assert [report["id"] for report in reports] == [line["id"] for line in gold]
    assert [len(line["incidents"]) for line in gold] == [1, 1, 0]
    told = [line["incidents"][0] for line in gold[:2]]
    assert [one["method"] for one in told] == ["vehicle_bomb"] * 2
    assert [one["killed"] for one in told] == [2, 2]  # the report that said three was corrected
    quality = run_marsad("review", "quality", "--since", "9999d", "--json", cwd=tmp_path)
    assert json.loads(quality.stdout)["precision"] == 0.5
