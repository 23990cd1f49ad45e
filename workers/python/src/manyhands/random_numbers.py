"""Random numbers of a cell: sfc32, begun with the job's seed and the cell's place in the whole array, as shared/kernels/maths/random.ts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS = 15
TO_UNIT = 2.0**-53
LOW = 0xFFFFFFFF


class CellRandom:
    """The sequences of many cells, which go on together: each call gives the next number of every cell."""

    def __init__(self, seed: int, cells: NDArray[np.uint64]) -> None:
        self.state = (
            np.full(cells.shape, seed & LOW, np.uint32),
            (cells & np.uint64(LOW)).astype(np.uint32),
            np.full(cells.shape, seed >> 32, np.uint32),
            (cells >> np.uint64(32)).astype(np.uint32),
        )
        self.is_fresh = True

    def __call__(self) -> NDArray[np.float64]:
        a, b, c, counter = self.state
        high = low = a
        for _ in range(ROUNDS + 2 if self.is_fresh else 2):
            high = low
            low = a + b + counter
            counter = counter + np.uint32(1)
            a = b ^ (b >> np.uint32(9))
            b = c + (c << np.uint32(3))
            c = ((c << np.uint32(21)) | (c >> np.uint32(11))) + low
        self.state, self.is_fresh = (a, b, c, counter), False
        return ((high >> np.uint32(5)) * 67108864.0 + (low >> np.uint32(6))) * TO_UNIT


def begin(state: Any, seed: int, cell: int) -> None:
    """Begins the sequence of one cell in `state`, five numbers."""
    state[0] = seed & LOW
    state[1] = cell & LOW
    state[2] = seed >> 32
    state[3] = cell >> 32
    state[4] = ROUNDS


def uniform(random: Any) -> float:
    """The next number of a cell's sequence, 0 <= number < 1: for the `random` that `point` is called with."""
    a, b, c, counter = random[0], random[1], random[2], random[3]
    high = 0
    low = 0
    for _ in range(random[4] + 2):
        high = low
        low = (a + b + counter) & LOW
        counter = (counter + 1) & LOW
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & LOW
        c = ((((c << 21) & LOW) | (c >> 11)) + low) & LOW
    random[0], random[1], random[2], random[3], random[4] = a, b, c, counter, 0
    return float(((high >> 5) * 67108864.0 + (low >> 6)) * TO_UNIT)


def random_of(seed: int, cell: int) -> Callable[[], float]:
    """The sequence of one cell."""
    state = [0, 0, 0, 0, 0]
    begin(state, seed, cell)
    return lambda: uniform(state)
