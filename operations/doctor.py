"""Turns a look at the machine, the settings, the database and the channels into findings with what to do for each."""

from __future__ import annotations

import os
import platform
import resource
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from alerts.rehearsal import check_channels
from operations.findings import Finding, faulty, fine, worth_a_look
from store.backups import free_bytes, list_backups, verify_database
from store.database import find_daemon, reading, sqlite_version
from store.deliveries import list_channels
from store.errors import DamageError, StoreError
from store.gauges import file_bytes, newest_stamp
from store.migrations import migrations
from store.settings import Settings

LIBRARIES = ("scrapy", "trafilatura", "apprise", "apscheduler", "sqlite-utils", "datasette")
LEAST_FREE_BYTES = 500_000_000
LEAST_OPEN_FILES = 512
LEAST_MEMORY_KIB = 400_000
OLD_BACKUP = timedelta(days=3)
EARLIEST = datetime.fromisoformat("2026-01-01T00:00:00+00:00")  # no clock that is right says less
_AHEAD = timedelta(minutes=5)
SECURE_SQLITE = (3, 35)  # the schema's statements need it


def examine(settings: Settings, *, now: datetime) -> Iterator[Finding]:
    """Look at everything that can be looked at without the network."""
    yield from examine_versions()
    yield from examine_machine()
    yield from examine_disk(settings)
    yield from examine_database(settings)
    yield from examine_clock(settings, now)
    yield from examine_backups(settings, now)
    yield from examine_channels(settings, now)
    yield examine_daemon(settings)


def examine_versions() -> Iterator[Finding]:
    """Python, SQLite and the libraries that weigh most."""
    try:
        own = f"marsad {version('marsad')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        own = "marsad (a checkout)"
    found = [own, f"Python {platform.python_version()}", f"SQLite {sqlite_version()}"]
    missing = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        yield faulty("versions", f"not installed: {', '.join(missing)}", "install again: `make setup`")
    elif tuple(map(int, sqlite_version().split(".")[:2])) < SECURE_SQLITE:
        yield faulty("versions", ", ".join(found), "this Python carries a SQLite that is too old; use a newer Python")
    else:
        yield fine("versions", ", ".join(found))


def examine_machine() -> Iterator[Finding]:
    """How many files may be open, and how much memory there is."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if 0 <= files < LEAST_OPEN_FILES:
        yield worth_a_look("open files", f"{files} may be open", "raise it: `ulimit -n 4096`, or LimitNOFILE=4096")
    else:
        yield fine("open files", "unlimited" if files < 0 else f"{files} may be open")
    memory = _available_memory()
    if memory is not None and memory < LEAST_MEMORY_KIB:
        advice = "end something else, or set extract.workers = 1"
        yield worth_a_look("memory", f"{memory / 1024:.0f} MiB are available", advice)
    elif memory is not None:
        yield fine("memory", f"{memory / 1024:.0f} MiB are available")


def _available_memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("MemAvailable:")), None)


def examine_disk(settings: Settings) -> Iterator[Finding]:
    """Whether the database's folder can be written to, and for how long its disk will do."""
    folder = settings.database.parent
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        yield faulty("disk", f"{folder} cannot be written to", "see its owner, and how the disk is mounted")
        return
    free, size = free_bytes(folder), file_bytes(settings.database)["database"]
    said = f"{say_bytes(free)} free, the database has {say_bytes(size)}"
    advice = "free some space, lower keep.pages_megabytes or backup.keep"
    if free < LEAST_FREE_BYTES / 10:
        yield faulty("disk", said, advice)
    elif free < max(LEAST_FREE_BYTES, 2 * size):
        yield worth_a_look("disk", said, advice)
    else:
        yield fine("disk", said)


def say_bytes(count: int) -> str:
    """A size in the unit in which it is worth reading."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def examine_database(settings: Settings) -> Iterator[Finding]:
    """Whether the database is whole and of this version's schema."""
    path = settings.database
    if not path.exists() and list_backups(settings.backup_folder):
        yield faulty("database", f"{path}: is gone, though it has backups", "`marsad restore` brings the newest back")
        return
    if not path.exists():
        yield worth_a_look("database", f"{path}: there is none yet", "`marsad crawl` or `marsad run` makes one")
        return
    try:
        contents = verify_database(path)
    except DamageError as error:
        yield faulty("database", str(error), "stop the daemon and run `marsad restore` (it keeps what is there)")
        return
    except StoreError as error:
        yield faulty("database", str(error), "nothing is lost by it: mend that, and the work goes on")
        return
    known = {migration.name for migration in migrations._migrations}
    if contents.migrations - known:
        newest = max(contents.migrations - known)
        yield faulty("database", f"{path}: of a newer Marsad (schema {newest})", "install that version")
        return
    counts = ", ".join(f"{count} {table}" for table, count in contents.counts.items())
    later = "; an older schema, brought up to date at the next start" if known - contents.migrations else ""
    yield fine("database", f"{path}: whole, {counts}{later}")


def examine_clock(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether the machine's clock can be right. (The outlets' clocks are compared where they are asked.)"""
    advice = "set the clock and keep it set: `timedatectl set-ntp true`"
    if now < EARLIEST:
        yield faulty("clock", f"it says {now:%Y-%m-%d %H:%M} UTC", advice)
        return
    newest = None
    if settings.database.exists():
        try:
            with reading(settings.database) as db:
                newest = newest_stamp(db)
        except StoreError:
            pass  # told above
    if newest is not None and newest > now + _AHEAD:
        yield worth_a_look("clock", f"it says {now:%Y-%m-%d %H:%M} UTC, but something was fetched at {newest}", advice)
    else:
        yield fine("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")


def examine_backups(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether there is a recent backup."""
    if not settings.backup.enabled:
        yield worth_a_look("backups", "switched off", "set backup.enabled = true, or run `marsad backup` yourself")
        return
    newest = next(iter(list_backups(settings.backup_folder)), None)
    if newest is None:
        if settings.database.exists():
            yield worth_a_look("backups", f"none in {settings.backup_folder}", "`marsad backup` makes one now")
        return
    age = timedelta(seconds=max(0.0, now.timestamp() - newest.stat().st_mtime))
    said = f"{newest.name}, {age.total_seconds() / 3600:.0f} h old"
    if age > OLD_BACKUP:
        yield worth_a_look("backups", said, "is the daemon running? Its log says `backup`, or why not")
    else:
        yield fine("backups", said)


def examine_channels(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether every channel's address and template can be used, and how its service behaved last."""
    faults = check_channels(settings.alerts, now=now)
    for fault in faults:
        yield faulty("channels", fault, "mend the settings; `marsad alerts test` then sends a sample")
    if settings.database.exists():
        try:
            with reading(settings.database) as db:
                failing = [state for state in list_channels(db) if state.failures]
        except StoreError:
            failing = []
        for state in failing:
            said = f"{state.name}: {state.failures} tries in a row failed, last with {state.last_error}"
            yield worth_a_look("channels", said, f"`marsad alerts test {state.name}` tries it now")
    if not faults:
        yield fine("channels", ", ".join(sorted(settings.alerts.active_channels())))


def examine_daemon(settings: Settings) -> Finding:
    """Whether a daemon is at work on the database."""
    pid = find_daemon(settings.database)
    if pid is None:
        return worth_a_look("daemon", "none is running on this database", "`marsad run`, or start its service")
    return fine("daemon", f"process {pid}")


def has_faults(findings: Sequence[Finding]) -> bool:
    """Whether anything does not work."""
    return any(finding.state == "fault" for finding in findings)
