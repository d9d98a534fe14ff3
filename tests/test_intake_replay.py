"""Replayed reports make the links and alerts that they would have made, whatever order the file holds them in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from intake.incidents import merge_incidents
from intake.replay import Replay, alert_rows, replay_reports
from store.alert_settings import AlertSettings
from store.database import open_database, transaction
from store.records import Coding, Mention, Report
from tests.stories import mention, moment


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(tmp_path / "replay.db")
    yield opened
    opened.close()


def report(name: str, published: str | None, *, precision: str = "second", url: str | None = None) -> Report:
    return Report(
        id=name, title=name, text=f"نص {name}", published=moment(published) if published else None, outlet=f"o-{name}",
        url=url, published_precision=precision,
    )  # fmt: skip


Told = Mapping[str, tuple[Report, tuple[Mention, ...]]]


def replay(db: Database, told: Told, settings: AlertSettings | None = None) -> Replay:
    coded = {name: Coding(language="ar", mentions=mentions, coder_version="t") for name, (_, mentions) in told.items()}
    reports = [one for one, _ in told.values()]
    return replay_reports(db, reports, lambda r: coded[r.id], settings or AlertSettings())


BOMB = mention("hilla", "2021-03-01", "ied", target="civilians", killed=2)


def test_order_is_that_of_publication_and_the_clock_is_set_from_it(db: Database) -> None:
    found = replay(
        db,
        {
            "late": (report("late", "2021-03-01 18:00"), (BOMB,)),
            "early": (report("early", "2021-03-01 09:00"), (BOMB,)),
            "none": (report("none", None), (BOMB,)),
        },
    )
    assert [row["id"] for row in found.links] == ["late", "early", "none"]
    assert found.alerts == [
        {
            "kind": "new", "incident_id": found.links[0]["incidents"][0]["incident_id"], "article_id": "early",
            "at": "2021-03-01T09:00:00.000Z",
        }
    ]  # fmt: skip


def test_day_alone_comes_at_that_day_s_end(db: Database) -> None:
    found = replay(
        db,
        {
            "day": (report("day", "2021-03-01 00:00", precision="day"), (BOMB,)),
            "evening": (report("evening", "2021-03-01 20:00"), (BOMB,)),
        },
    )
    assert [row["article_id"] for row in found.alerts] == ["evening"]


def test_old_news_of_years_ago_alerts_by_its_own_clock(db: Database) -> None:
    found = replay(db, {"a": (report("a", "2009-03-01 09:00"), (mention("hilla", "2009-03-01"),))})
    assert [row["kind"] for row in found.alerts] == ["new"]
    assert datetime.fromisoformat(found.alerts[0]["at"]) == datetime(2009, 3, 1, 9, tzinfo=UTC)


def test_corrections_disputes_and_confirmations_are_updates(db: Database) -> None:
    told = {
        "a": (report("a", "2021-03-01 09:00"), (BOMB,)),
        "b": (report("b", "2021-03-01 10:00"), (mention("hilla", "2021-03-01", "ied", killed=6),)),
        "c": (report("c", "2021-03-01 11:00"), (mention("hilla", "2021-03-01", "ied", status="disputed"),)),
    }
    assert [row["kind"] for row in replay(db, told).alerts] == ["new", "update", "update"]


def test_channels_do_not_multiply_the_lines(db: Database) -> None:
    settings = AlertSettings.model_validate({"channels": {"one": {}, "two": {}, "off": {"enabled": False}}})
    assert len(replay(db, {"a": (report("a", "2021-03-01 09:00"), (BOMB,))}, settings).alerts) == 1


def test_held_message_is_told_when_the_quiet_hours_end(db: Database) -> None:
    quiet = {"channels": {"one": {"quiet_hours": {"from": "08:00", "to": "12:00"}, "urgent": {"killed": None}}}}
    found = replay(db, {"a": (report("a", "2021-03-01 09:00"), (BOMB,))}, AlertSettings.model_validate(quiet))
    assert [row["at"] for row in found.alerts] == ["2021-03-01T12:00:00.000Z"]


def test_every_id_is_followed_to_the_one_that_lives_on(db: Database) -> None:
    other = mention("nasiriyah", "2021-03-01", "rocket")
    found = replay(
        db,
        {
            "a": (report("a", "2021-03-01 09:00"), (BOMB,)),
            "b": (report("b", "2021-03-01 10:00"), (other,)),
        },
    )
    one, two = (row["incidents"][0]["incident_id"] for row in found.links)
    assert [row["kind"] for row in found.alerts] == ["new", "new"]
    with transaction(db):
        merge_incidents(db, one, two, now=moment("2021-03-02 00:00"))
    rows = alert_rows(db)
    assert [(row["kind"], row["incident_id"]) for row in rows] == [("new", one), ("update", one)]


def test_two_reports_of_one_page_keep_their_lines(db: Database) -> None:
    url = "https://a.example/story"
    found = replay(
        db,
        {
            "a": (report("a", "2021-03-01 09:00", url=url), (BOMB,)),
            "b": (report("b", "2021-03-01 10:00", url=url), (BOMB,)),
        },
    )
    assert len({row["incidents"][0]["incident_id"] for row in found.links}) == 1
    assert len(found.links) == 2


def test_same_input_gives_the_same_output(tmp_path: Path) -> None:
    told = {
        name: (report(name, f"2021-03-01 {hour}:00"), (BOMB, mention("batha", "2021-03-01")))
        for name, hour in (("a", "09"), ("b", "10"))
    }
    runs = []
    for name in ("one.db", "two.db"):
        opened = open_database(tmp_path / name)
        runs.append(replay(opened, told))
        opened.close()
    assert runs[0] == runs[1]
