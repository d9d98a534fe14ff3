"""Turns a daemon's minutes under twenty times the real load into its memory, descriptors and database as they grow.

    python -m bench.soak [--minutes 15] [--times 20] [--chart FILE.svg]

The real load is a hundred outlets, each polled every ten minutes, with fifty articles a day; pages have 107 KB, one in
five tells of an attack, one webhook is told. Exit code 1 where something grows without reason.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.fault_desk import Box
from bench.soak_chart import draw_soak
from bench.soak_site import host_of, run_site
from commands.toml import write_toml
from store.database import open_database

ROOT = Path(__file__).parents[1]
OUTLETS = 100
POLL_SECONDS, ARTICLES_A_DAY = 600.0, 50.0
SAMPLE_SECONDS = 5.0
WARM_SHARE = 1 / 3  # of the time, in which caches fill
MOST_GROWTH = 0.05  # of memory from the middle third to the last
MOST_MORE_FILES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The daemon at one moment; memory is the processes' own (anonymous), in MB."""

    at: float  # seconds since the start
    daemon_mb: float
    workers_mb: float
    workers: int
    files: int  # open descriptors of the daemon
    worker_files: int
    database_mb: float
    wal_mb: float


def write_settings(folder: Path, port: int, box: Box, times: float) -> None:
    """Settings with the real ones' intervals divided by `times`."""
    poll = max(1, round(POLL_SECONDS / times))
    outlets = {
        f"outlet{number}": {
            "name_en": f"Outlet {number}", "home": f"http://{host_of(number)}:{port}/", "kind": "feed",
            "urls": [f"http://{host_of(number)}:{port}/feed"], "every": f"{poll}s", "allow_private_hosts": True,
            "country": "IQ", "time_zone": "Asia/Baghdad",
        }
        for number in range(OUTLETS)
    }  # fmt: skip
    table: dict[str, Any] = {
        "catalogue": False,
        "crawl": {
            "contact": "marsad soak", "delay": "0s", "every_min": f"{poll}s", "every_max": f"{poll}s",
            "recheck": [f"{round(3600 / times)}s", f"{round(6 * 3600 / times)}s"],
        },
        "schedule": {"jitter": f"{poll}s"},
        "backup": {"enabled": False},
        "monitor": {"enabled": False},
        "alerts": {"channels": {"box": {"url": f"marsad://127.0.0.1:{box.server_address[1]}/"}}},
        "outlets": outlets,
    }  # fmt: skip
    (folder / "settings.toml").write_text(write_toml(table), encoding="utf-8")


def take_sample(pid: int, folder: Path, at: float) -> Sample:
    """Look at the daemon, its workers and its files."""
    workers = workers_of(pid)

    def size(name: str) -> float:
        path = folder / name
        return path.stat().st_size / 1e6 if path.exists() else 0.0

    return Sample(
        at=at, daemon_mb=memory_of(pid), workers_mb=sum(map(memory_of, workers)), workers=len(workers),
        files=files_of(pid), worker_files=sum(map(files_of, workers)), database_mb=size("marsad.db"),
        wal_mb=size("marsad.db-wal"),
    )  # fmt: skip


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text(encoding="ascii").split()]
    return found


def workers_of(pid: int) -> list[int]:
    """The worker processes of a daemon."""
    return [child for child in children_of(pid) if "spawn_main" in command_of(child)]


def command_of(pid: int) -> str:
    """A process's command line; empty where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    return ""


def memory_of(pid: int) -> float:
    """A process's own memory in MB: not the files of libraries, which it shares with whatever else runs."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Anonymous:")) / 1e3
    return 0.0


def files_of(pid: int) -> int:
    """How many descriptors a process holds."""
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


def soak(folder: Path, minutes: float, times: float) -> tuple[list[Sample], dict[str, Any]]:
    """Run site and daemon for so long; the samples, and what the daemon has done meanwhile."""
    context = multiprocessing.get_context("spawn")
    ports: Any = context.Queue()
    site = context.Process(target=run_site, args=(ports, 86_400 / ARTICLES_A_DAY / times), daemon=True)
    site.start()
    box = Box()
    child = None
    try:
        write_settings(folder, ports.get(timeout=30), box, times)
        with (folder / "daemon.log").open("wb") as log:
            line = [sys.executable, "-m", "cli", "run", "--log", "human"]
            environ = {**os.environ, "PYTHONPATH": str(ROOT)}
            child = subprocess.Popen(line, cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environ)
        samples, began = [], time.monotonic()
        while (elapsed := time.monotonic() - began) < minutes * 60 and child.poll() is None:
            samples.append(take_sample(child.pid, folder, elapsed))
            time.sleep(SAMPLE_SECONDS)
        cpu = cpu_seconds(child.pid)
        child.terminate()
        code = child.wait(30)
        return samples, {"exit_code": code, "daemon_cpu_share": round(cpu / elapsed, 3), **sum_up(folder, box, elapsed)}
    finally:
        if child is not None and child.poll() is None:
            child.kill()
        site.kill()
        site.join()
        box.close()


def cpu_seconds(pid: int) -> float:
    """Processor time of the daemon and its workers."""
    ticks = 0
    for each in (pid, *children_of(pid)):
        with suppress(OSError):
            words = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def sum_up(folder: Path, box: Box, seconds: float) -> dict[str, Any]:
    """What was polled, read and told."""
    db = open_database(folder / "marsad.db")
    try:

        def number(query: str) -> int:
            return int(db.execute(query).fetchone()[0] or 0)

        log = (folder / "daemon.log").read_text(encoding="utf-8", errors="replace")
        return {
            "minutes": round(seconds / 60, 1), "polls": number("SELECT count(*) FROM fetches WHERE kind = 'source'"),
            "pages": number("SELECT count(*) FROM pages"), "articles": number("SELECT count(*) FROM articles"),
            "incidents": number("SELECT count(*) FROM incidents WHERE merged_into IS NULL"),
            "waiting": number("SELECT count(*) FROM pages WHERE state = 'fetched'"),
            "told": sum(box.told.values()), "told_twice": sum(box.told.values()) - len(box.told),
            "tracebacks": log.count("Traceback"), "integrity": db.execute("PRAGMA integrity_check").fetchone()[0],
        }  # fmt: skip
    finally:
        db.close()


def judge(samples: Sequence[Sample], done: dict[str, Any]) -> dict[str, Any]:
    """How memory, descriptors and the database grow, and whether one does so without reason."""
    end = samples[-1].at
    middle = [one for one in samples if WARM_SHARE * end <= one.at < 2 * end / 3]
    last = [one for one in samples if one.at >= 2 * end / 3]
    figures: dict[str, Any] = {}
    growing = []
    for name in ("daemon_mb", "workers_mb"):
        before, after = (statistics.median(getattr(one, name) for one in part) for part in (middle, last))
        figures |= {name: round(after, 1), f"{name}_an_hour": round(slope_of(middle + last, name) * 3600, 1)}
        if after > before * (1 + MOST_GROWTH):
            growing.append(name)
    for name in ("files", "worker_files"):
        before, after = (statistics.median(getattr(one, name) for one in part) for part in (middle, last))
        figures |= {name: after, f"{name}_most": max(getattr(one, name) for one in samples)}
        if after > before + MOST_MORE_FILES:
            growing.append(name)
    grown = samples[-1].database_mb - samples[0].database_mb
    figures |= {
        "database_mb": round(samples[-1].database_mb, 1),
        "wal_mb_most": round(max(one.wal_mb for one in samples), 1),
        "database_kb_a_page": round(1000 * grown / max(1, done["pages"]), 1),
        "growing": growing,
    }
    return figures


def slope_of(samples: Sequence[Sample], name: str) -> float:
    """The least-squares slope of one value, a second."""
    return statistics.linear_regression([one.at for one in samples], [getattr(one, name) for one in samples]).slope


def main() -> int:
    """Soak and print one JSON object; 1 where something grew, was lost or told twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description="Soak the daemon under load.")
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--times", type=float, default=20.0, help="of the real load (default 20)")
    parser.add_argument("--chart", type=Path, help="where to draw it (SVG)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="marsad-soak-") as name:
        samples, done = soak(Path(name), arguments.minutes, arguments.times)
    figures = {**done, **judge(samples, done)}
    print(json.dumps(figures))
    if arguments.chart is not None:
        arguments.chart.write_text(draw_soak(samples, arguments.times), encoding="utf-8")
    wrong = figures["growing"] or figures["told_twice"] or figures["tracebacks"] or figures["exit_code"]
    return int(bool(wrong) or figures["integrity"] != "ok")


if __name__ == "__main__":
    sys.exit(main())
