"""The faults that Marsad names, each with what the operator needs to act on it."""

from __future__ import annotations


class MarsadError(Exception):
    """Root of every fault that Marsad raises on purpose; its message is one plain line."""


class SettingsError(MarsadError):
    """A settings file that cannot be used; `faults` holds one line a fault: file, key and what is allowed."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class StoreError(MarsadError):
    """The database cannot be opened, is in use by another daemon, or is of a newer schema."""


class DamageError(StoreError):
    """A file whose content is no database of ours, or spoilt: a backup has to take its place."""


class CrawlError(MarsadError):
    """A fault while crawling `outlet` that is not an ordinary outcome of a fetch."""

    def __init__(self, outlet: str, message: str) -> None:
        super().__init__(f"{outlet}: {message}")
        self.outlet = outlet


class ExtractError(MarsadError):
    """A fault while extracting or coding `url` (a worker that hung or died, say)."""

    def __init__(self, url: str, message: str) -> None:
        super().__init__(f"{url}: {message}")
        self.url = url


class AlertError(MarsadError):
    """A fault of the alert channel `channel`; never carries a service URL or a token."""

    def __init__(self, channel: str, message: str) -> None:
        super().__init__(f"{channel}: {message}")
        self.channel = channel
