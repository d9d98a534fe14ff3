"""The shipped catalogue, row by row, and what a user's settings make of it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import pytest

from crawler.catalogue import find_outlet, load_outlets, read_catalogue
from crawler.outcomes import load_outcomes
from crawler.spiders import SPIDERS
from crawler.urls import is_own_host
from crawler.walls import load_walls
from store.errors import SettingsError
from store.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
NEEDED = {"name_ar", "name_en", "home", "publisher", "ownership", "country", "time_zone", "kind", "urls", "known_from"}
OPTIONAL = {"every", "allowed_hosts", "enabled", "link_css", "body_css", "title_css", "date_css", "verified"}


def outlets_of(settings: str, folder: Path) -> Settings:
    path = folder / "settings.toml"
    path.write_text(settings, encoding="utf-8")
    return load_settings(path)


@pytest.mark.parametrize("outlet_id", sorted(read_catalogue()))
def test_row(outlet_id: str) -> None:
    row = read_catalogue()[outlet_id]
    assert set(row) - OPTIONAL == NEEDED
    assert any("\u0600" <= letter <= "\u06ff" for letter in row["name_ar"])
    assert row["ownership"] in {"state", "party", "militia", "private", "public"}
    assert row["kind"] in SPIDERS
    assert row["time_zone"] in available_timezones()
    assert len(row["country"]) == 2
    assert row["country"].isupper()
    assert len(row["known_from"]) > 20
    assert len(row["urls"]) == len(set(row["urls"])) > 0
    for url in [row["home"], *row["urls"]]:
        assert urlsplit(url).scheme == "https", url
    if row["kind"] == "telegram":
        assert all(url.startswith("https://t.me/s/") for url in row["urls"])
    if "verified" in row:
        assert date.fromisoformat(row["verified"])


def test_the_catalogue_is_wide_and_claims_no_visit() -> None:
    outlets = load_outlets(Settings())
    assert len(outlets) >= 60
    assert sum(outlet.country == "IQ" for outlet in outlets) >= 20
    assert sum(outlet.country == "SY" for outlet in outlets) >= 8
    assert {outlet.kind for outlet in outlets} == set(SPIDERS)
    assert not [outlet.id for outlet in outlets if outlet.verified]
    assert not [outlet.id for outlet in outlets if outlet.allow_private_hosts]
    for outlet in outlets:
        for url in outlet.urls:
            host = urlsplit(url).hostname or ""
            assert is_own_host(host, 443, outlet.allowed_hosts), (outlet.id, url)
    assert len({url for outlet in outlets for url in outlet.urls}) == sum(len(outlet.urls) for outlet in outlets)


def test_settings_switch_override_and_add(tmp_path: Path) -> None:
    settings = outlets_of(
        """
        [outlets.shafaq]
        enabled = false
        [outlets.ina]
        every = "3m"
        urls = ["https://feeds.elsewhere.example/ina.xml"]
        [outlets.mine]
        name_en = "My Gazette"
        home = "https://gazette.example:8443/"
        kind = "section"
        urls = ["https://gazette.example:8443/news"]
        time_zone = "Asia/Baghdad"
        allow_private_hosts = true
        """,
        tmp_path,
    )
    outlets = {outlet.id: outlet for outlet in load_outlets(settings)}
    assert not outlets["shafaq"].enabled
    assert outlets["ina"].every_seconds == 180
    assert outlets["ina"].urls == ("https://feeds.elsewhere.example/ina.xml",)
    assert {"ina.iq", "feeds.elsewhere.example"} <= set(outlets["ina"].allowed_hosts)
    mine = outlets["mine"]
    assert (mine.name_ar, mine.publisher, mine.ownership, mine.every_seconds) == ("My Gazette", "mine", "unknown", 600)
    assert mine.allowed_hosts == ("gazette.example:8443",)
    assert mine.allow_private_hosts


def test_an_unfinished_outlet_of_ones_own_is_named_with_all_that_it_lacks(tmp_path: Path) -> None:
    settings = outlets_of("[outlets.mine]\nname_en = 'My Gazette'\nkind = 'feed'\n", tmp_path)
    with pytest.raises(SettingsError) as error:
        load_outlets(settings)
    assert [fault.split(":")[1].strip() for fault in error.value.faults] == ["outlets.mine.home", "outlets.mine.urls"]


@pytest.mark.parametrize("word", sorted(load_outcomes()))
def test_every_outcome_is_weighed_and_explained(word: str) -> None:
    outcome = load_outcomes()[word]
    assert outcome.weight in {"none", "temporary", "soft", "hard"}
    line = f"| `{word}` | {outcome.weight} | {outcome.means} |"
    assert line in (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")


def test_every_wall_can_be_read() -> None:
    for wall in load_walls():
        assert wall.outcome in load_outcomes()
        assert wall.contains
        assert all(text == text.lower() for text in wall.contains)
        assert 0 < wall.words_max <= 1000


def test_a_page_belongs_to_the_outlet_whose_addresses_are_most_like_its_own() -> None:
    base = load_outlets(Settings())[0]
    plain = replace(
        base, id="plain", home="https://a.example/", urls=("https://a.example/rss",), allowed_hosts=("a.example",)
    )
    arabic = replace(plain, id="arabic", home="https://a.example/ar", urls=("https://a.example/ar/rss",))
    front = replace(base, id="front", kind="telegram", home="https://t.me/s/Front", urls=("https://t.me/s/Front",),
                    allowed_hosts=("t.me",))  # fmt: skip
    other = replace(front, id="other", home="https://t.me/s/other", urls=("https://t.me/s/other",))
    outlets = (plain, arabic, front, other)

    def owner(url: str) -> str | None:
        found = find_outlet(outlets, url)
        return found.id if found else None

    assert owner("https://a.example/sport/1") == "plain"
    assert owner("https://www.a.example/ar/news/1") == "arabic"
    assert owner("https://t.me/other/12") == "other"
    assert owner("https://t.me/s/front/12") == "front"
    assert owner("https://t.me/stranger/12") is None  # whose words must not be anybody else's
    assert owner("https://b.example/") is None


def test_data_files_are_valid_toml() -> None:
    for path in sorted((ROOT / "crawler" / "data").glob("*.toml")):
        assert tomllib.loads(path.read_text(encoding="utf-8")), path.name
