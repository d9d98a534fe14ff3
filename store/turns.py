"""Lets a person's write go before what daemons write: the lock on a side file says that somebody waits.

SQLite gives its write lock to whoever asks in the right moment, and a process that writes without a pause leaves none.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GIVE_WAY_SECONDS = 5.0  # at most, so that a process that hangs stops nobody for good
_ASK_AGAIN_SECONDS = 0.001
_here = threading.local()


@contextmanager
def going_first(database: Path) -> Iterator[None]:
    """For the length of the block this thread's transactions on the file go before those of other processes.

    People take turns among themselves. Where the side file cannot be had, the block runs without the right.
    """
    handle = _open(database, os.O_RDONLY | os.O_CREAT)
    try:
        if handle is not None:
            _lock(handle, fcntl.LOCK_EX)
        _here.goes_first = True
        yield
    finally:
        _here.goes_first = False
        if handle is not None:
            os.close(handle)


def give_way(database: Path) -> None:
    """Wait until no person waits for a write on the file; at once for who goes first, and where nobody ever did."""
    if getattr(_here, "goes_first", False):
        return
    handle = _open(database, os.O_RDONLY)
    if handle is not None:
        try:
            _lock(handle, fcntl.LOCK_SH)
        finally:
            os.close(handle)


def _open(database: Path, flags: int) -> int | None:
    try:
        return os.open(database.with_name(database.name + ".turn"), flags | os.O_CLOEXEC, 0o644)
    except OSError:
        return None


def _lock(handle: int, kind: int) -> None:
    """Take the lock, or go on without it after GIVE_WAY_SECONDS."""
    deadline = time.monotonic() + GIVE_WAY_SECONDS
    while time.monotonic() < deadline:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except OSError:
            time.sleep(_ASK_AGAIN_SECONDS)
        else:
            return
