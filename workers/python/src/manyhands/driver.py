"""Computes a chunk's values by a kernel, whatever the job sweeps."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .codec import Array, fill_value, make_nans_alike
from .declaration import Kernel, Scalar
from .errors import ContractError, KernelError, describe_error
from .grid import Axis, Floats, coordinates
from .job import Spec, axis_inputs, fixed_inputs
from .layout import Chunk
from .locate import locate
from .points import fill_by_points
from .random_numbers import CellRandom, random_of


@dataclass(frozen=True)
class Tools:
    """Random numbers of the window's cells, which follow from the job's seed and each cell's place in the whole array."""

    seed: int
    cells: NDArray[np.uint64]

    def random(self) -> CellRandom:
        """`next = tools.random()`; then each `next()` gives an array, the next number of every cell's sequence."""
        return CellRandom(self.seed, self.cells)

    def random_at(self, *index: int) -> Any:
        """The sequence of one cell of the window, as a function."""
        return random_of(self.seed, int(self.cells[index]))


@dataclass(frozen=True)
class Window:
    """The cells that one chunk covers: each axis's input and points, and the place of each cell in the whole array."""

    fixed: dict[str, Scalar]
    axes: tuple[tuple[str, Floats | tuple[Scalar, ...]], ...]
    cells: NDArray[np.uint64]
    seed: int


def compute_chunk(spec: Spec, chunk: Chunk, kernel: Kernel) -> list[Array]:
    """The chunk's values, an array of its own shape each. Raises KernelError."""
    window = _window(spec, chunk, kernel)
    lost = [fill_value(dtype) for _, dtype in spec.values]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)  # else the imaginary part goes without a word
            computed = fill_by_points(kernel, window) if kernel.point else _fill_by_windows(kernel, window)
        out = [
            _stored_as(numbers, dtype, kernel, unset)
            for numbers, (_, dtype), unset in zip(computed, spec.values, lost, strict=True)
        ]
    except ContractError:
        raise
    except (Exception, SystemExit) as error:
        place = locate(error, kernel)
        raise KernelError(describe_error(error) + (f" ({place})" if place else "")) from error
    for array in out:
        make_nans_alike(array)
    return out


def _window(spec: Spec, chunk: Chunk, kernel: Kernel) -> Window:
    shape = spec.layout.shape
    lines = [
        np.arange(start, start + length, dtype=np.uint64)
        for start, length in zip(chunk.start, chunk.shape, strict=True)
    ]
    cells = np.zeros(chunk.shape, np.uint64)
    for axis, (line, length) in enumerate(zip(lines, shape, strict=True)):
        cells = cells * np.uint64(length) + line.reshape([-1 if k == axis else 1 for k in range(len(shape))])
    axes = tuple(
        (name, _points(axis, start, start + length))
        for name, axis, start, length in zip(
            axis_inputs(spec, kernel), spec.axes, chunk.start, chunk.shape, strict=True
        )
    )
    return Window(fixed_inputs(spec, kernel), axes, cells, spec.seed)


def _points(axis: Axis, start: int, end: int) -> Floats | tuple[Scalar, ...]:
    return coordinates(axis, start, end) if axis.is_of_numbers else axis.points[start:end]


def _fill_by_windows(kernel: Kernel, window: Window) -> list[Floats]:
    """Calls `fill` for a window over the inputs that are swept by default, once for every point of the others that the job sweeps."""
    own = [name for name, declared in kernel.inputs.items() if declared.is_swept]
    is_own = [name in own for name, _ in window.axes]
    lengths = [len(points) for _, points in window.axes]
    out = [np.empty(lengths) for _ in kernel.values]
    given: dict[str, Any] = dict(window.fixed)
    lines = {name: points for name, points in window.axes}
    for k, name in enumerate(own):
        line = np.asarray(lines.get(name, [window.fixed.get(name)]), np.float64)
        given[name] = line.reshape([-1 if j == k else 1 for j in range(len(own))])
    part_shape = [given[name].size for name in own]
    for index in np.ndindex(*[1 if mine else length for mine, length in zip(is_own, lengths, strict=True)]):
        at = tuple(slice(None) if mine else i for mine, i in zip(is_own, index, strict=True))
        for mine, i, (name, points) in zip(is_own, index, window.axes, strict=True):
            if not mine:
                given[name] = points[i]
        parts = {name: np.zeros(part_shape) for name in kernel.values}
        tools = Tools(window.seed, window.cells[at].reshape(part_shape))
        _call(kernel, given, parts, tools)
        for array, name in zip(out, kernel.values, strict=True):
            array[at] = parts[name].reshape(array[at].shape)
    return out


def _call(kernel: Kernel, given: dict[str, Any], parts: dict[str, Any], tools: Tools) -> None:
    """Raises ContractError where the function does not fill what it is given."""
    assert kernel.fill is not None
    shape = next(iter(parts.values())).shape
    returned: object = kernel.fill(given, parts if len(parts) > 1 else next(iter(parts.values())), tools)
    if returned is not None:
        raise ContractError("fill", "a function that writes into `out` and returns nothing", _shown(returned))
    if list(parts) != list(kernel.values):
        raise ContractError("what fill leaves in `out`", ", ".join(kernel.values), ", ".join(map(str, parts)))
    for name, part in parts.items():
        if not isinstance(part, np.ndarray) or part.shape != shape or part.dtype.kind not in "fiub":
            raise ContractError(f"out[{name!r}]", f"an array of {shape} real numbers", _shown(part))


def _shown(value: object) -> str:
    is_array = isinstance(value, np.ndarray)
    return f"an array of {value.shape} {value.dtype}" if is_array else type(value).__name__  # type: ignore[attr-defined]


def _stored_as(numbers: Floats, dtype: str, kernel: Kernel, lost: float) -> Array:
    """The numbers in the job's dtype. Raises ValueError where a whole-number dtype cannot hold one."""
    if dtype.startswith("f"):
        with np.errstate(over="ignore"):  # a float32 rounds to infinity, as elsewhere
            return numbers.astype(dtype)
    given = np.where(np.isnan(numbers), lost, numbers) if kernel.nan_on_error else numbers
    is_missing = np.isnan(numbers) & kernel.nan_on_error
    fits = is_missing | ((given >= 0) & (given < lost) & (given == np.floor(given)))
    if not fits.all():
        wrong = numbers[~fits].flat[0]
        raise ValueError(
            f"Expected a whole number from 0 that its array can hold, below the one that marks missing cells, got {wrong}."
        )
    return given.astype(dtype)
