"""Turns strange hosts, forged writes and strangers away before every request, and gives answers strict headers."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from review.workings import ReviewConfig

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 300_000  # of a form
OPEN_PATHS = ("/sign-in", "/static/")  # what a stranger may see
SAFE_METHODS = ("GET", "HEAD")
WRITTEN_TO = ("/incident/", "/recoded/", "/filters", "/sign-in", "/sign-out")  # Datasette's own pages take no writes
CSRF_COOKIE = "ds_csrftoken"
PERSON_COOKIE = "marsad_person"
_POLICY = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data:{images};"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'none'"
)
# Datasette's table page has one line of script of its own; its hash lets that line run and no other.
_DATASETTE_LINE = b"DATASETTE_ALLOW_FACET = true;"
_DATASETTE_HASH = base64.b64encode(hashlib.sha256(_DATASETTE_LINE).digest()).decode()
HEADERS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
}


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(
        self, app: App, config: ReviewConfig, is_known: Callable[[str], bool], on_close: Callable[[], None]
    ) -> None:
        self._app = app
        self._config = config
        self.close = on_close  # ends the database's connections
        images = _origin_of(config.tiles)
        self._policy = _POLICY.format(scripts="", styles="", images=images)
        self._tables_policy = _POLICY.format(
            scripts=f" 'sha256-{_DATASETTE_HASH}'", styles=" 'unsafe-inline'", images=""
        )
        self._is_known = is_known  # whether the actor cookie's value is a person's who signed in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        refusal = self._refuse(scope, headers)
        if refusal is not None:
            await _answer(self._dress(send, scope["path"]), *refusal)
            return
        await self._app(scope, receive, self._dress(send, scope["path"]))

    def _refuse(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str, str | None] | None:
        """Status, text and where to go instead; None: come in."""
        host = headers.get("host", "")
        if _name_of(host) not in self._config.hosts:
            return 421, "This name is not served here.", None
        cookies = _read_cookies(headers.get("cookie", ""))
        writing = scope["method"] not in SAFE_METHODS
        if writing:
            if not scope["path"].startswith(WRITTEN_TO):
                return 405, "Not this way.", None
            length = headers.get("content-length", "")
            if not length.isdecimal() or int(length) > MOST_BYTES:
                return 413, "Too much, or of no stated length.", None
            if not _is_same_site(headers, host) or CSRF_COOKIE not in cookies:
                return 403, "The request did not come from these pages.", None
        if self._config.people and not scope["path"].startswith(OPEN_PATHS):
            if self._is_known(cookies.get(PERSON_COOKIE, "")):
                return None
            if writing or scope["path"].rpartition(".")[2] in ("json", "csv", "atom", "kml", "geojson", "jsonl"):
                return 401, "Sign in first.", None
            path = scope["path"] + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
            return 302, "Sign in first.", f"/sign-in?next={quote(path, safe='')}"
        return None

    def _dress(self, send: Send, path: str) -> Send:
        policy = self._tables_policy if path.startswith(("/data", "/-/", "/weekly")) else self._policy
        own = {**HEADERS, "content-security-policy": policy}
        if not path.startswith("/static/"):
            own["cache-control"] = "private, no-store"

        async def send_dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", []) if pair[0].decode("latin-1").lower() not in own]
                message = {**message, "headers": [*kept, *((k.encode(), v.encode()) for k, v in own.items())]}
            await send(message)

        return send_dressed


async def _answer(send: Send, status: int, text: str, location: str | None) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if location:
        headers.append((b"location", location.encode("latin-1")))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


def _origin_of(tiles: str | None) -> str:
    """Where the tiles come from, as the policy names it after a space; "" where there are none."""
    if tiles is None:
        return ""
    scheme, host, *_ = urlsplit(tiles)
    return f" {scheme}://{host}"


def _name_of(host: str) -> str:
    """The host of a Host header without its port; "" where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_same_site(headers: dict[str, str], host: str) -> bool:
    """Whether a write comes from our own pages: browsers say so themselves, and a page cannot make them lie."""
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2] == host
    return headers.get("sec-fetch-site") == "same-origin"


def _read_cookies(header: str) -> dict[str, str]:
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in cookies.items()}
