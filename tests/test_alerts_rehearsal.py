"""Trying out: rules on the past, every channel's wording, marked samples, and settings that cannot work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from alerts.channels import print_message
from alerts.rehearsal import check_channels, dry_run, preview_incident, send_sample
from alerts.wording import Form, Message
from intake.articles import matching
from store.alert_settings import AlertSettings
from store.database import open_database
from store.outbox import all_alerts
from store.records import Evidence
from tests.alert_fakes import NOON
from tests.alert_server import Answer, run_endpoint
from tests.stories import Story, mention, moment

NOW = moment("2026-11-21 00:00")


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    db = open_database(tmp_path / "past.db")
    yield Story(db)
    db.close()


def settings(**rule: Any) -> AlertSettings:
    return AlertSettings.model_validate(
        {"rules": {"tried": rule}, "channels": {"mail": {"url": "json://localhost", "rules": ["tried"]}}}
    )


def rehearse(story: Story, tried: AlertSettings, days: int = 30) -> list[tuple[str, str]]:
    rehearsal = dry_run(story.db, tried, since=NOW - timedelta(days=days), now=NOW, matching=matching())
    return [(message.kind, message.incident_id) for message in rehearsal.messages]


def tell_a_week(story: Story) -> dict[str, str]:
    """Three incidents through the whole path: a convoy whose toll rises, a rocket with a denial, a foiled one."""
    story.tell("2026-11-18 08:00", mention("diwaniyah", "2026-11-18", target="coalition_convoy", killed=1), by="a")
    story.tell("2026-11-18 09:00", mention("diwaniyah", "2026-11-18", target="coalition_convoy", killed=1), by="b")
    story.tell("2026-11-18 12:00", mention("diwaniyah", "2026-11-18", target="coalition_convoy", killed=4), by="c")
    story.tell(
        "2026-11-19 08:00",
        mention("ain_al_asad", "2026-11-19", "rocket", target="coalition_base"),
        by="a",
        text="قال مصدر أمني إن القاعدة استُهدفت",
    )  # a security source said that the base was targeted
    story.tell("2026-11-20 08:00", mention("taji", "2026-11-20", "rocket", status="foiled"), by="a")
    names = {"IQ-QA": "convoy", "IQ-AN": "base", "IQ-BG": "foiled"}
    return {incident.id: names[str(incident.admin1)] for incident in story.incidents()}


def test_default_rule_on_the_past_gives_what_was_queued(story: Story) -> None:
    names = tell_a_week(story)
    queued = [(row.draft.kind, row.draft.incident_id) for row in all_alerts(story.db)]
    rehearsed = rehearse(story, AlertSettings())
    assert rehearsed == queued
    assert [(kind, names[incident]) for kind, incident in rehearsed] == [
        ("new", "convoy"), ("update", "convoy"), ("new", "base"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"admin1": ["IQ-AN"]}, ["new base"]),
        ({"killed_min": 3}, ["new convoy"]),
        ({"publishers_min": 2}, ["new convoy", "update convoy"]),
        ({"status": ["foiled"]}, ["new foiled"]),
        ({"words": ["مصدر امني"], "words_in": ["text"]}, ["new base"]),
        ({"country": ["SY"]}, []),
    ],
)
def test_other_rules_on_the_same_past(story: Story, rule: dict[str, Any], told: list[str]) -> None:
    names = tell_a_week(story)
    before = len(all_alerts(story.db))
    assert [f"{kind} {names[incident]}" for kind, incident in rehearse(story, settings(**rule))] == told
    assert len(all_alerts(story.db)) == before  # nothing is written


def test_only_the_time_asked_for_counts(story: Story) -> None:
    names = tell_a_week(story)
    assert [names[incident] for _, incident in rehearse(story, AlertSettings(), days=2)] == ["base"]
    rehearsal = dry_run(story.db, AlertSettings(), since=NOW - timedelta(days=30), now=NOW)
    [load] = rehearsal.loads().values()
    assert (load.messages, load.per_day, load.busiest) == (3, 0.1, 2)
    assert rehearsal.messages[0].headline.startswith("هجوم بعبوة ناسفة على رتل للتحالف الدولي")


def test_preview_shows_each_channels_wording_with_all_sources(story: Story) -> None:
    names = tell_a_week(story)
    convoy = next(incident for incident, name in names.items() if name == "convoy")
    channels = {
        "mail": {"url": "mailto://localhost/?from=a@b.example&to=c@d.example", "language": "ar"},
        "chat": {"url": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#c", "language": "en"},
        "odd": {"url": "nosuch://host"},
    }
    tried = AlertSettings.model_validate({"channels": channels, "base_url": "https://desk.example"})
    mail, chat, odd = preview_incident(story.db, tried, convoy)
    assert mail.format == "html"
    assert "<" not in mail.readable
    assert "أربعة قتلى" in mail.readable
    assert "أربعة قتلى" in mail.body
    assert all(f"https://{name}.example/" in mail.body for name in "abc")
    assert f"https://desk.example/incident/{convoy}" in mail.body
    assert chat.format == "mrkdwn"
    assert "4 killed" in chat.body
    assert odd.problem is not None
    assert "nosuch" not in odd.problem
    assert preview_incident(story.db, tried, "no-such-incident") == []


def test_sample_is_marked_and_tells_what_came_of_it() -> None:
    with run_endpoint() as endpoint:
        channels = {
            "good": {"url": f"marsad://127.0.0.1:{endpoint.port}/"},
            "bad": {"url": f"json://127.0.0.1:{endpoint.port}/"},
        }
        endpoint.route = lambda request: Answer(401) if "Signature" not in str(request.headers) and (
            "Idempotency-Key" not in request.headers
        ) else None  # fmt: skip
        tried = AlertSettings.model_validate({"channels": channels})
        outcome = send_sample(tried, now=NOON)
        assert (outcome["good"].sent, outcome["bad"].sent, outcome["bad"].error) == (True, False, "HTTP 401")
        first = endpoint.requests[0].json
        assert first["title"] == "رسالة تجريبية من «مرصد»"
        assert "This is a test and no news" in first["text"]
        assert "no such channel" in str(send_sample(tried, now=NOON, channels=["ugly"])["ugly"].error)


def test_faulty_channels_are_named_before_anything_is_sent(tmp_path: Path) -> None:
    template = tmp_path / "broken.j2"
    template.write_text("{% for %}", encoding="utf-8")
    channels = {
        "fine": {"url": "ntfy://host/topic"},
        "odd": {"url": "nosuch://S3CRET"},
        "mine": {"url": "ntfy://host/topic", "template": str(template)},
        "gone": {"url": "ntfy://host/topic", "template": str(tmp_path / "absent.j2")},
    }
    faults = check_channels(AlertSettings.model_validate({"channels": channels}), now=NOON)
    assert [fault.split(":")[0] for fault in faults] == [
        "alerts.channels.odd.url", "alerts.channels.mine.template", "alerts.channels.gone.template",
    ]  # fmt: skip
    assert "S3CRET" not in str(faults)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ blocks.__class__.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ self._TemplateReference__context }}",
        "{% for n in range(10**9) %}{% endfor %}",
        "{% for n in range(9) %}{% endfor %}",
        "{{ lipsum(n=1) }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../../../etc/passwd' %}",
        "{{ 'x' * 10**12 }}",
        "{{ 'x' * 3 }}",
    ],
)
def test_templates_run_in_a_sandbox(tmp_path: Path, attack: str) -> None:
    template = tmp_path / "attack.j2"
    template.write_text(attack, encoding="utf-8")
    tried = AlertSettings.model_validate({"channels": {"c": {"url": "ntfy://host/t", "template": str(template)}}})
    assert check_channels(tried, now=NOON)


def test_template_of_ones_own_gets_the_same_parts_escaped(tmp_path: Path) -> None:
    template = tmp_path / "mine.j2"
    template.write_text("{{ blocks[0].headline }} / {{ stories[0].incident.method }}", encoding="utf-8")
    url = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#c"
    tried = AlertSettings.model_validate({"channels": {"c": {"url": url, "template": str(template)}}})
    assert check_channels(tried, now=NOON) == []


def test_terminal_prints_lines_as_they_are(tmp_path: Path) -> None:
    with (tmp_path / "out.txt").open("w", encoding="utf-8") as out:
        console = Console(file=out, width=40, soft_wrap=True, highlight=False)
        body = "\u200fسطر طويل " + "كلمة " * 30 + "[bold]\n\u200fسطر"  # a long line, then a line
        message = Message(title="", body=body, form=Form())
        assert print_message(message, console).sent
    lines = (tmp_path / "out.txt").read_text(encoding="utf-8").splitlines()
    assert lines[1].endswith("[bold]")  # neither wrapped nor read as markup
    assert len(lines) == 3


def test_terminal_that_is_gone_is_not_sent(tmp_path: Path) -> None:
    out = (tmp_path / "out.txt").open("w", encoding="utf-8")
    console = Console(file=out, width=40)
    out.close()
    assert not print_message(Message(title="", body="x", form=Form()), console).sent


def test_preview_holds_the_words_that_it_rests_on(story: Story) -> None:
    text = "انفجرت عبوة ناسفة برتل في الحلة. وقالت الشرطة إنها تحقق."  # bomb hits convoy in Hilla; police look into it
    found = Evidence(field="method", source="text", quote="عبوة ناسفة", start=7, end=17)  # bomb
    story.tell("2026-11-20 09:00", mention("hilla", "2026-11-20", evidence=(found,)), text=text)
    settings = AlertSettings.model_validate({"channels": {"desk": {"url": "json://localhost", "language": "ar"}}})
    [desk] = preview_incident(story.db, settings, story.only().id)
    assert "«انفجرت عبوة ناسفة برتل في الحلة.»" in desk.body
    assert "وقالت الشرطة" not in desk.body
