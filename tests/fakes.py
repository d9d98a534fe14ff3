"""What several tests share: outlets, articles and reports made up in one line."""

from __future__ import annotations

from typing import Any

from store.records import Outlet


def make_outlet(outlet_id: str, **fields: Any) -> Outlet:
    """An outlet of the given id; `fields` override its made-up ones."""
    known: dict[str, Any] = {
        "name_ar": "منفذ",  # "outlet"
        "name_en": outlet_id.title(),
        "home": f"https://{outlet_id}.example/",
        "publisher": outlet_id,
        "ownership": "private",
        "country": "IQ",
        "time_zone": "Asia/Baghdad",
        "kind": "feed",
        "urls": (f"https://{outlet_id}.example/rss",),
        "every_seconds": 600,
        "allowed_hosts": (f"{outlet_id}.example",),
    }
    return Outlet(id=outlet_id, **{**known, **fields})
