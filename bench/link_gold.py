"""Turns reports with gold incidents into links and alerts as if the coder were perfect, and scores the linker alone.

    python -m bench.link_gold SET_FOLDER [SET_FOLDER…] [--misses] [--shuffle N]

A set folder holds reports.jsonl and gold.jsonl; beside it stands score.py.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

from extract.reports import parse_report
from intake.replay import Replay, replay_reports
from store.alert_settings import AlertSettings
from store.database import open_database
from store.records import Coding, Mention, Report

Row = dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """One JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def mention_of(gold: Row) -> Mention:
    """A gold incident as a perfect coder would give it; its key, which names the event, stays out."""
    fields = {name: value for name, value in gold.items() if name in Mention.__annotations__}
    fields["date"] = date.fromisoformat(gold["date"]) if gold["date"] else None
    return Mention(**{"confidence": 0.9, "place_precision": None if gold["lat"] is None else "town", **fields})


def gold_coder(gold: Sequence[Row]) -> Callable[[Report], Coding]:
    """A coder that knows the gold."""
    codings = {
        row["id"]: Coding(language="ar", mentions=tuple(map(mention_of, row["incidents"])), coder_version="gold")
        for row in gold
    }
    return lambda report: codings[report.id]


def link_gold(reports: Sequence[Report], gold: Sequence[Row], *, in_order: bool = True) -> Replay:
    """Replay reports on a database of their own with the gold as their coding."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "gold.db")
        try:
            return replay_reports(db, reports, gold_coder(gold), AlertSettings(), in_order=in_order)
        finally:
            db.close()


def as_gold(links: Sequence[Row]) -> list[Row]:
    """Links of one run as the gold of another: each incident's id is the key."""
    return [{"id": row["id"], "incidents": [{**i, "key": i["incident_id"]} for i in row["incidents"]]} for row in links]


def load_scorer(folder: Path) -> ModuleType:
    """The scorer that stands beside the sets."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--shuffle", type=int, default=0, help="compare so many random orders with the ordered run")
    args = parser.parse_args()
    scorer = load_scorer(args.folders[0].resolve().parent)
    reports = [parse_report(row) for folder in args.folders for row in read_rows(folder / "reports.jsonl")]
    gold = [row for folder in args.folders for row in read_rows(folder / "gold.jsonl")]
    run = link_gold(reports, gold)
    figures, notes = scorer.score_stream(gold, run.links, run.alerts)
    print(json.dumps(figures, indent=1))
    if args.misses:
        print("\n".join(notes))
        print("\n".join(describe_clusters(gold, run.links)))
    for seed in range(args.shuffle):
        mixed = random.Random(seed).sample(reports, len(reports))
        other = link_gold(mixed, gold, in_order=False)
        against, _ = scorer.score_stream(as_gold(run.links), other.links, [])
        print(f"order {seed}: B-cubed F1 against the ordered run {against['bcubed']['f1']:.4f}")


def describe_clusters(gold: Sequence[Row], links: Sequence[Row]) -> list[str]:
    """Which gold events were torn apart or thrown together."""
    of_key: dict[str, set[str]] = {}
    of_id: dict[str, set[str]] = {}
    linked = {row["id"]: row["incidents"] for row in links}
    for row in gold:
        for event, link in zip(row["incidents"], linked[row["id"]], strict=True):
            of_key.setdefault(event["key"], set()).add(link["incident_id"])
            of_id.setdefault(link["incident_id"], set()).add(event["key"])
    lines = [f"torn: {key}: {sorted(ids)}" for key, ids in of_key.items() if len(ids) > 1]
    return lines + [f"thrown together: {name}: {sorted(keys)}" for name, keys in of_id.items() if len(keys) > 1]


if __name__ == "__main__":
    main()
