"""The daemon as a service: its manager hears from it, health and figures are answered, settings are taken anew."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from newsroom.server import Newsroom
from operations.notify import notify, watchdog_seconds
from operations.pulse import STALLED_SECONDS, ClockWatch, Pulse
from store.database import open_database, transaction
from store.gauges import pull_back_due
from store.outlets import mark_polled, read_state, save_outlets
from tests.daemons import count, read_log, running_daemon, wait_until, write_settings
from tests.fakes import make_outlet

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def ask(port: int, path: str, host: str | None = None) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{port}"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A service manager's socket, named to the processes that the test starts."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "1500000")
        yield listener


def drain(manager: socket.socket) -> list[bytes]:
    """All that a daemon has told and the manager has not read."""
    messages = []
    manager.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            messages.append(manager.recv(100))
    return messages


def test_a_daemon_as_a_service(tmp_path: Path, manager: socket.socket) -> None:
    with Newsroom() as newsroom:
        path = write_settings(tmp_path, newsroom)
        text = path.read_text(encoding="utf-8")
        off = text.replace('"monitor" = {"enabled" = false}', '"monitor" = {"port" = 0}')
        assert off != text
        path.write_text(off, encoding="utf-8")
        with running_daemon(tmp_path) as child:
            assert manager.recv(100) == b"READY=1"
            assert manager.recv(100) == b"WATCHDOG=1"
            wait_until(lambda: count(tmp_path, "SELECT count(*) FROM alerts WHERE state = 'sent'"), "alerts")
            found = re.search(r"monitor address=http://127.0.0.1:(\d+)", read_log(tmp_path))
            assert found is not None
            port = int(found[1])
            status, body = ask(port, "/healthz")
            assert (status, json.loads(body)["problems"]) == (200, [])
            assert ask(port, "/metrics", host="evil.example")[0] == 403
            figures = ask(port, "/metrics")[1]
            values = dict(re.findall(r"^([a-z_]+(?:\{[^}]*\})?) ([\d.e+]+)$", figures, re.M))
            assert float(values["marsad_incidents"]) >= 1
            assert float(values['marsad_alerts{state="sent"}']) >= 1
            assert float(values['marsad_job_runs_total{job="drain",outcome="done"}']) >= 1
            assert float(values["marsad_seen_to_alert_seconds_count"]) >= 1
            assert float(values["marsad_seen_to_alert_seconds_sum"]) < 3_600
            assert float(values["process_open_fds"]) > 3

            path.write_text(off.replace('"delay" = "0s"', '"delay" = "soon"'), encoding="utf-8")
            os.kill(child.pid, signal.SIGHUP)
            wait_until(lambda: "reload_refused" in read_log(tmp_path), "the refusal")
            assert "crawl.delay" in read_log(tmp_path)
            articles = count(tmp_path, "SELECT count(*) FROM articles")
            newsroom.advance()
            wait_until(lambda: count(tmp_path, "SELECT count(*) FROM articles") > articles, "articles after a refusal")

            first = newsroom.outlets()[0].id
            fewer = off.replace(f'"{first}" = {{', f'"{first}" = {{"enabled" = false, ', 1)
            path.write_text(fewer, encoding="utf-8")
            os.kill(child.pid, signal.SIGHUP)
            wait_until(lambda: re.search(r"INFO +reload outlets=\d+", read_log(tmp_path)), "the reload")
            assert f"reload outlets={len(newsroom.outlets()) - 1} " in read_log(tmp_path)
            articles = count(tmp_path, "SELECT count(*) FROM articles")
            newsroom.advance()
            wait_until(lambda: count(tmp_path, "SELECT count(*) FROM articles") > articles, "articles after a reload")
            assert 'marsad_reloads_total{outcome="refused"} 1.0' in ask(port, "/metrics")[1]
            drain(manager)  # what it has said since
            child.terminate()
            assert child.wait(30) == 0
    assert b"STOPPING=1" in drain(manager)
    assert "Traceback" not in read_log(tmp_path)


def test_a_manager_that_reads_nothing_holds_up_nobody(manager: socket.socket) -> None:
    assert notify("READY=1")
    while notify("WATCHDOG=1"):
        pass  # until the system keeps no more of them
    assert drain(manager)[0] == b"READY=1"
    assert notify("WATCHDOG=1")


def test_a_port_that_is_taken_costs_nothing_else(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, Newsroom() as newsroom:
        path = write_settings(tmp_path, newsroom)
        text = path.read_text(encoding="utf-8")
        port = taken.getsockname()[1]
        path.write_text(text.replace('"monitor" = {"enabled" = false}', f'"monitor" = {{"port" = {port}}}'), "utf-8")
        with running_daemon(tmp_path) as child:
            wait_until(lambda: count(tmp_path, "SELECT count(*) FROM articles"), "articles")
            assert f"monitor_failed port={port}" in read_log(tmp_path)
            assert child.poll() is None


def test_without_a_service_manager_nothing_is_sent() -> None:
    assert not notify("READY=1", {})
    assert not notify("READY=1", {"NOTIFY_SOCKET": "/nowhere/at/all"})
    assert watchdog_seconds({}) is None
    assert watchdog_seconds({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}) == 30
    assert watchdog_seconds({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}) is None


def test_a_job_that_hangs_is_noticed_and_one_that_fails_is_told() -> None:
    tick = 0.0
    pulse = Pulse(monotonic=lambda: tick)
    pulse.note_run("drain", None)
    pulse.note_run("send", "the disk is full")
    tick = STALLED_SECONDS - 1
    assert pulse.stalled() == {}
    assert pulse.faults == {"send": "the disk is full"}
    pulse.note_run("send", None)
    tick += 2
    assert set(pulse.stalled()) == {"drain"}
    assert pulse.faults == {}


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=1), timedelta(days=-3650)])
def test_jumps_of_the_clock_are_noticed_and_its_slips_are_not(jump: timedelta) -> None:
    now, tick = NOW, 0.0
    watch = ClockWatch(lambda: now, monotonic=lambda: tick)
    for _ in range(3):
        now, tick = now + timedelta(seconds=6), tick + 5
        assert watch.jumped() is None
    now, tick = now + jump, tick + 5
    slip = watch.jumped()
    assert slip == pytest.approx(jump.total_seconds(), abs=6)
    assert watch.jumped() is None


def test_times_from_a_clock_that_was_wrong_are_pulled_back(tmp_path: Path) -> None:
    """The machine came up in 2036, polled, queued an alert, and then learned the time."""
    db = open_database(tmp_path / "marsad.db")
    future = NOW + timedelta(days=3650)
    save_outlets(db, [make_outlet("one"), make_outlet("two")])
    with transaction(db):
        mark_polled(db, "one", now=future, problem=None, next_poll_at=future)
        mark_polled(db, "two", now=NOW, problem="timeout", next_poll_at=NOW + timedelta(hours=20))
        for key, due in (("wrong", "2036-11-20T12:00:00Z"), ("digest", "2026-11-25T07:00:00Z")):
            db.execute(
                "INSERT INTO alerts (key, kind, channel, payload, queued_at, due_at, state)"
                " VALUES (?, 'new', 'c', '{}', '', ?, 'held')",
                (key, due),
            )
        assert pull_back_due(db, NOW, longest_rest=timedelta(days=1)) == 2
    assert read_state(db, "one").next_poll_at == NOW
    assert read_state(db, "two").next_poll_at == NOW + timedelta(hours=20)
    dues = dict(db.execute("SELECT key, due_at FROM alerts").fetchall())
    assert dues["wrong"] <= "2026-11-20T12:00:00Z" < dues["digest"]
    db.close()
