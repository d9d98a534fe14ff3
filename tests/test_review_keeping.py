"""Counts that are kept between pages are never those of an earlier state of the database."""

from __future__ import annotations

from review.keeping import KEPT_SECONDS, MOST_KEPT, Keeping
from tests.review_site import Reviewer, find_id
from tests.stories import Story, mention


def test_a_value_is_worked_out_again_for_another_stamp_and_after_a_while() -> None:
    now = [0.0]
    keeping = Keeping(clock=lambda: now[0])
    worked: list[str] = []

    def ask(stamp: str) -> str:
        return keeping.get("key", stamp, lambda: worked.append(stamp) or stamp)  # type: ignore[func-returns-value]

    assert [ask("a"), ask("a"), ask("b")] == ["a", "a", "b"]
    assert worked == ["a", "b"]
    now[0] = KEPT_SECONDS + 1
    assert ask("b") == "b"
    assert worked == ["a", "b", "b"]


def test_no_more_is_kept_than_allowed() -> None:
    keeping = Keeping()
    for key in range(MOST_KEPT * 3):
        keeping.get(key, 1, lambda: 0)
    worked: list[int] = []
    for key in (0, MOST_KEPT * 3 - 1):
        keeping.get(key, 1, lambda key=key: worked.append(key))  # type: ignore[misc]
    assert worked == [0]


def test_every_page_shows_what_was_just_taken_in_or_judged(layla: Reviewer, story: Story) -> None:
    def areas() -> dict[str, int]:
        return {area["id"]: area["n"] for area in layla.client.get("/map.json?cell=0.2").json()["areas"]}

    def bars() -> int:
        return sum(bar["n"] for bar in layla.client.get("/bars.json?q=الحلة").json()["bars"])

    before, hits = areas(), bars()
    story.tell("2021-03-02 11:00", mention("batha", "2021-03-02", "ied"), by="d", text="انفجار في الحلة والبطحاء")
    assert areas() == {**before, "IQ-DQ": before.get("IQ-DQ", 0) + 1}
    assert bars() == hits + 1
    layla.judge(find_id(story.db, "البطحاء"), "reject", why="invented")
    assert areas() == before
    assert bars() == hits


def test_a_box_holds_its_own_points_and_nonsense_is_no_box(layla: Reviewer) -> None:
    def points(query: str) -> list[dict[str, float]]:
        return list(layla.client.get(f"/map.json?cell=0.005&{query}").json()["points"])

    inside = points("box=44,33,44.9,33.9")
    assert inside
    assert all(44 <= point["lon"] <= 44.9 and 33 <= point["lat"] <= 33.9 for point in inside)
    everything = points("")
    assert len(everything) > len(inside)
    for nonsense in ("1,2,3", "a,b,c,d", "45,33,44,34", "nan,nan,nan,nan", "1e999,0,0,0", ",,,"):
        assert points(f"box={nonsense}") == everything
