"""Turns pages into results on the workers of a Dask cluster, and on this machine's own where the cluster fails.

The cluster is an addition, never a need: whatever it does not answer in time is read here, and it is asked again later.
Its workers need the same version of Marsad. Dask pickles what it carries, so that its scheduler has to be trusted.
"""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from extract.workers import ExtractionPool
from store.errors import ExtractError, MarsadError
from store.events import event_line
from store.records import Outlet, Page

if TYPE_CHECKING:
    from extract.page import PageResult

log = logging.getLogger("marsad")
CONNECT_SECONDS = 20.0
CLOSE_SECONDS = 3.0
WAITERS = 128  # threads that wait for the cluster's answers: as many pages are on their way at one time
AGAIN_SECONDS = 60.0  # after a cluster was lost
PATIENCE = 2.0  # times `page_seconds` that a page may take there, waiting for a place included


class OtherVersion(MarsadError):
    """A cluster's worker codes by other rules than this machine."""


def connect(scheduler: str, *, seconds: float = CONNECT_SECONDS) -> Any:
    """A client of the cluster; MarsadError where the extra is missing or nobody answers."""
    distributed = load_distributed()
    try:
        return distributed.Client(scheduler, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        raise MarsadError(f"{scheduler}: no Dask scheduler answers there: {error}") from error


def load_distributed() -> Any:
    """Dask's package, untyped; MarsadError where the extra is missing."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise MarsadError("a Dask cluster needs the extra `cluster`: pip install 'marsad[cluster]'") from error


def extract_there(page: Page, outlet: Outlet, version: str) -> PageResult:
    """Run on the cluster; OtherVersion where what it runs would code otherwise."""
    from extract.page import extract_page
    from extract.version import coder_mark

    if coder_mark() != version:
        raise OtherVersion(f"the worker codes by version {coder_mark()}, not {version}")
    return extract_page(page, outlet)


class ClusterPool:
    """Extraction on a cluster, with worker processes of this machine for what the cluster does not do."""

    def __init__(self, scheduler: str, local: ExtractionPool, *, again_seconds: float = AGAIN_SECONDS) -> None:
        self._scheduler = scheduler
        self._local = local
        self._again_seconds = again_seconds
        self._again_at = 0.0
        self._client: Any = None
        self._version = ""
        self._threads = ThreadPoolExecutor(WAITERS, thread_name_prefix="marsad-cluster")
        self._connecting: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the local workers, which take over without delay; the cluster is asked with the first page."""
        self._local.start()

    async def extract(self, page: Page, outlet: Outlet) -> PageResult:
        """Extract and code one page; raises as the local pool does."""
        client = self._client
        if client is None:
            self._connect_again()
        else:
            try:
                return await self._extract_there(client, page, outlet)
            except ExtractError:
                pass  # this page alone; here its time can be limited, and what it does be told
            except (MarsadError, OSError, TimeoutError, CancelledError, asyncio.CancelledError) as error:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    raise
                self._lose(client, error)
        return await self._local.extract(page, outlet)

    async def _extract_there(self, client: Any, page: Page, outlet: Outlet) -> PageResult:
        """The cluster's answer; ExtractError where only this page gets none."""
        loop = asyncio.get_running_loop()
        if client.status != "running":
            raise OSError(f"the connection is {client.status}")
        future = client.submit(extract_there, page, outlet, self._version, pure=False)
        try:
            result: PageResult = await loop.run_in_executor(
                self._threads, future.result, PATIENCE * self._local.page_seconds
            )
        except (load_distributed().KilledWorker, TimeoutError) as error:
            if isinstance(error, TimeoutError) and not await loop.run_in_executor(self._threads, client.nthreads):
                raise OSError("it has no workers left") from error
            raise ExtractError(page.url, str(error)) from error
        finally:
            with suppress(Exception):  # of a client that is closed; what is asked for no longer is given up there
                future.release()
        return result

    def _connect_again(self) -> None:
        """Try to reach the cluster beside the work, unless that is being done or failed a moment ago."""
        if self._connecting is None and time.monotonic() >= self._again_at:
            self._connecting = asyncio.ensure_future(self._connect())

    async def _connect(self) -> None:
        from extract.version import coder_mark

        try:
            self._version = await asyncio.to_thread(coder_mark)
            self._client = await asyncio.to_thread(connect, self._scheduler)
            log.info(event_line("cluster", scheduler=self._scheduler, state="connected"))
        except MarsadError as error:
            self._again_at = time.monotonic() + self._again_seconds
            log.warning(event_line("cluster", scheduler=self._scheduler, state="out_of_reach", error=error))
        finally:
            self._connecting = None

    def _lose(self, client: Any, error: BaseException) -> None:
        """Do without the cluster for a while; pages still on their way there come back to the local workers."""
        if self._client is not client:
            return
        self._client, self._again_at = None, time.monotonic() + self._again_seconds
        log.warning(event_line("cluster", scheduler=self._scheduler, state="lost", error=error or type(error).__name__))
        self._threads.submit(close, client)

    def stop(self) -> None:
        """End the local workers and leave the cluster, whose pages stay in the queue."""
        client, self._client = self._client, None
        self._again_at = float("inf")
        if client is not None:
            close(client)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._local.stop()


def close(client: Any) -> None:
    """Leave a cluster, whatever state it is in."""
    with suppress(Exception):
        client.close(timeout=CLOSE_SECONDS)
