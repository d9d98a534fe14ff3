"""How many attacks a report tells: sums, headings, other sources' counts and speakers' seats make none of their own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extract.coder import code_report
from store.records import Mention, Report

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)


def tell(text: str, title: str | None = None) -> list[Mention]:
    return list(code_report(Report(id="x", title=title, text=text, published=FRIDAY)).mentions)


# Each line: what is told, the headline, the text, and of each incident (admin1, method, killed).
TOLD: list[tuple[str, str | None, str, set[tuple[str, str, int | None]]]] = [
    (
        "a heading amid the text leads to another page",
        "مسيرة تستهدف قاعدة حقل العمر",
        "هاجمت طائرة مسيرة، اليوم الجمعة، قاعدة حقل العمر في ريف دير الزور الشرقي.\n"
        "وقال شهود إن سيارات إسعاف وصلت إلى المكان بعد دقائق.\n"
        "صواريخ كاتيوشا تسقط على قاعدة خراب الجير في الحسكة\n"
        "وأكد مصدر محلي أن الطائرة أصابت ساحة خالية.\n"
        "ولم تعلن أي جهة مسؤوليتها عن الهجوم.",
        {("SY-DY", "drone", None)},
    ),
    (
        "the lines of a list, none of which ends with a mark, are attacks",
        None,
        "أعلنت فصائل عراقية مسلحة تنفيذ ثلاث عمليات، اليوم الجمعة.\n"
        "استهداف قاعدة عين الأسد بثلاثة صواريخ\n"
        "استهداف قاعدة حرير في أربيل بطائرة مسيرة\n"
        "استهداف قاعدة الشدادي في الحسكة بطائرتين مسيرتين\n"
        "ولم يصدر تعليق من التحالف الدولي.",
        {("IQ-AN", "rocket", None), ("IQ-AR", "drone", None), ("SY-HA", "drone", None)},
    ),
    (
        "the dead of a headline are those of the two attacks told below it",
        "مقتل 12 في هجوم انتحاري بديالى وتفجير في بغداد",
        "قتل 12 شخصا في هجوم انتحاري بديالى وتفجير سيارة مفخخة ببغداد. "
        "وقالت الشرطة إن انتحارية قتلت سبعة في مأتم ببلدة بلدروز في ديالى. "
        "وكانت سيارة مفخخة انفجرت في الكرادة وسط بغداد وقتلت خمسة.",
        {("IQ-DI", "suicide", 7), ("IQ-BG", "vehicle_bomb", 5)},
    ),
    (
        "six car bombs in a headline are six attacks, of which the text tells two",
        "ست سيارات مفخخة تنفجر في بغداد",
        "هزت ست سيارات مفخخة بغداد اليوم الجمعة. وانفجرت سيارة مفخخة في حي الحسينية وقتلت أربعة. "
        "وفي مدينة الصدر قتل عشرة بانفجار سيارة مفخخة قرب سوق.",
        {("IQ-BG", "vehicle_bomb", 4), ("IQ-BG", "vehicle_bomb", 10)},
    ),
    (
        "a ministry abroad confirms its dead",
        "هجوم انتحاري على قافلة لإيساف في كابل",
        "فجر انتحاري سيارته، اليوم الجمعة، في قافلة لإيساف وسط كابل، فقتل خمسة جنود. "
        "وفي مدريد، أكدت وزارة الدفاع أن الهجوم أوقع خمسة قتلى من جنودها.",
        {("AF-KAB", "suicide", 5)},
    ),
    (
        "an attack north of a city is told again with its town",
        "مقتل نائب في هجوم انتحاري بالصومال",
        "قتل نائب صومالي مع سبعة آخرين، اليوم الجمعة، في هجوم انتحاري شمال مقديشو. "
        "ونفذ الهجوم انتحاري بسيارة في فندق ببلدة بلدوين.",
        {("SO-HI", "suicide", 8)},
    ),
]


@pytest.mark.parametrize(("told", "title", "text", "wanted"), TOLD, ids=[row[0] for row in TOLD])
def test_as_many_attacks_as_the_report_tells(
    told: str, title: str | None, text: str, wanted: set[tuple[str, str, int | None]]
) -> None:
    mentions = tell(text, title)
    assert {(mention.admin1, mention.method, mention.killed) for mention in mentions} == wanted, told
    assert len(mentions) == len(wanted)


def test_an_agency_that_counts_more_victims_in_the_same_town_tells_the_same_attack() -> None:
    mentions = tell(
        "قتل عشرة أشخاص وأصيب عشرون، اليوم الجمعة، في تفجير انتحاري بمدينة القامشلي، بحسب ناشطين. "
        "ولم تعرف هوية المنفذ. وهرعت سيارات الإطفاء إلى الحي. "
        "وأفادت وكالة الأنباء الرسمية بوقوع انفجار سيارة مفخخة في القامشلي قتل فيه 13 وأصيب 40.",
        "عشرة قتلى في تفجير انتحاري بالقامشلي",
    )
    assert [mention.method for mention in mentions] == ["suicide"]
