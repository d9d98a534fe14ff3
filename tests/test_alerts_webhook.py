"""The signed JSON webhook at a real endpoint that answers 200, 429, 500, late, or not at all."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import time
from pathlib import Path
from typing import Any

import pytest

import alerts
from alerts.channels import Delivery, Envelope, deliver, find_form
from alerts.names import load_names
from alerts.webhook import NotifyMarsad, read_retry_after, sign_content
from alerts.wording import write_message
from store.alert_settings import AlertSettings, ChannelSettings
from store.errors import AlertError
from tests.alert_fakes import BASE
from tests.alert_server import Answer, Endpoint, run_endpoint
from tests.alert_wording import story_of

SECRET = "correct horse/battery+staple"  # with signs that an address must escape
SCHEMA = json.loads((Path(alerts.__file__).parent / "data" / "webhook.schema.json").read_text(encoding="utf-8"))


def post(endpoint: Endpoint, *, key: str = "new:inc1:hook", timeout: str = "2s", path: str = "in/box") -> Delivery:
    url = f"marsad://user:pass@127.0.0.1:{endpoint.port}/{path}?secret=correct%20horse%2Fbattery%2Bstaple"
    channel = ChannelSettings.model_validate({"url": url, "timeout": timeout})
    story = story_of(BASE)
    message = write_message([story], channel, AlertSettings(), find_form("hook", channel), load_names())
    document = {"channel": "hook", "kind": "new", "grouped": None, "sent_at": "2026-11-20T12:00:00.000Z"}
    item = {"kind": "new", "incident": story.incident, "source": story.source}
    return deliver("hook", channel, message, Envelope(key=key, document={**document, "items": [item]}))


def test_document_is_signed_and_has_a_key_that_repeats_share() -> None:
    with run_endpoint() as endpoint:
        assert post(endpoint).sent
        assert post(endpoint).sent
        assert post(endpoint, key="new:inc2:hook").sent
    first, again, other = endpoint.requests
    assert first.path == "/in/box"
    seconds, digest = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", first.headers["X-Marsad-Signature"]).groups()  # type: ignore[union-attr]
    assert abs(int(seconds) - time.time()) < 60
    expected = hmac.new(SECRET.encode(), f"{seconds}.".encode() + first.body, hashlib.sha256).hexdigest()
    assert digest == expected
    keys = [request.headers["Idempotency-Key"] for request in (first, again, other)]
    assert keys[0] == keys[1] != keys[2]
    assert first.headers["Authorization"].startswith("Basic ")


def test_document_fits_its_schema() -> None:
    with run_endpoint() as endpoint:
        post(endpoint)
    document = endpoint.requests[0].json
    _check(document, SCHEMA, "")
    assert document["items"][0]["incident"]["place"] == "عين الأسد"
    assert document["version"] == 1
    assert document["title"].startswith("هجوم بثلاثة صواريخ")


def _check(value: Any, schema: dict[str, Any], path: str) -> None:
    """The part of JSON Schema that ours uses: type, required, properties, items, enum, const."""
    if "const" in schema:
        assert value == schema["const"], path
    if "enum" in schema:
        assert value in schema["enum"], path
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
             "null": type(None)}  # fmt: skip
    wanted = schema.get("type", list(kinds))
    assert isinstance(value, tuple(kinds[name] for name in ([wanted] if isinstance(wanted, str) else wanted))), path  # type: ignore[misc]
    if isinstance(value, dict):
        assert set(schema.get("required", ())) <= set(value), path
        if "properties" in schema and schema.get("additionalProperties") is False:
            assert set(value) <= set(schema["properties"]), path
        for name, part in schema.get("properties", {}).items():
            if name in value:
                _check(value[name], part, f"{path}.{name}")
    if isinstance(value, list):
        for number, part in enumerate(value):
            _check(part, schema.get("items", {}), f"{path}[{number}]")


def test_schema_knows_every_field_of_an_incident() -> None:
    from dataclasses import fields

    from store.records import Incident

    properties = SCHEMA["properties"]["items"]["items"]["properties"]["incident"]["properties"]
    assert {item.name for item in fields(Incident)} <= set(properties)


@pytest.mark.parametrize(
    ("answer", "error", "retry_after", "refused"),
    [
        (Answer(429, {"Retry-After": "120"}), "HTTP 429", 120.0, False),
        (Answer(429), "HTTP 429", None, False),
        (Answer(503, {"Retry-After": "soon"}), "HTTP 503", None, False),
        (Answer(500), "HTTP 500", None, False),
        (Answer(400), "HTTP 400", None, True),
        (Answer(302, {"Location": "http://127.0.0.1:1/"}), "HTTP 302", None, False),
        (Answer(0), "the service did not answer or took nothing", None, False),
        (Answer(delay=3), "the service did not answer or took nothing", None, False),
    ],
)
def test_whatever_is_not_2xx_is_not_sent(answer: Answer, error: str, retry_after: float | None, refused: bool) -> None:
    with run_endpoint() as endpoint:
        endpoint.answers = [answer]
        delivery = post(endpoint, timeout="1s")
    assert delivery == Delivery(sent=False, error=error, retry_after=retry_after, refused=refused)
    assert len(endpoint.requests) == 1


def test_retry_after_as_a_date() -> None:
    assert read_retry_after("Fri, 20 Nov 2026 12:01:00 GMT", now=1795176000.0) == 60.0
    assert read_retry_after("Fri, 20 Nov 2026 11:00:00 GMT", now=1795176000.0) == 0.0
    assert read_retry_after("1e99", now=0) == 86_400
    assert read_retry_after("nan", now=0) is None
    assert read_retry_after(None, now=0) is None


def test_secrets_reach_no_log_and_no_error(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    with run_endpoint() as endpoint:
        endpoint.answers = [Answer(500)]
        delivery = post(endpoint, path="T0KEN/in")
        dead = ChannelSettings.model_validate(
            {"url": "tgram://123456789:S3CRETabcdefghijkl_abcdefghijklmnop/12315544/"}
        )
        unknown = ChannelSettings.model_validate({"url": "nosuch://S3CRET@host/T0KEN"})
        with pytest.raises(AlertError) as refused:
            find_form("odd", unknown)
    said = caplog.text + "".join(capfd.readouterr()) + str(delivery) + str(refused.value) + repr(dead)
    for secret in ("T0KEN", "S3CRET", "battery", "pass"):
        assert secret not in said


def test_address_is_shown_without_its_secrets() -> None:
    plugin = NotifyMarsad(host="host", secret="S3CRET", user="user", password="pass", fullpath="/T0KEN")
    assert plugin.url(privacy=True) == "marsad://host/?secret=****"
    assert "S3CRET" in plugin.url()


def test_signature_covers_time_and_body() -> None:
    assert sign_content(b"a", "s", 1) != sign_content(b"a", "s", 2) != sign_content(b"b", "s", 2)
