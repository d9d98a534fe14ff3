"""Servers that misbehave in every way we know: each ends in its own named reason, none in a fault, none for long."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import os
import resource
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.fetch import Network
from store.faults import explain_fault
from tests.bad_server import Asked, RawServer, http, redirect
from tests.crawling import Bench, article, outlet_at, rss

RSS = "application/rss+xml"
HUGE = 300_000_000


@dataclass(frozen=True)
class Case:
    """One bad server: what its feed or page does, and the word that has to come of it."""

    name: str
    expected: str
    arrange: Callable[[RawServer], None]
    on: str = "page"  # page: the feed is fine, its page is not; source: the feed itself is bad
    kind: str = "feed"


CASES: list[Case] = []


def page(name: str, expected: str, route: bytes | Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]) -> None:
    def arrange(server: RawServer) -> None:
        server.routes["/feed"] = http(rss(server, ("/a/1", "عنوان الخبر الأول", "")), kind=RSS)  # "first news title"
        server.routes["/a/1"] = route

    CASES.append(Case(name, expected, arrange))


def source(
    name: str,
    expected: str,
    route: bytes | Callable[[Asked, asyncio.StreamWriter], Awaitable[None]],
    kind: str = "feed",
) -> None:
    def arrange(server: RawServer) -> None:
        server.routes["/feed"] = route

    CASES.append(Case(name, expected, arrange, on="source", kind=kind))


async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.2)


async def silence(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"x" * 65536
    while True:
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()


async def endless_headers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(200_000):
        writer.write(b"X-%d: %s\r\n" % (number, b"y" * 500))
        await writer.drain()


async def hang_up_at_once(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def hang_up_midway(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n<html><p>half")
    await writer.drain()
    writer.transport.abort()


async def slow_headers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    for letter in b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n":
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.3)


async def to_itself(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(redirect(asked.path))
    await writer.drain()


async def ever_deeper(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(redirect(f"/a/1?hop={len(asked.path)}"))
    await writer.drain()


def raw(body: bytes, headers: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n{headers}\r\n".encode() + body


PAGE = article("عنوان").encode()
BOMB = gzip.compress(b"\0" * 50_000_000)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "haha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><rss><channel><item><title>&j;</title><link>http://127.0.0.1/a</link></item></channel></rss>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    "<rss><channel><item><title>&x;</title><link>http://127.0.0.1/a</link></item></channel></rss>"
)
CLOUDFLARE = (
    "<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>"
)
CONSENT = "<html><body><div id='x'></div><form name=\"cookie-consent\"><p>نستخدم ملفات تعريف الارتباط</p></form></html>"
MISSING = "<html><head><title>404 - الصفحة غير موجودة</title></head><body><p>عذرا</p></body></html>"  # "no such page"

page("a drip of one byte at a time", "timeout", drip)
page("a server that accepts and never answers", "timeout", silence)
page("headers one letter at a time", "timeout", slow_headers)
page("an endless chunked body", "too_large", endless)
page("endless headers", "bad_response", endless_headers)
page("a 300 MB page by its own word", "too_large", raw(b"x", f"Content-Length: {HUGE}\r\n"))
page("a gzip bomb", "too_large", raw(BOMB, f"Content-Encoding: gzip\r\nContent-Length: {len(BOMB)}\r\n"))
page("a cut gzip", "bad_compression", raw(gzip.compress(PAGE)[:-20], "Content-Encoding: gzip\r\n"))
page("text that claims to be gzip", "bad_compression", raw(PAGE, "Content-Encoding: gzip\r\n"))
page("an encoding that nobody asked for", "bad_compression", raw(PAGE, "Content-Encoding: br\r\n"))
page("a connection closed before any answer", "connection_lost", hang_up_at_once)
page("a connection closed midway", "incomplete", hang_up_midway)
page("fewer bytes than announced", "incomplete", raw(PAGE, f"Content-Length: {len(PAGE) + 999}\r\n"))
page("a length that is no number", "bad_response", raw(PAGE, "Content-Length: much\r\n"))
page("two different lengths", "bad_response", raw(PAGE, "Content-Length: 10\r\nContent-Length: 20\r\n"))
page("chunks that are no chunks", "bad_response", raw(b"zzz\r\nnot a chunk\r\n", "Transfer-Encoding: chunked\r\n"))
page("noise in place of HTTP", "bad_response", b"\x00\xff\x13noise\r\n\r\n")
page("an answer in HTTP/0.9", "bad_response", b"<html>hello</html>\r\n\r\n")
page("a redirect to itself", "redirect_loop", to_itself)
page("redirects without end", "redirect_loop", ever_deeper)
page("a redirect to the metadata service", "forbidden_address", redirect("http://169.254.169.254/latest/meta-data/"))
page("a redirect to another local port", "forbidden_address", redirect("http://127.0.0.1:1/"))
page("a redirect to localhost by name", "forbidden_address", redirect("http://localhost/"))
page("a redirect to IPv6 loopback", "forbidden_address", redirect("http://[::1]/"))
page("a redirect to a mapped address", "forbidden_address", redirect("http://[::ffff:10.0.0.1]/"))
page("a redirect to a private network", "forbidden_address", redirect("http://192.168.1.1/admin"))
page("a redirect to a file", "forbidden_scheme", redirect("file:///etc/passwd"))
page("a redirect to another site", "offsite", redirect("https://elsewhere.example/page"))
page("a redirect to a consent host", "consent_wall", redirect("https://consent.elsewhere.example/ask"))
page("a redirect without an address", "http_error", http(b"", status="302 Found"))
page("an empty 200", "empty", http(b""))
page("a 304 that nobody asked for", "not_modified", b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n")
page("a 204", "empty", b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
page("a picture", "not_html", http(b"\x89PNG\r\n\x1a\n" * 50, kind="image/png"))
page("a PDF", "not_html", http(b"%PDF-1.7 " * 50, kind="application/pdf"))
page("a challenge with 200", "bot_wall", http(CLOUDFLARE))
page("a challenge with 403", "bot_wall", http(CLOUDFLARE, status="403 Forbidden"))
page("a consent wall", "consent_wall", http(CONSENT))
page("a plain refusal", "blocked", http("no", status="403 Forbidden"))
page("unavailable for legal reasons", "blocked", http("no", status="451 Unavailable For Legal Reasons"))
page(
    "too many requests", "rate_limited", http("slow down", status="429 Too Many Requests", headers="Retry-After: 7\r\n")
)
page("an overloaded server", "server_error", http("oops", status="502 Bad Gateway"))
page("a page that is gone", "gone", http("gone", status="410 Gone"))
page("a soft 404", "soft_404", http(MISSING))
page("a page sent home", "soft_404", redirect("/"))
page("a status that does not exist", "http_error", http("?", status="499 Whatever"))
page("a status of three nines", "server_error", http("?", status="999 Denied"))

source("billion laughs", "xml_entities", http(LAUGHS, kind=RSS))
source("an entity that reads a file", "xml_entities", http(OUTSIDE, kind=RSS))
source("a web page in the feed's place", "not_a_feed", http(article("عنوان")))
source("a challenge in the feed's place", "bot_wall", http(CLOUDFLARE))
source("an empty feed file", "empty", http(b"", kind=RSS))
source(
    "a feed without items", "no_items", http("<rss version='2.0'><channel><title>x</title></channel></rss>", kind=RSS)
)
source("a feed cut in its first tag", "malformed", http("<rss version='2.0'><channel><it", kind=RSS))
source(
    "broken JSON",
    "malformed",
    http('{"version": "https://jsonfeed.org/version/1", "items": [', kind="application/json"),
)
source(
    "a feed that leads elsewhere",
    "no_items",
    http(
        "<rss><channel><item><title>x</title><link>https://elsewhere.example/1</link></item></channel></rss>", kind=RSS
    ),
)
source("a sitemap that is a page", "not_a_sitemap", http(article("عنوان")), kind="sitemap")
source("a sitemap bomb", "too_large", http(gzip.compress(b" " * 50_000_000), kind="application/gzip"), kind="sitemap")
source("billion laughs in a sitemap", "xml_entities", http(LAUGHS), kind="sitemap")
source("a cut sitemap.gz", "bad_compression", http(gzip.compress(b"<urlset></urlset>" * 99)[:-9]), kind="sitemap")
source(
    "a section without an article", "no_items", http("<html><body><a href='/'>home</a></body></html>"), kind="section"
)
source("a channel without a preview", "no_items", http("<html><body>Telegram: View</body></html>"), kind="telegram")
source("a feed that never ends", "too_large", endless)
source("a feed that answers 401", "blocked", http("login", status="401 Unauthorized"))


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_bad_server_ends_in_its_reason(case: Case, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def body() -> None:
        async with RawServer() as server:
            case.arrange(server)
            server.routes["/"] = http("<html><title>home</title></html>")
            bench = Bench(tmp_path, timeout="1s", max_page_bytes=2_000_000)
            started = time.monotonic()
            report = await bench.crawl(outlet_at(server, kind=case.kind))
            assert time.monotonic() - started < 20
            assert (report.pages if case.on == "page" else report.sources) == {case.expected: 1}
            logged = bench.rows(f"SELECT outcome FROM fetches WHERE kind = '{case.on}'")
            assert logged == [(case.expected,)]
            if case.on == "source":
                assert report.problem == case.expected
                assert report.next_poll_at > bench.clock()
            await bench.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(body())
    assert not caplog.records, caplog.text


def test_there_are_forty_kinds() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)


def self_signed(folder: Path, *, days: int) -> ssl.SSLContext:
    """Make a server context with a certificate of its own making; negative days: expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize("days", [30, -30], ids=["self-signed", "expired"])
def test_invalid_certificates_are_named(days: int, tmp_path: Path) -> None:
    async def body() -> None:
        async with RawServer(tls=self_signed(tmp_path, days=days)) as server:
            server.routes["/feed"] = http(rss(server, ("/a/1", "عنوان", "")), kind=RSS)
            bench = Bench(tmp_path)
            report = await bench.crawl(outlet_at(server))
            assert report.problem == "bad_certificate"
            await bench.close()

    asyncio.run(body())


def test_tls_to_a_plain_server_is_named(tmp_path: Path) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        writer.close()

    async def body() -> None:
        async with RawServer() as server:
            other = await asyncio.start_server(plain, "127.0.0.1", 0)
            port = other.sockets[0].getsockname()[1]
            bench = Bench(tmp_path)
            outlet = outlet_at(server, urls=(f"https://127.0.0.1:{port}/feed",), allowed_hosts=("127.0.0.1",))
            assert (await bench.crawl(outlet)).problem == "bad_tls"
            other.close()
            await bench.close()

    asyncio.run(body())


def test_a_dead_port_and_an_unknown_name_are_named(tmp_path: Path) -> None:
    async def body() -> None:
        async with RawServer() as server:
            bench = Bench(tmp_path, network=Network(find=no_such_name))
            report = await bench.crawl(
                outlet_at(server, urls=("http://127.0.0.1:9/feed",), allowed_hosts=("127.0.0.1",))
            )
            assert report.problem == "unreachable"
            report = await bench.crawl(outlet_at(server, urls=("http://nowhere.example/feed",)))
            assert report.problem == "dns_failed"
            await bench.close()

    asyncio.run(body())


def test_a_machine_out_of_files_blames_no_outlet_for_it(tmp_path: Path) -> None:
    async def body() -> None:
        async with RawServer() as server:
            server.routes["/feed"] = http(rss(server, ("/a/100", "عنوان أول", "")), kind=RSS)  # "a title"
            bench = Bench(tmp_path, network=Network(find=no_such_name))
            good = outlet_at(server, id="good")
            named = outlet_at(server, id="named", urls=("http://nowhere.example/feed",))
            await bench.crawl(good)
            before = bench.rows("SELECT * FROM outlets WHERE id = 'good'")
            bench.clock.forward(minutes=20)
            with without_free_files():
                for outlet in (good, named):
                    with pytest.raises(OSError, match="Too many open files") as caught:
                        await bench.crawl(outlet)
                    assert "let this process open more" in (explain_fault(caught.value) or "")
                page = await bench.crawler.fetch_page(f"{server.url}/a/100", good)
            assert page.problem == "too_many_files"
            outcomes = bench.rows("SELECT DISTINCT outcome FROM fetches WHERE fetched_at > '2026-11-20T12:10'")
            assert outcomes == [("too_many_files",)]
            assert bench.rows("SELECT * FROM outlets WHERE id = 'good'") == before
            assert bench.rows("SELECT failures, last_polled_at FROM outlets WHERE id = 'named'") == [(0, None)]
            assert (await bench.crawl(good)).problem is None
            await bench.close()

    asyncio.run(body())


def test_a_page_not_asked_for_want_of_files_is_asked_at_the_next_visit(tmp_path: Path) -> None:
    async def body() -> None:
        async with RawServer() as server, RawServer() as pages:
            answer = http(rss(pages, ("/a/100", "عنوان أول", "")), kind=RSS)  # "a title"
            starving, over = contextlib.ExitStack(), asyncio.Event()

            async def answer_and_hold(asked: Asked, writer: asyncio.StreamWriter) -> None:
                starving.enter_context(without_free_files())
                writer.write(answer.replace(b"Connection: close\r\n", b""))  # whose closing would free a place
                await over.wait()

            server.routes["/feed"] = answer_and_hold
            pages.routes["/a/100"] = http(article("عنوان أول"))  # "a title"
            outlet = outlet_at(server, allowed_hosts=("127.0.0.1",))
            bench = Bench(tmp_path, robots=False)
            with starving:
                report = await bench.crawl(outlet)
            over.set()
            assert (report.problem, dict(report.pages)) == (None, {"too_many_files": 1})
            assert bench.rows("SELECT failures, fetched_at FROM listed") == [(0, None)]
            assert report.next_poll_at <= bench.clock.now + timedelta(minutes=10)
            server.routes["/feed"] = answer
            assert (await bench.crawl(outlet)).saved == 1
            await bench.close()

    asyncio.run(body())


@contextlib.contextmanager
def without_free_files() -> Iterator[None]:
    """Let this process open nothing more: its limit is the lowest number free, which is the one it would get next."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def no_such_name(host: str, port: int) -> list[tuple[object, ...]]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "64:ff9b::a00:1"])
def test_names_that_stand_for_private_addresses_are_refused(address: str, tmp_path: Path) -> None:
    def find(host: str, port: int) -> list[tuple[object, ...]]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port)),
            (family, socket.SOCK_STREAM, 6, "", (address, port)),
        ]

    async def body() -> None:
        async with RawServer() as server:
            server.routes["/feed"] = http(rss(server, ("/a/1", "عنوان", "")), kind=RSS)
            bench = Bench(tmp_path, network=Network(find=find))
            urls = (f"http://innocent.example:{server.port}/feed",)
            report = await bench.crawl(
                outlet_at(server, urls=urls, allowed_hosts=("innocent.example",), allow_private_hosts=False)
            )
            assert report.problem == "forbidden_address"
            assert server.asked == []
            await bench.close()

    asyncio.run(body())


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/feed", "http://2130706433:{port}/feed", "http://127.1:{port}/feed"]
)
def test_loopback_in_any_spelling_is_refused_unless_the_entry_lists_it(url: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with RawServer() as server:
            server.routes["/feed"] = http(rss(server, ("/a/1", "عنوان", "")), kind=RSS)
            bench = Bench(tmp_path)
            outlet = outlet_at(server, urls=(url.format(port=server.port),), allow_private_hosts=False)
            assert (await bench.crawl(outlet)).problem == "forbidden_address"
            assert server.asked == []
            await bench.close()

    asyncio.run(body())


def test_bad_servers_do_not_hold_up_a_good_one(tmp_path: Path) -> None:
    async def body() -> None:
        async with RawServer() as bad, RawServer() as good:
            bad.routes["/feed"] = silence
            good.routes["/feed"] = http(rss(good, ("/a/1", "عنوان الخبر", "")), kind=RSS)
            good.routes["/a/1"] = http(article("عنوان الخبر"))
            bench = Bench(tmp_path, timeout="20s", concurrent=16)
            dead = [
                asyncio.create_task(bench.crawl(outlet_at(bad, id=f"dead{number}", urls=(f"{bad.url}/feed?{number}",))))
                for number in range(10)
            ]
            await asyncio.sleep(0.1)
            started = time.monotonic()
            report = await bench.crawl(outlet_at(good))
            assert report.saved == 1
            assert time.monotonic() - started < 15
            for task in dead:
                task.cancel()
            await asyncio.gather(*dead, return_exceptions=True)
            await bench.close()

    asyncio.run(body())
