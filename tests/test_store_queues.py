"""Pages, outlets and alerts wait in tables: nothing is queued twice, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from store.database import open_database
from store.outbox import due_alerts, kinds_told, mark_sent, queue_alerts
from store.outlets import (
    SourceMemory,
    mark_polled,
    read_source,
    read_state,
    save_outlets,
    save_source,
)
from store.packing import unpack_page
from store.pages import (
    count_waiting,
    find_page,
    finish_page,
    known_urls,
    mark_failed,
    next_packed,
    next_pages,
    save_page,
)
from store.records import AlertDraft, FeedItem, Page
from tests.stories import outlet

NOW = datetime(2020, 12, 28, 10, 0, tzinfo=UTC)
PAGE = Page(
    outlet_id="a", url="https://a.example/1", requested_url="https://a.example/1?utm=x", status=200,
    content_type="text/html; charset=windows-1256", body="عبوة ناسفة".encode("cp1256"), fetched_at=NOW,  # a bomb
    item=FeedItem(url="https://a.example/1", title="عنوان", published=NOW, summary="موجز"),  # title, summary
)  # fmt: skip
DRAFT = AlertDraft(key="new:i:mail", kind="new", channel="mail", due_at=NOW, incident_id="i", payload={"عدد": 3})


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "marsad.db")
    yield opened
    opened.close()


def test_page_comes_back_as_it_was(db: Database) -> None:
    assert save_page(db, PAGE, first_visit=True) == 1
    (stored,) = next_pages(db, 10)
    assert (stored.page, stored.first_visit, stored.revision, stored.attempts) == (PAGE, True, 1, 0)


def test_a_worker_gets_the_page_packed_and_only_once(db: Database) -> None:
    for number in range(3):
        save_page(db, replace(PAGE, url=f"https://a.example/{number}"), first_visit=False)
    found = next_packed(db, 10, but={2})
    assert [stored.id for stored in found] == [1, 3]
    assert found[0].page.body is None  # what is sent is what is kept
    assert unpack_page(found[0].page) == replace(PAGE, url="https://a.example/0")
    assert unpack_page(PAGE) is PAGE


def test_same_body_is_stored_once_and_a_change_is_a_revision(db: Database) -> None:
    save_page(db, PAGE, first_visit=False)
    assert save_page(db, replace(PAGE, fetched_at=NOW + timedelta(hours=1)), first_visit=False) is None
    assert save_page(db, replace(PAGE, body=b"edited"), first_visit=False) == 2
    assert save_page(db, PAGE, first_visit=False) == 3  # back to what it was is a change as well
    newest = find_page(db, PAGE.url)
    assert newest is not None
    assert newest.revision == 3


def test_blocked_page_never_replaces_a_good_one(db: Database) -> None:
    blocked = replace(PAGE, body=None, problem="blocked", status=403)
    assert save_page(db, blocked, first_visit=False) == 1  # its feed item may serve
    assert save_page(db, blocked, first_visit=False) is None
    assert save_page(db, PAGE, first_visit=False) == 2
    assert save_page(db, blocked, first_visit=False) is None


def test_page_leaves_the_queue_when_done_or_failed_for_good(db: Database) -> None:
    for number in range(3):
        save_page(db, replace(PAGE, url=f"https://a.example/{number}"), first_visit=False)
    assert known_urls(db, ["https://a.example/0", "https://a.example/9"]) == {"https://a.example/0"}
    finish_page(db, 1, "done")
    assert mark_failed(db, 2, "took too long", attempts=2) is False
    assert mark_failed(db, 2, "took too long", attempts=2) is True
    assert [stored.id for stored in next_pages(db, 10)] == [3]
    assert count_waiting(db) == 1
    assert db.execute("SELECT state, attempts, error FROM pages WHERE id = 2").fetchone() == (
        "failed", 2, "took too long",
    )  # fmt: skip


def test_thousands_of_urls_are_asked_for_at_once(db: Database) -> None:
    urls = [f"https://a.example/{number}" for number in range(3000)]
    save_page(db, replace(PAGE, url=urls[2999]), first_visit=False)
    assert known_urls(db, urls) == {urls[2999]}


def test_outlet_remembers_and_the_catalogue_does_not_make_it_forget(db: Database) -> None:
    save_outlets(db, [outlet("a")])
    assert read_state(db, "a").is_first_visit
    mark_polled(db, "a", now=NOW, problem="timeout", next_poll_at=NOW + timedelta(minutes=5))
    state = read_state(db, "a")
    assert (state.is_first_visit, state.failures, state.last_problem, state.last_success_at) == (
        True, 1, "timeout", None,
    )  # fmt: skip
    mark_polled(db, "a", now=NOW + timedelta(minutes=5), problem=None, new_pages=2)
    save_outlets(db, [outlet("a")])
    state = read_state(db, "a")
    assert (state.is_first_visit, state.failures, state.last_problem) == (False, 0, None)
    assert (state.first_polled_at, state.last_new_article_at) == (NOW, NOW + timedelta(minutes=5))


def test_first_visit_lasts_until_a_list_was_read(db: Database) -> None:
    save_outlets(db, [outlet("a")])
    mark_polled(db, "a", now=NOW, problem=None, visit_done=False)
    assert read_state(db, "a").is_first_visit


def test_source_memory_serves_the_next_conditional_get(db: Database) -> None:
    save_outlets(db, [outlet("a")])
    assert read_source(db, "a", "https://a.example/rss") == SourceMemory()
    memory = SourceMemory(etag='"x"', last_modified="Mon", body_hash="h", fetched_at=NOW)
    save_source(db, "a", "https://a.example/rss", memory)
    save_source(db, "a", "https://a.example/rss", replace(memory, etag='"y"'))
    assert read_source(db, "a", "https://a.example/rss") == replace(memory, etag='"y"')


def test_alert_is_queued_once(db: Database) -> None:
    assert queue_alerts(db, [DRAFT, DRAFT], now=NOW) == 1
    assert queue_alerts(db, [DRAFT], now=NOW) == 0
    (alert,) = due_alerts(db, NOW)
    assert alert.draft == DRAFT
    mark_sent(db, [alert.id], now=NOW)
    assert queue_alerts(db, [DRAFT], now=NOW) == 0
    assert due_alerts(db, NOW + timedelta(days=1)) == []


def test_kinds_told_leave_out_what_was_suppressed(db: Database) -> None:
    queue_alerts(db, [DRAFT, replace(DRAFT, key="u", kind="update", state="suppressed")], now=NOW)
    assert kinds_told(db, "i") == {"mail": {"new"}}
