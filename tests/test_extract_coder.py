"""The coder on sentences of our own: what becomes an incident, with which fields, and what stays silent and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extract.coder import code_report
from store.records import Coding, Mention, Report

FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)  # 20 November 2026


def code(text: str, title: str | None = None, published: datetime | None = FRIDAY) -> Coding:
    return code_report(Report(id="x", title=title, text=text, published=published))


def only(text: str, title: str | None = None) -> Mention:
    coding = code(text, title)
    assert len(coding.mentions) == 1, [(m.method, m.place, m.date) for m in coding.mentions] or coding.reasons
    return coding.mentions[0]


# Each line: the text, its gloss, and the fields that it settles.
TOLD: list[tuple[str, str, dict[str, Any]]] = [
    (
        "a roadside bomb against a convoy of the coalition's logistics, yesterday, nobody hurt",
        "انفجرت عبوة ناسفة، أمس الخميس، لدى مرور رتل دعم لوجستي للتحالف الدولي على الطريق السريع في قضاء الشامية"
        " بمحافظة الديوانية، ولم تسجل أي خسائر بشرية.",
        {"method": "ied", "target": "coalition_convoy", "date": "2026-11-19", "admin1": "IQ-QA", "munitions": 1,
         "killed": 0, "wounded": 0, "status": "occurred", "role": "news", "claim": "none", "actor": None},
    ),
    (
        "gunmen attack an army post at dawn: two soldiers killed, four wounded",
        "هاجم مسلحون فجر اليوم الجمعة نقطة تفتيش للجيش العراقي في قضاء داقوق جنوبي كركوك،"
        " ما أدى إلى مقتل جنديين وإصابة أربعة آخرين.",
        {"method": "gunfire", "target": "iraqi_forces", "date": "2026-11-20", "admin1": "IQ-KI", "killed": 2,
         "wounded": 4},
    ),
    (
        "a suicide bomber in a market: eleven dead, dozens wounded; IS claims it",
        "فجر انتحاري حزامه الناسف وسط سوق شعبي في مدينة الصدر شرقي بغداد مساء الخميس، فقتل 11 شخصا وأصيب العشرات. "
        "وتبنى تنظيم داعش العملية في بيان نشره على الإنترنت.",
        {"method": "suicide", "target": "civilians", "date": "2026-11-19", "admin1": "IQ-BG", "killed": 11,
         "wounded": None, "actor": "islamic_state", "claim": "claimed"},
    ),
    (
        "two drones against Harir shot down before they arrived",
        "أسقطت الدفاعات الجوية، ليل الخميس، طائرتين مسيرتين مفخختين كانتا تستهدفان قاعدة حرير في أربيل"
        " قبل وصولهما إلى هدفهما.",
        {"method": "drone", "status": "intercepted", "target": "coalition_base", "admin1": "IQ-AR", "munitions": 2},
    ),
    (
        "a launcher with three rockets, ready against a base, seized",
        "ضبطت قوة أمنية منصة إطلاق تحمل ثلاثة صواريخ معدة للإطلاق باتجاه قاعدة بلد الجوية في صلاح الدين صباح اليوم.",
        {"method": "rocket", "status": "foiled", "admin1": "IQ-SD", "munitions": 3},
    ),
    (
        "the ministry denies that the camp was bombed",
        "نفت وزارة الدفاع تعرض معسكر التاجي شمالي بغداد لقصف بالصواريخ ليلة أمس.",
        {"status": "disputed", "method": "rocket", "admin1": "IQ-BG"},
    ),
    (
        "Turkish aircraft bombed the PKK in Dohuk, says the Turkish ministry",
        "أعلنت وزارة الدفاع التركية أن طائرات حربية تركية قصفت اليوم الجمعة مواقع لحزب العمال الكردستاني"
        " في ناحية كاني ماسي بمحافظة دهوك.",
        {"method": "airstrike", "target": "armed_group", "actor": "turkey", "claim": "claimed", "admin1": "IQ-DA"},
    ),
    (
        "a remnant of the war kills a shepherd",
        "لقي راع مصرعه اليوم بانفجار لغم من مخلفات الحرب في قضاء شط العرب بمحافظة البصرة.",
        {"method": "mine", "target": "civilians", "killed": 1, "admin1": "IQ-BA"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_fields_are_those_that_a_trained_coder_would_write(text: str, wanted: dict[str, Any]) -> None:
    mention = only(text)
    told = {name: getattr(mention, name) for name in wanted}
    if "date" in told:
        told["date"] = str(mention.date)
    assert told == wanted


SILENT: list[tuple[str, str, str]] = [
    ("a threat", "هددت فصائل مسلحة باستهداف القواعد الأمريكية في العراق إذا استمر القصف على غزة.", "threat"),
    ("a warning", "حذرت السفارة الأمريكية رعاياها من هجوم محتمل بالصواريخ على مطار بغداد الدولي.", "warning"),
    ("a drill", "نفذ الجيش تمرينا على إطلاق الصواريخ في صحراء الأنبار، وسمع السكان دوي انفجارات.", "drill"),
    ("an accident", "قتل ثلاثة أشخاص بانفجار أسطوانة غاز داخل مطعم في الموصل.", "accident"),
    ("a feud", "قتل شخصان في نزاع عشائري بالأسلحة الرشاشة شمالي البصرة.", "crime"),
    ("old ammunition", "أعلنت هيئة الحشد العثور على كدس عتاد يضم عشرات الصواريخ القديمة في صحراء الأنبار.", "cache"),
    ("sport", "شن المنتخب هجوما قويا في الشوط الثاني وسجل اللاعب هدفين بقذيفة صاروخية في مرمى المنتخب الضيف.", "sport"),
    ("a count", "شهدت محافظة ديالى منذ بداية العام عشرات الهجمات بالعبوات الناسفة.", "count"),
]


@pytest.mark.parametrize(("text", "why"), [row[1:] for row in SILENT], ids=[row[0] for row in SILENT])
def test_what_is_no_incident_stays_silent_with_a_reason(text: str, why: str) -> None:
    coding = code(text)
    assert coding.mentions == ()
    assert coding.reasons, "every silence has a reason"
    told = " ".join(reason.reason for reason in coding.reasons)
    kin = {"warning": ("warning", "possible"), "cache": ("cache", "seized", "cleared"), "count": ("count", "series")}
    assert any(word in told for word in kin.get(why, (why,))), told
    for reason in coding.reasons:
        assert text[reason.start : reason.end].strip()


def test_two_attacks_of_one_report_are_kept_apart() -> None:
    # "A bomb in Kirkuk killed a policeman. In another attack, gunmen in Baquba shot dead two civilians."
    coding = code(
        "انفجرت عبوة ناسفة صباح اليوم الجمعة على دورية للشرطة في كركوك فقتل شرطي. "
        "وفي هجوم آخر، قتل مدنيان برصاص مسلحين في بعقوبة بمحافظة ديالى مساء الخميس."
    )
    assert [(m.admin1, m.method, m.killed, str(m.date)) for m in coding.mentions] == [
        ("IQ-KI", "ied", 1, "2026-11-20"), ("IQ-DI", "gunfire", 2, "2026-11-19"),
    ]  # fmt: skip


# A page that keeps the line ends of its source: lines of one width, or some that end where no sentence can.
OF_ONE_WIDTH = """ذكرت الشرطة المحلية أن عبوة ناسفة كانت مزروعة على
جانب الطريق انفجرت صباح الجمعة لدى مرور حافلة في
قضاء الخالص شمال مدينة بعقوبة وأدت إلى مقتل ثلاثة
عمال وإصابة سبعة آخرين نقلوا جميعا للعلاج. وأوضحت
أن المنطقة التي شهدت الانفجار طوقت بالكامل وبدأت
فرق المتفجرات تفتيش البساتين القريبة من مكان وقوع
التفجير فيما أغلقت القوات كل الطرق الفرعية وعادت
حركة السير إلى الطريق الرئيس بعد نحو ساعتين اثنتين
من الحادث بحسب ما أعلنته قيادة شرطة المحافظة ظهرا."""
BROKEN = """انفجرت عبوة ناسفة صباح الجمعة في
قضاء الخالص بمحافظة ديالى، وقالت الشرطة إن الانفجار أدى إلى مقتل ثلاثة عمال وإصابة سبعة آخرين كانوا في حافلة تقلهم إلى
بعقوبة وإن
القوات طوقت المكان."""


@pytest.mark.parametrize("text", [OF_ONE_WIDTH, BROKEN])
def test_a_page_that_wraps_its_lines_is_read_as_sentences(text: str) -> None:
    mention = only(text)
    assert (mention.place, mention.method, mention.killed, mention.wounded) == ("الخالص", "ied", 3, 7)
    assert all(text[e.start : e.end] == e.quote for e in mention.evidence)


def test_a_semicolon_before_owing_to_ends_no_sentence() -> None:
    mention = only("قتل أربعة شرطيين وأصيب عشرة آخرون؛ جراء هجوم انتحاري استهدف قافلة أمنية في قندهار اليوم الجمعة.")
    assert (mention.method, mention.killed, mention.wounded) == ("suicide", 4, 10)


def test_a_headline_that_breaks_off_is_the_beginning_of_the_lead() -> None:
    text = "قالت الشرطة إن سيارة مفخخة انفجرت قرب سوق شعبي وسط مدينة الحلة وقتلت تسعة أشخاص اليوم الجمعة."
    mention = only(text, title="قالت الشرطة إن سيارة مفخخة انفجرت قرب سوق شعبي وسط مدينة")
    assert (mention.place, mention.killed) == ("الحلة", 9)


def test_sentences_that_refer_back_tell_one_attack() -> None:
    # "A car bomb exploded … The explosion wounded six … The attack comes …: nobody has claimed it."
    mention = only(
        "انفجرت سيارة مفخخة قرب مقر للبيشمركة في قضاء خانقين بمحافظة ديالى اليوم الجمعة. "
        "وأسفر الانفجار عن مقتل اثنين من البيشمركة وإصابة ستة. ولم تتبن أي جهة الهجوم حتى الآن."
    )
    assert (mention.method, mention.target, mention.killed, mention.wounded, mention.claim) == (
        "vehicle_bomb", "kurdish_forces", 2, 6, "none",
    )  # fmt: skip


def test_an_attack_named_only_in_a_related_headline_is_none_of_this_report() -> None:
    # "The minister opened a school in Najaf. Read also: a bomb in Mosul kills three. The minister said …"
    text = (
        "افتتح وزير التربية مدرسة جديدة في النجف اليوم.\nاقرأ أيضا: انفجار عبوة ناسفة في الموصل يقتل ثلاثة جنود\n"
        "وقال الوزير إن الوزارة ستبني عشر مدارس."
    )
    coding = code(text)
    assert coding.mentions == ()
    assert "debris" in {reason.reason for reason in coding.reasons}


def test_an_older_attack_is_background_and_keeps_its_day() -> None:
    coding = code(
        "انفجرت عبوة ناسفة اليوم الجمعة على رتل للجيش في الطارمية شمالي بغداد فأصيب جنديان. "
        "وكانت المنطقة قد شهدت في 2 تشرين الأول الماضي هجوما بسيارة مفخخة استهدف مقرا للشرطة وأوقع أربعة قتلى."
    )
    assert [(m.role, str(m.date), m.killed) for m in coding.mentions] == [
        ("news", "2026-11-20", None), ("background", "2026-10-02", 4),
    ]  # fmt: skip


def test_an_explosion_without_a_cause_is_a_notice_with_place_and_day() -> None:
    coding = code("سمع دوي انفجار قوي فجر اليوم الجمعة في مدينة الموصل، ولم تعرف أسبابه بعد.")
    assert coding.mentions == ()
    (notice,) = coding.notices
    assert (notice.kind, notice.admin1, str(notice.date), notice.country) == ("explosion", "IQ-NI", "2026-11-20", "IQ")
    assert notice.lat is not None
    assert "انفجار" in notice.quote


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("threat", "هددت الفصائل باستهداف قاعدة عين الأسد في الأنبار بهجمات صاروخية."),
        ("warning", "حذر مسؤول أمني من هجوم على مطار أربيل بالطائرات المسيرة."),
        ("drill", "نفذت القوات تمرينا على إطلاق الصواريخ في الأنبار."),
        ("sighting", "تحليق طائرة مسيرة مجهولة في سماء أربيل."),
    ],
)
def test_threats_warnings_drills_and_sightings_are_notices(kind: str, text: str) -> None:
    coding = code(text)
    assert coding.mentions == ()
    assert [notice.kind for notice in coding.notices] == [kind]
    assert coding.notices[0].admin1 in ("IQ-AN", "IQ-AR")


def test_no_notice_of_sport_an_accident_or_an_attack_that_is_told() -> None:
    for text in (
        SILENT[3][1],
        SILENT[6][1],
        "هز انفجار قوي وسط كركوك اليوم الجمعة. وقالت الشرطة إن عبوة ناسفة انفجرت في كركوك وأصابت شرطيين.",
    ):
        assert code(text).notices == (), text


def test_a_report_without_a_time_has_no_day_of_its_own() -> None:
    coding = code("سقط صاروخ كاتيوشا على المنطقة الخضراء وسط بغداد دون إصابات.", published=None)
    assert [(m.date, m.date_precision) for m in coding.mentions] == [(None, "unknown")]


def test_other_languages_and_quiet_news_cost_one_scan() -> None:
    assert code("A bomb exploded in Baghdad on Friday, killing three soldiers.").language == "en"
    quiet = code("افتتح الوزير حديقة جديدة في البصرة.")
    assert (quiet.language, quiet.mentions, quiet.reasons) == ("ar", (), ())


def test_the_same_report_is_coded_the_same_twice() -> None:
    assert code(TOLD[2][1]) == code(TOLD[2][1])


def test_spelling_marks_and_digits_change_nothing() -> None:
    plain = only("سقط 3 صواريخ على قاعدة عين الأسد بمحافظة الأنبار يوم 19/11/2026 وأصيب جنديان.")
    varied = only("سقط ٣ صـواريخ على قاعدةِ عين الاسد بمحافظه الانبار يوم ١٩/١١/٢٠٢٦ وأُصيب جنديان.")
    fields = ("method", "date", "admin1", "place", "munitions", "wounded", "target")
    assert [getattr(plain, name) for name in fields] == [getattr(varied, name) for name in fields]
    assert (plain.munitions, plain.wounded, str(plain.date)) == (3, 2, "2026-11-19")


def test_the_readme_names_every_file_of_the_room() -> None:
    room = Path(__file__).parents[1] / "extract"
    told = (room / "README.md").read_text(encoding="utf-8")
    families = ("dates", "numbers", "toll")  # told as `dates*.py`
    missing = [
        path.name
        for path in room.glob("*.py")
        if path.stem != "__init__" and f"`{path.name}`" not in told and not path.stem.startswith(families)
    ]
    assert not missing
