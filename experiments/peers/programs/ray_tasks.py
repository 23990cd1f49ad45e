"""Ray: a task per block of rows with the numba loop."""

import numpy as np
import ray

from job import WORKERS, Clock, arguments, axes, blocks
from kernel import rows, warm

if __name__ == "__main__":
    command, number = arguments()
    clock = Clock()
    ray.init(
        num_cpus=WORKERS,
        include_dashboard=False,
        log_to_driver=False,
        object_store_memory=256 * 2**20,
    )
    noop = ray.remote(lambda: None)
    ray.get([ray.remote(warm).remote() for _ in range(WORKERS)])
    if command == "noop":
        ray.get([noop.remote() for _ in range(WORKERS)])
        clock.ready()
        ray.get([noop.remote() for _ in range(number)])
        clock.done()
        clock.tell()
    else:
        y, x = axes(number)
        task = ray.remote(rows)
        clock.ready()
        shared = ray.put(x)
        result = np.concatenate(ray.get([task.remote(y[block], shared) for block in blocks(len(y))]))
        clock.done()
        clock.tell(result.sum())
    ray.shutdown()
