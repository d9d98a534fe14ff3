"""Serves the review's application on a socket until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from review.guard import App

_KEEP_ALIVE_SECONDS = 30
_BACKLOG = 128


def bind_socket(host: str, port: int) -> socket.socket:
    """A listening socket; OSError where the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named, asyncio sends the end of an answer at once instead of after the reader's delayed
    # acknowledgement (40 ms).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)  # whoever comes before the first answer waits instead of being refused
    except OSError:
        listener.close()
        raise
    return listener


def serve_app(app: App, listener: socket.socket, *, on_start: Callable[[uvicorn.Server], None] | None = None) -> None:
    """Answer requests until SIGINT or SIGTERM, or until the server's `should_exit` is set."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=5,
        ws="none",
    )
    server = uvicorn.Server(config)
    if on_start is not None:
        on_start(server)
    server.run(sockets=[listener])
