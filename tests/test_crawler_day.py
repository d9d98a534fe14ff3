"""Hours of polling two dozen outlets of all kinds, good and bad: nothing missed, nothing doubled, nobody held up."""

from __future__ import annotations

import asyncio

from bench.outlets_day import play_day


def test_nothing_that_two_polls_saw_is_missed_or_doubled() -> None:
    figures = asyncio.run(play_day(count=25, hours=3.0))
    assert isinstance(figures["articles_visible_twice"], int)
    assert figures["articles_visible_twice"] > 50
    assert (figures["missed"], figures["stored_twice"]) == (0, 0)
    assert isinstance(figures["problems"], dict)
    assert {"unreachable", "timeout", "blocked"} <= set(figures["problems"])
    assert isinstance(figures["longest_visit_of_a_good_outlet_seconds"], float)
    assert figures["longest_visit_of_a_good_outlet_seconds"] < 20
    assert isinstance(figures["polls_of_a_bad_outlet"], float)
    assert isinstance(figures["polls_of_a_good_outlet"], float)
    assert figures["polls_of_a_bad_outlet"] < figures["polls_of_a_good_outlet"]
