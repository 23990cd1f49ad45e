"""What a kernel's cells take, told from blocks of them that are spread over the grid."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .declaration import Kernel, Scalar
from .driver import compute_chunk
from .grid import Axis
from .job import Spec
from .layout import Chunk

#: A sample that takes less is lengthened: each call of a function on arrays has a cost of its own.
SAMPLE_SECONDS = 0.01
MOST_CELLS = 65_536
MOST_SAMPLES = 64
#: The first of its length pays for memory that later ones use again; who waits ends the process before these where a cell is dear.
LEAST_SAMPLES = 4
GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class TimedGrid:
    kernel: Kernel
    axes: tuple[Axis, ...]
    parameters: Mapping[str, Scalar]
    seed: int


def time_cells(grid: TimedGrid, budget_seconds: float) -> Iterator[dict[str, object]]:
    """`{"begun": True}` once the function is compiled, then `{"seconds": …, "cells": …}` a sample, in CPU time; a shorter block's sample
    is told before a longer one replaces it. Raises KernelError."""
    shape = tuple(axis.length for axis in grid.axes)
    values = tuple((name, "float64") for name in grid.kernel.values)
    spec = Spec(grid.kernel.name, None, grid.parameters, grid.axes, shape, "none", grid.seed, values)
    if grid.kernel.point:
        compute_chunk(spec, _block(shape, 1, 0), grid.kernel)
    yield {"begun": True}
    began = time.monotonic()
    cells, k, taken = 1, 0, 0
    while taken < LEAST_SAMPLES or (time.monotonic() - began < budget_seconds and taken < MOST_SAMPLES):
        block = _block(shape, cells, k)
        k += 1
        before = time.thread_time()
        compute_chunk(spec, block, grid.kernel)
        seconds = time.thread_time() - before
        count = math.prod(block.shape)
        yield {"seconds": seconds, "cells": count}
        taken += 1
        if seconds < SAMPLE_SECONDS and count < min(MOST_CELLS, math.prod(shape)):
            cells, taken = min(cells * 4, MOST_CELLS), 0
        elif count == math.prod(shape) and seconds > SAMPLE_SECONDS:
            return


def _block(shape: tuple[int, ...], cells: int, k: int) -> Chunk:
    """About as many cells that are neighbours, along the last axes first; another `k` has others."""
    sides: list[int] = []
    left = cells
    for length in reversed(shape):
        sides.insert(0, max(1, min(length, left)))
        left //= sides[0]
    start = tuple(
        math.floor(((k + 1) * GOLDEN * (axis + 2) % 1) * (length - side + 1))
        for axis, (length, side) in enumerate(zip(shape, sides, strict=True))
    )
    return Chunk(0, (0,) * len(shape), start, tuple(sides))
