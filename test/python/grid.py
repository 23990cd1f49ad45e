"""The coordinates of a job's axes, from the job's definition alone (DESIGN.md, "The oracle").

An axis is half-open: `start` belongs to it, `stop` does not. "accumulate" adds the step again and again, as the
tutorial's loop does; "index" multiplies it. The two differ in their last bits, and so do the counts on them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Axis:
    rule: str
    start: float
    step: float
    count: int

    def coordinates(self) -> np.ndarray:
        if self.rule == "index":
            return self.start + np.arange(self.count, dtype=np.float64) * self.step
        return repeated_additions(self.start, self.step, self.count)

    def as_json(self) -> dict:
        """As job.json has it."""
        return {"rule": self.rule, "from": self.start, "step": self.step, "count": self.count}


def tutorial_axis(start: float, stop: float, size: int) -> Axis:
    """`--size N`: a step of twice the extent over N, added up for as long as the end is not reached."""
    return stepped_axis(start, stop, 2 * (stop - start) / size, "accumulate")


def even_axis(start: float, stop: float, count: int, rule: str = "index") -> Axis:
    """`--points`: a number of points, evenly spaced."""
    return Axis(rule, start, (stop - start) / count, count)


def stepped_axis(start: float, stop: float, step: float, rule: str) -> Axis:
    """A given step, by whichever rule, for as long as the end is not reached."""
    at_least = int(np.ceil(abs((stop - start) / step))) + 2
    points = Axis(rule, start, step, at_least).coordinates()
    inside = points < stop if step > 0 else points > stop
    return Axis(rule, start, step, int(np.argmin(inside)))  # the first point that is not inside


def repeated_additions(start: float, step: float, count: int) -> np.ndarray:
    """start, start + step, (start + step) + step, ...: each sum rounded before the next."""
    terms = np.full(count, step, dtype=np.float64)
    terms[0] = start
    return np.add.accumulate(terms)
