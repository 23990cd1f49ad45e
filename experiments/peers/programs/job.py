"""The job that every Python program here computes, and how a program tells the harness what it took."""

import json
import os
import sys
import time
from itertools import pairwise

MAX_ITERATIONS = 1000
WORKERS = os.cpu_count() or 1
TASKS = 32


def arguments() -> tuple[str, int]:
    """`compute <size>`: the tutorial's grid of about size/2 points a side; `noop <count>`: so many empty tasks."""
    command, number = sys.argv[-2:]
    return command, int(number)


def axes(size: int) -> tuple[list[float], list[float]]:
    return coordinates(1.3, -1.3, size), coordinates(-2.13, 0.77, size)


def coordinates(start: float, end: float, size: int) -> list[float]:
    """By repeated addition, as the tutorial's loop does: `start + i * step` has other bits, and another sum."""
    step = 2 * (end - start) / size
    values = []
    value = start
    while value < end if step > 0 else value > end:
        values.append(value)
        value += step
    return values


def blocks(rows: int, count: int = TASKS) -> list[slice]:
    """Blocks of neighbouring rows: enough of them to come out even, few enough not to matter."""
    edges = [task * rows // count for task in range(count + 1)]
    return [slice(first, end) for first, end in pairwise(edges)]


class Clock:
    """Start-up lasts from the program's start, which the harness knows, to `ready`; compute from there to `done`."""

    def ready(self) -> None:
        self.started_up = time.time()

    def done(self) -> None:
        self.computed = time.time()

    def tell(self, total: int | None = None) -> None:
        times = {
            "startUpMs": 1000 * self.started_up - float(os.environ["STARTED_AT_MS"]),
            "computeMs": 1000 * (self.computed - self.started_up),
        }
        print(json.dumps(times if total is None else {**times, "sum": int(total)}), flush=True)
