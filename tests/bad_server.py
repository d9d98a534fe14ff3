"""A loopback server that answers raw bytes as a test tells it, so that it can break HTTP in every way."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

Handler = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came: path with its query, and headers with lower-case names."""

    path: str
    headers: dict[str, str]
    method: str = "GET"


@dataclass(slots=True)
class RawServer:
    """Serves `routes` (path → bytes or a handler) on a free loopback port and remembers what was asked.

    A route of bytes is written as it stands; a handler writes whatever it wants, for as long as it wants.
    """

    routes: dict[str, bytes | Handler] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """Return the paths asked for so far, without robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            self._open.discard(writer)
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        asked = Asked(path=first.split(" ")[1], headers=headers, method=first.split(" ")[0])
        self.asked.append(asked)
        route = self.routes.get(asked.path) or self.routes.get(asked.path.partition("?")[0])
        if route is None:
            route = http(b"not here", status="404 Not Found")
        if isinstance(route, bytes):
            writer.write(route.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if asked.method == "HEAD" else route)
            await writer.drain()
        else:
            await route(asked, writer)


def http(
    body: bytes | str, *, status: str = "200 OK", kind: str = "text/html; charset=utf-8", headers: str = ""
) -> bytes:
    """Build a whole, correct answer that closes the connection."""
    content = body.encode() if isinstance(body, str) else body
    first = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
    return f"{first}Connection: close\r\n{headers}\r\n".encode() + content


def redirect(location: str, status: str = "302 Found") -> bytes:
    """Build a redirect."""
    return http(b"", status=status, headers=f"Location: {location}\r\n")
