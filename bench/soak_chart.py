"""Turns the samples of a soak into one SVG of three panels: memory, descriptors, files on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Protocol

WIDTH, PANEL, LEFT, RIGHT, TOP = 720, 170, 60, 150, 34
COLOURS = ("#1b6ca8", "#c0392b")
PANELS = (
    ("memory, MB", (("daemon", "daemon_mb"), ("workers", "workers_mb"))),
    ("open descriptors", (("daemon", "files"), ("workers", "worker_files"))),
    ("on the disk, MB", (("database", "database_mb"), ("WAL", "wal_mb"))),
)


class Timed(Protocol):
    """A sample with its moment in seconds."""

    @property
    def at(self) -> float: ...


def draw_soak(samples: Sequence[Timed], times: float) -> str:
    """The chart; its x axis is minutes since the daemon was started."""
    height = TOP + PANEL * len(PANELS) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif"'
        ' font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18">100 outlets at {times:g} times the real load; minutes since the start</text>',
    ]
    for number, (title, lines) in enumerate(PANELS):
        parts += draw_panel(samples, title, lines, TOP + number * PANEL)
    return "\n".join([*parts, "</svg>\n"])


def draw_panel(samples: Sequence[Timed], title: str, lines: Sequence[tuple[str, str]], top: int) -> list[str]:
    """One panel from 0 to a tenth above its largest value."""
    end = samples[-1].at or 1.0
    most = max(float(getattr(one, name)) for one in samples for _, name in lines) * 1.1 or 1.0
    low, high = top + PANEL - 34, top + 20

    def place(at: float, value: float) -> tuple[float, float]:
        return LEFT + at / end * (WIDTH - LEFT - RIGHT), low - value / most * (low - high)

    parts = [
        f'<path d="M{LEFT} {high}V{low}H{WIDTH - RIGHT}" fill="none" stroke="#444"/>',
        f'<text x="{LEFT}" y="{high - 6}">{escape(title)}</text>',
        f'<text x="{LEFT - 6}" y="{high + 6}" text-anchor="end">{most:.3g}</text>',
        f'<text x="{LEFT - 6}" y="{low}" text-anchor="end">0</text>',
    ]
    step = max(1, round(end / 60 / 8))
    for minute in range(0, int(end // 60) + 1, step):
        x = place(minute * 60, 0)[0]
        parts.append(f'<text x="{x:.1f}" y="{low + 14}" text-anchor="middle">{minute}</text>')
    for number, (label, name) in enumerate(lines):
        spots = [place(one.at, float(getattr(one, name))) for one in samples]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        parts.append(f'<path d="M{path}" fill="none" stroke="{COLOURS[number]}" stroke-width="1.5"/>')
        last = float(getattr(samples[-1], name))
        y = high + 14 + 18 * number
        parts.append(
            f'<text x="{WIDTH - RIGHT + 10}" y="{y}" fill="{COLOURS[number]}">{escape(label)}: {last:.4g}</text>'
        )
    return parts
