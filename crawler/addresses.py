"""Turns a host name into addresses that are safe to connect to: public ones, or of a host that the outlet lists."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult

from crawler.outcomes import FetchFailed

# Prefixes under which an IPv6 address carries an IPv4 one: a private address may hide in them.
NAT64 = ip_network("64:ff9b::/96")
LOOKS_NUMERIC = re.compile(r"(?:0[xX][0-9a-fA-F]*|\d+)(?:\.(?:0[xX][0-9a-fA-F]*|\d+)){0,3}")
AddressInfo = Sequence[tuple[Any, ...]]
LookUp = Callable[[str, int], AddressInfo]


def is_public_address(text: str) -> bool:
    """Tell whether an IP address is of the public internet: not private, loopback, link-local, multicast, reserved."""
    try:
        address = ip_address(text.split("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in unwrap_address(address))


def unwrap_address(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Return the IPv4 address that an IPv6 one carries (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    if address in NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]


def is_allowed_private(host: str, port: int | None, allowed: frozenset[str]) -> bool:
    """Tell whether the outlet's entry lists this very host (or host:port) among those that may be private."""
    return host in allowed or f"{host}:{port}" in allowed


def check_url(url: str, allowed_private: frozenset[str]) -> None:
    """Raise FetchFailed when a URL is not http(s), has no host, or names a forbidden address outright."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or ""), parts.port
    except ValueError as error:
        raise FetchFailed("bad_url", str(error)) from error
    if parts.scheme not in ("http", "https"):
        raise FetchFailed("forbidden_scheme", parts.scheme or "none")
    if not host:
        raise FetchFailed("bad_url", "no host")
    if is_allowed_private(host, port or (443 if parts.scheme == "https" else 80), allowed_private):
        return
    if host == "localhost" or host.endswith(".localhost"):
        raise FetchFailed("forbidden_address", host)
    literal = literal_address(host)
    if literal is not None and not is_public_address(literal):
        raise FetchFailed("forbidden_address", host)


def literal_address(host: str) -> str | None:
    """Return the address that a host spells out, also in the old ways (127.1, 0x7f000001, 2130706433); None: a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    if not LOOKS_NUMERIC.fullmatch(host):
        return None  # a name: the resolver looks at what it stands for
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def look_up(host: str, port: int) -> AddressInfo:
    """Ask the system's resolver for a host's addresses."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)


class GuardedResolver(AbstractResolver):
    """Resolves names in its own threads and refuses a host as soon as one of its addresses is not public.

    The connection is made to the very addresses returned here, so a name that changes its answer between the check
    and the connection gains nothing. The threads are shared: a dead name server must not hold up the event loop's own.
    """

    def __init__(self, threads: ThreadPoolExecutor, allowed_private: frozenset[str], find: LookUp = look_up) -> None:
        self._threads = threads
        self._allowed_private = allowed_private
        self._find = find

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of `host`; raises FetchFailed when one of them is forbidden, OSError when unknown."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, self._find, host, port)
        known = (socket.AF_INET, socket.AF_INET6)
        addresses = [(info[0], str(info[4][0]), int(info[4][1])) for info in found if info[0] in known]
        if not is_allowed_private(host, port, self._allowed_private):
            for _, address, _ in addresses:
                if not is_public_address(address):
                    raise FetchFailed("forbidden_address", f"{host} is {address}")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=number,
                family=kind,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, address, number in addresses
        ]

    async def close(self) -> None:
        """Nothing to give back: the threads belong to the crawler."""
