"""The same loop in Python alone, without numpy."""

from array import array

from job import MAX_ITERATIONS


def rows(y: list[float], x: list[float]) -> array:
    return array("H", (escape_time(cr, ci) for ci in y for cr in x))


def escape_time(cr: float, ci: float) -> int:
    zr = zi = 0.0
    for count in range(MAX_ITERATIONS):
        imaginary = zr * zi
        zr = zr * zr - zi * zi + cr
        zi = imaginary + imaginary + ci
        if zr * zr + zi * zi > 4:
            return count
    return MAX_ITERATIONS
