"""Measures every stage and the whole beside a reference timed in the same run, compares with the last run and draws.

    python -m bench.all [--records N] [--pages N] [--json FILE] [--quick]

The machine may be busy: what is stable is the ratio to the reference, trafilatura (fast, with metadata) on a page of
107 KB. All times are CPU time of one core but where two processes are compared with one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.chart import draw_bars
from bench.crawl_rate import PEER_FOLDER
from bench.stages import measure_stages, sum_path
from bench.whole import measure_backfill, measure_start

ROOT = Path(__file__).parents[1]
LAST = ROOT / "out" / "bench.json"
LIBRARIES = ("trafilatura", "lxml", "scrapy", "fastwarc", "langdetect", "sqlite-utils")
Figures = dict[str, Any]


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(prog="python -m bench.all", description=__doc__.split("\n")[0])
    parser.add_argument("--records", type=int, default=5000, help="of the made WARC (default 5,000)")
    parser.add_argument("--pages", type=int, default=40, help="of each kind for the stages (default 40)")
    parser.add_argument("--runs", type=int, default=3, help="how often each stage is run (default 3)")
    parser.add_argument("--json", type=Path, default=LAST, metavar="FILE", help="where the figures go")
    parser.add_argument("--quick", action="store_true", help="without the live path and its server")
    given = parser.parse_args()
    last = read_last(given.json)
    figures: Figures = {"machine": read_machine(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    rows = measure_stages(given.pages, given.runs)
    figures["stages"] = [*rows, sum_path(rows)]
    with tempfile.TemporaryDirectory(prefix="marsad-bench-") as folder:
        figures["backfill"] = measure_backfill(Path(folder), given.records)
    figures["start"] = measure_start()
    figures["live"] = {"skipped": "--quick"} if given.quick else measure_live()
    figures["peers"] = list_peers(figures["live"])
    figures["machine"]["load_after"] = os.getloadavg()[0]
    print_figures(figures, last)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    chart = given.json.with_suffix(".svg")
    bars = [(row["stage"], row["ratio"], last.get(row["stage"])) for row in figures["stages"]]
    chart.write_text(draw_bars(bars, unit="processor time a page by the reference's"), encoding="utf-8")
    print(f"Kept in {given.json}, drawn in {chart}")


def read_machine() -> Figures:
    """What the figures depend on."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    return {
        "processor": next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None),
        "cores": os.cpu_count(), "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "load_before": os.getloadavg()[0], "system": platform.system(), "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }  # fmt: skip


def measure_live() -> Figures:
    """The daemon's own path on loopback, fetching included; with news-please where its environment exists."""
    command = [sys.executable, "-m", "bench.crawl_rate", "--rounds", "4", "--pages", "100"]
    if (PEER_FOLDER / "bin" / "python").exists():
        command.append("--peers")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"skipped": f"failed: {(done.stderr.strip().splitlines() or ['no word'])[-1]}"}
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {**lines[-2], **lines[-1]}


def list_peers(live: Figures) -> Figures:
    """What others cost, or why they were not measured."""
    skipped = f"skipped: not in {PEER_FOLDER.name}; python -m bench.crawl_rate --peers installs it there"
    return {"news-please": live.get("news_please", skipped), "fundus": "skipped: not installed"}


def read_last(path: Path) -> dict[str, float]:
    """The ratios of the last run by stage."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["stages"]
    except (OSError, ValueError, KeyError):
        return {}
    return {row["stage"]: row["ratio"] for row in rows}


def print_figures(figures: Figures, last: dict[str, float]) -> None:
    """Print the table of stages and the figures of the whole."""
    machine = figures["machine"]
    table = Table(title=f"{machine['processor']}, {machine['cores']} cores, load {machine['load_before']:.1f}")
    for heading in ("stage", "CPU ms", "× reference", "last run", "a second a core"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for row in figures["stages"]:
        before = last.get(row["stage"])
        table.add_row(
            row["stage"], f"{row['cpu_ms']:.2f}", f"{row['ratio']:.3f}", "" if before is None else f"{before:.3f}",
            f"{1000 / row['cpu_ms']:.0f}",
        )  # fmt: skip
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    for part in ("backfill", "start", "live", "peers"):
        print(f"{part}:")
        for name, value in figures[part].items():
            print(f"  {name:<42} {round(value, 3) if isinstance(value, float) else value}")


if __name__ == "__main__":
    main()
