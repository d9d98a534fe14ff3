"""What speaks for one event and what against it, and that an incident's fields follow from its reports alone."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.incidents.contradictions import find_contradictions
from extract.incidents.link_weights import side_of_mention
from extract.incidents.linking import JOIN, score_link, score_sides
from extract.incidents.standing import find_material_changes, tell_incident
from store.records import Incident, Mention, Telling
from tests.stories import PLACES, mention, moment, with_date

NOW = moment("2021-03-02 00:00")
DAY = date(2021, 3, 1)


def telling(told: Mention, number: int = 0, *, at: str = "2021-03-01 10:00", publisher: str | None = None) -> Telling:
    when = moment(at) + timedelta(minutes=number)
    return Telling(
        mention_id=number, mention=told, incident_id="i", article_id=f"a{number}", root_id=f"a{number}",
        publisher=publisher or f"p{number}", at=when, published=when, first_seen_at=when, title=f"t{number}",
    )  # fmt: skip


def incident_of(*told: Mention) -> Incident:
    return tell_incident("i", [telling(m, n) for n, m in enumerate(told)], now=NOW)


def total(one: Mention, *known: Mention) -> float:
    tellings = [telling(m, n) for n, m in enumerate(known)]
    return score_link(one, incident_of(*known), tellings, reported=DAY).total


BASE = mention("hilla", "2021-03-01", "ied", target="coalition_convoy", killed=2, wounded=5, munitions=1)


def test_score_is_the_sum_of_its_reasons() -> None:
    score = score_link(BASE, incident_of(BASE), [telling(BASE)], reported=DAY, likeness=0.8)
    assert score.total == pytest.approx(sum(score.reasons.values()), abs=0.06)
    assert {"prior", "date", "place", "method", "target", "killed", "wording"} <= set(score.reasons)


@pytest.mark.parametrize(
    "other",
    [
        with_date(BASE, "2021-03-20"),
        with_date(BASE, "2022-03-01"),
        replace(BASE, country="SY", admin1="SY-HA", place=None, lat=None, lon=None),
        mention("nasiriyah", "2021-03-01", "ied", target="coalition_convoy", killed=2, wounded=5, munitions=1),
        mention("hilla", "2021-03-01", "rocket", target="coalition_base"),
        mention("hilla", "2021-03-01", "gunfire", target="government", killed=1),
        mention("hilla", "2021-03-01", "ied", target="coalition_convoy", second_attack=True),
    ],
)
def test_other_events(other: Mention) -> None:
    assert total(other, BASE) < JOIN


@pytest.mark.parametrize(
    "other",
    [
        BASE,
        replace(BASE, killed=3, wounded=9),
        replace(BASE, method="vehicle_bomb"),
        replace(BASE, method="unknown", target="unknown"),
        replace(BASE, target="civilians", killed=None),
        with_date(BASE, "2021-03-02"),  # told next morning, with the same toll
        with_date(BASE, "2021-03-03", "week"),
        with_date(BASE, "2021-03-01", "month"),
        replace(BASE, place=None, lat=None, lon=None, place_precision="governorate"),
        replace(BASE, place=None, lat=None, lon=None, place_precision=None, admin1=None),
        replace(BASE, date=None, date_precision="unknown"),
    ],
)
def test_the_same_event_told_otherwise(other: Mention) -> None:
    assert total(other, BASE) >= JOIN


def test_one_odd_report_does_not_draw_strangers_in() -> None:
    odd = mention("baghdad", "2021-03-01", "ied", killed=2)
    stranger = mention("baghdad", "2021-03-01", "ied", target="iraqi_forces", killed=7)
    assert total(stranger, BASE, BASE, odd) < total(stranger, odd)


sometimes = st.one_of(st.none(), st.integers(0, 200))
mentions = st.builds(
    mention,
    st.sampled_from([*PLACES, "IQ-BB", "IQ-BG", None]),
    st.one_of(st.none(), st.dates(date(2021, 1, 1), date(2021, 3, 31)).map(str)),
    st.sampled_from(["ied", "suicide", "rocket", "gunfire", "unknown", "other", "drone"]),
    target=st.sampled_from(["civilians", "coalition_base", "unknown"]),
    killed=sometimes, wounded=sometimes, munitions=sometimes,
    status=st.sampled_from(["occurred", "intercepted", "foiled", "disputed"]),
    role=st.sampled_from(["news", "background"]),
    actor=st.sampled_from([None, "islamic_state", "ahl_al_kahf"]),
    claim=st.sampled_from(["none", "claimed", "attributed"]),
    official=st.booleans(),
)  # fmt: skip


@given(mentions, mentions)
def test_score_is_the_same_from_both_sides(one: Mention, other: Mention) -> None:
    a, b = side_of_mention(one, DAY), side_of_mention(other, DAY)
    assert score_sides(a, b).total == pytest.approx(score_sides(b, a).total)


@given(st.lists(mentions, min_size=1, max_size=8), st.integers(0, 1000))
def test_fields_do_not_depend_on_the_order_of_arrival(told: list[Mention], seed: int) -> None:
    tellings = [telling(m, n) for n, m in enumerate(told)]
    mixed = random.Random(seed).sample(tellings, len(tellings))
    assert tell_incident("i", mixed, now=NOW) == tell_incident("i", tellings, now=NOW)


@given(st.lists(mentions, min_size=1, max_size=8))
def test_toll_lies_within_its_range(told: list[Mention]) -> None:
    found = incident_of(*told)
    for low, best, high in (
        (found.killed_low, found.killed, found.killed_high), (found.wounded_low, found.wounded, found.wounded_high),
    ):  # fmt: skip
        assert (low is None) == (best is None) == (high is None)
        if low is not None and best is not None and high is not None:
            assert low <= best <= high


@given(st.lists(mentions, min_size=1, max_size=6))
def test_telling_again_changes_nothing(told: list[Mention]) -> None:
    found = incident_of(*told)
    assert find_material_changes(found, found) == ()


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"killed": 3}, ("killed",)),
        ({"killed": 1}, ()),
        ({"wounded": 6}, ()),
        ({"method": "vehicle_bomb", "target": "civilians", "munitions": 2}, ()),
        ({"actor": "ahl_al_kahf", "claim": "attributed"}, ()),
        ({"actor": "ahl_al_kahf", "claim": "claimed"}, ("claim", "actor")),
        ({"status": "disputed"}, ("standing",)),
        ({"status": "intercepted", "official": True}, ("status",)),
    ],
)
def test_material_changes(changes: dict[str, Any], wanted: tuple[str, ...]) -> None:
    before = incident_of(BASE)
    assert find_material_changes(before, incident_of(BASE, replace(BASE, **changes))) == wanted


def test_same_publisher_counts_once_and_its_last_word_holds() -> None:
    told = [telling(replace(BASE, killed=k), n, publisher="one") for n, k in enumerate((2, 8, 4))]
    found = tell_incident("i", told, now=NOW)
    assert (found.publishers, found.reports, found.killed, found.killed_high, found.standing) == (
        1, 3, 4, 4, "reported",
    )  # fmt: skip


def test_general_word_does_not_outvote_the_special_one() -> None:
    assert incident_of(BASE, BASE, replace(BASE, method="suicide")).method == "suicide"


def test_contradictions_name_who_says_what() -> None:
    told = [
        telling(BASE, 0),
        telling(replace(BASE, killed=7, wounded=5), 1),
        telling(replace(BASE, status="disputed", killed=None, wounded=None), 2),
        telling(replace(BASE, killed=2, lat=33.4, lon=44.4, place="بغداد"), 3),  # Baghdad
    ]
    found = {c.field: dict(c.values) for c in find_contradictions(told)}
    assert found["killed"] == {"2": ("p0", "p3"), "7": ("p1",)}
    assert found["status"] == {"asserted": ("p0", "p1", "p3"), "denied": ("p2",)}
    assert set(found) == {"killed", "status", "place"}
    assert find_contradictions([telling(BASE, 0), telling(BASE, 1)]) == []


def test_one_publisher_seldom_gives_an_event_two_towns() -> None:
    near = replace(BASE, place="المحاويل", lat=32.66, lon=44.42, killed=1, wounded=3)  # 20 km from Hilla
    tellings = [telling(BASE, publisher="agency")]
    incident = incident_of(BASE)
    others = score_link(near, incident, tellings, reported=DAY, publisher="another")
    own = score_link(near, incident, tellings, reported=DAY, publisher="agency")
    assert own.total < JOIN
    assert own.total < others.total
    assert score_link(BASE, incident, tellings, reported=DAY, publisher="agency").total >= JOIN
