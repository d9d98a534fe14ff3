"""The command line as its users meet it: help, exit codes, plain faults, and the starter settings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import cli
from tests.marsad import ROOT, run_marsad


@pytest.mark.parametrize("name", ["", *cli.COMMANDS])
def test_help_is_there_for_every_command(name: str, tmp_path: Path) -> None:
    done = run_marsad(*name.split(), "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"marsad" in done.stdout
    assert b"Example" in done.stdout


def test_help_costs_no_heavy_import() -> None:
    heavy = ("scrapy", "trafilatura", "pydantic", "apprise", "rich")
    code = f"import sys, cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "words",
    [["nonsense"], ["run", "--nonsense"], ["extract"], ["extract", "missing.html"], ["code", "--input", "no.jsonl"]],
)
def test_wrong_use_ends_with_2(words: list[str], tmp_path: Path) -> None:
    done = run_marsad(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr
    assert b"Traceback" not in done.stderr


def test_init_writes_settings_that_check_accepts_and_never_overwrites(tmp_path: Path) -> None:
    assert run_marsad("init", "here", cwd=tmp_path).returncode == 0
    written = tmp_path / "here" / "settings.toml"
    assert written.read_text(encoding="utf-8").startswith("# Marsad's settings")
    checked = run_marsad("check", "--json", cwd=written.parent)
    assert checked.returncode == 0, checked.stderr
    summary = json.loads(checked.stdout)
    assert summary["channels"] == ["terminal"]
    assert summary["outlets"] == summary["outlets_of_the_catalogue"] > 5
    assert summary["outlets_of_yours"] == []
    written.write_text("database = 'mine.db'", encoding="utf-8")
    again = run_marsad("init", "here", cwd=tmp_path)
    assert again.returncode == 1
    assert b"left as it is" in again.stderr
    assert written.read_text(encoding="utf-8") == "database = 'mine.db'"


def test_faults_of_the_settings_are_told_one_a_line_with_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        'colour = "red"\n'
        "[crawl]\n"
        'delay = "5 mins"\n'
        "[schedule]\n"
        'upkeep = "every day"\n'
        "[outlets.alaraby]\n"
        'urls = ["not a url"]\n'
        "[alerts.channels.desk]\n"
        'url = "${NO_SUCH_VARIABLE}"\n',
        encoding="utf-8",
    )
    for words in (["check"], ["run"], ["incidents"], ["code"], ["crawl"]):
        done = run_marsad(*words, cwd=tmp_path)
        assert done.returncode == 2, words
        lines = done.stderr.decode().splitlines()
        assert len(lines) == 5, lines
        for key in ("colour", "crawl.delay", "schedule.upkeep", "outlets.alaraby.urls", "alerts.channels.desk.url"):
            assert any(line.startswith(f"settings.toml: {key}") for line in lines), key
        assert any('"5 mins"' in line and '"36h"' in line for line in lines)


@pytest.mark.parametrize("more", ["form = 1\n", ""])  # a wrong key; a service that nobody knows
def test_a_secret_is_never_printed(more: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        f'[alerts.channels.desk]\nurl = "${{DESK}}"\n[alerts.channels.mail]\nurl = "${{MAIL}}"\n{more}',
        encoding="utf-8",
    )
    environ = {"DESK": "json://user:hunter2@127.0.0.1/", "MAIL": "nonsense://user:hunter2@127.0.0.1/"}
    done = run_marsad("check", cwd=tmp_path, environ=environ)
    assert done.returncode == 2
    assert b"hunter2" not in done.stdout + done.stderr


def test_an_unknown_settings_file_is_wrong_use(tmp_path: Path) -> None:
    done = run_marsad("check", "--settings", "elsewhere.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert b"elsewhere.toml" in done.stderr


@pytest.mark.parametrize("words", [["incidents"], ["articles"], ["articles", "rejected"], ["alerts"]])
def test_lists_without_a_database_say_how_to_get_one(words: list[str], tmp_path: Path) -> None:
    done = run_marsad(*words, cwd=tmp_path)
    assert done.returncode == 1
    assert b"marsad run" in done.stderr
    assert not list(tmp_path.iterdir())


def test_outlets_are_listed_without_a_database(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        'catalogue = false\n[outlets.mine]\nname_en = "Mine"\nhome = "https://mine.example/"\nkind = "feed"\n'
        'urls = ["https://mine.example/rss"]\nevery = "5m"\n',
        encoding="utf-8",
    )
    rows = json.loads(run_marsad("outlets", "--json", cwd=tmp_path).stdout)
    assert [(row["id"], row["every_seconds"], row["enabled"]) for row in rows] == [("mine", 300, True)]
    table = run_marsad("outlets", cwd=tmp_path).stdout.decode()
    assert "Mine" in table


def test_a_newer_database_is_refused_plainly(tmp_path: Path) -> None:
    from store.database import open_database

    db = open_database(tmp_path / "marsad.db")
    with db.conn:
        db.conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('marsad', '999_future', 'now')"
        )
    db.close()
    done = run_marsad("incidents", cwd=tmp_path)
    assert done.returncode == 1
    assert b"newer Marsad" in done.stderr
    assert len(done.stderr.splitlines()) == 1
