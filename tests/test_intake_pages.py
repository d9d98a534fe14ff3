"""One page, one transaction: done twice it is as done once, and killed anywhere it is simply done again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from intake import take_in
from store.database import open_database
from store.outlets import save_outlets
from store.pages import StoredPage, next_pages, save_page
from store.records import Article, Coding, Page, Rejected
from store.settings import Settings
from tests.stories import mention, moment, outlet

ROOT = Path(__file__).parents[1]
NOW = moment("2020-12-28 12:00")
OUTLET = outlet("a")
TABLES = (
    "articles", "mentions", "evidence", "incidents", "incident_history", "alerts", "rejected", "sketches", "notices",
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    article: Article | None = None
    rejected: Rejected | None = None
    coding: Coding | None = None


def article() -> Article:
    return Article(
        outlet_id="a", url="https://a.example/1", title="عبوة",  # a bomb
        text="انفجرت عبوة ناسفة قرب الديوانية",  # a bomb went off near Diwaniyah
        published=moment("2020-12-28 11:00"), published_precision="second", published_from="feed", author=None,
        language="ar",
    )  # fmt: skip


def coding() -> Coding:
    return Coding(language="ar", mentions=(mention("diwaniyah", "2020-12-28"),), coder_version="test")


def page(body: bytes) -> Page:
    return Page(
        outlet_id="a", url="https://a.example/1", requested_url="https://a.example/1", status=200,
        content_type="text/html", body=body, fetched_at=moment("2020-12-28 11:30"),
    )  # fmt: skip


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "marsad.db")
    save_outlets(opened, [OUTLET])
    yield opened
    opened.close()


def queued(db: Database, *, first_visit: bool = False, body: bytes = b"1") -> StoredPage:
    save_page(db, page(body), first_visit=first_visit)
    return next_pages(db, 10)[-1]


def counts(db: Database) -> dict[str, int]:
    return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}


def test_page_is_taken_in_and_leaves_the_queue(db: Database) -> None:
    outcome = take_in(db, queued(db), Result(article(), None, coding()), outlet=OUTLET, settings=Settings(), now=NOW)
    assert (outcome.word, len(outcome.incident_ids), outcome.alerts) == ("new", 1, 1)
    assert next_pages(db, 1) == []
    row = db.execute("SELECT published_at, first_seen_at, queued_at FROM alerts").fetchone()
    assert [text[11:16] for text in row] == ["11:00", "11:30", "12:00"]


def test_taking_in_twice_is_taking_in_once(db: Database) -> None:
    stored, result = queued(db), Result(article(), None, coding())
    first = take_in(db, stored, result, outlet=OUTLET, settings=Settings(), now=NOW)
    before, dump = counts(db), list(db.conn.iterdump())
    second = take_in(db, stored, result, outlet=OUTLET, settings=Settings(), now=NOW + timedelta(hours=1))
    assert second.word == "unchanged"
    assert second.incident_ids == first.incident_ids
    assert counts(db) == before
    assert list(db.conn.iterdump()) == dump


def test_rejected_page_keeps_its_reason_until_it_gives_an_article(db: Database) -> None:
    no = Result(rejected=Rejected(outlet_id="a", url="https://a.example/1", reason="not_arabic", detail="fa"))
    assert take_in(db, queued(db), no, outlet=OUTLET, settings=Settings(), now=NOW).word == "rejected"
    assert db.execute("SELECT reason, detail FROM rejected").fetchone() == ("not_arabic", "fa")
    again = queued(db, body=b"2")
    take_in(db, again, Result(article(), None, coding()), outlet=OUTLET, settings=Settings(), now=NOW)
    assert counts(db)["rejected"] == 0
    assert counts(db)["articles"] == 1


@pytest.mark.parametrize(
    ("published", "first_visit", "alerts"),
    [
        (None, True, 0),  # of unknown age, listed on the first visit
        (None, False, 1),  # first seen now
        (moment("2020-12-28 11:00"), True, 1),  # fresh, whenever it was listed
        (moment("2020-12-20 11:00"), True, 0),  # an old one
        (moment("2020-12-20 11:00"), False, 0),
    ],
)
def test_first_visit_and_old_articles_do_not_flood(
    db: Database, published: object, first_visit: bool, alerts: int
) -> None:
    told = replace(article(), published=published, published_precision="second" if published else None)  # type: ignore[arg-type]
    stored = queued(db, first_visit=first_visit)
    outcome = take_in(db, stored, Result(told, None, coding()), outlet=OUTLET, settings=Settings(), now=NOW)
    assert outcome.alerts == alerts
    assert counts(db)["incidents"] == 1


def test_day_alone_counts_as_that_day_s_end(db: Database) -> None:
    day = replace(article(), published=moment("2020-12-26 21:00"), published_precision="day")  # the 27th in Baghdad
    outcome = take_in(db, queued(db), Result(day, None, coding()), outlet=OUTLET, settings=Settings(), now=NOW)
    assert outcome.alerts == 1


class Stop(Exception):
    """Raised in the middle of an intake."""


class Breaking(sqlite3.Connection):
    """A connection that fails at its n-th statement, as a crash would end it there."""

    left = 10**9

    def execute(self, *args: object, **kwargs: object) -> sqlite3.Cursor:
        type(self).left -= 1
        if type(self).left == 0:
            raise Stop
        return super().execute(*args, **kwargs)  # type: ignore[arg-type]


def test_stopped_at_any_statement_nothing_is_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = open_database(tmp_path / "marsad.db")
    save_outlets(db, [OUTLET])
    stored, result = queued(db), Result(article(), None, coding())
    empty = counts(db)
    db.close()
    connection = sqlite3.connect(tmp_path / "marsad.db", factory=Breaking)
    connection.execute("PRAGMA foreign_keys=ON")
    broken = Database(connection)
    for statement in range(1, 500):
        monkeypatch.setattr(Breaking, "left", statement)
        try:
            take_in(broken, stored, result, outlet=OUTLET, settings=Settings(), now=NOW)
        except Stop:
            monkeypatch.setattr(Breaking, "left", 10**9)
            if connection.in_transaction:
                connection.rollback()
            assert counts(broken) == empty
            assert len(next_pages(broken, 1)) == 1
            continue
        break
    monkeypatch.setattr(Breaking, "left", 10**9)
    assert statement > 20
    assert counts(broken)["alerts"] == 1
    assert next_pages(broken, 1) == []
    connection.close()


KILL = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.test_intake_pages import *
import store.outbox, intake.articles
def die(*args, **kwargs):
    os.kill(os.getpid(), 9)
intake.articles.queue_alerts = die
db = open_database(Path(sys.argv[1]))
take_in(db, next_pages(db, 1)[0], Result(article(), None, coding()), outlet=OUTLET, settings=Settings(), now=NOW)
"""


def test_killed_process_leaves_the_page_to_be_done_again(db: Database, tmp_path: Path) -> None:
    queued(db)
    empty = counts(db)
    script = KILL.format(root=str(ROOT))
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path / "marsad.db")], cwd=ROOT, check=False)
    assert ended.returncode == -9
    assert counts(db) == empty
    (stored,) = next_pages(db, 1)
    outcome = take_in(db, stored, Result(article(), None, coding()), outlet=OUTLET, settings=Settings(), now=NOW)
    assert (outcome.word, outcome.alerts) == ("new", 1)
