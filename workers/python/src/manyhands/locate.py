"""Where in the user's own file an error was raised."""

from __future__ import annotations

import traceback
from pathlib import Path

from .declaration import Kernel


def locate(error: BaseException, kernel: Kernel) -> str | None:
    """`mine.py:12`, or None where the traceback has no line of the file."""
    function = kernel.fill or kernel.point
    code = getattr(getattr(function, "py_func", function), "__code__", None)
    path = getattr(code, "co_filename", None)
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f"{Path(path).name}:{lines[-1]}" if path and lines else None
