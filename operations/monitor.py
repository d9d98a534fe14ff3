"""Turns the daemon's health and figures into answers on this machine: /healthz and /metrics."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from store.errors import MarsadError
from store.events import event_line

log = logging.getLogger("marsad")
HOST = "127.0.0.1"
_OWN_NAMES = {"127.0.0.1", "localhost", "[::1]"}
FIGURES_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Health = Callable[[], Awaitable[dict[str, Any]]]  # with "problems": a list that is empty where all is well
Figures = Callable[[], Awaitable[bytes]]


class Monitor:
    """A small server on the loopback address; a port that is taken is told, and costs the daemon nothing else."""

    def __init__(self, health: Health, figures: Figures) -> None:
        self._health, self._figures = health, figures
        self._runner: web.AppRunner | None = None
        self.port: int | None = None  # None: it does not listen

    async def start(self, port: int) -> None:
        """Listen on the port."""
        app = web.Application(middlewares=[refuse_strangers])
        app.router.add_get("/healthz", self._answer_health)
        app.router.add_get("/metrics", self._answer_figures)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, port).start()
        except OSError as error:
            log.warning(event_line("monitor_failed", port=port, error=error.strerror or error, key="monitor.port"))
            await self.close()
            return
        self.port = self._runner.addresses[0][1]
        log.info(event_line("monitor", address=f"http://{HOST}:{self.port}"))

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
        self._runner = self.port = None

    async def _answer_health(self, request: web.Request) -> web.Response:
        health = await self._health()
        return web.json_response(health, status=503 if health["problems"] else 200)

    async def _answer_figures(self, request: web.Request) -> web.Response:
        try:
            body = await self._figures()
        except MarsadError as error:
            return web.Response(status=503, text=f"{error}\n")
        return web.Response(body=body, headers={"Content-Type": FIGURES_TYPE})


@web.middleware
async def refuse_strangers(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer only those who ask by this machine's own name, and no web page whose name was bent to 127.0.0.1."""
    name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if name not in _OWN_NAMES:
        raise web.HTTPForbidden(text="only this machine may ask\n")
    return await handler(request)
