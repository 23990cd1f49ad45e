"""Escape-time counts of the Mandelbrot set and of Julia sets. numpy rounds each operation by itself, as the plain kernels do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from manyhands.declaration import Kernel, Number, Value
from manyhands.grid import Floats

LIMIT = Number("count given to points that never escape", "iterations", 1000, 1, 1_000_000_000, integer=True)
COUNT = Value("escape time", "iterations", counts_to="maxIterations")


def fill_mandelbrot(window: Mapping[str, Any], out: Floats, _tools: object) -> None:
    ci, cr = np.broadcast_arrays(window["y"], window["x"])
    zero = np.zeros(out.size)
    out[...] = _counts(zero, zero, cr.ravel(), ci.ravel(), window["maxIterations"]).reshape(out.shape)


def fill_julia(window: Mapping[str, Any], out: Floats, _tools: object) -> None:
    zi, zr = np.broadcast_arrays(window["y"], window["x"])
    cr, ci = np.full(out.size, window["cRe"]), np.full(out.size, window["cIm"])
    out[...] = _counts(zr.ravel(), zi.ravel(), cr, ci, window["maxIterations"]).reshape(out.shape)


def _counts(zr: Floats, zi: Floats, cr: Floats, ci: Floats, limit: float) -> Floats:
    """The iteration after which |z| > 2, or the limit. Points that have escaped are left out of the arrays."""
    counts = np.full(zr.size, float(limit))
    at = np.arange(zr.size)
    with np.errstate(over="ignore", invalid="ignore"):
        for count in range(int(limit)):
            imaginary = zr * zi
            zr = zr * zr - zi * zi + cr
            zi = imaginary + imaginary + ci
            stays = zr * zr + zi * zi <= 4  # false for NaN, which has escaped all the same
            if not stays.all():
                counts[at[~stays]] = count
                at, zr, zi, cr, ci = at[stays], zr[stays], zi[stays], cr[stays], ci[stays]
                if at.size == 0:
                    break
    return counts


MANDELBROT = Kernel(
    name="mandelbrot",
    about="iterations of z -> z² + c from 0 until |z| > 2, over the plane of c",
    inputs={
        "y": Number("Im c", default=0, start=1.3, stop=-1.3),
        "x": Number("Re c", default=0, start=-2.13, stop=0.77),
        "maxIterations": LIMIT,
    },
    values={"escape_time": COUNT},
    fill=fill_mandelbrot,
)

JULIA = Kernel(
    name="julia",
    about="iterations of z -> z² + c until |z| > 2, over the plane of the starting z",
    inputs={
        "y": Number("Im z", default=0, start=1.1, stop=-1.1),
        "x": Number("Re z", default=0, start=-1.7, stop=1.7),
        "maxIterations": LIMIT,
        "cRe": Number("real part of the constant c", default=-0.8, minimum=-2, maximum=2),
        "cIm": Number("imaginary part of the constant c", default=0.156, minimum=-2, maximum=2),
    },
    values={"escape_time": COUNT},
    fill=fill_julia,
)
