"""What reports say of killed and wounded: every way of telling gives the right kind, number and flags."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.text import fold
from extract.tolls.find import TollHit, combine_tolls, find_tolls
from extract.tolls.lexicon import TOLL_WORDS

DATA = Path(__file__).parents[1] / "extract" / "data"


def told(text: str) -> list[tuple[str, int | None]]:
    """Kind and count of each telling that is no part of another and no aggregate."""
    return [(hit.kind, hit.count) for hit in find_tolls(fold(text)) if not hit.subset and not hit.aggregate]


K, W, P = "killed", "wounded", "pooled"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # verbal nouns
        ("مقتل 7 جنود في كمين", [(K, 7)]),
        ("إلى مقتل ضابط وثلاثة جنود وإصابة أربعة آخرين", [(K, 4), (W, 4)]),
        ("أدى إلى استشهاد مقاتلين اثنين وإصابة ثلاثة آخرين", [(K, 2), (W, 3)]),
        ("مقتل متعاقد أجنبي وإصابة جندي", [(K, 1), (W, 1)]),
        ("وإصابة سائقها وامرأة وطفلين كانوا فيها", [(W, 4)]),
        ("وإصابة خمسة أشخاص إضافة إلى جندي", [(W, 6)]),
        ("قتل في الهجوم تسعة حراس، إضافة إلى أربعة من عمال البلدية", [(K, 13)]),
        ("مقتل طفلين وامرأة", [(K, 3)]),
        ("مصرع خمسة أشخاص على الأقل", [(K, 5)]),
        ("وفاة جندي وإصابة آخر", [(K, 1), (W, 1)]),
        ("استشهاد (15) خمسة عشر وإصابة (33)", [(K, 15), (W, 33)]),
        ("مقتل (20) شخصاً وإصابة عدد كبير", [(K, 20), (W, None)]),
        ("أودى بحياة أكثر من مائة شخص", [(K, 100)]),
        ("وراح ضحيته 5 مدنيين", [(K, 5)]),
        ("مقتل شخص وجرح اثنين", [(K, 1), (W, 2)]),
        ("مقتل أحد جنوده وإصابة اثنين من أفراد الدورية", [(K, 1), (W, 2)]),
        ("مقتل 3 من الشرطة وإصابة الرابع", [(K, 3), (W, 1)]),
        ("ما أدى إلى مقتله على الفور", [(K, 1)]),
        ("ما أدى إلى مقتله وحارسه", [(K, 2)]),
        ("قتل مسلحون مجهولون شرطيا داخل منزله", [(K, 1)]),
        ("هاجموا حاجزا فقتلوا ثلاثة وجرحوا اثنين", [(K, 3), (W, 2)]),
        ("فقتل واحد وجرح خمسة", [(K, 1), (W, 5)]),
        ("تفجير قتل فيه خمسة", [(K, 5)]),
        ("وقالت إن سبعة قتلوا في هجوم", [(K, 7)]),
        ("إن شخصا قتل وأصيب خمسة آخرون بانفجار عبوة", [(K, 1), (W, 5)]),
        ("قتل شخصان وجرح ثالث", [(K, 2), (W, 1)]),
        ("انفجرت عبوة وأصابت أربعة.", [(W, 4)]),
        ("وأصابت أربعة منازل", []),
        ("ارتفعت الحصيلة إلى ستة قتلى ومثلهم من الجرحى", [(K, 6), (W, 6)]),
        ("تشهد المدينة منذ يوليو احتجاجات سقط فيها 33 قتيلا", []),
        ("هو الأسوأ منذ يوليو حين قتل 33 شخصا", [(K, 33)]),
        ("مقتل عسكريين تركيين اثنين وجرح أربعة", [(K, 2), (W, 4)]),
        ("مقتل ضابطي شرطة", [(K, 2)]),
        ("إصابة مدنيين بجروح", [(W, None)]),
        ("إصابة 45 شخصا", [(W, 45)]),
        ("إصابة منزل مجاور", []),
        ("إصابة 3 سيارات", []),
        ("في مقتل 37 شخصا كما قتل تفجيران انتحاريان 13 شخصا", [(K, 37), (K, 13)]),
        # those joined: by possessive, by title and name, the wounded who died
        ("مقتل رجل وزوجته وأطفالهما الثلاثة", [(K, 5)]),
        ("لقيت امرأة وطفلاها مصرعهم", [(K, 3)]),
        ("مقتل طفلة وجرح والدها وشقيقتيها", [(K, 1), (W, 3)]),
        ("مقتل مدني ومنتسبين 2 من الشرطة", [(K, 3)]),
        ("استشهاد الضابط حيدر علي وسائقه", [(K, 2)]),
        ("مقتل قائد الفوج سعد كريم والقيادي في الحشد أبو زينب", [(K, 2)]),
        ("مقتل قائد الفوج سعد كريم والمحافظ يعلن الحداد", [(K, 1)]),
        ("إن ثلاثة من المصابين فارقوا الحياة", [(W, 3), (K, 3)]),
        ("وفارق اثنان من الجرحى الحياة", [(K, 2)]),
        ("إصابة مقيم يمني", [(W, 1)]),
        ("مقتل سبعة وخمسين شخصا", [(K, 57)]),
        ("مقتل مائة وعشرين مدنيا", [(K, 120)]),
        # verbs before their people
        ("قُتل ثلاثة أشخاص وأصيب خمسة آخرون", [(K, 3), (W, 5)]),
        ("فقتل ضابط برتبة ملازم وجرح اثنان من أفراد حمايته", [(K, 1), (W, 2)]),
        ("قتل عنصران من القوات", [(K, 2)]),
        ("وقتل خلاله 121 من الحراس", [(K, 121)]),
        ("فأصيب سائق عراقي بجروح طفيفة", [(W, 1)]),
        ("أصيب فيه أحد حراس الأبراج", [(W, 1)]),
        ("وأصيب اثنان من الجنود وامرأة", [(W, 3)]),
        ("قتل شرطي وأصيب آخر بالرصاص", [(K, 1), (W, 1)]),
        ("استشهد تسعة عسكريين وجرح اثنان آخران", [(K, 9), (W, 2)]),
        ("حيث استشهد 6 وأصيب 12 آخرون", [(K, 6), (W, 12)]),
        ("مات ضابط برتبة نقيب", [(K, 1)]),
        ("توفي أحدهما متأثرا بإصابته", [(K, 1)]),
        ("لقي 15 شخصا مصرعهم وجرح العشرات", [(K, 15), (W, None)]),
        ("لقي خمسة من عناصر الأمن الأفغاني مصرعهم", [(K, 5)]),
        ("لقي جنديان عراقيان مصرعهما", [(K, 2)]),
        ("لقي ضابط مصرعه وأصيب خمسة آخرون", [(K, 1), (W, 5)]),
        ("لقي مؤخرا 73 شخصا مصرعهم", [(K, 73)]),
        ("لقي 17 جنديا و36 عنصرا داعما للجيش حتفهم", [(K, 53)]),
        ("سقط 19 شخصاً على الأقل في هجومين", [(K, 19)]),
        ("سقط 3 صواريخ", []),
        ("قتل قيادي في الفصيل بغارة", [(K, 1)]),
        ("قتل في الهجوم 5 أشخاص", [(K, 5)]),
        # verbs after their people
        ("إن أربعة مدنيين ينتمون إلى عائلة واحدة جرحوا جراءه", [(W, 4)]),
        ("إن 70 جنديا على الأقل أصيبوا", [(W, 70)]),
        ("ثلاثة مدنيين بينهم سيدة وطفل استشهدوا وأصيب 13 آخرون", [(K, 3), (W, 13)]),
        ("إن بريطانياً واثنين من الأمريكيين لقوا حتفهم", [(K, 3)]),
        ("إن أمريكياً يقيم في البلاد لقي مصرعه اليوم", [(K, 1)]),
        ("إن اثنين من المتعاقدين العراقيين أصيبا بجروح", [(W, 2)]),
        ("إن عاملاً في الثلاثين من عمره فارق الحياة", [(K, 1)]),
        ("غير أن ثلاثة من مرافقيه تكبدوا إصابات", [(W, 3)]),
        ("العثور على الضابطين مقتولين", [(K, 2)]),
        ("ولا يكفي أنه قتل نفسه", []),
        ("أصاب الثالث مركزا للشرطة", []),
        ("متأثرا بجراحه التي أصيب بها في الانفجار", []),
        # active voice
        ("مسلحون يقتلون سبعة جنود ويصيبون عشرة", [(K, 7), (W, 10)]),
        ("انتحاري يقتل 50 جنديا", [(K, 50)]),
        ("اغتال مجهولون ضابطين، بينما أصيب آخران بجروح", [(K, 2), (W, 2)]),
        ("وقتلت مجموعة مسلحة، الأحد، 12 شخصاً آخرين", [(K, 12)]),
        ("قتل مسلحون مجهولون سبعة جنود على الأقل", [(K, 7)]),
        ("إن انتحاريا قتل 50 جنديا يمنيا", [(K, 50)]),
        ("فقتل ضابطاً وجرح اثنين من مرافقيه", [(K, 1), (W, 2)]),
        ("فأردوه قتيلاً", [(K, 1)]),
        ("في أعنف ليلة، أودت قذائف الهاون على حي النصر بحياة 37 شخصا في 8 آب", [(K, 37)]),
        ("وقتل ضابطا شرطة في هجوم استهدفهما", [(K, 2)]),
        ("من قتل أبو قتادة المغربي و21 مسلحا آخرين", [(K, 22)]),
        ("مقتل رهينتين بريطانيين", [(K, 2)]),
        ("استشهاد آمر الفوج ومرافقه", [(K, 2)]),
        ("مقتل القيادي المعروف بـ “أبو باقر” واثنين من مرافقيه", [(K, 3)]),
        ("إن خمسة من أعضائه واثنين من الضيوف قتلوا", [(K, 7)]),
        ("وأصيب عنصر أمن عراقي عند إحدى البوابات", [(W, 1)]),
        ("مقاتلات تركية تقصف المواقع وتقتل 9 منهم", [(K, 9)]),
        # nouns for people
        ("سقوط 19 قتيلا وأكثر من 60 جريحا", [(K, 19), (W, 60)]),
        ("3 قتلى و7 جرحى بتفجير", [(K, 3), (W, 7)]),
        ("سقوط ما لا يقل عن 5 قتلى وما لا يقل عن عشرة جرحى", [(K, 5), (W, 10)]),
        ("قتيل وخمسة جرحى في هجوم", [(K, 1), (W, 5)]),
        ("وأوقع أربعة قتلى وعشرات الجرحى", [(K, 4), (W, None)]),
        ("أوقع 30 قتيلا على الأقل و100 جريح", [(K, 30), (W, 100)]),
        ("32 قتيلا ومئة جريح", [(K, 32), (W, 100)]),
        ("موقعة خمسة جرحى من المدنيين", [(W, 5)]),
        ("قدم اللواء شهيدين وأربعة جرحى", [(K, 2), (W, 4)]),
        ("وكان قتيلان على الأقل سقطا", [(K, 2)]),
        ("سقط منهم عشرة جنود قتلى", [(K, 10)]),
        ("أكثر من (45) مصابا", [(W, 45)]),
        ("سجلت المستشفى 5 إصابات", [(W, 5)]),
        ("وقوع إصابتين بين المدنيين", [(W, 2)]),
        ("عدد المصابين يتجاوز 50", [(W, 50)]),
        ("ارتفاع عدد شهداء الهجوم إلى 11 شهيدا بعد وفاة أحد الجرحى", [(K, 11), (K, 1)]),
        ("بلغ عدد القتلى 89 إضافة إلى 277 جريحاً", [(K, 89), (W, 277)]),
        ("عدد الشهداء بلغ 13 شهيدا فيما بلغ عدد الجرحى 57", [(K, 13), (W, 57)]),
        ("ارتفعت حصيلة القتلى إلى اثنين", [(K, 2)]),
        ("ارتفع عدد قتلى هجوم استهدف موقعاً للأمن في الشمال، مطلع الأسبوع، إلى 53 على الأقل", [(K, 53)]),
        ("ارتفعت حصيلة ضحايا الهجوم في سوق مزدحمة بالمحافظة يوم الجمعة إلى 120 قتيلا", [(K, 120)]),
        # both in one number
        ("مقتل وإصابة 14 في تفجير", [(P, 14)]),
        ("استشهاد واصابة خمسة جنود", [(P, 5)]),
        ("77 قتيلاً وجريحاً بانفجار", [(P, 77)]),
        ("ارتفاع الحصيلة إلى 204 بين قتيل وجريح", [(P, 204)]),
        ("51 شخصا سقطوا بين قتيل وجريح", [(P, 51)]),
        ("قتل وأصيب نحو عشرة من عناصر الجيش", [(P, 10)]),
        ("خمسة عسكريين استشهدوا وأصيبوا", [(P, 5)]),
        ("وسقط ركابها بين قتيل وجريح", [(P, None)]),
        ("استشهد وجرح عدد من المدنيين", [(P, None)]),
        # nobody is told
        ("قتلى وجرحى في هجمات", [(K, None), (W, None)]),
        ("نجا القائد من محاولة اغتيال فاشلة", []),
        ("اتهموا بالشروع في قتل 40 شرطيا", []),
        ("انفجرت سيارة مفخخة ولقي ثلاثة حتفهم عدا مصرع سائقها", [(K, 3)]),
        ("سيد الشهداء أعلن", []),
        ("تشهد المحافظة هجمات", []),
        ("مستشفى الشهيد", []),
    ],
)  # fmt: skip
def test_tellings(text: str, expected: list[tuple[str, int | None]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("دون خسائر بشرية", "both"),
        ("من دون تسجيل خسائر بشرية", "both"),
        ("لا خسائر في الأرواح أو المعدات", "both"),
        ("ولا توجد أي خسائر بشرية تذكر", "both"),
        ("لم يوقع إصابات", "both"),
        ("دون وقوع إصابات أو ضحايا", "both"),
        ("لم تسجل أي إصابة بشرية", "both"),
        ("عدم تسجيل أي اصابات", "both"),
        ("عدم وقوع خسائر بشرية في الهجوم", "both"),
        ("من غير أن يصاب أحد", "both"),
        ("ولم يصب أحد بأذى", "both"),
        ("لم يصب أحد من أفراد الرتل", "both"),
        ("ولم يسفر عن قتلى أو جرحى", "both"),
        ("من دون أن يسفرا عن إصابات أو أضرار", "both"),
        ("ولم يخلفا ضحايا ولا أضرارا مادية", "both"),
        ("دون وقوع مصابين أو أضرار مادية", "wounded"),
        ("ولم ينجم عن الهجوم قتلى ولا أضرار", "killed"),
        ("دون خسائر", "both"),
        ("دون خسائر مادية", ""),
        ("من دون ورود معلومات عن خسائر بشرية", ""),
        ("دون معرفة حجم الخسائر", ""),
        ("من دون أن يتسنى معرفة عدد القتلى", ""),
        ("ولم تتضح بعد حصيلة ما خلفه من خسائر", ""),
        ("دون ورود أنباء عن وجود خسائر", ""),
        ("الرتل لم يصب بأي ضرر", ""),
        ("نفت الوزارة وقوع إصابات", "both"),
        ("من دون أن تسفر عن أي أضرار بشرية", "both"),
        ("دون أن يصاب أي من الجنود", "both"),
        ("ولم يتعرض أحد للأذى", "both"),
        ("لم يقتل أحد لكن أصيب ثلاثة", "killed"),
        ("لم يسفر عن سقوط قتلى لكنه أدى إلى إصابة شخصين", "killed"),
        ("ولم يسفر القصف إلا عن إصابة جندي واحد", ""),
        ("لم ترد أنباء عن وقوع إصابات", ""),
        ("لم تتحدث المصادر عن خسائر بشرية", ""),
        ("لم يمت شهيدا", ""),
        ("تكبدت القوات خسائر بشرية", ""),
    ],
)
def test_denials(text: str, kinds: str) -> None:
    hits = [hit for hit in find_tolls(fold(text)) if hit.negated]
    expected = {"both": {"killed", "wounded"}, "": set()}.get(kinds, {kinds})
    assert {hit.kind for hit in hits} == expected
    assert all(hit.count == 0 for hit in hits)


@pytest.mark.parametrize(
    ("text", "subset"),
    [
        ("مقتل 15 شخصا بينهم 7 من المسلحين", (K, 7, "militants")),
        ("أصيب 6 أشخاص بينهم جندي", (W, 1, "soldiers")),
        ("مقتل ثلاثة مدنيين من بينهم طفلان", (K, 2, "children")),
        ("وجرح 15 آخرون بينهم ستة شرطيين", (W, 6, "police")),
        ("أودى بحياة ثمانية أشخاص، بينهم نائبان", (K, 2, "officials")),
    ],
)
def test_those_among_them_are_a_part(text: str, subset: tuple[str, int, str]) -> None:
    parts = [hit for hit in find_tolls(fold(text)) if hit.subset]
    assert [(hit.kind, hit.count, hit.group) for hit in parts] == [subset]


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("مقتل ثلاثة جنود", "soldiers"),
        ("مقتل شرطيين", "police"),
        ("مقتل 22 مسلحا", "militants"),
        ("مقتل اثنين من المهاجمين", "attackers"),
        ("قتل الانتحاري", "attackers"),
        ("إصابة طفلين", "children"),
        ("مقتل أربعة عراقيين", "people"),
        ("مقتل متعاقدين اثنين", "contractors"),
    ],
)
def test_groups(text: str, group: str) -> None:
    assert [hit.group for hit in find_tolls(fold(text))] == [group]


@pytest.mark.parametrize(
    "text",
    [
        "مقتل 4261 جنديا منذ بدء الحرب",
        "قتل 290 شخصا خلال شهر نيسان",
        "ارتفاع عدد القتلى في قطاع غزة إلى 9061",
        "مقتل 40 ألف شخص منذ عام 1984",
    ],
)
def test_aggregates_are_marked(text: str) -> None:
    hits = find_tolls(fold(text))
    assert hits
    assert all(hit.aggregate for hit in hits)


@pytest.mark.parametrize(
    ("text", "killed", "wounded"),
    [
        ("مقتل أربعة جنود. وقال البيان إن ضابطا وثلاثة جنود قتلوا وأصيب ثلاثة آخرون", 4, 3),
        ("كانت حصيلة أولية تشير إلى مقتل 19 شخصا. ارتفعت الحصيلة إلى 23 قتيلا و49 جريحا", 23, 49),
        ("مقتل 15 شخصا بينهم 7 نساء", 15, None),
        ("دون خسائر بشرية", 0, 0),
        ("مقتل مدني ولم يصب أحد من الجنود", 1, 0),
        ("مقتل وإصابة 14. قتل ثمانية أشخاص وأصيب ستة آخرون", 8, 6),
        ("مقتل وإصابة 14 شخصا", None, None),
        ("مقتل ثلاثة جنود واثنين من المهاجمين قتلا", 3, None),
        ("قتل جندي وقتل الانتحاري", 1, None),
        ("ارتفاع عدد شهداء الهجوم إلى 11 شهيدا بعد وفاة أحد الجرحى", 11, None),
    ],
)  # fmt: skip
def test_one_toll_from_several_tellings(text: str, killed: int | None, wounded: int | None) -> None:
    toll = combine_tolls(find_tolls(fold(text)))
    assert (toll.killed, toll.wounded) == (killed, wounded)


def test_militants_count_only_as_the_attacked_side() -> None:
    hits = find_tolls(fold("مقتل 9 من المسلحين في الغارة"))
    assert combine_tolls(hits).killed is None
    assert combine_tolls(hits, militants_count=True).killed == 9


def test_evidence_is_the_words_themselves() -> None:
    folded = fold("أفاد المصدر بمقتل ثلاثة جنود وإصابة خمسة")
    assert [folded[hit.start : hit.end] for hit in find_tolls(folded)] == ["بمقتل ثلاثه جنود", "واصابه خمسه"]


def test_every_row_of_the_word_list_is_known() -> None:
    roles = {
        "noun", "noun_plural", "both", "verb", "active", "meet", "parted", "fall", "own", "end", "subset", "share",
        "negation", "limited", "losses", "damage", "suffer", "suffered", "total", "alike", "assassin", "gone", "took",
        "struck",
    }  # fmt: skip
    with (DATA / "toll_words.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["role"] in roles, row
            assert row["kind"] in ("", "killed", "wounded", "missing", "abducted"), row
            assert TOLL_WORDS[fold(row["form"])].role == row["role"], row


WORDS = [
    "مقتل", "قتل", "إصابة", "أصيب", "وأصيب", "3", "ثلاثة", "جنود", "قتلى", "و", "جرحى", "بين", "قتيل",
    "وجريح", "لم", "دون", "إصابات", "عدد", "من", "،", ".", "(", ")", "بينهم", "لقي", "مصرعهم", "إلى",
]  # fmt: skip


def check_bounds(folded: str, hits: list[TollHit]) -> None:
    for hit in hits:
        assert 0 <= hit.start < hit.end <= len(folded)
        assert hit.count is None or hit.count >= 0


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    folded = fold(text)
    check_bounds(folded, find_tolls(folded))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=60), st.integers(0, 80), st.integers(0, 400))
def test_any_order_of_toll_words_is_read(words: list[str], start: int, length: int) -> None:
    folded = fold(" ".join(words))
    check_bounds(folded, find_tolls(folded))
    inside = find_tolls(folded, start, start + length)
    assert all(start <= hit.start and hit.end <= max(start + length, hit.end) for hit in inside)


@pytest.mark.parametrize(
    "piece", ["قتل ", "مقتل 3 و", "لم ", "بين قتيل وجريح ", "3 ", "ثلاثة وعشرين ", "قتلوا ", "أكثر من "]
)
def test_time_is_linear(piece: str) -> None:
    def seconds(times: int) -> float:
        folded = fold(piece * times)
        begin = time.process_time()
        find_tolls(folded)
        return time.process_time() - begin

    seconds(200)
    short, long = max(seconds(2_000), 1e-4), seconds(20_000)
    assert long < short * 40


SHARED = Path(__file__).parents[2] / "shared" / "eval"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared evaluation sets are not beside the project")
def test_tolls_of_coded_reports_are_found() -> None:
    found = wanted = 0
    for name in ("own", "dev", "dev_stream"):
        golds = [json.loads(line) for line in (SHARED / name / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
        texts = {
            report["id"]: f"{report['title']}\n{report['text']}"
            for report in map(json.loads, (SHARED / name / "reports.jsonl").read_text(encoding="utf-8").splitlines())
        }
        for gold in golds:
            tellings = {(hit.kind, hit.count) for hit in find_tolls(fold(texts[gold["id"]]))}
            for incident in gold["incidents"]:
                for kind in ("killed", "wounded"):
                    wanted += incident[kind] is not None
                    found += incident[kind] is not None and (kind, incident[kind]) in tellings
    assert found / wanted >= 0.96


NONE_HURT = [
    "ولم تصب أحدا",
    "من غير خسائر بالأرواح",
    "واقتصرت الخسائر على الماديات",
    "واقتصرت الأضرار على الجانب المادي",
]


@pytest.mark.parametrize("words", NONE_HURT)
def test_words_of_none_hurt(words: str) -> None:
    toll = combine_tolls(find_tolls(fold(f"انفجرت عبوة ناسفة لدى مرور الرتل {words}.")))
    assert (toll.killed, toll.wounded) == (0, 0)


def test_no_comment_on_the_wounded_is_no_word_that_there_were_none() -> None:
    toll = combine_tolls(find_tolls(fold("انفجرت عبوة ناسفة لدى مرور الرتل ولم يصدر أي تعليق عن الإصابات.")))
    assert (toll.killed, toll.wounded) == (None, None)


COUNTED = [
    ("فقدت قوات البيشمركة ثلاثة من مقاتليها وجرح اثنان", 3, 2),
    ("ارتفع عدد شهداء الغارة فجر اليوم إلى خمسة والجرحى إلى تسعة", 5, 9),
    ("تسلمت المستشفيات 28 جثة وأكثر من خمسين جريحا", 28, 50),
    ("سقطت قذيفة على مسجد فقتل فيه 13 مصليا", 13, None),
    ("فجر انتحاري سيارته بحافلة تقل 40 جنديا فقتل سبعة وأصاب 12", 7, 12),
    ("قتل خمسة أشخاص وانتحاري في التفجير", 5, None),
    ("قتل 12 شخصا بينهم أربعة من المهاجمين", 8, None),
    ("استشهاد ضابط برتبة ملازم وجندي وإصابة ثلاثة آخرين", 2, 3),
    ("أودى التفجير بحياة جنديين وإصابة ثالث", 2, 1),
    ("قتل قائد في الحشد واثنان من مرافقيه", 3, None),
    ("كان في السيارة شخصان، أحدهما لقي مصرعه في الحال، والآخر أصيب بجروح خطيرة", 1, 1),
    ("استهدفت المسيرة دراجة تقل رجلين، أحدهما قتل والآخر جرح", 1, 1),
    ("اغتال مسلحون ملثمون صحفيين اثنين وسط المدينة", 2, None),
]


@pytest.mark.parametrize(("text", "killed", "wounded"), COUNTED)
def test_who_counts(text: str, killed: int, wounded: int | None) -> None:
    toll = combine_tolls(find_tolls(fold(text + ".")))
    assert (toll.killed, toll.wounded) == (killed, wounded)


@pytest.mark.parametrize(
    "text",
    [
        "وأسفر الصراع عن مقتل أكثر من أربعين ألف شخص",
        "وتخللت الاحتجاجات أعمال عنف خلفت مئتي قتيل",
        "وخلفت الحرب الأهلية ثلاثين ألف قتيل",
    ],
)
def test_who_died_of_a_war_or_of_unrest_died_of_no_attack(text: str) -> None:
    assert all(hit.aggregate for hit in find_tolls(fold(text)))
