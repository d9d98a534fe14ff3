"""Real pages, where the folder that holds them lies beside the checkout: served by an outlet and taken in whole."""

from __future__ import annotations

import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.marsad import run_marsad

SHARED = Path(__file__).parents[2] / "shared"

pytestmark = pytest.mark.skipif(not (SHARED / "pages").is_dir(), reason="no folder ../shared with real pages")


@contextmanager
def serving(pages: dict[str, bytes]) -> Iterator[str]:
    """A real server of these pages behind a section page that links to all of them; its address."""
    index = "".join(f'<p><a href="{path}">a headline of some words {path}</a></p>' for path in pages)
    answers = {**pages, "/": f"<html><body><main>{index}</main></body></html>".encode()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def crawl(folder: Path, pages: dict[str, bytes]) -> None:
    with serving(pages) as address:
        (folder / "settings.toml").write_text(
            'catalogue = false\n[crawl]\ndelay = "0s"\n[outlets.real]\nname_en = "Real"\nkind = "section"\n'
            f'home = "{address}"\nurls = ["{address}"]\nallow_private_hosts = true\ntime_zone = "Asia/Baghdad"\n'
            'link_css = "main a"\n',
            encoding="utf-8",
        )
        done = run_marsad("crawl", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["new_pages"] == len(pages)


def test_every_real_page_is_an_article_or_has_a_reason(tmp_path: Path) -> None:
    pages = {f"/news/{number}.html": path.read_bytes() for number, path in enumerate(SHARED.glob("pages/*.html"))}
    crawl(tmp_path, pages)
    articles = json.loads(run_marsad("articles", "--json", cwd=tmp_path).stdout)
    rejected = json.loads(run_marsad("articles", "rejected", "--json", cwd=tmp_path).stdout)
    assert len(articles) + len(rejected) == len(pages)
    assert articles
    assert all(row["reason"] for row in rejected)


def test_the_seeds_are_told_by_their_pages_as_by_their_texts(tmp_path: Path) -> None:
    lines = (SHARED / "eval" / "seeds" / "reports.jsonl").read_text(encoding="utf-8").split("\n")
    reports = [json.loads(line) for line in lines if line]
    crawl(tmp_path, {f"/seed/{report['id']}.html": seed_page(report) for report in reports})
    articles = json.loads(run_marsad("articles", "--json", cwd=tmp_path).stdout)
    assert len(articles) == len(reports)
    assert all(row["published_at"] for row in articles)
    incidents = json.loads(run_marsad("incidents", "--json", cwd=tmp_path).stdout)
    found = {(row["date"], row["admin1"]) for row in incidents}
    assert ("2020-12-28", "IQ-QA") in found  # the convoy bomb in Diwaniyah
    assert ("2020-11-17", "IQ-BG") in found  # the rockets at the embassy
    assert json.loads(run_marsad("alerts", "--json", cwd=tmp_path).stdout) == []  # all of it is long ago


def seed_page(report: dict[str, str]) -> bytes:
    """A seed's text as an outlet's page."""
    title = html.escape(report.get("title") or report["text"].split("\n")[0])
    body = "".join(f"<p>{html.escape(line)}</p>" for line in report["text"].split("\n") if line.strip())
    return (
        f'<html lang="ar"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="article:published_time" content="{report["published"]}"></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>"
    ).encode()
