"""Turns lines of JSON into reports, and codings into lines of JSON: what `marsad code` and `replay` exchange."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from store.records import Coding, Evidence, Mention, Report

CODED_FIELDS = (
    "role", "status", "method", "target", "date", "date_precision", "country", "admin1", "place", "lat", "lon",
    "munitions", "killed", "wounded", "actor", "claim",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A line that is no report: its number in the input (from 1) and what is wrong with it."""

    line: int
    problem: str


def read_reports(lines: Iterable[bytes]) -> Iterator[Report | Malformed]:
    """Read one JSON object a line; blank lines are skipped but counted, a bad line is a value and ends nothing."""
    for number, line in enumerate(lines, 1):
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        try:
            yield parse_report(json.loads(line.decode("utf-8")))
        except UnicodeDecodeError:
            yield Malformed(line=number, problem="not UTF-8")
        except RecursionError:
            yield Malformed(line=number, problem="not a report: nested too deeply")
        except json.JSONDecodeError as error:
            yield Malformed(line=number, problem=f"not JSON: {error.msg} at column {error.colno}")
        except ValueError as error:
            yield Malformed(line=number, problem=str(error))


def parse_report(fields: object) -> Report:
    """Build a report from a parsed JSON object; ValueError names the wrong key. Title, url and outlet are optional."""
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    identifier, text = fields.get("id"), fields.get("text")
    if not isinstance(identifier, str) or not identifier:
        raise ValueError("id: a text is needed")
    if not isinstance(text, str):
        raise ValueError("text: a text is needed")
    published, precision = parse_published(fields.get("published"))
    return Report(
        id=identifier,
        title=_optional_text(fields, "title"),
        text=text,
        published=published,
        outlet=_optional_text(fields, "outlet"),
        url=_optional_text(fields, "url"),
        published_precision=precision,
    )


def _optional_text(fields: dict[str, Any], key: str) -> str | None:
    value = fields.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{key}: a text or null is needed")
    return value or None


def parse_published(value: object) -> tuple[datetime | None, str]:
    """Read an ISO 8601 time or day as (aware UTC, "second" | "day"); missing gives (None, "second"), else ValueError.

    A time without an offset is taken as UTC. A day alone stands at its start in UTC with precision "day".
    """
    if value is None or value == "":
        return None, "second"
    if not isinstance(value, str):
        raise ValueError("published: an ISO 8601 text or null is needed")
    text = value.strip()
    try:
        if len(text) <= len("YYYY-MM-DD"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC), "day"
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), "second"
    except (ValueError, OverflowError):
        raise ValueError(f"published: {value[:40]!r} is not ISO 8601") from None


def mention_json(mention: Mention) -> dict[str, Any]:
    """One incident as JSON: every field of the codebook, the confidence and the evidence."""
    row: dict[str, Any] = {name: getattr(mention, name) for name in CODED_FIELDS}
    row["date"] = mention.date.isoformat() if mention.date else None
    row["confidence"] = round(mention.confidence, 3)
    row["evidence"] = [evidence_json(item) for item in mention.evidence]
    return row


def evidence_json(item: Evidence) -> dict[str, Any]:
    """The words that a field rests on; `in` says whether the offsets count in the title or the text."""
    return {"field": item.field, "in": item.source, "quote": item.quote, "start": item.start, "end": item.end}


def coding_json(report_id: str, coding: Coding) -> dict[str, Any]:
    """What `marsad code` writes for one report."""
    return {
        "id": report_id,
        "language": coding.language,
        "incidents": [mention_json(mention) for mention in coding.mentions],
    }


def dump_line(row: object) -> bytes:
    """One line of JSON in UTF-8; a lone surrogate, which UTF-8 cannot hold, is written as its escape."""
    try:
        return json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row).encode("ascii") + b"\n"
