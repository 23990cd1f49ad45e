"""What manyhands asks of Python about a file before its job begins. Answers are lines of JSON on file descriptor 3: what the file prints goes
elsewhere. The process ends with its standard input."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import os
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

from .bundle import make_function
from .driver import compute_chunk
from .errors import ContractError, InvalidInputError, KernelError, describe_error
from .job import parse_axes, parse_spec
from .kernel_file import load_kernel, read_file
from .timing import TimedGrid, time_cells

ANSWERS = 3
PART_BYTES = 3 * 2**18


def describe(path: str) -> int:
    """`outline` and `hash` of the file's kernel and the packages that computing with it `lacks`, or `refused`: the parts of a sentence."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        source = read_file(path)
        kernel = load_kernel(source, path)
    except InvalidInputError as error:
        _answer(refused=error.parts)
        return 2
    wanted = ["boto3", *(["numba"] if kernel.point and not hasattr(kernel.point, "py_func") else [])]
    lacks = [name for name in wanted if find_spec(name) is None]
    _answer(outline=kernel.outline(), hash=kernel.hash, sha256=hashlib.sha256(source).hexdigest(), lacks=lacks)
    return 0


def bundle(into: str, architecture: str, files: list[str]) -> int:
    """`folder`, which has all that a function of Lambda with these kernels needs, or `refused`."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        _answer(folder=str(make_function(Path(into).resolve(), architecture, files)))
    except InvalidInputError as error:
        _answer(refused=error.parts)
        return 2
    return 0


def time_kernel(artifact: str, file: str) -> int:
    """What cells of the grid on standard input take, a sample a line; after `begun`, since loading and compiling take their time."""
    grid = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    kernel = load_kernel(Path(artifact).read_bytes(), file)
    of = TimedGrid(kernel, parse_axes(grid["axes"]), grid["parameters"], grid["seed"])
    try:
        for told in time_cells(of, grid["budgetSeconds"]):
            _answer(**told)
    except ContractError as error:
        _answer(refused=error.parts)
    except KernelError as error:
        _answer(thrown=describe_error(error))
    return 0


def compute(artifact: str, file: str) -> int:
    """The values of the chunk on standard input, as bytes in parts, value by value."""
    given = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    spec = parse_spec(given["spec"])
    kernel = load_kernel(Path(artifact).read_bytes(), file)
    try:
        values = compute_chunk(spec, spec.layout.chunk(given["chunk"]), kernel)
    except KernelError as error:
        _answer(thrown=describe_error(error))
    else:
        for k, array in enumerate(values):
            data = array.astype(array.dtype.newbyteorder("<")).tobytes()
            for start in range(0, len(data), PART_BYTES):
                _answer(value=k, bytes=base64.b64encode(data[start : start + PART_BYTES]).decode())
    return 0


def _answer(**facts: object) -> None:
    os.write(ANSWERS, (json.dumps(_plain(facts)) + "\n").encode())


def _plain(value: object) -> object:
    """As JSON can say it: numpy's scalars as numbers, and what is no number by its name."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value if value is None or isinstance(value, (str, int, float, bool)) else repr(value)


def _end_with_input() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)
