"""Chunks in the store: put once, compared where one is there already, found and verified."""

from __future__ import annotations

from collections.abc import Sequence

from .codec import Array, are_equal, crc32c, decode, most_encoded_bytes
from .errors import IntegrityError
from .job import Job, chunk_keys
from .layout import Chunk
from .ports import Store


def put_chunk(store: Store, job: Job, chunk: Chunk, encoded: Sequence[bytes], is_forced: bool = False) -> int:
    """Stores each value of the chunk under its key, and returns the bytes that are stored afterwards. Raises IntegrityError where
    the store holds other values. With `is_forced`, when another version of the kernel began the job, a chunk that has some of its
    values is replaced as a whole."""
    keys = chunk_keys(job, chunk)
    if is_forced and len(keys) > 1:
        are_there = [_find(store, job, chunk, k, key) is not None for k, key in enumerate(keys)]
        for key, data, is_there in zip(keys, encoded, are_there, strict=True):
            if is_there and not all(are_there):
                store.put(key, data)
    return sum(_put_one(store, job, chunk, k, key, encoded[k]) for k, key in enumerate(keys))


def _put_one(store: Store, job: Job, chunk: Chunk, value: int, key: str, encoded: bytes) -> int:
    if store.put_if_absent(key, encoded):
        return len(encoded)
    stored = _read(store, job, value, key)
    if stored == encoded:
        return len(encoded)
    found = None if stored is None else _decoded(job, chunk, value, stored)
    if stored is None or found is None:
        store.put(key, encoded)  # the stored chunk is corrupt, or was deleted meanwhile
        return len(encoded)
    computed = _decoded(job, chunk, value, encoded)
    assert computed is not None
    # Values, not bytes: compressors differ between versions.
    if are_equal(found, computed):
        return len(stored)
    raise IntegrityError(key, f"{crc32c(found.tobytes()):08x}", f"{crc32c(computed.tobytes()):08x}")


def find_chunk(store: Store, job: Job, chunk: Chunk) -> tuple[list[Array], int] | None:
    """A stored chunk's values, verified, and their bytes in the store; None if a value of it is absent or corrupt."""
    values: list[Array] = []
    stored_bytes = 0
    for k, key in enumerate(chunk_keys(job, chunk)):
        found = _find(store, job, chunk, k, key)
        if found is None:
            return None
        values.append(found[0])
        stored_bytes += found[1]
    return values, stored_bytes


def _find(store: Store, job: Job, chunk: Chunk, value: int, key: str) -> tuple[Array, int] | None:
    stored = _read(store, job, value, key)
    cells = None if stored is None else _decoded(job, chunk, value, stored)
    return None if stored is None or cells is None else (cells, len(stored))


def _read(store: Store, job: Job, value: int, key: str) -> bytes | None:
    return store.get(key, most_encoded_bytes(job.spec.chunk_shape, job.spec.values[value][1]))


def _decoded(job: Job, chunk: Chunk, value: int, stored: bytes) -> Array | None:
    return decode(stored, chunk, job.spec.chunk_shape, job.spec.values[value][1], job.spec.codec)
