"""Turns a row of counts into a small PNG bar chart, without any drawing library."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

WIDTH, HEIGHT, BASE = 600, 160, 140
PALETTE = bytes((255, 255, 255, 176, 58, 46, 120, 128, 136))  # white paper, red bars, grey axis and figures
# Figures of 3 × 5 dots, row by row.
_FIGURES = {
    "0": "111101101101111", "1": "010110010010111", "2": "111001111100111", "3": "111001111001111",
    "4": "101101111001001", "5": "111100111001111", "6": "111100111101111", "7": "111001001001001",
    "8": "111101111101111", "9": "111101111001111",
}  # fmt: skip
_DOT = 2


def draw_bars(counts: Sequence[int]) -> bytes:
    """A PNG of one bar a count, first on the left, each with its figure on top."""
    rows = [bytearray(WIDTH) for _ in range(HEIGHT)]
    rows[BASE][:] = b"\x02" * WIDTH
    slot = WIDTH // max(1, len(counts))
    highest = max([*counts, 1])
    for place, count in enumerate(counts):
        top = BASE - round(count / highest * (BASE - 20))
        left, right = place * slot + slot // 6, (place + 1) * slot - slot // 6
        for line in range(top, BASE):
            rows[line][left:right] = b"\x01" * (right - left)
        if count:
            _write(rows, str(count), (left + right) // 2, top - 6 * _DOT)
    return _encode(rows)


def _write(rows: list[bytearray], text: str, middle: int, top: int) -> None:
    left = middle - len(text) * 2 * _DOT
    for number, char in enumerate(text):
        for dot, value in enumerate(_FIGURES[char]):
            if value == "1":
                x, y = left + number * 4 * _DOT + dot % 3 * _DOT, top + dot // 3 * _DOT
                for line in range(max(0, y), max(0, y + _DOT)):
                    rows[line][x : x + _DOT] = b"\x02" * _DOT


def _encode(rows: Sequence[bytearray]) -> bytes:
    """The rows of palette indices as a PNG (ISO/IEC 15948)."""
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    data = zlib.compress(b"".join(b"\x00" + bytes(row[:WIDTH]) for row in rows), 9)
    parts = ((b"IHDR", head), (b"PLTE", PALETTE), (b"IDAT", data), (b"IEND", b""))
    chunks = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + chunks
