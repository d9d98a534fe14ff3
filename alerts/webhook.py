"""Turns an alert into one signed JSON request: the `marsad://` and `marsads://` services of Apprise.

The document's schema is alerts/data/webhook.schema.json. `X-Marsad-Signature: t=SECONDS,v1=HEX` carries the HMAC-SHA256
of "SECONDS.BODY" under the URL's `secret`; `Idempotency-Key` is the same in every repeat of a message.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, ClassVar

import requests
from apprise.common import NotifyFormat, NotifyType
from apprise.manager_plugins import NotificationManager
from apprise.plugins.base import NotifyBase

LONGEST_WAIT = 86_400.0  # seconds that a server may ask us to wait


class NotifyMarsad(NotifyBase):  # type: ignore[misc]  # Apprise's types are not followed
    """Posts the whole of an alert as JSON; `document` and `key` are set by the channel before it notifies."""

    service_name = "Marsad webhook"
    protocol = "marsad"
    secure_protocol = "marsads"
    setup_url = "https://github.com/caronc/apprise"
    notify_format = NotifyFormat.TEXT
    body_maxlen = 1_000_000
    title_maxlen = 250
    request_rate_per_sec = 0
    templates = ("{schema}://{host}", "{schema}://{host}:{port}", "{schema}://{user}:{password}@{host}:{port}")
    template_tokens: ClassVar[dict[str, Any]] = dict(
        NotifyBase.template_tokens,
        host={"name": "Hostname", "type": "string", "required": True},
        port={"name": "Port", "type": "int", "min": 1, "max": 65535},
        user={"name": "Username", "type": "string"},
        password={"name": "Password", "type": "string", "private": True},
    )
    template_args: ClassVar[dict[str, Any]] = dict(
        NotifyBase.template_args, secret={"name": "HMAC secret", "type": "string", "private": True}
    )

    def __init__(self, secret: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fullpath = kwargs.get("fullpath") or "/"
        self.secret = secret or None
        self.document: Mapping[str, Any] | None = None
        self.key: str | None = None
        self.retry_after: float | None = None
        self.status: int | None = None
        self.clock: Callable[[], float] = time.time

    def send(self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **kwargs: Any) -> bool:
        """Post the document; False where the server did not answer 2xx."""
        document = {"version": 1, **(self.document or {}), "title": title, "text": body}
        content = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            answer = requests.post(
                self._address(), data=content, headers=self._headers(content), timeout=self.request_timeout,
                auth=(self.user, self.password or "") if self.user else None, verify=self.verify_certificate,
                allow_redirects=False,  # a signed body goes to nobody else
            )  # fmt: skip
        except requests.RequestException as error:
            self.logger.warning("Marsad webhook: %s", type(error).__name__)
            return False
        self.status = answer.status_code
        self.retry_after = read_retry_after(answer.headers.get("Retry-After"), now=self.clock())
        if not 200 <= answer.status_code < 300:
            self.logger.warning("Marsad webhook: error=%s", answer.status_code)
            return False
        return True

    def _headers(self, content: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Marsad"}
        if self.key:
            headers["Idempotency-Key"] = hashlib.sha256(self.key.encode()).hexdigest()[:32]
        if self.secret:
            headers["X-Marsad-Signature"] = sign_content(content, self.secret, int(self.clock()))
        return headers

    def _address(self) -> str:
        port = f":{self.port}" if self.port else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.secure else 'http'}://{host}{port}{self.fullpath}"

    @property
    def url_identifier(self) -> tuple[Any, ...]:
        return (self.protocol, self.user, self.password, self.host, self.port, self.fullpath)

    def url(self, privacy: bool = False, *args: Any, **kwargs: Any) -> str:
        """The service URL, its secrets hidden where `privacy` is asked for."""
        schema = self.secure_protocol if self.secure else self.protocol
        port = f":{self.port}" if self.port else ""
        secret = "****" if privacy else self.quote(self.secret or "", safe="")
        return f"{schema}://{self.host}{port}{'/' if privacy else self.fullpath}?secret={secret}"

    @staticmethod
    def parse_url(url: str) -> Any:
        """Apprise's reading of the URL, with our `secret` taken from its query."""
        results = NotifyBase.parse_url(url)
        if results and results["qsd"].get("secret"):
            results["secret"] = NotifyBase.unquote(results["qsd"]["secret"])
        return results


def sign_content(content: bytes, secret: str, seconds: int) -> str:
    """The value of X-Marsad-Signature for a body sent at that Unix time."""
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + content, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


def read_retry_after(value: str | None, *, now: float) -> float | None:
    """Seconds to wait per a Retry-After header (RFC 9110, 10.2.3: seconds or a date); None: not told or unreadable."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (aware - datetime.fromtimestamp(now, UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None


_LOADING = threading.Lock()


def register_webhook() -> None:
    """Make Apprise load its plugins and know `marsad://` and `marsads://`; doing so twice is doing so once."""
    with _LOADING:
        _load_plugins()


@cache
def _load_plugins() -> None:
    manager = NotificationManager()
    with warnings.catch_warnings():  # of what a hundred plugins import, most of which nobody uses here
        warnings.simplefilter("ignore")
        manager.load_modules()
    manager.add(NotifyMarsad)
