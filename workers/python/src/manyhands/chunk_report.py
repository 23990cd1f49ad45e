"""What a worker says of a chunk: sums for the summary, and a tile for the pictures."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .codec import Array, fill_value
from .grid import nearest
from .job import Job
from .layout import Chunk

#: SQS takes 256 KiB.
REPORT_MAX_BYTES = 250_000
TILE_MAX_BYTES = 150_000
MOST_CELLS = 1000

Record = dict[str, Any]


def chunk_report(job: Job, chunk: Chunk, values: Sequence[Array], stored_bytes: int, times: Record | None) -> Record:
    """The report of a stored chunk. `times` is None if its computation was not measured."""
    tiles = [_tile(job, chunk, array) for array in values]
    is_too_large = any(len(tile) * len(tiles) > TILE_MAX_BYTES for tile in tiles)
    first, *others = [
        {
            **_statistics(array, fill_value(array.dtype.name) if job.nan_on_error else None),
            "tile": None if is_too_large else base64.b64encode(tile).decode(),
        }
        for array, tile in zip(values, tiles, strict=True)
    ]
    report = {"chunk": chunk.index, **first, "storedBytes": stored_bytes, "times": times}
    return {**report, "others": others} if others else report


def _statistics(values: Array, lost: float | None) -> Record:
    """Sum, extremes and the number of cells that are no finite number, or `lost`; in row-major order."""
    flat = values.ravel().astype(np.float64)
    is_counted = np.isfinite(flat) if lost is None else np.isfinite(flat) & (flat != lost)
    counted = flat[is_counted]
    most = sys.float_info.max
    # Not numpy.sum, which adds in pairs: this adds one cell after the other.
    with np.errstate(over="ignore"):
        total = float(np.add.accumulate(counted)[-1]) if counted.size else 0.0
    return {
        "sum": min(max(total, -most), most),
        "min": float(counted.min()) if counted.size else None,
        "max": float(counted.max()) if counted.size else None,
        "nonFinite": int(flat.size - counted.size),
    }


def _tile(job: Job, chunk: Chunk, values: Array) -> bytes:
    """The chunk's elements that the overview shows, each at the centre of a cell."""
    shown = [
        [element - start for element in _elements(job, axis) if start <= element < start + length]
        for axis, (start, length) in enumerate(zip(chunk.start, chunk.shape, strict=True))
    ]
    return np.ascontiguousarray(values[np.ix_(*[np.array(each, np.intp) for each in shown])]).tobytes()


def _elements(job: Job, axis: int) -> list[int]:
    """The elements along an axis that the overview shows."""
    points = job.spec.axes[axis]
    n = points.length
    if axis < 2:
        cells = min(n, MOST_CELLS)
        return [((2 * k + 1) * n) // (2 * cells) for k in range(cells)]
    at = None if points.input is None or points.input not in job.at else nearest(points, job.at[points.input])
    return [n // 2 if at is None else at]


def report_messages(
    job_id: str, round_: int, worker: Mapping[str, Any], chunks: Sequence[Record], failures: Sequence[Record]
) -> Iterator[str]:
    """Message bodies that together carry these reports and failures, in ASCII, each within REPORT_MAX_BYTES."""
    version = 2 if chunks and "others" in chunks[0] else 1
    head = {
        "kind": "report",
        "version": version,
        "jobId": job_id,
        "worker": worker,
        **({"round": round_} if round_ else {}),
    }
    part: list[Record] = []
    unsent = failures
    size = len(_json({**head, "chunks": [], "failures": list(failures)}))
    for report in chunks:
        more = len(_json(report)) + 1
        if part and size + more > REPORT_MAX_BYTES:
            yield _json({**head, "chunks": part, "failures": list(unsent)})
            part, unsent, size = [], [], len(_json({**head, "chunks": [], "failures": []}))
        part.append(report)
        size += more
    if part or unsent:
        yield _json({**head, "chunks": part, "failures": list(unsent)})


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
