"""A chunk's bytes: padded, little-endian, compressed, and their CRC-32C."""

from __future__ import annotations

import struct
import zlib
from math import ceil, prod
from typing import Any

import google_crc32c
import numpy as np
from numcodecs import Zstd
from numpy.typing import NDArray

from .layout import Chunk, Shape

LEVEL = 1
GZIP = 31  # zlib's number for gzip's header and trailer
Array = NDArray[Any]


def crc32c(data: bytes) -> int:
    return int(google_crc32c.value(data))


def fill_value(dtype: str) -> float:
    """What marks a cell without a value."""
    return float("nan") if dtype.startswith("f") else int(np.iinfo(dtype).max)


def encode(values: Array, chunk_shape: Shape, codec: str) -> bytes:
    """The object to store for a chunk's values, which have the chunk's own shape."""
    whole = values
    if values.shape != chunk_shape:
        whole = np.full(chunk_shape, fill_value(values.dtype.name), values.dtype)
        whole[tuple(slice(length) for length in values.shape)] = values
    raw = np.ascontiguousarray(whole, whole.dtype.newbyteorder("<")).tobytes()
    packed = _compressed(raw, codec)
    return packed + struct.pack("<I", crc32c(packed))


def decode(stored: bytes, chunk: Chunk, chunk_shape: Shape, dtype: str, codec: str) -> Array | None:
    """A stored chunk's values, cut to its own shape; None where it is corrupt."""
    packed, checksum = stored[:-4], stored[-4:]
    size = prod(chunk_shape) * np.dtype(dtype).itemsize
    if len(checksum) < 4 or struct.unpack("<I", checksum)[0] != crc32c(packed):
        return None
    try:
        raw = _decompressed(packed, codec, size)
    except Exception:  # noqa: BLE001 -- each codec has errors of its own, for bytes that are none of its
        return None
    if len(raw) != size:
        return None
    whole = np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).astype(dtype).reshape(chunk_shape)
    return np.ascontiguousarray(whole[tuple(slice(length) for length in chunk.shape)])


def most_encoded_bytes(chunk_shape: Shape, dtype: str) -> int:
    """More bytes than these are no chunk."""
    return ceil(1.01 * prod(chunk_shape) * np.dtype(dtype).itemsize) + 1000


def make_nans_alike(values: Array) -> None:
    """Gives every NaN the same bits, in place."""
    if values.dtype == np.float32:
        values.view(np.uint32)[np.isnan(values)] = 0x7FC00000
    elif values.dtype == np.float64:
        values.view(np.uint64)[np.isnan(values)] = 0x7FF8000000000000


def are_equal(a: Array, b: Array) -> bool:
    """Whether two chunks of one dtype have the same values. All NaN are equal; 0 and -0 differ."""
    one, other = a.copy(), b.copy()
    make_nans_alike(one)
    make_nans_alike(other)
    return one.tobytes() == other.tobytes()


def _compressed(raw: bytes, codec: str) -> bytes:
    if codec == "gzip":
        return zlib.compress(raw, LEVEL, GZIP)
    return bytes(Zstd(level=LEVEL).encode(raw)) if codec == "zstd" else raw


def _decompressed(packed: bytes, codec: str, size: int) -> bytes:
    """Stops soon after `size`: a foreign object of 4 MB may claim that it decompresses to 4 GB."""
    if codec == "gzip":
        return zlib.decompressobj(GZIP).decompress(packed, size + 1)
    return bytes(Zstd().decode(packed, out=bytearray(size))) if codec == "zstd" else packed
