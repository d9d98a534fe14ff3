"""What real services are sent: request bodies captured on loopback, checked for direction, escaping and length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from apprise.plugins import workflows
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.pushover import NotifyPushover
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.webexteams import NotifyWebexTeams

from alerts.channels import Delivery, Envelope, deliver, find_form
from alerts.marks import LRM, RLM
from alerts.names import load_names
from alerts.stories import Story
from alerts.wording import write_message
from store.alert_settings import AlertSettings, ChannelSettings
from tests.alert_fakes import make_incident
from tests.alert_server import Answer, Endpoint, Request, run_endpoint
from tests.alert_wording import hostile_story, story_of

NAMES = load_names()
MATRIX_LOGIN = (
    '{"access_token": "t", "home_server": "localhost", "user_id": "@u:localhost", "device_id": "D",'
    ' "flows": [{"type": "m.login.password"}]}'
)


@dataclass(frozen=True)
class Service:
    """A service: its Apprise address (`{port}` is the endpoint's), where its text stands, and its kind of markup."""

    url: str
    field: str
    markup: str  # text | markdown | mrkdwn | html
    longest: int


SERVICES = {
    "telegram": Service("tgram://123456789:ABCdefghijkl_lead2gold-abcdefghij/12315544/", "text", "html", 4096),
    "slack": Service("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#c", "attachments.0.text", "mrkdwn", 35_000),
    "discord": Service("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js/", "content", "markdown", 2000),
    "matrix": Service("matrix://user:pass@127.0.0.1:{port}/!abc:localhost", "formatted_body", "html", 65_000),
    "ntfy": Service("ntfy://127.0.0.1:{port}/topic", "message", "text", 7800),
    "signal": Service("signal://127.0.0.1:{port}/+15551234567/+15551234568", "message", "text", 32_768),
    "gotify": Service("gotify://127.0.0.1:{port}/token", "message", "text", 32_768),
    "mattermost": Service("mmost://127.0.0.1:{port}/abcdefghijklmnopqrstuvwx24", "text", "markdown", 4000),
    "rocketchat": Service("rocket://aaaaaaaa/bbbbbbbb@127.0.0.1:{port}/#c", "text", "markdown", 1000),
    "teams": Service(
        "workflows://127.0.0.1:{port}/w0rkfl0w/s1gnature", "attachments.0.content.body.0.text", "card", 4000
    ),
    "google_chat": Service("gchat://workspace/key/token", "text", "mrkdwn", 4000),
    "webex": Service("webex://" + "a" * 80, "markdown", "markdown", 1000),
    "pushover": Service("pover://" + "u" * 30 + "@" + "a" * 30, "message", "text", 1024),
    "json": Service("json://127.0.0.1:{port}/hook", "message", "text", 32_768),
    "marsad": Service("marsad://127.0.0.1:{port}/hook?secret=s", "text", "text", 1_000_000),
}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with run_endpoint() as running:
        monkeypatch.setattr(NotifyTelegram, "notify_url", f"{running.url}/bot")
        monkeypatch.setattr(NotifySlack, "webhook_url", f"{running.url}/services")
        monkeypatch.setattr(NotifyDiscord, "notify_url", f"{running.url}/api/webhooks")
        monkeypatch.setattr(NotifyPushover, "notify_url", f"{running.url}/1/messages.json")
        monkeypatch.setattr(NotifyGoogleChat, "notify_url", f"{running.url}/v1/spaces/{{workspace}}/messages")
        monkeypatch.setattr(workflows, "requests", SimpleNamespace(**{**vars(requests), "post": _post_openly}))
        monkeypatch.setattr(NotifyWebexTeams, "notify_url", f"{running.url}/v1/webhooks/incoming/")
        running.route = _answer_as_services_do
        yield running


def _post_openly(url: str, **given: Any) -> requests.Response:
    """Post without TLS: Teams' plugin knows no other addresses."""
    return requests.post(url.replace("https://", "http://", 1), **given)


def _answer_as_services_do(request: Request) -> Answer | None:
    if request.path.endswith("/login"):
        return Answer(body=MATRIX_LOGIN)
    if "/join" in request.path or "/directory/" in request.path:
        return Answer(body='{"room_id": "!abc:localhost"}')
    return Answer(body="ok") if request.path.startswith("/services") else None


def send(endpoint: Endpoint, name: str, stories: list[Story], **settings: Any) -> tuple[Delivery, str]:
    """Send through the service; what came of it, and the text that it was given."""
    service = SERVICES[name]
    channel = ChannelSettings.model_validate({"url": service.url.format(port=endpoint.port), **settings})
    message = write_message(stories, channel, AlertSettings(), find_form(name, channel), NAMES)
    delivery = deliver(name, channel, message, Envelope(key="k", threads=("inc1",), document={"channel": name}))
    texts = [text for request in endpoint.requests if (text := _find(request, service.field)) is not None]
    assert len(texts) == 1, "one message, one request"
    return delivery, texts[0]


def _find(request: Request, field: str) -> str | None:
    if request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return parse_qs(request.text).get(field, [None])[0]
    try:
        value = request.json
    except ValueError:
        return None
    for key in field.split("."):
        if isinstance(value, list):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return None
    return str(value)


def visible(text: str, markup: str) -> list[str]:
    """The lines as a reader's program orders them: tags of ours, and what begins a quote, taken off."""
    if markup == "html":
        text = re.sub(r"<br ?/?>", "\n", text.replace("\r\n", "\n").replace("<br/>\n", "\n"))
        text = re.sub(r"</?(b|i|a)( [^>]*)?>", "", text)
    if markup == "mrkdwn":
        text = re.sub(r"<https?:[^|>]*\|([^>]*)>", r"\1", text)
    lines = [re.sub(r"^(> |\*\*)", "", line) for line in text.splitlines()]
    return [line for line in lines if line.strip()]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_line_tells_its_direction(endpoint: Endpoint, name: str) -> None:
    delivery, text = send(endpoint, name, [hostile_story()])
    assert delivery.sent
    for line in visible(text, SERVICES[name].markup):
        assert line.startswith((RLM, LRM, "https://")), line
        letters = re.findall(r"[\u0600-\u06ff]|[A-Za-z]", re.sub(r"\u2068.*?\u2069", "", line))
        if line.startswith(RLM) and letters:
            assert re.match("[\u0600-\u06ff]", letters[0])
    assert "\u202e" not in text


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_nothing_from_outside_is_markup_or_calls_anybody(endpoint: Endpoint, name: str) -> None:
    _, text = send(endpoint, name, [hostile_story()])
    assert not re.search(r"@(everyone|here)|<!channel>|<@U1>|#general", text)
    assert "http://evil.example" not in text
    assert "https://e.example" not in text
    markup = SERVICES[name].markup
    if markup == "html":
        assert set(re.findall(r"<(/?\w+)", text)) <= {"b", "/b", "i", "/i", "a", "/a", "br"}
    elif markup == "markdown":
        links = re.findall(r"(?<!\\)\]\(([^)]*)\)", text)
        assert all(link.startswith(("https://alnahr.example/", "https://www.openstreetmap.org/")) for link in links)
        assert not re.search(r"(?<![\\*])\*(?!\*)|(?<!\\)[_`~](?!\.)", re.sub(r"\(https?:[^)]*\)|\*\*", "", text))
    elif markup == "card":
        links = re.findall(r"\]\(([^)]*)\)", text)
        assert len(links) == 2
        assert all(link.startswith(("https://alnahr.example/", "https://www.openstreetmap.org/")) for link in links)
        assert not re.search(r"[_`~]|(?<!\*)\*(?!\*)", re.sub(r"\(https?:[^)]*\)", "", text))
        assert text.count("**") == 4
    elif markup == "mrkdwn":
        assert not re.search(r"[_`~]", re.sub(r"<https?:[^|]*\|", "", text))
        assert text.count("*") == 4  # the two headlines' own
        assert set(re.findall(r"<([^|>]*)", text)) == {
            "https://alnahr.example/1", "https://www.openstreetmap.org/?mlat=33.79&amp;mlon=42.44#map=12/33.79/42.44",
        }  # fmt: skip


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_text_arrives_whole_and_within_the_services_length(endpoint: Endpoint, name: str) -> None:
    stories = [
        story_of(make_incident(id=f"inc{number}", place=f"بلدة {number}", killed=number)) for number in range(1, 61)
    ]
    delivery, text = send(endpoint, name, stories)
    assert delivery.sent
    assert len(text) <= SERVICES[name].longest
    lines = visible(text, SERVICES[name].markup)
    assert "60 هجوماً" in lines[0] or name in ("ntfy", "gotify", "pushover", "json", "marsad")
    assert not text.endswith("…")
    if SERVICES[name].longest < 10_000:
        assert any("وغيرها" in line for line in lines)  # "and others": what does not fit is counted


def test_discord_is_not_asked_to_ping_and_no_pictures_are_fetched(endpoint: Endpoint) -> None:
    send(endpoint, "discord", [hostile_story()])
    body = endpoint.requests[-1].json
    assert not {"allow_mentions", "embeds", "avatar_url"} & set(body)


def test_teams_mentions_nobody_and_shows_no_picture_or_quote_mark(endpoint: Endpoint) -> None:
    _, text = send(endpoint, "teams", [hostile_story()])
    card = endpoint.requests[-1].json["attachments"][0]["content"]
    assert card["msteams"] == {"width": "full"}
    assert [part["type"] for part in card["body"]] == ["TextBlock"]
    assert all(not line.lstrip(RLM + LRM).startswith(">") for line in text.splitlines())
    assert all(line == "" for line in text.splitlines()[1::2])  # a single line end is none to Teams


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "mrkdwn"),
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "markdown"),
        ("https://prod-1.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?sig=s1gnature", "card"),
    ],
)
def test_services_own_addresses_give_the_same_form(url: str, form: str) -> None:
    assert find_form("chat", ChannelSettings.model_validate({"url": url})).format == form


def test_slack_gets_no_foreign_picture(endpoint: Endpoint) -> None:
    send(endpoint, "slack", [hostile_story()])
    assert "github" not in endpoint.requests[-1].text


def test_titles_stand_apart_where_the_service_has_them(endpoint: Endpoint) -> None:
    _, text = send(endpoint, "ntfy", [hostile_story()])
    title = endpoint.requests[-1].json["title"]
    assert title.startswith("هجوم بثلاثة صواريخ")
    assert title not in text
