"""Reports that tell several attacks: pairs told one by one, and attacks dated by how long before they were."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extract.coder import code_report
from store.records import Mention, Report

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)  # 20 November 2026

Told = tuple[str, str, str]  # means, day, a part of the place's name


def code(text: str) -> list[Mention]:
    return list(code_report(Report(id="x", title=None, text=text, published=FRIDAY)).mentions)


def told(mentions: list[Mention], wanted: list[Told]) -> list[Told]:
    """What the coder told, each place cut down to the part wanted where it holds it."""
    parts = [part for _, _, part in wanted]
    return sorted(
        (
            mention.method,
            mention.date.isoformat() if mention.date else "",
            next((part for part in parts if part in (mention.place or "")), mention.place or ""),
        )
        for mention in mentions
    )


# Each line: the gloss, the text, and what it tells.
PAIRS: list[tuple[str, str, list[Told]]] = [
    (
        "two attacks, the first by a device in Karrada, the second by a car bomb in Baquba",
        "قتل خمسة أشخاص في هجومين منفصلين اليوم الجمعة، الأول بعبوة ناسفة في الكرادة وسط بغداد، والثاني بسيارة مفخخة في"
        " مدينة بعقوبة.",
        [("ied", "2026-11-20", "الكرادة"), ("vehicle_bomb", "2026-11-20", "بعقوبة")],
    ),
    (
        "two convoys struck by two devices: the second takes day and means from what is said of both",
        "أفاد مصدر أمني أمس الخميس بتعرض رتلين للتحالف الدولي لهجومين بعبوتين ناسفتين، الأول قرب الناصرية والثاني قرب"
        " مدينة السماوة.",
        [("ied", "2026-11-19", "الناصرية"), ("ied", "2026-11-19", "السماوة")],
    ),
    (
        "it carried out two attacks: the first struck a camp, and the second led to the death of nine",
        "نفذ التنظيم أمس هجومين، استهدف الأول بسيارة مفخخة معسكرا للجيش في الرمادي، وأدى الثاني إلى مقتل تسعة أشخاص في"
        " مطعم وسط تكريت.",
        [("vehicle_bomb", "2026-11-19", "الرمادي"), ("unknown", "2026-11-19", "تكريت")],
    ),
    (
        "two soldiers died in two incidents: one fell in an attack, the other trod on a device",
        "قتل جنديان في حادثين منفصلين في أفغانستان اليوم، سقط أحدهما في هجوم بأسلحة خفيفة في قندهار، أما الثاني فقد قضى"
        " بعدما داس على عبوة ناسفة في هلمند.",
        [("gunfire", "2026-11-20", "قندهار"), ("ied", "2026-11-20", "هلمند")],
    ),
    (
        "both in one town, told apart by their means",
        "قال مسؤول أمني إن هجومين وقعا اليوم في مدينة كويتا الباكستانية، الأول نفذه انتحاري فجر نفسه أمام مسجد، والثاني"
        " إطلاق نار على سيارة للشرطة.",
        [("gunfire", "2026-11-20", "كويتا"), ("suicide", "2026-11-20", "كويتا")],
    ),
    (
        "hours after two others, the first near one town and the second near another",
        "استهدفت عبوة ناسفة رتل دعم لوجستي للتحالف الدولي قرب الحلة صباح الجمعة، بعد ساعات من استهدافين آخرين، الأول"
        " قرب السماوة والثاني قرب الناصرية.",
        [("ied", "2026-11-20", "الحلة"), ("unknown", "2026-11-20", "السماوة"), ("unknown", "2026-11-20", "الناصرية")],
    ),
    (
        "no verb for the second place: barrel bombs on one town, killing …, and on a quarter, killing …",
        "ألقى الطيران الحربي اليوم براميل متفجرة على مدينة الباب شمال حلب ما أدى إلى مقتل 20 مدنيا، وعلى حي"
        " الشعار في مدينة"
        " حلب ما أدى إلى مقتل ستة آخرين.",
        [("airstrike", "2026-11-20", "الباب"), ("airstrike", "2026-11-20", "الشعار")],
    ),
    (
        "one dead by fire, four hurt by a device, in separate incidents in one town",
        "قتل مدني بنيران مسلحين، وأصيب أربعة آخرون في انفجار عبوة ناسفة، في حادثين منفصلين اليوم في كركوك.",
        [("gunfire", "2026-11-20", "كركوك"), ("ied", "2026-11-20", "كركوك")],
    ),
    (
        "the first and the second device, of two that the sentence before counted",
        "قتل ثلاثة وأصيب عشرة في هجومين بعبوتين ناسفتين. وقال مصدر في الشرطة إن العبوة الأولى انفجرت صباح اليوم"
        " في الدورة"
        " جنوبي بغداد فيما انفجرت الثانية في حي العامل غربي العاصمة.",
        [("ied", "2026-11-20", "الدورة"), ("ied", "2026-11-20", "العامل")],
    ),
    (
        "the same day for what coincided with it",
        "قتل 20 شخصا أمس في هجوم انتحاري بحزام ناسف استهدف سوقا في بلدة المسيب جنوب بغداد، تزامن مع تفجير انتحاري ثان"
        " في كربلاء أسفر عن إصابة أربعة أشخاص.",
        [("suicide", "2026-11-19", "المسيب"), ("suicide", "2026-11-19", "كربلاء")],
    ),
    (
        "yesterday at one place and today at another",
        "أصيب شاب اليوم بطلق ناري أطلقه مجهولون في مدينة درعا. وأمس الخميس قتل رجل جراء إطلاق النار عليه في مدينة درعا"
        " أيضا.",
        [("gunfire", "2026-11-20", "درعا"), ("gunfire", "2026-11-19", "درعا")],
    ),
    (
        "a series whose last was on Sunday, when …",
        "أعلنت الداخلية الأفغانية اليوم الجمعة مقتل 40 شخصا بانفجار سيارة مفخخة في كابل. ويأتي هذا الهجوم في"
        " أعقاب سلسلة"
        " هجمات مماثلة، آخرها يوم الأحد الماضي، حيث قتل ستة أشخاص بهجوم انتحاري في جلال آباد.",
        [("vehicle_bomb", "2026-11-20", "كابول"), ("suicide", "2026-11-15", "جلال")],
    ),
    (
        "last month's attack in the same sentence, at the place where today's was",
        "أصيب ثلاثة شرطيين اليوم بانفجار عبوة ناسفة في مصر الجديدة شرق القاهرة حيث قتل ضابط في انفجار سيارة"
        " مفخخة استهدف"
        " موكبه الشهر الماضي.",
        [("ied", "2026-11-20", "مصر الجديدة"), ("vehicle_bomb", "2026-10-01", "مصر الجديدة")],
    ),
    (
        "two bases under one verb, each with the governorate that it lies in",
        "استهدفت مسيرات صباح اليوم الجمعة قاعدة عين الأسد في محافظة الأنبار وقاعدة حرير في أربيل.",
        [("drone", "2026-11-20", "الأسد"), ("drone", "2026-11-20", "حرير")],
    ),
    (
        "two towns near to each other, the second with its own preposition",
        "هاجم مسلحون فجر اليوم نقاطا للشرطة في ناحية الرياض وفي قضاء الحويجة جنوب غربي كركوك.",
        [("gunfire", "2026-11-20", "الرياض"), ("gunfire", "2026-11-20", "الحويجة")],
    ),
    (
        "two governorates where nothing narrower is named",
        "قصف الطيران الإسرائيلي أمس الخميس مواقع في ريف دمشق وفي ريف حمص.",
        [("airstrike", "2026-11-19", "دمشق"), ("airstrike", "2026-11-19", "حمص")],
    ),
    (
        "two car bombs went off, one of them in one town: the verb is told once",
        "انفجرت سيارتان مفخختان اليوم، إحداهما في الكرادة وسط بغداد والأخرى في مدينة الحلة.",
        [("vehicle_bomb", "2026-11-20", "الكرادة"), ("vehicle_bomb", "2026-11-20", "الحلة")],
    ),
    (
        "two devices, the first in one town and the second in another",
        "انفجرت عبوتان ناسفتان صباح اليوم، الأولى في بعقوبة والثانية في المقدادية.",
        [("ied", "2026-11-20", "بعقوبة"), ("ied", "2026-11-20", "المقدادية")],
    ),
    (
        "and another in a second town: the attack is not named again",
        "انفجرت عبوة ناسفة اليوم في بعقوبة وأخرى في المقدادية.",
        [("ied", "2026-11-20", "بعقوبة"), ("ied", "2026-11-20", "المقدادية")],
    ),
    (
        "a second and a third in other quarters",
        "انفجرت سيارة مفخخة اليوم في الكرادة وثانية في حي الجهاد وثالثة في الشعلة ببغداد.",
        [("vehicle_bomb", "2026-11-20", quarter) for quarter in ("الكرادة", "الجهاد", "الشعلة")],
    ),
    (
        "a bomber in a market and another at a checkpoint",
        "فجر انتحاري نفسه اليوم في سوق بالكرادة وآخر عند حاجز في التاجي.",
        [("suicide", "2026-11-20", "الكرادة"), ("suicide", "2026-11-20", "التاجي")],
    ),
    (
        "two devices in one quarter and the other in a second",
        "قال مصدر أمني إن عبوتين ناسفتين انفجرتا اليوم في منطقة البلديات والأخرى في منطقة الشعب ببغداد.",
        [("ied", "2026-11-20", "البلديات"), ("ied", "2026-11-20", "الشعب")],
    ),
    (
        "another attack yesterday, of which 'the attack' hurt nobody, is not the first one",
        "قتل أربعة شرطيين اليوم الجمعة في هجوم انتحاري استهدف قافلة أمنية في ولاية هلمند. وكان هجوم انتحاري آخر وقع"
        " مساء أمس في قندهار واستهدف رئيس مجلس المحافظة، ولم يسفر الهجوم عن ضحايا.",
        [("suicide", "2026-11-20", "هلمند"), ("suicide", "2026-11-19", "قندهار")],
    ),
    (
        "told by its victims, with the article: the bomb that had been planted",
        "قتل عنصران من الحشد الشعبي اليوم في هجوم بسيارة مفخخة في مدينة سامراء. وتوفي 3 أطفال جراء انفجار القنبلة التي"
        " زرعت قرب مدرسة في الشرقاط.",
        [("vehicle_bomb", "2026-11-20", "سامراء"), ("ied", "2026-11-20", "الشرقاط")],
    ),
    (
        "raids on one city and others on a second",
        "شنت طائرات التحالف اليوم غارات على الرقة وأخرى على دير الزور.",
        [("airstrike", "2026-11-20", "الرقة"), ("airstrike", "2026-11-20", "دير الزور")],
    ),
    (
        "after the attack of Monday, of which the day of the news is not that",
        "أصيب جنديان بانفجار عبوة في سنجار اليوم بعد هجوم الإثنين الذي قتل فيه 11 في تلعفر.",
        [("ied", "2026-11-20", "سنجار"), ("unknown", "2026-11-16", "تلعفر")],
    ),
    (
        "in answer to crimes, of which none is an attack told",
        "وقالت المقاومة الإسلامية في العراق في بيان اليوم، إنه ردا على الجرائم في غزة، استهدف مقاتلوها قاعدة عين الأسد"
        " غربي العراق بمسيرتين.",
        [("drone", "2026-11-20", "الأسد")],
    ),
    (
        "two bombers of one attack: the first inside, the other outside",
        "قتل تسعة أشخاص اليوم الجمعة بهجوم على مجلس عزاء في تلعفر نفذه انتحاريان، الأول فجر نفسه داخل المجلس والآخر"
        " خارجه.",
        [("suicide", "2026-11-20", "تلعفر")],
    ),
]


@pytest.mark.parametrize(("text", "wanted"), [row[1:] for row in PAIRS], ids=[row[0] for row in PAIRS])
def test_attacks_that_are_counted_and_then_told_one_by_one(text: str, wanted: list[Told]) -> None:
    assert told(code(text), wanted) == sorted(wanted)


RECALLED: list[tuple[str, str, Told, str]] = [
    (
        "a week after a car bomb",
        "انفجرت عبوة ناسفة اليوم الجمعة على دورية للشرطة في الموصل وقتلت شرطيا. ويأتي الهجوم بعد أسبوع على تفجير سيارة"
        " مفخخة أودى بحياة 21 شخصا في تلعفر.",
        ("vehicle_bomb", "2026-11-13", "تلعفر"),
        "week",
    ),
    (
        "three days after a drone struck a base, counted from last night",
        "سقط صاروخان على المنطقة الخضراء في بغداد أمس الخميس. ويأتي القصف بعد ثلاثة أيام من استهداف طائرة مسيرة قاعدة"
        " عين الأسد في الأنبار.",
        ("drone", "2026-11-16", "عين الأسد"),
        "day",
    ),
    (
        "a month after an assassination",
        "قتل عقيد في الشرطة برصاص مسلحين في عدن اليوم الجمعة، وذلك بعد شهر على اغتيال مدير أمن لحج بعبوة ناسفة في"
        " الحوطة.",
        ("ied", "2026-10-01", "الحوطة"),
        "month",
    ),
    (
        "days after a suicide attack",
        "أعلنت الشرطة مقتل ثلاثة من أفرادها في هجوم مسلح اليوم الجمعة على حاجز في كركوك، بعد أيام من تفجير انتحاري قتل"
        " فيه سبعة أشخاص في طوز خورماتو.",
        ("suicide", "2026-11-16", "طوز"),
        "week",
    ),
]


@pytest.mark.parametrize(
    ("text", "wanted", "precision"), [row[1:] for row in RECALLED], ids=[row[0] for row in RECALLED]
)
def test_an_attack_recalled_by_how_long_ago_it_was_gets_its_day(text: str, wanted: Told, precision: str) -> None:
    mentions = code(text)
    assert wanted in told(mentions, [wanted])
    assert [mention.date_precision for mention in mentions if mention.method == wanted[0]][-1] == precision


def test_two_bombings_told_sentence_by_sentence_share_the_means_but_not_the_toll() -> None:
    mentions = code(
        "قتل عشرون شخصا في تفجيرين انتحاريين صباح اليوم في العاصمة العراقية بغداد. ووقع التفجير الأول في سوق"
        " مريدي بمدينة"
        " الصدر وأسفر عن مقتل 12 شخصا وإصابة 30 آخرين. أما التفجير الثاني فوقع في حي الكاظمية وأدى إلى مقتل"
        " ثمانية أشخاص."
    )
    assert [(mention.method, mention.killed) for mention in mentions] == [("suicide", 12), ("suicide", 8)]


DAYS: list[tuple[str, str, str, str]] = [
    (
        "yesterday, in the words of a spokesman whose ministry speaks today",
        "أفادت وزارة الدفاع التونسية في بلاغ لها اليوم الجمعة بمقتل شخصين في انفجار لغم في جبل الشعانبي. وقال"
        " الناطق باسم"
        ' الوزارة: "سجل بعد ظهر أمس انفجار لغم بالمنطقة العسكرية المغلقة بجبل الشعانبي توفي على إثره شقيقان".',
        "2026-11-19",
        "day",
    ),
    (
        "today, in words spoken on Tuesday",
        'أوضح الناطق باسم الدفاع المدني في نجران في تصريح يوم الثلاثاء أن "رجال الدفاع المدني باشروا اليوم بلاغا'
        " عن إصابة"
        ' أربعة مقيمين بشظايا قذائف أطلقتها عناصر حوثية باتجاه مدينة نجران".',
        "2026-11-17",
        "day",
    ),
    (
        "this evening, in words spoken on Monday, which the sentence opens with",
        'ويوم الاثنين أوضح الناطق باسم الدفاع المدني في جازان أن "الفرق باشرت مساء اليوم بلاغا عن إصابة ثلاثة'
        " مواطنين بشظايا"
        ' قذائف أطلقتها عناصر حوثية على مدينة جازان".',
        "2026-11-16",
        "day",
    ),
    (
        "a body found yesterday, the attack was on Wednesday",
        "ارتفعت حصيلة الهجوم على الجنود في جبل الشعانبي إلى 15 قتيلا بالعثور أمس على جندي كان مفقودا. وقالت الوزارة إن"
        " الجندي أصيب في الهجوم الذي شنه مسلحون يوم الأربعاء.",
        "2026-11-18",
        "day",
    ),
    (
        "told without a day first, with its day later",
        "توعد التنظيم بمزيد من الهجمات بعد ساعات من تبنيه تفجيرا انتحاريا استهدف رتلا للتحالف في محافظة الحسكة. وأقدم"
        " انتحاري صباح الخميس على تفجير نفسه داخل سيارة مفخخة مستهدفا رتلا أميركيا في الشدادي جنوب الحسكة.",
        "2026-11-19",
        "day",
    ),
    (
        "buried today, struck during the prayer of Tuesday evening",
        "شارك الآلاف اليوم الجمعة في تشييع ضحايا الهجوم الانتحاري الذي استهدف مسجدا في القديح بالقطيف أثناء صلاة العشاء"
        " يوم الثلاثاء وقتل فيه عشرة.",
        "2026-11-17",
        "day",
    ),
    (
        "buried yesterday, no day told: some days before",
        "شيع آلاف السعوديين أمس الخميس ضحايا الهجوم الانتحاري الذي استهدف مسجدا في القديح بمحافظة القطيف وأودى"
        " بحياة عشرة"
        " مصلين.",
        "2026-11-17",
        "week",
    ),
    (
        "an explosion that a group claims is an attack",
        "تبنت حركة الشباب الانفجار الذي وقع أمس في مقر قوات حفظ السلام التابعة للاتحاد الأفريقي في مقديشو.",
        "2026-11-19",
        "day",
    ),
    (
        "an explosion of this morning, which the agency then calls an aggression",
        "هز انفجار فجر اليوم حي المزة في دمشق. وقالت وكالة الأنباء السورية إن الانفجار سببه عدوان إسرائيلي.",
        "2026-11-20",
        "day",
    ),
    (
        "a day behind the word of saying and its that-clause is the attack's, whatever other day is told next",
        "قال مصدر أمني إن القوات دمرت أمس الخميس عبوة ناسفة وأصيب جندي بانفجار أخرى قرب الرطبة.",
        "2026-11-19",
        "day",
    ),
]


@pytest.mark.parametrize(("text", "day", "precision"), [row[1:] for row in DAYS], ids=[row[0] for row in DAYS])
def test_the_day_is_the_attacks_own(text: str, day: str, precision: str) -> None:
    assert [(str(mention.date), mention.date_precision) for mention in code(text)] == [(day, precision)]


DAYS_TOLD_BY_ANOTHER = [
    (
        "انفجرت عبوة ناسفة الأربعاء الماضي في الموصل وقتلت جنديا. وفي اليوم ذاته قتل شرطيان بهجوم مسلح في كركوك.",
        [("ied", "2026-11-18", "الموصل"), ("gunfire", "2026-11-18", "كركوك")],
    ),
    (
        "قتل جندي الثلاثاء بانفجار عبوة ناسفة في الموصل. وقتل شرطيان في نفس اليوم بهجوم مسلح في كركوك.",
        [("ied", "2026-11-17", "الموصل"), ("gunfire", "2026-11-17", "كركوك")],
    ),
    (
        "انفجرت عبوة ناسفة اليوم في الموصل وقتلت جنديا. وسبق ذلك بيومين تفجير انتحاري في كركوك قتل فيه عشرة أشخاص.",
        [("ied", "2026-11-20", "الموصل"), ("suicide", "2026-11-18", "كركوك")],
    ),
    (
        "انفجرت عبوة ناسفة اليوم في الموصل وقتلت جنديا. وكان انتحاري قد فجر نفسه قبلها بثلاثة أيام في كركوك وقتل عشرة.",
        [("ied", "2026-11-20", "الموصل"), ("suicide", "2026-11-17", "كركوك")],
    ),
    (
        "قتل جندي بعبوة ناسفة في الموصل يوم 14 تشرين الثاني. وبعد ذلك بثلاثة أيام قتل شرطيان بهجوم مسلح في كركوك.",
        [("ied", "2026-11-14", "الموصل"), ("gunfire", "2026-11-17", "كركوك")],
    ),
    (  # a day that is also a quarter's name
        "هاجمت طائرة مسيرة مفخخة في 17 تشرين الثاني الحالي حقلا نفطيا في زاخو بمحافظة دهوك.",
        [("drone", "2026-11-17", "زاخو")],
    ),
    (  # what the anniversary is of is another year's
        "استهدفت مسيرتان اليوم قاعدة عين الأسد. والهجوم هو الثاني بعد هجوم مماثل أمس جاء في يوم الذكرى الثانية لمقتل "
        "القائدين بغارة في مطار بغداد.",
        [("drone", "2026-11-20", "عين الأسد")],
    ),
]


@pytest.mark.parametrize(("text", "wanted"), DAYS_TOLD_BY_ANOTHER)
def test_days_told_by_another_attack(text: str, wanted: list[Told]) -> None:
    assert told(code(text), wanted) == sorted(wanted)


@pytest.mark.parametrize(
    ("text", "killed"),
    [
        ("أطلق الحرس الثوري صواريخ على قاعدة عين الأسد فجر اليوم انتقاما لمقتل قاسم سليماني.", None),
        ("قصفت فصائل قاعدة حرير في أربيل اليوم ردا على مقتل أربعة من عناصر الحشد.", None),
        ("ردا على اغتيال قيادي فيها استهدفت مسيرة للفصائل قاعدة حرير في أربيل اليوم وقتل جنديان.", 2),
    ],
)
def test_the_dead_whom_an_attack_avenges_are_not_its_own(text: str, killed: int | None) -> None:
    assert [mention.killed for mention in code(text)] == [killed]
