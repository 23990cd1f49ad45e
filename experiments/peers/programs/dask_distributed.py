"""Dask: a LocalCluster of one process per core, blocks of rows with the numba loop."""

from functools import partial

import numpy as np
from dask.distributed import Client, LocalCluster

from job import WORKERS, blocks, measure
from kernel import rows, warm


def noop(_):
    return None


def noops(count):
    client.gather(client.map(noop, range(count), pure=False))


def compute(y, x):
    return np.concatenate(client.gather(client.map(partial(rows, x=x), blocks(y))))


if __name__ == "__main__":
    settings = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(n_workers=WORKERS, threads_per_worker=1, **settings) as cluster, Client(cluster) as client:
        client.run(warm)
        measure(compute, noops)
