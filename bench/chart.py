"""Turns measured figures into a small SVG chart: lines over a logarithmic x axis, or bars beside those of before."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, MARGIN = 640, 360, 56
COLOURS = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad", "#b8860b")


def draw_lines(series: Mapping[str, Sequence[tuple[float, float]]], *, x: str, y: str) -> str:
    """An SVG with one line a series; x values must be above 0."""
    points = [point for line in series.values() for point in line]
    low, high = math.log10(min(p[0] for p in points)), math.log10(max(p[0] for p in points))
    top = max(p[1] for p in points) * 1.1 or 1.0

    def place(point: tuple[float, float]) -> tuple[float, float]:
        share = (math.log10(point[0]) - low) / ((high - low) or 1)
        return MARGIN + share * (WIDTH - 2 * MARGIN), HEIGHT - MARGIN - point[1] / top * (HEIGHT - 2 * MARGIN)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<path d="M{MARGIN} {MARGIN}V{HEIGHT - MARGIN}H{WIDTH - MARGIN}" fill="none" stroke="#444"/>',
        f'<text x="{WIDTH // 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x)}</text>',
        f'<text x="12" y="{MARGIN - 16}">{escape(y)} (0 to {top:.3g})</text>',
    ]
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        spots = [place(point) for point in line]
        path = "L".join(f"{a:.1f} {b:.1f}" for a, b in spots)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>'
            f'<text x="{a:.1f}" y="{b - 8:.1f}" text-anchor="middle">{point[1]:.3g}</text>'
            for (a, b), point in zip(spots, line, strict=True)
        ]
        label = f'<text x="{WIDTH - MARGIN}" y="{MARGIN + 16 * number}" text-anchor="end" fill="{colour}">'
        parts.append(f"{label}{escape(name)}</text>")
    ticks = sorted({point[0] for point in points})
    parts += [
        f'<text x="{place((tick, 0))[0]:.1f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{tick:,.0f}</text>'
        for tick in ticks
    ]
    return "\n".join([*parts, "</svg>\n"])


def draw_bars(rows: Sequence[tuple[str, float, float | None]], *, unit: str) -> str:
    """An SVG with a bar a row, and a thin one below it for what was measured before (None: nothing)."""
    step, left, wide = 34, 330, 900
    longest = max([value for _, now, before in rows for value in (now, before or 0.0)], default=0.0) or 1.0
    height = MARGIN + step * len(rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {height}" font-family="sans-serif"'
        ' font-size="12">',
        f'<rect width="{wide}" height="{height}" fill="#fff"/>',
        f'<text x="{left}" y="24">{escape(unit)}; thin and grey: the last run</text>',
    ]
    for number, (name, now, before) in enumerate(rows):
        top, room = 40 + step * number, wide - left - 80
        parts.append(f'<text x="{left - 8}" y="{top + 13}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect x="{left}" y="{top}" width="{now / longest * room:.1f}" height="16" fill="{COLOURS[0]}"/>')
        parts.append(f'<text x="{left + now / longest * room + 6:.1f}" y="{top + 13}">{now:.3g}</text>')
        if before is not None:
            width = before / longest * room
            parts.append(f'<rect x="{left}" y="{top + 18}" width="{width:.1f}" height="5" fill="#999"/>')
    return "\n".join([*parts, "</svg>\n"])
