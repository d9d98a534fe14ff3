"""Serves the review's real pages on loopback for a test, over a database that tells a few stories."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn

from commands.review import make_workings
from review.app import make_app
from review.server import bind_socket, serve_app
from review.workings import ReviewConfig
from store.database import Database, open_database
from store.records import Evidence
from tests.stories import Story, mention

NOW = datetime(2021, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A served review."""

    url: str
    path: Path

    def open(self) -> Database:
        return open_database(self.path)


def told_story(path: Path) -> Story:
    """Seven incidents: two that are perhaps one, one with copies, one foiled, one of last year, one hostile."""
    story = Story(open_database(path))
    text = (
        "انفجرت عبوة ناسفة على رتل للتحالف في الحلة صباح الاثنين وأسفرت عن مقتل شخصين."  # a bomb on a convoy in Hilla
    )
    quotes = tuple(
        Evidence(field=name, source="text", quote=words, start=text.index(words), end=text.index(words) + len(words))
        for name, words in (("method", "عبوة ناسفة"), ("target", "رتل للتحالف"), ("killed", "مقتل شخصين"))
    )
    story.tell(
        "2021-03-01 08:00",
        mention("hilla", "2021-03-01", target="coalition_convoy", killed=2, evidence=quotes), by="a", text=text,
    )  # fmt: skip
    story.tell("2021-03-01 09:00", mention("hilla", "2021-03-01", target="coalition_convoy", killed=3), by="b")
    story.tell("2021-03-01 09:30", mention("iskandariya", "2021-03-01", "ied", killed=2), by="c")
    story.tell("2021-03-01 10:00", mention("erbil_airport", "2021-03-01", "rocket", munitions=14, wounded=5), by="a")
    story.tell("2021-03-02 08:00", mention("baghdad", "2021-03-02", "drone", status="foiled"), by="b")
    story.tell("2021-03-02 09:00", mention("ain_al_asad", "2021-03-02", "rocket", target="coalition_base"), by="c")
    story.tell(
        "2021-03-02 10:00", mention(None, None, "gunfire"), by="a", text="هجوم بالصواريخ قرب بغداد"
    )  # rockets near Baghdad
    return story


@contextmanager
def served(
    path: Path,
    *,
    people: dict[str, str] | None = None,
    reviewer: str = "layla",
    tiles: str | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
) -> Iterator[Site]:
    """The pages on a free port of loopback, in a thread of this process."""
    config = ReviewConfig(
        database=path, reviewer=reviewer, people=people or {}, hosts=("127.0.0.1", "localhost"), tiles=tiles
    )
    app = make_app(replace(make_workings(), clock=clock), config)
    listener: socket.socket = bind_socket("127.0.0.1", 0)
    servers: list[uvicorn.Server] = []
    thread = threading.Thread(target=serve_app, args=(app, listener), kwargs={"on_start": servers.append}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not (servers and servers[0].started):
        assert time.monotonic() < deadline, "the review did not start"
        time.sleep(0.02)
    try:
        yield Site(url=f"http://127.0.0.1:{listener.getsockname()[1]}", path=path)
    finally:
        servers[0].should_exit = True
        thread.join(timeout=15)
        app.close()
        listener.close()


class Reviewer:
    """A reader with cookies, who fills in the pages' forms."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.client = httpx.Client(base_url=site.url, follow_redirects=True, timeout=60)

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        return answer.text

    def post(self, path: str, **fields: object) -> httpx.Response:
        """Post a form as a browser would, with the token of the pages."""
        data = {"csrftoken": self.token(), **fields}
        return self.client.post(path, data=data, headers={"origin": self.site.url})

    def token(self) -> str:
        if "ds_csrftoken" not in self.client.cookies:
            page = self.client.get("/queue" if self.client.cookies.get("marsad_person") else "/sign-in")
            assert page.status_code == 200
        return self.client.cookies["ds_csrftoken"]

    def seen(self, incident_id: str) -> str:
        found = re.search(r'name="seen" value="([0-9.]+)"', self.get(f"/incident/{incident_id}"))
        assert found
        return found[1]

    def judge(self, incident_id: str, action: str, **fields: object) -> httpx.Response:
        """Judge what the page shows at this moment, unless `seen` says what was seen before."""
        fields.setdefault("seen", self.seen(incident_id))
        return self.post(f"/incident/{incident_id}/judge", action=action, **fields)

    def close(self) -> None:
        self.client.close()


def row_of(db: Database, incident_id: str) -> dict[str, object]:
    return dict(next(iter(db.query("SELECT * FROM incidents WHERE id = ?", [incident_id]))))


def find_id(db: Database, place: str) -> str:
    """The living incident at a place of the stories."""
    query = "SELECT id FROM incidents WHERE place = ? AND merged_into IS NULL ORDER BY first_seen_at LIMIT 1"
    return str(db.execute(query, (place,)).fetchone()[0])
