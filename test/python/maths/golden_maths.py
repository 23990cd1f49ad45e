"""Golden values of shared/kernels/maths, from mpmath: writes test/fixtures/maths.json.

    pip install mpmath==1.4.1; python test/python/maths/golden_maths.py

With `<function> <rows> <seed>` it writes as many rows of four doubles to stdout, for experiments/maths.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

from exact import NAMES, rows

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "maths.json"
ROWS = 130


def text() -> str:
    """A line a function: [x, y, result, what that lacks in units of its last place, ...]."""
    lines = []
    for name in NAMES:
        cells = [cell for x, y, result, rest in rows(name, ROWS, 1) for cell in (x, y, result, round(rest, 4))]
        lines.append(f"  {json.dumps(name)}: {json.dumps(cells, separators=(',', ':'), allow_nan=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    if len(sys.argv) == 4:
        for row in rows(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])):
            sys.stdout.buffer.write(struct.pack("<4d", *row))
    else:
        FIXTURE.write_text(text())
