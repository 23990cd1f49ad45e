"""Prints the polynomials of shared/kernels/maths that are ours: least relative errors by Remez's exchange, in mpmath.

pip install mpmath==1.4.1; python test/python/maths/polynomials.py
"""

from __future__ import annotations

from collections.abc import Callable

from mpmath import asinh, atanh, cos, factorial, log, lu_solve, matrix, mp, mpf, pi, tanh, taylor

Function = Callable[[mpf], mpf]
mp.prec = 300
NEAR_ONE = mpf(2) ** -7 + mpf(2) ** -9
HALF_STEP = log(mpf(2)) / 128 * mpf("1.0001")


def from_series(coefficients: list[mpf]) -> Function:
    return lambda x: sum(c * x**at for at, c in enumerate(coefficients))


def odd(function: Function) -> Function:
    """(f(x) - x) / x^3 of x^2."""
    return from_series(taylor(function, 0, 120)[3::2])


# What is approximated, from, to, and the number of coefficients.
POLYNOMIALS: dict[str, tuple[Function, mpf, mpf, int]] = {
    "exp-core.ts, C2": (from_series([1 / factorial(n + 2) for n in range(30)]), -HALF_STEP, HALF_STEP, 5),
    "log-core.ts, B3": (from_series([mpf(-1) ** n / (n + 3) for n in range(60)]), -NEAR_ONE, NEAR_ONE, 7),
    "hyperbolic.ts, S3": (from_series([1 / factorial(2 * n + 3) for n in range(30)]), mpf(0), mpf(1), 7),
    "hyperbolic.ts, T3": (odd(tanh), mpf(0), mpf("0.16"), 10),
    "exp.ts, A3": (from_series([1 / factorial(n + 3) for n in range(40)]), mpf("-0.3"), mpf("0.3"), 10),
    "inverse-hyperbolic.ts, S3": (odd(asinh), mpf(0), mpf("0.04"), 8),
    "inverse-hyperbolic.ts, T3": (odd(atanh), mpf(0), mpf("0.04"), 8),
}


def remez(function: Function, begin: mpf, end: mpf, count: int) -> tuple[list[mpf], mpf]:
    """The polynomial of `count` coefficients whose largest error is least, and that error."""

    def points(steps: int) -> list[mpf]:
        return [(begin + end) / 2 - (end - begin) / 2 * cos(pi * mpf(at) / steps) for at in range(steps + 1)]

    grid = [(x, function(x)) for x in points(60 * count)]
    touching = [(x, function(x)) for x in points(count)]
    for _ in range(12):
        rows = [[x**power for power in range(count)] + [mpf(-1) ** at] for at, (x, _) in enumerate(touching)]
        solved = lu_solve(matrix(rows), matrix([y for _, y in touching]))
        coefficients = [solved[at] for at in range(count)]
        errors = [(x, y, sum(c * x**power for power, c in enumerate(coefficients)) - y) for x, y in grid]
        peaks = errors[:1]
        for error in errors[1:]:
            if (error[2] > 0) != (peaks[-1][2] > 0):
                peaks.append(error)
            elif abs(error[2]) > abs(peaks[-1][2]):
                peaks[-1] = error
        if len(peaks) < count + 1:
            break
        while len(peaks) > count + 1:
            peaks.pop(0 if abs(peaks[0][2]) < abs(peaks[-1][2]) else -1)
        touching = [(x, y) for x, y, _ in peaks]
    return coefficients, max(abs(error) for *_, error in errors)


if __name__ == "__main__":
    for name, wanted in POLYNOMIALS.items():
        found, largest = remez(*wanted)
        print(f"{name}: error 2^{float(log(largest, 2)):.1f}", *(repr(float(c)) for c in found), sep="\n  ")
