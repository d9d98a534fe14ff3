"""More than eighty messages word for word, as an editor has read them: tests/gold/wording.txt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.names import load_names
from alerts.wording import Form, write_message
from store.alert_settings import AlertSettings, ChannelSettings
from tests.alert_cases import Case, cases

GOLD = Path(__file__).parent / "gold" / "wording.txt"
SETTINGS = AlertSettings(time_zone="Asia/Baghdad")
# Isolates are made visible; marks that every line has are left out.
MARKS: dict[str, str | int | None] = {"\u200f": "", "\u200e": "", "\u2060": "", "\u2068": "⟨", "\u2069": "⟩"}


def word(case: Case) -> str:
    """The case's message as a service without titles gets it."""
    channel = ChannelSettings.model_validate({"url": "json://localhost", **case.channel})
    message = write_message(case.stories, channel, SETTINGS, Form(), load_names(), reason=case.reason)
    return message.body.translate(str.maketrans(MARKS))


def read_gold() -> dict[str, str]:
    parts = re.split(r"^=== (.+)\n", GOLD.read_text(encoding="utf-8"), flags=re.M)
    return {name: text.strip("\n") for name, text in zip(parts[1::2], parts[2::2], strict=True)}


CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_wording(case: Case) -> None:
    assert word(case) == read_gold()[case.name]


def test_gold_holds_all_and_nothing_else() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 80
    assert set(read_gold()) == set(names)


def write_gold() -> None:
    """Write the file anew, to be read by an editor before it is committed."""
    head = "# Messages of every kind as an editor read them; test_alerts_gold.py compares. Isolates are shown as ⟨ ⟩.\n"
    body = "\n".join(f"=== {case.name}\n{word(case)}\n" for case in CASES)
    GOLD.write_text(f"{head}\n{body}", encoding="utf-8")


if __name__ == "__main__":
    write_gold()
