"""Runs the real daemon against the embedded newsroom while something goes wrong, and compares what it knows then."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from commands.demo import demo_settings
from newsroom.server import Newsroom
from newsroom.truth import judge_alerts
from store.database import open_database, reading
from store.errors import StoreError
from store.outlets import read_states
from store.overview import alerted_incidents
from store.pages import count_waiting
from store.times import from_iso, to_iso

ROOT = Path(__file__).parents[1]
QUIET_SECONDS = 5.0  # no new page for so long, and every outlet polled since the disturbance: it is over
PATIENCE_SECONDS = 150.0


class Box(ThreadingHTTPServer):
    """A real channel: counts how often each incident is told as new."""

    daemon_threads = True

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        super().__init__(("127.0.0.1", 0), _BoxHandler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.shutdown()
        self.server_close()


class _BoxHandler(BaseHTTPRequestHandler):
    server: Box

    def do_POST(self) -> None:
        document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.told.update(item["incident"]["id"] for item in document["items"] if item["kind"] == "new")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@dataclass(slots=True, kw_only=True)
class Desk:
    """One newsroom, one channel, one folder with settings and database."""

    folder: Path
    database: Path
    newsroom: Newsroom
    box: Box
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)  # of the daemons, beside this process's own

    def start(self) -> subprocess.Popen[bytes]:
        """Start a daemon as the leader of its own group."""
        with (self.folder / "daemon.log").open("ab") as log:
            line = [sys.executable, "-m", "cli", "run", "--log", "human", "--database", str(self.database)]
            environ = {**os.environ, "PYTHONPATH": str(ROOT), **self.environ}
            child = subprocess.Popen(
                line, cwd=self.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environ,
                start_new_session=True,
            )  # fmt: skip
        self.children.append(child)
        return child

    def log(self) -> str:
        """What the daemons have said."""
        path = self.folder / "daemon.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def count(self, table: str) -> int:
        """How many rows a table has; 0 as long as there is no database, or none that can be opened."""
        if not self.database.exists():
            return 0
        try:
            with reading(self.database) as db:
                return int(db[table].count)
        except StoreError:
            return 0

    def is_quiet(self, since: datetime) -> bool:
        """Whether every outlet was polled since then, nothing came for a while, and nothing waits."""
        db = open_database(self.database)
        try:
            polled = [state.last_polled_at for state in read_states(db).values()]
            until = to_iso(datetime.now(UTC))  # what was fetched under a clock that was ahead tells nothing
            newest = db.execute("SELECT max(fetched_at) FROM pages WHERE fetched_at <= ?", (until,)).fetchone()[0]
            unsent = "SELECT count(*) FROM alerts WHERE state IN ('queued', 'sending', 'failed')"
            waiting = db.execute(unsent).fetchone()
            settled = newest and datetime.now(UTC) - from_iso(newest) > timedelta(seconds=QUIET_SECONDS)
            fresh = bool(polled) and all(at is not None and at > since for at in polled)
            return bool(settled and fresh and not waiting[0] and not count_waiting(db))
        finally:
            db.close()

    def finish(self) -> None:
        """Let a daemon work until nothing more comes, and end it; TimeoutError where that takes too long."""
        child = next((one for one in self.children if one.poll() is None), None) or self.start()
        since = datetime.now(UTC) + timedelta(seconds=1)
        wait_for(lambda: self.database.exists() and self.is_quiet(since), "quiet")
        child.terminate()
        child.wait(20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What a database holds in the end, in words that do not depend on ports and times."""

    articles: frozenset[str]
    found: frozenset[str]  # the newsroom's incidents that were told
    told_twice: int  # messages beyond the first on one incident
    untold: int  # incidents whose alert is marked as sent, and that the channel never got
    integrity: str
    due: frozenset[str]  # pages that are to be fetched, for the first time or again

    def lost(self, reference: Knowledge) -> int:
        """How many articles of the reference are missing for good, and incidents where no article is late."""
        missing = reference.articles - self.articles
        untold = 0 if missing & self.due else len(reference.found - self.found)
        return len(missing - self.due) + untold

    def late(self, reference: Knowledge) -> int:
        """How many articles of the reference are not there yet, but due."""
        return len((reference.articles - self.articles) & self.due)


def read_knowledge(desk: Desk) -> Knowledge:
    """Read what the daemon of a desk knows and told."""
    db = open_database(desk.database)
    try:
        alerted = alerted_incidents(db)
        hosts = {urlsplit(outlet.home).netloc: outlet.id for outlet in desk.newsroom.outlets()}

        def name(row: tuple[str, ...]) -> str:
            url = urlsplit(row[0])
            return f"{hosts.get(url.netloc, '')}{url.path}?{url.query}"

        broken = db.execute("PRAGMA foreign_key_check").fetchall()
        integrity = str(db.execute("PRAGMA integrity_check").fetchone()[0])
        return Knowledge(
            articles=frozenset(map(name, db.execute("SELECT url FROM articles").fetchall())),
            found=frozenset(judge_alerts(desk.newsroom.truth(), {row["id"]: row for row in alerted}).found),
            told_twice=sum(desk.box.told.values()) - len(desk.box.told),
            untold=len({row["id"] for row in alerted} - set(desk.box.told)),
            integrity="broken references" if broken else integrity,
            due=frozenset(map(name, db.execute("SELECT url FROM listed WHERE due_at IS NOT NULL").fetchall())),
        )
    finally:
        db.close()


@contextmanager
def open_desk(
    folder: Path, database: Path | None = None, extra: str = "", environ: dict[str, str] | None = None
) -> Iterator[Desk]:
    """A newsroom, a channel and settings in a folder; every daemon that is left is killed in the end."""
    folder.mkdir(parents=True, exist_ok=True)
    box = Box()
    with Newsroom() as newsroom:
        channel = f'[alerts.channels.box]\nurl = "marsad://127.0.0.1:{box.server_address[1]}/"\n'
        text = f"{demo_settings(newsroom.outlets(every_seconds=1), None)}\n{channel}{extra}"
        (folder / "settings.toml").write_text(text, encoding="utf-8")
        desk = Desk(folder=folder, database=database or folder / "marsad.db", newsroom=newsroom, box=box)
        desk.environ.update(environ or {})
        try:
            yield desk
        finally:
            for child in desk.children:
                kill(child)
            box.close()


def kill(child: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a daemon and all its workers."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def wait_for(condition: Callable[[], object], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until the condition holds; TimeoutError with `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.1)
