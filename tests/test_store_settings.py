"""Settings are typed, whole and frozen, and each fault is one line that says where, what, and what is allowed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from store.crons import check_cron
from store.durations import format_duration, parse_duration
from store.errors import SettingsError
from store.settings import Settings, load_settings


def load(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def faults(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text)
    start = f"{tmp_path / 'settings.toml'}: "
    assert all(line.startswith(start) for line in caught.value.faults)
    return [line.removeprefix(start) for line in caught.value.faults]


def test_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, "")
    assert settings.database == tmp_path / "marsad.db"
    assert settings.crawl == Settings().crawl
    assert list(settings.alerts.active_channels()) == ["terminal"]


def test_a_proxy_that_is_none_for_the_web_is_refused_without_being_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAY_OUT", "socks5://name:hush@127.0.0.1:9050")
    (line,) = faults(tmp_path, '[outlets.x]\nproxy = "${WAY_OUT}"')
    assert line.startswith("outlets.x.proxy: (hidden): the address of an HTTP proxy")
    assert "hush" not in line
    monkeypatch.setenv("WAY_OUT", "http://name:hush@127.0.0.1:8080")
    proxy = load(tmp_path, '[outlets.x]\nproxy = "${WAY_OUT}"').outlets["x"].proxy
    assert proxy is not None
    assert proxy.get_secret_value().endswith("8080")


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        Settings().crawl.robots = False


def test_database_of_the_command_line_wins(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('database = "here.db"')
    assert load_settings(tmp_path / "settings.toml").database == tmp_path / "here.db"
    assert load_settings(tmp_path / "settings.toml", Path("there.db")).database == Path("there.db")


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings(None).crawl == Settings().crawl
    with pytest.raises(SettingsError, match="there is no such file"):
        load_settings(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('[outlets.alaraby]\nevery = "5 mins"', ['outlets.alaraby.every: "5 mins": a whole number and a unit']),
        ("[crawl]\ntimeout = 5", ["crawl.timeout: 5: a whole number and a unit"]),
        ('[crawl]\ntimeout = "0s"', ['crawl.timeout: "0s": at least 1s']),
        ('[crawl]\nrobots = "yes"', ['crawl.robots: "yes": true or false']),
        ('[crawl]\nconcurrent = "4"', ['crawl.concurrent: "4": a whole number']),
        ("[crawl]\nconcurrent = 0", ["crawl.concurrent: 0: at least 1"]),
        ("[crawl]\ndelya = 3", ['crawl.delya: 3: there is no such key; did you mean "delay"?']),
        ("nonsense = 3", ["nonsense: 3: there is no such key; allowed are database, "]),
        ("crawl = 3", ["crawl: 3: a table of its own"]),
        ('[schedule]\nupkeep = "61 * * * *"', ['schedule.upkeep: "61 * * * *": five fields']),
        ('[outlets.x]\nurls = ["ftp://a.example"]', ['outlets.x.urls[0]: "ftp://a.example": a web address such as']),
        ("[outlets.x]\nurls = []", ["outlets.x.urls: []: at least 1 of them"]),
        ('[outlets.x]\ntime_zone = "Asia/Bagdad"', ['outlets.x.time_zone: "Asia/Bagdad": an IANA time zone']),
        ('[outlets.x]\nkind = "rss"', ['outlets.x.kind: "rss": one of "feed", "sitemap"']),
        ("[outlets.BIG]\nenabled = true", ["outlets.BIG: an id of small Latin letters"]),
        (
            '[alerts.rules.a]\nany = [{method = ["bomb"]}]',
            ['alerts.rules.a.any[0].method[0]: "bomb": one of "ied", "vehicle_bomb"'],
        ),
        (
            '[alerts.channels.m]\nurl = "json://localhost"\nrules = ["none"]',
            ['alerts: channels.m.rules: "none" is no rule of [alerts.rules]'],
        ),
    ],
)
def test_fault_names_key_value_and_what_is_allowed(tmp_path: Path, text: str, wanted: list[str]) -> None:
    found = faults(tmp_path, text)
    assert len(found) == len(wanted), found
    for line, start in zip(found, wanted, strict=True):
        assert line.startswith(start)


def test_every_fault_has_its_line(tmp_path: Path) -> None:
    assert len(faults(tmp_path, '[crawl]\ntimeout = 5\nrobots = 1\n[keep]\npages = "x"\n[other]\na = 1')) == 4


def test_broken_toml_is_one_line(tmp_path: Path) -> None:
    (line,) = faults(tmp_path, "[crawl\n")
    assert line.startswith("is not TOML: ")


def test_secrets_come_from_environment_or_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARSAD_TOKEN", "123:abc")
    (tmp_path / "hook").write_text("slack://T/B/X\n")
    settings = load(
        tmp_path,
        '[alerts.channels.one]\nurl = "tgram://${MARSAD_TOKEN}/99"\n[alerts.channels.two]\nurl = "file:hook"\n'
        '[alerts.channels.three]\nurl = "json://localhost:8080/alerts"',
    )
    urls = {name: channel.url for name, channel in settings.alerts.channels.items()}
    assert {name: url.get_secret_value() for name, url in urls.items() if url} == {
        "one": "tgram://123:abc/99", "two": "slack://T/B/X", "three": "json://localhost:8080/alerts",
    }  # fmt: skip
    assert "123:abc" not in repr(settings)
    assert "123:abc" not in settings.model_dump_json()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "tgram://123:sesame/99"),
        ("urll", "tgram://123:sesame/99"),
        ("url", "mailtos://me:sesame@mail.example"),
        ("url", "tgram://${MARSAD_UNSET_TOKEN}/sesame"),
        ("url", "file:/nowhere/sesame"),
    ],
)
def test_no_fault_prints_a_secret(tmp_path: Path, key: str, value: str) -> None:
    (line,) = faults(tmp_path, f'[alerts.channels.tg]\n{key} = "{value}"')
    assert line.startswith(f"alerts.channels.tg.{key}: (hidden): ")
    assert "sesame" not in line.replace("/nowhere/sesame", "")  # a secret's file may be named


def test_durations_come_back() -> None:
    for text in ("90s", "5m", "36h", "30d", "2w"):
        assert parse_duration(format_duration(parse_duration(text))) == parse_duration(text)
    assert parse_duration("36h") == timedelta(hours=36)


@pytest.mark.parametrize("line", ["* * * * *", "*/15 6-22 * * mon-fri", "0 3 1,15 jan,jul *", "30 3 * * 0"])
def test_crontab_lines(line: str) -> None:
    assert check_cron(line) == line


@pytest.mark.parametrize("line", ["", "* * * *", "60 * * * *", "* * 0 * *", "*/0 * * * *", "5-2 * * * *", "a * * * *"])
def test_no_crontab_lines(line: str) -> None:
    with pytest.raises(ValueError, match="five fields"):
        check_cron(line)
