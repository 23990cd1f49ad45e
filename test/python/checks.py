"""What the checks are made of: a count of those that passed and failed, and comparisons that raise DifferenceError."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


class Checks:
    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def run(self, name: str, check: Callable[[], str | None]) -> bool:
        """Passes if `check` returns; what it returns is printed beside its name."""
        try:
            detail = check()
        except Exception as error:  # noqa: BLE001 (whatever it is, it is not a pass)
            self.failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {error}", flush=True)
            return False
        self.passed += 1
        print(f"ok      {name}{f': {detail}' if detail else ''}", flush=True)
        return True


class DifferenceError(Exception):
    """What was found is not what was expected."""


def expect(condition: object, message: str) -> None:
    """Not `assert`, which python -O leaves out."""
    if not condition:
        raise DifferenceError(message)


def expect_equal(what: str, found: object, expected: object) -> None:
    expect(found == expected, f"expected {what} to be {expected!r}, got {found!r}")


def expect_cells(found: np.ndarray, expected: np.ndarray) -> str:
    """Shape, dtype and the bits of every cell."""
    expect_equal("shape", found.shape, expected.shape)
    expect_equal("dtype", found.dtype, expected.dtype)
    expect(expected.size > 0, "expected some cells to compare, got none")
    bits = f"u{expected.dtype.itemsize}"
    other = np.ascontiguousarray(found).view(bits) != np.ascontiguousarray(expected).view(bits)
    if other.any():
        first = tuple(int(i) for i in np.argwhere(other)[0])
        raise DifferenceError(
            f"{int(other.sum())} of {other.size} cells differ, first {first}:"
            f" expected {expected[first]!r}, got {found[first]!r}"
        )
    return f"{expected.size} cells"
