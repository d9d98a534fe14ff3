"""Gives the tests of several files what they start from: a database with a few stories, its pages, and a reviewer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.review_site import Reviewer, Site, served, told_story
from tests.stories import Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    told = told_story(tmp_path / "marsad.db")
    yield told
    told.db.close()


@pytest.fixture
def site(tmp_path: Path, story: Story) -> Iterator[Site]:
    with served(tmp_path / "marsad.db") as running:
        yield running


@pytest.fixture
def layla(site: Site) -> Iterator[Reviewer]:
    reviewer = Reviewer(site)
    yield reviewer
    reviewer.close()
