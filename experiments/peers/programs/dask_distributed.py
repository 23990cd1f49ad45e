"""Dask: a LocalCluster of one process per core, blocks of rows with the numba loop."""

from functools import partial

import numpy as np
from dask.distributed import Client, LocalCluster

from job import WORKERS, Clock, arguments, axes, blocks
from kernel import rows, warm


def noop(_):
    return None


if __name__ == "__main__":
    command, number = arguments()
    clock = Clock()
    settings = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=WORKERS, threads_per_worker=1, **settings) as cluster, Client(cluster) as client:
        client.run(warm)
        if command == "noop":
            clock.ready()
            client.gather(client.map(noop, range(number), pure=False))
            clock.done()
            clock.tell()
        else:
            y, x = axes(number)
            clock.ready()
            parts = client.map(partial(rows, x=x), [y[block] for block in blocks(len(y))])
            result = np.concatenate(client.gather(parts))
            clock.done()
            clock.tell(result.sum())
