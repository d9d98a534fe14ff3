"""The daemon's extraction on a Dask cluster: the same results, and nothing lost where workers or scheduler go."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extract.cluster import ClusterPool
from extract.page import extract_page
from extract.workers import ExtractionPool
from store.records import Page
from tests.fakes import make_outlet
from tests.marsad import ROOT, marsad_environ

OUTLET = make_outlet("outlet")
# "A bomb went off under an army vehicle in Mosul and killed N soldiers."
TOLD = "انفجرت عبوة ناسفة على عجلة للجيش في مدينة الموصل، ما أدى إلى مقتل {number} جنود."


def make_page(number: int) -> Page:
    url, text = f"https://outlet.example/{number}", TOLD.format(number=number)
    return Page(
        outlet_id="outlet", url=url, requested_url=url, status=200, content_type="text/html; charset=utf-8",
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        body=f"<html><body><article><h1>خبر</h1><p>{text}</p><p>{text}</p></article></body></html>".encode(),  # "news"
    )  # fmt: skip


needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="the extra `cluster` (Dask distributed) is not installed"
)
# A cluster of processes; pages are extracted while all is well, after its worker is killed, and after its scheduler is.
DRIVER = """
import asyncio, json, subprocess, sys, time
from pathlib import Path
from extract.cluster import ClusterPool
from extract.page import extract_page
from extract.workers import ExtractionPool
from tests.test_extract_cluster import OUTLET, make_page
main = "import sys; from distributed.cli.dask_{0} import main; main(sys.argv[1:], standalone_mode=False)"
folder = Path(sys.argv[1])
def start(what, *words):
    return subprocess.Popen([sys.executable, "-c", main.format(what), *words], stderr=subprocess.DEVNULL)
head = start("scheduler", "--no-dashboard", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(folder / "s"))
while not (folder / "s").exists():
    time.sleep(0.1)
address = json.loads((folder / "s").read_text())["address"]
worker = start("worker", "--no-dashboard", "--nthreads", "2", "--no-nanny", "--death-timeout", "5", address)
class Local(ExtractionPool):
    pages = 0
    async def extract(self, page, outlet):
        self.pages += 1
        return await super().extract(page, outlet)
async def run():
    local = Local(workers=1, page_seconds=3.0)
    pool = ClusterPool(address, local, again_seconds=600)
    right, told = [], {}
    async def read(name, numbers):
        local.pages = 0
        results = await asyncio.gather(*(pool.extract(make_page(n), OUTLET) for n in numbers))
        right.extend(result == extract_page(make_page(n), OUTLET) for n, result in zip(numbers, results))
        told[name] = local.pages
    await read("unconnected", [1])
    while pool._client is None or not pool._client.nthreads():
        await asyncio.sleep(0.1)
    await asyncio.sleep(3)
    pool._client.submit(make_page, 1).result()
    local.page_seconds = 30.0
    await read("first", [1])
    local.page_seconds = 3.0
    await read("well", range(2, 20))
    worker.kill()
    await read("no worker", range(20, 24))
    again = start("worker", "--no-dashboard", "--nthreads", "1", "--no-nanny", "--death-timeout", "5", address)
    pool._again_at = 0.0
    while pool._client is None or not pool._client.nthreads():
        await read("waiting", [3])
        await asyncio.sleep(0.5)
    local.page_seconds = 30.0
    await read("again", [1])
    local.page_seconds = 3.0
    under_way = asyncio.ensure_future(read("no scheduler", range(30, 70)))
    await asyncio.sleep(0.05)
    head.kill()
    await under_way
    await read("after", range(70, 74))
    again.kill()
    pool.stop()
    print(json.dumps({"told": told, "right": all(right), "pages": len(right)}))
try:
    asyncio.run(run())
finally:
    head.kill()
    worker.kill()
"""


@needs_dask
def test_a_lost_worker_or_scheduler_costs_no_page(tmp_path: Path) -> None:
    environ = {**marsad_environ(), "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}
    words = [sys.executable, "-c", DRIVER, str(tmp_path)]
    done = subprocess.run(words, env=environ, cwd=ROOT, check=False, capture_output=True, timeout=150)
    assert done.returncode == 0, done.stderr.decode()
    summary = json.loads(done.stdout.splitlines()[-1])
    told = summary["told"]
    assert summary["right"]
    assert (told["unconnected"], told["well"], told["no worker"], told["after"]) == (1, 0, 4, 4)


def test_a_cluster_that_is_not_there_is_done_without() -> None:
    async def run() -> None:
        pool = ClusterPool("tcp://127.0.0.1:1", ExtractionPool(workers=1, page_seconds=30.0))
        try:
            for number in (3, 4):
                assert await pool.extract(make_page(number), OUTLET) == extract_page(make_page(number), OUTLET)
        finally:
            pool.stop()

    asyncio.run(run())
