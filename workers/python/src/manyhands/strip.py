"""Shared libraries without what only debuggers read: a seventh of llvmlite, and nine tenths of numcodecs."""

from __future__ import annotations

import struct
from pathlib import Path

MAGIC = b"\x7fELF\x02\x01"  # 64 bits, little-endian
HEADER_BYTES = 64
SEGMENT = struct.Struct("<II6Q")


def strip(path: Path) -> None:
    """Cuts a library off after the last of its segments, which are all that is loaded. What is no such library stays as it is.

    Debian's `sstrip` does the same; binutils' `strip` knows the machines that it was built for alone."""
    with path.open("r+b") as file:
        header = bytearray(file.read(HEADER_BYTES))
        if not header.startswith(MAGIC):
            return
        (first,) = struct.unpack_from("<Q", header, 32)
        size, count = struct.unpack_from("<2H", header, 54)
        file.seek(first)
        segments = [SEGMENT.unpack_from(file.read(size)) for _ in range(count)]
        struct.pack_into("<Q", header, 40, 0)  # the table of sections, which was last
        struct.pack_into("<2H", header, 60, 0, 0)
        file.seek(0)
        file.write(header)
        file.truncate(max([first + size * count, *(offset + length for _, _, offset, _, _, length, *_ in segments)]))
