"""The job that every Python program here computes, and how a program tells the harness what it took."""

import json
import os
import sys
import time
from itertools import pairwise

MAX_ITERATIONS = 1000
WORKERS = os.cpu_count() or 1
TASKS = 32


def axes(size: int) -> tuple[list[float], list[float]]:
    """The tutorial's grid of about size/2 points a side: y, x."""
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


def blocks(rows, count: int = TASKS) -> list:
    """Neighbouring rows together: enough blocks to come out even, few enough not to matter."""
    edges = [task * len(rows) // count for task in range(count + 1)]
    return [rows[first:end] for first, end in pairwise(edges)]


def noop(_=None) -> None:
    """The empty task."""


def measure(array, noops=None) -> None:
    """
    Does what the command line asks for, `array(y, x)`, which returns the whole array, or `noops(count)`, and prints what
    it took. Start-up lasts from the program's start, which the harness knows, to this call; compute to the return.
    """
    command, number = sys.argv[-2:]
    work, given = (noops, [int(number)]) if command == "noop" else (array, axes(int(number)))
    started_up = time.time()
    result = work(*given)
    computed = time.time()
    times = {
        "startUpMs": 1000 * started_up - float(os.environ["STARTED_AT_MS"]),
        "computeMs": 1000 * (computed - started_up),
    }
    if command != "noop":
        times["sum"] = int(result.sum() if hasattr(result, "sum") else sum(result))
    print(json.dumps(times), flush=True)
