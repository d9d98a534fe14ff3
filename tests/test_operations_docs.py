"""The tables of threats and faults name tests and commands that are there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench.faults import SCENARIOS
from bench.fuzz import fuzz
from bench.fuzz_targets import TARGETS
from operations.parts import normal_name
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


def test_the_bill_of_materials_names_what_runs_and_nothing_else(tmp_path: Path) -> None:
    bill = json.loads(run_marsad("licences", "--json", cwd=tmp_path).stdout)
    parts = {normal_name(part["name"]): part for part in bill["components"]}
    runtime, dev = (
        dict(re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", (ROOT / name).read_text("utf-8"), re.M))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert {"scrapy", "trafilatura", "apprise"} <= runtime.keys() & parts.keys()
    needed = {name for name, part in parts.items() if part["scope"] == "required"}
    assert needed <= {normal_name(name) for name in runtime}
    assert {"pytest", "mypy", "ruff"} <= dev.keys()
    assert not {"pytest", "mypy", "ruff", "marsad"} & parts.keys()
    assert bill["metadata"]["component"]["name"] == "marsad"
    assert [name for name in needed if not parts[name]["licenses"]] == []


def test_a_lock_without_a_hash_or_with_another_version_of_a_part_is_found() -> None:
    """Each pin carries its own hashes; what both locks hold is the same version in both."""
    pins: dict[str, str] = {}
    for name in ("requirements.lock", "requirements-build.lock", "requirements-dev.lock"):
        blocks = re.findall(r"^[a-z0-9.-]+==.*?(?=^[a-z0-9]|\Z)", (ROOT / name).read_text("utf-8"), re.M | re.S)
        assert blocks
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
        for package, version in (block.split()[0].split("==") for block in blocks):
            assert pins.setdefault(package, version) == version, f"{package} in {name}"
