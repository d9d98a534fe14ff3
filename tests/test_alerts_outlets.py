"""What is told of outlets: each fault once and daily until it is mended, many at once in one message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.outlet_health import Watch
from alerts.regular import queue_regular
from store.outbox import all_alerts
from store.outlets import mark_polled, save_outlets
from tests.alert_desk import Desk, open_desk
from tests.stories import moment, outlet


@dataclass(frozen=True)
class Seen:
    """A sign as the crawler gives it."""

    word: str
    since: datetime | None = None
    detail: str = "20 of 20 pages in a week, mostly blocked"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, outlet_failures=5) as desk:
        yield desk


def poll(desk: Desk, at: str, problem: str | None, *, names: tuple[str, ...] = ("one",), times: int = 1) -> None:
    save_outlets(desk.db, [outlet(name) for name in names])
    for name in names:
        for _ in range(times):
            mark_polled(desk.db, name, now=moment(at), problem=problem, new_pages=problem is None)


def told(desk: Desk, at: str, *, silence: Seen | None = None, **signs: Seen) -> list[str]:
    """The problems told anew at that time."""
    known = len(all_alerts(desk.db))
    watch = Watch(signs={name: (sign,) for name, sign in signs.items()}, silence=silence)
    queue_regular(desk.db, desk.settings, moment(at), watch=watch)
    facts: list[Any] = [row.draft.payload["facts"] for row in all_alerts(desk.db)[known:]]
    return [f"{each['problem']} {each.get('name') or each.get('count') or ''}".strip() for each in facts]


def test_a_sign_is_told_daily_until_it_is_gone(desk: Desk) -> None:
    poll(desk, "2026-11-19 00:00", None)
    refused = Seen("pages_refused")
    assert told(desk, "2026-11-19 01:00", one=refused) == ["pages_refused one"]
    assert told(desk, "2026-11-19 20:00", one=refused) == []
    assert told(desk, "2026-11-20 01:01", one=refused) == ["pages_refused one"]
    assert told(desk, "2026-11-20 02:00", one=Seen("layout_changed")) == ["layout_changed one"]
    assert told(desk, "2026-11-20 03:00") == ["mended one"]
    assert told(desk, "2026-11-20 04:00") == []


def test_an_outlet_that_refuses_us_is_told_before_the_failures_of_others_are(desk: Desk) -> None:
    poll(desk, "2026-11-19 00:00", None)
    poll(desk, "2026-11-19 01:00", "blocked", times=2)
    assert told(desk, "2026-11-19 01:01", one=Seen("failing")) == ["failing one"]
    assert told(desk, "2026-11-19 02:00", one=Seen("failing")) == []
    poll(desk, "2026-11-19 03:00", None)
    assert told(desk, "2026-11-19 03:01", one=Seen("failing")) == ["mended one"]  # the sign is of before the poll


def test_an_outlet_never_seen_from_here_is_only_summed_up(desk: Desk) -> None:
    names = tuple(f"n{number}" for number in range(20))
    poll(desk, "2026-11-19 00:00", "dns_failed", names=names, times=6)
    assert told(desk, "2026-11-19 01:00") == ["never_seen 20"]
    assert told(desk, "2026-11-21 01:00") == []  # not again
    poll(desk, "2026-11-21 02:00", "not_found", names=("late",), times=6)
    assert told(desk, "2026-11-21 02:01") == ["never_seen 21"]
    poll(desk, "2026-11-21 03:00", None, names=("n3",))
    assert told(desk, "2026-11-21 03:01") == []  # it is not back: it never was there
    poll(desk, "2026-11-21 04:00", "timeout", names=("n3",), times=5)
    assert told(desk, "2026-11-21 04:01") == ["failing n3"]


def test_a_dead_network_is_told_once_and_so_is_its_return(desk: Desk) -> None:
    names = tuple(f"n{number}" for number in range(12))
    poll(desk, "2026-11-19 00:00", None, names=names)
    poll(desk, "2026-11-19 01:00", "dns_failed", names=names[:8], times=5)
    assert told(desk, "2026-11-19 01:01") == ["network 8"]
    poll(desk, "2026-11-19 01:30", "dns_failed", names=names[8:], times=5)
    assert told(desk, "2026-11-19 01:31") == []
    assert told(desk, "2026-11-20 01:32") == ["network 12"]
    poll(desk, "2026-11-20 02:00", None, names=names[:3])
    assert told(desk, "2026-11-20 02:01") == []
    poll(desk, "2026-11-20 02:10", None, names=names[3:11])
    assert told(desk, "2026-11-20 02:11") == ["network_mended", "failing n11"]
    assert told(desk, "2026-11-20 02:12") == []
    poll(desk, "2026-11-20 03:00", None, names=names[11:])
    assert told(desk, "2026-11-20 03:01") == ["mended n11"]


def test_a_silence_of_all_stands_for_the_silence_of_each(desk: Desk) -> None:
    names = ("one", "two", "three")
    poll(desk, "2026-11-19 00:00", None, names=names)
    silence, quiet = Seen("all_quiet", moment("2026-11-19 00:00")), Seen("quiet")
    each = dict.fromkeys(names, quiet)
    assert told(desk, "2026-11-19 12:00", silence=silence, **each) == ["all_quiet"]
    assert told(desk, "2026-11-19 13:00", silence=silence, **each) == []
    assert told(desk, "2026-11-20 12:01", silence=silence, **each) == ["all_quiet"]
    assert told(desk, "2026-11-20 14:00")[0] == "all_mended"


def test_every_problem_has_its_words(desk: Desk) -> None:
    poll(desk, "2026-11-19 00:00", None)
    for number, word in enumerate(("quiet", "pages_refused", "layout_changed", "times_lost")):
        told(desk, f"2026-11-19 0{number + 1}:00", one=Seen(word))
    told(desk, "2026-11-19 06:00", silence=Seen("all_quiet"))
    told(desk, "2026-11-19 07:00")
    poll(desk, "2026-11-19 08:00", "not_found", names=("never",), times=6)
    told(desk, "2026-11-19 08:00")
    desk.now = moment("2026-11-19 09:00")
    desk.send()
    bodies = " ".join(f"{sent.message.title} {sent.message.body}" for sent in desk.sent)
    for words in ("محجوبة", "تغيرت بنية", "أوقات النشر", "لم يمكن الوصول", "أي مصدر"):  # a piece of each phrase
        assert words in bodies
