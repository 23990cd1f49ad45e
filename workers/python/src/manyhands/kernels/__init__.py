"""The kernels in the program, with the values of those in shared/kernels in every cell."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files

from .double_pendulum import DOUBLE_PENDULUM
from .escape_time import JULIA, MANDELBROT

_HASHES: dict[str, str] = json.loads((files(__package__) / "hashes.json").read_text())

#: By name, each with the hash of the source whose values it has.
BUILT_IN = {kernel.name: replace(kernel, hash=_HASHES[kernel.name]) for kernel in (MANDELBROT, JULIA, DOUBLE_PENDULUM)}
