"""What came of an attack: occurred, shot down, stopped before it began, denied; and how many munitions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extract.coder import code_report
from store.records import Report

AT = datetime(2023, 5, 17, 15, tzinfo=UTC)


def code(text: str, title: str | None = None) -> list[tuple[str, int | None]]:
    mentions = code_report(Report(id="r", title=title, text=text, published=AT)).mentions
    return [(mention.status, mention.munitions) for mention in mentions]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("أسقطت الدفاعات الجوية طائرة مسيرة مفخخة حاولت استهداف قاعدة حرير في أربيل فجر اليوم.", "intercepted"),
        ("اعترضت منظومة الدفاع الجوي صاروخا أطلق على مطار أربيل فجر اليوم وسقط حطامه في أرض خالية.", "intercepted"),
        ("أبطل خبراء المتفجرات مفعول عبوة ناسفة كانت موضوعة قرب مبنى حكومي في مدينة كركوك اليوم.", "foiled"),
        (
            "ضبطت قوة أمنية منصة إطلاق تحمل أربعة صواريخ كاتيوشا معدة للإطلاق نحو قاعدة بلد في صلاح الدين اليوم.",
            "foiled",
        ),
        ("نفت قيادة العمليات تعرض قاعدة بلد لهجوم بطائرة مسيرة اليوم.", "disputed"),
        # all of what was fired, or some of it
        ("أسقطت الدفاعات جميع الصواريخ التي أطلقت على السفارة الأمريكية في بغداد مساء أمس.", "intercepted"),
        ("أطلقت صواريخ على السفارة الأمريكية في بغداد أمس، وأسقطت منظومة سي رام أحد الصواريخ.", "occurred"),
        ("أعلن التحالف أن دفاعات المملكة دمرت طائرة مسيرة أطلقت باتجاه خميس مشيط اليوم.", "intercepted"),
        ("قتلت قوات الأمن انتحاريا قبل أن يفجر نفسه عند بوابة مقر للشرطة في كركوك اليوم.", "foiled"),
        ("فجرت قوات الجيش اليوم عبوة ناسفة تحت السيطرة في قضاء الطارمية دون خسائر.", "foiled"),
        # what fell, burnt or was heard was of the interception itself
        (
            "اعترضت الدفاعات مسيرة مفخخة أطلقت على نجران أمس، وتضررت منازل إثر سقوط الشظايا عليها دون إصابات.",
            "intercepted",
        ),
        ("سمع دوي انفجار ناتج عن إسقاط مسيرة مفخخة قرب مطار أربيل فجر اليوم دون خسائر.", "intercepted"),
        ("أفاد مصدر أمني بسقوط طائرة مسيرة حاولت استهداف قاعدة بلد في صلاح الدين مساء أمس.", "intercepted"),
        ("حاول انتحاري اقتحام مقر للشرطة وسط كركوك صباح اليوم قبل أن يقتله الحراس.", "foiled"),
        (
            "تمكنت قوات الأمن اليوم من تدمير سيارة مفخخة كانت تحاول مهاجمة حاجز للجيش جنوب العريش، "
            "فانفجرت قبل وصولها دون إصابات.",
            "foiled",
        ),
        (
            "اعترضت الدفاعات صاروخا باليستيا أطلق على جازان أمس، وأدى تناثر شظاياه إلى مقتل شخص وإصابة أربعة.",
            "intercepted",
        ),
        ("أعلن الجيش مقتل ضابط ومجند أثناء تفكيك عبوة ناسفة في الشيخ زويد أمس.", "occurred"),
        # before it happened: a time, no foiling
        ("هاجم مسلحون حاجزا للشرطة في الرطبة اليوم، وقبل وقوع ذلك الحادث بساعة انقطع التيار.", "occurred"),
        # one got through, or what was hit is told
        ("أسقطت الدفاعات طائرة مسيرة وانفجرت أخرى داخل قاعدة حرير في أربيل فجر اليوم وأصيب جنديان.", "occurred"),
        # the denial is of who did it, not of the event
        ("سقط صاروخان على قاعدة بلد اليوم. ونفت كتائب حزب الله مسؤوليتها عن الهجوم.", "occurred"),
    ],
)
def test_status(text: str, status: str) -> None:
    assert [told for told, _ in code(text)] == [status]


@pytest.mark.parametrize(
    ("text", "munitions"),
    [
        ("سقط صاروخان على قاعدة بلد فجر اليوم.", 2),
        ("انفجرت عبوة ناسفة برتل للتحالف الدولي قرب الديوانية اليوم.", 1),
        ("سقطت صواريخ على المنطقة الخضراء في بغداد اليوم.", None),
        ("قصف مسلحون قرية في قضاء المقدادية بسبع قذائف هاون اليوم.", 7),
        ("سقط صاروخان على المنطقة الخضراء في بغداد اليوم. وقال مصدر إن صاروخا ثالثا أصاب منزلا قرب المنطقة.", 3),
        ("انفجرت سيارة مفخخة في سوق بمدينة الصدر اليوم وقتلت عشرة.", None),
    ],
)
def test_munitions(text: str, munitions: int | None) -> None:
    assert [number for _, number in code(text)] == [munitions]
