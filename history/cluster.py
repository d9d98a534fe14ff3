"""Turns parts into their results on the workers of a Dask cluster, in the order of the parts.

Dask itself gives a lost worker's parts to others. The workers need Marsad, and the sources under the same paths.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from typing import Any

from extract.cluster import connect, load_distributed
from history.reading import read_part
from history.records import Job, PartResult
from store.errors import MarsadError

AHEAD = 3  # parts under way or done and waiting, for each thread of the cluster


def read_on_cluster(jobs: Iterable[Job], *, scheduler: str | None, workers: int) -> Iterator[PartResult]:
    """Read the jobs' parts on the cluster behind `scheduler`; None makes one of `workers` processes on this machine.

    MarsadError where the scheduler is lost: what is written stays, and the same command goes on there.
    """
    client = join(scheduler, workers)
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
    try:
        result = future.result()
    except load_distributed().KilledWorker:
        return PartResult(part=job.part, problem="its workers died again and again")
    assert isinstance(result, PartResult)
    return result


def join(scheduler: str | None, workers: int) -> Any:
    """A client of the cluster, or of one made on this machine; MarsadError as `connect`."""
    if scheduler is not None:
        return connect(scheduler)
    distributed = load_distributed()
    cluster: Any = distributed.LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
    return distributed.Client(cluster)
