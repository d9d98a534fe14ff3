"""The log as people and machines read it: human on a terminal, JSON elsewhere, a secret in neither."""

from __future__ import annotations

import json
import logging
import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from alerts.rehearsal import send_sample
from commands.logs import JsonLines, Lines, hide_secrets, set_up_logs
from newsroom.server import Newsroom
from store.alert_settings import AlertSettings
from store.events import event_line
from store.secrets import find_secrets
from tests.alert_server import Answer, run_endpoint
from tests.daemons import read_log, wait_until, write_settings
from tests.marsad import start_marsad

TOKEN = "AAH9x7kQ2vWb41LmNop"


@contextmanager
def fresh_logging() -> Iterator[logging.Logger]:
    """The root logger without pytest's handlers, as a fresh process has it."""
    logger = logging.getLogger()
    handlers, level = list(logger.handlers), logger.level
    logger.handlers.clear()
    try:
        yield logger
    finally:
        logger.handlers[:] = handlers
        logger.setLevel(level)


def tell_three_things() -> None:
    set_up_logs(verbose=False, style="auto")
    logging.getLogger("marsad").info(event_line("crawl", outlet="a", pages=3, seconds=1.23456, gone=None))
    logging.getLogger("other").warning("two\nlines of %s", "\x1b[31mred")
    try:
        raise ValueError("a\nfault")
    except ValueError:
        logging.getLogger("marsad").exception(event_line("job_failed", job="crawl"))


def test_off_a_terminal_every_line_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    with fresh_logging():
        tell_three_things()
    crawl, other, failed = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert crawl.pop("at").endswith("Z")
    assert crawl == {"level": "info", "event": "crawl", "outlet": "a", "pages": 3, "seconds": 1.235}
    assert (other["event"], other["message"]) == ("log", "two\nlines of \x1b[31mred")
    assert failed["job"] == "crawl"
    assert "ValueError" in failed["traceback"]


@pytest.mark.parametrize("style", ["human", "json"])
def test_nothing_from_outside_moves_the_terminal_or_feigns_a_line(
    style: str, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "x\x1b[2J\u202egnp\x9b31m\r2026-11-20 INFO    start"
    with fresh_logging():
        set_up_logs(verbose=False, style=style)
        logging.getLogger("marsad").info(event_line("crawl", title=hostile))
        logging.getLogger("library").warning("said %s\nERROR   job_failed", hostile)
        try:
            raise ValueError(hostile)
        except ValueError:
            logging.getLogger("marsad").exception(event_line("job_failed", job=hostile))
    told = capsys.readouterr().err
    assert all(char.isprintable() or char == "\n" for char in told)
    lines = told.split("\n")
    assert not [line for line in lines if line.startswith(("ERROR", "2026-11-20 INFO"))]
    if style == "json":
        assert told.isascii()  # some terminals order even printable letters anew
        assert len(lines) == 4


def test_what_a_service_answered_is_known_where_the_log_is_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    """As in the daemon: a library that is silenced by its level would tell nobody, not even whoever sends."""
    with fresh_logging(), run_endpoint() as endpoint:
        set_up_logs(verbose=True, style="json")
        endpoint.route = lambda request: Answer(400)
        tried = AlertSettings.model_validate({"channels": {"desk": {"url": f"json://127.0.0.1:{endpoint.port}/"}}})
        delivery = send_sample(tried, now=datetime(2026, 11, 20, 12, tzinfo=UTC))["desk"]
    assert (delivery.error, delivery.refused) == ("HTTP 400", True)
    assert str(endpoint.port) not in capsys.readouterr().err


class Channel(BaseModel):
    url: SecretStr


class Many(BaseModel):
    channels: dict[str, Channel]
    proxies: tuple[SecretStr, ...] = ()


@pytest.mark.parametrize("style", ["human", "json"])
def test_secrets_are_hidden_however_they_got_there(style: str, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Many(
        channels={
            "desk": Channel(url=SecretStr(f"tgram://{TOKEN}/12345")), "open": Channel(url=SecretStr("terminal://"))
        },
        proxies=(SecretStr("http://user:a-long-password@proxy.example"),),
    )  # fmt: skip
    assert "terminal://" not in find_secrets(settings)
    with fresh_logging():
        set_up_logs(verbose=False, style=style)
        hide_secrets(find_secrets(settings))
        log = logging.getLogger("marsad")
        log.info(event_line("send", url=f"tgram://{TOKEN}/12345", to="terminal://"))
        try:
            raise ValueError(f"https://api.example/bot{TOKEN}/sendMessage refused: a-long-password")
        except ValueError:
            log.exception("failed %s", TOKEN)
    told = capsys.readouterr().err
    assert TOKEN not in told
    assert "a-long-password" not in told
    assert "terminal://" in told
    assert told.count("***") >= 3


def test_on_a_terminal_it_is_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal, os.fdopen(ours, "rb"), fresh_logging() as root:
        monkeypatch.setattr("sys.stderr", terminal)
        set_up_logs(verbose=False, style="auto")
        formatter = root.handlers[0].formatter
        assert isinstance(formatter, Lines)
        assert not isinstance(formatter, JsonLines)


def test_the_daemon_writes_json_where_nobody_watches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK", f"tgram://{TOKEN}/12345")
    with Newsroom() as newsroom:
        write_settings(tmp_path, newsroom, alerts='[alerts.channels.desk]\nurl = "${DESK}"\nenabled = false\n')
        child = start_marsad("run", "-v", "--log", "auto", cwd=tmp_path, log=tmp_path / "daemon.log")
        try:
            wait_until(lambda: '"event": "extract"' in read_log(tmp_path), "pages taken in")
        finally:
            child.terminate()
            child.wait(60)
    lines = [json.loads(line) for line in read_log(tmp_path).splitlines()]
    assert {"start", "crawl", "extract", "stop"} <= {line["event"] for line in lines}
    assert TOKEN not in read_log(tmp_path)
