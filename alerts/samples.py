"""Turns an incident into every channel's wording of it, and a channel's name into a sample that proves it works."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from alerts.channels import Delivery, Envelope, deliver, find_form
from alerts.names import load_names
from alerts.stories import Story, read_story, refresh_story
from alerts.wording import Message, write_message
from store.alert_settings import AlertSettings, ChannelSettings
from store.deliveries import read_incident_values, read_sources
from store.errors import AlertError
from store.outbox import list_alerts

if TYPE_CHECKING:
    from sqlite_utils import Database

SAMPLE_TITLE = "Marsad: test – تجربة"  # "test"
SAMPLE_BODY = (
    "هذه رسالة تجريبية من مرصد، ولا تتعلق بأي حادث.\n"  # the next line's words in Arabic
    "This is a test message from Marsad; it is about no incident."
)


def preview_incident(db: Database, incident_id: str, settings: AlertSettings) -> list[dict[str, Any]]:
    """How each channel would word the incident as new, now."""
    story, names = make_story(db, incident_id), load_names()
    previews = []
    for name, channel in settings.active_channels().items():
        form = find_form(name, channel)
        message = write_message([story], channel, settings, form, names)
        previews.append({"channel": name, "format": form.format, "title": message.title, "body": message.body})
    return previews


def make_story(db: Database, incident_id: str) -> Story:
    """What there is to tell of an incident: its own first alert's words where it has one, else its row and reports."""
    values, sources = read_incident_values(db, incident_id), read_sources(db, incident_id)
    for alert in reversed(list_alerts(db, incident_id=incident_id, limit=1_000)):
        if alert.draft.kind == "new":
            return refresh_story(read_story("new", alert.draft.payload), values, sources)
    first = sources[0] if sources else None
    return Story(kind="new", incident=values, source=first, sources=tuple(sources))


def send_sample(name: str, channel: ChannelSettings) -> Delivery:
    """Send a message that says that it is a test; a channel that cannot be used is a failed delivery too."""
    try:
        form = find_form(name, channel)
        title, body = (SAMPLE_TITLE, SAMPLE_BODY) if form.title_length else ("", f"{SAMPLE_TITLE}\n{SAMPLE_BODY}")
        message = Message(title=title, body=body, form=replace(form, format="text"))
        document: dict[str, Any] = {"channel": name, "kind": "test", "grouped": None, "items": []}
        return deliver(name, channel, message, Envelope(key=f"test:{name}", document=document))
    except AlertError as error:
        return Delivery(sent=False, error=str(error))
