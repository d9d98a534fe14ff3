"""Turns Scrapy's responses and failures into answers with an outcome word."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response

from crawler.outcomes import FetchFailed, classify_status, read_retry_after
from crawler.visit import Received
from crawler.walls import digest_words, judge_page, own_words
from store.times import from_iso

if TYPE_CHECKING:
    from twisted.python.failure import Failure

log = logging.getLogger(__name__)
WALLED = frozenset({"blocked", "server_error", "rate_limited", "http_error"})


def received_of(response: Response) -> Received:
    """Read an answer that came, with what the download handler noted of it."""
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return Received(
        url=response.meta["asked"],
        final_url=response.url,
        status=response.status,
        headers=headers,
        raw_headers=tuple(response.meta.get("raw_headers", ())),
        body=response.body,
        wire_bytes=response.meta.get("wire_bytes", 0),
        seconds=response.meta.get("seconds", 0.0),
        retry_after_seconds=read_retry_after(headers.get("retry-after"), now=from_iso(response.meta["asked_at"])),
    )


def request_of(failure: Failure) -> Request:
    """Return the request that failed; Scrapy hangs it on the failure."""
    request = getattr(failure, "request", None)
    assert isinstance(request, Request)
    return request


def lost_of(failure: Failure) -> Received:
    """Read a request that got no answer as an outcome word."""
    error, request = failure.value, request_of(failure)
    wire_bytes, seconds = request.meta.get("wire_bytes", 0), request.meta.get("seconds", 0.0)
    lost = Received(
        url=request.meta["asked"], final_url=request.url, status=None, wire_bytes=wire_bytes, seconds=seconds
    )
    if isinstance(error, FetchFailed):
        return replace(
            lost,
            status=error.status,
            outcome=error.outcome,
            detail=error.detail,
            wire_bytes=wire_bytes + error.wire_bytes,
            retry_after_seconds=error.retry_after_seconds,
        )
    if isinstance(error, IgnoreRequest):
        return replace(lost, outcome="redirect_loop", detail=str(error))
    if isinstance(error, asyncio.CancelledError):
        return replace(lost, outcome="stopped")
    log.error("fetch_fault url=%s", request.url, exc_info=error)
    return replace(lost, outcome="fault", detail=type(error).__name__)


def judge_source(answer: Received) -> str | None:
    """Return the outcome word of a source's answer that cannot be read; None where its body is to be read."""
    outcome = _judge_status(answer)
    return outcome if outcome is not None or answer.body.strip() else "empty"


def judge_unread(answer: Received) -> str | None:
    """Return the wall's outcome word where a source sent a wall instead of a listing."""
    outcome, _ = _judge_body(answer, own_words(answer.body))
    return None if outcome in ("ok", "not_html") else outcome


def with_judgement(answer: Received) -> Received:
    """Return a page's answer with its outcome word: by its status first, then by what its body is."""
    outcome, detail = _judge_status(answer), None
    if outcome is not None and outcome not in WALLED:
        return replace(answer, outcome=outcome)
    words = own_words(answer.body)
    judged, name = _judge_body(answer, words)
    if outcome is None or judged in ("bot_wall", "consent_wall"):  # a wall with 403 or 503 says more by its name
        outcome, detail = judged, name
    digest = digest_words(words, answer.body) if outcome == "ok" else None
    return replace(answer, outcome=outcome, detail=detail, digest=digest)


def _judge_status(answer: Received) -> str | None:
    assert answer.status is not None
    if 300 <= answer.status < 400 and answer.status != 304:
        start, colon, _ = answer.headers.get("location", "").partition("/")[0].partition(":")
        return "forbidden_scheme" if colon and start.lower() not in ("http", "https") else "http_error"
    return classify_status(answer.status, retry_after="retry-after" in answer.headers)


def _judge_body(answer: Received, words: bytes) -> tuple[str, str | None]:
    return judge_page(answer.body, words, answer.headers, requested_url=answer.url, final_url=answer.final_url)
