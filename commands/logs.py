"""Turns log records into lines on standard error: for people on a terminal, one JSON object a line everywhere else."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from datetime import UTC, datetime

from store.events import Event

# What these libraries say at INFO, and when they skip a job, is no news to an operator. Apprise is not among them: what
# it says is kept from every log by alerts/channels.py, which learns from it how a service answered.
QUIET = {"scrapy": logging.ERROR, "twisted": logging.ERROR, "apscheduler": logging.ERROR, "asyncio": logging.ERROR,
         "trafilatura": logging.CRITICAL, "htmldate": logging.CRITICAL,
         "aiohttp": logging.ERROR, "urllib3": logging.ERROR}  # fmt: skip
STYLES = ("auto", "human", "json")
HIDDEN = "***"


class Lines(logging.Formatter):
    """Lines for people; a secret that found its way into one is hidden."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%dT%H:%M:%S%z")
        self.secrets: tuple[str, ...] = ()

    def format(self, record: logging.LogRecord) -> str:
        """The record's line, and a traceback's below it; nothing in them moves the terminal or turns its text round."""
        text = self.hide(super().format(record))
        return text if text.isprintable() else "".join(map(_show, text))

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line alone: what a library says in several is one."""
        return super().formatMessage(record).replace("\n", "\\n")

    def hide(self, text: str) -> str:
        """The text without any of the secrets."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text


def _show(char: str) -> str:
    return char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode("ascii")


class JsonLines(Lines):
    """One object a record: `at`, `level`, `event` and its facts; what libraries say is an event called `log`."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's object; a traceback is one of its texts."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        row: dict[str, object] = {"at": at, "level": record.levelname.lower()}
        if isinstance(record.msg, Event):
            row |= {"event": record.msg.name, **{key: self.tell(value) for key, value in record.msg.facts.items()}}
        else:
            row |= {"event": "log", "logger": record.name, "message": self.hide(record.getMessage())}
        if record.exc_info:
            row["traceback"] = self.hide(self.formatException(record.exc_info))
        return json.dumps(row)  # ASCII: no bytes of the outside reach the terminal of whoever reads it

    def tell(self, value: object) -> object:
        """A fact as JSON has it: numbers and truth values as they are, all else as text."""
        if isinstance(value, float):
            return round(value, 3)
        return value if isinstance(value, (bool, int)) else self.hide(str(value))


def set_up_logs(*, verbose: bool, style: str = "human") -> None:
    """Send Marsad's events to standard error in a style of STYLES, and keep its libraries quiet."""
    wants_json = style == "json" or (style == "auto" and not sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if wants_json else Lines())
    logging.basicConfig(level=logging.DEBUG if verbose else logging.INFO, handlers=[handler])
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def hide_secrets(secrets: Iterable[str]) -> None:
    """Hide these in every line from now on."""
    found = tuple(sorted(set(secrets), key=len, reverse=True))
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, Lines):
            handler.formatter.secrets = found
