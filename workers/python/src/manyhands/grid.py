"""The points of an axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .declaration import Scalar
from .maths import exp

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """An axis of job.json: `count` points from `start` by a rule, or a list of points."""

    input: str | None
    rule: str
    start: float = 0.0
    step: float = 0.0
    count: int = 0
    points: tuple[Scalar, ...] = ()

    @property
    def length(self) -> int:
        return len(self.points) if self.rule == "list" else self.count

    @property
    def is_of_numbers(self) -> bool:
        return self.rule != "list" or not isinstance(self.points[0], (str, bool))


def coordinates(axis: Axis, start: int, end: int) -> Floats:
    """Points `start` (inclusive) to `end` (exclusive). A word has its place in the list, true 1 and false 0."""
    if axis.rule == "list":
        points = enumerate(axis.points[start:end], start)
        return np.array([float(k if isinstance(point, str) else point) for k, point in points])
    if axis.rule == "accumulate":
        steps = np.full(end, axis.step)
        steps[0] = axis.start
        return np.add.accumulate(steps)[start:]  # every addition from the first point on: start * step has other bits
    if axis.rule == "log":
        return np.array([axis.start * exp(i * axis.step) for i in range(start, end)])
    return np.asarray(axis.start + np.arange(start, end) * axis.step)


def nearest(axis: Axis, point: Scalar) -> int | None:
    """The index of the point, or of the one nearest to it; None for a word that the axis lacks."""
    if not axis.is_of_numbers:
        return axis.points.index(point) if point in axis.points else None
    if isinstance(point, (str, bool)):
        return None
    return int(np.argmin(np.abs(coordinates(axis, 0, axis.length) - point)))
