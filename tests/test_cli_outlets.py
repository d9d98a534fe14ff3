"""`marsad outlets`, `marsad add` and `marsad pages` as their users meet them, against the newsroom and its faults."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commands.demo import demo_settings
from newsroom.server import Newsroom
from tests.daemons import read_log, running_daemon, wait_until, write_settings
from tests.marsad import run_marsad


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        yield newsroom


def write_settings_with_shut(folder: Path, newsroom: Newsroom) -> None:
    """The newsroom's outlets, and one whose port answers nobody."""
    outlets = newsroom.outlets(every_seconds=1)
    shut = replace(outlets[0], id="shut", home="http://127.0.0.1:1/", urls=("http://127.0.0.1:1/rss",), kind="feed",
                   allowed_hosts=("127.0.0.1:1",))  # fmt: skip
    (folder / "settings.toml").write_text(demo_settings((*outlets, shut), None), encoding="utf-8")


def read_json(*words: str, cwd: Path, code: int = 0) -> Any:
    done = run_marsad(*words, "--json", cwd=cwd)
    assert done.returncode == code, done.stderr.decode()
    return json.loads(done.stdout)


def test_a_check_says_what_works_and_is_remembered(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings_with_shut(tmp_path, newsroom)
    names = [outlet.id for outlet in newsroom.outlets()]
    before = {row["id"]: row["verified"] for row in read_json("outlets", cwd=tmp_path)}
    assert set(before.values()) == {"never"}
    rows = {row["id"]: row for row in read_json("outlets", "check", cwd=tmp_path, code=1)}
    assert [row for row in names if rows[row]["works"]] == names
    assert not rows["shut"]["works"]
    assert rows["shut"]["outcome"] == "unreachable"
    assert "network" in " ".join(rows["shut"]["words"])
    assert any("characters of text" in line for row in rows.values() for line in row["words"])
    after = {row["id"]: row for row in read_json("outlets", cwd=tmp_path)}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", after[name]["verified"]) for name in names)
    assert after["shut"]["verified"] == "never"
    assert after["shut"]["check_outcome"] == "unreachable"
    assert read_json("articles", cwd=tmp_path) == []  # a check takes nothing in
    told = run_marsad("outlets", "check", names[0], cwd=tmp_path)
    assert told.returncode == 0
    assert f"works  {names[0]}" in told.stdout.decode()
    assert "1 of 1 work." in told.stdout.decode()


def test_the_table_tells_failures_texts_and_those_never_seen(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings_with_shut(tmp_path, newsroom)
    assert run_marsad("crawl", "--json", cwd=tmp_path).returncode == 0
    rows = {row["id"]: row for row in read_json("outlets", cwd=tmp_path)}
    assert rows["shut"]["failures_by_kind"] == {"unreachable": 1}
    assert [sign["word"] for sign in rows["shut"]["signs"]] == ["never_seen"]
    well = next(row for row in rows.values() if row["articles"])
    assert well["last_success_at"] is not None
    assert well["last_new_article_at"] is not None
    assert well["texts_recent"]["median_length"] > 100
    shown = run_marsad("outlets", cwd=tmp_path).stdout.decode()
    assert "Never seen from here (1): shut." in shown
    assert "chars" in shown
    only = read_json("outlets", "list", "--signs", cwd=tmp_path)
    assert "shut" in [row["id"] for row in only]
    assert well["id"] not in [row["id"] for row in only]


def test_a_preview_tells_new_items_from_known_ones_and_stores_nothing(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    name = newsroom.outlets()[0].id
    rows = read_json("outlets", "preview", name, cwd=tmp_path)
    assert rows
    assert {row["would"] for row in rows} == {"new"}
    assert not (tmp_path / "marsad.db").exists()
    assert run_marsad("crawl", name, "--json", cwd=tmp_path).returncode == 0
    assert {row["would"] for row in read_json("outlets", "preview", name, cwd=tmp_path)} == {"known"}
    with closing(sqlite3.connect(tmp_path / "marsad.db")) as db, db:
        db.execute("UPDATE listed SET due_at = first_listed_at WHERE url = ?", (rows[0]["url"],))
    again = read_json("outlets", "preview", name, cwd=tmp_path)
    assert [row["would"] for row in again if row["url"] == rows[0]["url"]] == ["again"]
    unknown = run_marsad("outlets", "preview", "nobody", cwd=tmp_path)
    assert unknown.returncode == 2
    assert b"nobody" in unknown.stderr


def test_an_address_becomes_an_entry_that_can_be_crawled_at_once(newsroom: Newsroom, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("catalogue = false\n[crawl]\ndelay = '0s'\n", encoding="utf-8")
    feed = next(outlet for outlet in newsroom.outlets() if outlet.kind == "feed")
    shown = run_marsad("outlets", "add", feed.urls[0], cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    (entry,) = tomllib.loads(shown.stdout.decode())["outlets"].values()
    assert entry["urls"] == list(feed.urls[:1])
    assert (tmp_path / "settings.toml").read_text(encoding="utf-8").count("[outlets.") == 0
    written = read_json("outlets", "add", feed.urls[0], "--write", cwd=tmp_path)
    assert read_json("crawl", written["id"], cwd=tmp_path)[0]["new_pages"] > 0
    again = run_marsad("outlets", "add", feed.urls[0], cwd=tmp_path)
    assert again.returncode == 1
    assert b"watched already" in again.stderr
    nothing = run_marsad("outlets", "add", "http://127.0.0.1:1/", cwd=tmp_path)
    assert nothing.returncode == 1
    assert b"Traceback" not in nothing.stderr


def test_lists_of_feeds_come_in_and_go_out(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    assert run_marsad("outlets", "export", "out.opml", cwd=tmp_path).returncode == 0
    feeds = [url for outlet in newsroom.outlets() if outlet.kind == "feed" for url in outlet.urls]
    assert (tmp_path / "out.opml").read_text(encoding="utf-8").count("xmlUrl") == len(feeds)
    assert read_json("outlets", "import", "out.opml", cwd=tmp_path) == []  # all are watched
    other = tmp_path / "other"
    other.mkdir()
    (other / "settings.toml").write_text("catalogue = false\n", encoding="utf-8")
    (other / "in.opml").write_bytes((tmp_path / "out.opml").read_bytes())
    assert len(read_json("outlets", "import", "in.opml", "--write", cwd=other)) == len(feeds)
    assert len(read_json("outlets", cwd=other)) == len(feeds)
    (other / "in.opml").write_text("<html>", encoding="utf-8")
    broken = run_marsad("outlets", "import", "in.opml", cwd=other)
    assert broken.returncode == 1
    assert b"OPML" in broken.stderr


def test_a_page_by_hand_goes_the_way_of_every_page(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    outlet = newsroom.outlets()[0]
    told = next(each for each in newsroom.truth().articles if each.reports and each.outlet == outlet.id)
    (row,) = read_json("add", told.url, cwd=tmp_path)
    assert (row["outlet"], row["outcome"], row["title"]) == (outlet.id, "new", told.title)
    assert row["incidents"]
    assert row["alerts"] > 0
    (again,) = read_json("add", told.url, cwd=tmp_path)
    assert (again["outcome"], again["article"], again["alerts"]) == ("unchanged", row["article"], 0)
    rows = read_json("add", newsroom.base(outlet.id) + "/nothing-here", told.url, cwd=tmp_path, code=1)
    assert [each["article"] is None for each in rows] == [True, False]
    assert "not_found: The address does not exist" in rows[0]["reason"]
    assert run_marsad("add", "missing.html", cwd=tmp_path).returncode == 2


def test_a_message_of_a_channel_by_hand_is_taken_out_of_its_preview(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    channel = next(outlet for outlet in newsroom.outlets() if outlet.kind == "telegram")
    told = next(each for each in newsroom.truth().articles if each.outlet == channel.id)
    (row,) = read_json("add", told.url, cwd=tmp_path)
    assert (row["outlet"], row["outcome"], row["url"]) == (channel.id, "new", told.url)
    (missing,) = read_json("add", told.url.rpartition("/")[0] + "/987654", cwd=tmp_path, code=1)
    assert "shows no message 987654" in missing["reason"]
    assert run_marsad("crawl", channel.id, "--json", cwd=tmp_path).returncode == 0
    articles = read_json("articles", cwd=tmp_path)
    assert [each["url"] for each in articles].count(told.url) == 1  # a visit takes the same message for the same


def test_a_saved_file_is_taken_in_under_its_address(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    outlet = newsroom.outlets()[0]
    told = next(each for each in newsroom.truth().articles if each.reports and each.outlet == outlet.id)
    assert read_json("add", told.url, cwd=tmp_path)[0]["outcome"] == "new"
    visited = f"{told.url}?utm_source=channel#top"  # as somebody copies it
    assert run_marsad("pages", "export", "one.warc.gz", "--url", visited, cwd=tmp_path).returncode == 0
    none = run_marsad("pages", "export", "none.warc.gz", "--url", f"{told.url}x", cwd=tmp_path)
    assert (none.returncode, sorted(path.name for path in tmp_path.glob("*none*"))) == (1, [])
    assert b"no version" in none.stderr
    record = gzip.decompress((tmp_path / "one.warc.gz").read_bytes())
    body = record.rpartition(b"\r\n\r\nHTTP/1.1 200 OK")[2].partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
    (tmp_path / "saved.html").write_bytes(body)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    write_settings(fresh, newsroom)
    (row,) = read_json("add", "../saved.html", "--url", told.url, cwd=fresh)
    assert (row["url"], row["outcome"], row["title"]) == (told.url, "new", told.title)
    assert read_json("pages", "export", "two.warc.gz", cwd=fresh)["pages"] == 1
    kept = gzip.decompress((fresh / "two.warc.gz").read_bytes())
    assert b"WARC-Type: resource" in kept  # no server answered so
    assert b"HTTP/1.1 200" not in kept


def test_a_page_by_hand_may_be_added_beside_the_daemon(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    told = next(each for each in newsroom.truth().articles if each.reports)
    with running_daemon(tmp_path):
        wait_until(lambda: "start" in read_log(tmp_path), "the start")
        assert read_json("add", told.url, cwd=tmp_path)[0]["article"]
