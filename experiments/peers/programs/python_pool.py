"""multiprocessing.Pool with the pure Python loop."""

from array import array
from functools import partial
from multiprocessing import Pool

from job import WORKERS, blocks, measure
from plain import rows


def noop(_):
    return None


def compute(y, x):
    result = array("H")
    for part in pool.map(partial(rows, x=x), blocks(y), chunksize=1):
        result.extend(part)
    return result


if __name__ == "__main__":
    with Pool(WORKERS) as pool:
        pool.map(noop, range(WORKERS), chunksize=1)
        measure(compute, noops=lambda count: pool.map(noop, range(count), chunksize=1))
