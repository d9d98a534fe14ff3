"""Turns the daemon's work into jobs whose faults end one run alone, told in one plain line where a person can help."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from operations.service import Service
from store.errors import MarsadError
from store.events import event_line
from store.faults import explain_fault

log = logging.getLogger("marsad")
CANCEL_SECONDS = 2.0  # that a job may take to end once it is cancelled
REPEAT_SECONDS = 60.0  # the loop's own faults come every second: they are told so often

Job = Callable[..., Coroutine[Any, Any, object]]


class Border:
    """What every run of a job happens inside. `moot` faults are no news once the daemon stops."""

    def __init__(self, service: Service, *, is_stopping: Callable[[], bool], moot: type[Exception]) -> None:
        self._service = service
        self._is_stopping = is_stopping
        self._moot = moot
        self._running: set[asyncio.Task[Any]] = set()
        self._loop_told_at: float | None = None

    def guard(self, job: Job) -> Callable[..., Coroutine[Any, Any, None]]:
        """A job as the schedule runs it: a fault ends this run alone.

        It is logged with its traceback; one of disk, lock or file in one plain line, and once until it is mended.
        """

        async def run(*args: object) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._running.add(task)
            began, fault = time.monotonic(), None
            try:
                await job(*args)
            except asyncio.CancelledError:
                if not self._is_stopping():
                    raise
            except Exception as error:
                if not (self._is_stopping() and isinstance(error, self._moot)):
                    fault = self.tell_fault(job.__name__, error, [getattr(a, "id", a) for a in args])
            finally:
                self._running.discard(task)
                self._service.note_run(job.__name__, time.monotonic() - began, fault)

        return run

    def tell_fault(self, job: str, error: Exception, args: list[object]) -> str:
        """Log what ended a job's run, and return it in one line."""
        plain = explain_fault(error) or (str(error) if isinstance(error, MarsadError) else None)
        if plain is None:
            log.error(event_line("job_failed", job=job, args=args), exc_info=error)
        elif plain != self._service.pulse.faults.get(job):
            log.error(event_line("job_failed", job=job, args=args, error=plain))
        return plain or type(error).__name__

    def tell_loop_fault(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log what the event loop could not do for itself, such as to accept a scrape where no file may be opened."""
        plain = explain_fault(context["exception"]) if "exception" in context else None
        if plain is None:
            loop.default_exception_handler(context)
        elif self._loop_told_at is None or loop.time() - self._loop_told_at >= REPEAT_SECONDS:
            self._loop_told_at = loop.time()
            log.error(event_line("loop_failed", at=context.get("message"), error=plain))

    async def end(self) -> None:
        """Wait a moment for the jobs under way, then cancel them."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=CANCEL_SECONDS)
            for task in late:
                task.cancel()
