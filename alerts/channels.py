"""Turns a message into lines in the terminal, or into a request to the channel's service; only True is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from alerts.wording import Form, Message
from store.alert_settings import ChannelSettings

TERMINAL = "terminal://"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What came of one try: `error` holds no address; `retry_after` is what the service asked for, in seconds."""

    sent: bool
    error: str | None = None
    retry_after: float | None = None
    refused: bool = False  # the service answered that this very message is wrong (400, 413, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What goes beside the words: the key that repeats share, the threads it belongs to, the document of a webhook."""

    key: str
    threads: tuple[str, ...] = ()  # the incident, and those that were merged into it
    document: Mapping[str, Any] | None = None


Notify = Callable[[str, ChannelSettings, Message, Envelope], Delivery]


def find_form(name: str, channel: ChannelSettings) -> Form:
    """The format and lengths that suit the channel's service.

    Raises AlertError where Apprise knows no such service.
    """
    if is_terminal(channel):
        return Form(format="text")
    from alerts.services import form_of

    return form_of(name, channel)


def is_terminal(channel: ChannelSettings) -> bool:
    return channel.url is None or channel.url.get_secret_value().startswith(TERMINAL)


def deliver(name: str, channel: ChannelSettings, message: Message, envelope: Envelope) -> Delivery:
    """Try once to hand a message to the channel's service."""
    if is_terminal(channel):
        return print_message(message)
    from alerts.services import hand_over

    return hand_over(name, channel, message, envelope)


def print_message(message: Message, console: Console | None = None) -> Delivery:
    """Print a message; terminals that know bidirectional text order it by the marks that it carries.

    Lines are neither boxed nor wrapped by us, for a frame around Arabic breaks wherever a terminal orders it itself.
    """
    console = console or Console(soft_wrap=True, highlight=False)
    try:
        console.rule(style="red" if message.stories and message.stories[0].kind == "new" else "yellow")
        for number, line in enumerate(message.body.split("\n")):
            console.print(Text(line, style="bold" if number == 0 else ""), soft_wrap=True)
    except (OSError, ValueError) as error:  # the terminal is gone
        return Delivery(sent=False, error=f"the terminal cannot be written to ({type(error).__name__})")
    return Delivery(sent=True)
