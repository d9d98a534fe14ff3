"""What was struck or meant: aimed at, housed or carried, killed; not who strikes, speaks, or holds the land."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extract.coder import code_report
from extract.lexicon import expand_pattern, read_rows
from store.records import Report

AT = datetime(2023, 5, 17, 15, tzinfo=UTC)
CLASSES = set(
    "coalition_convoy coalition_base us_diplomatic diplomatic iraqi_forces popular_mobilization kurdish_forces"
    " state_forces armed_group government infrastructure civilians other unknown".split()
)
SETTLED = set(
    "~army ~police ~security ~convoy ~foreign_convoy ~foreign_soldiers ~coalition_patrol ~coalition_soldiers"
    " ~hosts_coalition ~committees ~base ~erbil_airport ~baghdad_airport ~green_zone ~own ~settlement".split()
)


def targets(text: str, title: str | None = None) -> list[str]:
    return [mention.target for mention in code_report(Report(id="r", title=title, text=text, published=AT)).mentions]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        # aimed at
        ("انفجرت عبوة ناسفة استهدفت دورية للشرطة في مدينة الحويجة اليوم وأصابت شرطيين.", "iraqi_forces"),
        ("سقطت ثلاثة صواريخ قرب السفارة الأميركية في بغداد فجر اليوم.", "us_diplomatic"),
        ("سقط صاروخان على قاعدة عين الأسد التي تضم قوات أميركية فجر اليوم وأصيب جندي عراقي.", "coalition_base"),
        ("أطلق مسلحون النار على قاض في مدينة بعقوبة اليوم وأردوه قتيلا.", "government"),
        ("هاجم مسلحون بالأسلحة الرشاشة نقطة للحشد الشعبي في قضاء بلد اليوم.", "popular_mobilization"),
        ("استهدفت طائرة مسيرة مفخخة حقل غاز كورمور في محافظة السليمانية اليوم.", "infrastructure"),
        ("انفجرت سيارة مفخخة في سوق شعبي بمدينة الصدر اليوم وقتلت عشرة.", "civilians"),
        # a bus in which soldiers died, a carrier of troops, a convoy called military and American
        ("قتل ثلاثة جنود وأصيب خمسة اليوم بانفجار لغم عند مرور الحافلة التي أقلتهم في هكاري بتركيا.", "state_forces"),
        ("انفجرت عبوة ناسفة على ناقلة تابعة للفوج الثالث بالشرطة الاتحادية قرب الحويجة اليوم.", "iraqi_forces"),
        ("انفجرت عبوة ناسفة برتل عسكري أمريكي قرب مدينة الديوانية صباح اليوم.", "coalition_convoy"),
        # whose official, what was only threatened
        ("قتل مسؤول عسكري في فصيل مسلح بقصف لطائرة مسيرة استهدف سيارته وسط سنجار اليوم.", "armed_group"),
        (
            "أعلنت الجماعة أنها ستبدأ بمهاجمة القواعد الأمريكية ردا على الغارات التي استهدفت اليوم مقرا للحشد "
            "الشعبي في القائم.",
            "popular_mobilization",
        ),
        # whose soldiers, whose base
        (
            "أعلن الجيش الأمريكي مقتل أربعة من جنوده في بغداد اليوم. وقال إن ثلاثة جنود سقطوا بقصف بالهاون شرق بغداد.",
            "coalition_base",
        ),
        ("قتل جنديان من حلف شمال الأطلسي بانفجار عبوة ناسفة اليوم في جنوب أفغانستان.", "coalition_convoy"),
        ("هاجم مسلحون دورية للجيش التركي قرب بامرني في دهوك اليوم.", "state_forces"),
        ("سقطت صواريخ على معسكر زليكان الذي يضم قوات تركية في ناحية بعشيقة اليوم.", "state_forces"),
        ("قتل 3 عناصر من قوات سوريا الديمقراطية بانفجار لغم بسيارة عسكرية في بلدة الكبر اليوم.", "kurdish_forces"),
        # an employer, and what a distance is told from
        ("قتل مسلحون طبيبا يعمل لدى الجيش في مدينة الكوت اليوم.", "civilians"),
        ("سقطت قذيفة على دار سكنية على بعد 500 متر من السفارة الأمريكية في بغداد.", "civilians"),
        # what carries or houses it
        ("انفجرت عبوة لاصقة بسيارة ضابط في الجيش في حي اليرموك ببغداد اليوم.", "iraqi_forces"),
        ("انفجرت عبوة ناسفة بحافلة تقل عسكريين في مدينة دمشق اليوم وقتلت ستة.", "state_forces"),
        ("انفجرت عبوة ناسفة بحافلة تقل عمالا في مدينة كركوك اليوم وأصابت أربعة.", "civilians"),
        ("انفجرت عبوة ناسفة على رتل شاحنات ينقل معدات للتحالف الدولي قرب الديوانية اليوم.", "coalition_convoy"),
        ("فجر انتحاري نفسه داخل مسجد قوات الطوارئ في مدينة أبها اليوم وقتل عشرة.", "state_forces"),
        ("انفجرت قنبلة زرعت على جانب الطريق في حافلة تقل موظفين حكوميين في كابول اليوم وقتلت ثلاثة.", "government"),
        ("استهدف انتحاري بسيارة مفخخة قافلة للجيش الأميركي وسط الموصل اليوم وقتل شخصين.", "coalition_convoy"),
        ("قتل 18 جنديا في هجوم استهدف حافلة على الطريق بين تدمر ودير الزور اليوم.", "state_forces"),
        ("اختطف مسلحون صحفية من منزلها في حي السيدية ببغداد اليوم، ووجه رئيس الوزراء الأجهزة الأمنية بالبحث عنها.",
         "civilians"),
        ("اغتال مجهولون شابا في مدينة درعا اليوم.", "civilians"),
        # a quarter that houses it, and who came to make it safe
        ("أصيب مدنيان بقذيفة سقطت عند مدخل المنطقة الخضراء التي تضم الوزارات وسفارة الولايات المتحدة اليوم.",
         "government"),
        ("تمكن خبراء الألغام في قوى الأمن الداخلي من تفكيك عبوة ناسفة معدة للتفجير في محيميدة غرب دير الزور اليوم.",
         "unknown"),
        # who strikes and who holds the land is not the target
        ("استهدفت مدفعية قوات النظام السوري منازل المدنيين في مدينة أريحا اليوم.", "civilians"),
        ("انفجرت سيارة مفخخة في سوق بمدينة الباب الخاضعة لسيطرة الجيش الوطني اليوم وأصابت خمسة.", "civilians"),
        ("استهدفت قوات النظام بقذائف الهاون اليوم بلدة سراقب بريف إدلب.", "unknown"),
        ("قصفت طائرات تركية مواقع لحزب العمال الكردستاني في جبل قنديل اليوم.", "armed_group"),
        ("هاجم عدد من مسلحي داعش فجر اليوم مقر سرية للجيش في ناحية العظيم بديالى.", "iraqi_forces"),
        ("قتل مسلحون مجهولون شرطيا قرب منزله في القيارة اليوم.", "iraqi_forces"),
        ("قصفت طائرات حربية اليوم مسلحين من داعش في جبال حمرين.", "armed_group"),
        # whose man he is; a post that was struck before those who fell there; a house beside the consulate
        ("اغتال مسلحون مجهولون اليوم مسؤولا في استخبارات الحشد الشعبي وسط البصرة.", "popular_mobilization"),
        ("اغتال مسلحون مجهولون اليوم ضابطا في وزارة الداخلية وسط البصرة.", "iraqi_forces"),
        ("قتل العنصر في قوات سوريا الديمقراطية اليوم برصاص مجهولين على حاجز في دير الزور.", "kurdish_forces"),
        ("هاجم مسلحون نقطة عسكرية في بلدة الكبر بريف دير الزور اليوم، وأصيب عناصر من الدفاع الذاتي.",
         "kurdish_forces"),
        ("فجر انتحاري سيارته عند مدخل سيطرة أمنية في الحسينية شمال بغداد اليوم، فسقط قتلى من المدنيين ورجال الأمن.",
         "iraqi_forces"),
        ("فجر انتحاري سيارته لدى مرور موكب لحلف شمال الأطلسي في كابول اليوم، فجرح ثلاثة مدنيين.",
         "coalition_convoy"),
        ("قتل أربعة جنود بانفجار لغم اليوم أثناء مرور الحافلة التي كانوا يستقلونها في محافظة هكاري.", "state_forces"),
        ("سقطت مسيرة على منزل قرب القنصلية الأميركية في أربيل اليوم وأصابت مدنيين.", "civilians"),
        # who speaks is not the target
        ("قال قائد شرطة المحافظة إن عبوة ناسفة انفجرت في مقهى بمدينة الكوت اليوم وأصابت ثلاثة.", "civilians"),
        # the dead tell
        ("قتل ثلاثة من البيشمركة بانفجار عبوة ناسفة في قضاء مخمور اليوم.", "kurdish_forces"),
        ("قتل أربعة جنود باكستانيين بانفجار لغم في وزيرستان الشمالية اليوم.", "state_forces"),
        # nothing is named
        ("انفجرت عبوة ناسفة في حي الجهاد ببغداد اليوم دون خسائر.", "unknown"),
    ],
)  # fmt: skip
def test_target(text: str, target: str) -> None:
    assert targets(text) == [target]


def test_explosion_beside_a_police_station_that_came_to_the_scene_is_not_at_the_police() -> None:
    text = "انفجرت دراجة نارية مفخخة أمام مطعم في مدينة الفلوجة اليوم وأصابت سبعة. وطوقت الشرطة المكان وفتحت تحقيقا."
    assert targets(text) == ["civilians"]


@pytest.mark.parametrize("name", ["targets.tsv", "aims.tsv"])
def test_every_row_of_the_word_lists_is_readable(name: str) -> None:
    for row in read_rows(name):
        assert all(pattern.strip() for pattern in expand_pattern(row["pattern"])), (name, row.line)
        assert row["gloss"], (name, row.line)


def test_every_target_word_has_a_class_and_a_weight() -> None:
    for row in read_rows("targets.tsv"):
        assert row["target"] in CLASSES | SETTLED, row.line
        assert 0 < float(row["weight"]) <= 10, row.line


def test_roles_of_aims_are_known() -> None:
    known = "among aim on toward facing beside victim most through whereabouts without harm"
    assert {row["role"] for row in read_rows("aims.tsv")} == set(known.split())


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("اقتحم مسلحون، السبت الماضي، مبنى حكوميا في كركوك وقتلوا ثلاثة أشخاص بعبوة ناسفة.", "government"),
        ("هاجم انتحاري، أمس الثلاثاء، مقرا للشرطة في كركوك وقتل مدنيين.", "iraqi_forces"),
        ("شن طيران الاحتلال غارة على بلدة يارون اليوم، وقال جيش الدفاع إنه هاجم عنصرا في حزب الله.", "armed_group"),
        ("قصف الجيش الإسرائيلي بلدة يارون اليوم ردا على هجمات نفذها حزب الله على مواقع للجيش الإسرائيلي.", "unknown"),
    ],
)
def test_behind_a_day_and_never_the_strikers_own(text: str, target: str) -> None:
    assert targets(text) == [target]
