"""A job of a user's own file, swing.ts: three axes, one of them logarithmic and one of words, and three values.

Read by zarr-python, xarray and tensorstore, each without a warning, and compared with numpy cell by cell.
"""

from __future__ import annotations

import json
import math
import subprocess
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import tensorstore
import xarray
import zarr

from checks import Checks, expect, expect_cells, expect_equal

SEATS = ["board", "old-tyre", "basket"]
COUNTS = (9, 7, len(SEATS))
CHUNKS = (4, 3, 2)
START = 2.25
ASKED = {
    "--time": "0.5:5:9",
    "--damping": "log:0.01:2:7",
    "--seat": ",".join(SEATS),
    "--start": str(START),
    "--chunk": "4x3x2",
}
AXES = {
    "time": {"long_name": "time", "units": "s"},
    "damping": {"long_name": "damping", "units": "1/s"},
    "seat": {"long_name": "kind of seat", "flag_values": [0, 1, 2], "flag_meanings": " ".join(SEATS)},
}
VALUES = {
    "distance": ("float64", {"long_name": "distance", "units": "m"}),
    "speed": ("float32", {"long_name": "speed", "units": "m/s"}),
    "pushes": ("uint16", {"long_name": "pushes so far"}),
}
ENGINES = ("serial", "threads", "local")


def swing(time: np.ndarray, damping: np.ndarray) -> dict[str, np.ndarray]:
    """Every cell of every value."""
    t, d = np.meshgrid(time, damping, indexing="ij")
    slowed = np.stack([d, d * t, 2 * d], axis=-1)
    distance = START / (1 + slowed * t[..., np.newaxis])
    speed = -slowed * distance * distance
    pushes = np.broadcast_to(np.floor(3 * t)[..., np.newaxis], distance.shape)
    return {"distance": distance, "speed": speed.astype("float32"), "pushes": pushes.astype("uint16")}


def check(checks: Checks, command: list[str], repository: Path, temporary: Path) -> None:
    for engine in ENGINES:
        folder = temporary / f"several-{engine}"
        name = f"{engine}, a file's several values"
        if not checks.run(f"{name}: runs", partial(run, command, repository, engine, folder)):
            continue
        for title, each in {
            "axes": check_axes,
            "zarr": check_zarr,
            "xarray": check_xarray,
            "tensorstore": check_tensorstore,
            "result-<value>.npy": check_npy,
            "summary": check_summary,
        }.items():
            checks.run(f"{name}: {title}", partial(silently, each, folder))


def run(command: list[str], repository: Path, engine: str, folder: Path) -> str:
    file = repository / "test" / "python" / "swing.ts"
    options = [f"{name}={value}" for name, value in ASKED.items()]
    done = subprocess.run(
        [*command, str(file), "--engine", engine, "--out", str(folder), "--quiet", "--npy", "--no-plots", *options],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    expect(done.returncode == 0, f"exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    return " ".join(options)


def silently(check_one, folder: Path) -> str:
    """A warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return check_one(folder)


def coordinates(folder: Path) -> list[np.ndarray]:
    return [zarr.open_array(str(folder / "array" / name), mode="r")[...] for name in AXES]


def expected(folder: Path) -> dict[str, np.ndarray]:
    time, damping, _ = coordinates(folder)
    return swing(time, damping)


def check_axes(folder: Path) -> str:
    """Even steps to the last bit, ratios as near as numpy's own power is exact, and the places of words in their list."""
    time, damping, seat = coordinates(folder)
    expect_cells(time, 0.5 + np.arange(9) * ((5 - 0.5) / 9))
    expect_cells(seat, np.arange(3.0))
    ratios = 0.01 * (2 / 0.01) ** (np.arange(7) / 7)
    off = float(np.max(np.abs(damping / ratios - 1)))
    expect(off < 2e-15, f"expected the logarithmic axis within 2e-15, got {off}")
    return f"the logarithmic one within {off:.1e}"


def check_zarr(folder: Path) -> str:
    group = zarr.open_group(str(folder / "array"), mode="r")
    expect_equal("members", sorted(group), sorted([*AXES, *VALUES]))
    for name, cells in expected(folder).items():
        array = group[name]
        expect(isinstance(array, zarr.Array), f"expected {name} to be an array")
        expect_equal("dimensions", array.metadata.dimension_names, tuple(AXES))
        expect_equal("chunks", array.chunks, CHUNKS)
        expect_cells(array[...], cells)
    return f"{len(VALUES)} arrays of {COUNTS}"


def check_xarray(folder: Path) -> str:
    dataset = xarray.open_zarr(str(folder / "array")).load()
    expect_equal("coordinates", sorted(dataset.coords), sorted(AXES))
    for name, attributes in AXES.items():
        expect_equal(f"what {name} is", dataset[name].attrs, attributes)
    for name, cells in expected(folder).items():
        dtype, attributes = VALUES[name]
        expect_equal("dtype", cells.dtype, np.dtype(dtype))
        expect_equal("dimensions", dataset[name].dims, tuple(AXES))
        expect_equal(f"what {name} is", dataset[name].attrs, attributes)
        expect((dataset[name].values == cells).all(), f"expected the values of {name}")
    meanings = dataset["seat"].attrs["flag_meanings"].split()
    tyre = dataset["distance"].sel(seat=meanings.index("old-tyre"))
    expect((tyre.values == expected(folder)["distance"][:, :, 1]).all(), "expected the cells of a word")
    expect_equal("a flag that is held", dataset.attrs["isPushed"], 1)
    return ", ".join(f"{name} {size}" for name, size in dataset.sizes.items())


def check_tensorstore(folder: Path) -> str:
    for name, cells in expected(folder).items():
        spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": f"{folder / 'array' / name}/"}}
        store = tensorstore.open(spec, read=True).result()
        expect_equal("dimensions", store.domain.labels, tuple(AXES))
        expect_cells(store.read().result(), cells)
    return f"{len(VALUES)} arrays"


def check_npy(folder: Path) -> str:
    for name, cells in expected(folder).items():
        expect_cells(np.load(folder / f"result-{name}.npy", allow_pickle=False), cells)
    found = sorted(path.name for path in folder.glob("*.npy"))
    expect_equal("files", found, sorted(f"result-{name}.npy" for name in VALUES))
    return ", ".join(found)


def check_summary(folder: Path) -> str:
    summary = json.loads((folder / "summary.json").read_text())
    expect_equal("values", [value["name"] for value in summary["values"]], list(VALUES))
    for value in summary["values"]:
        cells = expected(folder)[value["name"]]
        exact = math.fsum(cells.ravel().tolist())
        expect(math.isclose(value["sum"], exact, rel_tol=1e-12), f"expected sum {exact}, got {value['sum']}")
        expect_equal("range", (value["min"], value["max"]), (float(cells.min()), float(cells.max())))
    return f"{summary['elements']} cells"
