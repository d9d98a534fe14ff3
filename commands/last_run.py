"""Turns this evaluation and the one kept from the last run into what changed, and keeps this one for the next."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from extract.scoring.evaluation import Evaluation, figures_json
from extract.scoring.misses import Miss
from store.times import to_iso

FORMAT = 1  # of the kept file; a file of another format is no run to compare with


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One evaluation as it is kept: when, of what, its figures and its misses."""

    at: str  # ISO 8601, UTC
    gold_hash: str
    figures: dict[str, Any]
    misses: dict[str, list[str]]  # report → its misses in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a run does otherwise than the one before."""

    before: Run
    same_gold: bool
    mended: tuple[tuple[str, str], ...]  # (report, miss) that is gone
    broken: tuple[tuple[str, str], ...]  # (report, miss) that is new

    def delta(self, path: str, now: float) -> float | None:
        """By how much a figure grew; None where the last run had none."""
        value: Any = self.before.figures
        for key in path.split("."):
            value = value.get(key) if isinstance(value, dict) else None
        return now - value if isinstance(value, (int, float)) else None


def state_path(sources: Sequence[Path]) -> Path:
    """Where the last run on these sources is kept: under XDG_STATE_HOME, else ~/.local/state, named by their paths."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    names = [str(source.resolve()) for source in sources]
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
    label = "-".join(source.resolve().stem for source in sources)[:40]
    return Path(home) / "marsad" / "evaluations" / f"{label}-{digest}.json"


def describe_run(found: Evaluation, gold_hash: str, now: datetime) -> Run:
    """What is kept of an evaluation."""
    misses: dict[str, list[str]] = {}
    for miss in found.misses:
        misses.setdefault(miss.report, []).append(describe_miss(miss))
    return Run(at=to_iso(now), gold_hash=gold_hash, figures=figures_json(found), misses=misses)


def describe_miss(miss: Miss) -> str:
    """A miss in one line, without its report."""
    parts = [miss.gold and f"gold: {miss.gold}", miss.coded and f"coded: {miss.coded}"]
    if miss.kind.startswith("field "):
        parts = [miss.gold]
    return " · ".join(part for part in (miss.kind, *parts, miss.detail) if part)


def load_run(path: Path) -> Run | None:
    """The run kept at a path; None where there is none that can be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.pop("format") != FORMAT:
            return None
        return Run(**kept)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def save_run(path: Path, run: Run) -> None:
    """Keep a run in place of the one before; OSError where the folder cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    row = {"format": FORMAT, "at": run.at, "gold_hash": run.gold_hash, "figures": run.figures, "misses": run.misses}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(row, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(path)


def compare_runs(before: Run, now: Run) -> Changes:
    """Which misses are mended and which are new; an incident's other misses stay out of it."""
    return Changes(
        before=before,
        same_gold=before.gold_hash == now.gold_hash,
        mended=tuple(_only_in(before.misses, now.misses)),
        broken=tuple(_only_in(now.misses, before.misses)),
    )


def _only_in(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for report, misses in one.items():
        known = list(other.get(report, ()))
        for miss in misses:
            if miss in known:
                known.remove(miss)
            else:
                yield report, miss
