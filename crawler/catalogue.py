"""Turns the shipped catalogue and the user's `[outlets.ID]` tables into the outlets to watch."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from crawler.urls import canonical_url, channel_of, is_own_host, is_telegram
from store.durations import parse_duration
from store.errors import SettingsError
from store.records import Outlet
from store.settings import CrawlSettings, OutletOverride, Settings

# What an outlet of the user's own has to name; the rest has a sensible default.
NEEDED = ("name_en", "home", "kind", "urls")
TEXT_FIELDS = (
    "name_ar", "name_en", "home", "publisher", "ownership", "country", "time_zone", "kind", "link_css", "body_css",
    "title_css", "date_css", "user_agent",
)  # fmt: skip


def load_outlets(settings: Settings) -> tuple[Outlet, ...]:
    """Return every outlet, the switched-off ones included, in the catalogue's order and the user's own behind.

    Raises SettingsError with one line for each of the user's own outlets that lacks something.
    """
    shipped = read_catalogue() if settings.catalogue else {}
    outlets = {row_id: to_outlet(row_id, row, settings.crawl) for row_id, row in shipped.items()}
    faults: list[str] = []
    for outlet_id, override in settings.outlets.items():
        known = outlets.get(outlet_id)
        if known is not None:
            outlets[outlet_id] = apply_override(known, override)
            continue
        missing = [name for name in NEEDED if getattr(override, name) is None]
        if missing:
            faults += [
                f"settings: outlets.{outlet_id}.{name}: missing: an outlet that the catalogue does not know needs it"
                for name in missing
            ]
        else:
            outlets[outlet_id] = new_outlet(outlet_id, override, settings.crawl)
    if faults:
        raise SettingsError(faults)
    return tuple(outlets.values())


@cache
def read_catalogue() -> Mapping[str, dict[str, Any]]:
    """Read the shipped rows as they stand."""
    return tomllib.loads(files("crawler").joinpath("data/outlets.toml").read_text(encoding="utf-8"))


def to_outlet(outlet_id: str, row: Mapping[str, Any], settings: CrawlSettings) -> Outlet:
    """Make an outlet of a catalogue row; KeyError where the row lacks a field that it must have."""
    urls = tuple(row["urls"])
    every = parse_duration(row["every"]).total_seconds() if "every" in row else settings.every_seconds
    return Outlet(
        id=outlet_id,
        name_ar=row["name_ar"],
        name_en=row["name_en"],
        home=row["home"],
        publisher=row["publisher"],
        ownership=row["ownership"],
        country=row["country"],
        time_zone=row["time_zone"],
        kind=row["kind"],
        urls=urls,
        every_seconds=int(every),
        allowed_hosts=tuple(row.get("allowed_hosts") or hosts_of(row["home"], *urls)),
        enabled=row.get("enabled", True),
        render=row.get("render", False),
        link_css=row.get("link_css"),
        body_css=row.get("body_css"),
        title_css=row.get("title_css"),
        date_css=row.get("date_css"),
        known_from=row.get("known_from"),
        verified=row.get("verified"),
    )


def new_outlet(outlet_id: str, override: OutletOverride, settings: CrawlSettings) -> Outlet:
    """Make an outlet of the user's own table."""
    assert override.name_en is not None
    assert override.home is not None
    assert override.kind is not None
    assert override.urls is not None
    bare = Outlet(
        id=outlet_id,
        name_ar=override.name_ar or override.name_en,
        name_en=override.name_en,
        home=override.home,
        publisher=outlet_id,
        ownership="unknown",
        country="",
        time_zone="UTC",
        kind=override.kind,
        urls=override.urls,
        every_seconds=settings.every_seconds,
        allowed_hosts=hosts_of(override.home, *override.urls),
        known_from="settings",
    )
    return apply_override(bare, override)


def apply_override(outlet: Outlet, override: OutletOverride) -> Outlet:
    """Return an outlet with what the user's table says in place of what the catalogue says."""
    changes: dict[str, Any] = {name: value for name in TEXT_FIELDS if (value := getattr(override, name)) is not None}
    for name in ("enabled", "urls", "allowed_hosts", "allow_private_hosts", "render"):
        if (value := getattr(override, name)) is not None:
            changes[name] = value
    if override.every is not None:
        changes["every_seconds"] = int(override.every.total_seconds())
    if override.proxy is not None:
        changes["proxy"] = override.proxy.get_secret_value()
    if (override.urls or override.home) and override.allowed_hosts is None:
        moved = hosts_of(override.home or outlet.home, *(override.urls or outlet.urls))
        changes["allowed_hosts"] = tuple(dict.fromkeys([*outlet.allowed_hosts, *moved]))
    return replace(outlet, **changes)


def hosts_of(*urls: str) -> tuple[str, ...]:
    """Return the hosts of URLs, each once, with the port where it is not the scheme's own."""
    hosts = []
    for url in urls:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        hosts.append(f"{host}:{parts.port}" if parts.port else host)
    return tuple(dict.fromkeys(hosts))


def find_outlet(outlets: Iterable[Outlet], url: str) -> Outlet | None:
    """Return the outlet that an address belongs to; None where no outlet's hosts hold it."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    return closest_outlet([outlet for outlet in outlets if is_own_host(host, port, outlet.allowed_hosts)], url)


def closest_outlet(sharing: Sequence[Outlet], url: str) -> Outlet | None:
    """Return which of the outlets on an address's host it belongs to: the one whose own addresses begin most like it.

    On Telegram's host a channel holds its own messages and nobody else's; None where the channel is nobody's.
    """
    channel, path = channel_of(url), segments_of(url)
    closest, most = None, -1
    for outlet in sharing:
        if outlet.kind == "telegram" and channel not in {channel_of(source) for source in outlet.urls}:
            continue
        alike = max(shared_start(path, segments_of(each)) for each in (outlet.home, *outlet.urls))
        if alike > most:
            closest, most = outlet, alike
    return closest


def source_key(url: str) -> str:
    """Return what two spellings of one source have in common, so that it is not watched twice."""
    return f"telegram {channel_of(url)}" if is_telegram(url) else canonical_url(url) or url


def segments_of(url: str) -> list[str]:
    """Return the segments of a URL's path."""
    return [segment for segment in urlsplit(url).path.split("/") if segment]


def shared_start(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many segments two paths have in common from their start."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
