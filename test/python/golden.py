"""Golden values for the TypeScript tests, from numpy, zarr and google-crc32c: writes test/fixtures/golden.json.

    test/python/.venv/bin/python test/python/golden.py

Every float is written as Python's repr, which is exact; bytes are in hexadecimal. check.py compares the file with
what this would write.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from decimal import Decimal, localcontext
from pathlib import Path

import google_crc32c
import numpy as np
import zarr
from numcodecs.zstd import Zstd

import grid
import kernels

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURE = Path("test", "fixtures", "golden.json")
ROWS, COLUMNS = 5, 7
CODECS = {
    "none": [],
    "gzip": [zarr.codecs.GzipCodec(level=1)],
    "zstd": [zarr.codecs.ZstdCodec(level=1, checksum=False)],
}


def golden() -> dict:
    return {
        "generator": "test/python/golden.py",
        "kernels": [
            *(escape_case("mandelbrot", axes, maxIterations=60) for axes in both_rules((1.3, -1.3), (-2.13, 0.77))),
            escape_case("mandelbrot", zoom_axes(), maxIterations=500),
            *(
                escape_case("julia", axes, maxIterations=300, cRe=-0.8, cIm=0.156)
                for axes in both_rules((1.1, -1.1), (-1.7, 1.7))
            ),
            escape_case("julia", both_rules((1.1, -1.1), (-1.7, 1.7))[1], maxIterations=40, cRe=-0.4, cIm=0.6),
            pendulum_case(10, 0.01, 9.81, 1, 1, 1, 1),
            pendulum_case(4, 0.02, 3.7, 1.3, 0.7, 2, 0.5),
        ],
        "grids": [grid_case(*case) for case in grids()],
        "sinCos": [sin_cos_case(x) for x in angles()],
        "crc32c": [{"bytes": data.hex(), "crc32c": google_crc32c.value(data)} for data in byte_strings()],
        "npy": [npy_case(cells) for cells in arrays()],
        "chunks": [chunks_case(cells, codec) for cells in arrays() for codec in CODECS],
    }


def both_rules(y: tuple[float, float], x: tuple[float, float]) -> list[list[grid.Axis]]:
    accumulated = [grid.stepped_axis(*y, (y[1] - y[0]) / ROWS, "accumulate"), grid.even_axis(*x, COLUMNS, "accumulate")]
    return [accumulated, [grid.even_axis(*y, ROWS), grid.even_axis(*x, COLUMNS)]]


def zoom_axes() -> list[grid.Axis]:
    return [grid.even_axis(0.1127, 0.1077, ROWS), grid.even_axis(-0.7463, -0.7413, COLUMNS)]


def escape_case(kernel: str, axes: list[grid.Axis], **parameters: float) -> dict:
    y, x = (axis.coordinates() for axis in axes)
    cells = getattr(kernels, kernel)(y, x, **parameters)
    return case(kernel, parameters, axes, "uint16", cells.astype(np.uint16))


def pendulum_case(duration, timeStep, gravity, length1, length2, mass1, mass2) -> dict:
    parameters = dict(locals())
    axes = [grid.even_axis(np.pi, -np.pi, ROWS), grid.even_axis(-np.pi, np.pi, COLUMNS)]
    y, x = (axis.coordinates() for axis in axes)
    cells = kernels.pendulum_exact(y, x, **parameters)
    # Cells on which three ways to compute them agree do not hang on our own sine and cosine.
    for other in (kernels.pendulum_numpy, kernels.pendulum_lagrange):
        if not np.array_equal(cells, other(y, x, **parameters)):
            raise ValueError(f"expected {other.__name__} to agree in every cell: choose another region")
    return case("double-pendulum", parameters, axes, "float64", cells)


def case(kernel: str, parameters: dict, axes: list[grid.Axis], dtype: str, cells: np.ndarray) -> dict:
    y, x = (axis.coordinates().tolist() for axis in axes)
    return {
        "kernel": kernel,
        "parameters": parameters,
        "axes": [axis.as_json() for axis in axes],
        "dtype": dtype,
        "y": y,
        "x": x,
        "values": cells.ravel().tolist(),
    }


def grids() -> list[tuple[dict, grid.Axis]]:
    """Axes as requested, and as they must be resolved."""

    def stepped(start, stop, step, rule):
        return {"from": start, "to": stop, "step": step, "rule": rule}, grid.stepped_axis(start, stop, step, rule)

    def even(start, stop, count, rule):
        return {"from": start, "to": stop, "count": count, "rule": rule}, grid.even_axis(start, stop, count, rule)

    return [
        stepped(-2.13, 0.77, 2 * (0.77 - -2.13) / 1000, "accumulate"),
        stepped(1.3, -1.3, 2 * (-1.3 - 1.3) / 1000, "accumulate"),
        stepped(0, 1, 0.1, "accumulate"),  # 0.1 ten times is less than 1: eleven points
        stepped(0, 1, 0.1, "index"),  # 10 * 0.1 is not: ten points
        stepped(1, 0, -0.3, "accumulate"),
        even(0, 1, 10, "accumulate"),
        even(0, 1, 10, "index"),
        even(-1.7, 1.7, 13, "index"),
        even(3, 4, 1, "index"),
    ]


def grid_case(request: dict, axis: grid.Axis) -> dict:
    points = axis.coordinates()
    return {"request": request, "axis": axis.as_json(), "last": float(points[-1]), "first": points[:12].tolist()}


def angles() -> list[float]:
    quarters = [k * np.pi / 4 for k in range(-8, 9)]
    # Powers as Python reads them: numpy's differ in their last bit from processor to processor.
    scattered = np.random.default_rng(20130314).uniform(-1, 1, 12) * [float(f"1e{k}") for k in range(-6, 6)]
    return [*quarters, *scattered.tolist(), 1e-300, 0.5, 1.0, 10.0, 1e5, -1e5]


def sin_cos_case(x: float) -> dict:
    """Sine and cosine of exactly this float, rounded once: a Taylor series in 80 decimal digits."""
    with localcontext() as context:
        context.prec = 80
        turn = 2 * Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803")
        angle = Decimal(x) - (Decimal(x) / turn).to_integral_value() * turn
        sine, cosine, term = Decimal(0), Decimal(0), Decimal(1)
        for n in range(90):
            sign = -1 if n % 4 >= 2 else 1
            if n % 2:
                sine += sign * term
            else:
                cosine += sign * term
            term = term * angle / (n + 1)
        return {"x": x, "sin": float(sine), "cos": float(cosine)}


def byte_strings() -> list[bytes]:
    random = np.random.default_rng(20130314)
    return [
        b"",
        b"a",
        b"123456789",
        bytes(32),  # this and the next three: RFC 3720, B.4
        b"\xff" * 32,
        bytes(range(32)),
        bytes(range(31, -1, -1)),
        bytes(range(256)),
        *(random.bytes(length) for length in (3, 7, 8, 9, 63, 64, 65, 1001)),
    ]


def arrays() -> list[np.ndarray]:
    plane = np.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    return [
        (plane * 1873).astype("uint16"),
        (plane * 122_713_351).astype("uint32"),
        (plane / 7 - 1.5).astype("float32"),
        (plane / 7 - 1.5).astype("float64"),
        (np.arange(11) * 5_957).astype("uint16"),
    ]


def npy_case(cells: np.ndarray) -> dict:
    return {**described(cells), "bytes": npy_bytes(cells).hex()}


def npy_bytes(cells: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, cells)
    return buffer.getvalue()


def chunks_case(cells: np.ndarray, codec: str) -> dict:
    """The array as zarr itself stores it, in ragged chunks: zarr.json and one object for each chunk."""
    chunk_shape = (3, 4)[: cells.ndim]
    store = zarr.storage.MemoryStore()
    array = zarr.create_array(
        store,
        shape=cells.shape,
        chunks=chunk_shape,
        dtype=cells.dtype,
        fill_value=np.nan if cells.dtype.kind == "f" else np.iinfo(cells.dtype).max,
        compressors=[*CODECS[codec], zarr.codecs.Crc32cCodec()],
        dimension_names=("y", "x")[-cells.ndim :],
    )
    array[...] = cells
    stored = {key: value.to_bytes() for key, value in sorted(store._store_dict.items())}
    metadata = json.loads(stored.pop("zarr.json"))
    return {
        **described(cells),
        "codec": codec,
        "chunkShape": list(chunk_shape),
        "metadata": metadata,
        "chunks": {key: data.hex() for key, data in stored.items()},
    }


def described(cells: np.ndarray) -> dict:
    return {"dtype": str(cells.dtype), "shape": list(cells.shape), "values": cells.ravel().tolist()}


def with_crc32c(data: bytes) -> bytes:
    return data + google_crc32c.value(data).to_bytes(4, "little")


def without_crc32c(stored: bytes) -> bytes:
    data = stored[:-4]
    if with_crc32c(data) != stored:
        raise ValueError(f"expected another checksum after {len(data)} bytes")
    return data


def decompress(codec: str, data: bytes) -> bytes:
    if codec == "gzip":
        return gzip.decompress(data)
    return bytes(Zstd().decode(data)) if codec == "zstd" else data


def check(repository: Path) -> str:
    """Compares the committed file with what would be written now; compressed chunks by what is in them."""
    text = (repository / FIXTURE).read_text()
    committed, current = unpacked(json.loads(text)), unpacked(json.loads(json.dumps(golden(), allow_nan=False)))
    if committed.keys() != current.keys():
        raise ValueError(f"expected {list(current)}, got {list(committed)}")
    for key, value in current.items():
        if repr(committed[key]) != repr(value):  # by repr: 1 and 1.0 are not the same, nor are 0.0 and -0.0
            raise ValueError(f"expected other values under {key}: run golden.py")
    return f"{len(current)} sections, {len(text)} characters"


def unpacked(document: dict) -> dict:
    for entry in document["chunks"]:
        for key, data in entry["chunks"].items():
            entry["chunks"][key] = decompress(entry["codec"], without_crc32c(bytes.fromhex(data))).hex()
    return document


def main() -> int:
    path = REPOSITORY / FIXTURE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(golden(), indent=2, allow_nan=False, ensure_ascii=False) + "\n")
    # In the layout the repository's linter asks for.
    biome = REPOSITORY / "node_modules" / ".bin" / "biome"
    subprocess.run([biome, "format", "--write", path], cwd=REPOSITORY, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
