"""A day of 1,000 reports on 60 incidents with quiet hours, a barrage and a dead channel, against a list by hand."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alerts.channels import Delivery
from tests.alert_desk import Desk, open_desk

GOLD = Path(__file__).parent / "gold" / "alerts_day.txt"
MIDNIGHT = datetime(2026, 11, 19, 21, 0, tzinfo=UTC)  # in Baghdad
GOVERNORATES = ("IQ-BG", "IQ-DI", "IQ-KI", "IQ-NI", "IQ-SD", "IQ-BB")
CHANNELS = {
    "mail": {"url": "json://localhost", "quiet_hours": {"from": "23:00", "to": "07:00"}},
    "chat": {"url": "json://localhost", "barrage": {"after": 2, "within": "10m", "ebb": "5m", "at_latest": "20m"}},
    "hook": {"url": "json://localhost"},
    "sms": {"url": "json://localhost", "rules": ["grave"], "per_hour": 1},
}
# Group: how many incidents, the first one's minute of the day, minutes between them.
GROUPS = {"n": (12, 10, 30), "m": (20, 440, 20), "b": (12, 840, 1), "d": (10, 900, 30), "e": (4, 1230, 60),
          "f": (1, 605, 0), "g": (1, 665, 0)}  # fmt: skip
FIRST: dict[str, dict[str, Any]] = {
    "n07": {"killed": 15}, "m05": {"killed": 6}, "m10": {"killed": 6}, "m15": {"killed": 6}, "m20": {"killed": 6},
    "d05": {"killed": 2}, "f01": {"status": "foiled"}, "g01": {"role": "background"},
}  # fmt: skip
# Incident → the number of the report (the first is 0; they come every three minutes) and what it changes.
CHANGES: dict[str, tuple[int, dict[str, Any]]] = {
    "n03": (4, {"killed": 2}), "m05": (5, {"killed": 9}), "m10": (2, {"wounded": 12}),
    "m15": (4, {"standing": "disputed"}), "b04": (2, {"killed": 3}), "d05": (3, {"killed": 1}),
    "d08": (5, {"claim": "claimed", "actor": "ahl_al_kahf"}), "e02": (6, {"standing": "retracted"}),
    "f01": (10, {"status": "occurred"}),
}  # fmt: skip
REPORTS = 1000


class NoChance(random.Random):
    """Waits are exactly what they are at most, so that a person can work them out."""

    def random(self) -> float:
        return 1.0


def plan_reports() -> list[tuple[int, str, dict[str, Any]]]:
    """Minute of the day, incident, and what the report says; the first forty incidents have a report more."""
    reports = []
    order = 0
    for group, (count, start, step) in GROUPS.items():
        for number in range(count):
            name = f"{group}{number + 1:02}"
            area = "IQ-AN" if group == "b" else "IQ-WA" if group in "fg" else GOVERNORATES[number % 6]
            for turn in range(17 if order < 40 else 16):
                says: dict[str, Any] = {"reports": turn + 1, "publishers": turn + 1}
                if turn == 0:
                    says |= {"admin1": area, "place": None, "place_precision": "governorate", **FIRST.get(name, {})}
                at, change = CHANGES.get(name, (None, {}))
                reports.append((start + number * step + 3 * turn, name, says | (change if at == turn else {})))
            order += 1
    return sorted(reports, key=lambda report: report[0])


def live_through(desk: Desk) -> None:
    """Take in each minute's reports, then send, until the next morning."""
    reports = plan_reports()
    assert len(reports) == REPORTS
    assert len({name for _, name, _ in reports}) == 60
    desk.chance = NoChance()
    for minute in range(31 * 60 + 2):
        desk.now = MIDNIGHT + timedelta(minutes=minute)
        if 8 * 60 <= minute < 12 * 60:
            desk.failing["hook"] = Delivery(sent=False, error="HTTP 503")
        else:
            desk.failing.clear()
        while reports and reports[0][0] == minute:
            _, name, says = reports.pop(0)
            desk.tell(name, **says)
        desk.send()
    assert not reports


def expected() -> Iterator[tuple[str, str, str]]:
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        found = re.fullmatch(r"(\d\d:\d\d)  ((?:mail|chat|hook|sms)(?: (?:mail|chat|hook|sms))*) +(.+)", line)
        assert found or not line or line.startswith("#"), line
        if found:
            yield from ((found[1], channel, found[3]) for channel in found[2].split())


def got(desk: Desk) -> Iterator[tuple[str, str, str]]:
    for sent in desk.sent:
        minutes = round((sent.at - MIDNIGHT) / timedelta(minutes=1))
        what = " ".join(f"{s.kind} {(s.incident or {}).get('id') or ''}".strip() for s in sent.message.stories)
        yield f"{minutes // 60:02}:{minutes % 60:02}", sent.channel, what


def test_a_day_is_told_exactly_as_expected(tmp_path: Path) -> None:
    settings = {
        "channels": CHANNELS, "rules": {"grave": {"killed_min": 5}}, "time_zone": "Asia/Baghdad", "max_age": "36h",
    }  # fmt: skip
    with open_desk(tmp_path, **settings) as desk:
        live_through(desk)
        messages = sorted(got(desk))
        assert messages == sorted(expected())
        assert len(messages) == len(set(messages))
        assert not [row for row in desk.rows if row.state not in ("sent", "suppressed")]
