"""Turns gold files and the reports beside them into one set to be scored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract.reports import parse_report
from extract.scoring.pairing import parse_day
from store.records import Report


class GoldError(ValueError):
    """A gold set that cannot be read: file, line and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A gold set: its rows ({"id", "incidents"}) and their reports, in the same order."""

    rows: tuple[dict[str, Any], ...]
    reports: tuple[Report, ...]


def read_gold(sources: Sequence[Path], reports: Path | None = None) -> Gold:
    """Read folders or gold files as one set; `reports` is for a gold file whose reports stand elsewhere.

    GoldError where a line is no gold, a report is missing, or an id stands twice.
    """
    rows: list[dict[str, Any]] = []
    told: list[Report] = []
    for source in sources:
        path = source / "gold.jsonl" if source.is_dir() else source
        found = read_rows(path)
        for number, row in found:
            check_row(path, number, row)
        beside = reports or path.with_name("reports.jsonl")
        own = all("text" in row for _, row in found)
        texts = found if own and reports is None else read_rows(beside)
        known = {row.get("id"): (number, row) for number, row in texts}
        for number, row in found:
            if row["id"] not in known:
                raise GoldError(f"{path}:{number}: no report {row['id']!r} in {path if own else beside}")
            rows.append(row)
            told.append(_read_report(beside, *known[row["id"]]))
    twice = {row["id"] for row in rows if sum(other["id"] == row["id"] for other in rows) > 1}
    if twice:
        raise GoldError(f"told twice: {', '.join(sorted(twice))}")
    return Gold(rows=tuple(rows), reports=tuple(told))


def read_coded(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The incidents of `marsad code`'s lines, by report; GoldError where a line is none."""
    coded = {}
    for number, row in read_rows(path):
        check_row(path, number, row)
        coded[row["id"]] = row["incidents"]
    return coded


def read_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The JSON objects of a file, one a line, each with its number."""
    rows = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GoldError(f"{path}: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise GoldError(f"{path}:{number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise GoldError(f"{path}:{number}: not a JSON object")
        rows.append((number, row))
    return rows


def check_row(path: Path, number: int, row: dict[str, Any]) -> None:
    """GoldError where a row is not {"id": text, "incidents": list of objects with readable days and points}."""
    where = f"{path}:{number}"
    if not isinstance(row.get("id"), str) or not isinstance(row.get("incidents"), list):
        raise GoldError(f'{where}: a line is {{"id": text, "incidents": [...]}}')
    for incident in row["incidents"]:
        if not isinstance(incident, dict):
            raise GoldError(f"{where}: an incident is a JSON object")
        try:
            parse_day(incident.get("date"))
        except ValueError:
            raise GoldError(f"{where}: date: {incident['date']!r} is no day (YYYY-MM-DD)") from None
        for axis in ("lat", "lon", "confidence"):
            value = incident.get(axis)
            if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
                raise GoldError(f"{where}: {axis}: {value!r} is no number")


def _read_report(path: Path, number: int, row: dict[str, Any]) -> Report:
    try:
        return parse_report(row)
    except ValueError as error:
        raise GoldError(f"{path}:{number}: {error}") from error
