"""Rules that ask for what no list has are refused with their place in the file; what an incident can have passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alerts.names import load_names
from alerts.rule_names import find_unknown_names
from extract.text import fold
from store.alert_settings import AlertSettings
from tests.marsad import run_marsad


def find(rule: dict[str, Any], outlets: set[str] | None = None) -> list[str]:
    settings = AlertSettings.model_validate({"rules": {"mine": rule}})
    return find_unknown_names(settings, load_names(), fold, outlets=outlets)


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"actor": ["islamic_stat"]}, 'actor[0]: "islamic_stat": no group of the list; did you mean "islamic_state"?'),
        ({"admin1": ["IQ-QA", "IQ-ZZ"]}, 'admin1[1]: "IQ-ZZ": no governorate of the gazetteer'),
        ({"country": ["XX"]}, 'country[0]: "XX": no country'),
        ({"outlet": ["alnahar"]}, 'outlet[0]: "alnahar": no outlet of these settings; did you mean "alnahr"?'),
        ({"any": [{"killed_min": 1}, {"not": {"actor": ["x_y"]}}]}, 'any[1].not.actor[0]: "x_y": no group of the list'),
    ],
)
def test_unknown_names_are_told_with_their_place(rule: dict[str, Any], fault: str) -> None:
    [line] = find(rule, {"alnahr"})
    assert line.startswith(f"alerts.rules.mine.{fault.split('; ')[0]}")
    assert line.endswith(fault.rpartition("; ")[2])


def test_place_is_compared_as_rules_compare_it() -> None:
    assert find({"place": ["الديوانيه", "عين الاسد"]}) == []  # Diwaniyah and Ain al-Asad as people type them
    [line] = find({"place": ["الديوانييه"]})  # a slip of the finger
    assert "no place of the gazetteer" in line


def test_every_value_that_an_incident_can_have_passes() -> None:
    names = load_names()
    rule = {
        "actor": list(names.actors), "admin1": list(names.governorates), "country": list(names.countries),
        "place": [name for name, _ in names.places][::50], "outlet": ["anything"],
    }  # fmt: skip
    assert find(rule) == []


def test_check_and_dry_run_refuse_it(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('[alerts.rules.mine]\nactor = ["nobody_at_all"]\n', encoding="utf-8")
    for words in (("check",), ("alerts", "dry-run")):
        done = run_marsad(*words, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.decode().startswith('settings.toml: alerts.rules.mine.actor[0]: "nobody_at_all": no group')


def test_empty_list_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one value for words"):
        AlertSettings.model_validate({"rules": {"mine": {"words": []}}})
