"""Cubed: blocks of rows with the numba loop, on threads, into a Zarr store."""

from tempfile import TemporaryDirectory

import cubed
import cubed.array_api as xp
import numpy as np
import zarr

from job import TASKS, WORKERS, measure
from kernel import rows, warm


def noop(block):
    return block


def noops(count):
    empty = xp.zeros((count,), dtype=np.uint16, chunks=(1,), spec=spec)
    cubed.to_zarr(cubed.map_blocks(noop, empty, dtype=np.uint16), store)


def compute(y, x):
    y, x = np.asarray(y), np.asarray(x)
    ys = cubed.from_array(y, chunks=(-(-y.size // TASKS),), spec=spec)
    whole_rows = {"chunks": (ys.chunks[0], (x.size,)), "new_axis": 1, "dtype": np.uint16}
    cubed.to_zarr(cubed.map_blocks(rows, ys, x=x, **whole_rows), store)
    return Stored()


class Stored:
    """Read back only when the time is over: the array is on disk by then."""

    def sum(self):
        return zarr.open_array(store, mode="r")[:].sum()


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        spec = cubed.Spec(
            work_dir=folder,
            allowed_mem="1GB",
            executor_name="threads",
            # Without batches each task that ends makes it look at all that are pending.
            executor_options={"max_workers": WORKERS, "batch_size": 100},
        )
        store = f"{folder}/result.zarr"
        warm()
        measure(compute, noops)
