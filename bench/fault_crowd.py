"""Two reviewers, a row of backups and attempts at a second daemon beside the first: counts what each of them wrote."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from datetime import UTC, datetime

from bench.fault_desk import Desk
from intake.judgements import judge
from store.backups import back_up, verify_database
from store.database import open_database
from store.errors import StoreError
from store.judgements import Judgement

REVIEWERS = ("layla", "omar")
PAUSE_SECONDS = 0.05


class Crowd:
    """What works on a desk's database beside its daemon, from `start` to `end`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._over = threading.Event()
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._done = {name: Counter[str]() for name in REVIEWERS}  # each thread counts for itself
        self._threads = [threading.Thread(target=self._guard, args=(self._review, name)) for name in REVIEWERS]
        self._threads.append(threading.Thread(target=self._guard, args=(self._back_up, "")))

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def end(self) -> dict[str, int]:
        """End, and count what is there of what was written."""
        self._over.set()
        for thread in self._threads:
            thread.join(60)
        for done in self._done.values():
            self.counts.update(done)
        db = open_database(self._desk.database)
        kept = db.execute("SELECT count(*) FROM reviews WHERE action = 'note'").fetchone()[0]
        db.close()
        hung = sum(thread.is_alive() for thread in self._threads)
        return {
            **self.counts,
            "lost_notes": self.counts["notes"] - kept,
            "crowd_faults": len(self.faults),
            "hung": hung,
        }

    def try_second(self) -> None:
        """Start a second daemon, which must refuse."""
        before = len(self._desk.log())
        child = self._desk.start()
        self._desk.children.remove(child)
        try:
            self.counts["refused"] += child.wait(60) == 1 and "Traceback" not in self._desk.log()[before:]
        except subprocess.TimeoutExpired:
            self.faults.append("the second daemon ran")
            child.kill()

    def _guard(self, work: object, name: str) -> None:
        assert callable(work)
        try:
            work(name)
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")

    def _review(self, name: str) -> None:
        done = self._done[name]
        db = open_database(self._desk.database)
        while not self._over.is_set():
            rows = db.execute("SELECT id FROM incidents WHERE merged_into IS NULL ORDER BY id").fetchall()
            for (incident_id,) in rows:
                now = datetime.now(UTC)
                note = Judgement(
                    incident_id=incident_id, action="note", reviewer=name, reason=f"note {now.isoformat()}"
                )
                done["notes"] += judge(db, note, now=now).word == "done"
                fields = {"wounded": str(done["notes"] % 50)}
                whole = Judgement(incident_id=incident_id, action="correct", reviewer=name, fields=fields)
                done["corrections"] += judge(db, whole, now=now).word == "done"
                time.sleep(PAUSE_SECONDS)
            time.sleep(PAUSE_SECONDS)
        db.close()

    def _back_up(self, _: str) -> None:
        while not self._over.wait(1):
            try:
                copy = back_up(self._desk.database, self._desk.folder / "copies", now=datetime.now(UTC), keep=3)
                verify_database(copy.path)
                self.counts["backups"] += 1
            except StoreError as error:
                self.faults.append(str(error))
