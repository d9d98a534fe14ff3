"""Turns a blocking call into something that an event loop can await without being held up, not even at its end."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


async def run_in_thread(function: Callable[..., Result], *args: object) -> Result:
    """Await a blocking call in a daemon thread: unlike an executor's, it does not hold up the end of the process."""
    answer: concurrent.futures.Future[Result] = concurrent.futures.Future()
    answer.set_running_or_notify_cancel()  # a job that is cancelled leaves the thread to end by itself

    def work() -> None:
        try:
            answer.set_result(function(*args))
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=work, daemon=True, name=getattr(function, "__name__", "work")).start()
    return await asyncio.wrap_future(answer)
