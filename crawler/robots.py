"""Turns a site's robots.txt into leave to fetch a URL, remembered for a day and shared by all crawls."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from protego import Protego

from crawler.fetch import Answer, Fetcher, Limits
from crawler.gate import HostGates
from crawler.outcomes import FetchFailed

KEPT_SECONDS = 24 * 3600.0
KEPT_AFTER_ERROR_SECONDS = 600.0
KEPT_OUT_OF_REACH_SECONDS = 20.0
# RFC 9309, 2.3.1.4: after a long time of server errors a crawler may take the file for absent.
PATIENCE_SECONDS = 24 * 3600.0
MOST_REDIRECTS = 5  # RFC 9309, 2.3.1.2
LONGEST_FETCH_SECONDS = 15.0
MAX_BYTES = 512_000  # RFC 9309, 2.5: at least 500 KiB have to be read
LONGEST_CRAWL_DELAY_SECONDS = 30.0
MOST_SITES = 2000


Note = Callable[[str, "Answer | FetchFailed"], None]


@dataclass(slots=True, kw_only=True)
class SiteRules:
    """What a site's robots.txt said, and until when that counts."""

    parsed: Protego | None  # None: everything is allowed
    problem: str | None  # why nothing may be fetched for now
    expires_at: float
    failing_since: float | None = None


class Robots:
    """Every site's rules, fetched once a day at most."""

    def __init__(self, gates: HostGates, *, timeout_seconds: float = LONGEST_FETCH_SECONDS) -> None:
        self._gates = gates
        self._limits = Limits(timeout_seconds=min(timeout_seconds, LONGEST_FETCH_SECONDS), max_bytes=MAX_BYTES)
        self._sites: OrderedDict[str, SiteRules] = OrderedDict()
        self._locks: dict[str, asyncio.Lock] = {}

    async def check(self, url: str, user_agent: str, fetcher: Fetcher, note: Note) -> None:
        """Raise FetchFailed where the site asks `user_agent` not to fetch `url`, or where its wishes are unknown.

        `note` is told of each robots.txt that had to be asked for, and what came of it.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        rules = await self._rules(origin, parts.netloc, user_agent, fetcher, note)
        if rules.problem is not None:
            raise FetchFailed(rules.problem, "robots.txt")
        if rules.parsed is not None and not rules.parsed.can_fetch(url, product_token(user_agent)):
            raise FetchFailed("robots_disallowed")

    async def _rules(self, origin: str, host: str, user_agent: str, fetcher: Fetcher, note: Note) -> SiteRules:
        lock = self._locks.setdefault(origin, asyncio.Lock())
        async with lock:
            loop_time = asyncio.get_running_loop().time()
            known = self._sites.get(origin)
            if known is None or known.expires_at <= loop_time:
                answer = await self._fetch(f"{origin}/robots.txt", host, user_agent, fetcher)
                note(f"{origin}/robots.txt", answer)
                known = self._read(answer, host, user_agent, known)
                self._sites[origin] = known
                self._forget_oldest()
        self._sites.move_to_end(origin)
        return known

    def _read(self, answer: Answer | FetchFailed, host: str, user_agent: str, known: SiteRules | None) -> SiteRules:
        now = asyncio.get_running_loop().time()
        if isinstance(answer, Answer) and answer.status < 300:
            parsed = Protego.parse(answer.body.decode("utf-8", "replace"))
            delay = parsed.crawl_delay(product_token(user_agent))
            if delay:
                self._gates.slow_down(host, min(float(delay), LONGEST_CRAWL_DELAY_SECONDS))
            return SiteRules(parsed=parsed, problem=None, expires_at=now + KEPT_SECONDS)
        if isinstance(answer, Answer) and answer.status < 500:
            return SiteRules(parsed=None, problem=None, expires_at=now + KEPT_SECONDS)
        since = known.failing_since if known is not None and known.failing_since is not None else now
        if isinstance(answer, Answer) or answer.outcome in ("too_large", "bad_compression", "bad_response"):
            lenient = now - since > PATIENCE_SECONDS
            problem = None if lenient else "robots_unavailable"
            expires_at = now + KEPT_AFTER_ERROR_SECONDS
            return SiteRules(parsed=None, problem=problem, expires_at=expires_at, failing_since=since)
        # Out of reach: the page's own fetch would end the same way, only later, and so would its neighbours'.
        return SiteRules(parsed=None, problem=answer.outcome, expires_at=now + KEPT_OUT_OF_REACH_SECONDS)

    async def _fetch(self, url: str, host: str, user_agent: str, fetcher: Fetcher) -> Answer | FetchFailed:
        for _ in range(MOST_REDIRECTS + 1):
            try:
                async with self._gates.gate(host).passing():
                    answer = await fetcher.fetch(url, {"User-Agent": user_agent}, self._limits)
            except FetchFailed as failure:
                return failure
            location = answer.header("Location")
            if not 300 <= answer.status < 400 or location is None:
                return answer
            url = urljoin(url, location)
        return Answer(url=url, status=404, headers=(), body=b"", wire_bytes=0, seconds=0.0)

    def _forget_oldest(self) -> None:
        while len(self._sites) > MOST_SITES:
            origin, _ = self._sites.popitem(last=False)
            self._locks.pop(origin, None)


def product_token(user_agent: str) -> str:
    """Return the name that robots.txt files speak to: `Marsad` of `Marsad/0.1 (+mail)`."""
    return user_agent.partition("/")[0].strip() or "*"
