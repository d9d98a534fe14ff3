"""More than eighty messages over all kinds, numbers and genders, whose wording tests/gold/wording.txt holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from alerts.judged import DESK
from alerts.sample import sample_story
from alerts.snapshot import take_incident
from alerts.stories import Story
from store.records import Incident
from tests.alert_fakes import BASE, NOON, make_incident
from tests.alert_wording import story_of

SINCE = "2026-11-20T05:00:00.000Z"
PLACES: dict[str, dict[str, Any]] = {
    "diwaniyah": {"place": "الديوانية", "admin1": "IQ-QA", "lat": 31.99, "lon": 44.93, "place_precision": "town"},
    "baghdad": {"place": "بغداد", "admin1": "IQ-BG", "lat": 33.31, "lon": 44.36, "place_precision": "town"},
    "anbar": {"place": None, "admin1": "IQ-AN", "lat": None, "lon": None, "place_precision": "governorate"},
    "hasakah": {"place": "الشدادي", "admin1": "SY-HA", "country": "SY", "lat": 36.06, "lon": 40.73,
                "place_precision": "town"},
    "jendouba": {"place": None, "admin1": "TN-32", "country": "TN", "lat": None, "lon": None,
                 "place_precision": "governorate"},
    "qatif": {"place": "القديح", "admin1": "SA-04", "country": "SA", "lat": 26.6, "lon": 50.0,
              "place_precision": "town"},
    "afghanistan": {"place": None, "admin1": None, "country": "AF", "lat": None, "lon": None,
                    "place_precision": "country"},
    "nowhere": {"place": None, "admin1": None, "country": None, "lat": None, "lon": None, "place_precision": None},
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One message: its stories, why they come together, and the channel's settings."""

    name: str
    stories: list[Story]
    reason: str = ""
    channel: dict[str, Any] = field(default_factory=dict)


def make(at: str = "ain", **values: Any) -> Incident:
    return make_incident(**PLACES.get(at, {}), **values)


def new(name: str, at: str = "ain", **values: Any) -> Case:
    return Case(name, [story_of(make(at, **values))])


def follow(name: str, kind: str, before: dict[str, Any], after: dict[str, Any], *fields: str) -> Case:
    base = {"killed": 2, "wounded": 5}
    story = story_of(make_incident(**base | after), make_incident(**base | before), kind=kind, fields=fields)
    return Case(name, [story])


def cases() -> Iterator[Case]:
    yield from _methods()
    yield from _tolls()
    yield from _numbers()
    yield from _actors()
    yield from _places_and_days()
    yield from _follow_ups()
    yield from _notices()
    yield from _several()
    yield from _regular()


def _methods() -> Iterator[Case]:
    yield new("ied one convoy", "diwaniyah", method="ied", target="coalition_convoy", munitions=1, killed=0, wounded=1)
    yield new("ied two", "diwaniyah", method="ied", target="coalition_convoy", munitions=2, killed=0, wounded=0)
    yield new("vehicle bomb", "baghdad", method="vehicle_bomb", target="civilians", munitions=None, killed=20,
              wounded=45)  # fmt: skip
    yield new("suicide mosque", "qatif", method="suicide", target="civilians", munitions=None, killed=21, wounded=100)
    yield new("rockets eleven", method="rocket", target="coalition_base", munitions=11, killed=0, wounded=0)
    yield new("rockets twelve embassy", "baghdad", method="rocket", target="us_diplomatic", munitions=12, killed=1)
    yield new("mortar shells", method="mortar", target="iraqi_forces", munitions=8, killed=3, wounded=10)
    yield new("missile strike", "hasakah", method="missile", target="armed_group", munitions=4, killed=7)
    yield new("drone one", "hasakah", method="drone", target="kurdish_forces", munitions=1, killed=1, wounded=2)
    yield new("drones intercepted", method="drone", target="coalition_base", munitions=3, killed=0,
              status="intercepted")  # fmt: skip
    yield new("airstrike", "hasakah", method="airstrike", target="armed_group", munitions=None, killed=12)
    yield new("gunfire", "anbar", method="gunfire", target="popular_mobilization", munitions=None, killed=6, wounded=9)
    yield new("grenade", "baghdad", method="grenade", target="government", munitions=1)
    yield new("arson", "diwaniyah", method="arson", target="infrastructure", munitions=None, killed=0, wounded=0)
    yield new("mines", "anbar", method="mine", target="state_forces", munitions=2, killed=2, wounded=1)
    yield new("mine and the article", "anbar", method="mine", target="iraqi_forces", munitions=1, wounded=3)
    yield new("stabbing", "baghdad", method="stabbing", target="diplomatic", munitions=None, killed=None, wounded=1)
    yield new("abduction", "hasakah", method="abduction", target="civilians", munitions=None)
    yield new("other", "baghdad", method="other", target="other", munitions=None, killed=4)
    yield new("unknown means and target", "anbar", method="unknown", target="unknown", munitions=None)
    yield new("foiled", "baghdad", method="rocket", target="coalition_base", munitions=2, status="foiled")
    yield new("foiled bomb", "diwaniyah", method="ied", target="coalition_convoy", munitions=1, status="foiled")
    yield new("disputed", method="drone", target="coalition_base", munitions=None, status="disputed")


def _tolls() -> Iterator[Case]:
    yield new("toll 0 0", killed=0, wounded=0)
    yield new("toll 1 2", killed=1, wounded=2)
    yield new("toll 100 101", killed=100, wounded=101)
    yield new("toll with a range", killed=8, wounded=20, killed_low=5, killed_high=9, wounded_low=18, wounded_high=30)
    yield Case("toll in arabic digits", [story_of(make(killed=20, wounded=101))], channel={"numerals": "arabic"})


def _numbers() -> Iterator[Case]:
    """Each number once, of men killed and wounded, and of drones, which are feminine and follow a preposition."""
    for number in (*range(1, 13), 20, 100, 101):
        yield new(f"number {number}", method="drone", target="coalition_base", munitions=number, killed=number,
                  wounded=number)  # fmt: skip


def _actors() -> Iterator[Case]:
    yield new("claimed by a facade", "diwaniyah", method="ied", target="coalition_convoy", munitions=1,
              actor="ahl_al_kahf", claim="claimed", publishers=3, standing="corroborated")  # fmt: skip
    yield new("blamed on a group", "anbar", method="gunfire", target="iraqi_forces", munitions=None,
              actor="islamic_state", claim="attributed", killed=4, confidence=0.6)  # fmt: skip
    yield new("an army's own strike", "hasakah", method="airstrike", target="armed_group", munitions=None,
              actor="us", claim="claimed", standing="confirmed", publishers=2, killed=11)  # fmt: skip
    yield new("backed by a state", method="missile", target="civilians", munitions=1, actor="houthis",
              claim="claimed", killed=3, wounded=7, place="مأرب", admin1="YE-MA", country="YE")  # fmt: skip
    yield new("affiliated with a group", "hasakah", method="suicide", target="state_forces", munitions=None,
              actor="hurras_al_din", claim="attributed", killed=5)  # fmt: skip
    yield new("low confidence", "nowhere", method="unknown", target="unknown", munitions=None, confidence=0.4)


def _places_and_days() -> Iterator[Case]:
    yield new("tunisian wilaya, week", "jendouba", method="gunfire", target="state_forces", munitions=None, killed=3,
              date=date(2026, 11, 14), date_precision="week")  # fmt: skip
    yield new("quarter that has namesakes", method="drone", target="government", munitions=1, place="حي فلسطين",
              admin1="IQ-NI", lat=36.35, lon=43.18, place_precision="quarter", killed=0, wounded=2)  # fmt: skip
    yield new("country only, month", "afghanistan", method="suicide", target="government", munitions=None, killed=13,
              date=date(2026, 11, 1), date_precision="month")  # fmt: skip
    yield new("no date", "baghdad", method="ied", target="civilians", munitions=None, date=None,
              date_precision="unknown")  # fmt: skip


def _follow_ups() -> Iterator[Case]:
    yield follow("update toll", "update", {}, {"killed": 5, "wounded": 11}, "killed", "wounded")
    yield follow("update first toll and claim", "update", {"killed": None},
                 {"claim": "claimed", "actor": "qasim_al_jabbarin"}, "killed", "claim", "actor")  # fmt: skip
    yield follow("update blame", "update", {}, {"claim": "attributed", "actor": "islamic_state"}, "claim", "actor")
    yield follow("update claim of whom others blamed", "update", {"claim": "attributed", "actor": "islamic_state"},
                 {"claim": "claimed", "actor": "islamic_state"}, "claim")  # fmt: skip
    blamed = {"claim": "attributed", "actor": "islamic_state"}
    silent = follow("update by a report that blames nobody", "update", blamed, {**blamed, "killed": 4}, "killed")
    yield Case(silent.name, [replace(silent.stories[0], actor=None)])
    yield follow("correction toll", "correction", {"killed": 8}, {"killed": 3}, "killed")
    yield follow("correction place", "correction", {"admin1": "IQ-BG", "place": "التاجي"}, {}, "place", "admin1")
    yield follow("correction status", "correction", {"status": "intercepted"}, {}, "status")
    yield follow("correction date and actor", "correction", {"date": date(2026, 11, 19), "actor": "islamic_state",
                 "claim": "attributed"}, {"actor": "al_qaeda", "claim": "attributed"}, "date", "actor")  # fmt: skip
    withdrawn = follow("judged to stand after all", "correction", {"standing": "retracted"}, {}, "standing")
    yield Case(withdrawn.name, [replace(withdrawn.stories[0], source=DESK, sources=(), quote=None)])
    other = take_incident(make("diwaniyah", method="ied", target="coalition_convoy", munitions=2))
    for change, name in (("merged", "judged to be one"), ("split", "judged to be two")):
        changes = ({"field": change, "old": "a", "new": "b", "incident": other},)
        story = story_of(make("diwaniyah", killed=2), kind="correction")
        yield Case(name, [replace(story, changes=changes, source=DESK, quote=None)])
    yield _joined(other)
    yield follow("retraction", "retraction", {}, {"standing": "retracted"}, "standing")
    yield follow("denial", "dispute", {}, {"status": "disputed", "standing": "disputed"}, "status")
    yield follow("confirmation by three", "confirmation", {}, {"publishers": 3, "standing": "corroborated"})
    yield follow("confirmation official", "confirmation", {}, {"publishers": 2, "standing": "confirmed"})


def _joined(other: dict[str, Any]) -> Case:
    """A report shows that two which were told are one, and raises the toll."""
    told = story_of(make("diwaniyah", killed=4, publishers=3, standing="corroborated"),
                    make("diwaniyah", killed=2), kind="correction", fields=("killed",))  # fmt: skip
    merged = {"field": "merged", "old": "b", "new": "a", "incident": other}
    return Case("found to be one by a later report", [replace(told, changes=(merged, *told.changes))])


def _notices() -> Iterator[Case]:
    source = story_of(BASE).source
    for kind, quote in (
        ("threat", "هددت الجماعة باستهداف القوات الأميركية"),  # the group threatened to target US forces
        ("warning", "حذرت السفارة من هجمات محتملة"),  # the embassy warned of possible attacks
        ("explosion", "سُمع دوي انفجار في المدينة"),  # an explosion was heard in the city
        ("sighting", "شوهدت طائرة مسيّرة فوق المنطقة"),  # a drone was seen over the area
    ):
        notice = {"kind": kind, "date": "2026-11-20", "country": "IQ", "admin1": "IQ-BG", "place": None, "lat": None,
                  "lon": None}  # fmt: skip
        yield Case(f"notice {kind}", [Story(kind="notice", notice=notice, source=source, quote=quote)])


def _many(count: int) -> list[Story]:
    places = ("baghdad", "diwaniyah", "anbar", "hasakah")
    return [story_of(make(places[n % 4], id=f"inc{n}", killed=n, munitions=None)) for n in range(count)]


def _several() -> Iterator[Case]:
    update = story_of(make_incident(id="up", killed=4), make_incident(killed=1), kind="update", fields=("killed",))
    yield Case("held in quiet hours", [*_many(2), update], "held")
    one = _joined(take_incident(make("diwaniyah", method="ied", target="coalition_convoy", munitions=2)))
    gone = [follow("", kind, {}, after, "standing").stories[0] for kind, after in (
        ("retraction", {"id": "gone", "standing": "retracted"}), ("dispute", {"id": "denied", "standing": "disputed"}),
        ("confirmation", {"id": "sure", "standing": "confirmed"}))]  # fmt: skip
    yield Case("held, withdrawn, denied and confirmed", gone, "held")
    yield Case("held, and one of them two", [_many(1)[0], *one.stories], "held")
    yield Case("barrage of two", [story_of(make("anbar", id=f"inc{n}", killed=n + 1)) for n in range(2)], "barrage")
    yield Case("barrage of eleven", [story_of(make("anbar", id=f"inc{n}")) for n in range(11)], "barrage",
               {"max_length": 700})  # fmt: skip
    yield Case("beyond the cap", _many(3), "cap")
    yield Case("late", _many(4), "late", {"language": "ar"})


def _regular() -> Iterator[Case]:
    places = [{"country": "IQ", "admin1": "IQ-AN", "incidents": 2, "killed": 3, "wounded": 11},
              {"country": "SY", "admin1": "SY-HA", "incidents": 1, "killed": 0, "wounded": 0}]  # fmt: skip
    digest = {"every": "day", "start": "2026-11-19T04:00:00.000Z", "end": "2026-11-20T04:00:00.000Z", "count": 3,
              "incidents": [], "places": places, "toll": {"killed": 3, "wounded": 11}, "bars": [1, 2], "chart": False,
              "delay": {"p50": 95, "p95": 1260}}  # fmt: skip
    yield Case("daily digest", [Story(kind="digest", facts=digest)])
    nothing: dict[str, Any] = {"count": 0, "places": [], "toll": {"killed": None, "wounded": None}, "delay": None}
    empty = {**digest, "every": "week", **nothing}
    yield Case("empty weekly digest", [Story(kind="digest", facts=empty)])
    outlet = {"name": "alnahr", "name_ar": "النهر", "name_en": "Al-Nahr", "since": SINCE}
    yield Case("outlet fails", [Story(kind="health", facts={**outlet, "problem": "failing", "reason": "HTTP 403"})])
    yield Case("outlet quiet", [Story(kind="health", facts={**outlet, "problem": "quiet"})])
    yield Case("outlet mended", [Story(kind="health", facts={**outlet, "problem": "mended"})])
    yield Case("network", [Story(kind="health", facts={"problem": "network", "count": 31, "since": SINCE})])
    channel = {"problem": "channel", "name": "telegram", "since": SINCE, "reason": "HTTP 401", "waiting": 12}
    yield Case("channel fails", [Story(kind="health", facts=channel)])
    beat = {"since": SINCE, "articles": 3, "incidents": 2, "messages": 1}
    yield Case("heartbeat", [Story(kind="heartbeat", facts=beat)])
    yield Case("sample", [sample_story(NOON)])
