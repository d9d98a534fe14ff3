"""Turns settings.toml into typed, frozen settings, or into one line for each fault in it."""

from __future__ import annotations

import json
import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from store.alert_settings import AlertSettings, Country, Ownership, TimeZone
from store.crons import Cron
from store.durations import Duration, SomeTime
from store.errors import SettingsError
from store.review_settings import ReviewSettings
from store.secrets import expand_secret
from store.settings_faults import describe_faults

DEFAULT_NAME = "settings.toml"


def _web_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in value:
        raise ValueError('a web address such as "https://outlet.example/rss"')
    return value


WebUrl = Annotated[str, AfterValidator(_web_url)]
OutletKind = Literal["feed", "sitemap", "section", "telegram"]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CrawlSettings(_Table):
    """How pages are fetched, unless an outlet's own entry says otherwise."""

    user_agent: str = "Marsad/{version} (+{contact})"  # {version} and {contact} are filled in
    contact: str = "operator not named"  # an address that a webmaster can write to
    delay: Duration = timedelta(seconds=2)  # between two requests to one host
    timeout: SomeTime = timedelta(seconds=30)
    max_page_bytes: int = Field(default=8_000_000, ge=10_000, le=500_000_000)
    max_depth: int = Field(default=2, ge=0, le=10)  # redirects apart: pages of a section, nested sitemap indexes
    max_new_pages: int = Field(default=200, ge=1, le=100_000)  # of one outlet in one visit
    concurrent: int = Field(default=16, ge=1, le=200)  # requests at one time over all hosts
    concurrent_per_host: int = Field(default=1, ge=1, le=16)
    every: SomeTime = timedelta(minutes=10)  # for outlets that name no interval of their own
    every_min: SomeTime = timedelta(minutes=2)  # the adaptive interval's bounds
    every_max: SomeTime = timedelta(hours=4)
    back_off_max: SomeTime = timedelta(days=1)  # the longest rest of an outlet that fails
    recheck: tuple[SomeTime, ...] = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=48))  # for edits of a page
    robots: bool = True
    browser: str | None = None  # a Chromium's path; None: the system's, else Playwright's own

    @property
    def delay_seconds(self) -> float:
        return self.delay.total_seconds()

    @property
    def timeout_seconds(self) -> float:
        return self.timeout.total_seconds()

    @property
    def every_seconds(self) -> int:
        return int(self.every.total_seconds())


class ExtractSettings(_Table):
    """How pages become articles and incidents."""

    workers: int = Field(default=min(2, os.cpu_count() or 1), ge=1, le=64)  # processes
    page_time: SomeTime = timedelta(seconds=20)  # after which a page's worker is ended and the page marked failed
    batch: int = Field(default=50, ge=1, le=10_000)  # pages taken from the queue at a time
    attempts: int = Field(default=2, ge=1, le=10)
    cluster: str | None = Field(default=None, pattern=r"^(tcp|tls|ws|wss)://\S+$")  # a Dask scheduler; None: none

    @property
    def page_seconds(self) -> float:
        return self.page_time.total_seconds()


class ScheduleSettings(_Table):
    """When the daemon's jobs run."""

    extract_every: SomeTime = timedelta(seconds=5)
    send_every: SomeTime = timedelta(seconds=5)
    jitter: Duration = timedelta(seconds=20)  # by which polls of outlets are spread
    stop_within: SomeTime = timedelta(seconds=10)
    upkeep: Cron = "30 3 * * *"  # minute hour day month weekday, UTC: old bodies and logs are dropped


class KeepSettings(_Table):
    """How long evidence and logs are kept; what is coded from them is kept for ever."""

    pages: SomeTime = timedelta(days=30)
    pages_megabytes: int = Field(default=20_000, ge=1, le=10_000_000)  # of bodies as stored; the oldest go first
    fetches: SomeTime = timedelta(days=14)
    rejected: SomeTime = timedelta(days=90)


class BackupSettings(_Table):
    """When the daemon copies its database, and how many copies stay."""

    enabled: bool = True
    at: Cron = "0 2 * * *"  # UTC
    folder: Path = Path("backups")  # relative to the database's folder
    keep: int = Field(default=7, ge=1, le=1_000)


class MonitorSettings(_Table):
    """Where the daemon says how it fares: /healthz and /metrics, on this machine alone."""

    enabled: bool = True
    port: int = Field(default=9847, ge=0, le=65_535)  # 0: any that is free; the log names it


def _http_proxy(address: SecretStr) -> SecretStr:
    if not address.get_secret_value().lower().startswith(("http://", "https://")):
        raise ValueError('the address of an HTTP proxy such as "http://proxy.example:8080"')
    return address


class OutletOverride(_Table):
    """What `[outlets.ID]` says: an override of the catalogue's entry, or a whole entry of the user's own."""

    enabled: bool | None = None
    name_ar: str | None = None
    name_en: str | None = None
    home: WebUrl | None = None
    publisher: str | None = None
    ownership: Ownership | None = None
    country: Country | None = None
    time_zone: TimeZone | None = None
    kind: OutletKind | None = None
    urls: tuple[WebUrl, ...] | None = Field(default=None, min_length=1)
    every: SomeTime | None = None
    allowed_hosts: tuple[str, ...] | None = None
    link_css: str | None = None
    body_css: str | None = None
    title_css: str | None = None
    date_css: str | None = None
    user_agent: str | None = None
    proxy: Annotated[SecretStr, BeforeValidator(expand_secret), AfterValidator(_http_proxy)] | None = None
    allow_private_hosts: bool | None = None
    render: bool | None = None


class Settings(_Table):
    """Everything that settings.toml may hold, with its defaults."""

    database: Path = Path("marsad.db")  # relative to the file's folder
    catalogue: bool = True  # False: only the outlets that are written here
    crawl: CrawlSettings = CrawlSettings()
    extract: ExtractSettings = ExtractSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    alerts: AlertSettings = AlertSettings()
    keep: KeepSettings = KeepSettings()
    review: ReviewSettings = ReviewSettings()
    backup: BackupSettings = BackupSettings()
    monitor: MonitorSettings = MonitorSettings()
    outlets: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")], OutletOverride] = Field(
        default_factory=dict
    )

    @property
    def backup_folder(self) -> Path:
        """Where backups are."""
        return self.database.parent / self.backup.folder.expanduser()


def load_settings(path: Path | None, database: Path | None = None) -> Settings:
    """Read `path` (None: ./settings.toml where it exists, else the defaults); `database` wins over the file's.

    Raises SettingsError with one line a fault: file, key's path, the value, and what is allowed.
    """
    if path is None:
        default = Path(DEFAULT_NAME)
        settings = _read_settings(default) if default.exists() else Settings()
    else:
        settings = _read_settings(path)
    return settings if database is None else settings.model_copy(update={"database": database})


def _read_settings(path: Path) -> Settings:
    data = _read_toml(path)
    context = {"folder": path.parent, "environ": os.environ}
    try:  # as JSON, because only there strict types ("5" is no number) still take lists and times as text
        settings = Settings.model_validate_json(json.dumps(data, default=str), strict=True, context=context)
    except ValidationError as error:
        raise SettingsError(describe_faults(path, error, data, Settings)) from None
    return settings.model_copy(update={"database": path.parent / settings.database.expanduser()})


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError([f"{path}: there is no such file (`marsad init` writes one)"]) from None
    except UnicodeDecodeError as error:
        raise SettingsError([f"{path}: is not text in UTF-8 (byte {error.start}): save it as such"]) from error
    except OSError as error:
        raise SettingsError([f"{path}: cannot be read: {error.strerror or error}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([f"{path}: is not TOML: {error}"]) from error
