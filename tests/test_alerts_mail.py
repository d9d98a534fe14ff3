"""Mails as a real SMTP server receives them: parsed, in both languages, threaded, inert."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from alerts.channels import Delivery, deliver, find_form
from alerts.channels import Envelope as AlertEnvelope
from alerts.chart import draw_bars
from alerts.names import load_names
from alerts.snapshot import shorten
from alerts.stories import Story
from alerts.wording import Message, write_message
from store.alert_settings import AlertSettings, ChannelSettings
from tests.alert_fakes import BASE, make_incident
from tests.alert_wording import HOSTILE, hostile_story, story_of


@dataclass
class Inbox:
    """A mail server's only mailbox, and what it says to a message's data (None: it takes it)."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refusal: str | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        mail = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    box = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        box.port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def send(inbox: Inbox, stories: list[Story], *, threads: tuple[str, ...] = (), image: bytes | None = None) -> Delivery:
    url = f"mailto://127.0.0.1:{inbox.port}/?from=marsad@desk.example&to=analyst@desk.example&mode=insecure"
    channel = ChannelSettings.model_validate({"url": url})
    message = write_message(stories, channel, AlertSettings(), find_form("mail", channel), load_names())
    if image:
        message = type(message)(title=message.title, body=message.body, form=message.form, image=image)
    return deliver("mail", channel, message, AlertEnvelope(key="k", threads=threads))


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_mail_has_a_subject_both_languages_and_a_plain_part(inbox: Inbox) -> None:
    assert send(inbox, [story_of(make_incident(killed=2, wounded=11))]).sent
    [mail] = inbox.mails
    headline = "هجوم بثلاثة صواريخ على قاعدة تستضيف قوات التحالف الدولي – عين الأسد، محافظة الأنبار، العراق"
    assert str(mail["Subject"]) == headline
    page = html_of(mail)
    assert 'dir="rtl"' in page
    assert 'dir="ltr"' in page
    assert "الحصيلة: قتيلان وأحد عشر جريحاً" in page
    assert "Toll: 2 killed, 11 wounded" in page
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "قتيلان وأحد عشر جريحاً" in plain.get_content()


def test_hostile_words_are_inert_in_the_page(inbox: Inbox) -> None:
    send(inbox, [hostile_story()])
    page = html_of(inbox.mails[0])
    tags = Tags(page).found
    assert not [tag for tag, _ in tags if tag in ("script", "img", "i", "b", "form", "iframe", "link")]
    assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]
    links = {attrs["href"] for tag, attrs in tags if tag == "a"}
    assert links == {
        "https://alnahr.example/1",
        "https://www.openstreetmap.org/?mlat=33.79&mlon=42.44#map=12/33.79/42.44",
    }
    assert "&lt;script&gt;" in page


SPLIT = "بغداد\r\nBcc: thief@evil.example\r\nالحصيلة: مئة قتيل"  # "Baghdad" … "toll: a hundred killed"


def test_hostile_subject_adds_no_header(inbox: Inbox) -> None:
    assert send(inbox, [story_of(make_incident(place=SPLIT))]).sent
    [mail] = inbox.mails
    assert mail["Bcc"] is None
    assert "Bcc: thief" in str(mail["Subject"])  # as words


@pytest.mark.parametrize("url", ["mailto://127.0.0.1/?from=m@desk.example&to=a@desk.example", "json://127.0.0.1/", "terminal://"])
def test_a_name_adds_no_line_to_a_message(url: str) -> None:
    """Whatever the title does to lines: below it a name could pass for a line of ours."""

    def lines(place: str) -> list[str]:
        channel = ChannelSettings.model_validate({"url": url})
        story = story_of(make_incident(place=place))
        return write_message([story], channel, AlertSettings(), find_form("m", channel), load_names()).body.splitlines()

    assert len(lines(SPLIT)) == len(lines("بغداد"))


def test_a_title_is_one_line_whatever_the_headline_holds() -> None:
    assert shorten("عنوان\r\nBcc: thief@evil.example\u2028x\x0by", 150) == "عنوان Bcc: thief@evil.example x y"


def test_a_title_of_several_lines_would_add_no_header(inbox: Inbox) -> None:
    """The last guard, with those before it taken away."""
    channel = ChannelSettings.model_validate(
        {"url": f"mailto://127.0.0.1:{inbox.port}/?from=marsad@desk.example&to=analyst@desk.example&mode=insecure"}
    )
    form = find_form("mail", channel)
    message = write_message([story_of(BASE)], channel, AlertSettings(), form, load_names())
    split = Message(title="x\r\nBcc: thief@evil.example\r\n\r\nbody", body=message.body, form=form)
    deliver("mail", channel, split, AlertEnvelope(key="k"))
    for mail in inbox.mails:  # not sent at all would do as well
        assert mail["Bcc"] is None
        assert str(mail["To"]) == "analyst@desk.example"
        assert html_of(mail)


def test_all_that_concerns_one_incident_is_one_thread(inbox: Inbox) -> None:
    send(inbox, [story_of(BASE)], threads=("inc1",))
    send(inbox, [story_of(make_incident(killed=3), BASE, kind="update", fields=("killed",))], threads=("inc1",))
    send(inbox, [story_of(make_incident(id="inc2"))], threads=("inc2",))
    roots = [str(mail["References"]) for mail in inbox.mails]
    assert roots[0] == roots[1] != roots[2]
    assert [str(mail["In-Reply-To"]) for mail in inbox.mails] == roots
    assert len({mail["Message-ID"] for mail in inbox.mails}) == 3


def test_refused_or_absent_server_is_not_sent(inbox: Inbox) -> None:
    inbox.refusal = "451 try again later"
    delivery = send(inbox, [story_of(BASE)])
    assert not delivery.sent
    gone = Inbox(port=1)
    delivery = send(gone, [story_of(BASE)])
    assert not delivery.sent
    assert delivery.error is not None
    assert "127.0.0.1" not in delivery.error


def test_chart_stands_in_the_mail(inbox: Inbox) -> None:
    facts = {
        "every": "day", "start": "2026-11-19T04:00:00Z", "end": "2026-11-20T04:00:00Z", "count": 1, "incidents": [],
        "places": [{"country": "IQ", "admin1": "IQ-AN", "incidents": 1, "killed": 2, "wounded": 0}],
        "toll": {"killed": 2, "wounded": None}, "bars": [0, 1, 0], "delay": {"p50": 30, "p95": 200}, "chart": True,
    }  # fmt: skip
    assert send(inbox, [Story(kind="digest", facts=facts)], image=draw_bars([0, 1, 0])).sent
    [mail] = inbox.mails
    page = html_of(mail)
    [image] = [attrs for tag, attrs in Tags(page).found if tag == "img"]
    assert image["src"] == "cid:chart.png"
    [part] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert part["Content-ID"] == "<chart.png>"
    assert part.get_payload(decode=True)[:8] == b"\x89PNG\r\n\x1a\n"  # type: ignore[index]
    assert "<td>محافظة الأنبار، العراق</td><td>1</td><td>2</td>" in page


def test_words_of_the_outside_never_become_a_template(inbox: Inbox) -> None:
    send(inbox, [story_of(make_incident(place="{{ 7*7 }} {% raw %}"))])
    assert "{{ 7*7 }} {% raw %}" in str(inbox.mails[0]["Subject"])


def test_hostile_words_reach_nobody_else(inbox: Inbox) -> None:
    send(inbox, [hostile_story()])
    assert str(inbox.mails[0]["To"]) == "analyst@desk.example"
    assert HOSTILE not in str(inbox.mails[0]["Subject"])
