"""The loop as a user of numba writes it; compiled once and kept in numba's cache beside this file."""

import numba
import numpy as np

from job import MAX_ITERATIONS


@numba.njit(cache=True, nogil=True)
def escape_time(cr, ci, limit):
    zr = zi = 0.0
    for count in range(limit):
        imaginary = zr * zi
        zr = zr * zr - zi * zi + cr
        zi = imaginary + imaginary + ci
        if zr * zr + zi * zi > 4:
            return count
    return limit


@numba.njit(cache=True, nogil=True)
def serial(y, x, limit):
    out = np.empty((y.size, x.size), np.uint16)
    for row in range(y.size):
        for column in range(x.size):
            out[row, column] = escape_time(x[column], y[row], limit)
    return out


@numba.njit(cache=True, parallel=True)
def parallel(y, x, limit):
    out = np.empty((y.size, x.size), np.uint16)
    for row in numba.prange(y.size):
        for column in range(x.size):
            out[row, column] = escape_time(x[column], y[row], limit)
    return out


def rows(y: list[float], x: list[float]) -> np.ndarray:
    return serial(np.asarray(y), np.asarray(x), MAX_ITERATIONS)


def warm(_=None) -> None:
    """Imports and compiles, or loads from the cache, what a worker needs."""
    rows([0.0], [2.0])
