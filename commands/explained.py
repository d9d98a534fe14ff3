"""Turns an explanation into what a terminal shows: the report with its evidence marked, and a table an incident."""

from __future__ import annotations

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.output import BIDI_MARKS, CONTROL, clean, make_console
from extract.explanation import Explanation, IncidentReason, Silence
from store.records import Evidence, Notice

# A colour a field; where several mark one word, the narrower evidence wins.
COLOURS = {
    "method": "bold red", "target": "bold magenta", "date": "bold cyan", "place": "bold green", "actor": "bold yellow",
    "killed": "bold white on red", "wounded": "bold white on dark_red", "toll": "bold white on dark_red",
    "munitions": "bold blue", "status": "bold black on yellow", "silence": "reverse",
}  # fmt: skip
# Unicode isolates: Arabic words inside a line of Latin ones keep to their own order and move nothing beside them.
ISOLATE, RELEASE = "\u2068", "\u2069"
_KEPT = {**CONTROL, **BIDI_MARKS}
QUOTED = 90  # characters of a silence's sentence in the list below the text


def print_explanation(found: Explanation) -> None:
    """Print the report, then each incident's fields, then why other sentences gave none."""
    console = make_console()
    console.rule(clean(found.report.id), characters="─")
    published = found.report.published
    console.print(f"published {clean(published)}   {clean(found.verdict)}")
    marks = [(item.source, item.start, item.end, item.field) for i in found.incidents for item in i.mention.evidence]
    marks += [(item.source, item.start, item.end, "silence") for item in found.silences if not found.incidents]
    _print_text(console, found.report.title, [mark[1:] for mark in marks if mark[0] == "title"], style="bold")
    _print_text(console, found.report.text, [mark[1:] for mark in marks if mark[0] == "text"])
    for number, incident in enumerate(found.incidents, 1):
        _print_incident(console, number, incident)
    if found.silences:
        console.print(_table_silences(found.silences, beside=bool(found.incidents)))
    if found.coding.notices:
        console.print(_table_notices(found.coding.notices))


def _print_text(console: Console, text: str | None, marks: Iterable[tuple[int, int, str]], style: str = "") -> None:
    """Print a title or a body line by line, its evidence marked by colours, or by brackets where there are none."""
    if not text:
        return
    owner = mark_characters(len(text), marks)
    start = 0
    for line in text.splitlines(keepends=True):
        shown = Text(style=style)
        for first, last, field in split_runs(owner, start, start + len(line)):
            words = "".join(char for char in text[first:last].translate(_KEPT) if char.isprintable())
            if field is None:
                shown.append(words)
            elif console.color_system is not None:
                shown.append(words, style=COLOURS[field])
            elif words.strip():
                shown.append(f"[{words}]" if field == "silence" else f"[{words}|{field}]")
        if shown.plain.strip():
            console.print(shown, soft_wrap=not console.is_terminal)
        start += len(line)
    console.print()


def mark_characters(length: int, marks: Iterable[tuple[int, int, str]]) -> list[str | None]:
    """Which field each character is evidence of; the narrower evidence wins, the whole clause counts for none."""
    owner: list[str | None] = [None] * length
    for start, end, field in sorted(marks, key=lambda mark: mark[0] - mark[1]):
        if field in COLOURS:
            owner[start:end] = [field] * (min(end, length) - start)
    return owner


def split_runs(owner: list[str | None], start: int, end: int) -> Iterable[tuple[int, int, str | None]]:
    """Cut [start, end) where the owner changes."""
    first = start
    for index in range(start + 1, end + 1):
        if index == end or owner[index] != owner[first]:
            yield first, index, owner[first]
            first = index


def _print_incident(console: Console, number: int, incident: IncidentReason) -> None:
    table = Table(
        title=f"Incident {number}   confidence {incident.mention.confidence:.2f}", title_justify="left",
        header_style="bold", box=SIMPLE_HEAD, pad_edge=False,
    )  # fmt: skip
    table.add_column("field", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("because", overflow="fold", ratio=3)
    table.add_column("lost", overflow="fold", ratio=1)
    table.add_column("words", overflow="fold", ratio=2)  # Arabic stands last
    for reason in incident.fields:
        table.add_row(
            reason.name, _isolate(reason.value), clean(reason.why),
            ", ".join(_isolate(loser) for loser in reason.losers[:5]),
            " · ".join(_isolate(quote) for quote in _quotes(reason.quotes)[:4]),
            style="dim" if reason.value is None else "",
        )  # fmt: skip
    console.print(table)
    weights = "  ".join(f"{name} {weight:+.1f}" for name, weight in incident.weights)
    console.print(f"confidence from: {weights} (log-odds)\n", style="dim")


def _quotes(items: Iterable[Evidence]) -> list[str]:
    return list(dict.fromkeys(item.quote for item in items))


def _isolate(value: str | None) -> str:
    """A cell's text, Arabic isolated from what stands beside it."""
    shown = clean(value)
    return f"{ISOLATE}{shown}{RELEASE}" if any("\u0590" <= char <= "\u08ff" for char in shown) else shown


def _table_silences(silences: Iterable[Silence], *, beside: bool) -> Table:
    title = "What gave no incident of its own" if beside else "Why there is no incident, sentence by sentence"
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("reason", no_wrap=True)
    table.add_column("meaning", overflow="fold", ratio=2)
    table.add_column("sentence", overflow="fold", ratio=3)
    for silence in silences:
        quote = clean(silence.quote)
        short = quote if len(quote) <= QUOTED else quote[:QUOTED].rsplit(" ", 1)[0] + " …"
        table.add_row(clean(silence.reason), clean(silence.meaning), _isolate(short))
    return table


def _table_notices(notices: Iterable[Notice]) -> Table:
    title = "Notices, kept silently"
    table = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("kind", "day", "admin1", "place"):
        table.add_column(name, no_wrap=name != "place")
    for notice in notices:
        table.add_row(notice.kind, clean(notice.date), clean(notice.admin1), _isolate(notice.place))
    return table
