"""One incident, however many outlets: the cases in which two alerts go out for one attack, or one for two."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.incidents import merge_incidents, split_incident, split_off
from store.alert_settings import AlertSettings, ChannelSettings
from store.database import open_database, transaction
from store.records import Notice
from tests.stories import PLACES, Story, mention, moment, with_date


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    db = open_database(tmp_path / "story.db")
    yield Story(db)
    db.close()


def test_forty_outlets_one_alert(story: Story) -> None:
    for number in range(40):
        story.tell(
            f"2020-12-28 {10 + number // 10:02}:{number % 10:02}",
            mention("diwaniyah", "2020-12-28", target="coalition_convoy", munitions=1),
            by=f"outlet{number}",
        )
    assert story.kinds() == ["new"]
    found = story.only()
    assert (found.reports, found.publishers, found.standing) == (40, 40, "corroborated")


def test_same_base_twice_in_a_week(story: Story) -> None:
    first = mention("taji", "2020-03-11", "rocket", target="coalition_base", killed=3, wounded=12)
    second = mention("taji", "2020-03-14", "rocket", target="coalition_base", wounded=2)
    a = story.tell("2020-03-12 06:00", first)
    b = story.tell("2020-03-14 12:00", second, with_date(first, "2020-03-11"), by="b")
    c = story.tell("2020-03-14 14:00", second, by="c")
    assert a.incident_ids[0] == b.incident_ids[1]
    assert b.incident_ids[0] == c.incident_ids[0] != a.incident_ids[0]
    assert story.kinds() == ["new", "new"]


def test_same_base_on_two_days_in_a_row_without_a_toll(story: Story) -> None:
    story.tell("2021-07-05 20:00", mention("ain_al_asad", "2021-07-05", "rocket", target="coalition_base"))
    story.tell("2021-07-06 20:00", mention("ain_al_asad", "2021-07-06", "rocket", target="coalition_base"), by="b")
    assert len(story.incidents()) == 2


def test_same_base_twice_in_a_day(story: Story) -> None:
    first = mention("ain_al_asad", "2021-07-07", "rocket", target="coalition_base", munitions=3)
    again = mention("ain_al_asad", "2021-07-07", "rocket", target="coalition_base", munitions=2, second_attack=True)
    story.tell("2021-07-07 08:00", first)
    story.tell("2021-07-07 09:00", first, by="b")
    story.tell("2021-07-07 15:00", again, by="b")  # "for the second time within hours"
    story.tell("2021-07-07 16:00", again, by="c")
    story.tell("2021-07-07 18:00", first, again, by="d")
    one, two = story.incidents()
    assert (one.reports, two.reports) == (3, 3)
    assert story.kinds() == ["new", "new"]


def test_rockets_and_convoy_bomb_in_one_city_on_one_day(story: Story) -> None:
    bomb = mention("nasiriyah", "2021-05-04", "ied", target="coalition_convoy", munitions=1, killed=0, wounded=0)
    rockets = mention("nasiriyah", "2021-05-04", "rocket", target="coalition_base", munitions=2, killed=0, wounded=0)
    for name, told in (("a", bomb), ("b", rockets), ("c", bomb), ("d", rockets)):
        story.tell("2021-05-04 12:00", told, by=name)
    assert [i.reports for i in story.incidents()] == [2, 2]


def test_two_quarters_of_one_city_are_two_places(story: Story) -> None:
    story.tell("2021-01-21 10:00", mention("karrada", "2021-01-21", "ied", target="civilians"))
    story.tell("2021-01-21 11:00", mention("sadr_city", "2021-01-21", "ied", target="civilians"), by="b")
    assert len(story.incidents()) == 2


def test_city_for_its_quarter_is_the_same_place(story: Story) -> None:
    story.tell("2022-11-07 20:00", mention("baghdad", "2022-11-07", "gunfire", target="civilians", killed=1))
    story.tell("2022-11-07 21:00", mention("karrada", "2022-11-07", "gunfire", target="civilians", killed=1), by="b")
    assert story.only().place == PLACES["karrada"][0]


def test_toll_that_rises_over_five_reports(story: Story) -> None:
    for hour, (killed, wounded) in enumerate(((2, 5), (5, 11), (9, 20), (14, 30), (21, 44))):
        story.tell(
            f"2021-01-21 {10 + hour}:00",
            mention("hilla", "2021-01-21", "suicide", target="civilians", killed=killed, wounded=wounded),
            by=f"outlet{hour}",
        )
    found = story.only()
    assert (found.killed, found.killed_low, found.killed_high) == (21, 2, 21)
    assert story.history("killed") == [(None, "2"), ("2", "5"), ("5", "9"), ("9", "14"), ("14", "21")]
    assert story.kinds() == ["new", *["update"] * 4]


def test_older_figure_of_a_lagging_outlet_rings_nothing(story: Story) -> None:
    for hour, killed in enumerate((5, 9, 5, 9, 8)):
        story.tell(f"2021-01-21 {10 + hour}:00", mention("hilla", "2021-01-21", killed=killed), by=f"o{hour}")
    assert story.kinds() == ["new", "update"]
    assert story.only().killed == 9


def test_authority_has_the_last_word_on_the_toll(story: Story) -> None:
    story.tell("2021-01-21 10:00", mention("hilla", "2021-01-21", killed=20))
    story.tell("2021-01-21 12:00", mention("hilla", "2021-01-21", killed=12, official=True), by="b")
    found = story.only()
    assert (found.killed, found.killed_low, found.killed_high, found.standing) == (12, 12, 20, "confirmed")


def test_synonyms_are_no_update(story: Story) -> None:
    story.tell("2021-01-21 10:00", mention("hilla", "2021-01-21", "ied", killed=2, target="civilians"))
    story.tell("2021-01-21 11:00", mention("hilla", "2021-01-21", "vehicle_bomb", killed=2), by="b")
    story.tell("2021-01-21 12:00", mention("IQ-BB", "2021-01-21", "unknown", target="civilians", killed=2), by="c")
    assert story.kinds() == ["new"]
    assert story.only().method == "vehicle_bomb"


def test_place_is_corrected(story: Story) -> None:
    told: dict[str, Any] = {"target": "coalition_convoy", "munitions": 2, "killed": 1, "wounded": 3}
    story.tell("2021-04-19 10:00", mention("hilla", "2021-04-19", **told))
    story.tell("2021-04-19 12:00", mention("iskandariya", "2021-04-19", **told, official=True), by="b")
    assert story.only().place == PLACES["iskandariya"][0]
    assert story.history("place")[-1] == (PLACES["hilla"][0], PLACES["iskandariya"][0])
    assert story.kinds() == ["new", "correction"]


def test_claim_two_days_later(story: Story) -> None:
    story.tell("2021-02-15 21:00", mention("erbil_airport", "2021-02-15", "rocket", killed=1, wounded=6))
    story.tell(
        "2021-02-17 21:00",
        mention("erbil", "2021-02-15", "unknown", killed=1, wounded=5, actor="saraya_awliya_al_dam", claim="claimed"),
        by="b",
    )
    assert (story.only().claim, story.only().actor) == ("claimed", "saraya_awliya_al_dam")
    assert story.kinds() == ["new", "update"]


def test_denial_disputes_once_and_assertion_ends_it(story: Story) -> None:
    told = mention("ain_al_asad", "2024-02-06", "drone", target="coalition_base")
    denied = mention("ain_al_asad", "2024-02-06", "drone", target="coalition_base", status="disputed")
    story.tell("2024-02-06 08:00", told)
    story.tell("2024-02-06 09:00", denied, by="b")
    assert (story.only().status, story.only().standing) == ("occurred", "disputed")
    story.tell("2024-02-06 09:30", denied, by="c")
    assert story.kinds() == ["new", "dispute"]
    story.tell("2024-02-06 12:00", mention("ain_al_asad", "2024-02-06", "drone", official=True), by="d")
    assert story.only().standing == "confirmed"


def test_event_denied_at_first_alerts_when_it_is_asserted(story: Story) -> None:
    story.tell("2024-02-06 08:00", mention("ain_al_asad", "2024-02-06", "drone", status="disputed"))
    assert story.kinds() == []
    story.tell("2024-02-06 10:00", mention("ain_al_asad", "2024-02-06", "drone"), by="b")
    story.tell("2024-02-06 11:00", mention("ain_al_asad", "2024-02-06", "drone"), by="c")
    assert story.kinds() == ["new"]


def test_anniversary_a_year_later_to_the_day(story: Story) -> None:
    story.tell("2020-12-28 10:00", mention("diwaniyah", "2020-12-28", target="coalition_convoy"))
    story.tell(
        "2021-12-28 10:00", mention("diwaniyah", "2020-12-28", target="coalition_convoy", role="background"), by="b"
    )
    assert story.only().reports == 2
    story.tell("2021-12-28 18:00", mention("diwaniyah", "2021-12-28", target="coalition_convoy"), by="c")
    assert len(story.incidents()) == 2
    assert story.kinds() == ["new", "new"]


def test_background_alone_is_silent_and_alerts_once_it_is_news(story: Story) -> None:
    story.tell("2021-01-06 10:00", mention("diwaniyah", "2021-01-05", role="background"))
    assert story.kinds() == []
    story.tell("2021-01-06 11:00", mention("diwaniyah", "2021-01-05"), by="b")
    assert story.kinds() == ["new"]
    assert story.only().role == "news"


def test_foiled_attack_is_stored_silently(story: Story) -> None:
    story.tell("2021-06-03 10:00", mention("baghdad", "2021-06-03", "rocket", status="foiled", munitions=5))
    assert story.kinds() == []
    assert story.only().status == "foiled"


def test_vague_mention_joins_the_best_precise_incident(story: Story) -> None:
    big = story.tell("2015-07-18 10:00", mention("hilla", "2015-07-17", "vehicle_bomb", killed=115, wounded=130))
    story.tell("2015-07-21 10:00", mention("iskandariya", "2015-07-20", "mortar", killed=18, wounded=26))
    vague = with_date(mention("IQ-BB", None, "unknown", role="background", killed=100), "2015-07-01", "month")
    late = story.tell("2015-07-25 10:00", vague, by="b")
    assert late.incident_ids == big.incident_ids
    assert len(story.incidents()) == 2
    assert story.kinds() == ["new", "new"]


def test_vague_report_first_is_told_more_closely_later(story: Story) -> None:
    told: dict[str, Any] = {"target": "coalition_base", "munitions": 1}
    story.tell("2022-10-09 09:00", mention(None, "2022-10-08", "rocket", **told))
    story.tell("2022-10-09 10:00", mention("ain_al_asad", "2022-10-08", "rocket", **told), by="b")
    assert story.only().place == PLACES["ain_al_asad"][0]
    assert story.kinds() == ["new"]  # a place told more closely is no other place


WIRE = (
    "أفاد مصدر أمني في محافظة القادسية بأن عبوة ناسفة كانت مزروعة إلى جانب الطريق السريع انفجرت صباح اليوم الاثنين "
    "لدى مرور رتل شاحنات تنقل معدات لوجستية لحساب التحالف الدولي قرب مدينة الديوانية، ما أدى إلى احتراق إحدى العجلات "
    "من دون إصابة السائق. وأضاف المصدر أن قوة من الشرطة طوقت موقع الحادث وفتحت تحقيقا لمعرفة ملابساته فيما استأنف "
    "الرتل سيره باتجاه الشمال."
)  # a security source: a roadside bomb went off by a convoy of trucks near Diwaniyah, one burnt, driver unhurt


def with_typos(text: str, seed: int) -> str:
    """The text with some letters lost or doubled, as sites print it that type wires by hand."""
    rng = random.Random(seed)
    letters = [c if rng.random() > 0.012 else rng.choice(("", c + c)) for c in text]
    return "".join(letters)


def test_twenty_copies_with_typos_are_one_voice(story: Story) -> None:
    told = mention("diwaniyah", "2020-12-28", target="coalition_convoy", munitions=1, wounded=0)
    words = [
        story.tell(f"2020-12-28 10:{n:02}", told, by=f"site{n}", text=with_typos(WIRE, n) if n else WIRE).word
        for n in range(20)
    ]
    assert words == ["new", *["copy"] * 19]
    found = story.only()
    assert (found.reports, found.publishers, found.standing) == (20, 1, "reported")
    assert story.kinds() == ["new"]


def test_copy_printed_the_next_day_is_of_the_same_day(story: Story) -> None:
    text = WIRE.replace("الاثنين", "")  # without the weekday "today" is all that tells the day
    story.tell("2020-12-28 10:00", mention("diwaniyah", "2020-12-28", target="coalition_convoy"), text=text)
    story.tell("2020-12-29 10:00", mention("diwaniyah", "2020-12-29", target="coalition_convoy"), text=text, by="b")
    assert story.only().date == moment("2020-12-28 00:00").date()
    assert story.kinds() == ["new"]


def test_two_bombs_in_one_boilerplate(story: Story) -> None:
    other = WIRE.replace("القادسية", "ذي قار").replace("الديوانية", "البطحاء").replace("الاثنين", "الثلاثاء")
    one = story.tell("2020-12-28 10:00", mention("diwaniyah", "2020-12-28", target="coalition_convoy"), text=WIRE)
    two = story.tell("2020-12-29 10:00", mention("batha", "2020-12-29", target="coalition_convoy"), text=other)
    again = WIRE.replace("الاثنين", "الأربعاء")
    three = story.tell("2020-12-30 10:00", mention("diwaniyah", "2020-12-30", target="coalition_convoy"), text=again)
    assert [t.word for t in (one, two, three)] == ["new"] * 3
    assert len(story.incidents()) == 3
    assert story.kinds() == ["new"] * 3


def test_sister_outlets_are_one_publisher(story: Story) -> None:
    for name in ("x_one", "x_two", "x_three"):
        story.tell("2021-01-21 10:00", mention("hilla", "2021-01-21"), by=name, publisher="x")
    assert (story.only().reports, story.only().publishers, story.only().standing) == (3, 1, "reported")


def test_edited_article_revises_and_does_not_ring_again(story: Story) -> None:
    url = "https://a.example/story"
    told = mention("hilla", "2021-01-21", "suicide", killed=2)
    story.tell("2021-01-21 10:00", told, url=url, text="قتل شخصان في تفجير انتحاري")  # two killed in a suicide bombing
    story.tell("2021-01-21 10:00", told, url=url, text="قتل شخصان في تفجير انتحاري في السوق")  # … in the market
    assert story.kinds() == ["new"]
    more = mention("hilla", "2021-01-21", "suicide", killed=6)
    taken = story.tell("2021-01-21 15:00", more, url=url, text="ارتفع عدد القتلى إلى ستة")  # the dead are now six
    assert taken.word == "revised"
    assert story.only().killed == 6
    assert story.kinds() == ["new", "update"]
    kept = story.db.execute("SELECT revision, text FROM article_revisions ORDER BY revision").fetchall()
    assert [row[0] for row in kept] == [1, 2]
    published = story.db.execute("SELECT published_at FROM articles").fetchone()[0]
    assert published == "2021-01-21T10:00:00.000Z"


def test_withdrawn_incident_is_retracted(story: Story) -> None:
    url = "https://a.example/story"
    story.tell("2021-01-21 10:00", mention("hilla", "2021-01-21"), url=url, text="انفجار عبوة")  # a bomb went off
    story.tell("2021-01-21 11:00", url=url, text="تبين أن الصوت ناجم عن تدريب")  # it was a drill
    assert story.only().standing == "retracted"
    assert story.kinds() == ["new", "retraction"]


def explosion(place: str, day: str) -> Notice:
    name, admin1, lat, lon, _ = PLACES[place]
    return Notice(
        kind="explosion", quote="دوي انفجار", source="text", start=0, end=10, date=moment(f"{day} 00:00").date(),
        country="IQ", admin1=admin1, place=name, lat=lat, lon=lon,
    )  # fmt: skip


def test_explosion_turns_out_to_be_an_attack(story: Story) -> None:
    taken = story.tell("2021-01-21 09:00", notices=[explosion("hilla", "2021-01-21")])
    assert (taken.incident_ids, story.kinds()) == ((), [])
    story.tell("2021-01-21 12:00", mention("hilla", "2021-01-21"), by="b")
    assert story.only().first_seen_at == moment("2021-01-21 09:00")
    assert story.db.execute("SELECT incident_id FROM notices").fetchone()[0] == story.only().id


def test_explosion_elsewhere_stays_a_notice(story: Story) -> None:
    story.tell("2021-01-21 09:00", notices=[explosion("nasiriyah", "2021-01-21")])
    story.tell("2021-01-21 12:00", mention("hilla", "2021-01-21"), by="b")
    assert story.db.execute("SELECT incident_id FROM notices").fetchone()[0] is None


def test_later_report_shows_that_two_are_one(story: Story) -> None:
    one = story.tell("2021-03-01 10:00", mention("IQ-BB", "2021-03-01", "unknown", target="coalition_convoy"))
    two = story.tell("2021-03-01 11:00", mention(None, "2021-03-01", "ied", killed=3, wounded=9), by="b")
    assert one.incident_ids != two.incident_ids
    story.tell(
        "2021-03-01 12:00",
        mention("hilla", "2021-03-01", "ied", target="coalition_convoy", killed=3, wounded=9),
        by="c",
    )
    found = story.only()
    assert found.id == one.incident_ids[0]  # the older id lives on
    assert story.living(two.incident_ids[0]) == found.id
    assert found.reports == 3
    assert story.kinds().count("new") <= 2


def test_one_report_that_tells_two_keeps_them_apart(story: Story) -> None:
    one = mention("hilla", "2021-03-01", "ied", target="coalition_convoy", munitions=1)
    story.tell("2021-03-01 10:00", one, one)
    story.tell("2021-03-01 11:00", one, by="b")
    assert len(story.incidents()) == 2


def test_merge_then_split_restores(story: Story) -> None:
    story.tell("2021-03-01 10:00", mention("hilla", "2021-03-01", killed=2))
    story.tell("2021-03-01 10:30", mention("hilla", "2021-03-01", killed=2), by="b")
    story.tell("2021-03-09 11:00", mention("diwaniyah", "2021-03-09", "rocket"), by="c")
    before = story.incidents()
    history = story.db.execute("SELECT count(*) FROM incident_history").fetchone()[0]
    with transaction(story.db):
        merge_incidents(story.db, before[0].id, before[1].id, now=moment("2021-03-10 00:00"), by="ali")
    assert story.only().reports == 3
    assert story.living(before[1].id) == before[0].id
    with transaction(story.db):
        split_incident(story.db, before[1].id, now=moment("2021-03-11 00:00"), by="ali")
    after = story.incidents()
    told = [field for field in before[0].__dataclass_fields__ if field != "updated_at"]
    assert [[getattr(i, f) for f in told] for i in after] == [[getattr(i, f) for f in told] for i in before]
    assert story.db.execute("SELECT count(*) FROM incident_history").fetchone()[0] > history
    story.tell("2021-03-09 12:00", mention("diwaniyah", "2021-03-09", "rocket", killed=1), by="d")
    assert len(story.incidents()) == 2


def test_person_takes_a_mention_out_and_code_leaves_it_there(story: Story) -> None:
    url = "https://b.example/story"
    told = mention("hilla", "2021-03-01", killed=2)
    story.tell("2021-03-01 10:00", told)
    story.tell("2021-03-01 10:30", told, by="b", url=url, text="أ")
    found = story.only()
    with transaction(story.db):
        split_off(
            story.db, found.id, [story.tellings(found.id)[1].mention_id], now=moment("2021-03-02 00:00"), by="ali"
        )
    assert [i.reports for i in story.incidents()] == [1, 1]
    story.tell("2021-03-01 11:00", told, by="b", url=url, text="ب")  # edited: the person's decision holds
    assert [i.reports for i in story.incidents()] == [1, 1]


def test_what_a_person_corrected_stays(story: Story) -> None:
    story.tell("2021-03-01 10:00", mention("hilla", "2021-03-01", "ied", killed=2))
    found = story.only()
    for field, new in (("method", "vehicle_bomb"), ("killed", "4")):
        story.db.execute(
            "INSERT INTO reviews (incident_id, at, reviewer, action, field, new) VALUES (?, ?, 'ali', 'correct', ?, ?)",
            (found.id, "2021-03-01T11:00:00.000Z", field, new),
        )
    story.tell("2021-03-01 12:00", mention("hilla", "2021-03-01", "ied", killed=3), by="b")
    assert (story.only().method, story.only().killed) == ("vehicle_bomb", 4)


def test_old_report_is_stored_silently_and_a_fresh_one_alerts(story: Story) -> None:
    story.tell("2021-03-01 10:00", mention("hilla", "2021-03-01"), now="2021-03-05 10:00")
    assert (len(story.incidents()), story.kinds()) == (1, [])


def test_silent_visit_of_an_undated_article(story: Story) -> None:
    story.tell("2021-03-01 10:00", mention("hilla", "2021-03-01"), published=False, silent=True)
    assert story.kinds() == []
    story.tell("2021-03-01 11:00", mention("hilla", "2021-03-01"), by="b", published=False)
    assert story.kinds() == ["new"]


def test_each_channel_alerts_when_the_incident_first_meets_its_rule(tmp_path: Path) -> None:
    settings = AlertSettings.model_validate(
        {
            "rules": {"deadly": {"killed_min": 3}},
            "channels": {"all": {}, "deadly": {"rules": ["deadly"]}},
        }
    )
    assert isinstance(settings.channels["all"], ChannelSettings)
    db = open_database(tmp_path / "two.db")
    story = Story(db, settings)
    story.tell("2021-03-01 10:00", mention("hilla", "2021-03-01", killed=1))
    story.tell("2021-03-01 11:00", mention("hilla", "2021-03-01", killed=4), by="b")
    rows = db.execute("SELECT channel, kind FROM alerts ORDER BY id").fetchall()
    assert sorted(rows) == [("all", "new"), ("all", "update"), ("deadly", "new")]
    db.close()


def test_no_look_up_reads_a_whole_table(story: Story) -> None:
    story.tell("2020-12-28 10:00", mention("diwaniyah", "2020-12-28"), text=WIRE)
    asked: list[str] = []
    story.db.conn.set_trace_callback(asked.append)
    vague = with_date(mention("IQ-QA", None, "unknown"), "2020-12-01", "month")
    story.tell("2020-12-28 11:00", mention("diwaniyah", "2020-12-28", killed=1), by="b", text=with_typos(WIRE, 3))
    story.tell("2020-12-28 12:00", vague, mention(None, None), mention(None, "2020-12-28", country=None), by="c")
    story.tell("2020-12-28 13:00", by="d", notices=[explosion("diwaniyah", "2020-12-28")])
    story.db.conn.set_trace_callback(None)
    looked = {sql for sql in asked if sql.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE"))}
    assert len(looked) > 20
    for sql in looked:
        for row in story.db.execute(f"EXPLAIN QUERY PLAN {sql}"):
            assert not re.match(r"SCAN (?!family|CONSTANT)", row[3]), (row[3], sql)
