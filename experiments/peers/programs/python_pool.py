"""multiprocessing.Pool with the pure Python loop."""

from array import array
from functools import partial
from multiprocessing import Pool

from job import WORKERS, Clock, arguments, axes, blocks
from plain import rows


def noop(_):
    return None


if __name__ == "__main__":
    command, number = arguments()
    clock = Clock()
    with Pool(WORKERS) as pool:
        pool.map(noop, range(WORKERS), chunksize=1)
        if command == "noop":
            clock.ready()
            pool.map(noop, range(number), chunksize=1)
            clock.done()
            clock.tell()
        else:
            y, x = axes(number)
            clock.ready()
            result = array("H")
            for part in pool.map(partial(rows, x=x), [y[block] for block in blocks(len(y))], chunksize=1):
                result.extend(part)
            clock.done()
            clock.tell(sum(result))
