"""The tables of threats and faults name tests and commands that are there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench.faults import SCENARIOS
from bench.fuzz import fuzz
from bench.fuzz_targets import TARGETS
from tests.marsad import run_marsad

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["security.md", "reliability.md"])
def test_every_test_that_is_named_is_there(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", text)
    assert len(named) > 10
    missing = [f"{file}::{test}" for file, test in named if f"def {test}(" not in (ROOT / file).read_text("utf-8")]
    assert not missing, missing


def test_every_fault_has_its_row() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    assert [name for name in SCENARIOS if f"bench.faults {name}" not in text] == []


@pytest.mark.parametrize("target", TARGETS)
def test_spoilt_inputs_are_survived(target: str) -> None:
    outcome = fuzz(target, 0.3, 7)
    assert outcome["survived"], outcome["fault"]


def test_the_bill_of_materials_names_what_runs(tmp_path: Path) -> None:
    bill = json.loads(run_marsad("licences", "--json", cwd=tmp_path).stdout)
    parts = {part["name"].lower().replace("_", "-"): part for part in bill["components"]}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.M))
    assert {"scrapy", "trafilatura", "apprise"} <= locked & parts.keys()
    assert parts["scrapy"]["licenses"]
