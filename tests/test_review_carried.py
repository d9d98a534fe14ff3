"""What reviewers decided outlives what code does with their incidents afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from intake.incidents import merge_incidents, split_incident
from store.database import transaction
from store.judged import each_judged
from tests.review_site import NOW, Reviewer, find_id, row_of
from tests.stories import Story, mention

HILLA, ISKANDARIYA = "الحلة", "الإسكندرية"


@pytest.mark.parametrize("judged", ["older", "newer"])
def test_a_verdict_is_carried_on_when_code_merges(layla: Reviewer, story: Story, judged: str) -> None:
    ids = {"older": find_id(story.db, HILLA), "newer": find_id(story.db, ISKANDARIYA)}
    layla.judge(ids[judged], "confirm")
    reviewed_at = row_of(story.db, ids[judged])["reviewed_at"]
    with transaction(story.db):
        merge_incidents(story.db, ids["older"], ids["newer"], now=NOW + timedelta(hours=1))
    row = row_of(story.db, ids["older"])
    assert (row["reviewed"], row["reviewed_by"], row["reviewed_at"]) == ("confirmed", "layla", reviewed_at)
    assert ids["older"] in layla.get("/?reviewed=changed")  # more is in it than was looked at
    with transaction(story.db):
        split_incident(story.db, ids["newer"], now=NOW + timedelta(hours=2))
    apart = {name: row_of(story.db, incident_id)["reviewed"] for name, incident_id in ids.items()}
    assert apart == {**dict.fromkeys(ids), judged: "confirmed"}


def test_corrections_are_carried_on_when_code_merges(layla: Reviewer, story: Story) -> None:
    older, newer = find_id(story.db, HILLA), find_id(story.db, ISKANDARIYA)
    layla.judge(older, "confirm")
    layla.judge(newer, "correct", f_killed="1")
    with transaction(story.db):
        merge_incidents(story.db, older, newer, now=NOW + timedelta(hours=1))
    assert (row_of(story.db, older)["reviewed"], row_of(story.db, older)["killed"]) == ("corrected", 1)
    story.tell("2021-03-02 13:00", mention("hilla", "2021-03-01", target="coalition_convoy", killed=9), by="d")
    assert (row_of(story.db, older)["reviewed"], row_of(story.db, older)["killed"]) == ("corrected", 1)
    judged = {(one["key"], one["killed"]) for _, incidents in each_judged(story.db) for one in incidents}
    assert (older, 1) in judged  # what the report of the merged one said, put right


def test_a_rejection_of_the_one_does_not_reject_the_other(layla: Reviewer, story: Story) -> None:
    older, newer = find_id(story.db, HILLA), find_id(story.db, ISKANDARIYA)
    layla.judge(newer, "reject", why="invented")
    with transaction(story.db):
        merge_incidents(story.db, older, newer, now=NOW + timedelta(hours=1), by="layla")
    row = row_of(story.db, older)
    assert row["reviewed"] is None
    assert row["standing"] != "retracted"


def test_an_undone_judgement_is_not_carried_on(layla: Reviewer, story: Story) -> None:
    older, newer = find_id(story.db, HILLA), find_id(story.db, ISKANDARIYA)
    layla.judge(newer, "confirm")
    with transaction(story.db):
        merge_incidents(story.db, older, newer, now=NOW + timedelta(hours=1))
    review = story.db.execute("SELECT max(id) FROM reviews").fetchone()[0]
    layla.judge(older, "undo", review=str(review))
    assert row_of(story.db, older)["reviewed"] is None
