"""`marsad crawl`, and single pages from the web: the daemon's own path, once, by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsroom.server import Newsroom
from tests.daemons import read_log, running_daemon, wait_until, write_settings
from tests.marsad import run_marsad


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        yield newsroom


def test_one_round_takes_in_what_is_there_and_tells_it(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    names = [outlet.id for outlet in newsroom.outlets()]
    done = run_marsad("crawl", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)  # the alerts, for which the terminal is the channel, are not in it
    assert [row["outlet"] for row in rows] == names
    assert sum(row["new_pages"] for row in rows) > 10
    assert len(json.loads(run_marsad("incidents", "--json", cwd=tmp_path).stdout)) > 3
    told = json.loads(run_marsad("alerts", "--json", "--state", "sent", cwd=tmp_path).stdout)
    assert told
    again = run_marsad("crawl", names[0], "--json", cwd=tmp_path)
    assert json.loads(again.stdout) == [{"outlet": names[0], "new_pages": 0, "problem": None}]


def test_an_unknown_outlet_is_wrong_use(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    done = run_marsad("crawl", "nobody", cwd=tmp_path)
    assert done.returncode == 2
    assert b"nobody" in done.stderr


def test_a_crawl_beside_a_daemon_is_refused(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    with running_daemon(tmp_path):
        wait_until(lambda: "start" in read_log(tmp_path), "the start")
        done = run_marsad("crawl", cwd=tmp_path)
    assert done.returncode == 1
    assert b"another daemon" in done.stderr


def test_no_answer_anywhere_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        'catalogue = false\n[outlets.mine]\nname_en = "Mine"\nhome = "http://127.0.0.1:1/"\nkind = "feed"\n'
        'urls = ["http://127.0.0.1:1/rss"]\nallow_private_hosts = true\n',
        encoding="utf-8",
    )
    assert run_marsad("crawl", cwd=tmp_path).returncode == 1


def test_a_crawl_says_what_can_be_done_about_a_problem(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        'catalogue = false\n[outlets.mine]\nname_en = "Mine"\nhome = "http://127.0.0.1:1/"\nkind = "feed"\n'
        'urls = ["http://127.0.0.1:1/rss"]\n',
        encoding="utf-8",
    )
    done = run_marsad("crawl", cwd=tmp_path)
    assert done.returncode == 1
    assert b"allow_private_hosts" in done.stdout


def test_a_page_from_the_web_is_shown_and_coded(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    truth = newsroom.truth().articles
    told = next(article for article in truth if article.reports and article.outlet == newsroom.outlets()[0].id)
    shown = json.loads(run_marsad("extract", told.url, "--json", cwd=tmp_path).stdout)
    assert shown["title"] == told.title
    coded = run_marsad("code", "--input", told.url, cwd=tmp_path)
    assert coded.returncode == 0, coded.stderr
    assert json.loads(coded.stdout)["incidents"]
    gone = run_marsad("extract", newsroom.base(told.outlet) + "/nothing-here", cwd=tmp_path)
    assert gone.returncode == 1
    assert len(gone.stderr.splitlines()) == 1
