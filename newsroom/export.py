"""Turns the newsroom's articles into reports.jsonl and gold.jsonl, for the coder and for `marsad replay`."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from newsroom.script import CODED
from newsroom.truth import Truth

_ORDER = ("key", *CODED[:4], "date", *CODED[4:])


def write_reports(truth: Truth, folder: Path) -> int:
    """Write the Arabic articles of `truth` in order of publication; return how many there are.

    Each article's gold is what that article says, not what the newsroom knows.
    """
    articles = sorted((each for each in truth.articles if each.language == "ar"), key=lambda each: each.published)
    reports, gold = [], []
    for article in articles:
        reports.append(
            {
                "id": article.id,
                "outlet": article.outlet,
                "url": article.url,
                "published": article.published.isoformat(timespec="seconds"),
                "title": article.title,
                "text": article.text,
            }
        )
        incidents = [_write_incident(key, fields) for key, fields in article.reports.items()]
        gold.append({"id": article.id, "incidents": incidents})
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("reports.jsonl", reports), ("gold.jsonl", gold)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(reports)


def _write_incident(key: str, fields: dict[str, Any]) -> dict[str, Any]:
    values = {"key": key, **fields}
    return {name: value.isoformat() if isinstance(value := values[name], date) else value for name in _ORDER}
