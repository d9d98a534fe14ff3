"""What comes at regular times: digests, outlets that fail or go quiet, signs of life; each once, and again when due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.chart import draw_bars
from alerts.outbox import send_due
from alerts.regular import queue_regular
from alerts.rhythm import digest_span, last_digest, next_digest
from store.alert_settings import AlertSettings, Digest
from store.outbox import all_alerts
from store.outlets import mark_polled, save_outlets
from tests.alert_desk import Desk, open_desk
from tests.alert_fakes import OUTLET
from tests.stories import Story, mention, moment, outlet

BAGHDAD = "Asia/Baghdad"
DAILY = {"mail": {"url": "json://localhost", "digest": {"every": "day", "at": "07:00"}, "language": "ar"}}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, channels=DAILY, time_zone=BAGHDAD) as opened:
        yield opened


def report(desk: Desk, at: str, place: str, **fields: Any) -> None:
    """An outlet reports an attack of that day, through the whole path after extraction."""
    Story(desk.db, desk.settings).tell(at, mention(place, at[:10], **fields), url=f"https://a.example/{at}{place}")


def regular(desk: Desk, at: str) -> int:
    desk.now = moment(at)
    return queue_regular(desk.db, desk.settings, desk.now)


def test_daily_digest_counts_what_came_up_since_the_last_one(desk: Desk) -> None:
    report(desk, "2026-11-18 05:00", "erbil", killed=9)
    assert regular(desk, "2026-11-19 04:00") == 1  # the day before's
    report(desk, "2026-11-19 05:00", "diwaniyah", killed=2, wounded=3)
    report(desk, "2026-11-19 09:00", "ain_al_asad", method="rocket", killed=0)
    report(desk, "2026-11-20 03:30", "taji", method="drone", wounded=1)
    report(desk, "2026-11-20 03:40", "hilla", role="background")
    assert regular(desk, "2026-11-20 03:59") == 0
    assert regular(desk, "2026-11-20 04:00") == 1
    assert regular(desk, "2026-11-20 04:01") == 0
    facts: Any = [row for row in all_alerts(desk.db) if row.draft.kind == "digest"][1].draft.payload["facts"]
    assert facts["count"] == 3
    assert facts["toll"] == {"killed": 2, "wounded": 4}
    assert [(row["admin1"], row["incidents"], row["killed"]) for row in facts["places"]] == [
        ("IQ-QA", 1, 2), ("IQ-AN", 1, 0), ("IQ-BG", 1, 0),
    ]  # fmt: skip
    assert sum(facts["bars"]) == 3
    desk.send()
    digest = next(sent.message for sent in desk.sent if sent.key.startswith("digest:2026-11-20"))
    assert digest.title == "الملخص اليومي: ثلاثة حوادث"
    assert "مجموع الحصيلة المعروفة: قتيلان وأربعة جرحى" in digest.body
    assert digest.image is not None


def test_two_digests_that_wait_are_two_messages(desk: Desk) -> None:
    report(desk, "2026-11-18 05:00", "erbil")
    regular(desk, "2026-11-19 04:00")
    report(desk, "2026-11-19 05:00", "taji")
    regular(desk, "2026-11-20 04:00")
    desk.send()
    assert len([sent for sent in desk.sent if sent.key.startswith("digest")]) == 2


def test_digest_alone_needs_no_single_messages(tmp_path: Path) -> None:
    channels = {"mail": {**DAILY["mail"], "kinds": ["digest"]}}
    with open_desk(tmp_path, channels=channels, time_zone=BAGHDAD) as desk:
        report(desk, "2026-11-19 12:00", "diwaniyah")
        assert all_alerts(desk.db) == []
        assert regular(desk, "2026-11-20 04:00") == 1


def test_empty_digest_is_sent_only_if_asked_for(tmp_path: Path) -> None:
    channels = {"a": DAILY["mail"], "b": {"url": "json://b", "digest": {"at": "07:00", "even_if_empty": True}}}
    with open_desk(tmp_path, channels=channels, time_zone=BAGHDAD) as desk:
        assert regular(desk, "2026-11-20 04:00") == 1
        desk.send()
        assert [sent.channel for sent in desk.sent] == ["b"]


def test_what_the_cap_kept_back_comes_with_the_digest(tmp_path: Path) -> None:
    channels = {"mail": {**DAILY["mail"], "per_hour": 1}}
    with open_desk(tmp_path, channels=channels, time_zone=BAGHDAD) as desk:
        for number, place in enumerate(("taji", "diwaniyah", "hilla")):
            report(desk, f"2026-11-20 02:0{number}", place)
        desk.now = moment("2026-11-20 02:10")
        desk.send()
        assert len(desk.sent) == 1
        regular(desk, "2026-11-20 04:00")
        desk.send()
        kinds = [story.kind for story in desk.sent[1].message.stories]
        assert kinds == ["digest", "new", "new"]
        assert {row.state for row in desk.rows} == {"sent"}


def poll(desk: Desk, at: str, problem: str | None, *, times: int = 1, new: int = 0, name: str = "alnahr") -> None:
    save_outlets(desk.db, [OUTLET if name == "alnahr" else outlet(name)])
    for _ in range(times):
        mark_polled(desk.db, name, now=moment(at), problem=problem, new_pages=new)


def test_failing_outlet_is_told_after_n_polls_and_again_until_it_is_mended(desk: Desk) -> None:
    poll(desk, "2026-11-19 00:00", None, new=3)
    poll(desk, "2026-11-19 01:00", "http 403", times=4)
    assert regular(desk, "2026-11-19 02:00") == 0
    poll(desk, "2026-11-19 02:10", "http 403")
    assert regular(desk, "2026-11-19 02:11") == 1
    assert regular(desk, "2026-11-19 03:00") == 0
    assert regular(desk, "2026-11-20 02:12") == 1  # a day later it is told again
    poll(desk, "2026-11-20 03:00", None, new=1)
    assert regular(desk, "2026-11-20 03:01") == 1
    assert regular(desk, "2026-11-20 03:02") == 0
    problems = [row.draft.payload["facts"]["problem"] for row in all_alerts(desk.db)]  # type: ignore[index]
    assert problems == ["failing", "failing", "mended"]
    desk.send()
    assert "النهر" in desk.sent[0].message.body


def test_outlet_without_new_articles_for_days_is_told(desk: Desk) -> None:
    poll(desk, "2026-11-10 00:00", None, new=3)
    poll(desk, "2026-11-13 00:00", None)
    assert regular(desk, "2026-11-12 23:00") == 0
    assert regular(desk, "2026-11-13 01:00") == 1
    facts: Any = all_alerts(desk.db)[0].draft.payload["facts"]
    assert facts["problem"] == "quiet"
    assert facts["since"] == "2026-11-10T00:00:00.000Z"


def test_dead_network_is_one_message(desk: Desk) -> None:
    for number in range(40):
        poll(desk, "2026-11-19 00:00", None, new=1, name=f"outlet{number}")
        poll(desk, "2026-11-19 01:00", "dns", times=10, name=f"outlet{number}")
    assert regular(desk, "2026-11-19 02:00") == 1
    facts: Any = all_alerts(desk.db)[0].draft.payload["facts"]
    assert (facts["problem"], facts["count"]) == ("network", 40)


def test_outlets_that_are_switched_off_are_not_missed(desk: Desk) -> None:
    poll(desk, "2026-11-19 00:00", "http 500", times=20)
    assert queue_regular(desk.db, desk.settings, moment("2026-11-19 02:00"), enabled=set()) == 0


def test_heartbeat_comes_at_its_interval(tmp_path: Path) -> None:
    with open_desk(tmp_path, heartbeat="6h") as desk:
        assert regular(desk, "2026-11-20 04:00") == 1
        assert regular(desk, "2026-11-20 09:59") == 0
        assert regular(desk, "2026-11-20 10:00") == 1
        desk.send()
        assert "«مرصد» يعمل" in desk.sent[0].message.body + desk.sent[0].message.title


def test_mail_of_the_day_survives_a_daemon_that_was_down_at_seven(desk: Desk) -> None:
    report(desk, "2026-11-19 12:00", "diwaniyah")
    assert regular(desk, "2026-11-20 15:00") == 1  # eleven hours late
    assert regular(desk, "2026-11-20 15:01") == 0


def test_digest_hours_across_the_clocks_change() -> None:
    daily = Digest(every="day", at=time(7, 0))
    before = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert next_digest(daily, "Europe/Berlin", before) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)
    skipped = Digest(every="day", at=time(2, 30))  # does not exist on that night
    assert next_digest(skipped, "Europe/Berlin", before).date() == datetime(2026, 3, 29).date()


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["hour", "day", "week"]),
    st.times(),
    st.sampled_from(["UTC", BAGHDAD, "Europe/Berlin", "America/New_York"]),
)
def test_digests_follow_one_another_without_gap_or_overlap(now: datetime, every: Any, at: time, zone: str) -> None:
    digest = Digest(every=every, at=at.replace(second=0, microsecond=0))
    now = now.replace(tzinfo=UTC)
    last, following = last_digest(digest, zone, now), next_digest(digest, zone, now)
    assert last <= now < following
    assert next_digest(digest, zone, last) == following
    start = digest_span(digest, zone, last)
    assert start < last
    assert next_digest(digest, zone, start) == last
    longest = {"hour": timedelta(hours=1), "day": timedelta(hours=25), "week": timedelta(days=7, hours=1)}[every]
    assert last - start <= longest


def test_chart_is_a_small_png() -> None:
    picture = draw_bars([0, 1, 12, 3, 100])
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(picture) < 4000
    assert draw_bars([]).startswith(b"\x89PNG")


def test_health_reaches_only_channels_that_want_it(tmp_path: Path) -> None:
    channels = {"ops": {"url": "json://a"}, "desk": {"url": "json://b", "kinds": ["new"]}}
    with open_desk(tmp_path, channels=channels) as desk:
        poll(desk, "2026-11-19 00:00", "http 500", times=20)
        regular(desk, "2026-11-19 02:00")
        send_due(desk.db, AlertSettings.model_validate({"channels": channels}), desk.now, notify=desk.notify)
        assert [sent.channel for sent in desk.sent] == ["ops"]
