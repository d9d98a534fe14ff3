"""The daemon as a process: it ends when told to, is alone, lives without network, survives SIGKILL at any moment."""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from newsroom.server import Newsroom
from newsroom.truth import judge_alerts
from store.outlets import read_states
from store.overview import alerted_incidents
from store.pages import count_waiting
from store.times import from_iso
from tests.daemons import (
    children_of,
    count,
    database_of,
    is_alive,
    kill_group,
    read_log,
    running_daemon,
    wait_until,
    write_settings,
)

_NEVER = datetime.min.replace(tzinfo=UTC)

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as newsroom:
        yield newsroom


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_within_ten_seconds_and_leaves_nothing_running(
    number: signal.Signals, newsroom: Newsroom, tmp_path: Path
) -> None:
    write_settings(tmp_path, newsroom)
    with running_daemon(tmp_path) as child:
        wait_until(lambda: count(tmp_path, "SELECT count(*) FROM articles"), "articles")
        workers = children_of(child.pid)
        assert workers
        began = time.monotonic()
        # Ctrl-C reaches the whole group at once, a service manager's SIGTERM the daemon alone.
        os.killpg(child.pid, number) if number == signal.SIGINT else os.kill(child.pid, number)
        assert child.wait(30) == 0
        assert time.monotonic() - began < 25
        wait_until(lambda: not any(map(is_alive, workers)), "the workers' end", seconds=5)
    log = (tmp_path / "daemon.log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert "ERROR" not in log
    with database_of(tmp_path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_it_ends_in_time_while_an_outlet_hangs(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts by the kernel alone, and never answers
        port = silent.getsockname()[1]
        write_outlet(tmp_path, f"http://127.0.0.1:{port}/rss")
        with running_daemon(tmp_path) as child:
            wait_until(lambda: "start" in read_log(tmp_path), "the start")
            time.sleep(1)
            child.terminate()
            assert child.wait(30) == 0
    assert "Traceback" not in read_log(tmp_path)


def test_a_second_daemon_is_refused_with_one_line(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    with running_daemon(tmp_path) as first:
        wait_until(lambda: "start" in read_log(tmp_path), "the start")
        second_log = tmp_path / "second.log"
        with running_daemon(tmp_path, second_log) as second:
            assert second.wait(60) == 1
        lines = second_log.read_text(encoding="utf-8").splitlines()
        assert len(lines) == 1
        assert "another daemon" in lines[0]
        assert str(first.pid) in lines[0]
        assert first.poll() is None


def test_without_network_it_stays_up_says_so_once_and_backs_off(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    write_outlet(tmp_path, f"http://127.0.0.1:{port}/rss")
    with running_daemon(tmp_path) as child:
        wait_until(lambda: count(tmp_path, "SELECT coalesce(max(failures), 0) >= 3 FROM outlets"), "three failures")
        assert child.poll() is None
        child.terminate()
        assert child.wait(30) == 0
    log = read_log(tmp_path)
    assert log.count("outlet_failed outlet=mine") == 1
    assert log.count("marsad demo") == 1
    with database_of(tmp_path) as db:
        failures, last, following = db.execute(
            "SELECT failures, julianday(last_polled_at) * 86400, julianday(next_poll_at) * 86400 FROM outlets"
        ).fetchone()
    assert failures >= 3
    assert following - last > 1.5  # its own interval is a second


def take_free_descriptors(pid: int) -> None:
    """Let a process open nothing more: its limit is the lowest number free, which is the one it would get next."""
    used = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    lowest = next(number for number in itertools.count() if number not in used)
    _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (lowest, hard))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of another process are Linux's own")
def test_without_free_descriptors_it_says_so_plainly_and_goes_on_once_there_are(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    write_settings(tmp_path, newsroom)
    with running_daemon(tmp_path) as child:
        wait_until(lambda: count(tmp_path, "SELECT count(*) FROM articles"), "articles")
        most = resource.prlimit(child.pid, resource.RLIMIT_NOFILE)

        def says_while_starved(words: str) -> bool:
            take_free_descriptors(child.pid)
            return words in read_log(tmp_path)

        wait_until(partial(says_while_starved, "how many files may be open"), "a plain line")
        wait_until(partial(says_while_starved, "job_failed job=crawl"), "a visit that says so too")
        time.sleep(3)
        resource.prlimit(child.pid, resource.RLIMIT_NOFILE, most)
        before = count(tmp_path, "SELECT count(*) FROM articles")
        newsroom.advance()
        wait_until(lambda: count(tmp_path, "SELECT count(*) FROM articles") > before, "more articles")
        wait_until(lambda: "job_mended job=send" in read_log(tmp_path), "alerts again")
        child.terminate()
        assert child.wait(30) == 0
    assert "Traceback" not in read_log(tmp_path)


def test_killed_workers_do_not_stop_the_daemon(newsroom: Newsroom, tmp_path: Path) -> None:
    write_settings(tmp_path, newsroom)
    with running_daemon(tmp_path) as child:
        wait_until(lambda: count(tmp_path, "SELECT count(*) FROM articles"), "articles")
        known = set(children_of(child.pid))
        for pid in known:
            os.kill(pid, signal.SIGKILL)
        newsroom.advance()
        before = count(tmp_path, "SELECT count(*) FROM articles")
        wait_until(lambda: count(tmp_path, "SELECT count(*) FROM articles") > before, "articles after the kill")
        assert child.poll() is None


def test_sigkill_at_any_moment_loses_nothing_and_doubles_nothing(newsroom: Newsroom, tmp_path: Path) -> None:
    """Two daemons follow the same newsroom, and one is killed again and again. In the end both know the same."""
    calm, hard = tmp_path / "calm", tmp_path / "hard"
    chance = random.Random(7)
    with MessageBox() as calm_box, MessageBox() as hard_box:
        for folder, box in ((calm, calm_box), (hard, hard_box)):
            folder.mkdir()
            write_settings(folder, newsroom, alerts=webhook(box))
        with running_daemon(calm):
            for round_number in range(3):
                if round_number:
                    newsroom.advance()
                for _ in range(2):
                    kill_in_the_middle(hard, chance)
                with running_daemon(hard) as child:
                    since = datetime.now(UTC) + timedelta(seconds=1)
                    for folder in (calm, hard):
                        wait_until(partial(is_quiet, folder, since), f"the end of round {round_number}: {folder.name}")
                    child.terminate()
                    assert child.wait(30) == 0
        told = {folder: Counter(box.new_incidents) for folder, box in ((calm, calm_box), (hard, hard_box))}
    knows = {}
    for folder in (calm, hard):
        with database_of(folder) as db:
            assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            assert count_waiting(db) == 0
            alerted = alerted_incidents(db)
            assert all(row["sent"] == 1 for row in alerted)
            assert {row["id"] for row in alerted} == set(told[folder])
            knows[folder] = (
                {row[0] for row in db.execute("SELECT url FROM articles")},
                db.execute("SELECT count(*) FROM incidents WHERE merged_into IS NULL").fetchone()[0],
                set(judge_alerts(newsroom.truth(), {row["id"]: row for row in alerted}).found),
            )
    assert len(knows[calm][2]) >= 10
    assert knows[calm] == knows[hard]
    assert set(told[calm].values()) == {1}
    # A message that the service took just before a kill may come once more, and no other does.
    assert sum(told[hard].values()) - len(told[hard]) <= 6


def kill_in_the_middle(folder: Path, chance: random.Random) -> None:
    """Let a daemon begin to fetch, and kill it at some moment of the second that follows."""
    with running_daemon(folder) as child:
        before = count(folder, "SELECT count(*) FROM fetches")
        wait_until(lambda: child.poll() or count(folder, "SELECT count(*) FROM fetches") > before, "a fetch")
        assert child.poll() is None, read_log(folder)
        time.sleep(chance.uniform(0, 1))
        kill_group(child)


def is_quiet(folder: Path, since: datetime, *, seconds: float = 3) -> bool:
    """Whether every outlet was polled after `since`, nothing came for some seconds, and nothing waits."""
    now = datetime.now(UTC)
    with database_of(folder) as db:
        polled = [state.last_polled_at or _NEVER for state in read_states(db).values()]
        newest = db.execute("SELECT max(fetched_at) FROM pages").fetchone()[0]
        waiting = db.execute("SELECT count(*) FROM alerts WHERE state IN ('queued', 'sending', 'failed')").fetchone()[0]
        return (
            min(polled, default=_NEVER) > since
            and newest is not None
            and (now - from_iso(newest)).total_seconds() > seconds
            and not waiting
            and not count_waiting(db)
        )


class MessageBox(ThreadingHTTPServer):
    """A real HTTP endpoint that keeps the ids of the new incidents that it was told."""

    daemon_threads = True

    def __init__(self) -> None:
        self.new_incidents: list[str] = []
        super().__init__(("127.0.0.1", 0), MessageHandler)

    def __enter__(self) -> MessageBox:
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()


class MessageHandler(BaseHTTPRequestHandler):
    server: MessageBox

    def do_POST(self) -> None:
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for item in document["items"]:
            if item["kind"] == "new":
                self.server.new_incidents.append(item["incident"]["id"])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def webhook(box: MessageBox) -> str:
    return f'[alerts.channels.box]\nurl = "marsad://127.0.0.1:{box.server_address[1]}/"\n'


def write_outlet(folder: Path, url: str) -> None:
    (folder / "settings.toml").write_text(
        'catalogue = false\n[crawl]\ndelay = "0s"\nevery_min = "1s"\n[schedule]\njitter = "0s"\n'
        f'[outlets.mine]\nname_en = "Mine"\nhome = "{url}"\nkind = "feed"\nurls = ["{url}"]\nevery = "1s"\n'
        "allow_private_hosts = true\n",
        encoding="utf-8",
    )
