"""An outlet that fails, falls silent, refuses its pages or was rebuilt is told apart from one that sleeps at night."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.health import judge_all, judge_outlet, load_signs
from store.outlet_figures import Harvest, OutletFigures, read_figures
from store.outlets import OutletState
from tests.bad_server import RawServer, http
from tests.crawling import Bench, article, outlet_at, rss, run

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POLLED = OutletState(outlet_id="x", last_polled_at=NOW, last_success_at=NOW, first_polled_at=NOW - timedelta(days=60))


def by_day(hours: range, days: int = 20, end: datetime = NOW) -> tuple[datetime, ...]:
    """An item each of the hours of every day until `end`."""
    midnight = end.replace(hour=0)
    moments = [midnight - timedelta(days=day) + timedelta(hours=hour) for day in range(days) for hour in hours]
    return tuple(sorted(moment for moment in moments if moment <= end))


def words(figures: OutletFigures, now: datetime = NOW) -> list[str]:
    return [sign.word for sign in judge_outlet(figures, now=now)]


def test_a_healthy_outlet_and_one_never_polled_give_no_sign() -> None:
    assert words(OutletFigures(state=OutletState(outlet_id="x"))) == []
    assert words(OutletFigures(state=POLLED, listed_at=by_day(range(8, 22)))) == []


def test_an_outlet_that_sleeps_at_night_is_not_quiet_in_the_morning() -> None:
    listed = by_day(range(8, 22), end=NOW.replace(hour=21))
    assert words(OutletFigures(state=POLLED, listed_at=listed), NOW.replace(hour=7) + timedelta(days=1)) == []
    assert words(OutletFigures(state=POLLED, listed_at=listed), NOW + timedelta(days=2)) == ["quiet"]


def test_failures_are_told_from_an_outlet_that_never_answered() -> None:
    failing = OutletState(outlet_id="x", last_polled_at=NOW, last_success_at=NOW, failures=3, last_problem="timeout")
    never = OutletState(outlet_id="x", last_polled_at=NOW, failures=1, last_problem="dns_failed")
    once = OutletState(outlet_id="x", last_polled_at=NOW, last_success_at=NOW, failures=1, last_problem="timeout")
    assert words(OutletFigures(state=failing)) == ["failing"]
    assert words(OutletFigures(state=never)) == ["never_seen"]
    assert words(OutletFigures(state=once)) == []


@pytest.mark.parametrize("problem", ["blocked", "bot_wall", "gone"])
def test_what_waiting_does_not_mend_is_told_at_the_second_poll(problem: str) -> None:
    refused = OutletState(outlet_id="x", last_polled_at=NOW, last_success_at=NOW, failures=1, last_problem=problem)
    assert words(OutletFigures(state=refused)) == []
    assert words(OutletFigures(state=replace(refused, failures=2))) == ["failing"]


def test_refused_pages_are_told_though_the_feed_works() -> None:
    pages = Counter({"blocked": 19, "ok": 1})
    assert words(OutletFigures(state=POLLED, sources=Counter({"ok": 9}), pages=pages)) == ["pages_refused"]
    assert words(OutletFigures(state=POLLED, sources=Counter({"ok": 9}), pages=Counter({"blocked": 2, "ok": 18}))) == []


@pytest.mark.parametrize(
    ("recent", "expected"),
    [
        (Harvest(articles=20, rejected=1, median_length=900, dated=1.0), []),
        (Harvest(articles=20, rejected=1, median_length=150, dated=1.0), ["layout_changed"]),
        (Harvest(articles=2, rejected=18, median_length=900, dated=1.0), ["layout_changed"]),
        (Harvest(articles=20, rejected=1, median_length=900, dated=0.1), ["times_lost"]),
        (Harvest(articles=2, rejected=1, median_length=50, dated=0.0), []),  # too few to tell
    ],
)
def test_a_rebuilt_site_is_noticed(recent: Harvest, expected: list[str]) -> None:
    before = Harvest(articles=200, rejected=4, median_length=1000, dated=0.98)
    assert words(OutletFigures(state=POLLED, recent=recent, before=before)) == expected


def test_figures_come_from_what_visits_left(tmp_path: Path) -> None:
    async def body(server: RawServer) -> None:
        bench = Bench(tmp_path)
        for round_ in range(3):
            paths = [f"/a/{number}" for number in range(round_ + 1)]
            server.routes["/feed"] = http(rss(server, *((path, f"عنوان {path}", "") for path in paths)))  # "title"
            server.routes[paths[-1]] = http(article(paths[-1]) if round_ < 2 else "no", status="200 OK")
            await bench.crawl(outlet_at(server))
            bench.clock.forward(minutes=30)
        figures = read_figures(bench.db, "test", now=bench.clock())
        assert len(figures.listed_at) == 2  # the first visit's items are no habit
        assert figures.sources == {"ok": 3}
        assert figures.pages["ok"] == 3
        assert figures.state.last_problem is None
        await bench.close()

    run(body)


@pytest.mark.parametrize("word", sorted(load_signs()))
def test_every_sign_is_explained(word: str) -> None:
    reasons = (Path(__file__).parents[1] / "docs" / "reasons.md").read_text(encoding="utf-8")
    assert f"| `{word}` | {load_signs()[word]} |" in reasons


def test_an_outlet_of_many_articles_may_still_sleep_at_night() -> None:
    """Sixty articles by daylight: one long gap a night is its habit all the same."""
    minutes = [timedelta(hours=8, minutes=14 * number) for number in range(60)]
    midnight = NOW.replace(hour=0)
    listed = tuple(sorted(midnight - timedelta(days=day) + each for day in range(1, 20) for each in minutes))
    assert words(OutletFigures(state=POLLED, listed_at=listed), NOW.replace(hour=7)) == []
    assert words(OutletFigures(state=POLLED, listed_at=listed), NOW + timedelta(days=1)) == ["quiet"]


def test_a_silence_of_all_is_told_within_hours_though_each_alone_may_be_silent() -> None:
    many = [
        OutletFigures(state=POLLED, listed_at=tuple(at + timedelta(minutes=7 * n) for at in by_day(range(24))))
        for n in range(8)
    ]
    last = max(figures.listed_at[-1] for figures in many)
    assert judge_all(many, now=last + timedelta(minutes=90)) is None
    told = judge_all(many, now=last + timedelta(hours=3))
    assert told is not None
    assert told.word == "all_quiet"
    assert words(many[0], last + timedelta(hours=3)) == []
    assert judge_all([], now=NOW) is None
