"""Whatever happens on a day, each message owed is sent once, no update before its incident, and nobody is flooded."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.channels import Delivery
from tests.alert_desk import Desk, open_desk
from tests.alert_fakes import NOON

CHANNELS = {
    "plain": {"url": "json://a"},
    "quiet": {"url": "json://b", "quiet_hours": {"from": "14:00", "to": "20:00"}},
    "grouped": {"url": "json://c", "barrage": {"after": 1, "within": "10m", "ebb": "5m", "at_latest": "20m"}},
    "capped": {"url": "json://d", "per_hour": 3},
    "all": {
        "url": "json://e", "quiet_hours": {"from": "14:00", "to": "20:00"}, "per_hour": 2,
        "barrage": {"after": 1, "within": "10m", "ebb": "5m", "at_latest": "20m"},
    },
}  # fmt: skip
INCIDENTS = st.integers(0, 7).map(lambda number: f"inc{number}")
EVENTS = st.one_of(
    st.tuples(st.just("tell"), INCIDENTS, st.integers(0, 30), st.sampled_from(["IQ-AN", "IQ-BG"])),
    st.tuples(st.just("wait"), st.integers(1, 90)),
    st.tuples(st.just("break"), st.sampled_from(sorted(CHANNELS))),
    st.tuples(st.just("mend"), st.sampled_from(sorted(CHANNELS))),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(EVENTS, max_size=30))
def test_every_message_is_sent_once_whatever_the_day_brings(events: list[Any]) -> None:
    with TemporaryDirectory() as folder, open_desk(Path(folder), channels=CHANNELS) as desk:
        for event in events:
            happen(desk, *event)
        desk.failing.clear()
        desk.run(until=desk.now + timedelta(hours=30), step=timedelta(minutes=15))
        check(desk)


def happen(desk: Desk, word: str, what: Any, killed: int = 0, area: str = "") -> None:
    if word == "tell":
        desk.tell(what, killed=killed, admin1=area)
        desk.send()
    elif word == "wait":
        desk.run(until=desk.now + timedelta(minutes=what), step=timedelta(minutes=7))
    elif word == "break":
        desk.failing[what] = Delivery(sent=False, error="HTTP 503")
    else:
        desk.failing.pop(what, None)


def check(desk: Desk) -> None:
    assert {row.state for row in desk.rows} <= {"sent", "suppressed"}
    counts = Counter(key for sent in desk.sent for key in sent.key.split("|"))
    assert not counts or max(counts.values()) == 1
    assert set(counts) == {row.draft.key for row in desk.rows if row.state == "sent"}
    assert not [row for row in desk.rows if row.state == "suppressed" and row.draft.kind == "new"]
    for name in CHANNELS:
        told: set[str] = set()
        for sent in (sent for sent in desk.sent if sent.channel == name):
            for story in sent.message.stories:
                incident = str((story.incident or {}).get("id"))
                assert story.kind in ("new", "health") or incident in told
                told.add(incident)
    # What was owed at once when it was queued stays so, whatever the toll is corrected to before the service answers.
    urgent = {row.draft.key for row in desk.rows if row.draft.urgent}
    bound = [sent for sent in desk.sent if not (is_free(sent.message.stories) or urgent & set(sent.key.split("|")))]
    capped = [sent.at for sent in bound if sent.channel == "capped"]
    for at in capped:  # three, and the one message of what was beyond
        assert sum(at - timedelta(hours=1) < other <= at for other in capped) <= 4
    quiet = [sent for sent in bound if sent.channel == "quiet"]
    assert not [sent for sent in quiet if 14 <= sent.at.hour < 20]
    assert desk.now >= NOON


def is_free(stories: Any) -> bool:
    """Whether a message passes quiet hours and cap: it tells of mass casualties, or of a channel's health."""
    return any(story.kind == "health" or (story.incident or {}).get("killed", 0) >= 10 for story in stories)
