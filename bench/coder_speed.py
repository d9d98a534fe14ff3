"""Turns the gold set's reports into what coding costs on one core: without a trigger, with incidents, and in memory.

    python -m bench.coder_speed [--runs N] [--json] [--check]

Each figure stands beside two references, timed in the same run: a fixed amount of plain Python, by which runs on
different or busy machines can be compared, and trafilatura on a page, whose time on the bars' own machine is known
(REFERENCE_MS): `…_ms_there` is what the figure would be on that one. `--check` ends with exit code 1 over the bars.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from extract.coder import code_report
from extract.gate import has_trigger
from extract.reports import parse_report
from extract.text import fold
from store.records import Report

GOLD = Path(__file__).parents[1] / "tests" / "gold"
LENGTH = 2_500  # characters of the long report
BARS = {"without_trigger_ms_there": 0.5, "with_incidents_ms_there": 8.0, "memory_mb": 150.0}
# Daily news without any word of attack: a council, a harvest, a school, a market, the weather, a bridge.
_QUIET = (
    "عقد مجلس المحافظة جلسته الاعتيادية لمناقشة موازنة العام المقبل ومشاريع الماء والكهرباء.",
    "أعلنت مديرية الزراعة أن محصول القمح هذا الموسم تجاوز توقعات المزارعين بعد أمطار وفيرة.",
    "زار الوزير مدرسة جديدة في مركز المدينة والتقى المعلمين والتلاميذ وأولياء الأمور.",
    "ارتفعت أسعار الخضار في الأسواق المحلية قليلا مع اقتراب شهر رمضان.",
    "توقعت هيئة الأنواء الجوية طقسا صحوا مع ارتفاع طفيف في درجات الحرارة خلال اليومين المقبلين.",
    "بدأت الملاكات الهندسية تبليط الشارع الرابط بين الجسر القديم والجامعة.",
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.coder_speed", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="how often each report is coded (default 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--check", action="store_true", help="exit code 1 where a figure is over its bar")
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory:
        print(measure_memory())
        return
    figures = measure(arguments.runs)
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            bar = f"   (bar {BARS[name]:g})" if name in BARS else ""
            print(f"{name:<28} {value:10.3f}{bar}")
    if arguments.check and any(figures[name] > bar for name, bar in BARS.items()):
        sys.exit(1)


def measure(runs: int) -> dict[str, float]:
    """Median milliseconds of CPU a report, the reference's, their ratios, and a coder's memory in its own process."""
    from bench.crawl_rate import REFERENCE_MS, time_reference  # not for who measures memory

    quiet, long = quiet_reports(), long_reports()
    for report in (*quiet, *long):  # loads every list, and shows that the reports are what they are taken for
        coding = code_report(report)
        assert (coding.language, bool(coding.mentions)) == ("ar", report in long), report.id
    reference, page, fast, slow = [], [], [], []
    for _ in range(runs):
        reference.append(time_call(count_words))
        page.append(time_reference())
        fast += [time_call(partial(code_report, report)) for report in quiet]
        slow += [time_call(partial(code_report, report)) for report in long]
    base, without, with_ = (statistics.median(times) * 1000 for times in (reference, fast, slow))
    there = REFERENCE_MS / statistics.median(page)
    command = [sys.executable, "-m", "bench.coder_speed", "--memory"]
    memory = float(subprocess.run(command, capture_output=True, text=True, check=True, cwd=GOLD.parents[1]).stdout)
    return {
        "reference_ms": base,
        "page_reference_ms": statistics.median(page),
        "without_trigger_ms": without,
        "without_trigger_ms_there": without * there,
        "without_trigger_ratio": without / base,
        "with_incidents_ms": with_,
        "with_incidents_ms_there": with_ * there,
        "with_incidents_p95_ms": sorted(slow)[int(0.95 * len(slow))] * 1000,
        "with_incidents_ratio": with_ / base,
        "memory_mb": memory,
    }


def time_call(function: Callable[[], object]) -> float:
    """CPU seconds of a call: what other processes take of the core does not count."""
    began = time.process_time()
    function()
    return time.process_time() - began


def count_words() -> int:
    """The reference: a regular expression and dictionary work over a fixed text, as the coder does them."""
    counts: dict[str, int] = {}
    for _ in range(20):
        for match in re.finditer(r"\w+", " ".join(_QUIET)):
            counts[match.group()] = counts.get(match.group(), 0) + 1
    return sum(counts.values())


def gold_reports() -> list[Report]:
    """The reports of the project's gold set."""
    return [parse_report(json.loads(line)) for line in (GOLD / "reports.jsonl").read_text("utf-8").splitlines()]


def quiet_reports() -> list[Report]:
    """Reports of everyday news, none with a word of attack, as long as the long ones."""
    reports = []
    for first in range(len(_QUIET)):
        sentences = [_QUIET[(first + step) % len(_QUIET)] for step in range(60)]
        report = Report(id=f"quiet{first}", title=None, text=take_length(sentences), published=None)
        assert not has_trigger(fold(report.text))
        reports.append(report)
    return reports


def long_reports() -> list[Report]:
    """Every third gold report with news, brought to LENGTH with what outlets put behind it: other, quiet sentences."""
    gold = {row["id"]: row for row in map(json.loads, (GOLD / "gold.jsonl").read_text("utf-8").splitlines())}
    told = [report for report in gold_reports() if len(gold[report.id]["incidents"]) >= 1 and len(report.text) > 400]
    padded = [replace(report, text=take_length([report.text, *(_QUIET * 8)])) for report in told[::3]]
    return [report for report in padded if code_report(report).mentions]


def take_length(sentences: Sequence[str]) -> str:
    """Paragraphs of three sentences, cut at LENGTH."""
    paragraphs = [" ".join(sentences[start : start + 3]) for start in range(0, len(sentences), 3)]
    return "\n".join(paragraphs)[:LENGTH]


def measure_memory() -> float:
    """Megabytes that a process holds at most that codes the whole gold set twice, the interpreter included."""
    for report in gold_reports() * 2:
        code_report(report)
    return round(read_peak(), 1)


def read_peak() -> float:
    """The most megabytes that this process has held; Linux counts it anew after exec, getrusage does not."""
    status = Path("/proc/self/status")
    if status.exists():
        match = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if match:
            return int(match.group(1)) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
