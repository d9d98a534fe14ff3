"""Mentions of places in the manners that outlets write them, and what each is taken to mean."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.places import PlaceHit, find_places, kilometres, move_point, resolve_places
from extract.text import fold


def hits_in(text: str) -> list[PlaceHit]:
    return find_places(fold(text))


def ids_in(text: str) -> list[str | None]:
    return [choice.place.id if choice.place else None for choice in resolve_places(hits_in(text))]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("انفجار عبوة ناسفة بالديوانية", "iq-diwaniyah"),  # with attached "in"
        ("وصل الرتل للبصرة", "iq-basra"),  # "to" swallows the article's alef
        ("هجوم ببعقوبة", "iq-baquba"),
        ("سقطت الصواريخ على قاعدة عين الاسد", "iq-ain-al-asad-air-base"),  # alef without hamza
        ("قَاعِدَة كيوان", "iq-k1-base"),  # with vowel marks
        ("قصف استهدف ابوغريب", "iq-abu-ghraib"),  # the two words joined
        ("هجوم في البوكمال", "sy-albu-kamal"),
        ("هجوم في أبو كمال", "sy-albu-kamal"),
        ("اشتباكات في ديرالزور", "sy-deir-ez-zor"),
    ],
)
def test_a_name_is_found_in_every_spelling(text: str, place: str) -> None:
    assert ids_in(text) == [place]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("انفجرت سيارة مفخخة في مدينة غارديز", "af-gardez"),
        ("هجوم على نقطة أمنية في ولاية تارابا", "ng-taraba"),
        ("اشتباكات في جبال قرب الذهيبة", "tn-dehiba"),
        ("كمين قرب ياكورن", "dz-yakouren"),
        ("انفجار في ضهر البيدر", "lb-dahr-al-baidar"),
        ("هجوم انتحاري على شاطئ ليدو", "so-lido-beach"),
    ],
)
def test_towns_of_other_wars_are_known(text: str, place: str) -> None:
    assert place in ids_in(text)


@pytest.mark.parametrize("text", ["قتل ثلاثة عمال في انفجار", "نقل الفقهاء هذا القول", "كان من رواد المقهى"])
def test_workers_jurists_and_guests_are_no_towns(text: str) -> None:
    assert ids_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "عاد الوفد إلى بلد المنشأ",  # a country of origin, not Balad
        "دعا إلى السلام والوحدة",  # peace and unity
        "التقى القائم بأعمال السفير",  # a chargé d'affaires
        "قالت صحيفة القدس العربي",  # a newspaper
        "أعلن تنظيم القاعدة في جزيرة العرب",  # AQAP
        "نقلت وكالة الأناضول",  # a news agency
        "أولاد صغار",  # ولد and لد
        "كان ذلك في 19 نيسان",  # a day, not the quarter 9 April
    ],
)
def test_common_words_and_bodies_are_no_places(text: str) -> None:
    assert [hit.name for hit in hits_in(text) if hit.manner != "adjective"] == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("هاجم مسلحون قضاء بلد", "iq-balad"),
        ("انفجار في ناحية السلام", "iq-salam-maysan"),
        ("انفجار في حي الحرية", "iq-hurriya"),
    ],
)
def test_common_words_are_places_after_a_cue(text: str, place: str) -> None:
    candidates = [candidate.id for hit in hits_in(text) for candidate in hit.candidates]
    assert place in candidates


def test_direction_and_distance_move_the_point() -> None:
    (choice,) = resolve_places(hits_in("انفجار على بعد 20 كم جنوب بعقوبة"))
    assert choice.place is not None
    assert choice.lat is not None
    assert choice.lon is not None
    assert choice.place.lat is not None
    assert choice.place.lon is not None
    assert kilometres(choice.lat, choice.lon, choice.place.lat, choice.place.lon) == pytest.approx(20, abs=0.1)
    assert choice.lat < choice.place.lat


def test_a_direction_in_a_country_has_no_point() -> None:
    (choice,) = resolve_places(hits_in("هجوم شمالي العراق"))
    assert (choice.place.id if choice.place else None, choice.lat, choice.lon) == ("iq", None, None)
    assert choice.hit.bearing == 0


def test_the_word_before_tells_city_from_governorate() -> None:
    assert ids_in("في محافظة كركوك") == ["iq-kirkuk-governorate"]
    assert ids_in("في مدينة كركوك") == ["iq-kirkuk"]
    assert ids_in("محافظتي بغداد وديالى") == ["iq-baghdad-governorate", "iq-diyala"]


def test_same_names_are_told_apart_by_the_report() -> None:
    assert ids_in("ناحية الحسينية شمالي بغداد")[0] == "iq-husayniya-baghdad"
    assert ids_in("ناحية الحسينية في محافظة كربلاء")[0] == "iq-husayniya-karbala"


def test_a_name_that_many_towns_have_needs_something_around_it() -> None:
    assert ids_in("حي الزهراء في حلب")[0] == "sy-zahraa-aleppo"
    assert ids_in("حي الزهراء وسط مدينة العمارة")[0] is None
    assert ids_in("قرب مبنى وزارة الداخلية في كابول")[0] is None


def test_police_of_a_governorate_is_only_a_hint() -> None:
    (hit,) = hits_in("قال قائد شرطة ديالى")
    assert hit.manner == "organisation"


def test_dateline_is_marked() -> None:
    assert [hit.manner for hit in hits_in("بغداد، العراق (CNN)-- قتل ثلاثة")] == ["dateline", "dateline"]
    assert hits_in("أربيل/ قال مصدر")[0].manner == "dateline"
    assert hits_in("منذ ساعة\n\nأربيل (كوردستان24)- قال مصدر")[0].manner == "dateline"
    assert hits_in("شفق نيوز - بغداد\n\nقال مصدر")[0].manner == "dateline"
    assert hits_in("شفق نيوز/ كركوك\nقال مصدر")[0].manner == "dateline"
    assert hits_in("هجوم على رتل في الأنبار - كركوك")[1].manner == "plain"


def test_an_unknown_village_keeps_its_name() -> None:
    (hit, district) = hits_in("انفجار في قرية الزهيرات الفوقانية التابعة لقضاء بعقوبة")
    assert hit.candidates == ()
    assert hit.cue == "village"
    assert hit.name.startswith(fold("الزهيرات"))
    assert district.candidates


def test_offsets_name_the_very_words() -> None:
    folded = fold("وقع الهجوم قرب قاعدة التاجي، شمال بغداد")
    for hit in find_places(folded):
        assert folded[hit.start : hit.end] == hit.name


def test_moving_a_point_east_and_back() -> None:
    lat, lon = move_point(33.0, 44.0, 90, 50)
    assert kilometres(33.0, 44.0, lat, lon) == pytest.approx(50, abs=0.1)
    assert lon > 44


@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("القوات المسلحة السعودية نفذت ضربات", "adjective"),  # the Saudi forces, not in Saudi Arabia
        ("وقع الهجوم في السعودية", "plain"),
        ("القوات الهندية قصفت", "adjective"),  # not the town of Hindiya
    ],
)
def test_a_country_named_after_its_noun_is_an_adjective(text: str, manner: str) -> None:
    (hit,) = hits_in(text)
    assert hit.manner == manner


def test_a_name_in_quotes_after_a_cue_is_taken_whole() -> None:
    (hit,) = hits_in('في منطقة "تل النخيل الصغير" ليلا')
    assert hit.name == fold("تل النخيل الصغير")
    assert hit.candidates == ()


@pytest.mark.parametrize("text", ["في منطقة مزدحمة", "لقضاء العطلة", "منفذ الهجوم", "مدينة كبيرة", "قرية يسيطر عليها"])
def test_a_cue_without_a_name_is_no_place(text: str) -> None:
    assert hits_in(text) == []


def test_a_police_station_is_a_place() -> None:
    (hit,) = hits_in("استهدف مركز شرطة الدورة")
    assert hit.manner == "plain"


def test_a_province_is_called_by_its_chief_town() -> None:
    (choice,) = resolve_places(hits_in("في محافظة ديار بكر"))
    assert choice.place is not None
    assert choice.place.precision == "governorate"


def test_sentences_of_one_text_are_read_apart() -> None:
    folded = fold("محافظة. بغداد")
    (hit,) = find_places(folded, folded.index("."), len(folded))
    assert hit.cue is None


@pytest.mark.parametrize(
    "unit",
    [
        "بلد ",
        "في بلد ",
        "حي الزهراء، ",
        "بغداد",
        "بغداد، ",
        "قرية ",
        "محافظتي بغداد و",
        "20 كم شمال ",
        '"',
        "الـ",
        "وفبلك",
        "ابو ",
    ],
)
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    short, long = fold(unit * (20_000 // len(unit))), fold(unit * (80_000 // len(unit)))
    begin = time.process_time()
    resolve_places(find_places(short))
    middle = time.process_time()
    resolve_places(find_places(long))
    end = time.process_time()
    assert end - middle < 12 * (middle - begin) + 0.2


@given(st.text(alphabet=st.characters() | st.sampled_from("ابتدفيكلمهوال بغداد\n\"'()،-/0123456789"), max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_exact_offsets_in_order(text: str) -> None:
    folded = fold(text)
    hits = find_places(folded)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)
    for hit in hits:
        assert folded[hit.start : hit.end].replace("\n", " ") == hit.name
        assert 0 <= (hit.start if hit.phrase_start is None else hit.phrase_start) <= hit.start < hit.end <= len(folded)
    assert len(resolve_places(hits)) == len(hits)


@pytest.mark.parametrize(
    ("text", "admin1"),
    [
        ("انفجار عبوة في الرياض بمحافظة كركوك", "IQ-KI"),
        ("قصف على الجيزة بمحافظة درعا", "SY-DR"),
        ("انفجار في الغزلانية بريف دمشق", "SY-RD"),
    ],
)
def test_the_governorate_that_follows_settles_a_namesake_and_a_common_word(text: str, admin1: str) -> None:
    choice = resolve_places(find_places(fold(text)))[0]
    assert choice.place is not None
    assert (choice.place.admin1, choice.place.precision) == (admin1, "town")


@pytest.mark.parametrize(
    "text",
    [
        "قصف على الحدود الشمالية الشرقية",
        "اشتباك على الجبهة الشرقية",
        "سقطت قذيفة على الأحياء الشرقية",
        "الضواحي الجنوبية الشرقية",
    ],
)
def test_a_side_of_the_border_is_no_governorate(text: str) -> None:
    assert ids_in(text) == []


def test_the_governorate_of_that_name_stays_one() -> None:
    assert ids_in("هجوم في محافظة الشرقية بمصر")[0] == "eg-sharqia"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("انفجار سيارة مفخخة في منغورة", "pk-mingora"),
        ("هجوم على مقر في ميرنشاه", "pk-miranshah"),
        ("قتل جنديان في بلدة سنغين بإقليم هلمند", "af-sangin"),
    ],
)
def test_names_of_other_scripts_are_known_however_an_outlet_spells_them(text: str, place: str) -> None:
    assert ids_in(text)[0] == place


def test_a_spelling_that_no_row_has_is_a_place_only_where_the_words_say_so() -> None:
    assert ids_in("ميرنشاه لاعب جديد") == []


def test_a_name_that_ends_within_a_longer_one_is_none() -> None:
    assert ids_in("قاعدة في منطقة دير الزور")[-1] == "sy-deir-ez-zor"
    assert ids_in("انفجار في مدينة الصدر") == ["iq-sadr-city"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("هزت تفجيرات العاصمة العراقية الثلاثاء", "iq-baghdad"),
        ("هجوم في العاصمة الباكستانية", "pk-islamabad"),
        ("انفجار أمام كنيسة في مدينة الإسكندرية", "eg-alexandria"),
        ("انفجار عبوة في الإسكندرية شمالي محافظة بابل", "iq-iskandariya"),
    ],
)
def test_capitals_by_their_land_and_cities_among_namesakes(text: str, place: str) -> None:
    assert ids_in(text)[0] == place
