"""Cubed: blocks of rows with the numba loop, on threads, into a Zarr store."""

from tempfile import TemporaryDirectory

import cubed
import cubed.array_api as xp
import numpy as np
import zarr

from job import TASKS, WORKERS, Clock, arguments, axes
from kernel import rows, warm


def noop(block):
    return block


if __name__ == "__main__":
    command, number = arguments()
    clock = Clock()
    with TemporaryDirectory() as folder:
        spec = cubed.Spec(
            work_dir=folder,
            allowed_mem="1GB",
            executor_name="threads",
            # Without batches each task that ends makes it look at all that are pending.
            executor_options={"max_workers": WORKERS, "batch_size": 100},
        )
        warm()
        store = f"{folder}/result.zarr"
        if command == "noop":
            empty = xp.zeros((number,), dtype=np.uint16, chunks=(1,), spec=spec)
            clock.ready()
            cubed.to_zarr(cubed.map_blocks(noop, empty, dtype=np.uint16), store)
            clock.done()
            clock.tell()
        else:
            y, x = map(np.asarray, axes(number))
            high = -(-y.size // TASKS)
            clock.ready()
            ys = cubed.from_array(y, chunks=(high,), spec=spec)
            whole_rows = {"chunks": (ys.chunks[0], (x.size,)), "new_axis": 1, "dtype": np.uint16}
            cubed.to_zarr(cubed.map_blocks(rows, ys, x=x, **whole_rows), store)
            clock.done()
            clock.tell(zarr.open_array(store, mode="r")[:].sum())
