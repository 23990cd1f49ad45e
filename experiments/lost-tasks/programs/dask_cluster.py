"""Dask: a scheduler, and two workers of one thread with their nannies, as `dask worker` starts them."""

import sys

from dask.distributed import Client

from lost import FOLDER, judge, started, task, workers

if __name__ == "__main__":
    address = FOLDER / "scheduler.json"
    dask = f"{sys.prefix}/bin/dask"
    started(
        [dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(address)]
    )
    workers(
        dask, "worker", "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard", "--scheduler-file", str(address)
    )
    with Client(scheduler_file=str(address)) as client:
        client.wait_for_workers(2)
        futures = []
        judge(lambda numbers: futures.extend(client.map(task, numbers, pure=False)))
