"""The operator's commands as they are used: doctor, status, backup, restore, reload; each fault with what to do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from newsroom.server import Newsroom
from store.database import find_daemon, open_database, transaction
from store.outlets import Fetch, log_fetch
from tests.daemons import count, read_log, running_daemon, wait_until, write_settings
from tests.marsad import marsad_environ, run_marsad

FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title></channel></rss>'


class SlowClock(BaseHTTPRequestHandler):
    """An outlet by whose clock ours is an hour ahead."""

    def do_GET(self) -> None:
        self.send_response_only(404 if self.path == "/robots.txt" else 200)
        self.send_header("Date", format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True))
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(FEED)))
        self.end_headers()
        self.wfile.write(FEED)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowClock)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def write_outlets(folder: Path, *addresses: str) -> None:
    lines = ['catalogue = false\n[crawl]\ndelay = "0s"\ntimeout = "2s"\n']
    for number, address in enumerate(addresses):
        lines.append(f'[outlets.o{number}]\nname_en = "O"\nhome = "{address}"\nkind = "feed"\nurls = ["{address}"]\n')
        lines.append("allow_private_hosts = true\n")
    (folder / "settings.toml").write_text("".join(lines), encoding="utf-8")


def examine(folder: Path, *words: str, code: int) -> dict[str, list[dict[str, Any]]]:
    """Each check's findings."""
    done = run_marsad("doctor", "--json", *words, cwd=folder)
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout, done.stderr.decode()
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in json.loads(done.stdout):
        assert (finding["advice"] is None) == (finding["state"] == "ok")
        found.setdefault(finding["check"], []).append(finding)
    return found


def test_doctor_asks_outlets_names_and_clocks(port: int, tmp_path: Path) -> None:
    good = [f"http://127.0.0.1:{port}/feed{number}" for number in range(3)]
    write_outlets(tmp_path, *good, "http://127.0.0.1:9/closed", "http://no-such-name.invalid/feed")
    found = examine(tmp_path, code=1)
    assert found["dns"][0]["state"] == "warning"
    assert "no-such-name.invalid" in found["dns"][0]["detail"]
    assert found["outlets"][0]["detail"] == "3 of 5 answer"
    assert {line["detail"].split(":")[0] for line in found["outlets"][1:]} == {"dns_failed", "unreachable"}
    assert [line["state"] for line in found["clock"]] == ["ok", "fault"]
    assert "ahead of" in found["clock"][1]["detail"]
    assert not (tmp_path / "marsad.db").exists()


def test_doctor_finds_what_is_wrong_here(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[crawl]\ndelay = "soon"\n', encoding="utf-8")
    found = examine(tmp_path, "--offline", code=1)
    assert "crawl.delay" in found["settings"][0]["detail"]

    write_outlets(tmp_path, "http://127.0.0.1:9/closed")
    path = tmp_path / "marsad.db"
    db = open_database(path)
    later = datetime.now(UTC) + timedelta(days=3)
    with transaction(db):
        for number in range(2_000):
            url = f"https://outlet.example/{number}"
            log_fetch(db, Fetch(outlet_id="o0", url=url, kind="page", outcome="ok", fetched_at=later))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    db.close()
    found = examine(tmp_path, "--offline", code=0)
    assert found["database"][0]["state"] == "ok"
    assert found["clock"][0]["state"] == "warning"  # something was fetched in the future
    assert found["backups"][0]["state"] == "warning"

    whole = path.read_bytes()
    path.write_bytes(whole[:20_480] + b"\xff" * 40_960 + whole[61_440:])
    found = examine(tmp_path, "--offline", code=1)
    assert found["database"][0]["state"] == "fault"
    assert "marsad restore" in found["database"][0]["advice"]
    for words, said in (("status", b"marsad restore"), ("outlets", b"marsad restore"), ("backup", b"is damaged")):
        done = run_marsad(words, cwd=tmp_path)
        assert done.returncode == 1
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_doctor_takes_no_trouble_with_files_for_damage(tmp_path: Path) -> None:
    write_outlets(tmp_path, "http://127.0.0.1:9/closed")
    open_database(tmp_path / "marsad.db").close()
    (tmp_path / "marsad.db-wal").mkdir()  # SQLite cannot open it, as on a disk that is mounted read-only
    (finding,) = examine(tmp_path, "--offline", code=1)["database"]
    assert "the database's files cannot be opened" in finding["detail"]
    assert "damaged" not in finding["detail"]
    assert "restore" not in finding["advice"]


def test_a_full_disk_is_called_that_by_commands_that_only_read(tmp_path: Path) -> None:
    """To read, SQLite makes a file beside the database; where that has no room, it speaks of an I/O error."""
    write_outlets(tmp_path, "http://127.0.0.1:9/closed")
    open_database(tmp_path / "marsad.db").close()
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 0; {sys.executable} -m cli status | cat"], cwd=tmp_path, capture_output=True,
        env=marsad_environ(), check=False,
    )  # fmt: skip
    (line,) = done.stderr.decode().splitlines()
    assert "the disk is full: free some space" in line


def test_status_backup_and_restore(tmp_path: Path) -> None:
    write_outlets(tmp_path, "http://127.0.0.1:9/closed")
    assert run_marsad("crawl", cwd=tmp_path).returncode == 1
    status = json.loads(run_marsad("status", "--json", cwd=tmp_path).stdout)
    assert status["daemon"] is None
    assert status["outlets"]["failing"] == {"o0": {"failures": 1, "problem": "unreachable"}}
    screen = run_marsad("status", cwd=tmp_path).stdout.decode()
    assert "o0 (1, unreachable)" in screen
    assert len(screen.splitlines()) < 24

    refused = run_marsad("restore", cwd=tmp_path)
    assert refused.returncode == 1
    assert b"holds no backup" in refused.stderr
    made = json.loads(run_marsad("backup", "--json", cwd=tmp_path).stdout)
    assert Path(tmp_path / made["file"]).is_file()
    with open_database(tmp_path / "marsad.db").conn as connection:
        connection.execute("DELETE FROM fetches")
    connection.close()
    assert count(tmp_path, "SELECT count(*) FROM fetches") == 0
    done = run_marsad("restore", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert count(tmp_path, "SELECT count(*) FROM fetches") > 0


def test_reload_reaches_the_daemon_and_refuses_faults(tmp_path: Path) -> None:
    with Newsroom() as newsroom:
        path = write_settings(tmp_path, newsroom)
        text = path.read_text(encoding="utf-8")
        assert run_marsad("reload", cwd=tmp_path).returncode == 1
        with running_daemon(tmp_path) as child:
            wait_until(lambda: count(tmp_path, "SELECT count(*) FROM articles"), "articles")
            assert json.loads(run_marsad("status", "--json", cwd=tmp_path).stdout)["daemon"] == child.pid
            held = run_marsad("restore", "none.db", cwd=tmp_path)
            assert b"another daemon" in held.stderr
            path.write_text(text.replace('"delay" = "0s"', '"delay" = "soon"'), encoding="utf-8")
            faulty = run_marsad("reload", cwd=tmp_path)
            assert faulty.returncode == 2
            assert b"crawl.delay" in faulty.stderr
            path.write_text("", encoding="utf-8")  # as an editor leaves it for a moment
            os.kill(child.pid, signal.SIGHUP)
            wait_until(lambda: "is empty" in read_log(tmp_path), "the refusal of an empty file")
            assert b"is empty" in run_marsad("reload", cwd=tmp_path).stderr
            path.unlink()
            os.kill(child.pid, signal.SIGHUP)
            wait_until(lambda: "no such file" in read_log(tmp_path), "the refusal of no file")
            gone = run_marsad("reload", cwd=tmp_path)
            assert (gone.returncode, b"no such file" in gone.stderr) == (2, True)
            assert "INFO    reload " not in read_log(tmp_path)  # the channels and outlets it had are still its own

            path.write_text(text, encoding="utf-8")
            assert run_marsad("reload", cwd=tmp_path).returncode == 0
            wait_until(lambda: "INFO    reload " in read_log(tmp_path), "the reload")
            assert child.poll() is None


def test_a_reload_asked_for_while_the_daemon_starts_is_done_once_it_can(tmp_path: Path) -> None:
    with Newsroom() as newsroom:
        write_settings(tmp_path, newsroom)
        database = tmp_path / "marsad.db"
        with running_daemon(tmp_path) as child:
            deadline = time.monotonic() + 40
            while find_daemon(database) is None:
                assert time.monotonic() < deadline
                time.sleep(0.002)
            os.kill(child.pid, signal.SIGHUP)
            wait_until(lambda: "INFO    reload " in read_log(tmp_path), "the reload")
            assert child.poll() is None


def test_a_restore_from_a_cut_backup_names_the_one_to_take(tmp_path: Path) -> None:
    write_outlets(tmp_path, "http://127.0.0.1:9/closed")
    path = tmp_path / "marsad.db"
    open_database(path).close()
    made = json.loads(run_marsad("backup", "--json", cwd=tmp_path).stdout)["file"]
    whole = (tmp_path / made).read_bytes()
    for length in (0, 50, 20_000, len(whole) - 100):
        (tmp_path / "backups" / "marsad-20991231T000000Z.db").write_bytes(whole[:length])
        before = path.read_bytes()
        refused = run_marsad("restore", cwd=tmp_path)
        assert refused.returncode == 1
        (line,) = refused.stderr.decode().splitlines()
        assert f"`marsad restore {made}`" in line
        assert path.read_bytes() == before
    (tmp_path / made).unlink()
    assert b"no other backup" in run_marsad("restore", cwd=tmp_path).stderr


def test_doctor_tells_a_database_that_is_gone_from_one_that_is_not_yet_there(tmp_path: Path) -> None:
    write_outlets(tmp_path, "http://127.0.0.1:9/closed")
    (finding,) = examine(tmp_path, "--offline", code=0)["database"]
    assert "there is none yet" in finding["detail"]
    path = tmp_path / "marsad.db"
    open_database(path).close()
    assert run_marsad("backup", cwd=tmp_path).returncode == 0
    path.unlink()
    (finding,) = examine(tmp_path, "--offline", code=1)["database"]
    assert "is gone" in finding["detail"]
    assert "marsad restore" in finding["advice"]
    path.touch()
    (finding,) = examine(tmp_path, "--offline", code=1)["database"]
    assert "is an empty file" in finding["detail"]
    assert run_marsad("restore", cwd=tmp_path).returncode == 0
    examine(tmp_path, "--offline", code=0)
