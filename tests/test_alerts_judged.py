"""What reviewers reject or correct is told to those who were told otherwise, unless it is taken back at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.regular import queue_regular
from intake.judgements import judge
from store.judgements import Judgement
from tests.alert_desk import Desk, open_desk
from tests.stories import Story, mention

CHANNELS = {"mail": {"url": "json://a", "language": "ar"}, "new": {"url": "json://b", "kinds": ["new"]}}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, channels=CHANNELS) as opened:
        yield opened


def told(desk: Desk) -> str:
    """An incident that both channels were told; its id."""
    story = Story(desk.db, desk.settings)
    story.tell("2026-11-20 11:00", mention("diwaniyah", "2026-11-20", target="coalition_convoy", killed=3))
    desk.send(minutes=10)
    assert len(desk.sent) == 2
    return story.only().id


def decide(desk: Desk, incident_id: str, action: str, **values: object) -> int | None:
    judgement = Judgement(incident_id=incident_id, action=action, reviewer="amal", **values)  # type: ignore[arg-type]
    verdict = judge(desk.db, judgement, now=desk.now)
    assert verdict.word == "done"
    return verdict.review_id


def pass_time(desk: Desk, **span: float) -> None:
    desk.wait(**span)
    queue_regular(desk.db, desk.settings, desk.now)
    desk.send()


def test_rejected_incident_is_withdrawn_where_it_was_told(desk: Desk) -> None:
    incident_id = told(desk)
    decide(desk, incident_id, "reject", reason="an exercise")
    pass_time(desk, minutes=1)
    assert len(desk.sent) == 2  # the reviewer may still think better of it
    pass_time(desk, minutes=2)
    pass_time(desk, minutes=5)
    assert desk.told[2:] == [f"mail retraction:{incident_id}"]
    body = desk.sent[2].message.title + desk.sent[2].message.body
    assert "سحب خبر" in body
    assert "amal" not in body
    assert "exercise" not in body


def test_corrected_fields_are_told_old_and_new(desk: Desk) -> None:
    incident_id = told(desk)
    decide(desk, incident_id, "correct", fields={"killed": "2", "target": "iraqi_forces"}, reason="counted again")
    pass_time(desk, minutes=3)
    assert desk.told[2:] == [f"mail correction:{incident_id}"]
    body = desk.sent[2].message.body
    assert "القتلى: من 3 إلى 2" in body
    assert "الهدف:" not in body  # targets are not among the fields that this channel follows
    assert "https://a.example/1" in body


def test_judgement_that_is_taken_back_is_not_told(desk: Desk) -> None:
    incident_id = told(desk)
    review = decide(desk, incident_id, "reject", reason="a slip")
    desk.wait(seconds=30)
    decide(desk, incident_id, "undo", review_id=review)
    pass_time(desk, minutes=10)
    assert len(desk.sent) == 2


def test_judgement_taken_back_while_its_message_waits_is_not_told(desk: Desk) -> None:
    incident_id = told(desk)
    review = decide(desk, incident_id, "reject", reason="a slip")
    desk.wait(minutes=3)
    queue_regular(desk.db, desk.settings, desk.now)
    decide(desk, incident_id, "undo", review_id=review)
    pass_time(desk, minutes=1)
    assert len(desk.sent) == 2
    assert [row.error for row in desk.rows if row.state == "suppressed"] == ["overtaken: the incident stands again"]


def test_old_news_is_not_dug_up_by_a_correction(desk: Desk) -> None:
    incident_id = told(desk)
    desk.wait(days=30)
    decide(desk, incident_id, "correct", fields={"killed": "2"}, reason="archive work")
    pass_time(desk, minutes=3)
    assert len(desk.sent) == 2


def test_daemon_that_was_down_for_a_day_still_tells(desk: Desk) -> None:
    incident_id = told(desk)
    decide(desk, incident_id, "reject", reason="an exercise")
    pass_time(desk, hours=timedelta(days=1).total_seconds() / 3600)
    assert desk.told[2:] == [f"mail retraction:{incident_id}"]
