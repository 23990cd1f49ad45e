"""numba: the loop compiled, `serial` on one thread or `parallel`, by prange, on all."""

import sys

import numpy as np

import kernel
from job import MAX_ITERATIONS, measure

loop = getattr(kernel, sys.argv[1])


def compute(y, x):
    return loop(np.asarray(y), np.asarray(x), MAX_ITERATIONS)


compute([0.0], [2.0])
measure(compute)
