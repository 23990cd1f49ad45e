"""Fills a chunk by a function of one cell, which numba compiles together with the loops over the inputs that a job sweeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from . import random_numbers
from .declaration import Kernel
from .errors import InvalidInputError
from .kernel_file import parameters_of

if TYPE_CHECKING:
    from .driver import Window
    from .grid import Floats


def fill_by_points(kernel: Kernel, window: Window) -> list[Floats]:
    """An array a value. Raises what `point` raises, and InvalidInputError where there is no numba."""
    point = kernel.point
    assert point is not None
    swept = tuple(name for name, _ in window.axes)
    names = tuple(kernel.inputs)
    loops = _loops(point, names, swept, len(kernel.values), kernel.nan_on_error)
    lines = {name: points for name, points in window.axes}
    given = [np.asarray(lines[name]) if name in lines else window.fixed[name] for name in names]
    out = [np.empty(window.cells.shape) for _ in kernel.values]
    loops(*given, *[array.reshape(-1) for array in out], window.cells.reshape(-1), window.seed)
    return out


def expect_numba() -> None:
    """Raises InvalidInputError where it is not installed, or cannot be imported."""
    try:
        import numba  # noqa: F401
    except ImportError:
        hint = "pip install './workers/python[point]' in the checkout of manyhands, or give the kernel a `fill`."
        raise InvalidInputError("numba", "installed, for a kernel by `point`", "none", hint) from None


@lru_cache(maxsize=32)
def _loops(
    point: Callable[..., Any], names: tuple[str, ...], swept: tuple[str, ...], values: int, nan_on_error: bool
) -> Callable[..., None]:
    """`loops(<each input>, <each value's cells>, places, seed)`, compiled. Raises InvalidInputError."""
    expect_numba()
    from numba import njit
    from numba.extending import register_jitable

    uses_random = "random" in parameters_of(point, names) and "random" not in names
    # fastmath is off: each operation rounds as IEEE 754 says, and none is fused.
    compiled = point if hasattr(point, "py_func") else njit(point)
    scope: dict[str, Any] = {"point": compiled, "np": np}
    register_jitable(random_numbers.uniform)  # a kernel calls it by its name
    scope["begin"] = njit(random_numbers.begin)
    exec(_text(names, swept, values, uses_random, nan_on_error), scope)  # noqa: S102 -- the text is ours; names of inputs are identifiers
    return njit(scope["loops"])  # type: ignore[no-any-return]


def _text(names: tuple[str, ...], swept: tuple[str, ...], values: int, uses_random: bool, nan_on_error: bool) -> str:
    outs = [f"out{k}_" for k in range(values)]
    lines = [
        f"def loops({', '.join([*names, *outs])}, places_, seed_):",
        "    state_ = np.zeros(5, np.int64)",
        "    k_ = 0",
    ]
    depth = 1
    for name in swept:
        lines.append(f"{'    ' * depth}for i{name}_ in range(len({name})):")
        depth += 1
    pad = "    " * depth
    call = ", ".join([f"{name}={name}[i{name}_]" if name in swept else f"{name}={name}" for name in names])
    if uses_random:
        lines.append(f"{pad}begin(state_, seed_, np.int64(places_[k_]))")
        call += ", random=state_"
    results = ["r_"] if values == 1 else [f"r_[{k}]" for k in range(values)]
    body = [f"r_ = point({call})", *[f"{out}[k_] = {result}" for out, result in zip(outs, results, strict=True)]]
    if nan_on_error:
        lines += [f"{pad}try:", *[f"{pad}    {line}" for line in body], f"{pad}except Exception:"]
        lines += [f"{pad}    {out}[k_] = np.nan" for out in outs]
    else:
        lines += [f"{pad}{line}" for line in body]
    lines.append(f"{pad}k_ += 1")
    return "\n".join(lines) + "\n"
