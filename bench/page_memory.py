"""Turns pages that one worker reads into what it holds in memory: new pages, the same ones again, ever new words.

    python -m bench.page_memory [--pages 2000]

Each part runs in a process of its own. What a page leaves behind shows where the same pages are read again; what rises
with new ones are caches with a limit, which the last part fills with words that no language has.
"""

from __future__ import annotations

import argparse
import functools
import gc
import json
import multiprocessing
import os
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from bench.soak import memory_of
from bench.soak_site import write_article
from extract.workers import PAGES_A_WORKER, extract_in_worker, prepare_worker
from store.records import Outlet, Page

SAME = 20  # pages that are read over and over
SAMPLES = 10
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
MOST_BYTES = 300  # that may stay of a page that was read before
# "a bomb went off beside a convoy of the coalition in Kirkuk today and wounded 3 soldiers"
TOLD = "انفجرت عبوة ناسفة على رتل للتحالف في كركوك اليوم وأسفرت عن إصابة 3 جنود"
OUTLET = Outlet(
    id="one", name_ar="", name_en="", home="", publisher="", ownership="private", country="IQ", time_zone="UTC",
    kind="feed", urls=(), every_seconds=600, allowed_hosts=(),
)  # fmt: skip


def new_pages(count: int) -> Iterator[bytes]:
    """Pages of the soak, each another."""
    return (write_article(f"/a/{number % 100}/{number}") for number in range(count))


def same_pages(count: int) -> Iterator[bytes]:
    """The same few pages over and over."""
    bodies = [write_article(f"/a/{number}/{number}") for number in range(SAME)]
    return (bodies[number % SAME] for number in range(count))


def strange_pages(count: int) -> Iterator[bytes]:
    """Pages of words that no page before had; every fifth sentence tells of an attack."""
    chance = random.Random(1)

    def line() -> str:
        return " ".join("".join(chance.choices(LETTERS, k=chance.randint(3, 8))) for _ in range(12))

    for _ in range(count):
        text = "".join(f"<p>{line()} {TOLD if number % 5 == 0 else ''}.</p>" for number in range(25))
        yield f"<html><body><article><h1>{TOLD}</h1>{text}</article></body></html>".encode()


PARTS: dict[str, Callable[[int], Iterator[bytes]]] = {"new": new_pages, "same": same_pages, "strange": strange_pages}


def read_pages(name: str, count: int, answers: Any) -> None:
    """Read a part's pages as a worker does, and answer with its memory by pages read, in MB."""
    prepare_worker()
    bodies = PARTS[name](count)
    held = [(0, memory_of(os.getpid()))]
    for number, body in enumerate(bodies, start=1):
        url = f"http://outlet.example/{number}"
        page = Page(outlet_id="one", url=url, requested_url=url, status=200, content_type="text/html", body=body,
                    fetched_at=datetime.now(UTC))  # fmt: skip
        extract_in_worker(page, OUTLET)
        if number == SAME or number % max(1, count // SAMPLES) == 0:
            held.append((number, memory_of(os.getpid())))
    answers.put((held, full_caches()))


def full_caches() -> list[str]:
    """The caches with a limit that are full, with it."""
    found = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    return sorted(f"{one.__module__}.{one.__name__} {one.cache_info().maxsize}" for one in found
                  if (one.cache_info().maxsize or 0) >= 1_000 and one.cache_info().currsize == one.cache_info().maxsize)


def measure(name: str, count: int) -> dict[str, Any]:
    """One part's figures, from a fresh process."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=read_pages, args=(name, count, answers))
    process.start()
    held, caches = answers.get()
    process.join()
    later = [(pages, megabytes) for pages, megabytes in held if pages >= count / 2]
    slope = statistics.linear_regression(*zip(*later, strict=True)).slope
    return {"part": name, "pages": count, "mb": [(pages, round(megabytes, 1)) for pages, megabytes in held],
            "bytes_a_page_in_the_second_half": round(slope * 1e6), "full": caches}  # fmt: skip


def main() -> int:
    """Print one JSON object a part; 1 where pages that were read before leave something behind."""
    parser = argparse.ArgumentParser(prog="python -m bench.page_memory", description="What a worker's pages leave.")
    parser.add_argument("--pages", type=int, default=PAGES_A_WORKER, help=f"of each part (default {PAGES_A_WORKER})")
    count = parser.parse_args().pages
    worst = 0
    for name in PARTS:
        figures = measure(name, count)
        print(json.dumps(figures), flush=True)
        worst |= name == "same" and figures["bytes_a_page_in_the_second_half"] > MOST_BYTES
    return int(worst)


if __name__ == "__main__":
    sys.exit(main())
