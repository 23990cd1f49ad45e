"""Ray: a task per block of rows with the numba loop."""

import numpy as np
import ray

from job import WORKERS, blocks, measure
from kernel import rows, warm


def noops(count):
    ray.get([noop.remote() for _ in range(count)])


def compute(y, x):
    shared = ray.put(x)
    return np.concatenate(ray.get([task.remote(block, shared) for block in blocks(y)]))


if __name__ == "__main__":
    ray.init(
        num_cpus=WORKERS,
        include_dashboard=False,
        log_to_driver=False,
        object_store_memory=256 * 2**20,
    )
    noop, task = ray.remote(lambda: None), ray.remote(rows)
    ray.get([ray.remote(warm).remote() for _ in range(WORKERS)])
    noops(WORKERS)
    measure(compute, noops)
    ray.shutdown()
