"""What becomes of a queued message: sent once, tried again, held, grouped, muted, overtaken, or given up."""

from __future__ import annotations

import random
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import Delivery
from alerts.outbox import back_off, send_due
from store.alert_settings import AlertSettings
from store.database import open_database
from store.deliveries import add_mute, end_mute, list_channels, read_channel
from store.incidents import redirect_incident
from store.outbox import release_claims
from tests.alert_desk import Desk, open_desk
from tests.alert_fakes import NOON

MAIL = {"mail": {"url": "json://localhost"}}
TWO = {"mail": {"url": "json://localhost"}, "chat": {"url": "json://localhost"}}
BROKEN = Delivery(sent=False, error="HTTP 500")


def test_a_message_is_sent_once(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.tell("inc1")
        report = desk.send()
        assert (report.sent, report.rows, report.failed) == (1, 1, 0)
        desk.send(minutes=1)
        assert desk.told == ["mail new:inc1"]
        [row] = desk.rows
        assert (row.state, row.attempts, row.sent_at) == ("sent", 1, row.sent_at)
        assert row.sent_at is not None
        assert timedelta(0) <= row.sent_at - NOON < timedelta(seconds=5)


def test_only_true_is_sent_and_failure_is_tried_again_later(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.tell("inc1")
        desk.failing["mail"] = BROKEN
        assert desk.send().failed == 1
        [row] = desk.rows
        assert (row.state, row.error, row.attempts) == ("failed", "HTTP 500", 1)
        assert timedelta(seconds=15) <= row.draft.due_at - desk.now <= timedelta(seconds=31)
        assert desk.send(seconds=10).failed == 0  # not due yet
        desk.failing.clear()
        assert desk.send(seconds=30).sent == 1
        assert desk.told == ["mail new:inc1"]
        assert desk.rows[0].error is None


def test_service_that_asks_for_time_gets_it(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.tell("inc1")
        desk.failing["mail"] = Delivery(sent=False, error="HTTP 429", retry_after=600)
        desk.send()
        desk.failing.clear()
        assert desk.send(minutes=9).sent == 0
        assert desk.send(minutes=2).sent == 1


@given(st.integers(1, 100), st.integers(0, 2**32))
def test_back_off_doubles_with_jitter_up_to_its_limit(tries: int, seed: int) -> None:
    settings = AlertSettings()
    pause = back_off(tries, settings, random.Random(seed))
    whole = min(timedelta(hours=1), timedelta(seconds=30 * 2 ** min(tries - 1, 20)))
    assert whole / 2 <= pause <= whole


def test_dead_channel_holds_up_no_other_and_loses_nothing(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels=TWO) as desk:
        desk.failing["chat"] = BROKEN
        for number in range(5):
            desk.tell(f"inc{number}", admin1=None, country=None, place=f"بلدة {number}")
            desk.send(minutes=1)
        assert [told for told in desk.told if told.startswith("mail new")] == [f"mail new:inc{n}" for n in range(5)]
        desk.failing.clear()
        desk.run(until=desk.now + timedelta(hours=2), step=timedelta(minutes=5))
        chat = " ".join(sent.what for sent in desk.sent if sent.channel == "chat")
        assert [f"new:inc{n}" in chat for n in range(5)] == [True] * 5
        assert "sending" not in str(desk.states)


def test_channel_that_fails_rests_and_the_others_are_told_until_it_works(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels=TWO) as desk:
        desk.failing["chat"] = BROKEN
        desk.tell("inc1")
        desk.run(until=NOON + timedelta(hours=1))
        state = read_channel(desk.db, "chat")
        assert state.failures >= 5
        assert state.rests_until is not None
        tries = [at for at, name in desk.tries if name == "chat"]
        assert len(tries) <= 10  # not once a minute
        assert desk.told == ["mail new:inc1", "mail health"]
        warning = desk.sent[1].message.body
        assert "تعذر الإرسال عبر القناة" in warning + desk.sent[1].message.title
        assert "HTTP 500" in warning
        desk.failing.clear()
        desk.run(until=desk.now + timedelta(hours=2), step=timedelta(minutes=5))
        assert desk.told[2:] == ["chat new:inc1", "mail health"]
        assert "عودة إلى العمل" in desk.sent[3].message.body + desk.sent[3].message.title
        assert read_channel(desk.db, "chat").failures == 0


def test_message_that_nobody_takes_is_given_up_visibly(tmp_path: Path) -> None:
    with open_desk(tmp_path, give_up_after="6h") as desk:
        desk.tell("inc1")
        desk.failing["mail"] = BROKEN
        desk.run(until=NOON + timedelta(hours=8), step=timedelta(minutes=10))
        assert desk.states == ["new mail given_up"]
        assert desk.rows[0].error == "HTTP 500"


def test_message_that_the_service_refuses_goes_out_as_plain_text(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels={"mail": {"url": "mailto://localhost/?from=a@b.example&to=c@d.example"}}) as desk:
        desk.tell("inc1")
        desk.failing["mail"] = Delivery(sent=False, error="HTTP 400", refused=True)
        desk.send()
        desk.send(minutes=1)
        desk.failing.clear()
        desk.send(minutes=5)
        assert desk.sent[0].message.form.format == "text"
        assert "<" not in desk.sent[0].message.body


def test_rows_of_a_channel_that_is_gone_are_dropped_with_the_reason(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.tell("inc1")
        desk.settings = AlertSettings.model_validate({"channels": {"other": {"url": "json://localhost"}}})
        assert desk.send().suppressed == 1
        assert "not in the settings" in str(desk.rows[0].error)


# Quiet hours


QUIET = {"from": "15:00", "to": "19:00", "time_zone": "Asia/Baghdad"}  # NOON is 15:00 there


def test_quiet_hours_hold_then_deliver_one_message_as_things_stand_then(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels={"mail": {"url": "json://localhost", "quiet_hours": QUIET}}) as desk:
        desk.tell("inc1", killed=1)
        desk.wait(minutes=30)
        desk.tell("inc2")
        desk.wait(minutes=30)
        desk.tell("inc1", killed=4)
        desk.tell("inc3")
        desk.tell("inc3", standing="disputed")  # overtaken before anybody was told
        assert desk.send().sent == 0
        assert set(desk.states) == {"new mail held", "update mail held", "dispute mail held"}
        desk.send(hours=2, minutes=59)
        assert desk.told == []
        desk.send(minutes=1)
        assert desk.told == ["mail new:inc1 new:inc2"]
        body = desk.sent[0].message.body
        assert "أربعة قتلى" in body
        assert "قتيل واحد" not in body


def test_mass_casualties_pass_quiet_hours_and_cap(tmp_path: Path) -> None:
    channel = {"url": "json://localhost", "quiet_hours": QUIET, "per_hour": 1}
    with open_desk(tmp_path, channels={"mail": channel}) as desk:
        desk.tell("inc1")
        desk.tell("inc2", killed=30)
        desk.tell("inc3", wounded=80)
        desk.send()
        assert desk.told == ["mail new:inc2", "mail new:inc3"]


def test_rising_toll_makes_an_update_urgent(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels={"mail": {"url": "json://localhost", "quiet_hours": QUIET}}) as desk:
        desk.wait(hours=-1)
        desk.tell("inc1", killed=1)
        desk.send()
        desk.wait(hours=2)
        desk.tell("inc1", killed=25)
        desk.send()
        assert desk.told == ["mail new:inc1", "mail update:inc1"]


# Barrage


BARRAGE = {
    "mail": {"url": "json://localhost", "barrage": {"after": 1, "within": "10m", "ebb": "5m", "at_latest": "20m"}}
}


def test_barrage_tells_the_first_at_once_and_the_rest_when_it_ebbs(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels=BARRAGE) as desk:
        for number in range(4):
            desk.tell(f"inc{number}")
            desk.send()
            desk.wait(minutes=2)
        assert desk.told == ["mail new:inc0"]
        desk.run(until=NOON + timedelta(minutes=30))
        assert desk.told == ["mail new:inc0", "mail new:inc1 new:inc2 new:inc3"]
        assert desk.sent[1].at == NOON + timedelta(minutes=6 + 5)
        assert "موجة هجمات في محافظة الأنبار" in desk.sent[1].message.title


def test_barrage_that_does_not_ebb_is_told_at_the_latest(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels=BARRAGE) as desk:
        for number in range(20):
            desk.tell(f"inc{number}")
            desk.send()
            desk.run(until=desk.now + timedelta(minutes=2))
        times = [(sent.at - NOON) / timedelta(minutes=1) for sent in desk.sent]
        assert times[:2] == [0, 22]  # twenty minutes after the first that was held
        told = " ".join(sent.what for sent in desk.sent)
        assert told.count("new:inc1 ") <= 1
        desk.run(until=desk.now + timedelta(minutes=30))
        said = " ".join(sent.what for sent in desk.sent).split()
        assert sorted(said) == sorted(f"new:inc{n}" for n in range(20))


def test_attacks_elsewhere_are_no_barrage(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels=BARRAGE) as desk:
        desk.tell("inc1")
        desk.tell("inc2", admin1="IQ-BG")
        desk.tell("inc3", country="SY", admin1=None)
        desk.send()
        assert sorted(desk.told) == ["mail new:inc1", "mail new:inc2", "mail new:inc3"]


def test_mass_casualties_pass_a_barrage(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels=BARRAGE) as desk:
        desk.tell("inc1")
        desk.send()
        desk.tell("inc2", killed=20)
        desk.send()
        assert desk.told == ["mail new:inc1", "mail new:inc2"]


# The hourly cap


def test_cap_sends_what_is_beyond_it_as_one_message_at_the_hours_end(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels={"mail": {"url": "json://localhost", "per_hour": 2}}) as desk:
        for number in range(5):
            desk.tell(f"inc{number}", admin1="IQ-BG" if number % 2 else "IQ-AN")
            desk.send()
            desk.wait(minutes=5)
        assert desk.told == ["mail new:inc0", "mail new:inc1"]
        assert [row.held_for for row in desk.rows][2:] == ["cap"] * 3
        desk.run(until=NOON + timedelta(minutes=59))
        assert len(desk.sent) == 2
        desk.run(until=NOON + timedelta(minutes=75))
        assert desk.told[2:] == ["mail new:inc2 new:inc3 new:inc4"]


# Mutes


def test_muted_incident_channel_or_rule_is_silent_until_the_mute_ends(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels=TWO) as desk:
        desk.tell("inc1")
        desk.send()
        add_mute(desk.db, until=desk.now + timedelta(hours=1), now=desk.now, incident_id="inc1")
        desk.tell("inc1", killed=3)
        assert desk.send().suppressed == 2
        desk.wait(hours=2)
        desk.tell("inc1", killed=5)
        desk.send()
        assert sorted(desk.told) == ["chat new:inc1", "chat update:inc1", "mail new:inc1", "mail update:inc1"]


def test_incident_first_met_under_a_mute_is_told_when_a_later_report_tells_it(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels=TWO) as desk:
        mute = add_mute(desk.db, until=NOON + timedelta(days=1), now=NOON, channel="mail", reason="holiday")
        desk.tell("inc1")
        desk.send()
        assert desk.told == ["chat new:inc1"]
        assert end_mute(desk.db, mute, now=NOON + timedelta(hours=1))
        assert not end_mute(desk.db, mute, now=NOON + timedelta(hours=1))
        desk.wait(hours=2)
        desk.tell("inc1", reports=2)
        desk.send()
        assert desk.told == ["chat new:inc1", "mail new:inc1"]


# What happens between queueing and sending


def test_incident_that_was_merged_into_one_already_told_is_not_told_again(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.tell("inc1")
        desk.send()
        desk.tell("inc2")
        redirect_incident(desk.db, "inc2", "inc1")
        desk.send()
        assert desk.told == ["mail new:inc1"]
        assert "merged" in str(desk.rows[1].error)


def test_two_incidents_that_become_one_in_quiet_hours_are_told_once(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels={"mail": {"url": "json://localhost", "quiet_hours": QUIET}}) as desk:
        desk.tell("inc1")
        desk.tell("inc2")
        redirect_incident(desk.db, "inc2", "inc1")
        desk.send(hours=5)
        assert desk.told == ["mail new:inc1"]
        assert {row.state for row in desk.rows} == {"sent"}


def test_update_waits_for_the_first_message_and_goes_with_it(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.tell("inc1", killed=1)
        desk.failing["mail"] = BROKEN
        desk.send()
        desk.tell("inc1", killed=5)
        desk.failing.clear()
        desk.send(minutes=2)
        assert desk.told == ["mail new:inc1"]
        assert "خمسة قتلى" in desk.sent[0].message.body
        assert {row.state for row in desk.rows} == {"sent"}


def test_what_could_not_be_sent_for_long_comes_as_one_message(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.failing["mail"] = BROKEN
        for number in range(6):
            desk.tell(f"inc{number}")
            desk.send(minutes=10)
        desk.failing.clear()
        desk.run(until=desk.now + timedelta(hours=2), step=timedelta(minutes=5))
        grouped = [sent for sent in desk.sent if len(sent.message.stories) > 1]
        assert len(grouped) == 1
        assert "تأخر إرسالها" in grouped[0].message.title
        told = " ".join(sent.what for sent in desk.sent).split()
        assert sorted(told) == [f"new:inc{n}" for n in range(6)]


def tell_many(desk: Desk, number: int) -> None:
    for one in range(number):
        desk.tell(f"more{one}")


def test_nothing_is_lost_while_the_disk_is_full(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.tell("inc1")
        pages = desk.db.execute("PRAGMA page_count").fetchone()[0]
        desk.db.execute(f"PRAGMA max_page_count = {pages}")  # as a full disk: no page can be added
        with pytest.raises(sqlite3.OperationalError, match="full"):
            tell_many(desk, 400)
        told_before = len(desk.rows)
        desk.db.execute("PRAGMA max_page_count = 1000000")
        while any(row.state != "sent" for row in desk.rows):
            desk.send()
        assert len({key for sent in desk.sent for key in sent.key.split("|")}) == told_before
        db = open_database(tmp_path / "desk.db")
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        db.close()


def test_release_makes_due_at_once_what_a_dead_daemon_was_sending(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.tell("inc1")
        desk.db.execute("UPDATE alerts SET state = 'sending', due_at = '2030-01-01T00:00:00.000Z', message = 1")
        assert desk.send().sent == 0
        assert release_claims(desk.db) == 1
        assert desk.send().sent == 1


def test_channels_states_can_be_listed(tmp_path: Path) -> None:
    with open_desk(tmp_path, channels=TWO) as desk:
        desk.tell("inc1")
        desk.send()
        assert [state.name for state in list_channels(desk.db)] == ["chat", "mail"]


def test_template_of_ones_own_that_fails_fails_its_channel_only(tmp_path: Path) -> None:
    template = tmp_path / "mine.j2"
    template.write_text("{{ nosuch.thing }}", encoding="utf-8")
    channels = {**TWO, "chat": {"url": "json://localhost", "template": str(template)}}
    with open_desk(tmp_path, channels=channels) as desk:
        desk.tell("inc1")
        report = desk.send()
        assert desk.told == ["mail new:inc1"]
        assert "mine.j2" in report.errors["chat"]


def test_send_twice_at_one_moment_sends_once(tmp_path: Path) -> None:
    with open_desk(tmp_path) as desk:
        desk.tell("inc1")

        def meanwhile(channel: str) -> None:
            other = open_database(tmp_path / "desk.db")
            assert send_due(other, desk.settings, desk.now, notify=desk.notify).sent == 0
            other.close()

        desk.on_send = meanwhile
        desk.send()
        assert desk.told == ["mail new:inc1"]
