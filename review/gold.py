"""Turns judged reports into a gold set as tests/gold has it: reports.jsonl and gold.jsonl, line by line alike."""

from __future__ import annotations

import json
from pathlib import Path

from store.database import Database
from store.judged import each_judged


def write_gold(db: Database, folder: Path) -> tuple[int, int]:
    """Write both files into a folder; how many reports and how many incidents they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    reports = incidents = 0
    with (
        (folder / "reports.jsonl").open("w", encoding="utf-8") as texts,
        (folder / "gold.jsonl").open("w", encoding="utf-8") as gold,
    ):
        for article, judged in each_judged(db):
            published = article["published_at"]
            if published and article["published_precision"] == "day":
                published = published[:10]
            report = {
                "id": article["id"], "outlet": article["outlet_id"], "url": article["url"], "published": published,
                "title": article["title"], "text": article["text"],
            }  # fmt: skip
            texts.write(json.dumps(report, ensure_ascii=False) + "\n")
            gold.write(json.dumps({"id": article["id"], "incidents": judged}, ensure_ascii=False) + "\n")
            reports, incidents = reports + 1, incidents + len(judged)
    return reports, incidents
