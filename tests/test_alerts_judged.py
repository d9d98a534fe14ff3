"""What reviewers reject or correct is told to those who were told otherwise, unless it is taken back at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

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
    verdict = judge(desk.db, judgement, now=desk.now, alerts=desk.settings)
    assert verdict.word == "done"
    return verdict.review_id


def pass_time(desk: Desk, **span: float) -> None:
    desk.wait(**span)
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
    assert "القتلى: انخفض العدد من 3 إلى 2" in body
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
    decide(desk, incident_id, "undo", review_id=review)
    pass_time(desk, minutes=1)
    assert len(desk.sent) == 2
    assert [row.error for row in desk.rows if row.state == "suppressed"] == ["overtaken: the judgement was taken back"]


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


def test_rejection_that_was_told_and_is_taken_back_is_told_to_stand(desk: Desk) -> None:
    incident_id = told(desk)
    review = decide(desk, incident_id, "reject", reason="a slip")
    pass_time(desk, minutes=3)
    decide(desk, incident_id, "undo", review_id=review)
    pass_time(desk, minutes=3)
    pass_time(desk, minutes=3)
    assert desk.told[2:] == [f"mail retraction:{incident_id}", f"mail correction:{incident_id}"]
    assert "«خبر أولي» (بدلاً من «مسحوب»)" in desk.sent[3].message.body  # from withdrawn to reported


def test_correction_that_was_told_and_is_taken_back_is_told_the_other_way_round(desk: Desk) -> None:
    incident_id = told(desk)
    review = decide(desk, incident_id, "correct", fields={"killed": "2"})
    pass_time(desk, minutes=3)
    decide(desk, incident_id, "undo", review_id=review)
    pass_time(desk, minutes=3)
    assert "القتلى: ارتفع العدد من 2 إلى 3" in desk.sent[3].message.body


def test_rejected_before_its_first_message_went_out_nobody_hears_of_either(desk: Desk) -> None:
    story = Story(desk.db, desk.settings)
    story.tell("2026-11-20 11:00", mention("diwaniyah", "2026-11-20", killed=3))
    review = decide(desk, story.only().id, "reject", reason="an exercise")
    pass_time(desk, minutes=10)
    assert desk.sent == []
    decide(desk, story.only().id, "undo", review_id=review)  # then it is news again
    pass_time(desk, minutes=1)
    assert sorted(desk.told) == [f"mail new:{story.only().id}", f"new new:{story.only().id}"]


def test_the_judgement_and_its_messages_are_stored_together_or_not_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident_id = told(desk)
    before = desk.rows

    def fail(*given: object, **named: object) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("alerts.judged.queue_alerts", fail)
    with pytest.raises(RuntimeError):
        decide(desk, incident_id, "reject", reason="an exercise")
    assert desk.rows == before
    assert desk.db.execute("SELECT count(*) FROM reviews").fetchone()[0] == 0
    assert desk.db.execute("SELECT standing FROM incidents").fetchone()[0] == "reported"


def two_told(desk: Desk) -> list[str]:
    story = Story(desk.db, desk.settings)
    story.tell("2026-11-20 11:00", mention("diwaniyah", "2026-11-20", target="coalition_convoy", killed=3))
    story.tell("2026-11-20 11:30", mention("hilla", "2026-11-20", "drone", killed=1), by="b")
    desk.send(minutes=10)
    assert len(desk.sent) == 4
    return [incident.id for incident in story.incidents()]


def test_two_that_were_told_and_are_one_are_said_to_be_one(desk: Desk) -> None:
    older, newer = two_told(desk)
    review = decide(desk, newer, "merge", other=older)
    pass_time(desk, minutes=3)
    assert desk.told[4:] == [f"mail correction:{older}"]
    assert "حادثاً واحداً؛ عنوان الرسالة الأخرى: هجوم بطائرة مسيّرة" in desk.sent[4].message.body
    decide(desk, older, "undo", review_id=review)
    pass_time(desk, minutes=3)
    assert desk.told[5:] == [f"mail correction:{older}"]
    assert "هو في الواقع حادثان؛ الحادث الآخر: هجوم بطائرة مسيّرة" in desk.sent[5].message.body


def test_merge_with_what_nobody_was_told_tells_only_what_differs(desk: Desk) -> None:
    incident_id = told(desk)
    story = Story(desk.db, desk.settings)
    story.told = 7
    story.tell("2026-11-20 11:30", mention("hilla", "2026-11-20", "drone", killed=5), by="b", silent=True)
    other = next(incident.id for incident in story.incidents() if incident.id != incident_id)
    decide(desk, incident_id, "merge", other=other)
    living = story.only()
    pass_time(desk, minutes=3)
    changed = living.killed != 3 or living.place != "الديوانية"
    assert len(desk.sent) == (3 if changed else 2)
    assert all("حادثاً واحداً" not in sent.message.body for sent in desk.sent)


def test_one_that_was_told_and_is_two_is_said_to_be_two_and_the_other_is_followed(desk: Desk) -> None:
    story = Story(desk.db, desk.settings)
    story.tell("2026-11-20 11:00", mention("diwaniyah", "2026-11-20", target="coalition_convoy", killed=3))
    story.tell("2026-11-20 11:20", mention("diwaniyah", "2026-11-20", target="coalition_convoy", killed=3), by="b")
    desk.send(minutes=10)
    one = story.only().id
    assert len(desk.sent) == 2
    second = story.tellings(one)[1].mention_id
    review = decide(desk, one, "split", mention_ids=(second,))
    other = next(incident.id for incident in story.incidents() if incident.id != one)
    pass_time(desk, minutes=3)
    assert sorted(desk.told[2:]) == [f"mail correction:{one}", f"mail new:{other}", f"new new:{other}"]
    body = next(sent for sent in desk.sent[2:] if sent.what.startswith("correction")).message.body
    assert "في الواقع حادثان" in body
    decide(desk, one, "undo", review_id=review)
    pass_time(desk, minutes=3)
    assert len(desk.told) == 6
    assert "حادثاً واحداً" in desk.sent[5].message.body


def test_split_that_is_taken_back_at_once_is_not_told(desk: Desk) -> None:
    story = Story(desk.db, desk.settings)
    story.tell("2026-11-20 11:00", mention("diwaniyah", "2026-11-20", target="coalition_convoy", killed=3))
    story.tell("2026-11-20 11:20", mention("diwaniyah", "2026-11-20", target="coalition_convoy", killed=3), by="b")
    desk.send(minutes=10)
    one = story.only().id
    review = decide(desk, one, "split", mention_ids=(story.tellings(one)[1].mention_id,))
    decide(desk, one, "undo", review_id=review)
    pass_time(desk, minutes=10)
    assert len(desk.sent) == 2


@pytest.mark.parametrize(("status", "kind"), [("disputed", "dispute"), ("intercepted", "correction")])
def test_later_reports_that_deny_it_or_say_it_was_stopped_are_told_once(desk: Desk, status: str, kind: str) -> None:
    incident_id = told(desk)
    story = Story(desk.db, desk.settings)
    story.told = 7
    for minute, outlet in ((5, "b"), (15, "c"), (25, "d")):
        at = f"2026-11-20 12:{minute}"
        report = mention(
            "diwaniyah", "2026-11-20", target="coalition_convoy", status=status, official=True, killed=None
        )
        story.tell(at.replace(":5", ":05"), report, by=outlet)
        desk.send(minutes=10)
    assert story.only().id == incident_id
    assert [what for what in desk.told[2:] if what.startswith(f"mail {kind}:")] == [f"mail {kind}:{incident_id}"]
