"""numba: the loop compiled, `serial` on one thread or `parallel`, by prange, on all."""

import sys

import numpy as np

import kernel
from job import MAX_ITERATIONS, Clock, arguments, axes

_, size = arguments()
clock = Clock()
compute = getattr(kernel, sys.argv[1])
y, x = map(np.asarray, axes(size))
compute(y[:1], x[:1], MAX_ITERATIONS)
clock.ready()
result = compute(y, x, MAX_ITERATIONS)
clock.done()
clock.tell(result.sum())
