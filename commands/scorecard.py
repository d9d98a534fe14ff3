"""Turns an evaluation into tables for a terminal: what is found, which fields are right, errors and confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.last_run import Changes, Run, describe_miss
from commands.output import clean, make_console
from extract.scoring.evaluation import SURE, Evaluation, Score

SHOWN = 15  # mended and broken misses told each; --json has all
SMALL = 0.0005  # a smaller change is none


def print_evaluation(found: Evaluation, run: Run, changes: Changes | None, *, misses: bool) -> None:
    """Print all tables; `changes` is None at the first run on a set."""
    console = make_console()
    console.print(
        f"{found.reports} reports, {found.empty} of them without incident, {found.incidents.true} incidents"
        + (f"; {found.missing} reports were not coded" if found.missing else "")
    )
    if found.empty:
        console.print(f"{len(found.false_alarms)} of {found.empty} reports without incident got one: false alarms")
    console.print(_table_incidents(found, changes))
    console.print(_table_fields(found, changes))
    console.print(_table_errors(found, changes))
    console.print(_table_confidence(found))
    error = "" if found.calibration_error is None else f"; off by {found.calibration_error:.3f} on average"
    sure = f"{found.sure_share:.0%} of incidents said at {SURE} or above, {found.sure.share:.0%} of those right"
    console.print(f"{sure}{error}\n")
    if misses:
        for miss in found.misses:
            console.print(clean(f"{miss.report}: {describe_miss(miss)}"), soft_wrap=True)
    if changes is None:
        click.echo("No last run on this set to compare with.")
        return
    _print_changes(console, changes)


def _table(title: str, *columns: str, words: Sequence[str] = ()) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        left = name in words or name == columns[0]
        table.add_column(name, justify="left" if left else "right", overflow="fold" if name in words else "ellipsis")
    return table


def _table_incidents(found: Evaluation, changes: Changes | None) -> Table:
    table = _table("Found", "", "precision", "recall", "F1", "change", "both", "coded", "gold")
    rows: list[tuple[str, str, Score]] = [
        ("all incidents", "all", found.incidents), ("news", "news", found.news),
        ("reports with news", "reports_with_news", found.reports_with_news),
        ("status not occurred", "status_not_occurred", found.status),
    ]  # fmt: skip
    for label, key, score in rows:
        table.add_row(
            label, f"{score.precision:.3f}", f"{score.recall:.3f}", f"{score.f1:.3f}",
            _change(changes, f"{key}.f1", score.f1), str(score.hit), str(score.said), str(score.true),
        )  # fmt: skip
    return table


def _table_fields(found: Evaluation, changes: Changes | None) -> Table:
    table = _table(
        "Fields of found incidents", "field", "right", "of", "share", "change", "most often (gold → coded)",
        words=("most often (gold → coded)",),
    )  # fmt: skip
    for name, share in found.fields.items():
        often = ", ".join(f"{a} → {b} ×{n}" for (a, b), n in found.confusions[name].most_common(3))
        table.add_row(
            name, str(share.right), str(share.total), f"{share.share:.3f}",
            _change(changes, f"fields.{name}", share.share), clean(often) if often else "",
        )  # fmt: skip
    table.add_row(
        "mean", "", "", f"{found.fields_mean:.3f}", _change(changes, "fields_mean", found.fields_mean), "", style="bold"
    )
    return table


def _table_errors(found: Evaluation, changes: Changes | None) -> Table:
    table = _table("Errors", "kind", "count", "change", "in reports", words=("in reports",))
    counts = Counter(miss.kind for miss in found.misses)
    gone = (changes.before.figures.get("errors") or {}) if changes else {}
    kinds = [*counts, *(kind for kind in gone if kind not in counts)]
    for kind in sorted(kinds, key=lambda kind: (kind.startswith("field "), -counts[kind])):
        where = list(dict.fromkeys(miss.report for miss in found.misses if miss.kind == kind))
        shown = " ".join(where[:6]) + (f" … and {len(where) - 6} more" if len(where) > 6 else "")
        table.add_row(kind, str(counts[kind]), _change_count(changes, gone.get(kind, 0), counts[kind]), clean(shown))
    return table


def _table_confidence(found: Evaluation) -> Table:
    table = _table("Confidence", "confidence", "said", "right", "share right", "mean said")
    for cell in found.bins:
        share = f"{cell.right / cell.said:.3f}" if cell.said else "–"
        mean = f"{cell.mean:.3f}" if cell.mean is not None else "–"
        table.add_row(f"{cell.low:.1f}-{cell.low + 0.1:.1f}", str(cell.said), str(cell.right), share, mean)
    return table


def _change(changes: Changes | None, path: str, now: float) -> Text:
    """How a share moved since the last run, green where it grew."""
    delta = changes.delta(path, now) if changes else None
    if delta is None or abs(delta) < SMALL:
        return Text("")
    return Text(f"{delta:+.3f}", style="green" if delta > 0 else "red")


def _change_count(changes: Changes | None, before: int, now: int) -> Text:
    """How a number of errors moved since the last run, green where it fell."""
    if changes is None or before == now:
        return Text("")
    return Text(f"{now - before:+d}", style="green" if now < before else "red")


def _print_changes(console: Console, changes: Changes) -> None:
    told = "" if changes.same_gold else " (the gold itself has changed)"
    console.print(f"Since the run of {clean(changes.before.at)}{told}:")
    for label, style, rows in (("mended", "green", changes.mended), ("broken", "red", changes.broken)):
        console.print(Text(f"  {len(rows)} {label}", style=style))
        for report, miss in rows[:SHOWN]:
            console.print(f"    {clean(report)}: {clean(miss)}", soft_wrap=True)
        if len(rows) > SHOWN:
            console.print(f"    … and {len(rows) - SHOWN} more")
