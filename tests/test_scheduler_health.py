"""The daemon tells what the outlets' figures say, not only that polls fail."""

from __future__ import annotations

import asyncio
from pathlib import Path

from store.database import open_database, transaction
from store.outbox import all_alerts
from store.outlets import Fetch, log_fetch, mark_polled
from store.settings import Settings
from tests.test_scheduler import NOW, make_daemon


def test_an_outlet_whose_pages_are_refused_is_told_though_its_polls_succeed(tmp_path: Path) -> None:
    settings = Settings(database=tmp_path / "marsad.db")
    db = open_database(settings.database)
    daemon = make_daemon(db, settings)
    daemon.begin()
    with transaction(db):
        mark_polled(db, "outlet", now=NOW, problem=None, new_pages=1)
        for number in range(12):
            for kind, outcome in (("source", "ok"), ("page", "blocked")):
                url = f"https://outlet.example/{number}"
                log_fetch(db, Fetch(outlet_id="outlet", url=url, kind=kind, outcome=outcome, fetched_at=NOW))

    async def run() -> None:
        try:
            for _ in range(2):
                await daemon.queue_regular()
        finally:
            await daemon.close()

    asyncio.run(run())
    (alert,) = all_alerts(db)
    db.close()
    facts = alert.draft.payload["facts"]
    assert isinstance(facts, dict)
    assert facts["problem"] == "pages_refused"
    assert "12 of 12 pages" in facts["reason"]
