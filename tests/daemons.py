"""Runs the real daemon in a process of its own against the embedded newsroom, and waits for what it does."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from commands.demo import demo_settings
from newsroom.server import Newsroom
from store.database import Database, open_database
from tests.marsad import start_marsad


def write_settings(folder: Path, newsroom: Newsroom, *, alerts: str = "") -> Path:
    """Settings for a daemon on the newsroom's outlets, at a demo's pace."""
    path = folder / "settings.toml"
    path.write_text(f"{demo_settings(newsroom.outlets(every_seconds=1), None)}\n{alerts}", encoding="utf-8")
    return path


@contextmanager
def running_daemon(folder: Path, log: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon on the folder's settings.toml; killed with all its children on leaving, where it is still there."""
    child = start_marsad("run", cwd=folder, log=log or folder / "daemon.log")
    try:
        yield child
    finally:
        kill_group(child)


def kill_group(child: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def wait_until(condition: Callable[[], object], what: str, *, seconds: float = 120) -> None:
    """Wait until the condition holds, however busy the machine; fail with `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for {what}"
        time.sleep(0.05)


@contextmanager
def database_of(folder: Path) -> Iterator[Database]:
    """The daemon's database, opened beside it."""
    db = open_database(folder / "marsad.db")
    try:
        yield db
    finally:
        db.close()


def count(folder: Path, query: str) -> int:
    """The first number of a query's answer; 0 as long as there is no database."""
    if not (folder / "marsad.db").exists():
        return 0
    with database_of(folder) as db:
        return int(db.execute(query).fetchone()[0])


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text().split()]


def read_log(folder: Path) -> str:
    """What the daemon has said so far."""
    path = folder / "daemon.log"
    return path.read_text(encoding="utf-8") if path.exists() else ""
