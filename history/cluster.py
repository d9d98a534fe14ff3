"""Turns parts into their results on the workers of a Dask cluster, in the order of the parts.

Dask itself gives a lost worker's parts to others. The workers need Marsad, and the sources under the same paths.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from importlib import import_module
from typing import Any

from history.reading import read_part
from history.records import Job, PartResult
from store.errors import MarsadError

AHEAD = 3  # parts under way or done and waiting, for each thread of the cluster
CONNECT_SECONDS = 20


def read_on_cluster(jobs: Iterable[Job], *, scheduler: str | None, workers: int) -> Iterator[PartResult]:
    """Read the jobs' parts on the cluster behind `scheduler`; None makes one of `workers` processes on this machine.

    MarsadError where the scheduler is lost: what is written stays, and the same command goes on there.
    """
    client = connect(scheduler, workers)
    waiting = iter(jobs)
    running: deque[tuple[Job, Any]] = deque()
    try:
        while True:
            ahead = AHEAD * max(1, sum(client.nthreads().values()))
            while len(running) < ahead and (job := next(waiting, None)):
                running.append((job, client.submit(read_part, job, pure=False, retries=3)))
            if not running:
                return
            job, future = running.popleft()
            yield take_result(job, future)
    except (CancelledError, OSError) as error:
        raise MarsadError("the Dask scheduler is gone; the same command goes on where this one stood") from error
    finally:
        client.close()
        if scheduler is None and client.cluster is not None:
            client.cluster.close()


def take_result(job: Job, future: Any) -> PartResult:
    """Wait for a part; one that Dask gave up on is a part to be tried again another time."""
    from distributed import KilledWorker

    try:
        result = future.result()
    except KilledWorker:
        return PartResult(part=job.part, problem="its workers died again and again")
    assert isinstance(result, PartResult)
    return result


def connect(scheduler: str | None, workers: int) -> Any:
    """A client of the cluster; MarsadError where the extra is missing or nobody answers."""
    try:
        distributed: Any = import_module("distributed")  # untyped, and there only with the extra
    except ImportError as error:
        raise MarsadError("--engine dask needs the extra `cluster`: pip install 'marsad[cluster]'") from error
    if scheduler is None:
        cluster: Any = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
        return distributed.Client(cluster)
    try:
        return distributed.Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise MarsadError(f"{scheduler}: no Dask scheduler answers there: {error}") from error
