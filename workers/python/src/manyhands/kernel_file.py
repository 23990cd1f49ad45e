"""Loads a kernel from a user's file."""

from __future__ import annotations

import hashlib
import inspect
import linecache
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from .declaration import Choice, Flag, Kernel, Number, Value
from .errors import InvalidInputError

#: Raised with every change after which a kernel could give other bits: the hash of every kernel follows from it.
DRIVER_VERSION = 1


def load_kernel_file(path: str) -> Kernel:
    """The file's `kernel`. Raises InvalidInputError, which names the line that failed."""
    return load_kernel(read_file(path), path)


def read_file(path: str) -> bytes:
    """Raises InvalidInputError."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InvalidInputError("kernel", "a file of Python", f"{path} ({error.strerror})") from error


def load_kernel(source: bytes, path: str) -> Kernel:
    """The `kernel` of a file with this text, with the hash of its bytes, under its own name or that of the path. The file is its text
    alone: it has no `__file__`, and no other files beside it. Raises InvalidInputError, which names the line that failed."""
    shown = Path(path).name
    made = hash_of(source)
    module = ModuleType(f"manyhands_kernel_{made[:16]}")
    sys.modules[module.__name__] = module
    text = source.decode("utf-8", "replace")
    linecache.cache[shown] = (len(text), None, text.splitlines(keepends=True), shown)
    try:
        exec(compile(source, shown, "exec"), module.__dict__)  # noqa: S102 -- it is what the user asks for
    except ModuleNotFoundError as error:
        hint = f"`{sys.executable} -m pip install {error.name}` may install it; a kernel's file imports installed packages only."
        raise InvalidInputError(shown, "a file whose imports are there", f"none of {error.name}", hint) from error
    except SyntaxError as error:
        raise InvalidInputError(shown, "Python", f"{error.msg} in line {error.lineno}") from error
    except (Exception, SystemExit) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == shown]
        where = f" in line {lines[-1]}" if lines else ""
        raise InvalidInputError(shown, "a file that loads", f"{type(error).__name__}: {error}{where}") from error
    kernel = getattr(module, "kernel", None)
    if not isinstance(kernel, Kernel):
        raise InvalidInputError(shown, "a file with `kernel = Kernel(…)`", type(kernel).__name__)
    _check(kernel, shown)
    return replace(kernel, name=kernel.name or kernel_name(path), hash=made)


def hash_of(source: bytes) -> str:
    """What the bits of a file's kernel depend on."""
    return hashlib.sha256(f"python driver {DRIVER_VERSION}\n".encode() + source).hexdigest()


def kernel_name(path: str) -> str:
    """A kernel's name from its file's: `Black Scholes.py` is `black-scholes`."""
    return re.sub("[^a-z0-9]+", "-", Path(path).stem.lower()).strip("-")[:40]


def _check(kernel: Kernel, shown: str) -> None:
    """What the command line cannot see in the outline; it checks the rest as it does that of other files."""
    if not isinstance(kernel.inputs, Mapping) or not isinstance(kernel.values, Mapping):
        raise InvalidInputError(f"kernel of {shown}", "one with inputs and values by name", "others")
    for name, each in kernel.inputs.items():
        if not isinstance(each, (Number, Choice, Flag)):
            raise InvalidInputError(f"input {name} of {shown}", "a Number, a Choice or a Flag", type(each).__name__)
    for name, value in kernel.values.items():
        if not isinstance(value, Value):
            raise InvalidInputError(f"value {name} of {shown}", "a Value", type(value).__name__)
    if (kernel.fill is None) == (kernel.point is None):
        raise InvalidInputError(f"kernel of {shown}", "one with either fill or point", "both or none")
    if not kernel.inputs or not kernel.values:
        raise InvalidInputError(f"kernel of {shown}", "one with inputs and values", "none of them")
    if kernel.fill is not None:
        try:
            inspect.signature(kernel.fill).bind(None, None, None)
        except TypeError as error:
            raise InvalidInputError(f"fill of {shown}", "a function of (window, out, tools)", error) from error
        except ValueError:
            pass  # compiled, it may not say what it takes
    if kernel.point is not None:
        parameters_of(kernel.point, tuple(kernel.inputs))


def parameters_of(point: Callable[..., Any], inputs: tuple[str, ...]) -> tuple[str, ...]:
    """The names that `point` is called with. Raises InvalidInputError where they are not the inputs, with or without `random`."""
    try:
        wanted = tuple(inspect.signature(getattr(point, "py_func", point)).parameters)
    except (TypeError, ValueError) as error:
        raise InvalidInputError("`point`", "a function of Python", type(point).__name__) from error
    if set(wanted) not in (set(inputs), {*inputs, "random"}):
        raise InvalidInputError("the parameters of `point`", f"the inputs ({', '.join(inputs)})", ", ".join(wanted))
    return wanted
