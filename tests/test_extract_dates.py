"""Every way in which reports tell a day resolves to that day, seen from the report's own time at the place."""

from __future__ import annotations

import csv
import json
import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.dates import find_dates, find_report_day, parse_published, resolve_date
from extract.dates.lexicon import TIME_WORDS
from extract.text import fold

DATA = Path(__file__).parents[1] / "extract" / "data"
BAGHDAD = ZoneInfo("Asia/Baghdad")
WEDNESDAY = datetime(2021, 7, 14, 10, 0, tzinfo=BAGHDAD)  # a Wednesday morning


def resolve_first(text: str, published: datetime | None = WEDNESDAY) -> tuple[str | None, str]:
    """The first date of a text that can be worked out."""
    hits = find_dates(fold(text))
    for hit in hits:
        resolved = resolve_date(hit, published, tz=BAGHDAD)
        if resolved.date is not None:
            return resolved.date.isoformat(), resolved.precision
    return None, "unknown"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        # full dates in every naming of the months
        ("في 27 أيلول 2020", "2020-09-27"),
        ("في 27 سبتمبر 2020", "2020-09-27"),
        ("في 27 شتنبر 2020", "2020-09-27"),
        ("في 5 كانون الثاني 2020", "2020-01-05"),
        ("في 5 كانون الثاني/يناير 2020", "2020-01-05"),
        ("في 5 جانفي 2020", "2020-01-05"),
        ("يوم 17 تموز/يوليو 2015", "2015-07-17"),
        ("يوم 17 يوليو/ تموز 2015", "2015-07-17"),
        ("يوم 17 جويلية 2015", "2015-07-17"),
        ("26 من شباط (فبراير) 2019", "2019-02-26"),
        ("5 حزيران - يونيو 2015", "2015-06-05"),
        ("8 أوت 2016", "2016-08-08"),
        ("8 غشت 2016", "2016-08-08"),
        ("8 ماي 2016", "2016-05-08"),
        ("3 جوان 2016", "2016-06-03"),
        ("12 أفريل 2016", "2016-04-12"),
        ("12 فيفري 2016", "2016-02-12"),
        ("9 نونبر 2016", "2016-11-09"),
        ("9 دجنبر 2016", "2016-12-09"),
        ("31 آب 2016", "2016-08-31"),
        ("10 تشرين الأول 2016", "2016-10-10"),
        ("10 تشرين الثاني 2016", "2016-11-10"),
        ("10 كانون الأول 2016", "2016-12-10"),
        ("7 ديسمبر/ كانون الأول, 2009", "2009-12-07"),
        ("19 مارس 2012", "2012-03-19"),
        ("15 / أيلول / ٢٠١٦", "2016-09-15"),
        ("الثلاثاء 17 آذار 2020", "2020-03-17"),
        ("1 نيسان من عام 2019", "2019-04-01"),
        # figures
        ("صباح الثلاثاء 06-02-2024", "2024-02-06"),
        ("بتاريخ 2020/3/11", "2020-03-11"),
        ("٢٧-٩-٢٠٢٠", "2020-09-27"),
        ("14/04/2007", "2007-04-14"),
        ("20 /3/2012", "2012-03-20"),
        ("27.9.2020", "2020-09-27"),
        ("4/25/2019", "2019-04-25"),
        ("يوم 16/6", "2021-06-16"),
        ("(16/6)", "2021-06-16"),
        # words
        ("في الحادي عشر من الشهر الجاري", "2021-07-11"),
        ("في التاسع من الشهر الجاري", "2021-07-09"),
        ("في 10 من الشهر الحالي", "2021-07-10"),
        ("في العاشر من هذا الشهر", "2021-07-10"),
        ("في الخامس والعشرين من الشهر الماضي", "2021-06-25"),
        ("في التاسع عشر من تموز 2020", "2020-07-19"),
        ("مساء العشرين من كانون الأول الماضي", "2020-12-20"),
        ("في الثامن من أغسطس/آب الماضي", "2020-08-08"),
        ("في الثاني من تموز الجاري", "2021-07-02"),
        ("في الحادي والثلاثين من أيار", "2021-05-31"),
        ("في الأول من حزيران", "2021-06-01"),
        ("في أول يوليو", "2021-07-01"),
        ("في الـ8 من يوليو الجاري", "2021-07-08"),
        ("في العشرين من كانون الثاني/يناير من العام الماضي", "2020-01-20"),
        ("في 11 آذار من هذا العام", "2021-03-11"),
        # no year: the most recent such day
        ("منذ 27 ديسمبر، حين سقط عليها", "2020-12-27"),
        ("في 3 آذار الماضي", "2021-03-03"),
        ("25 ديسمبر الماضي", "2020-12-25"),
        ("يوم 14 تموز", "2021-07-14"),
        ("يوم 15 تشرين الأول", "2020-10-15"),
        ("يوم 20 تموز", "2021-07-20"),
        ("في 20 تموز الجاري", "2021-07-20"),
        ("الثلاثاء الماضي", "2021-07-06"),
        ("في 29 شباط 2020", "2020-02-29"),
        # weekdays
        ("قالت السلطات، الثلاثاء، إن", "2021-07-13"),
        ("يوم الإثنين", "2021-07-12"),
        ("فجر الاثنين", "2021-07-12"),
        ("مساء الأحد", "2021-07-11"),
        ("للأربعاء", "2021-07-14"),
        ("الأربعاء", "2021-07-14"),
        ("الأربعاء الماضي", "2021-07-07"),
        ("يوم الجمعة الماضية", "2021-07-09"),
        ("الخميس", "2021-07-08"),
        ("وفجر الجمعة", "2021-07-09"),
        ("في وقت متأخر من مساء السبت", "2021-07-10"),
        ("ليل الثلاثاء-الأربعاء", "2021-07-14"),
        ("ليل الثلاثاء – الأربعاء", "2021-07-14"),
        ("ليلة الأحد – الاثنين", "2021-07-12"),
        ("الخميس من الأسبوع الماضي", "2021-07-08"),
        ("الاثنين من الأسبوع الماضي", "2021-07-05"),
        ("الأربعاء المنصرم", "2021-07-07"),
        # today, yesterday, the day before
        ("اليوم", "2021-07-14"),
        ("فجر اليوم الأربعاء", "2021-07-14"),
        ("ظهر اليوم", "2021-07-14"),
        ("الليلة", "2021-07-14"),
        ("أمس", "2021-07-13"),
        ("يوم أمس", "2021-07-13"),
        ("بالأمس", "2021-07-13"),
        ("مساء أمس الثلاثاء", "2021-07-13"),
        ("ليلة أمس", "2021-07-13"),
        ("ليل أمس", "2021-07-13"),
        ("البارحة", "2021-07-13"),
        ("الليلة الماضية", "2021-07-13"),
        ("أول أمس", "2021-07-12"),
        ("أول من أمس (الاثنين)", "2021-07-12"),
        ("أمس الأول الاثنين", "2021-07-12"),
        ("بعد منتصف الليل الماضي", "2021-07-14"),
        ("عند منتصف ليل أمس الثلاثاء", "2021-07-13"),
        ("بعد منتصف ليل الإثنين", "2021-07-13"),
        # so long ago
        ("قبل يومين", "2021-07-12"),
        ("منذ يومين", "2021-07-12"),
        ("قبل خمسة أيام", "2021-07-09"),
        ("قبل 3 أيام", "2021-07-11"),
        ("قبل ساعات", "2021-07-14"),
        ("قبل نحو ساعتين", "2021-07-14"),
        ("قبل 48 ساعة", "2021-07-12"),
        # Hijri, and the Gregorian day beside it
        ("مساء يوم الأحد ٢١ محرم ١٤٤٣هـ الموافق ٢٩ أغسطس ٢٠٢١م", "2021-08-29"),
        ("كابل 25 شوال 1436 هـ الموافق 10 أغسطس 2015 م", "2015-08-10"),
        ("في 1 رمضان 1442", "2021-04-13"),
        ("في 1 ذي الحجة 1442هـ", "2021-07-11"),
        ("في الأول من محرم 1442", "2020-08-20"),
        # words that stand together tell one day
        ("اليوم الأحد (27 أيلول 2020)", "2020-09-27"),
        ("الأربعاء ٢٠ تشرين الثاني ٢٠٢٤", "2024-11-20"),
        ("اعتداءات 11 سبتمبر 2001", "2001-09-11"),
    ],
)  # fmt: skip
def test_days(text: str, day: str) -> None:
    assert resolve_first(text) == (day, "day")


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("الأسبوع الماضي", "2021-07-07", "week"),
        ("هذا الأسبوع", "2021-07-12", "week"),
        ("قبل أسبوع", "2021-07-07", "week"),
        ("قبل أسبوعين", "2021-06-30", "week"),
        ("قبل أيام", "2021-07-10", "week"),
        ("الشهر الماضي", "2021-06-01", "month"),
        ("في وقت سابق من الشهر الجاري", "2021-07-01", "month"),
        ("قبل شهر", "2021-06-01", "month"),
        ("قبل نحو شهرين", "2021-05-01", "month"),
        ("في يناير الماضي", "2021-01-01", "month"),
        ("في كانون الأول الماضي", "2020-12-01", "month"),
        ("شهر أبريل/نيسان الماضي", "2021-04-01", "month"),
        ("مطلع يوليو", "2021-07-01", "month"),
        ("منتصف آذار", "2021-03-01", "month"),
        ("أواخر آب", "2020-08-01", "month"),
        ("في شباط 2008", "2008-02-01", "month"),
        ("مارس/آذار الماضي", "2021-03-01", "month"),
        ("في أكتوبر تشرين الأول الماضي", "2020-10-01", "month"),
        ("خلال شهر يوليو/تموز الماضي", "2020-07-01", "month"),
        ("في رمضان 1442", "2021-04-01", "month"),
        ("العام الماضي", "2020-01-01", "year"),
        ("عام 2016", "2016-01-01", "year"),
        ("في 2019", "2019-01-01", "year"),
        ("خلال عام 2020", "2020-01-01", "year"),
        ("قبل عامين", "2019-01-01", "year"),
    ],
)
def test_weeks_months_and_years(text: str, day: str, precision: str) -> None:
    assert resolve_first(text) == (day, precision)


@pytest.mark.parametrize(
    "text",
    [
        "قال رجب طيب أردوغان",
        "في 2000 موقع",
        "مارس التنظيم ضغوطا",
        "رقم صفر",
        "أحد الجنود",
        "اثنين من الجنود",
        "الثاني عشر من اللواء",
        "ساحة السباق",
        "يوميا",
        "شهد العام",
        "3/4 المدينة",
        "آب",
        "الأيام الستة الأولى من شهر الصيام",
    ],
)
def test_words_that_are_no_dates(text: str) -> None:
    assert find_dates(fold(text)) == []


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("خلال الأسبوع المقبل", "future"),
        ("غدا", "future"),
        ("الثلاثاء المقبل", "future"),
        ("في 3 آب المقبل", "future"),
        ("ذكرى تفجير 3 تموز", "anniversary"),
        ("روسيا اليوم", "name"),
        ("صلاة الجمعة", "name"),
        ("ثورة 25 يناير", "name"),
        ("منذ 27 ديسمبر", "since"),
        ("حتى صباح الخميس", "until"),
    ],
)
def test_flags(text: str, flag: str) -> None:
    assert flag in find_dates(fold(text))[0].flags


@pytest.mark.parametrize(
    "text",
    [
        "خلال 24 ساعة",
        "في غضون تسعة أيام",
        "خلال أقل من عشرين ساعة",
        "الساعات الأربع والعشرين الماضية",
        "الأيام القليلة الماضية",
        "على مدى شهرين",
        "السنوات الماضية",
    ],
)
def test_lengths_of_time_are_no_days(text: str) -> None:
    assert [hit.kind for hit in find_dates(fold(text))] == ["span"]
    assert resolve_first(text) == (None, "unknown")


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("بعد خمسة أيام من الهجوم الأول", 5),
        ("بعد خمسة أيام عن الهجوم الأول", 5),
        ("وبعد يومين على الهجوم", 2),
        ("بعد يوم من مقتل", 1),
        ("بعد أسبوع على إعلان", 7),
        ("قبل يومين من الانتخابات", -2),
        ("غداة الهجوم", 1),
        ("في اليوم التالي", 1),
    ],
)
def test_days_counted_from_another_event(text: str, offset: int) -> None:
    (hit,) = find_dates(fold(text))
    assert (hit.kind, hit.offset) == ("relative_event", offset)


def test_a_gate_is_no_month() -> None:
    assert find_dates(fold("بانفجار سيارة في باب الشرقي")) == []  # "in August" would be written alike
    assert [hit.kind for hit in find_dates(fold("وقع في آب"))] == ["month"]


@pytest.mark.parametrize(
    "text", ["في مثل هذا اليوم من عام 2003", "وفي مثل هذا اليوم قبل عشرين عاما", "في مثل هذا الشهر"]
)
def test_on_such_a_day_is_another_year(text: str) -> None:
    assert "anniversary" in find_dates(fold(text))[0].flags


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("سقطا قبل أسبوعين على المطار", "ago"),
        ("أطلقت قبل نحو شهر على القاعدة", "ago"),
        ("وقع قبل يومين على الطريق العام", "ago"),
        ("قبل يومين من الانتخابات", "relative_event"),
        ("قبل أسبوع على موعد الاقتراع", "relative_event"),
    ],
)
def test_two_weeks_ago_on_a_place_counts_from_no_event(text: str, kind: str) -> None:
    assert [hit.kind for hit in find_dates(fold(text))] == [kind]


def test_anniversary_tells_the_years() -> None:
    (hit,) = find_dates(fold("الذكرى السنوية الأولى للهجوم"))
    assert (hit.kind, hit.offset, hit.is_point) == ("anniversary", -1, False)
    assert resolve_date(hit, WEDNESDAY, tz=BAGHDAD).date == date(2020, 7, 1)


@pytest.mark.parametrize(
    "text", ["وسط سوريا يوم الخميس الماضي", "في روسيا اليوم الأحد", "قاعدة الحرير اليوم", "سوق الجمعة أمس"]
)
def test_days_beside_names_stay_days(text: str) -> None:
    assert "name" not in find_dates(fold(text))[-1].flags


def test_a_bracket_belongs_to_its_day() -> None:
    folded = fold("قتلوا اليوم (السبت) في")
    (hit,) = find_dates(folded)
    assert folded[hit.start : hit.end] == "اليوم (السبت)"


def test_the_night_that_goes_on_is_the_day_on_which_it_began() -> None:
    published = datetime(2024, 1, 2, 21, tzinfo=UTC)  # a Tuesday night
    (hit,) = find_dates(fold("ليل الثلاثاء- الأربعاء"))
    assert resolve_date(hit, published, tz=ZoneInfo("UTC"), precision="second").date == date(2024, 1, 2)


def test_two_days_are_two_hits() -> None:
    hits = find_dates(fold("يومي الأربعاء والخميس"))
    assert [hit.weekday for hit in hits] == [2, 3]


def test_the_day_is_counted_at_the_place() -> None:
    published = datetime(2024, 1, 1, 22, 30, tzinfo=UTC)  # already the second of January in Baghdad
    (hit,) = find_dates("اليوم")
    assert resolve_date(hit, published, tz=BAGHDAD).date == date(2024, 1, 2)
    assert resolve_date(hit, published, tz=ZoneInfo("Africa/Tunis")).date == date(2024, 1, 1)


def test_an_outlet_past_its_midnight_means_its_own_yesterday() -> None:
    stamp = datetime(2011, 6, 11, 0, 7, tzinfo=ZoneInfo("Asia/Dubai"))  # still the tenth in Yemen
    hits = find_dates(fold("قصف جوي استهدف امس الجمعة مقاتلين"))
    assert find_report_day(hits, stamp, tz=ZoneInfo("Asia/Aden")) == date(2011, 6, 11)


def test_a_stamp_that_holds_only_a_day_keeps_it() -> None:
    published = datetime(2024, 1, 1, tzinfo=UTC)
    (hit,) = find_dates("امس")
    assert resolve_date(hit, published, tz=ZoneInfo("America/New_York"), precision="day").date == date(2023, 12, 31)


def test_without_a_stamp_only_full_dates_are_known() -> None:
    assert resolve_first("في 27 أيلول 2020", None) == ("2020-09-27", "day")
    assert resolve_first("أمس الثلاثاء", None) == (None, "unknown")
    assert resolve_first("في 27 أيلول", None) == (None, "unknown")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("أعلن اليوم الاثنين", "2021-07-12"),  # collected two days later
        ("أعلن أمس الاثنين", "2021-07-13"),
        ("أمس الأربعاء", "2021-07-14"),  # a slip in the weekday: yesterday is not today
        ("اليوم الأربعاء", "2021-07-14"),
        ("أعلن البيان", "2021-07-14"),
        ("اليوم الأحد (11 تموز 2021)", "2021-07-11"),
        ("آخر تحديث: الخميس 15 يوليو/ تموز 2021, 05:56", "2021-07-15"),
    ],
)
def test_the_report_tells_its_own_day(text: str, day: str) -> None:
    found = find_report_day(find_dates(fold(text)), WEDNESDAY, tz=BAGHDAD)
    assert found is not None
    assert found.isoformat() == day


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("الثلاثاء 17 آذار 2020 - 14:05", "2020-03-17T14:05:00+03:00"),
        ("نشر في: ٢٠٢٠/٣/١٧", "2020-03-17"),
        ("17/3/2020 03:45 م", "2020-03-17T15:45:00+03:00"),
        ("17/3/2020 12:10 ص", "2020-03-17T00:10:00+03:00"),
        ("٢٥ شوال ١٤٣٦ هـ - 10 أغسطس 2015", "2015-08-10"),
        ("الإثنين ٢٠ مايو ٢٠١٩ الساعة ٢:١٦ صباحاً", "2019-05-20T02:16:00+03:00"),
        ("الخميس 09 يناير 2020 | 03:32 صباحاً", "2020-01-09T03:32:00+03:00"),
        ("15-05-2020, 20:48", "2020-05-15T20:48:00+03:00"),
        ("آخر تحديث: الاثنين, 7 ديسمبر/ كانون الأول, 2009, 16:22 GMT", "2009-12-07T16:22:00+00:00"),
        ("الجمعة ٢٧ ربيع الأول ١٤٣٤ هـ - الموافق ٠٨ / شباط / ٢٠١٣ م", "2013-02-08"),
        ("19 March 2012", "2012-03-19"),
        ("2021.04.24 | 15:03 دمشق", "2021-04-24T15:03:00+03:00"),
        ("الخميس 25/سبتمبر/2025 - 12:26 ص", "2025-09-25T00:26:00+03:00"),
        ("22 يناير / كانون الثاني 2020م", "2020-01-22"),
        ("2024-01-05T10:00:00Z", "2024-01-05T10:00:00+00:00"),
        ("2024-01-05T10:00:00.123+02:00", "2024-01-05T10:00:00+02:00"),
        ("مارس 2020", None),
        ("2020", None),
        ("17 آذار", None),
        ("الثلاثاء 14:05", None),
        ("", None),
    ],
)
def test_publication_lines(line: str, expected: str | None) -> None:
    found = parse_published(line, BAGHDAD)
    if expected is None:
        assert found is None
        return
    assert found is not None
    moment, precision = found
    assert precision == ("second" if "T" in expected else "day")
    assert (moment.isoformat() if "T" in expected else moment.date().isoformat()) == expected


def test_every_row_of_the_word_lists_is_known() -> None:
    for name, kinds in (("months.csv", {"month"}), ("weekdays.csv", {"weekday"}), ("date_words.csv", None)):
        with (DATA / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                first, *rest = fold(row["form"]).split(" ")
                wanted = kinds or {row["kind"]}
                entries = TIME_WORDS[first]
                assert any(entry.kind in wanted and list(entry.rest) == rest for entry in entries), row


NAMINGS = {
    "levantine": ("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز", "آب", "أيلول", "تشرين الأول",
                  "تشرين الثاني", "كانون الأول"),
    "egyptian": ("يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر",
                 "ديسمبر"),
    "maghrebi": ("جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت", "سبتمبر", "أكتوبر", "نوفمبر",
                 "ديسمبر"),
}  # fmt: skip
DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))


@given(DAYS, st.sampled_from(sorted(NAMINGS)), st.sampled_from(["{d} {m} {y}", "{d} من {m} {y}", "{d} {m}، {y}"]))
def test_written_dates_come_back(day: date, naming: str, form: str) -> None:
    text = form.format(d=day.day, m=NAMINGS[naming][day.month - 1], y=day.year)
    assert resolve_first("وقع في " + text + " هجوم", None) == (day.isoformat(), "day")


@given(DAYS, st.sampled_from(["{d}/{m}/{y}", "{d:02d}-{m:02d}-{y}", "{y}-{m:02d}-{d:02d}", "{d}.{m}.{y}"]))
def test_dates_in_figures_come_back(day: date, form: str) -> None:
    text = form.format(d=day.day, m=day.month, y=day.year)
    for written in (text, text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))):
        assert resolve_first("بتاريخ " + written, None) == (day.isoformat(), "day")


@given(
    DAYS, st.integers(0, 6), st.sampled_from(["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"])
)
def test_a_weekday_is_within_the_last_seven_days(day: date, hour: int, weekday: str) -> None:
    published = datetime(day.year, day.month, day.day, hour, 30, tzinfo=BAGHDAD)
    (hit,) = find_dates(fold(weekday))
    resolved = resolve_date(hit, published, tz=BAGHDAD).date
    assert resolved is not None
    assert timedelta() <= day - resolved < timedelta(days=7)
    assert resolved.weekday() == hit.weekday


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    folded = fold(text)
    for hit in find_dates(folded):
        assert 0 <= hit.start < hit.end <= len(folded)
        resolve_date(hit, WEDNESDAY, tz=BAGHDAD)
    parse_published(text, BAGHDAD)


PIECES = [
    "فجر", "مساء", "يوم", "اليوم", "أمس", "الأول", "الثلاثاء", "الأربعاء", "-", "/", "(", ")", "،", ".", "27",
    "3", "31", "2020", "1443", "أيلول", "سبتمبر", "كانون", "الثاني", "محرم", "هـ", "الموافق", "من", "الشهر",
    "الجاري", "الماضي", "العام", "قبل", "بعد", "منذ", "خلال", "خمسة", "أيام", "يومين", "ساعة", "الحادي",
    "عشر", "العشرين", "الأسبوع", "المقبل", "منتصف", "ليل", "99999999999",
]  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(0, 60), st.integers(0, 200))
def test_any_order_of_date_words_is_read(pieces: list[str], start: int, length: int) -> None:
    folded = fold(" ".join(pieces))
    hits = find_dates(folded)
    assert all(first.end <= second.start for first, second in pairwise(hits))
    for hit in hits + find_dates(folded, start, start + length):
        assert 0 <= hit.start < hit.end <= len(folded)
        resolve_date(hit, WEDNESDAY, tz=BAGHDAD)
        resolve_date(hit, datetime(1, 1, 1, tzinfo=UTC), tz=UTC)
    find_report_day(hits, WEDNESDAY, tz=BAGHDAD)


@pytest.mark.parametrize(
    "piece", ["فجر ", "يوم ", "من ", "27 أيلول ", "قبل ", "خلال أقل من ", "( ", "1 ", "الساعات ", "منتصف "]
)
def test_time_is_linear(piece: str) -> None:
    def once(folded: str) -> float:
        begin = time.process_time()
        find_dates(folded)
        return time.process_time() - begin

    def seconds(times: int) -> float:
        folded = fold(piece * times)
        return min(once(folded) for _ in range(3))

    seconds(200)
    short, long = max(seconds(2_000), 1e-4), seconds(20_000)
    assert long < short * 40


SHARED = Path(__file__).parents[2] / "shared" / "eval"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared evaluation sets are not beside the project")
def test_days_of_coded_reports_are_found() -> None:
    found = wanted = 0
    for name in ("own", "dev", "dev_stream"):
        golds = [json.loads(line) for line in (SHARED / name / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
        lines = (SHARED / name / "reports.jsonl").read_text(encoding="utf-8").splitlines()
        reports = {report["id"]: report for report in map(json.loads, lines)}
        for gold in golds:
            days = named_days(reports[gold["id"]])
            coded = [incident["date"] for incident in gold["incidents"] if incident["date_precision"] == "day"]
            wanted += len(coded)
            found += sum(date.fromisoformat(day) in days for day in coded)
    assert found / wanted >= 0.92


def named_days(report: dict[str, str]) -> set[date | None]:
    """The days that a report's words name, its own day included."""
    stamp = datetime.fromisoformat(report["published"])
    precision = "second" if "T" in report["published"] else "day"
    published = stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
    zone = published.tzinfo or UTC
    hits = find_dates(fold(f"{report['title']}\n{report['text']}"))
    base = find_report_day(hits, published, tz=zone, precision=precision)
    return {base} | {resolve_date(hit, published, tz=zone, precision=precision, base=base).date for hit in hits}
