"""A real HTTP endpoint on loopback that records requests and answers as told: 200, 429, 500, late, or not at all."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(slots=True)
class Answer:
    """What to answer: a status with headers and body, after `delay` seconds; status 0 drops the connection."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"ok": true}'
    delay: float = 0.0


@dataclass(slots=True)
class Endpoint:
    """The running server: `answers` are given one by one, the last one for ever."""

    port: int
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    route: Callable[[Request], Answer | None] = lambda request: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        chosen = self.route(request)
        if chosen is not None:
            return chosen
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def run_endpoint() -> Iterator[Endpoint]:
    """Serve on a free port of loopback until the block ends."""
    endpoint = Endpoint(port=0)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            answer = endpoint.answer(Request(self.command, self.path, dict(self.headers.items()), body))
            time.sleep(answer.delay)
            if answer.status == 0:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)  # a reset, not an end
                self.close_connection = True
                self.connection.close()
                return
            content = answer.body.encode()
            try:
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True  # the client has given up

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # the names that http.server asks for

        def log_message(self, format: str, *args: object) -> None:
            pass

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
