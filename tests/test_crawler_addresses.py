"""Addresses that an outlet may not lead to, in every dress, and each guard on the way to them by itself."""

from __future__ import annotations

import asyncio

import pytest
from scrapy import Request

from crawler.addresses import is_public_address
from crawler.download import Line, Politeness
from crawler.fetch import Fetcher, Limits, Network
from crawler.outcomes import FetchFailed
from tests.bad_server import RawServer, http
from tests.crawling import outlet_at, quick_settings

PUBLIC = (
    "93.184.216.34",
    "2606:2800:220:1::1",
    "::ffff:93.184.216.34",
    "64:ff9b::5db8:d822",  # NAT64 of 93.184.216.34, as in networks without IPv4
    "2002:5db8:d822::1",  # 6to4 of it
    "2001:0:4136:e378:8000:63bf:a247:27dd",  # Teredo of it
)
FORBIDDEN = (
    "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "198.18.0.1",
    "224.0.0.1",  # multicast counts as global for Python's list
    "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "ff0e::1",
    "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",  # Teredo of 127.0.0.1
    "", "localhost", "127.1",
)  # fmt: skip
LIMITS = Limits(timeout_seconds=5.0, max_bytes=100_000)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_all_other_addresses_are_none_whatever_they_are_wrapped_in(address: str) -> None:
    assert not is_public_address(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "sub.localhost", "0x7f.1"])
def test_the_fetcher_asks_no_private_host_even_where_nobody_looked_before(host: str) -> None:
    async def body() -> None:
        async with RawServer() as server:
            server.routes["/"] = http("secret")
            network = Network()
            fetcher = Fetcher(network)
            with pytest.raises(FetchFailed) as failed:
                await fetcher.fetch(f"http://{host}:{server.port}/", {}, LIMITS)
            assert failed.value.outcome == "forbidden_address"
            assert server.asked == []
            await fetcher.close()
            network.close()

    asyncio.run(body())


def test_a_request_is_judged_before_it_waits_for_its_turn() -> None:
    """The fetcher would refuse it too, but only after robots.txt and the host's gate."""

    async def body() -> None:
        async with RawServer() as server:
            network = Network()
            politeness = Politeness(quick_settings(), network)
            outlet = outlet_at(server, allow_private_hosts=False)
            line = Line(outlet=outlet, politeness=politeness, fetcher=Fetcher(network), user_agent="t")
            for url in (f"{server.url}/", "http://[::1]/", "ftp://outlet.example/", "file:///etc/passwd"):
                with pytest.raises(FetchFailed) as failed:
                    line.check_borders(Request(url))
                assert failed.value.outcome in ("forbidden_address", "forbidden_scheme")
            await line.close()
            network.close()

    asyncio.run(body())
