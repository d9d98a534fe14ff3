"""Turns log records into lines on standard error, one an event."""

from __future__ import annotations

import logging

# What these libraries say at INFO, and when they skip a job, is no news to an operator.
QUIET = {"scrapy": logging.ERROR, "twisted": logging.ERROR, "apscheduler": logging.ERROR, "asyncio": logging.ERROR,
         "apprise": logging.CRITICAL, "trafilatura": logging.CRITICAL, "htmldate": logging.CRITICAL,
         "aiohttp": logging.ERROR, "urllib3": logging.ERROR}  # fmt: skip


def set_up_logs(*, verbose: bool) -> None:
    """Send Marsad's events to standard error, and keep its libraries quiet."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)-7s %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S%z",
    )
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)
