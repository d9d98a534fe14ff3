"""When an outlet is polled next and a page looked at again: within bounds, by habit, by weight of failure."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.gate import HostGates
from crawler.outcomes import classify_status, load_outcomes, read_retry_after
from crawler.pace import estimate_habit, next_interval, next_page_try, next_recheck, rest_after_failure
from crawler.walls import digest_words, judge_page, own_words
from store.settings import CrawlSettings
from tests.crawling import article

SETTINGS = CrawlSettings()
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_a_busy_outlet_is_polled_more_often_than_a_quiet_one() -> None:
    busy = next_interval(600, SETTINGS, per_day=200, new_last_hour=10, dear=False)
    quiet = next_interval(600, SETTINGS, per_day=10, new_last_hour=0, dear=False)
    silent = next_interval(600, SETTINGS, per_day=0, new_last_hour=0, dear=False)
    assert 300 <= busy < 600 < quiet <= silent == 1200


def test_an_outlet_that_sends_all_at_every_poll_is_polled_less_often() -> None:
    cheap, dear = (next_interval(600, SETTINGS, per_day=40, new_last_hour=0, dear=dear) for dear in (False, True))
    assert 300 <= cheap < dear < 86_400 / 40  # still before the next article is likely


def test_the_first_listing_tells_an_outlets_habit() -> None:
    hourly = [NOW - timedelta(hours=hours) for hours in range(1, 13)]
    pinned = [NOW - timedelta(days=90)]
    assert estimate_habit(hourly, 0, watched_since=NOW, now=NOW) == pytest.approx(24, abs=3)
    assert estimate_habit(hourly + pinned, 0, watched_since=NOW, now=NOW) == pytest.approx(24, abs=3)
    later = NOW + timedelta(hours=9)
    assert estimate_habit(hourly, 36, watched_since=NOW, now=later) == pytest.approx(60, abs=10)  # it woke up


def test_a_listing_without_times_tells_its_habit_by_what_comes_after_it() -> None:
    def habit(new: int, hours: float) -> float | None:
        return estimate_habit([], new, watched_since=NOW, now=NOW + timedelta(hours=hours))

    assert habit(2, 0.5) is None
    assert habit(19, 12) == 40
    quiet, silent = habit(0, 1), habit(0, 12)
    assert silent is not None
    assert quiet is not None
    assert 0 < silent < quiet <= 24  # an hour without news is no day without any
    whole = [next_interval(600, SETTINGS, per_day=each, new_last_hour=0, dear=True) for each in (quiet, silent)]
    assert min(whole) > 600  # what sends all at every poll is spared already on its first day


def test_a_burst_counts_at_once() -> None:
    assert next_interval(600, SETTINGS, per_day=12, new_last_hour=12, dear=False) == 300


@given(
    st.floats(1, 10**6), st.integers(0, 10**5), st.integers(0, 10**4), st.integers(120, 600), st.integers(600, 20_000),
    st.booleans(),
)  # fmt: skip
def test_the_interval_stays_within_bounds(every: float, day: int, hour: int, least: int, most: int, dear: bool) -> None:
    settings = CrawlSettings.model_validate({"every_min": f"{least}s", "every_max": f"{most}s"})
    seconds = next_interval(every, settings, per_day=day, new_last_hour=hour, dear=dear)
    assert min(every, least) <= seconds <= max(every, most)


def test_failures_slow_an_outlet_by_their_weight() -> None:
    def rests(problem: str) -> list[float]:
        return [rest_after_failure(600, SETTINGS, problem=problem, failures=n) for n in range(1, 30)]

    hard, soft, temporary = rests("blocked"), rests("malformed"), rests("timeout")
    for series in (hard, soft, temporary):
        assert series == sorted(series)
        assert series[0] <= 1200
    assert hard[-1] == soft[-1] == SETTINGS.back_off_max.total_seconds()
    assert temporary[-1] == 1800  # a network that comes back is noticed within half an hour
    assert all(one >= other >= third for one, other, third in zip(hard, soft, temporary, strict=True))


@pytest.mark.parametrize("problem", sorted(load_outcomes()))
def test_every_outcome_has_a_rest_and_an_end_of_tries(problem: str) -> None:
    assert rest_after_failure(600, SETTINGS, problem=problem, failures=1) >= 600
    moments = [next_page_try(problem, failures, NOW) for failures in range(1, 10)]
    assert moments[0] is not None
    assert moments[-1] is None


def test_a_page_is_looked_at_again_for_48_hours_from_its_publication() -> None:
    ages = [timedelta(hours=1), timedelta(hours=6), timedelta(hours=48)]
    moment: datetime | None = NOW
    seen = []
    while moment is not None:
        moment = next_recheck(NOW - timedelta(minutes=5), NOW, moment, ages)
        seen.append(moment)
    assert [each and (each - NOW) for each in seen] == [*(age - timedelta(minutes=5) for age in ages), None]
    assert next_recheck(NOW - timedelta(days=400), NOW, NOW, ages) is None
    assert next_recheck(None, NOW, NOW, ages) == NOW + ages[0]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Fri, 20 Nov 2026 12:01:00 GMT", 60.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("9" * 30, 86_400.0),
        ("Fri, 20 Nov 2099 11:00:00 GMT", 86_400.0),
        ("soon", None),
        ("", None),
        (None, None),
        ("-5", None),
        ("٣٠", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert read_retry_after(value, now=NOW) == seconds


@given(st.integers(100, 999), st.booleans())
def test_every_status_has_a_word(status: int, retry_after: bool) -> None:
    word = classify_status(status, retry_after=retry_after)
    assert (word is None) == (200 <= status < 300)
    assert word is None or word in load_outcomes()


def test_requests_to_one_host_keep_their_distance_and_those_to_others_do_not_wait() -> None:
    async def body() -> None:
        gates = HostGates(delay_seconds=0.1, concurrent=1)
        moments: dict[str, list[float]] = {"a": [], "b": []}

        async def ask(host: str) -> None:
            async with gates.gate(host).passing():
                moments[host].append(time.monotonic())

        started = time.monotonic()
        await asyncio.gather(*(ask(host) for host in "aaabbb"))
        for each in moments.values():
            assert all(moment - started >= 0.095 * number for number, moment in enumerate(each))
        assert moments["b"][0] < moments["a"][2]

    asyncio.run(body())


def test_gates_of_idle_hosts_are_forgotten() -> None:
    async def body() -> None:
        gates = HostGates(delay_seconds=0.0, concurrent=1)
        for number in range(10_000):
            async with gates.gate(f"host{number}").passing():
                pass
        assert len(gates) <= 2000

    asyncio.run(body())


def judged(page: str, **changes: object) -> str:
    given = {"requested_url": "https://a.example/news/1", "final_url": "https://a.example/news/1", **changes}
    return judge_page(page.encode(), own_words(page.encode()), {}, **given)[0]  # type: ignore[arg-type]


def test_an_article_about_walls_is_no_wall() -> None:
    assert judged(article("حجب مواقع")) == "ok"  # "sites blocked"
    beside = "<script src='/cdn-cgi/challenge-platform/x.js'></script><div class=g-recaptcha>"
    assert judged(article("x") + beside) == "ok"
    assert judged("<title>Just a moment...</title>") == "bot_wall"
    assert judged("<div class=g-recaptcha></div><p>تحقق</p>") == "bot_wall"  # "check"
    assert (
        judge_page(b"<p>x</p>", b"", {"cf-mitigated": "challenge"}, requested_url="u", final_url="u")[0] == "bot_wall"
    )


def test_a_digest_sees_edits_and_neither_counters_nor_sidebars() -> None:
    page = article("عنوان")
    assert digest(page.encode()) == digest(page.replace("</body>", "<span>99 views</span></body>").encode())
    noisy = page.replace(
        "</body>", "<aside><p>" + "خبر آخر عاجل من مكان بعيد " * 9 + "</p></aside></body>"
    )  # other news
    assert digest(page.encode()) == digest(noisy.encode())
    assert digest(page.encode()) != digest(page.replace("صباحا", "مساء").encode())  # morning, evening
    assert digest(page.encode()) != digest(page.replace("<h1>عنوان", "<h1>عنوان آخر").encode())
    assert own_words(b"\x00\xff").strip() == b""


def digest(page: bytes) -> str:
    return digest_words(own_words(page), page)


@pytest.mark.parametrize("name", ["a", "script", "nav", "!--", "h1"])
def test_words_are_found_in_linear_time_whatever_a_page_holds(name: str) -> None:
    started = time.process_time()
    own_words(f"<{name} x>".encode() * 500_000)
    own_words(b"<" * 2_000_000)
    own_words(f"<{name} x></{name}>".encode() * 200_000)
    assert time.process_time() - started < 15
