"""Which attacks a report tells: those told beside one another stay apart, those told twice are one, habits are none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extract.coder import code_report
from store.records import Mention, Report

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)


def tell(text: str, title: str | None = None) -> list[Mention]:
    return list(code_report(Report(id="x", title=title, text=text, published=FRIDAY)).mentions)


# Each line: what is told, the headline, the text, and of each incident (place or admin1, method, date, status).
TOLD: list[tuple[str, str | None, str, set[tuple[str, str, str, str]]]] = [
    (
        "today's attack comes after another of yesterday; the next sentence tells today's second",
        "مسيرات تستهدف قاعدتين أميركيتين في سوريا",
        "استهدفت طائرة مسيرة مفخخة، اليوم الجمعة، قاعدة الشدادي الأميركية في ريف الحسكة. "
        "وهذا هو الهجوم الثاني على القاعدة، بعد هجوم آخر تعرضت له في 12 تشرين الثاني الحالي. "
        "وفي دير الزور استهدفت طائرتان مسيرتان قاعدة حقل كونيكو.",
        {("SY-HA", "drone", "2026-11-20", "occurred"), ("SY-DY", "drone", "2026-11-20", "occurred")},
    ),
    (
        "what had fallen two weeks ago on the quarter is another attack",
        "صواريخ تسقط قرب السفارة الأميركية في بغداد",
        "سقطت صواريخ كاتيوشا قرب السفارة الأميركية في العاصمة بغداد. "
        "وكان صاروخان من طراز كاتيوشا، سقطا قبل نحو أسبوعين على مطار بغداد الدولي وأصيب جنديان.",
        {("IQ-BG", "rocket", "2026-11-20", "occurred"), ("IQ-BG", "rocket", "2026-11-06", "occurred")},
    ),
    (
        "an attack like that of yesterday does not lend it its day",
        "قذائف هاون على مقر للشرطة في بعقوبة",
        "سقطت ثلاث قذائف هاون، فجر اليوم الجمعة، على مقر للشرطة في مدينة بعقوبة وأصابت شرطيين. "
        "ويعد هذا القصف الثاني خلال يومين، بعد هجوم مماثل أمس الخميس.",
        {("IQ-DI", "mortar", "2026-11-20", "occurred")},
    ),
    (
        "drones that the defences destroyed were intercepted, whatever the headline calls it",
        "إحباط هجوم بمسيرتين على مطار أربيل",
        "قال مصدر أمني إن الدفاعات الجوية في مطار أربيل الدولي قامت، صباح اليوم الجمعة، بتدمير طائرتين مسيرتين"
        " حاولتا مهاجمة المطار، ولم تسجل أي إصابات.",
        {("IQ-AR", "drone", "2026-11-20", "intercepted")},
    ),
    (
        "a drone that the defences bring down in flight",
        "الدفاع الجوي يسقط مسيرة قرب قاعدة حرير",
        "تمكنت الدفاعات الجوية، مساء الخميس، من تدمير طائرة مسيرة ملغمة اقتربت من قاعدة حرير شمال أربيل.",
        {("IQ-AR", "drone", "2026-11-19", "intercepted")},
    ),
    (
        "a missile destroyed before it could do harm, and the army's usual complaint",
        "الدفاع الجوي يعترض صاروخا فوق خميس مشيط",
        "أسقطت قوات الدفاع الجوي السعودي، مساء الخميس، صاروخا باليستيا أطلقه الحوثيون باتجاه مدينة خميس مشيط. "
        "وذكر البيان أن القوات دمرت الصاروخ قبل أن يلحق أي أضرار. "
        "ويطلق الحوثيون الصواريخ على المناطق الحدودية بشكل شبه يومي.",
        {("SA-14", "missile", "2026-11-19", "intercepted")},
    ),
    (
        "shots after which the army shelled are one attack, though they are told twice",
        "الجيش التركي يقصف مواقع داعش بعد إطلاق نار قتل أحد جنوده",
        "قصفت مدافع تركية، الجمعة، مواقع لتنظيم داعش قرب مدينة جرابلس شمالي حلب، بعد إطلاق نار منها أدى إلى مقتل"
        " جندي تركي في بلدة كلس. وقالت رئاسة الأركان إن مدافعها ردت بعد إطلاق نار من الجانب السوري أدى إلى مقتل"
        " جندي تركي في كلس.",
        {("SY-HL", "mortar", "2026-11-20", "occurred"), ("TR-79", "gunfire", "2026-11-20", "occurred")},
    ),
    (
        "the attack here and the attack there, in one breath",
        "الشرطة تبحث عن صلة بين تفجيرين",
        "تبحث الشرطة العراقية عن صلة بين الهجوم الانتحاري الذي أوقع تسعة قتلى في سوق بمدينة الكوت الأربعاء والهجوم"
        " الذي قتل فيه شرطيان بعبوة ناسفة في مدينة الحلة يوم الخميس.",
        {("IQ-WA", "suicide", "2026-11-18", "occurred"), ("IQ-BB", "ied", "2026-11-19", "occurred")},
    ),
    (
        "soldiers wounded in one governorate, one killed by a like bomb in another",
        "إصابة جنود بعبوتين ناسفتين",
        "أصيب أربعة جنود، الجمعة، بانفجار عبوة ناسفة بعربتهم في محافظة ديالى، وقتل جندي بعبوة مماثلة انفجرت"
        " في اليوم نفسه بمحافظة صلاح الدين.",
        {("IQ-DI", "ied", "2026-11-20", "occurred"), ("IQ-SD", "ied", "2026-11-20", "occurred")},
    ),
    (
        "it is the first time that … tells no other attack",
        "انتحاري يفجر نفسه أمام مركز للشرطة في سامراء",
        "فجر انتحاري نفسه، صباح الجمعة، أمام مركز للشرطة في مدينة سامراء فقتل شرطيين. "
        "وهي المرة الأولى التي يلجأ فيها التنظيم إلى هجوم انتحاري منذ استئناف القتال الشهر الماضي. "
        "وفي تلعفر قتل جندي بانفجار لغم بعربة عسكرية صباح اليوم.",
        {("IQ-SD", "suicide", "2026-11-20", "occurred"), ("IQ-NI", "mine", "2026-11-20", "occurred")},
    ),
    (
        "a headline's dateline is not the scene",
        "بغداد: سيارة مفخخة تقتل أربعة من الشرطة",
        "قتل أربعة من أفراد الشرطة، صباح الجمعة، عندما انفجرت سيارة مفخخة استهدفت دوريتهم شمالي العراق. "
        "ووقع الهجوم في وسط مدينة كركوك.",
        {("IQ-KI", "vehicle_bomb", "2026-11-20", "occurred")},
    ),
    (
        "a street called after a city abroad",
        "انفجار عبوتين في بغداد",
        "انفجرت عبوة ناسفة في شارع فلسطين شرقي بغداد صباح الجمعة. "
        "كما انفجرت عبوة ثانية قرب ساحة بيروت وأصابت أربعة مدنيين.",
        {("IQ-BG", "ied", "2026-11-20", "occurred"), ("IQ-BG", "ied", "2026-11-20", "occurred")},
    ),
    (
        "a city so many kilometres from the capital is that city",
        "هجوم انتحاري على رتل أميركي في الموصل",
        "استهدف انتحاري بسيارة مفخخة رتلا للجيش الأميركي وسط الموصل (350 كلم شمال بغداد) صباح الجمعة، ما أدى إلى"
        " مقتل جندي عراقي.",
        {("IQ-NI", "suicide", "2026-11-20", "occurred")},
    ),
    (
        "the first, the second, the third: each its own, and their sum none",
        "كابول تودع قتلاها بعد ثلاث هجمات",
        "استفاقت العاصمة الأفغانية كابول، الجمعة، على مقتل أربعين شخصا في ثلاث هجمات. "
        "ففي الأولى انفجرت شاحنة مفخخة في حي سكني فجر الخميس وقتلت تسعة مدنيين. "
        "وفي الثانية فجر انتحاري نفسه مساء الخميس بين متدربين عند بوابة أكاديمية الشرطة فقتل 22 منهم.",
        {("AF-KAB", "vehicle_bomb", "2026-11-19", "occurred"), ("AF-KAB", "suicide", "2026-11-19", "occurred")},
    ),
    (
        "the shelling goes on with the means told before",
        "قصف إيراني على مقرات في كردستان",
        "قصف الحرس الثوري الإيراني، الخميس، بصواريخ باليستية مقرات لأحزاب كردية إيرانية في إقليم كردستان العراق. "
        "وأوقع القصف في قضاء كويسنجق بمحافظة أربيل سبعة قتلى.",
        {("IQ-AR", "missile", "2026-11-19", "occurred")},
    ),
    (
        "shells on a place of training, and an army's offensive in the background",
        "قذائف على معسكر تدريب للشرطة في كركوك",
        "سقطت قذيفتا هاون، فجر الجمعة، على معسكر تدريب للشرطة في قضاء داقوق بكركوك دون إصابات. "
        "وكان الجيش قد شن هجوما عسكريا واسعا ضد معاقل التنظيم في جبال حمرين في تشرين الأول الماضي.",
        {("IQ-KI", "mortar", "2026-11-20", "occurred")},
    ),
    (
        "three suicide attacks on one governor's office, told in the plural",
        "مقتل خمسة من رجال الأمن بثلاث هجمات انتحارية في قندهار",
        "لقي خمسة من رجال الأمن مصرعهم في ثلاث هجمات انتحارية استهدفت، الخميس، مكتب الحاكم في مدينة قندهار جنوبي"
        " أفغانستان، حسبما ذكرت الشرطة التي أكدت نجاة الحاكم من الهجمات الثلاث.",
        {("AF-KAN", "suicide", "2026-11-19", "occurred")},
    ),
    (
        "shots and then a suicide: the equal toll says that it is one attack",
        "تشييع 31 قتيلا سقطوا في تفجير انتحاري لحسينية",
        "أطلق رجل النار في حسينية على مشارف إسلام آباد، الخميس، ثم فجر قنبلة كان يحملها فقتل 31 شخصا بالإضافة إلى"
        " نفسه وأصيب 90. وقال وزير الدفاع إن الانتحاري كان معروفا للشرطة.",
        {("PK-IS", "suicide", "2026-11-19", "occurred")},
    ),
    (
        "a drone shot down today, and the one of last year at the same field",
        "إسقاط مسيرة قرب حقل كورمور الغازي",
        "أعلنت السلطات في إقليم كردستان، فجر الجمعة، إسقاط طائرة مسيرة قرب حقل كورمور الغازي في محافظة السليمانية. "
        "وسبق أن تعرض الحقل لهجمات، كان آخرها في 3 آذار 2026 حين انفجرت مسيرة قرب محيط الحقل دون وقوع إصابات.",
        {("IQ-SU", "drone", "2026-11-20", "intercepted"), ("IQ-SU", "drone", "2026-03-03", "occurred")},
    ),
    (
        "a rocket attack that a drone flew",
        "مقتل خمسة مسلحين في غارة بباكستان",
        "لقي خمسة مسلحين مصرعهم في هجوم صاروخي شنته طائرة استطلاع من دون طيار، صباح الخميس، على منزل في منطقة ميرانشاه"
        " بشمال وزيرستان.",
        {("PK-KP", "drone", "2026-11-19", "occurred")},
    ),
    (
        "a quarrel told by a witness makes no crime of a suicide attack",
        "مقتل عشرة في تفجير انتحاري ببيشاور",
        "قتل عشرة أشخاص في هجوم انتحاري بسيارة مفخخة وقع الخميس قرب حاجز للشرطة في مدينة بيشاور شمال غرب باكستان. "
        "وقال شرطي عند الحاجز إنه لاحظ أن هناك شجارا مع السائق ثم دوى الانفجار.",
        {("PK-KP", "suicide", "2026-11-19", "occurred")},
    ),
    (
        "a governorate that lies north of the capital",
        "مسلحون يقتلون 14 شخصا في ديالى",
        "لقي 14 شخصا مصرعهم في محافظة ديالى الواقعة شمال بغداد عندما هاجم مسلحون قريتين فجر الجمعة.",
        {("IQ-DI", "gunfire", "2026-11-20", "occurred")},
    ),
    (
        "a witness counts otherwise",
        "قذائف هاون تقتل سبعة مدنيين في مقديشو",
        "قتل سبعة مدنيين بقذائف هاون سقطت الخميس على حي سكني في مقديشو. "
        "وقال شاهد إن خمسة أشخاص قتلوا بعد سقوط قذيفة هاون على شارع قرب مقهى.",
        {("SO-BN", "mortar", "2026-11-19", "occurred")},
    ),
    (
        "projectiles, as civil defences call them",
        "إصابة مقيم بمقذوفات حوثية على نجران",
        "باشر الدفاع المدني، مساء الخميس، بلاغا عن سقوط مقذوفات عسكرية أطلقتها عناصر حوثية من داخل الأراضي اليمنية على"
        " أحد أحياء مدينة نجران، نتج عنه إصابة مقيم.",
        {("SA-10", "unknown", "2026-11-19", "occurred")},
    ),
    (
        "the aircraft that fired, in the next sentence",
        "غارة لطائرة من دون طيار في باكستان",
        "قتل خمسة مسلحين في غارة شنتها طائرة من دون طيار، صباح الخميس، في منطقة القبائل بباكستان. "
        "وقال مسؤولان إن الطائرة أطلقت صاروخين على أحد المعاقل في ميرانشاه بشمال وزيرستان.",
        {("PK-KP", "drone", "2026-11-19", "occurred")},
    ),
    (
        "a family name is no town",
        "تفجير انتحاري في بيشاور",
        "قتل تسعة أشخاص في هجوم انتحاري، الخميس، قرب حاجز للشرطة في مدينة بيشاور شمال غرب باكستان. "
        "وأكد المسؤول في الشرطة محمد علي شينواري أن الهجوم انتحاري.",
        {("PK-KP", "suicide", "2026-11-19", "occurred")},
    ),
]


@pytest.mark.parametrize(("title", "text", "expected"), [line[1:] for line in TOLD], ids=[line[0] for line in TOLD])
def test_attacks_told(title: str | None, text: str, expected: set[tuple[str, str, str, str]]) -> None:
    told = {(m.admin1 or m.place or "", m.method, str(m.date), m.status) for m in tell(text, title)}
    assert told == expected


def test_a_count_of_a_month_is_no_attack() -> None:
    text = (
        "اغتال مسلحون مجهولون، الجمعة، شابا في مدينة درعا جنوبي سوريا. "
        "وأحصى مكتب التوثيق 21 عملية ومحاولة اغتيال خلال شهر تشرين الأول الفائت، أسفرت عن مقتل 14 شخصا وإصابة 8."
    )
    assert [(m.admin1, str(m.date)) for m in tell(text, "مسلحون يغتالون شابا في درعا")] == [("SY-DR", "2026-11-20")]


def test_the_police_rule_out_terror() -> None:
    text = "طعن رجل ثلاثة من المارة وسط مدينة لاهاي، الخميس. واستبعدت الشرطة وجود دوافع إرهابية وراء الحادث."
    assert tell(text, "رجل يطعن ثلاثة في لاهاي") == []


MEANS = [
    ("استهدفت طائرة تركية بدون طيار، الجمعة، سيارة لحزب العمال الكردستاني في قضاء العمادية بدهوك.", "drone"),
    ("شن الطيران التركي المسير، الجمعة، غارة على سيارة في ناحية كاني ماسي بمحافظة دهوك.", "drone"),
    ("قتل ثلاثة جنود، الجمعة، في كمين نصبه عناصر داعش بتفجير عبوة ناسفة قرب ناحية قره تبه في ديالى.", "ied"),
    ("اغتال مجهولون ناشطا ذبحا في مدينة عدن جنوبي اليمن مساء الخميس.", "stabbing"),
]


@pytest.mark.parametrize(("text", "method"), MEANS)
def test_means(text: str, method: str) -> None:
    assert [m.method for m in tell(text)] == [method]


SCENES = [
    ("وفي كركوك، انفجرت عبوة ناسفة صباح الجمعة على دورية للشرطة قرب قضاء داقوق فقتل ضابط.", "داقوق"),
    ("انفجرت عبوة ناسفة، الجمعة، على عجلة للشرطة على الطريق المؤدي إلى قضاء الحويجة جنوب غربي كركوك.", "الحويجة"),
    ("قتل جندي برصاص قناص، الجمعة، قرب البعاج غرب الموصل.", "البعاج"),
    ("انفجرت عبوة ناسفة لدى مرور دورية للشرطة في بغداد اليوم الجمعة.", "بغداد"),
]


@pytest.mark.parametrize(("text", "place"), SCENES)
def test_the_town_and_not_the_city_that_it_is_told_by(text: str, place: str) -> None:
    assert [m.place for m in tell(text)] == [place]


SILENT = [
    "أطلق مسلحون النار في الهواء خلال حفل زفاف في مدينة البصرة مساء الخميس.",
    "حلقت طائرات مسيرة مجهولة فوق محافظة أربيل مساء الخميس دون أن تستهدف أي موقع.",
    "استقبل رئيس الوزراء عوائل ضحايا تفجير الكرادة وبحث معهم ملف التعويضات.",
    "ويرى مراقبون أن استمرار القصف على مناطق الحدود يهدد المفاوضات الجارية في مدينة مسقط.",
]


@pytest.mark.parametrize("text", SILENT)
def test_what_is_no_attack(text: str) -> None:
    assert tell(text) == []


def test_denied_reports_of_an_attack_are_disputed() -> None:
    text = "نفى مصدر أمني، الجمعة، صحة الأنباء التي تحدثت عن سقوط صواريخ على معسكر التاجي شمالي بغداد."
    assert [m.status for m in tell(text)] == ["disputed"]


def test_the_town_and_not_what_it_lies_near() -> None:
    text = "قتل ستة أشخاص عندما انفجرت قنبلة داخل مقهى في بلدة طوز خورماتو قرب مدينة كركوك صباح الجمعة."
    assert [m.place for m in tell(text)] == ["طوز خورماتو"]
