"""Who did it: subject, object and speaker told apart, claims tied to their own attack, habits and denials left out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extract.actors.names import find_all_actors
from extract.actors.table import LOCAL_ARMY, LOCAL_REGIME, LOCAL_RESISTANCE, load_actors
from extract.coder import code_report
from extract.layout import Document
from extract.lexicon import expand_pattern, read_rows
from store.records import Mention, Report

AT = datetime(2023, 5, 17, 15, tzinfo=UTC)


def code(text: str, title: str | None = None) -> tuple[Mention, ...]:
    """The mentions of a report published on Wednesday 17 May 2023."""
    return code_report(Report(id="r", title=title, text=text, published=AT)).mentions


def who(text: str, title: str | None = None) -> list[tuple[str | None, str]]:
    return [(mention.actor, mention.claim) for mention in code(text, title)]


@pytest.mark.parametrize(
    ("text", "actor", "claim"),
    [
        # verb, subject, object
        ("هاجم مسلحو تنظيم داعش نقطة للجيش في قضاء داقوق اليوم وقتلوا جنديين.", "islamic_state", "attributed"),
        ("قصفت الطائرات التركية مواقع لحزب العمال الكردستاني في جبل متين بدهوك فجر اليوم.", "turkey", "attributed"),
        (
            "استهدفت مدفعية قوات النظام السوري سوقا في مدينة جسر الشغور اليوم وقتلت امرأة.",
            "syrian_government",
            "attributed",
        ),
        # subject before the verb
        ("حركة الشباب هاجمت قاعدة عسكرية في مدينة كيسمايو الأربعاء وقتلت عشرة جنود.", "al_shabaab", "attributed"),
        # passive and "by"
        ("قتل ضابط على يد عناصر من تنظيم القاعدة بإطلاق نار في مدينة المكلا اليوم.", "al_qaeda", "attributed"),
        ("تعرضت قرية في ناحية العبارة بديالى لهجوم من قبل داعش مساء الثلاثاء.", "islamic_state", "attributed"),
        # genitive of the attack, adjective of a state, "of" joined to the name
        ("قتل خمسة مدنيين في غارة إسرائيلية على منزل في مدينة صور اليوم.", "israel", "attributed"),
        ("أصيب أربعة أطفال بقصف مدفعي لميليشيا الحوثي على حي سكني في مدينة تعز الأربعاء.", "houthis", "attributed"),
        # by which means stands between the attacker and what was struck; "from" behind the noun of an attack
        ("استهدفت قوات النظام بقذائف الهاون اليوم بلدة سراقب بريف إدلب.", "syrian_government", "attributed"),
        ("كما قصفت قوات النظام براجمات الصواريخ مدينة نوى بريف درعا اليوم.", "syrian_government", "attributed"),
        ("قتل رجل اليوم جراء قصف مدفعي من قوات النظام السوري على مدينة الحولة.", "syrian_government", "attributed"),
        # the object is not the attacker
        ("انفجرت عبوة ناسفة على رتل للتحالف الدولي قرب مدينة السماوة اليوم.", None, "none"),
        ("هجوم بطائرة مسيرة على قاعدة للقوات التركية في بعشيقة اليوم.", None, "none"),
        # claims
        (
            "انفجرت سيارة مفخخة في مدينة الموصل اليوم وقتلت ثلاثة. وتبنى تنظيم داعش التفجير في بيان.",
            "islamic_state",
            "claimed",
        ),
        (
            "سقطت ثلاثة صواريخ على قاعدة بلد فجر اليوم. وأعلنت عصبة الثائرين مسؤوليتها عن الهجوم.",
            "usbat_al_thaireen",
            "claimed",
        ),
        (
            "انفجرت عبوة ناسفة برتل للتحالف قرب الحلة اليوم. وقالت جماعة أصحاب الكهف في بيان إنها استهدفت الرتل.",
            "ahl_al_kahf",
            "claimed",
        ),
        # blame, and who blames
        (
            "انفجرت سيارة مفخخة في مدينة عفرين اليوم وقتلت ستة. واتهمت السلطات وحدات حماية الشعب بالوقوف وراء التفجير.",
            "sdf",
            "attributed",
        ),
        (
            "قتل سائحان في قصف مدفعي على مصيف في زاخو اليوم. وحملت الحكومة العراقية تركيا مسؤولية القصف.",
            "turkey",
            "attributed",
        ),
        (
            "انفجرت قنبلة أمام مركز للشرطة في مدينة ديار بكر اليوم. ونسبت السلطات الهجوم إلى حزب العمال الكردستاني.",
            "pkk",
            "attributed",
        ),
        # nobody claimed; a habit; a denial by a group
        ("انفجرت عبوة ناسفة في حي المنصور ببغداد اليوم. ولم تتبن أي جهة الهجوم.", None, "none"),
        (
            "سقط صاروخان على قاعدة عين الأسد اليوم. "
            "وعادة ما تتهم واشنطن فصائل موالية لإيران بالوقوف وراء مثل هذه الهجمات.",
            None,
            "none",
        ),
        ("استهدف هجوم بالصواريخ مطار أربيل اليوم. ونفت كتائب حزب الله أي صلة لها بالهجوم.", None, "none"),
        # an army on its own strike
        (
            "أعلن الجيش الأميركي أن قواته نفذت ضربة جوية قرب مدينة الميادين اليوم أسفرت عن مقتل قيادي في تنظيم الدولة.",
            "us",
            "claimed",
        ),
    ],
)
def test_attacker_and_claim(text: str, actor: str | None, claim: str) -> None:
    assert who(text) == [(actor, claim)]


def test_noun_takes_up_the_group_named_last() -> None:
    document = Document(
        None,
        "هاجمت حركة طالبان مدينة قندوز. وقال متحدث إن مقاتلي الحركة قتلوا جنودا. "
        "وقصف تنظيم داعش كابل. وتبنى التنظيم ذلك.",
    )
    found = find_all_actors(document.sentences)
    told = [hit.id for sentence in document.sentences for hit in found[id(sentence)]]
    assert told == ["taliban", "taliban", "islamic_state", "islamic_state"]


def test_factions_are_known_by_whom_they_are_loyal_to() -> None:
    document = Document(None, "تقف فصائل عراقية مسلحة قريبة من إيران وراء الهجوم")
    (hits,) = find_all_actors(document.sentences).values()
    assert [hit.id for hit in hits] == ["iran_backed_militias"]


def test_a_government_that_adopts_a_force_claims_no_attack() -> None:
    text = (
        "قتل أربعة من الحشد الشعبي اليوم الأحد في غارة جوية استهدفت مقرا لهم في محافظة ديالى. "
        "وتأسس الحشد عام 2014 لقتال تنظيم داعش، ثم تبنته الحكومة وضمته إلى قواتها."
    )
    assert who(text) == [(None, "none")]


def test_claim_goes_to_the_attack_that_it_means() -> None:
    text = (
        "انفجرت عبوة ناسفة على رتل للتحالف الدولي قرب السماوة صباح اليوم الأربعاء. "
        "وهاجم مسلحون بالأسلحة الخفيفة رتلا آخر للتحالف قرب الناصرية مساء اليوم. "
        "وتبنت جماعة قاصم الجبارين العملية الأولى."
    )
    assert who(text) == [("qasim_al_jabbarin", "claimed"), (None, "none")]


@pytest.mark.parametrize("name", ["agents.tsv", "actor_patterns.tsv", "claims.tsv", "states.tsv", "forces.tsv"])
def test_every_row_of_the_word_lists_is_readable(name: str) -> None:
    for row in read_rows(name):
        assert all(pattern.strip() for pattern in expand_pattern(row["pattern"])), (name, row.line)
        assert row["gloss"], (name, row.line)


def test_patterns_and_adjectives_name_known_actors() -> None:
    named = {row["actor"] for name in ("actor_patterns.tsv", "states.tsv") for row in read_rows(name)}
    assert named - {LOCAL_ARMY, LOCAL_REGIME, LOCAL_RESISTANCE} <= set(load_actors())


def test_roles_of_words_are_known() -> None:
    roles = {row["role"].partition(":")[0] for row in read_rows("agents.tsv")}
    known = "deed strike kill noun loose member link affiliated by object body speech own we attacker habit"
    others = "proxy loyal patron pronoun speaks means manage moves undertaken campaign"
    assert roles == {*known.split(), *others.split()}


# What is usually said of whom, after the attack itself: none of it names who did this one.
USUAL = [
    "وتوجه أصابع الاتهام لمليشيات عراقية موالية لإيران بتنفيذ تلك الهجمات.",
    "ويتهم ناشطون مسلحي فصائل مقربة من إيران بالوقوف وراء هذه العمليات.",
    "وحملت الحكومة تنظيم داعش مسؤولية التفجيرات التي تشهدها البلاد.",
    "ولم تعلن أي جهة مسؤوليتها عن التفجير الذي يحمل بصمات تنظيم داعش.",
    "وشهدت المدينة العام الماضي تفجيرات تبنى العديد منها تنظيم داعش.",
]


@pytest.mark.parametrize("sentence", USUAL)
def test_usual_suspects_are_not_who_did_it(sentence: str) -> None:
    text = f"انفجرت عبوة ناسفة، اليوم الأربعاء، لدى مرور دورية للجيش في مدينة بيجي وأصابت جنديين. {sentence}"
    assert who(text)[:1] == [(None, "none")]


def test_the_party_is_known_in_either_spelling() -> None:
    text = "شن الطيران التركي المسير، اليوم، غارة في محافظة دهوك استهدفت عناصر من حزب العمال الكوردستاني."
    assert who(text) == [("turkey", "attributed")]


@pytest.mark.parametrize(
    ("group", "actor"),
    [
        ("جيش تحرير بلوشستان", "baloch_liberation_army"),
        ("جماعة نصرة الإسلام والمسلمين", "jnim"),
        ("صقور حرية كردستان", "kurdistan_freedom_hawks"),
        ("شبكة حقاني", "haqqani_network"),
        ("كتيبة عقبة بن نافع", "okba_ibn_nafaa"),
    ],
)
def test_groups_of_other_wars_are_known(group: str, actor: str) -> None:
    text = f"انفجرت عبوة ناسفة بدورية للجيش قرب مدينة بيجي أمس وأصابت جنديين. وأعلنت {group} مسؤوليتها عن الهجوم."
    assert who(text) == [(actor, "claimed")]


@pytest.mark.parametrize(
    ("text", "actor", "claim"),
    [
        (
            "أعلنت جماعة أنصار الله (الحوثيين) في اليمن مساء أمس تنفيذ هجوم بطائرة مسيرة على مطار أبها.",
            "houthis",
            "claimed",
        ),
        (
            "قصف الجيش الإسرائيلي بالمدفعية بلدة يارون اليوم ردا على هجمات نفذها حزب الله على مواقعه.",
            "israel",
            "attributed",
        ),
        ("سقطت قذائف على بلدة يارون اليوم ردا على صواريخ أطلقها حزب الله.", None, "none"),
        ("قامت إسرائيل بقصف مدفعي على بلدة يارون اليوم.", "israel", "attributed"),
        ("قامت القوات التركية بقصف قرية في قضاء العمادية اليوم.", "turkey", "attributed"),
        ("قصفت إسرائيل بلدة يارون اليوم بالمدفعية.", "israel", "attributed"),
    ],
)
def test_who_is_answered_did_not_do_it_and_who_carries_out_did(text: str, actor: str | None, claim: str) -> None:
    assert who(text)[0] == (actor, claim)


@pytest.mark.parametrize(
    ("text", "actor", "claim"),
    [
        # whose fighters: "our heroes", "its mujahidin", "the resistance fighters"
        (
            "أعلنت المقاومة الإسلامية في العراق في بيان أن مجاهديها هاجموا قاعدة التنف بطائرة مسيرة.",
            "islamic_resistance_in_iraq",
            "claimed",
        ),
        ("أعلنت المقاومة الإسلامية أنها قصفت قاعدة عين الأسد بمسيرة اليوم.", "islamic_resistance_in_iraq", "claimed"),
        # the author as adjective, genitive or subject of "managed to"
        ("أصيب ثلاثة مدنيين بهجوم صاروخي روسي على خاركيف مساء أمس.", "russia", "attributed"),
        ("قتل خمسة مدنيين في هجوم تركي بطائرة مسيرة على عين عيسى بريف الرقة أمس.", "turkey", "attributed"),
        ("تمكنت إيران من استهداف قاعدة حرير بصواريخ باليستية فجر اليوم.", "iran", "attributed"),
        ("استهدفت طائرة مسيرة لحزب الله تجمعا لجنود في المنارة شمالي إسرائيل أمس.", "hizballah", "attributed"),
        ("نفذ سلاح الجو الأمريكي ضربة على مقر للنجباء في شارع فلسطين شرقي بغداد اليوم.", "us", "attributed"),
        ("اتهم محافظ الأنبار القاعدة بالوقوف وراء تفجير سيارة مفخخة في الرمادي أمس.", "al_qaeda", "attributed"),
        # who announces that it was struck, or shot something down, is no author; nor is the land where it was
        ("أعلن التحالف الدولي استهداف قاعدة عين الأسد بثلاثة صواريخ أمس دون خسائر.", None, "none"),
        ("أعلن مسؤول في التحالف إسقاط مسيرتين حاولتا مهاجمة قاعدة عين الأسد فجر الثلاثاء.", None, "none"),
        ("قتل ثلاثة جنود أمريكيين بهجوم مسيرة في الأردن فجر اليوم.", None, "none"),
    ],
)
def test_the_author_is_who_did_it(text: str, actor: str | None, claim: str) -> None:
    assert who(text) == [(actor, claim)]


@pytest.mark.parametrize(
    ("text", "actor", "claim"),
    [
        # who stands beside the attack: the bombers "of", the adjective of a state, the munitions of a group
        ("قتل مفجرون انتحاريون من طالبان عشرين شخصا في مدينة قندهار اليوم.", "taliban", "attributed"),
        ("أصيب رجل اليوم بسقوط مقذوفات أطلقتها عناصر حوثية على حي سكني في نجران.", "houthis", "attributed"),
        ("قتل شخصان في هجوم صاروخي إيراني على مدينة أربيل اليوم.", "iran", "attributed"),
        ("قتل ثلاثة أشخاص في هجوم أوكراني بطائرات مسيرة على مدينة بيلغورود اليوم.", "ukraine", "attributed"),
        ("أصيب أربعة أشخاص بصواريخ حماس في مدينة عسقلان اليوم.", "hamas", "attributed"),
        ("قتل 14 مدنيا في غارة جوية شنتها طائرات الناتو اليوم في ولاية هلمند.", "nato", "attributed"),
        # who managed to do it
        ("تمكن عناصر داعش من اغتيال مختار قرية في قضاء الحويجة اليوم.", "islamic_state", "attributed"),
        # a bare name that is the group's only where somebody is accused
        ("قتل شرطيان بسيارة مفخخة في الرمادي اليوم واتهم القائد القاعدة بالوقوف وراءها.", "al_qaeda", "attributed"),
        # accused of the responsibility is no claim
        (
            "قتل خمسة بسيارة مفخخة في الرمادي اليوم واتهمت الشرطة داعش بالمسؤولية عن التفجير.",
            "islamic_state",
            "attributed",
        ),
        # two rockets strike those who stand behind a verb in the dual
        ("أعلنت واشنطن أن صاروخين استهدفا القوات الأمريكية في حقل كونيكو بدير الزور اليوم.", None, "none"),
        # a war of decades and claims of some other attacks say nothing of this one
        ("قتل جنديان بعبوة في ديار بكر اليوم، وتشهد المنطقة حملة مسلحة يشنها حزب العمال منذ عقود.", None, "none"),
        ("سقط صاروخان في معسكر التاجي اليوم. وأعلنت فصائل موالية لإيران مسؤوليتها عن بعض الهجمات.", None, "none"),
    ],
)
def test_who_stands_beside_the_attack(text: str, actor: str | None, claim: str) -> None:
    assert who(text) == [(actor, claim)]


def test_the_resistance_is_that_of_the_land() -> None:
    told = "استهدف مجاهدو المقاومة الإسلامية دبابة إسرائيلية في بلدة العديسة جنوب لبنان بمحلقة انقضاضية اليوم."
    assert [(mention.actor, mention.method) for mention in code(told)] == [("hizballah", "drone")]


@pytest.mark.parametrize(
    "second",
    [
        "وأضافت: كما استهدفت المقاومة قاعدة حرير في أربيل بطائرة مسيرة.",
        "وأوضحت أنها استهدفت كذلك قاعدة حرير في أربيل بطائرة مسيرة.",
    ],
)
def test_a_statement_claims_all_that_it_tells(second: str) -> None:
    first = "قالت المقاومة الإسلامية في العراق اليوم إنها استهدفت قاعدة عين الأسد غربي البلاد بطائرتين مسيرتين."
    assert who(f"{first} {second}") == [("islamic_resistance_in_iraq", "claimed")] * 2


def test_a_claim_told_beside_a_threat_is_of_the_attack_told_below() -> None:
    told = (
        "توعد تنظيم داعش بمزيد من الهجمات بعد ساعات من تبنيه تفجيرا انتحاريا استهدف رتلا بمحافظة الحسكة. "
        "وفجر انتحاري نفسه صباح اليوم في رتل أميركي في منطقة الشدادي جنوب مدينة الحسكة وقتل خمسة مقاتلين."
    )
    assert who(told) == [("islamic_state", "claimed")]


def test_an_explosion_that_is_claimed_is_an_attack() -> None:
    told = "تبنى تنظيم داعش الانفجار الذي وقع اليوم قرب وزارة الداخلية في كابول."
    assert who(told) == [("islamic_state", "claimed")]


@pytest.mark.parametrize(
    ("text", "actor", "claim"),
    [
        # whose it is said to be linked with is no author
        (
            "أعلنت جماعة نصرة الإسلام والمسلمين المرتبطة بتنظيم القاعدة مسؤوليتها عن هجوم على قاعدة في تمبكتو أمس.",
            "jnim",
            "claimed",
        ),
        # "responsibility" as it is spelt in Egypt
        ("أعلنت حركة الشباب مسئوليتها عن تفجير انتحاري استهدف مقرا للجيش في مقديشو اليوم.", "al_shabaab", "claimed"),
        # the targeting of: by whom before whom
        ("قتل ثلاثة مسلحين في استهداف طائرة مسيرة تركية سيارة شرقي مدينة القامشلي اليوم.", "turkey", "attributed"),
        ("قتل قيادي في قسد في استهداف مسيرة تابعة للجيش التركي لسيارته في القامشلي اليوم.", "turkey", "attributed"),
        (
            "قتل جندي في هجوم بسيارة مفخخة نفذته عناصر من منظمة حزب العمال الكردستاني في ماردين اليوم.",
            "pkk",
            "attributed",
        ),
        # who carried out what was told before
        (
            "انفجرت عبوة على رتل للتحالف في الديوانية اليوم. وقاصم الجبارين هي التي نفذت العملية.",
            "qasim_al_jabbarin",
            "attributed",
        ),
    ],
)
def test_whose_aircraft_and_whose_allies(text: str, actor: str | None, claim: str) -> None:
    assert who(text) == [(actor, claim)]


def test_who_struck_two_bases_struck_both() -> None:
    text = "قصف الحرس الثوري الإيراني فجر الثلاثاء بالصواريخ قاعدتي عين الأسد وأربيل."
    assert who(text) == [("iran", "attributed"), ("iran", "attributed")]
