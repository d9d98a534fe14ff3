"""Turns rows and records into what a person or a machine reads: tables on a terminal, JSON on request."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 160  # rich takes 80 where it cannot ask a terminal, too few for a table of incidents
BIDI_MARKS = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)  # directional marks and overrides
PARTS_OF_SECONDS = re.compile(r"(?<=T\d\d:\d\d:\d\d)\.\d+Z$")  # nobody reads them in a table
CONTROL = dict.fromkeys((*range(32), *range(127, 160)))


def make_console(*, stderr: bool = False) -> Console:
    """A console that is wide enough when piped and never marks up the text of outlets."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPED_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def print_json(value: object) -> None:
    """Print one JSON value; times in ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def clean(value: object) -> str:
    """A cell's text: unknown is a dash; control characters and directional overrides of outlets are taken out."""
    if value is None:
        return "–"
    text = _plain(value) if isinstance(value, (date, datetime)) else str(value)
    text = PARTS_OF_SECONDS.sub("Z", text)
    return " ".join(text.translate(CONTROL | BIDI_MARKS).split()) if text else "–"


def print_table(
    title: str, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]], *, empty: str, wide: Sequence[str] = ()
) -> None:
    """Print rows as a table: `columns` maps a row's key to its heading; `wide` columns may wrap, the others do not."""
    rows = list(rows)
    if not rows:
        click.echo(empty)
        return
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for key, heading in columns.items():
        table.add_column(heading, no_wrap=key not in wide, overflow="fold", min_width=12 if key in wide else None)
    for row in rows:
        table.add_row(*(clean(row.get(key)) for key in columns))
    make_console().print(table)


def print_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Print name and value, one a line, aligned."""
    pairs = list(pairs)
    width = max((len(name) for name, _ in pairs), default=0)
    for name, value in pairs:
        click.echo(f"{name:<{width}}  {clean(value)}")
