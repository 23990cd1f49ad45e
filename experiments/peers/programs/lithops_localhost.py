"""Lithops on localhost: a function call per block of rows with the numba loop, results through its storage."""

import numpy as np
from lithops import FunctionExecutor

from job import WORKERS, blocks, measure
from kernel import rows

CONFIG = {
    "lithops": {"backend": "localhost", "storage": "localhost", "log_level": "ERROR", "telemetry": False},
    # Version 1 forks each call from a worker of its map; version 2, the default, starts Python anew for each.
    "localhost": {"version": 1, "worker_processes": WORKERS},
}
# Each call imports numba anew: only as many blocks as even out.
BLOCKS = 4 * WORKERS
# Found on PYTHONPATH by the workers too, where numba's cache lies beside it; shipped, it would be compiled again.
LOCAL = {"exclude_modules": ["kernel"]}


def noop(_):
    return None


def noops(count):
    executor.get_result(executor.map(noop, range(count)))


def compute(y, x):
    parts = [{"y": block} for block in blocks(y, BLOCKS)]
    return np.concatenate(executor.get_result(executor.map(rows, parts, extra_args={"x": x}, **LOCAL)))


if __name__ == "__main__":
    with FunctionExecutor(config=CONFIG) as executor:
        measure(compute, noops)
