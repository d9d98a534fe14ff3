"""Where a report's attack happened: the scene, not where it was written, who speaks from where, or a namesake."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extract.coder import code_report
from store.records import Mention, Report


def mentions(text: str, title: str | None = None) -> tuple[Mention, ...]:
    return code_report(Report(id="r", title=title, text=text, published=datetime(2021, 5, 12, 15, tzinfo=UTC))).mentions


@pytest.mark.parametrize(
    ("text", "admin1", "place"),
    [
        # a part of the land beats the town of the dateline
        ("كابول: قتل أربعة جنود اليوم الأربعاء في انفجار عبوة ناسفة في جنوب أفغانستان.", None, "جنوب أفغانستان"),
        ("بغداد – قتل خمسة من الشرطة بانفجار سيارة مفخخة شمال العراق.", None, "شمال العراق"),
        ("بيروت - استهدفت غارة إسرائيلية سيارة في جنوب لبنان وقتلت شخصين.", None, "جنوب لبنان"),
        ("كابول: قتل جنديان أجنبيان في انفجار عبوة ناسفة في جنوب البلاد.", None, "جنوب أفغانستان"),
        ("صنعاء (رويترز) - قتل خمسة جنود بهجوم انتحاري على نقطة تفتيش شرقي البلاد.", None, "شرقي اليمن"),
        # but a dateline alone stands for the scene
        ("كابول: انفجرت قنبلة في سوق وسط كابول وقتلت خمسة مدنيين.", "AF-KAB", "كابول"),
        # a quarter called after a town
        ("انفجرت سيارة مفخخة في حي البصرة بمدينة الموصل وقتلت ثلاثة جنود.", "IQ-NI", "الموصل"),
        ("سقطت قذيفتا هاون على حي القدس في الحلة وأصابتا طفلا.", "IQ-BB", "الحلة"),
        ("انفجرت عبوة ناسفة في أحد أحياء الرمادي وأصابت شرطيين.", "IQ-AN", "الرمادي"),
        ("انفجرت عبوة ناسفة قرب مطعم في منطقة باب بغداد بمدينة كربلاء وأصابت ثلاثة.", "IQ-KA", "كربلاء"),
        # far north of the capital, as agencies abroad put it
        ("قتل خمسون شخصا في تفجير انتحاري بشاحنة مفخخة في بلدة مخمور شمالي بغداد.", "IQ-AR", "مخمور"),
        # a namesake abroad, and a town so many kilometres from the capital
        ("استهدفت غارة سيارة على طريق عقتانيت – القنيطرة في منطقة صيدا بلبنان وقتلت شخصين.", "LB-JA", "صيدا"),
        ("قتل جنديان بهجوم مسلح شمالي مدينة كركوك، الواقعة على بعد 255 كلم شمالي بغداد.", "IQ-KI", "كركوك"),
        # who speaks from where
        ("أفاد مراسل الجزيرة في صنعاء بأن طائرة دون طيار قصفت موقعا للقاعدة في مدينة جعار.", "YE-AB", "جعار"),
    ],
)
def test_the_scene_is_told_from_other_places(text: str, admin1: str | None, place: str) -> None:
    assert [(m.admin1, m.place) for m in mentions(text)] == [(admin1, place)]


def test_a_toll_of_several_attacks_is_none_of_each() -> None:
    found = mentions(
        "قتل 73 شخصا وأصيب 150 آخرون في تفجيرين انتحاريين ببغداد اليوم. وقالت الشرطة إن التفجير الأول وقع في سوق الغزل"
        " وأدى إلى مقتل 46 شخصا وإصابة 80، فيما وقع الثاني في سوق بغداد الجديدة وأسفر عن مقتل 27 شخصا وإصابة 70."
    )
    assert [(m.killed, m.wounded) for m in found] == [(46, 80), (27, 70)]
    found = mentions("قتل سبعة من الشرطة في هجومين منفصلين استهدفا منزلا ونقطة تفتيش شمال بغداد اليوم.")
    assert {m.killed for m in found} == {None}
    found = mentions(
        "قتل تسعة أشخاص في انفجار ثلاث سيارات مفخخة في مناطق متفرقة من بغداد اليوم. وأصيب أربعة بانفجار سيارة مفخخة في"
        " الكرادة. وقتل اثنان بانفجار سيارة مفخخة في مدينة الصدر."
    )
    assert 9 not in {m.killed for m in found}
    found = mentions(
        "قتل مسلحون 12 مدنيا في هجومين منفصلين أمس. وقالت الشرطة إن سبعة قتلوا في هجوم على قرية جنوب كركوك، وإن خمسة"
        " قتلوا في هجوم على بلدة جلولاء في ديالى."
    )
    assert sorted(m.killed or 0 for m in found) == [5, 7]
    found = mentions("قتل سبعة أشخاص في تفجيرين انتحاريين استهدفا سوقا شعبية في مدينة الصدر اليوم.")
    assert [m.killed for m in found] == [7]  # one attack by two bombers
