"""Turns one URL into one answer within limits of size, time and address, or into a FetchFailed that names why not."""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
import time
import zlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import aiohttp
import yarl

from crawler.addresses import GuardedResolver, LookUp, check_url, look_up
from crawler.outcomes import BriefFailure, FetchFailed

# Only what can be unpacked piece by piece under a limit is asked for.
ACCEPT_ENCODING = "gzip, deflate"
CONNECT_SECONDS = 10.0
NO_FILES_LEFT = frozenset({errno.EMFILE, errno.ENFILE})
LOOKUP_THREADS = 32  # dead name servers hold a thread for long: have more of them than dead outlets


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one request may take: seconds for the whole answer, bytes before and after decompression."""

    timeout_seconds: float
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An HTTP answer with its body decompressed; redirects are not followed here."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    wire_bytes: int
    seconds: float

    def header(self, name: str) -> str | None:
        """Return the first header of that name (case does not matter), or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Network:
    """What all fetching of one process shares: name look-up threads and the TLS context."""

    def __init__(self, *, find: LookUp = look_up) -> None:
        self.find = find
        self.threads = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="marsad-dns")
        self.tls = ssl.create_default_context()

    def close(self) -> None:
        """Give the threads back without waiting for name servers that never answer."""
        self.threads.shutdown(wait=False, cancel_futures=True)


class Fetcher:
    """Fetches for one outlet: its own connections, its proxy, and the private hosts that its entry allows."""

    def __init__(
        self, network: Network, *, allowed_private: frozenset[str] = frozenset(), proxy: str | None = None
    ) -> None:
        self._network = network
        self._allowed_private = allowed_private
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str, headers: Mapping[str, str], limits: Limits, *, method: str = "GET") -> Answer:
        """Fetch `url` without following redirects; raises FetchFailed."""
        check_url(url, self._allowed_private)
        started = time.monotonic()
        received = _Received(limits.max_bytes)
        try:
            async with asyncio.timeout(limits.timeout_seconds):
                return await self._receive(method, url, headers, received, started)
        except TimeoutError as error:
            raise FetchFailed("timeout", wire_bytes=received.wire_bytes) from error
        except FetchFailed as error:
            error.wire_bytes = received.wire_bytes
            raise
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = name_failure(error, proxied=self._proxy is not None)
            failure.wire_bytes = received.wire_bytes
            raise failure from error

    async def _receive(
        self, method: str, url: str, headers: Mapping[str, str], received: _Received, started: float
    ) -> Answer:
        session = self._open_session()
        asked = {"Accept-Encoding": ACCEPT_ENCODING, **headers}
        target = yarl.URL(url, encoded=True)
        async with session.request(method, target, headers=asked, allow_redirects=False, proxy=self._proxy) as response:
            if response.status == 407 and self._proxy is not None:
                raise FetchFailed("proxy_failed", "it asks for name and password (407)", status=407)
            received.begin(response)
            async for piece in response.content.iter_any():
                received.add(piece)
            return Answer(
                url=url,
                status=response.status,
                headers=tuple(response.headers.items()),
                body=received.finish(),
                wire_bytes=received.wire_bytes,
                seconds=time.monotonic() - started,
            )

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # A proxy looks names up itself and is the user's own choice, so the guard would only refuse the proxy.
            resolver = (
                None
                if self._proxy
                else GuardedResolver(self._network.threads, self._allowed_private, self._network.find)
            )
            connector = aiohttp.TCPConnector(resolver=resolver, ssl=self._network.tls, limit=16, ttl_dns_cache=300)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                skip_auto_headers=("User-Agent", "Accept"),
            )
        return self._session

    async def close(self) -> None:
        """Close the connections; a request under way ends as connection_lost."""
        if self._session is not None:
            await self._session.close()
            self._session = None


class _Received:
    """The body as it comes in: counted on the wire, unpacked, and stopped at the limit."""

    def __init__(self, max_bytes: int) -> None:
        self.wire_bytes = 0
        self._max_bytes = max_bytes
        self._size = 0
        self._pieces: list[bytes] = []
        self._unpacker: _Unpacker | None = None

    def begin(self, response: aiohttp.ClientResponse) -> None:
        if response.status == 304 or response.method == "HEAD":
            return
        announced = response.content_length
        if announced is not None and announced > self._max_bytes:
            raise FetchFailed("too_large", f"announces {announced} bytes", status=response.status)
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in ("", "identity"):
            self._unpacker = _Unpacker(encoding)

    def add(self, piece: bytes) -> None:
        self.wire_bytes += len(piece)
        if self.wire_bytes > self._max_bytes:
            raise FetchFailed("too_large", f"over {self._max_bytes} bytes")
        if self._unpacker is not None:
            piece = self._unpacker.unpack(piece, self._max_bytes - self._size)
        self._size += len(piece)
        self._pieces.append(piece)

    def finish(self) -> bytes:
        if self._unpacker is not None and self.wire_bytes:
            self._unpacker.check_complete()
        return b"".join(self._pieces)


class _Unpacker:
    """Unpacks gzip or deflate piece by piece and refuses to grow beyond what is left of the limit."""

    def __init__(self, encoding: str) -> None:
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise FetchFailed("bad_compression", f"Content-Encoding {encoding[:40]}")
        self._gzip = encoding != "deflate"
        self._inflater = zlib.decompressobj(31) if self._gzip else None
        self._past_end = False

    def unpack(self, piece: bytes, room: int) -> bytes:
        if self._inflater is None:  # deflate comes with a zlib header, or (wrongly, often) without
            has_header = len(piece) > 1 and piece[0] & 0x0F == 8 and (piece[0] * 256 + piece[1]) % 31 == 0
            self._inflater = zlib.decompressobj(15 if has_header else -15)
        if self._past_end:
            return b""
        try:
            unpacked = self._inflater.decompress(piece, room + 1)
        except zlib.error as error:
            raise FetchFailed("bad_compression", str(error)[:80]) from error
        if len(unpacked) > room:
            raise FetchFailed("too_large", "after decompression")
        self._past_end = self._inflater.eof  # what follows the end is not part of the page
        return unpacked

    def check_complete(self) -> None:
        if self._inflater is None or not self._inflater.eof:
            raise FetchFailed("bad_compression", "cut short")


def name_failure(error: Exception, *, proxied: bool) -> FetchFailed:
    """Name what an exception of the HTTP client means; through a proxy nothing else is ever connected to."""
    cause: BaseException | None = error
    while cause is not None:  # the resolver's refusal arrives wrapped
        if isinstance(cause, FetchFailed):
            return FetchFailed(cause.outcome, cause.detail)
        cause = cause.__cause__
    if is_out_of_files(error):
        return FetchFailed("too_many_files", os.strerror(errno.EMFILE))
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ServerFingerprintMismatch):
        return FetchFailed("bad_certificate", str(error.__cause__ or error)[:200])
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return FetchFailed("bad_tls", str(error)[:200])
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return FetchFailed("proxy_failed", f"it answered {error.status}", status=error.status)
    if proxied and isinstance(error, aiohttp.ClientConnectorError):
        return FetchFailed("proxy_failed", (error.strerror or "no connection")[:200])
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchFailed("dns_failed", str(error)[:200])
    if isinstance(error, aiohttp.ClientConnectorError):
        return FetchFailed("unreachable", (error.strerror or str(error))[:200])
    if isinstance(error, aiohttp.ClientPayloadError):
        return name_broken_body(error)
    if isinstance(error, aiohttp.ClientResponseError):
        return FetchFailed("bad_response", str(error.message)[:200])
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | ConnectionError):
        return BriefFailure("connection_lost", type(error).__name__)
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return FetchFailed("bad_url", str(error)[:200])
    return FetchFailed("connection_lost", type(error).__name__)


def is_out_of_files(error: Exception) -> bool:
    """Tell whether a connection failed because nothing more can be opened here.

    A name look-up without a free descriptor says that the name is unknown, so after that a file is opened to see.
    """
    if isinstance(error, OSError) and error.errno in NO_FILES_LEFT:
        return True
    if not isinstance(error, aiohttp.ClientConnectorError):
        return False
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as refused:
        return refused.errno in NO_FILES_LEFT
    return False


def name_broken_body(error: aiohttp.ClientPayloadError) -> FetchFailed:
    """Tell a body that ended early from one whose chunks make no sense."""
    causes = [type(error).__name__, str(error), type(error.__cause__).__name__]
    if "TransferEncodingError" in " ".join(causes):
        return FetchFailed("incomplete", "chunks ended early or are broken")
    return FetchFailed("incomplete", str(error)[:200])
