"""SIGKILL at every write between a report and the mark of its message: nothing lost, at most one repeat a channel.

`python -m tests.test_alerts_kill` dies at every single moment.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from alerts.channels import Delivery, Envelope
from alerts.wording import Message
from store.alert_settings import ChannelSettings
from store.incidents import read_incidents
from store.outbox import release_claims
from tests.alert_desk import Desk, open_desk
from tests.alert_fakes import NOON

CHANNELS = {"mail": {"url": "json://localhost"}, "chat": {"url": "json://localhost"}}
# Four reports on two incidents; each is one transaction, and is taken in again where that was cut short.
REPORTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("inc1", {"reports": 1, "killed": 1}), ("inc2", {"reports": 1}), ("inc1", {"reports": 2, "killed": 4}),
    ("inc2", {"reports": 2, "wounded": 7}),
)  # fmt: skip
FEWEST_POINTS = 200


class Killer:
    """Counts the moments at which a process may die, and dies at the one that is asked for."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.count = 0

    def moment(self, _: object = None) -> None:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def live(folder: Path, killer: Killer, start: timedelta) -> None:
    """A daemon's life: take in what is not taken in yet, send after each report, then until nothing is due."""
    log = os.open(folder / "delivered.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with open_desk(folder, channels=CHANNELS) as desk:
        desk.now = NOON + start

        def notify(name: str, channel: ChannelSettings, message: Message, envelope: Envelope) -> Delivery:
            killer.moment()
            if name == "chat" and desk.now < NOON + start + timedelta(seconds=30):
                return Delivery(sent=False, error="HTTP 503")  # the service is down at first
            os.write(log, f"{name} {envelope.key}\n".encode())
            killer.moment()
            return Delivery(sent=True)

        desk.notify = notify  # type: ignore[method-assign]
        desk.db.conn.set_trace_callback(killer.moment)
        release_claims(desk.db)
        for number, (incident_id, values) in enumerate(REPORTS):
            desk.articles = number  # the same report is the same article in the next life
            if not _is_taken(desk, incident_id, int(values["reports"])):
                desk.tell(incident_id, **values)
            desk.send(seconds=20)
        for _ in range(8):
            desk.send(minutes=2)
        desk.db.conn.set_trace_callback(None)
    os.close(log)


def _is_taken(desk: Desk, incident_id: str, reports: int) -> bool:
    found = read_incidents(desk.db, [incident_id]).get(incident_id)
    return found is not None and found.reports >= reports


def die_at(folder: Path, moment: int) -> bool:
    """Live in a child that is killed at that moment; False where it ended before."""
    child = os.fork()
    if child == 0:  # pragma: no cover  # another process
        try:
            live(folder, Killer(moment), timedelta())
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def test_killed_anywhere_nothing_is_lost_and_repeats_stay_within_the_window(tmp_path: Path) -> None:
    assert kill_everywhere(tmp_path, FEWEST_POINTS) >= FEWEST_POINTS


def kill_everywhere(folder: Path, most: int | None = None) -> int:
    """Die at every moment, or at so many spread over them, and live on each time; at how many."""
    whole = Killer(None)
    calm = folder / "calm"
    calm.mkdir()
    live(calm, whole, timedelta())
    expected = delivered(calm)
    assert set(expected.values()) == {1}
    wanted = min(most or whole.count, whole.count)
    moments = sorted({1 + number * whole.count // wanted for number in range(wanted)})
    repeats = sum(die_and_live_on(folder / str(moment), moment, expected) for moment in moments)
    print(f"{len(moments)} kill points of {whole.count} moments: 0 lost, {repeats} rows repeated")
    return len(moments)


def die_and_live_on(folder: Path, moment: int, expected: Counter[str]) -> int:
    """Die at that moment, start again, and compare what was delivered; how many rows were so twice."""
    folder.mkdir()
    assert die_at(folder, moment), moment
    live(folder, Killer(None), timedelta(minutes=1))
    got = delivered(folder)
    assert set(got) == set(expected), moment
    assert max(got.values()) <= 2, moment
    # The window: what each of the two channels was handed when the process died.
    assert messages_repeated(folder) <= 2, moment
    check(folder)
    return sum(count > 1 for count in got.values())


def delivered(folder: Path) -> Counter[str]:
    """How often each channel got each row's message."""
    rows: Counter[str] = Counter()
    for line in (folder / "delivered.log").read_text().splitlines():
        channel, keys = line.split(" ", 1)
        rows.update(f"{channel} {key}" for key in keys.split("|"))
    return rows


def messages_repeated(folder: Path) -> int:
    """How many messages held a row that had been delivered before."""
    seen: set[str] = set()
    repeated = 0
    for line in (folder / "delivered.log").read_text().splitlines():
        keys = set(line.split(" ", 1)[1].split("|"))
        repeated += bool(keys & seen)
        seen |= keys
    return repeated


def check(folder: Path) -> None:
    connection = sqlite3.connect(folder / "desk.db")
    states = {row[0] for row in connection.execute("SELECT DISTINCT state FROM alerts")}
    assert states <= {"sent", "suppressed"}
    assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    connection.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="marsad-kills-") as name:
        kill_everywhere(Path(name))
