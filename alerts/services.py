"""Turns a message into a request to a service through Apprise; only True is sent.

Apprise takes its time to load, so that only who has a channel with a service imports this.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import apprise
from apprise.attachment.memory import AttachMemory
from apprise.common import NotifyFormat, OverflowMode
from apprise.plugins.base import NotifyBase

from alerts.channels import Delivery, Envelope
from alerts.webhook import NotifyMarsad, register_webhook
from alerts.wording import IMAGE, LONGEST_TITLE, Form, Message
from store.alert_settings import ChannelSettings
from store.errors import AlertError

MARGIN = 0.95  # of a service's length: what Apprise's own markup may add
LONGEST = 12_000  # characters of a chat message: 64 KiB as Matrix counts it, and more than anybody reads
# Services that show a title apart from the text. Everywhere else the headline is the text's first line.
_TITLED = {"mailto", "mailtos", "ntfy", "ntfys", "pover", "gotify", "gotifys", "bark", "barks", "pbul", "json", "jsons"}
_TITLED |= {"marsad", "marsads", "opsgenie", "pagerduty", "xml", "xmls", "form", "forms"}
_MAILS = {"mailto", "mailtos", "sendgrid", "mailgun", "ses", "sparkpost", "resend", "brevo", "postmark"}
_WHOLE = {"marsad", "marsads", "json", "jsons", "xml", "xmls", "form", "forms"}
_COUNTING_ESCAPES = {"ntfy", "ntfys", "workflow"}  # their limit is on the JSON that goes over the wire
_CARDS = {"workflow"}  # Teams: whatever it is sent, it reads as the Markdown of adaptive cards
_LENGTHS = {"workflow": 24_000}  # Teams takes 28 KB with the card about the text; Apprise would stop at 1,000 letters
_MRKDWN = {"slack", "gchat"}
_MARKDOWN_ALWAYS = {"mmost", "mmosts"}  # they render Markdown, though Apprise calls it text
_LITERAL_BREAKS = {"tgram"}  # its HTML knows no <br>
_PICTURED = _MAILS | {"tgram", "discord"}
_ERROR = re.compile(r"error\s*[=:]\s*(\d{3})")


def form_of(name: str, channel: ChannelSettings) -> Form:
    """The format and lengths that suit the service; AlertError where Apprise knows no such service."""
    return _form_of(_open(name, channel), channel)


def hand_over(name: str, channel: ChannelSettings, message: Message, envelope: Envelope) -> Delivery:
    """Try once to hand a message to the service."""
    plugin = _open(name, channel)
    seconds = channel.timeout.total_seconds()
    plugin.socket_connect_timeout = min(seconds, 5.0)
    plugin.socket_read_timeout = seconds
    if isinstance(plugin, NotifyMarsad):
        plugin.document, plugin.key = envelope.document, envelope.key
    elif _schemas(plugin) & {"mailto", "mailtos"}:
        plugin.headers = {**plugin.headers, **thread_headers(envelope.threads)}
        plugin.inline = True  # the page shows its chart by name
    attach = None
    if message.image is not None and plugin.attachment_support and _schemas(plugin) & _PICTURED:
        attach = [AttachMemory(content=message.image, name=IMAGE, mimetype="image/png")]
    body = message.body
    if message.form.format == "chat" and not _schemas(plugin) & _LITERAL_BREAKS:
        body = body.replace("\n", "<br/>\n")
    with _listening() as said:
        try:
            outcome = plugin.notify(
                body=body, title=message.title or None, body_format=_apprise_format(plugin, message.form.format),
                overflow=OverflowMode.UPSTREAM, attach=attach,
            )  # fmt: skip
        except Exception as error:  # a plugin's own fault must not end the sending of all others
            return Delivery(sent=False, error=f"the service's plugin failed ({type(error).__name__})")
    if outcome is True:
        return Delivery(sent=True)
    return _explain(said, getattr(plugin, "retry_after", None))


def _explain(said: list[str], retry_after: float | None) -> Delivery:
    found = [match[1] for line in said for match in [_ERROR.search(line)] if match and match[1][0] != "2"]
    if not found:
        return Delivery(sent=False, error="the service did not answer or took nothing", retry_after=retry_after)
    refused = found[-1] in ("400", "413", "422")
    return Delivery(sent=False, error=f"HTTP {found[-1]}", retry_after=retry_after, refused=refused)


def thread_headers(threads: Sequence[str]) -> dict[str, str]:
    """Headers by which mail programs show all that concerns one incident, or several that proved one, together."""
    if not threads:
        return {}
    roots = [f"<{hashlib.sha256(thread.encode()).hexdigest()[:24]}.incident@marsad>" for thread in threads]
    return {"References": " ".join(roots), "In-Reply-To": roots[0]}


def _apprise_format(plugin: Any, format_name: str) -> NotifyFormat:
    """What Apprise is to take the text for: what it is, or the service's only format, so that nothing is converted."""
    names = {"markdown": "markdown", "mrkdwn": "markdown", "card": "markdown", "chat": "html", "html": "html"}
    wanted = NotifyFormat(names.get(format_name, "text"))
    formats = [NotifyFormat(item) for item in plugin._formats()]
    return wanted if wanted in formats else formats[0]


def _open(name: str, channel: ChannelSettings) -> Any:
    register_webhook()
    asset = apprise.AppriseAsset(app_id="Marsad", app_desc="Marsad", storage_mode="memory", secure_logging=True)
    asset.image_url_mask = asset.image_url_logo = None  # no picture that the reader's program would fetch elsewhere
    assert channel.url is not None
    with _listening():
        plugin = apprise.Apprise.instantiate(channel.url.get_secret_value(), asset=asset, suppress_exceptions=True)
    if not isinstance(plugin, NotifyBase):
        raise AlertError(name, "Apprise knows no such service, or its address lacks a part (the address is not shown)")
    return plugin


def _schemas(plugin: Any) -> set[str]:
    """What addresses of the plugin's service begin with; a service's own https address opens the same plugin."""
    names: set[str] = set()
    for protocol in (plugin.protocol, plugin.secure_protocol):
        names |= {protocol} if isinstance(protocol, str) else set(protocol or ())
    return names


def _form_of(plugin: Any, channel: ChannelSettings) -> Form:
    formats = tuple(NotifyFormat(item) for item in plugin._formats())
    schemas = _schemas(plugin)
    wanted = channel.format or _preferred(formats, schemas)
    if wanted == "html" and not schemas & _MAILS:
        wanted = "chat"
    if NotifyFormat({"chat": "html", "mrkdwn": "markdown"}.get(wanted, wanted)) not in formats:
        wanted = _preferred(formats, schemas)
    if wanted == "markdown" and schemas & _MRKDWN:
        wanted = "mrkdwn"
    if schemas & _CARDS:
        wanted = "card"
    title = plugin.title_maxlen if schemas & _TITLED and plugin.title_maxlen > 0 else 0
    counts_escapes = bool(schemas & _COUNTING_ESCAPES)
    length = int(plugin.body_maxlen * MARGIN)
    if not schemas & (_MAILS | _WHOLE):
        length = min(length, LONGEST)
    if counts_escapes:
        length -= 6 * min(title, LONGEST_TITLE)
    length = next((own for name, own in _LENGTHS.items() if name in schemas), length)
    return Form(format=wanted, body_length=length, title_length=title, counts_escapes=counts_escapes)


def _preferred(formats: tuple[NotifyFormat, ...], schemas: set[str]) -> str:
    """Mails as pages, chats with light markup, everything else (webhooks, pushes) as plain text."""
    if schemas & _MAILS and NotifyFormat.HTML in formats:
        return "html"
    if schemas & _MARKDOWN_ALWAYS:
        return "markdown"
    if schemas & _TITLED and NotifyFormat.TEXT in formats:
        return "text"
    if NotifyFormat.HTML in formats:
        return "chat"
    return "markdown" if NotifyFormat.MARKDOWN in formats else "text"


class _Hush(logging.Filter):
    """Keeps what a library says of addresses away from every log; `said` holds it for the thread that listens."""

    def __init__(self) -> None:
        super().__init__()
        self.here = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        said = getattr(self.here, "said", None)
        if said is not None and record.levelno >= logging.WARNING:
            said.append(record.getMessage())
        return False


_HUSH = _Hush()
for _name in ("apprise", "urllib3.connectionpool"):  # their lines name hosts, paths and tokens
    logging.getLogger(_name).addFilter(_HUSH)


@contextmanager
def _listening() -> Iterator[list[str]]:
    said: list[str] = []
    _HUSH.here.said = said
    try:
        yield said
    finally:
        _HUSH.here.said = None
