"""The review pages over a small database of made-up reports, asked in this process: requests in, status codes out."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from commands.review import make_workings
from extract.coder import code_report
from intake.replay import replay_reports
from review.app import make_app
from review.workings import ReviewConfig
from store.alert_settings import AlertSettings
from store.articles import find_article
from store.database import open_database
from store.incidents import read_incidents
from store.mentions import read_tellings
from store.records import Article, Incident, Mention, Report

PUBLISHED = datetime(2026, 11, 20, 9, tzinfo=UTC)
# Three reports: a bomb on a convoy in Hilla, rockets at an air base, gunmen at a checkpoint.
TEXTS = (
    "انفجرت عبوة ناسفة على رتل للتحالف في الحلة اليوم الجمعة وأسفرت عن مقتل شخصين.",
    "سقطت ثلاثة صواريخ على قاعدة عين الأسد في الأنبار اليوم الجمعة من دون خسائر.",
    "قتل جندي بهجوم مسلح على حاجز للجيش العراقي قرب كركوك اليوم الجمعة.",
)
MOST_LINES = 3


def fill_database(path: Path) -> str:
    """Take the reports in; returns the id of an incident."""
    reports = [
        Report(id=f"r{number}", outlet=f"o{number}", url=f"https://o{number}.example/1", title=text[:40], text=text,
               published=PUBLISHED)
        for number, text in enumerate(TEXTS)
    ]  # fmt: skip
    db = open_database(path)
    replay_reports(db, reports, code_report, AlertSettings())
    incident_id = str(db.execute("SELECT id FROM incidents ORDER BY id LIMIT 1").fetchone()[0])
    db.close()
    return incident_id


def open_known() -> tuple[Incident, Mention, Article]:
    """One incident with what a report tells of it, and that report."""
    with tempfile.TemporaryDirectory(prefix="marsad-fuzz-") as folder:
        incident_id = fill_database(Path(folder) / "marsad.db")
        db = open_database(Path(folder) / "marsad.db")
        telling = read_tellings(db, [incident_id])[incident_id][0]
        stored = find_article(db, telling.article_id)
        incident = read_incidents(db, [incident_id])[incident_id]
        db.close()
        assert stored is not None
        return incident, telling.mention, stored.article


class Pages:
    """The application with a client of its own; what is written goes to a database that is thrown away."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="marsad-fuzz-")
        path = Path(self._folder.name) / "marsad.db"
        self._incident_id = fill_database(path)
        config = ReviewConfig(database=path, reviewer="fuzz", people={}, hosts=("127.0.0.1",), language="ar")
        self._loop = asyncio.new_event_loop()
        app: Any = make_app(make_workings(), config)
        transport = httpx.ASGITransport(app=app)  # a fault of the server is raised here
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")
        self._loop.run_until_complete(self._client.get("/"))
        self._loop.run_until_complete(self._client.get(f"/incident/{self._incident_id}"))

    def ask(self, body: bytes) -> None:
        """Send one request, a GET where there is one line; AssertionError where the answer is the server's fault."""
        text = body.decode("utf-8", "replace").replace("ID", self._incident_id)
        address, *form = text.split("\n")[:MOST_LINES]
        path = "/" + quote(address.lstrip("/"), safe="/?&=%+,.;:-_")
        try:
            url = httpx.URL(f"http://127.0.0.1{path}")
        except httpx.InvalidURL:
            return
        status = self._loop.run_until_complete(self._send(url, "&".join(form)))
        assert status < 500, f"{status} for {path!r}"

    async def _send(self, url: httpx.URL, form: str) -> int:
        if not form:
            return (await self._client.get(url)).status_code
        token = self._client.cookies.get("ds_csrftoken") or ""
        content = f"csrftoken={quote(token, safe='')}&{quote(form, safe='&=%+')}"
        headers = {"origin": "http://127.0.0.1", "content-type": "application/x-www-form-urlencoded"}
        judged = url.copy_with(path=f"/incident/{self._incident_id}/judge") if "action=" in form else url
        return (await self._client.post(judged, content=content, headers=headers)).status_code
