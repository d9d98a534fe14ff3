"""Two incidents that were told and that the code then finds to be one: who was told both hears so, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.incidents import split_incident
from intake.replay import replay_reports
from store.database import open_database, transaction
from store.records import Coding, Report
from tests.alert_desk import Desk, open_desk
from tests.stories import Story, mention, moment

DAY = "2026-11-20"
CHANNELS = {
    "mail": {"url": "json://a"}, "town": {"url": "json://b", "rules": ["town"]},
    "news": {"url": "json://c", "kinds": ["new"]},
}  # fmt: skip
RULES = {"town": {"place": ["الحلة"]}}  # Hilla
# An undated bomb in the town, one of that day somewhere in its governorate, and the report that shows them to be one.
FIRST = mention("hilla", None, killed=2)
SECOND = mention("IQ-BB", DAY)
BRIDGE = mention("hilla", DAY, munitions=2)
SAID = "رسالتين سابقتين تتناولان حادثاً واحداً"  # "two earlier messages are about one incident"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, channels=CHANNELS, rules=RULES) as opened:
        yield opened


def tell_two(desk: Desk) -> Story:
    """Both incidents told, an hour before noon."""
    story = Story(desk.db, desk.settings)
    story.tell("2026-11-20 11:00", FIRST)
    story.tell("2026-11-20 11:30", SECOND, by="b")
    desk.send(minutes=5)
    assert len(story.incidents()) == 2
    return story


def bridge(story: Story, at: str = "2026-11-20 12:10", **given: Any) -> None:
    story.tell(at, BRIDGE, by="c", **given)
    assert story.only().reports == 3


def test_who_was_told_both_hears_that_they_are_one_and_who_was_told_one_what_differs(desk: Desk) -> None:
    story = tell_two(desk)
    kinds = [what.split(":")[0] for what in sorted(desk.told)]
    assert kinds == ["mail new", "mail new", "news new", "news new", "town new"]
    bridge(story)
    desk.send(minutes=20)
    desk.send(minutes=20)
    one = story.only().id
    assert sorted(desk.told[5:]) == [f"mail correction:{one}", f"town update:{one}"]
    mail = next(sent for sent in desk.sent[5:] if sent.channel == "mail").message.body
    assert SAID in mail
    assert "Two earlier messages turn out to be about one incident; the other was headed: IED attack – Babil" in mail
    assert "https://c.example/3" in mail  # the report by which that is known
    town = next(sent for sent in desk.sent[5:] if sent.channel == "town").message.body
    assert SAID not in town
    assert "Date: Friday 20 November 2026 (not told before)" in town


def test_it_is_queued_with_the_merge_or_neither_is_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    story = tell_two(desk)
    before = desk.rows

    def fail(*given: object, **named: object) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("intake.articles.queue_alerts", fail)
    with pytest.raises(RuntimeError):
        bridge(story)
    assert desk.rows == before
    assert len(story.incidents()) == 2


def test_report_too_old_for_news_still_says_that_two_were_one(desk: Desk) -> None:
    story = tell_two(desk)
    desk.wait(days=3)
    bridge(story, at="2026-11-20 12:10", now="2026-11-23 12:00")
    desk.send(hours=1)
    assert [what.split(":")[0] for what in desk.told[5:]] == ["mail correction"]


def test_silent_report_says_nothing(desk: Desk) -> None:
    bridge(tell_two(desk), silent=True)
    desk.send(hours=1)
    assert len(desk.told) == 5


def test_nobody_is_told_of_two_messages_who_got_one(tmp_path: Path) -> None:
    channels = {"mail": {"url": "json://a", "barrage": {"within": "1h", "ebb": "45m", "at_latest": "60m"}}}
    with open_desk(tmp_path, channels=channels) as desk:
        bridge(tell_two(desk))  # the second one still waits for the barrage to ebb
        for _ in range(8):
            desk.send(minutes=15)
        assert desk.told[0].startswith("mail new")
        assert all(SAID not in sent.message.body for sent in desk.sent)
        assert [row.state for row in desk.rows if row.draft.kind == "new"] == ["sent", "suppressed"]


def test_what_was_parted_again_before_the_morning_is_not_said_to_be_one(tmp_path: Path) -> None:
    channels = {"mail": {"url": "json://a", "quiet_hours": {"from": "12:06", "to": "18:00"}}}
    with open_desk(tmp_path, channels=channels) as desk:
        story = tell_two(desk)
        newer = story.incidents()[1].id
        bridge(story)
        with transaction(desk.db):
            split_incident(desk.db, newer, now=moment("2026-11-20 13:00"), by="amal")
        desk.send(hours=8)
        assert all(SAID not in sent.message.body for sent in desk.sent)


def test_mail_goes_on_both_conversations(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    story = tell_two(desk)
    older, newer = (incident.id for incident in story.incidents())
    threads: dict[str, tuple[str, ...]] = {}
    notify = desk.notify

    def listen(name: str, channel: Any, message: Any, envelope: Any) -> Any:
        threads[name] = envelope.threads
        return notify(name, channel, message, envelope)

    monkeypatch.setattr(desk, "notify", listen)
    bridge(story)
    desk.send(minutes=20)
    assert threads["mail"] == (older, newer)


def test_replay_writes_an_update_and_no_second_new(tmp_path: Path) -> None:
    db = open_database(tmp_path / "replay.db")
    told = {"a": (FIRST, "09:00"), "b": (SECOND, "10:00"), "c": (BRIDGE, "11:00")}
    reports = [
        Report(id=name, title=name, text=f"نص {name}", published=moment(f"{DAY} {at}"), outlet=name,  # "text"
               url=None, published_precision="second")
        for name, (_, at) in told.items()
    ]  # fmt: skip
    codings = {name: Coding(language="ar", mentions=(one,), coder_version="t") for name, (one, _) in told.items()}
    rows = replay_reports(db, reports, lambda report: codings[report.id], Story(db).settings).alerts
    db.close()
    assert [(row["kind"], row["article_id"]) for row in rows] == [("new", "a"), ("update", "b"), ("update", "c")]
    assert len({row["incident_id"] for row in rows}) == 1
