"""`marsad evaluate`: scores the coder on any gold set, field by field and error by error, against the last run."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from commands.last_run import Changes, Run, compare_runs, describe_run, load_run, save_run, state_path
from commands.options import json_option
from commands.output import print_json
from commands.scorecard import print_evaluation
from extract.reports import mention_json
from extract.scoring.evaluation import Evaluation, evaluate
from extract.scoring.gold import Gold, GoldError, read_coded, read_gold


@click.command("evaluate")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="GOLD…")
@click.option(
    "--reports", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="The reports of a gold file.  [default: reports.jsonl beside it]",
)  # fmt: skip
@click.option(
    "--coded", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE",
    help="Score these lines of `marsad code` (or of another program) in place of coding now.",
)  # fmt: skip
@click.option("--misses", is_flag=True, help="Also list every difference from the gold.")
@click.option(
    "--state", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Where the last run is kept.  [default: a file a gold set under ~/.local/state/marsad/evaluations]",
)  # fmt: skip
@click.option("--no-save", is_flag=True, help="Compare with the last run, but do not take its place.")
@json_option
def command(
    sources: tuple[Path, ...],
    reports: Path | None,
    coded: Path | None,
    misses: bool,
    state: Path | None,
    no_save: bool,
    as_json: bool,
) -> None:
    """Score the coder on gold: folders with gold.jsonl and reports.jsonl, or a gold file, several as one set.

    A gold file holds {"id", "incidents"} a line, as docs/codebook.md codes them; its reports stand beside it, or their
    "title", "text" and "published" in the same lines. The figures are compared with the last run on the same set, so
    that a corrected word shows its effect at once: correct, run again, see what is mended and what is broken.

    \b
    Examples:
      marsad evaluate tests/gold
      marsad evaluate tests/gold --misses
      marsad evaluate mine/gold.jsonl --reports mine/reports.jsonl --json
    """
    try:
        gold = read_gold(sources, reports)
        rows = read_coded(coded) if coded else code_gold(gold)
        found = evaluate(gold.rows, rows)
    except GoldError as error:
        raise click.ClickException(str(error)) from error
    path = state or state_path([*sources, *([coded] if coded else [])])
    run = describe_run(found, hash_gold(gold), datetime.now(UTC))
    before = load_run(path)
    changes = compare_runs(before, run) if before else None
    kept = not no_save and keep(path, run)
    if as_json:
        print_json(as_object(run, changes, found, misses=misses, path=path))
        return
    print_evaluation(found, run, changes, misses=misses)
    click.echo(f"{'Kept' if kept else 'Not kept'} for the next run to compare with: {path}")


def code_gold(gold: Gold) -> dict[str, list[dict[str, Any]]]:
    """Code every report of a gold set."""
    from extract.coder import code_report

    return {report.id: [mention_json(m) for m in code_report(report).mentions] for report in gold.reports}


def hash_gold(gold: Gold) -> str:
    """A hash by which a corrected gold set is told from the one of the last run."""
    lines = "\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str) for row in gold.rows)
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()


def keep(path: Path, run: Run) -> bool:
    """Keep the run; where that is not possible say so and go on."""
    try:
        save_run(path, run)
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
        return False
    return True


def as_object(run: Run, changes: Changes | None, found: Evaluation, *, misses: bool, path: Path) -> dict[str, Any]:
    """All figures as one JSON object, with what changed since the last run."""
    row: dict[str, Any] = {**run.figures, "false_alarms": found.false_alarms, "kept_in": str(path), "before": None}
    if changes is not None:
        row["before"] = {
            "at": changes.before.at, "same_gold": changes.same_gold, "figures": changes.before.figures,
            "mended": _pairs(changes.mended), "broken": _pairs(changes.broken),
        }  # fmt: skip
    if misses:
        row["misses"] = [asdict(miss) for miss in found.misses]
    return row


def _pairs(rows: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"report": report, "miss": miss} for report, miss in rows]
