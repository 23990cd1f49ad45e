"""The jobs that check.py runs: each is a row that says what to ask the command line for and what must come of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

import grid
import kernels

PI = np.pi


@dataclass(frozen=True)
class Variable:
    """An array of the group: its name, and what a plot says at its axis."""

    name: str
    long_name: str
    units: str | None = None

    @property
    def attributes(self) -> dict[str, str]:
        return {"long_name": self.long_name, **({"units": self.units} if self.units else {})}


@dataclass(frozen=True)
class KernelFacts:
    compute: Callable[..., np.ndarray]
    y: tuple[float, float]
    x: tuple[float, float]
    defaults: dict[str, float]
    dtype: str
    value: Variable
    # Rows first, by the names of the inputs that are swept; a job with one axis holds the first one fixed.
    axes: tuple[Variable, Variable]
    # Value of an axis that the job leaves out.
    row: int = 0


KERNELS = {
    "mandelbrot": KernelFacts(
        kernels.mandelbrot,
        (1.3, -1.3),
        (-2.13, 0.77),
        {"maxIterations": 1000},
        "uint16",
        Variable("escape_time", "escape time", "iterations"),
        (Variable("y", "Im c"), Variable("x", "Re c")),
    ),
    "julia": KernelFacts(
        kernels.julia,
        (1.1, -1.1),
        (-1.7, 1.7),
        {"maxIterations": 1000, "cRe": -0.8, "cIm": 0.156},
        "uint16",
        Variable("escape_time", "escape time", "iterations"),
        (Variable("y", "Im z"), Variable("x", "Re z")),
    ),
    "double-pendulum": KernelFacts(
        kernels.pendulum_exact,
        (PI, -PI),
        (-PI, PI),
        {"duration": 10, "timeStep": 0.01, "gravity": 9.81, "length1": 1, "length2": 1, "mass1": 1, "mass2": 1},
        "float32",
        Variable("time_to_first_flip", "time to first flip", "s"),
        (Variable("angle2", "second angle", "rad"), Variable("angle1", "first angle", "rad")),
    ),
}
FILL_VALUES = {"uint16": 65_535, "uint32": 4_294_967_295, "float32": np.nan, "float64": np.nan}


@dataclass(frozen=True)
class Job:
    name: str
    engine: str
    kernel: str = "mandelbrot"
    size: int | None = None
    points: tuple[int, ...] | None = None
    y: tuple[float, float] | None = None
    x: tuple[float, float] | None = None
    # Axes given as a request file instead, and the axes they must become.
    requested_axes: list[dict] | None = None
    resolved_axes: list[grid.Axis] | None = None
    parameters: dict[str, float] = field(default_factory=dict)
    chunk: tuple[int, ...] | None = None
    # What is asked for; None leaves it to the program, which must then take the kernel's own (or `becomes`).
    dtype: str | None = None
    becomes: str | None = None
    codec: str | None = None
    # A sum known from the tutorial itself.
    sum: int | None = None
    # Lower bounds on the share of cells that must agree with the two other pendulums.
    shares: tuple[float, float] | None = None

    @property
    def facts(self) -> KernelFacts:
        return KERNELS[self.kernel]

    @property
    def all_parameters(self) -> dict[str, float]:
        held = {self.facts.axes[0].name: self.facts.row} if len(self.axes()) == 1 else {}
        return {**held, **self.facts.defaults, **self.parameters}

    @property
    def expected_dtype(self) -> str:
        return self.dtype or self.becomes or self.facts.dtype

    @property
    def expected_codec(self) -> str:
        return self.codec or "zstd"

    @property
    def fill_value(self) -> float:
        return FILL_VALUES[self.expected_dtype]

    @property
    def value(self) -> Variable:
        return self.facts.value

    @property
    def variables(self) -> list[Variable]:
        """Those of its axes."""
        return list(self.facts.axes[-len(self.axes()) :])

    def axes(self) -> list[grid.Axis]:
        if self.resolved_axes is not None:
            return self.resolved_axes
        ranges = [self.y or self.facts.y, self.x or self.facts.x]
        if self.points is not None:
            return [grid.even_axis(*span, n) for span, n in zip(ranges[-len(self.points) :], self.points, strict=True)]
        return [grid.tutorial_axis(*span, self.size or 1000) for span in ranges]

    def expected(self, compute: Callable[..., np.ndarray] | None = None) -> np.ndarray:
        """Every cell, in the array's shape and dtype."""
        axes = [axis.coordinates() for axis in self.axes()]
        y, x = axes if len(axes) == 2 else [np.array([float(self.facts.row)]), axes[0]]
        cells = (compute or self.facts.compute)(y, x, **{**self.facts.defaults, **self.parameters})
        return cells.reshape([len(axis) for axis in axes]).astype(self.expected_dtype)

    def arguments(self) -> list[str]:
        if self.requested_axes is not None:
            return ["--request", "-"]
        rows, columns = (f"--{axis.name}" for axis in self.facts.axes)
        options = {
            "--size": self.size,
            "--points": self.points and "x".join(map(str, self.points)),
            rows: self.y and f"{self.y[0]!r}:{self.y[1]!r}",
            columns: self.x and f"{self.x[0]!r}:{self.x[1]!r}",
            "--chunk": self.chunk and "x".join(map(str, self.chunk)),
            "--dtype": self.dtype,
            "--codec": self.codec,
        }
        if len(self.axes()) == 1:
            options[rows] = repr(self.facts.row)
        for name, value in self.parameters.items():
            dashed = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
            options[f"--{dashed}"] = repr(value)
        # One word each: a value that starts with a minus would read as an option of its own.
        given = [f"{name}={value}" for name, value in options.items() if value is not None]
        return [self.kernel, "--npy", "--no-plots", *given]

    def standard_input(self) -> str | None:
        if self.requested_axes is None:
            return None
        request = {
            "kernel": self.kernel,
            "parameters": self.parameters,
            "grid": {"axes": self.requested_axes},
            "output": {"plots": False, "npy": True},
            **({"chunk": list(self.chunk)} if self.chunk else {}),
            **({"dtype": self.dtype} if self.dtype else {}),
            **({"codec": self.codec} if self.codec else {}),
        }
        return json.dumps(request)


TABLE = [
    # The tutorial's own figures, on every engine.
    Job("oracle 1000", "serial", size=1000, parameters={"maxIterations": 1000}, codec="none", sum=51214485),
    Job("oracle 1000", "threads", size=1000, parameters={"maxIterations": 1000}, codec="gzip", sum=51214485),
    Job("oracle 1000", "local", size=1000, parameters={"maxIterations": 1000}, codec="zstd", sum=51214485),
    Job("oracle 1000 by default", "serial", sum=51214485),
    Job("oracle 100", "serial", size=100, sum=509274),
    Job("oracle 100", "threads", size=100, chunk=(7, 50), sum=509274),
    Job("oracle 100", "local", size=100, chunk=(50, 7), sum=509274),
    Job("oracle 300", "serial", size=300, parameters={"maxIterations": 100}, chunk=(37, 53), sum=537814),
    Job("oracle 300", "threads", size=300, parameters={"maxIterations": 100}, chunk=(37, 53), sum=537814),
    Job("oracle 300", "local", size=300, parameters={"maxIterations": 100}, chunk=(37, 53), sum=537814),
    # Ragged chunks: each codec on each engine, counts in both widths.
    Job("ragged 1", "serial", points=(211, 307), chunk=(37, 53), codec="none"),
    Job("ragged 2", "serial", points=(211, 307), chunk=(37, 53), codec="gzip", dtype="uint32"),
    Job("ragged 3", "threads", points=(211, 307), chunk=(53, 37), codec="none", dtype="uint32"),
    Job("ragged 4", "threads", points=(211, 307), chunk=(211, 100), codec="zstd"),
    Job("ragged 5", "local", points=(211, 307), chunk=(53, 37), codec="none", dtype="uint32"),
    Job("ragged 6", "local", points=(211, 307), chunk=(100, 307), codec="gzip"),
    Job("chunks of one cell", "serial", points=(3, 5), chunk=(1, 1), codec="gzip"),
    Job("one cell", "threads", points=(1, 1), codec="none"),
    # One axis.
    Job("one axis", "serial", points=(500,)),
    Job("one axis, ragged", "threads", points=(500,), chunk=(37,), codec="gzip", dtype="uint32"),
    Job("one axis, julia", "local", "julia", points=(500,), chunk=(64,), codec="none"),
    # Ranges: a deep zoom, and axes that run the other way.
    Job("zoom", "threads", size=300, x=(-0.7463, -0.7413), y=(0.1127, 0.1077),
        parameters={"maxIterations": 1500}, chunk=(64, 64)),
    Job("zoom, upwards", "serial", points=(90, 120), x=(0.77, -2.13), y=(-1.3, 1.3), chunk=(40, 40)),
    Job("zoom, upwards, added up", "local", size=177, x=(0.3, -0.9), y=(-0.1, 0.9), chunk=(40, 40)),
    # A limit either side of where the fill value needs uint16's last number.
    Job("limit 65534", "serial", points=(5, 7), parameters={"maxIterations": 65_534}, becomes="uint16"),
    Job("limit 65535", "serial", points=(5, 7), parameters={"maxIterations": 65_535}, becomes="uint32"),
    # The other kernels.
    Job("julia", "serial", "julia", size=300, chunk=(37, 53), codec="none"),
    Job("julia, another constant", "threads", "julia", points=(150, 200), chunk=(64, 64),
        parameters={"cRe": -0.4, "cIm": 0.6, "maxIterations": 300}, dtype="uint32", codec="gzip"),
    Job("julia", "local", "julia", points=(150, 200), x=(-0.5, 0.5), y=(0.4, -0.3), chunk=(37, 53)),
    Job("pendulum", "serial", "double-pendulum", size=70, dtype="float64", chunk=(13, 17), codec="none",
        shares=(0.99, 0.99)),
    Job("pendulum", "threads", "double-pendulum", points=(40, 50), chunk=(13, 17), codec="gzip",
        shares=(0.99, 0.99)),
    Job("pendulum, other arms", "local", "double-pendulum", points=(40, 50), chunk=(13, 17), dtype="float64",
        parameters={"duration": 7.5, "timeStep": 0.02, "gravity": 3.7, "length1": 1.3, "length2": 0.7,
                    "mass1": 2.0, "mass2": 0.5}, shares=(0.99, 0.99)),
    # Late flips of released arms that can barely do it: here a last bit that differs comes to matter.
    Job("pendulum, sensitive", "serial", "double-pendulum", points=(20, 24), x=(1.6, 1.9), y=(0.3, -0.3),
        chunk=(13, 17), dtype="float64", parameters={"duration": 60.0, "timeStep": 0.02}, shares=(0.85, 0.85)),
    Job("pendulum, one axis", "threads", "double-pendulum", points=(300,), chunk=(37,), dtype="float32"),
    # What only a request file can ask for: a step by the index rule, a number of points added up. In the spelling of
    # former versions, which is read for good.
    Job("request file", "serial",
        requested_axes=[{"from": 1.3, "to": -1.3, "step": -0.013, "rule": "index"},
                        {"from": -2.13, "to": 0.77, "count": 230, "rule": "accumulate"}],
        resolved_axes=[grid.stepped_axis(1.3, -1.3, -0.013, "index"),
                       grid.even_axis(-2.13, 0.77, 230, "accumulate")],
        parameters={"maxIterations": 200}, chunk=(64, 53), codec="gzip"),
]  # fmt: skip
