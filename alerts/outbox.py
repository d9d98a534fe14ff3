"""Turns due rows of the outbox into messages sent, tried again later, or given up.

At least once: a row is claimed, handed to the service, and then marked, each step its own transaction. A process that
dies between the service's yes and our mark sends that one message a channel once more after its restart, and no other.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from alerts.channel_health import note_failure, note_success
from alerts.channels import Delivery, Envelope, Notify, deliver, find_form
from alerts.dossiers import Letter, open_letter
from alerts.names import Names, load_names
from alerts.planning import Bundle, plan_messages
from alerts.wording import Form, Message, write_message
from store.alert_settings import AlertSettings, ChannelSettings
from store.database import transaction
from store.deliveries import active_mutes, read_channel, sent_since
from store.errors import AlertError
from store.outbox import (
    claim_alerts,
    hold_alerts,
    keep_marks,
    mark_sent,
    mark_unsent,
    suppress_alerts,
    waiting_alerts,
    waiting_channels,
)
from store.settings import Settings

if TYPE_CHECKING:
    from sqlite_utils import Database

log = logging.getLogger("marsad")
LEASE = timedelta(seconds=60)  # beyond twice the channel's time-out; then a claimed row is due again
LOOK_BACK = timedelta(hours=24)
PLAIN_AFTER = 2  # tries that a service refused, after which it gets plain text


@dataclass(slots=True, kw_only=True)
class SendReport:
    """What one pass did, counted in messages (`rows`: in rows of the outbox)."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    held: int = 0
    suppressed: int = 0
    rows: int = 0
    errors: dict[str, str] = field(default_factory=dict)  # channel → last error


@dataclass(slots=True, kw_only=True)
class _Pass:
    """One pass over the outbox."""

    db: Database
    settings: AlertSettings
    notify: Notify
    names: Names
    clock: Callable[[], datetime]
    random: random.Random
    report: SendReport = field(default_factory=SendReport)
    lines: dict[str, list[Bundle]] = field(default_factory=dict)  # what each channel still has to send
    answers: queue.SimpleQueue[tuple[str, Bundle, Letter, Delivery]] = field(default_factory=queue.SimpleQueue)


def send_due(
    db: Database,
    settings: Settings | AlertSettings,
    now: datetime,
    *,
    notify: Notify = deliver,
    names: Names | None = None,
    stop: threading.Event | None = None,
    chance: random.Random | None = None,
    clock: Callable[[], datetime] | None = None,
) -> SendReport:
    """Send what is due, one message a channel at a time, the channels side by side, so that a dead one holds up nobody.

    `notify` does the sending and runs in threads of its own; the database is touched by the calling thread alone.
    `stop` ends the pass after the messages that are under way. The time of each mark is `now` and what has passed
    since, unless `clock` tells it.
    """
    started = time.monotonic()
    run = _Pass(
        db=db, settings=settings.alerts if isinstance(settings, Settings) else settings, notify=notify,
        names=names or load_names(), clock=clock or (lambda: now + timedelta(seconds=time.monotonic() - started)),
        random=chance or random.Random(),
    )  # fmt: skip
    keep_marks(db)
    under_way = 0
    for name in waiting_channels(db, now):
        _plan(run, name)
        under_way += _send_next(run, name)
    while under_way:
        name, bundle, letter, delivery = run.answers.get()
        under_way -= 1
        _note(run, name, bundle, letter, delivery)
        if delivery.sent and not (stop and stop.is_set()):
            under_way += _send_next(run, name)
    return run.report


def _plan(run: _Pass, name: str) -> None:
    """Decide for a channel what is sent now; write down what is held or dropped."""
    channel = run.settings.active_channels().get(name)
    waiting = waiting_alerts(run.db, name)
    if channel is None:
        _suppress(run, [row.id for row in waiting], "the channel is not in the settings, or switched off")
        return
    now = run.clock()
    state = read_channel(run.db, name)
    if state.rests_until is not None and state.rests_until > now:
        return
    plan = plan_messages(
        waiting, channel, run.settings, sent=sent_since(run.db, name, now - LOOK_BACK),
        mutes=active_mutes(run.db, now), now=now,
    )  # fmt: skip
    with transaction(run.db):
        for hold in plan.holds:
            hold_alerts(run.db, [row.id for row in hold.rows], held_for=hold.held_for, until=hold.until)
            run.report.held += len(hold.rows)
    for row, reason in plan.muted:
        _suppress(run, [row.id], reason)
    run.lines[name] = plan.bundles[:1] if state.failures else plan.bundles  # after failures one message is the test


def _send_next(run: _Pass, name: str) -> int:
    """Begin to send the channel's next message; 1 if there was one."""
    line = run.lines.get(name, [])
    while line:
        bundle = line.pop(0)
        channel = run.settings.active_channels()[name]
        with transaction(run.db):  # reading and claiming are one, so that a judgement comes before or after both
            letter = open_letter(run.db, bundle)
            if letter.rows:
                claim_alerts(run.db, [row.id for row in letter.rows], until=run.clock() + 2 * channel.timeout + LEASE)
        for row_id, reason in letter.dropped.items():
            _suppress(run, [row_id], reason)
        if not letter.rows:
            continue
        try:
            message = _write(run, name, channel, bundle, letter)
        except AlertError as error:
            run.answers.put((name, bundle, letter, Delivery(sent=False, error=str(error))))
            return 1
        except Exception as error:  # a bug in one message's wording must not silence all the others
            log.exception("alert_not_worded channel=%s rows=%s", name, [row.id for row in letter.rows])
            fault = f"the message could not be worded ({type(error).__name__})"
            run.answers.put((name, bundle, letter, Delivery(sent=False, error=fault)))
            return 1
        envelope = Envelope(key=letter.key, threads=letter.threads, document=letter.document(name, run.clock()))
        threading.Thread(
            target=_hand_over, args=(run, name, channel, bundle, letter, message, envelope), daemon=True
        ).start()
        return 1
    return 0


def _write(run: _Pass, name: str, channel: ChannelSettings, bundle: Bundle, letter: Letter) -> Message:
    form = find_form(name, channel)
    if any(row.attempts >= PLAIN_AFTER and (row.error or "").startswith("HTTP 4") for row in letter.rows):
        form, channel = Form(format="text", body_length=form.body_length), replace_template(channel)
    message = write_message(letter.stories, channel, run.settings, form, run.names, reason=bundle.reason)
    return replace(message, image=letter.image)


def replace_template(channel: ChannelSettings) -> ChannelSettings:
    """The channel with the shipped template, for a message that its own may have spoilt."""
    return channel.model_copy(update={"template": None})


def _hand_over(
    run: _Pass,
    name: str,
    channel: ChannelSettings,
    bundle: Bundle,
    letter: Letter,
    message: Message,
    envelope: Envelope,
) -> None:
    try:
        delivery = run.notify(name, channel, message, envelope)
    except AlertError as error:
        delivery = Delivery(sent=False, error=str(error))
    except Exception as error:  # the border of a job: the row is marked, the others go on
        delivery = Delivery(sent=False, error=f"sending failed ({type(error).__name__})")
    run.answers.put((name, bundle, letter, delivery))


def _note(run: _Pass, name: str, bundle: Bundle, letter: Letter, delivery: Delivery) -> None:
    """Write down what came of a message; the mark and the channel's state are one transaction."""
    now = run.clock()
    ids = [row.id for row in letter.rows]
    if delivery.sent:
        with transaction(run.db):
            mark_sent(run.db, ids, now=now)
            note_success(run.db, name, run.settings, now=now)
        run.report.sent += 1
        run.report.rows += len(ids)
        return
    error = delivery.error or "the service took nothing"
    run.report.failed += 1
    run.report.errors[name] = error
    run.lines.pop(name, None)  # what else is due waits for this channel's rest to end
    with transaction(run.db):
        for row in letter.rows:
            gone = now - row.queued_at > run.settings.give_up_after
            pause = back_off(row.attempts + 1, run.settings, run.random, delivery.retry_after)
            mark_unsent(run.db, [row.id], error=error, due_at=None if gone else now + pause)
            run.report.given_up += gone
        note_failure(
            run.db, name, run.settings, error=error, retry_after=delivery.retry_after, now=now, chance=run.random
        )


def back_off(tries: int, settings: AlertSettings, chance: random.Random, retry_after: float | None = None) -> timedelta:
    """How long to wait after so many failed tries: doubling, with jitter, never less than the service asked for."""
    longest = min(settings.retry_most, settings.retry_first * 2 ** min(tries - 1, 20))
    pause: timedelta = longest * (0.5 + chance.random() / 2)
    return max(pause, timedelta(seconds=retry_after)) if retry_after else pause


def _suppress(run: _Pass, row_ids: Sequence[int], reason: str) -> None:
    with transaction(run.db):
        suppress_alerts(run.db, row_ids, reason=reason)
    run.report.suppressed += len(row_ids)
