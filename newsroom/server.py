"""Turns the script into real HTTP servers on loopback, one an outlet, whose articles appear round by round."""

from __future__ import annotations

import gzip
import hashlib
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

from newsroom.pages import DISCOVERY, Answer, SitePages
from newsroom.script import Script, Site, Told, load_script, tell
from newsroom.truth import Truth, list_truth
from store.records import Outlet

ADDRESS_OF_FIRST = 10  # outlets take 127.0.0.10, .11 … where the machine lets them, so that each is a host of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request that an outlet's server answered."""

    outlet: str
    path: str
    status: int
    user_agent: str
    bytes_sent: int


class Newsroom:
    """The embedded outlets: `with Newsroom() as newsroom:`, also `async with`; `advance()` begins the next round.

    The opening round (0) begins at `now`, the real time unless given. With `keeps_time`, rounds begin by themselves
    every `round_seconds` of the real clock; otherwise `advance()` begins them, at the real time since the start, or
    `round_seconds` later than the last where `now` was given. A `port` other than 0 is the first outlet's; the others
    follow it.
    """

    def __init__(
        self,
        *,
        now: datetime | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        round_seconds: float = 60.0,
        keeps_time: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.script: Script = load_script()
        self.visits: list[Visit] = []
        self.faults: list[BaseException] = []
        self._clock = clock
        self._fixed = now is not None
        self._round_seconds = round_seconds
        self._keeps_time = keeps_time
        self._starts = [now or clock()]
        self._opened_at = clock()
        self._host, self._port = host, port
        self._servers: dict[str, _OutletServer] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        for index, site in enumerate(self.script.sites):
            server = _open_server(self, site, self._host, self._port and self._port + index, index)
            self._servers[site.id] = server
            thread = threading.Thread(
                target=server.serve_forever, args=(0.02,), name=f"newsroom-{site.id}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        for server in self._servers.values():
            server.shutdown()
        for server in self._servers.values():
            server.server_close()
        for thread in self._threads:
            thread.join()
        self._servers.clear()
        self._threads.clear()

    def __enter__(self) -> Newsroom:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Newsroom:
        self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def round(self) -> int:
        """The round that is on; the last one has no end."""
        with self._lock:
            if self._keeps_time:
                due = int((self._clock() - self._opened_at).total_seconds() // self._round_seconds)
                while len(self._starts) <= min(due, self.script.rounds - 1):
                    self._starts.append(self._starts[0] + timedelta(seconds=len(self._starts) * self._round_seconds))
            return len(self._starts) - 1

    @property
    def is_over(self) -> bool:
        """Whether the last round has begun."""
        return self.round >= self.script.rounds - 1

    def advance(self, at: datetime | None = None) -> int:
        """Begin the next round, `at` where given, and return its number; after the last round nothing changes."""
        with self._lock:
            if len(self._starts) < self.script.rounds:
                later = self._starts[-1] + timedelta(seconds=self._round_seconds)
                self._starts.append(at or (later if self._fixed else self._clock()))
            return len(self._starts) - 1

    def base(self, outlet_id: str) -> str:
        """The address of an outlet's site, without a slash at the end."""
        address, port = self._servers[outlet_id].server_address[:2]
        return f"http://{address!s}:{port}"

    def told(self, outlet_id: str) -> list[Told]:
        """What an outlet has told so far."""
        starts = self._starts[: self.round + 1]
        site = next(site for site in self.script.sites if site.id == outlet_id)
        zone = ZoneInfo(site.time_zone)
        stories = (tell(story, self.script, starts, zone) for story in self.script.stories if story.outlet == outlet_id)
        return [told for told in stories if told]

    def pages(self, outlet_id: str) -> SitePages:
        site = next(site for site in self.script.sites if site.id == outlet_id)
        now = self._starts[self.round]
        return SitePages(site, self.told(outlet_id), base=self.base(outlet_id), now=now)

    def outlets(self, *, every_seconds: int = 5) -> tuple[Outlet, ...]:
        """The catalogue entries of the outlets, private addresses allowed."""
        return tuple(self._read_outlet(site, every_seconds) for site in self.script.sites)

    def truth(self) -> Truth:
        """What has really happened so far, and which articles tell it: the list that a run is measured against."""
        urls = {site.id: self.pages(site.id) for site in self.script.sites}
        told = [(each, urls[site.id].url(each)) for site in self.script.sites for each in urls[site.id].told]
        return list_truth(self.script, told, self._starts[: self.round + 1])

    def _read_outlet(self, site: Site, every_seconds: int) -> Outlet:
        kind, path = DISCOVERY[site.plays]
        base = self.base(site.id)
        return Outlet(
            id=site.id,
            name_ar=site.name_ar,
            name_en=site.name_en,
            home=f"{base}/",
            publisher=site.publisher,
            ownership=site.ownership,
            country=site.country,
            time_zone=site.time_zone,
            kind=kind,
            urls=(f"{base}{path}",),
            every_seconds=every_seconds,
            allowed_hosts=(str(self._servers[site.id].server_address[0]),),
            link_css=site.link_css,
            body_css=site.body_css,
            title_css=site.title_css,
            date_css=site.date_css,
            allow_private_hosts=True,
            known_from="the embedded newsroom",
        )

    def record(self, visit: Visit) -> None:
        with self._lock:
            self.visits.append(visit)


class _OutletServer(ThreadingHTTPServer):
    """The server of one outlet; it knows the newsroom and the outlet it plays."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], newsroom: Newsroom, site: Site) -> None:
        self.newsroom = newsroom
        self.site = site
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep a fault of ours for the tests; a client that goes away in the middle of an answer is none."""
        fault = sys.exception()
        if fault is not None and not isinstance(fault, OSError):
            self.newsroom.faults.append(fault)


class _Handler(BaseHTTPRequestHandler):
    server: _OutletServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        answer = self.server.newsroom.pages(self.server.site.id).answer(self.path)
        self._send(answer, with_body=True)

    def do_HEAD(self) -> None:
        answer = self.server.newsroom.pages(self.server.site.id).answer(self.path)
        self._send(answer, with_body=False)

    def _send(self, answer: Answer, *, with_body: bool) -> None:
        status, body = answer.status, answer.body
        tag = f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()[:16]}"'
        headers = {"Content-Type": answer.content_type, "Connection": "close", "Server": "newsroom"}
        if status == 200 and answer.made_at is not None:
            modified = format_datetime(answer.made_at.astimezone(UTC).replace(microsecond=0), usegmt=True)
            headers |= {"ETag": tag, "Last-Modified": modified}
            known = self.headers.get("If-None-Match")
            if known == tag or (known is None and self.headers.get("If-Modified-Since") == modified):
                status, body = 304, b""
        if body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 5, mtime=0)
            headers["Content-Encoding"] = "gzip"
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)
        self.close_connection = True
        visit = Visit(
            outlet=self.server.site.id,
            path=self.path,
            status=status,
            user_agent=self.headers.get("User-Agent", ""),
            bytes_sent=len(body),
        )
        self.server.newsroom.record(visit)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the visits are the log."""


def _open_server(newsroom: Newsroom, site: Site, host: str, port: int, index: int) -> _OutletServer:
    """Open a server on a loopback address of the outlet's own, or on `host` where there is none (not on Linux, say)."""
    if host == "127.0.0.1":
        own = f"127.0.0.{ADDRESS_OF_FIRST + index}"
        with socket.socket() as probe:
            try:
                probe.bind((own, 0))
            except OSError:
                own = host
        host = own
    return _OutletServer((host, port), newsroom, site)
