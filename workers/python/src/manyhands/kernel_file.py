"""Loads a kernel from a user's file."""

from __future__ import annotations

import hashlib
import importlib.util
import traceback
from dataclasses import replace
from pathlib import Path

from .declaration import Kernel
from .errors import InvalidInputError

#: Raised with every change after which a kernel could give other bits: the hash of every kernel follows from it.
DRIVER_VERSION = 1


def load_kernel_file(path: str) -> Kernel:
    """The file's `kernel`, with the hash of the file's bytes. Raises InvalidInputError, which names the line that failed."""
    file = Path(path)
    try:
        source = file.read_bytes()
    except OSError as error:
        raise InvalidInputError("kernel", "a file of Python", f"{path} ({error.strerror})") from error
    name = file.stem
    spec = importlib.util.spec_from_file_location(f"manyhands_kernel_{name}", file.resolve())
    if spec is None or spec.loader is None:
        raise InvalidInputError("kernel", "a file that ends in .py", path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ModuleNotFoundError as error:
        raise InvalidInputError(
            path, "a file whose imports are there", f"none of {error.name}", "Install it where this worker runs."
        ) from error
    except SyntaxError as error:
        raise InvalidInputError(path, "Python", f"{error.msg} in line {error.lineno}") from error
    except Exception as error:
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file.resolve())
        ]
        where = f" in line {lines[-1]}" if lines else ""
        raise InvalidInputError(path, "a file that loads", f"{type(error).__name__}: {error}{where}") from error
    kernel = getattr(module, "kernel", None)
    if not isinstance(kernel, Kernel):
        raise InvalidInputError(path, "a file with `kernel = Kernel(…)`", type(kernel).__name__)
    if (kernel.fill is None) == (kernel.point is None):
        raise InvalidInputError(f"kernel of {path}", "one with either fill or point", "both or none")
    if not kernel.inputs or not kernel.values:
        raise InvalidInputError(f"kernel of {path}", "one with inputs and values", "none of them")
    made = hashlib.sha256(f"python driver {DRIVER_VERSION}\n".encode() + source).hexdigest()
    return replace(kernel, name=kernel.name or name, hash=made)
