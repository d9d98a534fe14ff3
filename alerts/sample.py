"""Makes up one story, marked as a test, that shows what an alert looks like."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alerts.stories import Story
from store.times import to_iso


def sample_story(now: datetime) -> Story:
    """An invented incident of today in Diwaniyah."""
    source: dict[str, Any] = {
        "outlet": "sample", "name_ar": "مثال", "name_en": "Example", "ownership": "private", "publisher": "sample",
        "title": None, "url": "https://outlet.example/sample", "published_at": to_iso(now),
        "published_precision": "second",
    }  # fmt: skip
    incident: dict[str, Any] = {
        "id": "", "role": "news", "status": "occurred", "standing": "reported", "method": "ied",
        "target": "coalition_convoy", "date": now.date().isoformat(), "date_precision": "day", "country": "IQ",
        "admin1": "IQ-QA", "place": "الديوانية", "lat": 31.99, "lon": 44.93, "place_precision": "town",  # Diwaniyah
        "munitions": 2, "killed": 0, "killed_low": None, "killed_high": None, "wounded": 2, "wounded_low": None,
        "wounded_high": None, "actor": None, "claim": "none", "confidence": 0.9, "reports": 1, "publishers": 1,
        "title": None,
    }  # fmt: skip
    quote = "هذا نص مختلق: انفجرت عبوتان قرب رتل من دون خسائر كبيرة."  # invented: two devices went off near a convoy
    return Story(kind="sample", incident=incident, source=source, sources=(source,), quote=quote)
