"""A database with incidents, an outbox and a notifier that a test commands: the path of alerts without a network."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from alerts.channels import Delivery, Envelope
from alerts.outbox import SendReport, send_due
from alerts.rules import decide_alerts
from alerts.wording import Message
from store.alert_settings import AlertSettings, ChannelSettings
from store.database import open_database, transaction
from store.incidents import insert_incident, read_incidents, update_incident
from store.outbox import OutboxAlert, all_alerts, kinds_told, queue_alerts
from store.records import Incident
from tests.alert_fakes import NOON, make_article, make_change, make_incident


@dataclass(frozen=True)
class Sent:
    """One message as the notifier got it."""

    at: datetime
    channel: str
    message: Message
    key: str

    @property
    def what(self) -> str:
        """Kind and incident of each story, as short as can be read."""
        return " ".join(f"{s.kind}:{(s.incident or {}).get('id') or ''}".rstrip(":") for s in self.message.stories)


@dataclass
class Desk:
    """Incidents come in with `tell`, time passes with `wait`, and `send` sends what is due."""

    db: Database
    settings: AlertSettings
    now: datetime = NOON
    sent: list[Sent] = field(default_factory=list)
    failing: dict[str, Delivery] = field(default_factory=dict)  # channel → what its service answers
    tries: list[tuple[datetime, str]] = field(default_factory=list)
    articles: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    lock: threading.Lock = field(default_factory=threading.Lock)
    on_send: Callable[[str], None] = lambda channel: None

    def tell(self, incident_id: str, *, silent: bool = False, **values: Any) -> int:
        """A report makes or changes an incident; how many messages that queued."""
        with transaction(self.db):
            before = read_incidents(self.db, [incident_id]).get(incident_id)
            if before is None:
                incident = make_incident(id=incident_id, first_seen_at=self.now, updated_at=self.now, **values)
                insert_incident(self.db, incident)
            else:
                incident = replace(before, updated_at=self.now, **values)
                update_incident(self.db, incident)
            return self._queue(incident, before, silent)

    def _queue(self, incident: Incident, before: Incident | None, silent: bool) -> int:
        self.articles += 1
        article = make_article(published=self.now, url=f"https://alnahr.example/{self.articles}")
        change = make_change(incident, before, article=article, article_id=f"a{self.articles}")
        drafts = decide_alerts(
            change, self.settings, now=self.now, silent=silent, already=kinds_told(self.db, incident.id)
        )
        return queue_alerts(self.db, drafts, now=self.now)

    def wait(self, **span: float) -> None:
        self.now += timedelta(**span)

    def send(self, **span: float) -> SendReport:
        """Let time pass, then send what is due."""
        self.wait(**span)
        return send_due(
            self.db, self.settings, self.now, notify=self.notify, chance=self.chance, clock=lambda: self.now
        )

    def notify(self, name: str, channel: ChannelSettings, message: Message, envelope: Envelope) -> Delivery:
        self.on_send(name)
        with self.lock:
            self.tries.append((self.now, name))
            failure = self.failing.get(name)
            if failure is None:
                self.sent.append(Sent(self.now, name, message, envelope.key))
        return failure or Delivery(sent=True)

    def run(self, *, until: datetime, step: timedelta = timedelta(minutes=1)) -> None:
        """Send every minute until then, as the daemon does."""
        while self.now < until:
            self.now += step
            self.send()

    @property
    def rows(self) -> list[OutboxAlert]:
        return all_alerts(self.db)

    @property
    def states(self) -> list[str]:
        return [f"{row.draft.kind} {row.draft.channel} {row.state}" for row in self.rows]

    @property
    def told(self) -> list[str]:
        return [f"{sent.channel} {sent.what}" for sent in self.sent]


@contextmanager
def open_desk(folder: Path, **settings: Any) -> Iterator[Desk]:
    """A desk over a new database file; `settings` are those of [alerts]."""
    settings.setdefault("channels", {"mail": {"url": "json://localhost"}})
    db = open_database(folder / "desk.db")
    try:
        yield Desk(db=db, settings=AlertSettings.model_validate(settings))
    finally:
        db.close()
