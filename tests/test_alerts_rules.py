"""Which change alerts which channel, as what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from alerts.conditions import Matching, distance_km
from alerts.pace import quiet_until
from alerts.rules import decide_alerts, decide_notice_alerts
from store.alert_settings import AlertSettings, ChannelSettings
from store.records import AlertDraft, Change, Notice
from tests.alert_fakes import BASE, NOON, OUTLET, make_article, make_change, make_incident, make_mention


def decide(
    change: Change,
    settings: AlertSettings | None = None,
    already: Mapping[str, set[str]] | None = None,
    *,
    silent: bool = False,
    hours: float = 0,
    matching: Matching | None = None,
) -> list[AlertDraft]:
    return decide_alerts(
        change, settings or AlertSettings(), now=NOON + timedelta(hours=hours), silent=silent, already=already or {},
        matching=matching,
    )  # fmt: skip


def settings_with(rule: object, **channel: object) -> AlertSettings:
    return AlertSettings.model_validate(
        {"rules": {"mine": rule}, "channels": {"mail": {"url": "json://localhost", "rules": ["mine"], **channel}}}
    )


def matches(rule: object, change: Change, **kwargs: object) -> bool:
    return bool(decide(change, settings_with(rule), **kwargs))  # type: ignore[arg-type]


def test_new_attack_alerts_the_terminal_when_no_channel_is_configured() -> None:
    [draft] = decide(make_change())
    assert (draft.channel, draft.kind, draft.key, draft.state) == ("terminal", "new", "new:inc1:terminal", "queued")
    assert draft.due_at == NOON
    assert draft.payload["quote"] == "قال مصدر أمني إن ثلاثة صواريخ سقطت في محيط قاعدة عين الأسد."


@pytest.mark.parametrize("country", ["IQ", "SY", "TN", "AF", None])
def test_default_is_any_country(country: str | None) -> None:
    assert decide(make_change(make_incident(country=country, admin1=None)))


@pytest.mark.parametrize(
    ("values", "alerts"),
    [
        ({"status": "occurred"}, True),
        ({"status": "intercepted"}, True),
        ({"status": "foiled"}, False),
        ({"status": "disputed"}, False),
        ({"role": "background"}, False),
        ({"standing": "disputed"}, False),
        ({"standing": "retracted"}, False),
        ({"standing": "confirmed"}, True),
    ],
)
def test_default_rule(values: dict[str, object], alerts: bool) -> None:
    assert bool(decide(make_change(make_incident(**values)))) is alerts


@pytest.mark.parametrize("earlier", [{"role": "background"}, {"status": "foiled"}, {"status": "disputed"}])
def test_incident_that_becomes_alertable_alerts_once(earlier: dict[str, object]) -> None:
    change = make_change(BASE, make_incident(**earlier))
    [draft] = decide(change)
    assert draft.kind == "new"
    assert decide(make_change(BASE, BASE), already={"terminal": {"new"}}) == []


def test_report_that_only_recalls_or_denies_a_known_attack_starts_no_alert() -> None:
    for values in ({"role": "background"}, {"status": "foiled"}, {"status": "disputed"}):
        assert decide(make_change(BASE, BASE, mention=make_mention(BASE, **values))) == []


def test_silent_change_alerts_nobody() -> None:
    assert decide(make_change(), silent=True) == []


@pytest.mark.parametrize(("hours", "alerts"), [(0, True), (35.9, True), (36.1, False)])
def test_old_report_is_silent(hours: float, alerts: bool) -> None:
    assert bool(decide(make_change(), hours=hours)) is alerts


def test_day_without_hour_counts_as_the_days_end() -> None:
    midnight = make_article(published=NOON.replace(hour=0), published_precision="day")
    assert decide(make_change(article=midnight), hours=47.9)  # 36 h after the day's end is 48 h after noon
    assert not decide(make_change(article=midnight), hours=48.1)


def test_unknown_publication_time_counts_from_when_it_was_first_seen() -> None:
    change = make_change(article=make_article(published=None, published_precision=None))
    assert decide(change)
    old = NOON - timedelta(hours=37)
    assert not decide_alerts(change, AlertSettings(), now=NOON, silent=False, already={}, first_seen_at=old)


def test_same_change_gives_the_same_keys() -> None:
    change = make_change(make_incident(killed=4), make_incident(killed=2))
    told = {"terminal": {"new"}}
    assert [d.key for d in decide(change, already=told)] == [d.key for d in decide(change, already=told, hours=1)]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"killed": None}, {"killed": 2}, "update"),
        ({"killed": 2}, {"killed": 3}, "update"),
        ({"killed": 3}, {"killed": 2}, "correction"),
        ({"killed": None}, {"killed": 0}, None),
        ({"wounded": 20}, {"wounded": 21}, None),
        ({"wounded": 20}, {"wounded": 30}, "update"),
        ({"claim": "none"}, {"claim": "claimed", "actor": "ahl_al_kahf"}, "update"),
        ({"actor": "islamic_state"}, {"actor": "al_qaeda"}, "correction"),
        ({"place": None, "place_precision": "governorate"}, {}, None),
        ({"admin1": "IQ-BG", "place": "التاجي"}, {}, "correction"),  # Taji
        ({"place": None, "admin1": None, "country": None}, {}, "update"),
        ({"publishers": 1}, {"publishers": 2, "standing": "corroborated"}, None),
        ({}, {"status": "disputed"}, "dispute"),
        ({}, {"standing": "disputed"}, "dispute"),
        ({}, {"standing": "retracted"}, "retraction"),
        ({"status": "intercepted"}, {"status": "occurred"}, "correction"),
        ({}, {}, None),
    ],
)
def test_follow_up_only_on_material_change(
    before: dict[str, object], after: dict[str, object], kind: str | None
) -> None:
    change = make_change(make_incident(**after), make_incident(**before))
    drafts = decide(change, already={"terminal": {"new"}})
    assert [draft.kind for draft in drafts] == ([kind] if kind else [])


def test_follow_up_goes_only_where_the_attack_was_told() -> None:
    two = AlertSettings.model_validate(
        {
            "rules": {"syria": {"country": ["SY"]}},
            "channels": {"all": {"url": "json://a"}, "syria": {"url": "json://b", "rules": ["syria"]}},
        }
    )
    change = make_change(make_incident(killed=5), make_incident(killed=1))
    assert [(d.channel, d.kind) for d in decide(change, two, {"all": {"new"}})] == [("all", "update")]


def test_change_that_the_linker_calls_immaterial_is_not_told() -> None:
    change = make_change(make_incident(killed=5), make_incident(killed=1), changed=())
    assert decide(change, already={"terminal": {"new"}}) == []


def test_confirmation_at_n_publishers_is_told_once_and_only_if_asked() -> None:
    change = make_change(make_incident(publishers=3), make_incident(publishers=2))
    assert decide(change, already={"terminal": {"new"}}) == []
    asked = AlertSettings.model_validate({"channels": {"mail": {"url": "json://a", "confirm_at": 3}}})
    assert [d.kind for d in decide(change, asked, {"mail": {"new"}})] == ["confirmation"]
    assert decide(change, asked, {"mail": {"new", "confirmation"}}) == []
    fewer = make_change(make_incident(publishers=2), make_incident(publishers=1))
    assert decide(fewer, asked, {"mail": {"new"}}) == []


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ({"country": ["IQ", "SY"]}, True),
        ({"country": ["SY"]}, False),
        ({"admin1": ["IQ-AN"]}, True),
        ({"place": ["عين الاسد"]}, True),  # written without hamza, found by folding
        ({"near": [{"lat": 33.8, "lon": 42.4, "km": 10}]}, True),
        ({"near": [{"lat": 33.3, "lon": 44.4, "km": 100}]}, False),
        ({"target": ["coalition_base"], "method": ["rocket", "missile"]}, True),
        ({"target": ["coalition_base"], "method": ["drone"]}, False),
        ({"any": [{"country": ["SY"]}, {"method": ["rocket"]}]}, True),
        ({"all": [{"country": ["IQ"]}, {"not": {"method": ["rocket"]}}]}, False),
        ({"killed_min": 1}, False),  # an unknown toll meets nothing
        ({"munitions_min": 3}, True),
        ({"confidence_min": 0.95}, False),
        ({"publishers_min": 2}, False),
        ({"ownership": ["private"]}, True),
        ({"ownership": ["state", "militia"]}, False),
        ({"outlet": ["alnahr"]}, True),
        ({"words": ["قاعده"]}, True),  # base, with ha for ta marbuta
        ({"words": ["مصدر امني"], "words_in": ["text"]}, True),  # a security source
        ({"words": ["مصدر"], "words_in": ["title"]}, False),
        ({"words": ["صدر"]}, False),  # not in the middle of a word
        ({"words": ["أسد"]}, True),  # with the article attached
        ({"kind": ["update"]}, False),
    ],
)
def test_conditions(rule: object, met: bool) -> None:
    from extract.text import fold

    assert matches(rule, make_change(), matching=Matching(fold=fold)) is met


def test_parent_group_stands_for_its_facades() -> None:
    change = make_change(make_incident(actor="ahl_al_kahf", claim="claimed"))
    kin = Matching(parents={"ahl_al_kahf": "iran_backed_militias"})
    assert matches({"actor": ["iran_backed_militias"]}, change, matching=kin)
    assert not matches({"actor": ["iran_backed_militias"]}, change)
    assert not matches({"actor": ["islamic_state"]}, change, matching=kin)


def test_rule_may_ask_for_what_is_silent_by_default() -> None:
    foiled = make_change(make_incident(status="foiled"))
    assert not matches({"country": ["IQ"]}, foiled)
    assert matches({"country": ["IQ"], "status": ["foiled"]}, foiled)
    assert not matches({"status": ["foiled"]}, make_change(make_incident(status="foiled", role="background")))


def test_rule_on_kinds_refuses_updates() -> None:
    settings = settings_with({"kind": ["new"]})
    change = make_change(make_incident(killed=5), make_incident(killed=1))
    assert decide(change, settings, {"mail": {"new"}}) == []
    wider = settings_with({"kind": ["new", "dispute"]})
    denied = make_change(make_incident(status="disputed"), BASE)
    assert [d.kind for d in decide(denied, wider, {"mail": {"new"}})] == ["dispute"]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"method": ["rockets"]}, ("rules", "mine", "method", 0)),
        ({"any": [{"country": ["IQ"]}, {"country": ["Iraq"]}]}, ("rules", "mine", "any", 1, "country", 0)),
        ({"all": []}, ("rules", "mine", "all")),
        ({}, ("rules", "mine")),
        ({"near": [{"lat": 33, "lon": 44}]}, ("rules", "mine", "near", 0, "km")),
        ({"colour": "red"}, ("rules", "mine", "colour")),
    ],
)
def test_wrong_rule_is_refused_with_its_place(rule: object, path: tuple[object, ...]) -> None:
    with pytest.raises(ValidationError) as refused:
        settings_with(rule)
    assert [error["loc"] for error in refused.value.errors()] == [path]


def test_unknown_rule_of_a_channel_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match=r'channels.mail.rules: "nosuch" is no rule'):
        AlertSettings.model_validate({"channels": {"mail": {"rules": ["nosuch"]}}})


QUIET = {"from": "23:00", "to": "07:00", "time_zone": "Asia/Baghdad"}


def test_quiet_hours_hold_until_their_end_in_the_users_zone() -> None:
    settings = settings_with({"country": ["IQ"]}, quiet_hours=QUIET)
    [early] = decide(make_change(), settings, hours=7.9)  # 22:54 in Baghdad
    assert (early.state, early.due_at) == ("queued", NOON + timedelta(hours=7.9))
    [night] = decide(make_change(), settings, hours=8)  # 23:00 in Baghdad
    assert (night.state, night.due_at) == ("held", NOON + timedelta(hours=16))


@pytest.mark.parametrize(
    ("night", "end"),
    [("2026-03-28", "2026-03-29 04:00"), ("2026-10-24", "2026-10-25 05:00"), ("2026-11-20", "2026-11-21 05:00")],
)
def test_quiet_hours_end_by_the_clock_on_the_wall_when_it_changes(night: str, end: str) -> None:
    channel = ChannelSettings.model_validate({"url": "json://a", "quiet_hours": {"from": "22:00", "to": "06:00"}})
    settings = AlertSettings.model_validate({"time_zone": "Europe/Berlin"})
    begun = datetime.fromisoformat(f"{night} 22:30+00:00")
    over = datetime.fromisoformat(f"{end}+00:00")
    assert quiet_until(channel, settings, begun) == over
    assert quiet_until(channel, settings, over - timedelta(minutes=1)) == over
    assert quiet_until(channel, settings, over) is None


def test_mass_casualties_pass_quiet_hours() -> None:
    settings = settings_with({"country": ["IQ"]}, quiet_hours=QUIET)
    [draft] = decide(make_change(make_incident(killed=12)), settings, hours=9)
    assert (draft.state, draft.urgent) == ("queued", True)


def test_notice_is_silent_unless_a_rule_asks_for_it() -> None:
    notice = Notice(kind="threat", quote="سنستهدف", source="text", start=0, end=7, country="IQ", admin1="IQ-AN")

    def told(settings: AlertSettings) -> list[AlertDraft]:
        return decide_notice_alerts(notice, make_article(), "a1", OUTLET, settings, now=NOON, silent=False)

    assert told(AlertSettings()) == []
    assert told(settings_with({"country": ["IQ"]})) == []
    [draft] = told(settings_with({"notice": ["threat"], "admin1": ["IQ-AN"]}))
    assert (draft.kind, draft.incident_id, draft.rule) == ("notice", None, "mine")
    assert told(settings_with({"notice": ["explosion"]})) == []


def test_distance_between_baghdad_and_basra() -> None:
    assert distance_km(33.3152, 44.3661, 30.5085, 47.7804) == pytest.approx(449, abs=3)


def test_channel_without_the_kind_is_not_told() -> None:
    settings = settings_with({"country": ["IQ"]}, kinds=["digest"])
    assert decide(make_change(), settings) == []


def test_change_for_a_switched_off_channel_is_dropped() -> None:
    settings = settings_with({"country": ["IQ"]}, enabled=False)
    assert decide(replace(make_change()), settings) == []
