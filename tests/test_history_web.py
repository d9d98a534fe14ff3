"""Backfills from the web, over loopback: stretches of WARC files, lists of them, pages, and sitemaps by date."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bench.archive import write_archive
from bench.cluster_kills import dump
from crawler.past_sitemaps import Span, month_is_outside
from crawler.ranges import Reach
from history import remote, sources
from history.backfill import backfill
from history.reading import read_part
from history.records import Wanted
from history.remote import is_before, plan_remote
from store.database import open_database
from tests.marsad import run_marsad
from tests.test_history_backfill import run

ATTACK = "انفجرت عبوة ناسفة على عجلة للجيش في مدينة {place}، ما أدى إلى مقتل {count} جنود."  # soldiers killed by a bomb


class Archive(ThreadingHTTPServer):
    """Serves what `files` holds, in stretches where asked, and remembers what was asked."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.ranges = True
        self.failing: set[str] = set()
        self.refusals = 0  # so many requests to come are answered by 503
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Archive

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.files.get(self.path)
        told = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range") or "")
        status, headers = 200, {"ETag": '"1"'}
        if self.server.refusals or self.path in self.server.failing:
            self.server.refusals = max(0, self.server.refusals - 1)
            status, body = 503, b""
        elif body is None:
            status, body = 404, b""
        elif told and self.server.ranges:
            start, stop = int(told[1]), min(int(told[2]) + 1, len(body))
            headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(body)}"
            status, body = 206, body[start:stop]
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Archive]:
    with Archive() as server:
        thread = threading.Thread(target=partial(server.serve_forever, 0.05))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def archive(server: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive that the server holds too, in parts of which each has some hundred records."""
    path = tmp_path / "CC-NEWS-20240501000000-00001.warc.gz"
    write_archive(path, 400, size=4_000)
    server.files["/news/" + path.name] = path.read_bytes()
    for module in (sources, remote):
        monkeypatch.setattr(module, "PART_BYTES", 60_000)
    monkeypatch.setattr(remote, "TAIL", 500)  # less than a record
    return path


def reach(server: Archive) -> Reach:
    return Reach(user_agent="test", allowed_private=frozenset({f"127.0.0.1:{server.server_port}"}), timeout_seconds=10)


def run_remote(server: Archive, archive: Path, database: Path, **hooks: Any) -> Any:
    parts, problems = plan_remote([server.base + "news/" + archive.name], reach(server))
    assert not problems
    assert len(parts) > 3
    db = open_database(database)
    try:
        return backfill(
            db, parts, Wanted(), lambda jobs: map(read_part, jobs), clock=lambda: datetime.now(UTC), **hooks
        )
    finally:
        db.close()


def test_an_archive_on_the_web_gives_what_the_file_gives(server: Archive, archive: Path, tmp_path: Path) -> None:
    server.refusals = 1  # which passes
    ledger = run_remote(server, archive, tmp_path / "far.db")
    near = run(archive, tmp_path / "near.db")
    assert ledger.counts == near.counts
    assert ledger.counts["records"] == 400
    assert dump(tmp_path / "far.db") == dump(tmp_path / "near.db")


def test_what_cannot_be_had_now_is_read_by_the_next_run(
    server: Archive, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.ranges.REST_SECONDS", 0.01)

    def refuse(*_: object) -> None:
        server.refusals = 4 if not tried else 0
        tried.append(1)

    tried: list[int] = []
    lame = run_remote(server, archive, tmp_path / "far.db", on_part=refuse)
    assert [result.problem for result in lame.lost] == ["server_error: HTTP status 503"]
    rest = run_remote(server, archive, tmp_path / "far.db")
    assert not rest.lost
    assert rest.resumed + rest.read == 400
    assert rest.resumed >= 200
    assert rest.counts["records"] == 400


def test_a_file_that_changes_meanwhile_is_not_mixed(server: Archive, archive: Path, tmp_path: Path) -> None:
    def change(*_: object) -> None:
        server.files["/news/" + archive.name] += gzip.compress(b"")

    ledger = run_remote(server, archive, tmp_path / "a.db", on_part=change)
    assert {result.problem for result in ledger.lost} == {"it changed since it was planned"}


def marsad(folder: Path, server: Archive, *words: str) -> tuple[int, dict[str, Any], str]:
    done = run_marsad("backfill", *words, "--json", "--workers", "1", "--database", "a.db", cwd=folder)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr.decode()


def test_a_list_of_paths_is_read_below_a_base(server: Archive, archive: Path, tmp_path: Path) -> None:
    old = "news/CC-NEWS-20140101000000-00001.warc.gz"
    (tmp_path / "warc.paths.gz").write_bytes(gzip.compress(f"# of May\n{old}\nnews/{archive.name}\n".encode()))
    private = ("--base", server.base, "--allow-private", f"127.0.0.1:{server.server_port}")
    refused = marsad(tmp_path, server, "warc.paths.gz", "--base", server.base)
    assert refused[0] == 1
    assert "forbidden_address" in refused[2]
    assert not server.asked
    _, summary, _ = marsad(tmp_path, server, "warc.paths.gz", *private, "--since", "2015-01-01")
    assert summary["records"] == 400
    assert not [path for path in server.asked if "2014" in path]  # by its name alone
    asked = len(server.asked)
    again = marsad(tmp_path, server, "warc.paths.gz", *private, "--since", "2015-01-01")[1]
    assert again["read_before"] == 400
    assert len(server.asked) == asked + 1  # its size
    gone = marsad(tmp_path, server, "warc.paths.gz", *private)
    assert gone[0] == 1
    assert "20140101000000-00001.warc.gz: not_found" in gone[2]
    assert gone[1]["records"] == 400


def test_a_server_without_stretches_is_named(server: Archive, archive: Path, tmp_path: Path) -> None:
    server.ranges = False
    _, problems = plan_remote([server.base + "news/" + archive.name], reach(server))
    assert len(problems) == 1
    assert "no stretches" in problems[0]


@pytest.fixture
def outlet(server: Archive, tmp_path: Path) -> Path:
    """An outlet with an index of three months of sitemaps, settings that name it, and its folder."""
    base = server.base
    children = ["sitemap-2024-02.xml", "sitemap-2024-03.xml", "map.xml?yyyy=2024&amp;mm=04"]
    listed = "".join(f"<sitemap><loc>{base}{child}</loc></sitemap>" for child in children)
    server.files["/robots.txt"] = f"User-agent: *\nDisallow: /closed/\nSitemap: {base}index.xml\n".encode()
    server.files["/index.xml"] = f"<sitemapindex>{listed}</sitemapindex>".encode()
    pages = {  # with the town and how many soldiers died there: Mosul, Ramadi, Tikrit, Kirkuk, Baghdad
        "/2024/03/05/1": ("الموصل", 3), "/2024/03/20/2": ("الرمادي", 4), "/2024/03/31/3": ("تكريت", 5),
        "/n/4": ("كركوك", 6), "/closed/5": ("بغداد", 7),
    }  # fmt: skip
    for number, (path, (place, count)) in enumerate(pages.items()):
        text = ATTACK.format(place=place, count=count)
        stamp = f"2024-03-{10 + number}T09:00:00+03:00"
        server.files[path] = (
            f'<html><head><title>خبر</title><meta property="article:published_time" content="{stamp}"></head>'  # "news"
            f"<body><article><h1>خبر {number}</h1><p>{text}</p><p>{text}</p></article></body></html>"
        ).encode()
    urls = "".join(f"<url><loc>{base}{path[1:]}</loc></url>" for path in [*pages, "/2024/03/06/gone"])
    late = f"<url><loc>{base}n/old</loc><lastmod>2020-01-01</lastmod></url>"
    other = "<url><loc>https://other.example/x</loc></url>"
    server.files["/sitemap-2024-03.xml"] = gzip.compress(f"<urlset>{urls}{late}{other}</urlset>".encode())
    (tmp_path / "settings.toml").write_text(
        f'catalogue = false\n[crawl]\ndelay = "0s"\n[outlets.here]\nhome = "{base}"\nname_ar = "x"\nname_en = "x"\n'
        f'publisher = "x"\nownership = "private"\ncountry = "IQ"\ntime_zone = "Asia/Baghdad"\nkind = "feed"\n'
        f'urls = ["{base}feed"]\nallowed_hosts = ["127.0.0.1:{server.server_port}"]\nallow_private_hosts = true\n',
        encoding="utf-8",
    )
    return tmp_path


MARCH = ("--sitemaps", "--outlet", "here", "--since", "2024-03-02", "--until", "2024-03-30")


def test_sitemaps_are_read_by_date_and_each_page_once(server: Archive, outlet: Path) -> None:
    code, summary, errors = marsad(outlet, server, *MARCH)
    assert code == 0, errors
    assert summary["new"] == 3
    assert summary["mentions"] == 3
    assert summary["fetched"] == {"ok": 3, "not_found": 1, "robots_disallowed": 1, "outside_dates": 4}
    never = {"/2024/03/31/3", "/n/old", "/closed/5", "/sitemap-2024-02.xml", "/map.xml?yyyy=2024&mm=04"}
    assert not never & set(server.asked)
    before = dump(outlet / "a.db")
    server.asked.clear()
    code, summary, errors = marsad(outlet, server, *MARCH)
    assert (code, summary["read_before"], summary["new"]) == (0, 3, 3)
    assert set(server.asked) == {"/robots.txt", "/index.xml", "/sitemap-2024-03.xml"}
    assert dump(outlet / "a.db") == before


def test_what_a_run_could_not_fetch_the_next_one_fetches(server: Archive, outlet: Path) -> None:
    server.failing.add("/n/4")
    first = marsad(outlet, server, *MARCH)[1]
    assert (first["new"], first["fetched"]["server_error"]) == (2, 1)
    server.failing.clear()
    server.asked.clear()
    later = marsad(outlet, server, *MARCH)[1]
    assert (later["new"], later["fetched"]["ok"]) == (3, 1)
    assert [path for path in server.asked if "xml" not in path and "txt" not in path] == ["/n/4"]


def test_pages_are_fetched_from_a_list(server: Archive, outlet: Path) -> None:
    (outlet / "pages.urls").write_text(f"{server.base}n/4\n{server.base}2024/03/05/1\n", encoding="utf-8")
    assert marsad(outlet, server, "pages.urls", "--until", "2024-03-06")[1]["fetched"] == {"ok": 2}
    code, summary, _ = marsad(outlet, server, "pages.urls")
    assert (code, summary["new"], summary["unchanged"], summary["mentions"]) == (0, 1, 1, 1)


def test_names_of_archives_and_sitemaps_say_their_days() -> None:
    may = Span(since=date(2024, 5, 2), until=date(2024, 5, 30))
    outside = ["/sitemap-2024-03.xml", "/s/2023/05.xml", "/map.xml?yyyy=2024&mm=07&dd=01", "/post-202401.xml"]
    within = ["/sitemap-2024-05.xml", "/sitemap.xml", "/sitemap-20240501.xml", "/sitemap-2024.xml", "/sitemap12.xml"]
    assert [month_is_outside(f"https://x.example{name}", may) for name in outside] == [True] * 4
    assert [month_is_outside(f"https://x.example{name}", may) for name in within] == [False] * 5
    assert is_before("https://x.example/CC-NEWS-20240101235959-00001.warc.gz", date(2024, 1, 4))
    assert not is_before("https://x.example/CC-NEWS-20240101235959-00001.warc.gz", date(2024, 1, 3))
    assert not is_before("https://x.example/a.warc.gz", date(2024, 1, 3))
