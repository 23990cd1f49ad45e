"""What the author of a kernel declares: inputs, values, units, and the function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Scalar = float | str | bool
DTYPES = ("uint16", "uint32", "float32", "float64")


@dataclass(frozen=True)
class Number:
    """A number that the function depends on. With `start` and `stop` it is swept, from `start` (inclusive) to `stop` (exclusive), unless
    the job holds it fixed. Bounds are inclusive."""

    about: str = ""
    unit: str = ""
    default: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    integer: bool = False
    start: float | None = None
    stop: float | None = None
    log: bool = False

    @property
    def is_swept(self) -> bool:
        return self.start is not None and self.stop is not None

    def outline(self) -> dict[str, Any]:
        numbers = {"default": self.default, "minimum": self.minimum, "maximum": self.maximum}
        given = {
            name: value for name, value in {**numbers, "from": self.start, "to": self.stop}.items() if value is not None
        }
        flags = {**({"integer": True} if self.integer else {}), **({"scale": "log"} if self.log else {})}
        return {"about": self.about, "unit": self.unit, **given, **flags}


@dataclass(frozen=True)
class Choice:
    """One of several words; the first, unless `default` says otherwise."""

    choices: tuple[str, ...]
    about: str = ""
    default: str = ""
    is_swept = False

    def outline(self) -> dict[str, Any]:
        return {"about": self.about, "choices": list(self.choices), "default": self.default_value}

    @property
    def default_value(self) -> str:
        return self.default or self.choices[0]


@dataclass(frozen=True)
class Flag:
    """True or false."""

    about: str = ""
    default: bool = False
    is_swept = False

    def outline(self) -> dict[str, Any]:
        return {"flag": True, "about": self.about, "default": self.default}


Input = Number | Choice | Flag


@dataclass(frozen=True)
class Value:
    """A number that is computed for each cell. `dtype`: an element type, or several that a job may choose from, the preferred one first;
    `counts_to`: in its place, the input that bounds a count from 0 on."""

    about: str = ""
    unit: str = ""
    dtype: tuple[str, ...] | str = ("float64", "float32")
    counts_to: str = ""

    @property
    def dtypes(self) -> tuple[str, ...]:
        return (self.dtype,) if isinstance(self.dtype, str) else self.dtype

    def outline(self) -> dict[str, Any]:
        dtype: object = {"countsTo": self.counts_to} if self.counts_to else list(self.dtypes)
        return {"about": self.about, "unit": self.unit, "dtype": dtype}


@dataclass(frozen=True)
class Kernel:
    """A kernel: `fill` computes a window, or `point` a cell (compiled by numba).

    `fill(window, out, tools)`: the window has each swept input as a float64 array that broadcasts against the others, and each other
    input as it is; `out` is the array to fill, or a dict of arrays by the values' names where there are several. `point(…)` has the
    inputs as parameters, and `random` if it wants a cell's random numbers; it gives a number, or a tuple of them in the values' order.

    >>> Kernel(inputs={"x": Number(start=0, stop=1)}, values={"square": Value()}, fill=fill)
    """

    inputs: Mapping[str, Input]
    values: Mapping[str, Value]
    fill: Callable[..., None] | None = None
    point: Callable[..., Any] | None = None
    name: str = ""
    about: str = ""
    #: Cells for which `point` raises are NaN (the fill value among whole numbers), instead of failing their chunk.
    nan_on_error: bool = False
    #: What the bits depend on; the loader sets it.
    hash: str = field(default="", compare=False)

    def outline(self) -> dict[str, Any]:
        """What the file declares, as a file of TypeScript would; in place of its function its kind (shared/kernels/outline.ts)."""
        return {
            "kind": "kernel",
            "about": self.about,
            "inputs": {name: each.outline() for name, each in self.inputs.items()},
            "values": {name: each.outline() for name, each in self.values.items()},
            "fill" if self.fill else "point": {"functionKind": _kind_of(self.fill or self.point)},
            **({"name": self.name} if self.name else {}),
            **({"onError": "nan"} if self.nan_on_error else {}),
        }


def _kind_of(function: object) -> str:
    if inspect.iscoroutinefunction(function):
        return "AsyncFunction"
    return "GeneratorFunction" if inspect.isgeneratorfunction(function) else "Function"


def default_of(declared: Input) -> Scalar | None:
    """What an input is where a job says nothing of it."""
    return declared.default_value if isinstance(declared, Choice) else declared.default
