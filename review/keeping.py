"""Keeps what was worked out for a page as long as the database says the same, so that it is not worked out again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")
KEPT_SECONDS = 60.0  # what somebody changes by hand in the file is seen by then
MOST_KEPT = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    stamp: Hashable
    until: float
    value: Any


class Keeping:
    """Values by key, the longest unused thrown out first; for several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()

    def get(self, key: Hashable, stamp: Hashable, work: Callable[[], Result]) -> Result:
        """The value of the key under this stamp; `work` finds it where it is not known yet."""
        now = self._clock()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and kept.stamp == stamp and kept.until > now:
                self._kept.move_to_end(key)
                value: Result = kept.value
                return value
        value = work()
        with self._lock:
            self._kept[key] = _Kept(stamp=stamp, until=now + KEPT_SECONDS, value=value)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return value
