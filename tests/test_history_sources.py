"""What a backfill reads: WARC records whole and broken, lines, tables, folders; and that cheap filters lose nothing."""

from __future__ import annotations

import gzip
import html
import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bench.archive import make_page, read_gold, tell_incident
from crawler.warc import page_records
from extract.coder import code_report
from extract.gate import has_trigger
from extract.page import extract_page
from extract.reports import parse_report
from extract.text import fold
from history.filters import may_hold_arabic, refuse_body
from history.reading import open_part, read_part
from history.records import Broken, Job, Wanted
from history.sources import plan_parts
from intake.replay import unknown_outlet
from newsroom.pages import SitePages
from newsroom.script import load_script, tell
from store.database import open_database
from store.records import Page
from tests.test_history_backfill import run

SHARED = Path(__file__).parents[2] / "shared" / "eval"
# "An explosive device went off under an army vehicle in Mosul and killed two soldiers."
TOLD = "انفجرت عبوة ناسفة على عجلة للجيش في مدينة الموصل، ما أدى إلى مقتل جنديين."


def page_of(number: int, body: bytes, **fields: Any) -> Page:
    url = f"https://mosul.example/{number}"
    plain = Page(
        outlet_id="x", url=url, requested_url=url, status=200, content_type="text/html; charset=utf-8", body=body,
        fetched_at=datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
    )  # fmt: skip
    return replace(plain, **fields)


def article_page(text: str, number: int = 1, **fields: Any) -> Page:
    markup = f"<html><head><title>خبر</title></head><body><article><p>{text}</p></article></body></html>"  # "news"
    return page_of(number, markup.encode(), **fields)


def members(*pages: Page) -> list[bytes]:
    return [gzip.compress(record, mtime=0) for page in pages for record in page_records(page)]


def read_all(path: Path, start: int | None = None) -> list[Any]:
    return [
        entry if isinstance(entry, Broken) else (entry.url, entry.load())
        for part in plan_parts([path])
        for entry in open_part(part, part.start if start is None else start)
    ]


@pytest.mark.parametrize("parts", [1, 7])
def test_every_record_is_read_once_whatever_the_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    records = members(*(page_of(number, b"<p>%d</p>" % number * 50) for number in range(40)))
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(records))
    monkeypatch.setattr("history.sources.PART_BYTES", path.stat().st_size // parts + 1)
    assert len(plan_parts([path])) == parts
    assert [url for url, _ in read_all(path)] == [f"https://mosul.example/{number}" for number in range(40)]
    if parts == 1:
        assert len(read_all(path, start=sum(map(len, records[:7])))) == 33


@pytest.mark.parametrize("damage", [(30, 40), (0, 10), (60, 200)])
def test_a_damaged_record_costs_itself_alone(tmp_path: Path, damage: tuple[int, int]) -> None:
    records = members(*(page_of(number, bytes(range(256)) * 9) for number in range(5)))
    start, stop = damage
    records[2] = records[2][:start] + b"\xaa" * (stop - start) + records[2][stop:]
    (tmp_path / "a.warc.gz").write_bytes(b"".join(records))
    job = Job(part=plan_parts([tmp_path / "a.warc.gz"])[0], wanted=Wanted(), start=0)
    result = read_part(job)
    assert sum(batch.counts["records"] for batch in result.batches) in (4, 5)  # one without a head is no record
    seen = [entry.url for entry in open_part(job.part, 0) if not isinstance(entry, Broken)]
    assert {f"https://mosul.example/{number}" for number in (0, 1, 3, 4)} <= set(seen)
    if start:
        assert sum(len(batch.broken) for batch in result.batches) == 1


def test_a_record_that_ends_too_soon_is_broken(tmp_path: Path) -> None:
    first, last = members(page_of(1, b"<p>one</p>" * 30), page_of(2, bytes(range(256)) * 40))
    (tmp_path / "a.warc.gz").write_bytes(first + last[:-200])
    result = read_part(Job(part=plan_parts([tmp_path / "a.warc.gz"])[0], wanted=Wanted(), start=0))
    assert [broken.position for batch in result.batches for broken in batch.broken] == [len(first)]


def test_what_is_not_compressed_is_read_too(tmp_path: Path) -> None:
    plain = b"".join(record for number in range(3) for record in page_records(page_of(number, b"<p>x</p>")))
    (tmp_path / "a.warc").write_bytes(plain)
    assert len(read_all(tmp_path / "a.warc")) == 3


def test_lines_tables_and_folders_give_the_same_articles(tmp_path: Path) -> None:
    row = {"id": "1", "url": "https://mosul.example/1", "title": None, "text": TOLD, "published": "2024-05-06"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row) + "\n{broken\n", encoding="utf-8")
    with gzip.open(tmp_path / "b.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.write(json.dumps(row))
    folder = tmp_path / "pages"
    folder.mkdir()
    link = '<link rel="canonical" href="https://mosul.example/1">'
    page = (article_page(TOLD).body or b"").decode().replace("<title>", f"{link}<title>")
    (folder / "saved.html").write_text(page, encoding="utf-8")
    kinds = ["a.jsonl", "b.jsonl.gz", "pages", *write_parquet(tmp_path, row)]
    for name in kinds:
        counts = run(tmp_path / name, tmp_path / f"{name}.db").counts
        assert (counts["new"], counts["mentions"], counts["broken"]) == (1, 1, int(name == "a.jsonl")), name
        db = open_database(tmp_path / f"{name}.db")
        assert db.execute("SELECT url, outlet_id FROM articles").fetchall() == [
            ("https://mosul.example/1", "mosul.example")
        ]
        db.close()


def write_parquet(folder: Path, row: dict[str, Any]) -> list[str]:
    """The row as a Parquet file, where the extra is installed."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        return []
    parquet.write_table(pyarrow.Table.from_pylist([row]), folder / "c.parquet")
    return ["c.parquet"]


def test_an_older_capture_never_replaces_a_newer_one(tmp_path: Path) -> None:
    newer = article_page(TOLD.replace("جنديين", "ثلاثة جنود"))  # "three soldiers" in place of two
    older = article_page(TOLD, fetched_at=datetime(2024, 5, 6, 5, tzinfo=UTC))
    (tmp_path / "a.warc.gz").write_bytes(b"".join(members(newer, older, newer)))
    counts = run(tmp_path / "a.warc.gz", tmp_path / "a.db").counts
    assert (counts["new"], counts["older"], counts["unchanged"]) == (1, 1, 1)
    db = open_database(tmp_path / "a.db")
    assert db.execute("SELECT killed, reports FROM incidents").fetchall() == [(3, 1)]
    db.close()


def escape_json(text: str) -> str:
    """The text as JSON-LD of a page without any other words."""
    return f'<script type="application/ld+json">{json.dumps({"articleBody": text})}</script>'


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text.encode(),
        lambda text: text.encode("cp1256", "xmlcharrefreplace"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("ascii", "xmlcharrefreplace"),
        lambda text: escape_json(text).encode(),
        lambda text: text.replace("ج", "<b>ج</b>").encode(),  # a mark inside words
        lambda text: text.replace(" ", "<br>").encode(),
        lambda text: html.escape(text).replace(" ", "&nbsp;").encode(),
        lambda text: text.replace("ن", "ن\u200d").encode(),
    ],
)
def test_no_report_with_words_of_attack_is_left_out_before_extraction(write: Any) -> None:
    for row in read_gold():
        text = f"{row['title']}\n{row['text']}"
        if has_trigger(fold(row["title"] or "")) or has_trigger(fold(row["text"])):
            assert refuse_body(write(text), "text/html", Wanted()) is None, row["id"]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared reports are not beside this checkout")
@pytest.mark.parametrize("folder", ["own", "dev"])
def test_no_shared_report_that_gives_an_incident_is_left_out_before_extraction(folder: str) -> None:
    lines = (SHARED / folder / "reports.jsonl").read_text(encoding="utf-8").splitlines()
    told = 0
    for row in map(json.loads, lines):
        report = parse_report(row)
        if code_report(report).mentions:
            told += 1
            body = make_page(tell_incident({**row, "published": "2024-05-06"}, random.Random(1)), "x").body or b""
            assert refuse_body(body, "text/html", Wanted()) is None, row["id"]
    assert told > 10


def test_every_page_of_the_newsroom_that_gives_an_incident_passes() -> None:
    script, passed = load_script(), 0
    now = datetime(2026, 5, 6, 12, tzinfo=UTC)
    starts = [now - timedelta(hours=hours) for hours in range(8, 0, -1)]
    for site in script.sites:
        zone = ZoneInfo(site.time_zone)
        found = [tell(story, script, starts, zone) for story in script.stories if story.outlet == site.id]
        pages = SitePages(site, [each for each in found if each], base="https://x.example", now=now)
        for told in pages.told:
            answer = pages.article(told)
            page = page_of(1, answer.body, content_type=answer.content_type)
            coding = extract_page(page, unknown_outlet("x")).coding
            if coding is not None and coding.mentions:
                passed += 1
                assert refuse_body(answer.body, answer.content_type, Wanted()) is None, told.title
    assert passed > 5


def test_pages_of_other_news_are_left_out_before_extraction() -> None:
    assert not may_hold_arabic("Señor, l'été à la plage — “déjà vu” encore une fois à la fête du château".encode() * 50)
    quiet = "عقد مجلس المحافظة جلسته لمناقشة الموازنة"  # "the council met to discuss the budget"
    assert refuse_body(quiet.encode() * 20, "text/html", Wanted()) == "no_trigger"
    persian = "شورای شهر برای گفتگو درباره بودجه گرد هم آمد و گزارش پل را پذیرفت "
    assert refuse_body(persian.encode() * 20, "text/html", Wanted()) == "not_arabic"


def test_the_scan_before_extraction_changes_nothing_but_time(tmp_path: Path) -> None:
    pages = [make_page(tell_incident(row, random.Random(1)), f"https://a.example/{row['id']}", size=5_000)
             for row in read_gold()[:25]]  # fmt: skip
    (tmp_path / "a.warc.gz").write_bytes(b"".join(members(*pages)))
    scanned = run(tmp_path / "a.warc.gz", tmp_path / "a.db")
    unscanned = run(tmp_path / "a.warc.gz", tmp_path / "b.db", wanted=Wanted(scan_pages=False))
    assert scanned.counts == unscanned.counts
