"""Turns some hundred visits of one daemon into what each leaves behind in memory: objects by type, and bytes.

    python -m bench.leftovers [--rounds 20]

As many rounds go before, uncounted. A round visits the newsroom's ten outlets at once and reads, sends and judges what
came. Exit code 1 where objects of our own or of Scrapy grow in number, or more than a few hundred bytes a visit stay.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import sys
import tempfile
import tracemalloc
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from commands.demo import demo_settings
from commands.run import load_all
from newsroom.server import Newsroom
from scheduler import Daemon
from store.database import open_database

WARM_ROUNDS = 12
MOST_BYTES = 500  # a visit
OURS = ("alerts.", "crawler.", "extract.", "intake.", "operations.", "scheduler.", "scrapy.", "store.")
ELSEWHERE = ("*/newsroom/*", "*/http/*", "*/email/*", "*/socketserver.py", "*/tracemalloc.py")  # the newsroom's own


def count_objects() -> Counter[str]:
    """All that the garbage collector knows after it has run, by type."""
    gc.collect()
    return Counter(f"{type(one).__module__}.{type(one).__qualname__}" for one in gc.get_objects())


def take_snapshot() -> tracemalloc.Snapshot:
    """What is allocated, but for the newsroom that plays in the same process."""
    gc.collect()
    return tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(False, name) for name in ELSEWHERE])


async def measure(folder: Path, newsroom: Newsroom, rounds: int) -> dict[str, Any]:
    """Visit until all is warm, then `rounds` times more, and compare."""
    settings, outlets = load_all(folder / "settings.toml", folder / "marsad.db")
    db = open_database(settings.database)
    daemon = Daemon(settings, outlets, db)
    daemon.begin()

    async def visit(times: int) -> None:
        for _ in range(times):
            await asyncio.gather(*(daemon.crawl(outlet) for outlet in outlets))
            await daemon.drain()
            await daemon.send()
            await daemon.queue_regular()

    try:
        for _ in range(WARM_ROUNDS):
            if not newsroom.is_over:
                newsroom.advance()
            await visit(1)
        tracemalloc.start(1)
        await visit(rounds)  # caches with a limit of their own fill
        before, objects = take_snapshot(), count_objects()
        await visit(rounds)
        grown = sum(line.size_diff for line in take_snapshot().compare_to(before, "filename"))
        more = {name: n for name, n in (count_objects() - objects).items() if name.startswith(OURS)}
    finally:
        await daemon.close()
        db.close()
    visits = rounds * len(outlets)
    return {"visits": visits, "bytes_a_visit": round(grown / visits), "more_objects": more}


def main() -> int:
    """Print one JSON object; 1 where something stays behind."""
    parser = argparse.ArgumentParser(prog="python -m bench.leftovers", description="What visits leave in memory.")
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    logging.getLogger("marsad").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="marsad-leftovers-") as name, Newsroom() as newsroom:
        folder = Path(name)
        text = demo_settings(newsroom.outlets(every_seconds=1), None)
        (folder / "settings.toml").write_text(text, encoding="utf-8")
        with (folder / "told.txt").open("w", encoding="utf-8") as told, redirect_stdout(told):
            os.chdir(folder)
            figures = asyncio.run(measure(folder, newsroom, rounds))
    print(json.dumps(figures))
    return int(bool(figures["bytes_a_visit"] > MOST_BYTES or figures["more_objects"]))


if __name__ == "__main__":
    sys.exit(main())
