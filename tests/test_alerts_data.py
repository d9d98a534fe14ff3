"""Every row of the names and phrases that alerts are worded with."""

from __future__ import annotations

import csv
import re
import string
import unicodedata
from typing import get_args

import pytest

from alerts.names import DATA, load_names
from alerts.places import name_place
from store import alert_settings

NAMES = load_names()
ARABIC = re.compile("[\u0600-\u06ff]")
TASHKEEL = "\u0651\u064b"  # shadda and tanwin fath, which tell words apart; no other vowel signs are written


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


FILES = sorted(path.name for path in DATA.glob("*.csv"))


@pytest.mark.parametrize("name", FILES)
def test_rows_are_whole_distinct_and_of_the_right_script(name: str) -> None:
    content = rows(name)
    keys = [tuple(row[key] for key in ("group", "id", "code", "country") if key in row) for row in content]
    assert len(keys) == len(set(keys))
    for row in content:
        assert None not in row
        assert None not in row.values()
        for column, text in row.items():
            assert text == " ".join(text.split()) or text.endswith(" ") or column == "ar_with_number"
            assert unicodedata.is_normalized("NFC", text)
            assert not any(unicodedata.category(char) in ("Cf", "Cc") for char in text)
            if column.startswith("en") or column in ("id", "code", "group", "country"):
                assert not ARABIC.search(text)
        if "ar" in row and row.get("id") not in ("other", "unknown"):
            assert ARABIC.search(row["ar"])


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("status", alert_settings.Status),
        ("standing", alert_settings.Standing),
        ("claim", alert_settings.Claim),
        ("notice", alert_settings.NoticeKind),
        ("kind", alert_settings.IncidentKind),
        ("field", alert_settings.UpdateField),
    ],
)
def test_every_code_has_a_word(group: str, codes: object) -> None:
    assert {code for found, code in NAMES.terms if found == group} >= set(get_args(codes))


def test_every_method_and_target_has_words() -> None:
    assert set(NAMES.methods) == set(get_args(alert_settings.Method))
    assert set(NAMES.targets) == set(get_args(alert_settings.Target))
    for row in NAMES.methods.values():
        assert not row["noun"] or row["noun"] in NAMES.nouns
        assert row["ar_joint"] in ("على", "ب", "بحق")
        assert bool(row["noun"]) == bool(row["ar_with_number"])


def test_countries_and_governorates_fit_each_other() -> None:
    assert all(re.fullmatch("[A-Z]{2}", code) for code in NAMES.countries)
    for code in NAMES.governorates:
        assert re.fullmatch("[A-Z]{2}-[A-Z0-9]{1,3}", code)
        assert code[:2] in NAMES.countries


def test_governorates_of_the_region_are_all_named() -> None:
    known = ("IQ", "SY", "LB", "JO", "YE", "SA", "EG", "LY", "TN", "KW", "BH", "OM", "AE", "QA", "PS", "SD", "IR", "AF")
    for path in (DATA.parents[1] / "extract" / "data" / "places").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                admin1 = row.get("admin1") or ""
                assert admin1[:2] not in known or admin1 in NAMES.governorates, row
                assert not row.get("country") or row["country"] in NAMES.countries, row


def test_a_code_is_never_told_as_a_name() -> None:
    values = {"place": None, "admin1": "TR-99", "country": "TR"}
    assert name_place(values, NAMES, "ar") == "تركيا"
    assert name_place({**values, "admin1": "TN-32", "country": "TN"}, NAMES, "ar") == "ولاية جندوبة، تونس"
    assert name_place({**values, "admin1": "SA-04", "country": "SA"}, NAMES, "ar") == "المنطقة الشرقية، السعودية"


def test_phrases_have_both_languages_with_the_same_blanks() -> None:
    formatter = string.Formatter()
    for key, phrase in NAMES.phrases.items():
        assert set(phrase) == {"ar", "en"}, key
        blanks = {lang: {name for _, name, _, _ in formatter.parse(text) if name} for lang, text in phrase.items()}
        if key not in ("date_day", "date_week"):
            assert blanks["ar"] == blanks["en"], key
        assert ARABIC.search(phrase["ar"]) or blanks["ar"], key
        assert not ARABIC.search(phrase["en"]), key


def test_every_phrase_is_used() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in DATA.parent.glob("*.py"))
    spoken = set(re.findall(r'say\(\s*"(\w+)"', code)) | set(re.findall(r'phrase\(\s*"(\w+)"', code))
    spoken |= set(re.findall(r'"(toll_\w+|map\w*|sources|review|image|actor_\w+|several)"', code))
    made = ("kind_", "date_", "several_", "digest_", "health_", "range_", "table_", "change", "actor_")
    unused = {key for key in NAMES.phrases if key not in spoken and not key.startswith(made)}
    assert unused <= {"intercepted", "foiled", "disputed"}, unused


def test_every_group_has_names_and_a_known_parent() -> None:
    assert NAMES.actors
    for code, row in NAMES.actors.items():
        assert row["name_ar"], code
        assert row["name_en"], code
        assert not row["parent"] or row["parent"] in NAMES.actors, code
