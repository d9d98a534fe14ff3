"""Turns faults (kills, full disks, locks, cut files) into figures: what was lost, told twice or not noticed.

docs/reliability.md has the figures: `python -m bench.faults SCENARIO --runs N`, or `--minutes M` for kills.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bench.fault_clock import BentClock
from bench.fault_crowd import Crowd
from bench.fault_desk import Desk, Knowledge, kill, open_desk, read_knowledge, wait_for
from bench.fault_files import cut_wal, spoil_pages
from bench.soak import workers_of
from store.database import reading, transaction

Figures = dict[str, Any]


def play(
    folder: Path,
    disturb: Callable[[Desk], None] | None = None,
    database: Path | None = None,
    environ: dict[str, str] | None = None,
) -> tuple[Knowledge, str]:
    """Follow a whole newsroom, with a disturbance at each round; what is known in the end, and the log."""
    with open_desk(folder, database, environ=environ) as desk:
        desk.start()
        wait_for(lambda: desk.count("articles") or "disk is full" in desk.log(), "articles")
        while True:
            if disturb is not None:
                disturb(desk)
            if desk.newsroom.is_over:
                break
            desk.newsroom.advance()
            time.sleep(2)
        desk.finish()
        return read_knowledge(desk), desk.log()


def compare(reference: Knowledge, outcome: tuple[Knowledge, str]) -> Figures:
    """The figures that every scenario shares."""
    known, log = outcome
    return {
        "articles": len(known.articles), "incidents_told": len(known.found), "late": known.late(reference),
        "lost": known.lost(reference),
        "untold": known.untold, "told_twice": known.told_twice, "integrity": known.integrity,
        "tracebacks": log.count("Traceback"), "plain_lines": len(re.findall(r"ERROR +job_failed.*error=", log)),
    }  # fmt: skip


def run_kills(folder: Path, reference: Knowledge, runs: int, minutes: float | None, chance: random.Random) -> Figures:
    """SIGKILL the daemon and its workers at random moments under load, newsroom after newsroom."""
    total: Counter[str] = Counter()
    integrity: set[str] = set()
    deadline = None if minutes is None else time.monotonic() + minutes * 60
    while total["kills"] < runs and (deadline is None or time.monotonic() < deadline):

        def strike(desk: Desk) -> None:
            for _ in range(chance.randrange(1, 5)):
                child = next((one for one in desk.children if one.poll() is None), None) or desk.start()
                before = desk.count("fetches")
                with suppress(TimeoutError):
                    wait_for(lambda before=before: desk.count("fetches") > before, "a fetch", seconds=15)  # type: ignore[misc]
                time.sleep(chance.uniform(0, 1.5))
                kill(child)
                total["kills"] += 1
            desk.start()

        figures = compare(reference, play(folder / f"cycle{total['newsrooms']}", strike))
        total["newsrooms"] += 1
        integrity.add(figures["integrity"])
        total.update({name: figures[name] for name in ("lost", "untold", "told_twice", "tracebacks")})
    return {**total, "integrity": ", ".join(sorted(integrity))}


def run_locked(folder: Path, reference: Knowledge, seconds: float) -> Figures:
    """Another program holds the write lock for so long, twice."""
    held = 0

    def hold(desk: Desk) -> None:
        nonlocal held
        if held < 2:
            with reading(desk.database) as other, transaction(other):
                time.sleep(seconds)
            held += 1

    return {"locked_seconds": seconds, "times": 2, **compare(reference, play(folder, hold))}


def run_files(folder: Path, reference: Knowledge) -> Figures:
    """The daemon may open no further file for ten seconds of each round."""

    def starve(desk: Desk) -> None:
        child = desk.children[-1]
        most = resource.prlimit(child.pid, resource.RLIMIT_NOFILE)
        opened = len(list(Path(f"/proc/{child.pid}/fd").iterdir()))
        resource.prlimit(child.pid, resource.RLIMIT_NOFILE, (opened, most[1]))
        if not desk.newsroom.is_over:
            desk.newsroom.advance()
        time.sleep(10)
        resource.prlimit(child.pid, resource.RLIMIT_NOFILE, most)

    return compare(reference, play(folder, starve))


def run_suspended(folder: Path, reference: Knowledge) -> Figures:
    """The daemon and its workers stand still for fifteen seconds of each round (SIGSTOP)."""

    def suspend(desk: Desk) -> None:
        group = desk.children[-1].pid
        os.killpg(group, signal.SIGSTOP)
        time.sleep(15)
        os.killpg(group, signal.SIGCONT)

    return compare(reference, play(folder, suspend))


# An hour forward and back as at a change to summer time by hand, a day asleep, a clock that was never set.
CLOCKS = (3600, 0, -3600, 0, 86_400, 0, -86_400 * 400, 0)


def run_clock(folder: Path, reference: Knowledge) -> Figures:
    """The machine's clock jumps at each round, under daemon and workers; in the end it is right."""
    clock, jumps = BentClock(folder), iter(CLOCKS)

    def jump(desk: Desk) -> None:
        for _ in range(2):
            clock.set(next(jumps, 0))
            time.sleep(8)
        if desk.newsroom.is_over:
            clock.set(0)

    known, log = play(folder, jump, environ=clock.environ)
    return {"noticed": log.count("clock_jumped"), **compare(reference, (known, log))}


def run_workers(folder: Path, reference: Knowledge, chance: random.Random) -> Figures:
    """The workers are killed four times a round, as the system does where memory is short."""
    killed = 0

    def strike(desk: Desk) -> None:
        nonlocal killed
        for _ in range(4):
            time.sleep(chance.uniform(0.2, 2))
            for pid in workers_of(desk.children[-1].pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    killed += 1

    figures = compare(reference, play(folder, strike))
    return {"killed_workers": killed, **figures}


def run_together(folder: Path, reference: Knowledge) -> Figures:
    """Two reviewers, backups and a second daemon work on the database beside the daemon, all the time."""
    crowds: list[Crowd] = []

    def join(desk: Desk) -> None:
        if not crowds:
            crowds.append(Crowd(desk))
            crowds[0].start()
        crowds[0].try_second()
        if desk.newsroom.is_over:
            figures.update(crowds[0].end())

    figures: Figures = {}
    outcome = compare(reference, play(folder, join))
    return {**figures, **outcome}


def run_full(folder: Path, reference: Knowledge, size: str = "2200k") -> Figures:
    """The database's disk is a tmpfs that gets full at once; after a while there is room again."""
    seen: Counter[str] = Counter()
    with small_disk(folder / "disk", size) as disk:

        def fill(desk: Desk) -> None:
            if seen["full"]:
                return
            with suppress(TimeoutError):
                wait_for(lambda: "disk is full" in desk.log(), "a full disk", seconds=60)
                seen["full"] += 1
            time.sleep(5)
            seen["alive"] += desk.children[-1].poll() is None
            subprocess.run(["mount", "-o", "remount,size=100m", str(disk)], check=True)

        outcome = play(folder, fill, disk / "marsad.db")
        return {"became_full": seen["full"], "daemon_alive": seen["alive"], **compare(reference, outcome)}


def run_read_only(folder: Path) -> Figures:
    """A daemon is started on a database whose disk is mounted read-only."""
    with small_disk(folder / "disk", "100m") as disk, open_desk(folder, disk / "marsad.db") as desk:
        desk.start()
        wait_for(lambda: desk.count("articles"), "articles")
        desk.finish()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        before = len(desk.log())
        code = desk.start().wait(60)
        said = desk.log()[before:].strip()
        return {"exit_code": code, "lines": len(said.splitlines()), "said": said[-200:].replace(str(disk), "DISK")}


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A tmpfs of that size; PermissionError where this user may not mount."""
    folder.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=False).returncode:
        raise PermissionError("mounting needs root, or `unshare -rm python -m bench.faults …`")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


NEED_REFERENCE = ("kills", "locked", "files", "suspended", "full", "clock", "workers", "together")
SCENARIOS = (*NEED_REFERENCE, "read-only", "wal", "spoilt")


def main() -> int:
    """Run the scenarios asked for and print one JSON object each; 1 where something was lost."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], help="default: all")
    parser.add_argument("--runs", type=int, default=10, help="kills, cuts or spoilt files (default 10)")
    parser.add_argument("--minutes", type=float, help="end the kills after so long")
    parser.add_argument("--seconds", type=float, default=40.0, help="how long the lock is held (default 40)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chosen = arguments.scenario or list(SCENARIOS)
    worst = 0
    folder = Path(tempfile.mkdtemp(prefix="marsad-faults-"))
    try:
        reference = play(folder / "reference")[0] if set(chosen) & set(NEED_REFERENCE) else None
        for name in chosen:
            began = time.monotonic()
            (folder / name).mkdir()
            figures = run_one(name, folder / name, reference, arguments)
            print(json.dumps({"scenario": name, **figures, "seconds": round(time.monotonic() - began)}), flush=True)
            worst |= bool(
                figures.get("lost")
                or figures.get("untold")
                or figures.get("wrong")
                or figures.get("lost_notes")
                or figures.get("crowd_faults")
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return worst


def run_one(name: str, folder: Path, reference: Knowledge | None, arguments: argparse.Namespace) -> Figures:
    """One scenario's figures."""
    chance = random.Random(arguments.seed)
    if name == "wal":
        return cut_wal(folder, arguments.runs, chance)
    if name == "spoilt":
        return dict(spoil_pages(folder, arguments.runs, chance))
    if name == "read-only":
        return run_read_only(folder)
    assert reference is not None
    if name == "kills":
        return run_kills(folder, reference, arguments.runs, arguments.minutes, chance)
    if name == "locked":
        return run_locked(folder, reference, arguments.seconds)
    if name == "workers":
        return run_workers(folder, reference, chance)
    runs: dict[str, Callable[[Path, Knowledge], Figures]] = {
        "files": run_files, "suspended": run_suspended, "full": run_full, "clock": run_clock, "together": run_together,
    }  # fmt: skip
    return runs[name](folder, reference)


if __name__ == "__main__":
    sys.exit(main())
