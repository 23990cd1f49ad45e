"""Runs jobs with the command line and compares what lies on disk with an independent computation, cell by cell.

    python test/python/check.py [--node node_modules/.bin/node] [--repo .]

Prints a line for each check and `N passed, N failed` alone on the last; exits with 1 where any failed. What raises,
crashes, is missing or cannot be read is a failure, as are the checks that would have come after it.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import xarray
import zarr

import examples
import golden
import kernels
import several
from checks import Checks, DifferenceError, expect, expect_cells, expect_equal
from jobs import TABLE, Job

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS_PER_JOB = 120
MAGIC = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}

# Chunks to take away or to damage: in the middle, at the edges, at the corner where the array is ragged.
DAMAGED = {
    "serial, ragged 1": (2, 3),
    "threads, ragged 4": (0, 3),
    "threads, one axis, ragged": (13,),
    "local, one axis, julia": (7,),
    "serial, pendulum": (2, 2),
    "threads, pendulum": (0, 0),
}


class Runner:
    def __init__(self, node: Path, repository: Path, folder: Path) -> None:
        self.command = [str(node), str(repository / "cli" / "main.js"), "run"]
        self.folder = folder
        self.runs = 0

    def run(self, job: Job) -> tuple[str, Path, dict]:
        """The job's id, its folder and what --json printed."""
        self.runs += 1
        job_id = f"python-check-{self.runs}"
        out = self.folder / job_id
        options = ["--engine", job.engine, "--job-id", job_id, "--out", str(out), "--json"]
        done = subprocess.run(
            [*self.command, *options, *job.arguments()],
            check=False,
            cwd=self.folder,
            input=job.standard_input() or "",
            capture_output=True,
            text=True,
            timeout=SECONDS_PER_JOB,
        )
        expect(done.returncode == 0, f"exit code {done.returncode}: {done.stderr.strip()[-500:]}")
        return job_id, out, json.loads(done.stdout)


def open_array(job: Job, folder: Path) -> zarr.Array:
    """Opened as anyone would; a warning from zarr is an error here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return zarr.open(str(folder / "array" / job.value.name), mode="r")


def open_dataset(folder: Path, **options: bool) -> xarray.Dataset:
    """As `open_array`, with all its chunks, by xarray and from the group."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return xarray.open_zarr(str(folder / "array"), **options).load()


@dataclass(frozen=True)
class Outcome:
    job_id: str
    folder: Path
    printed: dict  # by --json
    expected: np.ndarray


def check_job(checks: Checks, job: Job, runner: Runner) -> Path | None:
    """Returns the job's folder, or None where it did not run: one failure then stands for all its checks."""
    name = f"{job.engine}, {job.name}"
    outcomes: list[Outcome] = []

    def run() -> str:
        outcomes.append(Outcome(*runner.run(job), job.expected()))
        return " ".join(job.arguments())

    if not checks.run(f"{name}: runs", run):
        return None
    [outcome] = outcomes
    for title, check in JOB_CHECKS.items():
        checks.run(f"{name}: {title}", partial(check, job, outcome))
    if job.kernel == "double-pendulum" and not job.x and not job.y:  # a zoom may lie on one side of the limit
        checks.run(f"{name}: energy", partial(check_energy, job, outcome))
    if job.shares:
        for other, least in zip((kernels.pendulum_numpy, kernels.pendulum_lagrange), job.shares, strict=True):
            checks.run(f"{name}: {other.__name__}", partial(check_share, job, outcome, other, least))
    return outcome.folder


def check_metadata(job: Job, outcome: Outcome) -> str:
    array = open_array(job, outcome.folder)
    axes = job.axes()
    shape = tuple(axis.count for axis in axes)
    expect(isinstance(array, zarr.Array), f"expected an array, got {type(array).__name__}")
    expect_equal("zarr format", array.metadata.zarr_format, 3)
    expect_equal("shape", array.shape, shape)
    expect_equal("dtype", array.dtype, np.dtype(job.expected_dtype))
    if job.chunk:
        expect_equal("chunks", array.chunks, job.chunk)
    expect(all(1 <= c <= n for c, n in zip(array.chunks, shape, strict=True)), f"chunks {array.chunks} of {shape}")
    expect(same_number(array.fill_value, job.fill_value), f"fill value {array.fill_value!r}")
    expect_equal("dimension names", array.metadata.dimension_names, tuple(v.name for v in job.variables))
    codecs = [codec.to_dict() for codec in array.metadata.codecs]
    expected_codecs = ["bytes", *([] if job.expected_codec == "none" else [job.expected_codec]), "crc32c"]
    expect_equal("codecs", [codec["name"] for codec in codecs], expected_codecs)
    mask = {} if math.isnan(job.fill_value) else {"_FillValue": job.fill_value}
    expect_equal("attributes", dict(array.attrs), {**job.value.attributes, **mask})
    stored = {
        "kernel": job.kernel,
        "parameters": job.all_parameters,
        "axes": [{"input": v.name, **axis.as_json()} for v, axis in zip(job.variables, axes, strict=True)],
        "values": [{"name": job.value.name, "dtype": job.expected_dtype}],
        "chunkShape": list(array.chunks),
        "codec": job.expected_codec,
        "seed": 0,
    }
    spec = stored_job(outcome.folder)["spec"]
    expect(re.fullmatch("[0-9a-f]{16}", spec.pop("hash")), "expected the kernel's hash in job.json")
    expect_equal("spec in job.json", spec, stored)
    return f"{array.dtype} {shape} in chunks of {array.chunks}"


def stored_job(folder: Path) -> dict:
    return json.loads((folder / "job.json").read_text())


def facts_of(folder: Path) -> dict[str, str | int]:
    """What a group says of the kernel's code."""
    job = stored_job(folder)
    return {
        "kernel_hash": job["spec"]["hash"],
        "seed": job["spec"].get("seed", 0),
        "manyhands_version": job["madeBy"]["version"],
    }


def same_number(found: float, expected: float) -> bool:
    return found == expected or (math.isnan(found) and math.isnan(expected))


def check_cells(job: Job, outcome: Outcome) -> str:
    expected = outcome.expected
    # A cell that holds the fill value would look computed if its chunk were missing.
    filled = np.isnan(expected) if math.isnan(job.fill_value) else expected == job.fill_value
    expect(not filled.any(), "expected no cell to hold the fill value")
    return expect_cells(open_array(job, outcome.folder)[...], expected)


def check_npy(job: Job, outcome: Outcome) -> str:
    """The same array as in `array/`, and the very bytes that numpy.save writes."""
    path = outcome.folder / "result.npy"
    loaded = np.load(path, allow_pickle=False)
    expect_cells(loaded, open_array(job, outcome.folder)[...])
    expect_cells(loaded, outcome.expected)
    expect(path.read_bytes() == golden.npy_bytes(outcome.expected), "expected the bytes that numpy.save writes")
    return f"{path.stat().st_size} bytes as numpy.save writes them"


def check_chunk_files(job: Job, outcome: Outcome) -> str:
    """One file for each chunk, the axes' coordinates and no other; each of the codec it claims; edge chunks padded with the fill value."""
    folder, expected = outcome.folder, outcome.expected
    array = open_array(job, folder)
    counts = [math.ceil(n / c) for n, c in zip(array.shape, array.chunks, strict=True)]
    keys = {"c/" + "/".join(map(str, index)) for index in np.ndindex(*counts)}
    group = {"zarr.json", *(f"{axis.name}/{name}" for axis in job.variables for name in ("zarr.json", "c/0"))}
    expected_files = group | {f"{job.value.name}/{name}" for name in {"zarr.json", *keys}}
    found = {path.relative_to(folder / "array").as_posix() for path in (folder / "array").rglob("*") if path.is_file()}
    expect_equal("files", found, expected_files)
    for index in np.ndindex(*counts):
        stored = chunk_file(job, folder, index).read_bytes()
        whole = np.full(array.chunks, job.fill_value, dtype=expected.dtype)
        part = expected[tuple(slice(i * c, (i + 1) * c) for i, c in zip(index, array.chunks, strict=True))]
        whole[tuple(slice(n) for n in part.shape)] = part
        if job.expected_codec == "none":
            expect(stored == golden.with_crc32c(whole.tobytes()), f"expected other bytes in chunk {index}")
        else:
            expect(stored.startswith(MAGIC[job.expected_codec]), f"expected {job.expected_codec} in chunk {index}")
            decoded = golden.decompress(job.expected_codec, golden.without_crc32c(stored))
            expect_cells(np.frombuffer(decoded, expected.dtype).reshape(whole.shape), whole)
    return f"{len(keys)} chunks"


def chunk_file(job: Job, folder: Path, index: tuple[int, ...]) -> Path:
    return folder / "array" / job.value.name / "c" / "/".join(map(str, index))


def check_xarray(job: Job, outcome: Outcome) -> str:
    """A dataset with labelled axes, whose coordinates are the numbers that the kernel was given, to the last bit."""
    dataset = open_dataset(outcome.folder)
    names = [axis.name for axis in job.variables]
    expect_equal("variables", sorted(dataset.variables), sorted([job.value.name, *names]))
    expect_equal("coordinates", sorted(dataset.coords), sorted(names))
    expect_equal(
        "attributes",
        dataset.attrs,
        {
            **job.all_parameters,
            "kernel": job.kernel,
            "manyhands_job": outcome.job_id,
            **facts_of(outcome.folder),
        },
    )
    values = dataset[job.value.name]
    expect_equal("dimensions", values.dims, tuple(names))
    expect_equal("what it is", values.attrs, job.value.attributes)
    for variable, axis in zip(job.variables, job.axes(), strict=True):
        expect_equal(f"what {variable.name} is", dataset[variable.name].attrs, variable.attributes)
        expect_cells(dataset[variable.name].values, axis.coordinates())
    # Counts become floats, which have a NaN: as many as there were whole numbers, and the same ones.
    expect(not values.isnull().any(), "expected no cell of a complete job to be missing")
    expect((values.values == outcome.expected).all(), "expected the values that the kernel gives")
    expect_cells(open_dataset(outcome.folder, mask_and_scale=False)[job.value.name].values, outcome.expected)
    for share in (0, 1 / 3, 1):
        at = [int(share * (axis.count - 1)) for axis in job.axes()]
        near = {
            name: axis.coordinates()[k] + 0.3 * axis.step for name, axis, k in zip(names, job.axes(), at, strict=True)
        }
        found = values.sel(near, method="nearest").values
        expect(found == outcome.expected[tuple(at)], f"expected cell {at} at {near}, got {found!r}")
    return f"{values.dtype} over {', '.join(names)}"


def check_summary(job: Job, outcome: Outcome) -> str:
    printed, expected = outcome.printed, outcome.expected
    expect_equal("state", printed["state"], "complete")
    expect_equal("elements", printed["elements"], expected.size)
    expect_equal("minimum", printed["min"], float(expected.min()))
    expect_equal("maximum", printed["max"], float(expected.max()))
    if job.expected_dtype.startswith("float"):
        exact = math.fsum(expected.ravel().tolist())
        expect(math.isclose(printed["sum"], exact, rel_tol=1e-12), f"expected sum {exact}, got {printed['sum']}")
    else:
        expect_equal("sum", printed["sum"], int(expected.sum(dtype=np.uint64)))
    if job.sum is not None:
        expect_equal("the oracle's sum", int(expected.sum(dtype=np.uint64)), job.sum)
        expect_equal("sum printed", printed["sum"], job.sum)
    return f"sum {printed['sum']}"


def check_energy(job: Job, outcome: Outcome) -> str:
    """No pendulum swings over without the energy for it. The margin allows for the drift of Runge-Kutta."""
    found = open_array(job, outcome.folder)[...]
    axes = [axis.coordinates() for axis in job.axes()]
    y, x = axes if len(axes) == 2 else [np.array([float(job.facts.row)]), axes[0]]
    below = kernels.cannot_flip(y, x, job.all_parameters, margin=1e-3).reshape(found.shape)
    never = found == np.dtype(job.expected_dtype).type(job.all_parameters["duration"])
    expect(below.any() and not below.all(), "expected some cells to be able to flip and some not to")
    expect(never[below].all(), f"{int((~never[below]).sum())} cells flip without the energy for it")
    expect(not never.all(), "expected some pendulums to flip")
    return f"{int(below.sum())} cells cannot flip and do not, {int((~never).sum())} of the others do"


def check_share(job: Job, outcome: Outcome, compute: Callable[..., np.ndarray], least: float) -> str:
    """The share of cells in which another way to compute a chaotic system comes to the same step."""
    found, other = open_array(job, outcome.folder)[...], job.expected(compute)
    expect_equal("shape", found.shape, other.shape)
    share = float((found == other).mean())
    flips = other < job.all_parameters["duration"]
    among = float((found == other)[flips].mean())
    expect(share >= least, f"expected at least {least:.1%} of the cells to agree, got {share:.2%}")
    return f"{share:.2%} of {found.size} cells agree ({among:.2%} of the {int(flips.sum())} that flip)"


JOB_CHECKS: dict[str, Callable[[Job, Outcome], str]] = {
    "metadata": check_metadata,
    "every cell": check_cells,
    "xarray": check_xarray,
    "result.npy": check_npy,
    "chunk files": check_chunk_files,
    "summary": check_summary,
}


def check_missing_chunk(job: Job, folder: Path, index: tuple[int, ...]) -> str:
    """Without one chunk's file its cells read as the fill value, in xarray as NaN, and all others as before."""
    array = open_array(job, folder)
    expected = array[...]
    window = tuple(slice(i * c, (i + 1) * c) for i, c in zip(index, array.chunks, strict=True))
    lost = expected[window].size
    expect(lost > 0, "expected the chunk to have cells")
    chunk_file(job, folder, index).unlink()
    expected[window] = array.fill_value
    found = open_array(job, folder)[...]
    filled = np.isnan(found) if np.isnan(array.fill_value) else found == array.fill_value
    expect_equal("cells that read as the fill value", int(filled.sum()), lost)
    expect(filled[window].all(), "expected the fill value in the missing chunk")
    expect_cells(found[~filled], expected[~filled])
    labelled = open_dataset(folder)[job.value.name].values
    expect_equal("cells that are NaN in xarray", np.isnan(labelled).tolist(), filled.tolist())
    expect((labelled[~filled] == expected[~filled]).all(), "expected xarray to show the other cells as before")
    return f"chunk {index} reads as {array.fill_value!r} in {lost} cells, {found.size - lost} others as before"


def check_damaged_chunk(job: Job, folder: Path, index: tuple[int, ...]) -> str:
    """A single bit flipped in a chunk's file: zarr refuses it, so the checksum is a real one."""
    path = chunk_file(job, folder, index)
    stored = bytearray(path.read_bytes())
    stored[len(stored) // 2] ^= 1
    path.write_bytes(stored)
    try:
        open_array(job, folder)[...]
    except ValueError as error:
        expect("checksum" in str(error), f"expected a checksum error, got {error}")
        return str(error)[:60]
    raise DifferenceError("expected zarr to refuse the damaged chunk, but it read it")


def on_a_copy(
    folders: dict[str, tuple[Job, Path]], name: str, index: tuple[int, ...], check: Callable[..., str]
) -> str:
    expect(name in folders, "expected the job to have run")
    with tempfile.TemporaryDirectory(prefix="manyhands-python-") as temporary:
        job, folder = folders[name]
        copy = Path(shutil.copytree(folder, Path(temporary) / "copy"))
        return check(job, copy, index)


def check_comparison() -> str:
    """The comparison itself: one cell off by one bit in any dtype is a difference."""
    for dtype in ("uint16", "uint32", "float32", "float64"):
        cells = np.arange(35).reshape(5, 7).astype(dtype)
        off = cells.copy()
        off.view(f"u{off.dtype.itemsize}")[4, 6] ^= 1
        expect_cells(cells.copy(), cells)
        for wrong in (off, cells.T, cells[:, :6], cells.astype("int64"), cells[:0]):
            try:
                expect_cells(wrong, cells)
            except DifferenceError:
                continue
            raise DifferenceError(f"expected a difference in {dtype} {wrong.shape}, found none")
    return "a single bit is noticed"


def check_sin_cos() -> str:
    x = np.concatenate([np.linspace(-100, 100, 200_001), np.random.default_rng(20130314).uniform(-1e5, 1e5, 200_000)])
    (sine, cosine), (np_sine, np_cosine) = kernels.fdlibm_sin_cos(x), kernels.numpy_sin_cos(x)
    largest = max(float(np.abs(sine - np_sine).max()), float(np.abs(cosine - np_cosine).max()))
    expect(largest < 1e-15, f"expected the polynomials within 1e-15 of numpy's sin and cos, got {largest}")
    return f"within {largest:.1e} of numpy's up to |x| = 1e5"


def main() -> int:
    options = argparse.ArgumentParser(description="Compares the command line's arrays with an independent computation.")
    options.add_argument("--repo", type=Path, default=REPOSITORY)
    options.add_argument("--node", type=Path, help="default: node_modules/.bin/node of the repository")
    given = options.parse_args()
    repository = given.repo.resolve()
    node = (given.node or repository / "node_modules" / ".bin" / "node").absolute()

    checks = Checks()
    folders: dict[str, tuple[Job, Path]] = {}
    with tempfile.TemporaryDirectory(prefix="manyhands-python-") as temporary:
        runner = Runner(node, repository, Path(temporary))
        checks.run("the comparison", check_comparison)
        checks.run("the polynomials of sine and cosine", check_sin_cos)
        checks.run("golden.json is what golden.py writes", lambda: golden.check(repository))
        for job in TABLE:
            folder = check_job(checks, job, runner)
            if folder:
                folders[f"{job.engine}, {job.name}"] = (job, folder)
        for name, index in DAMAGED.items():
            checks.run(f"{name}: a missing chunk", partial(on_a_copy, folders, name, index, check_missing_chunk))
            checks.run(f"{name}: a damaged chunk", partial(on_a_copy, folders, name, index, check_damaged_chunk))
        several.check(checks, runner.command, repository, Path(temporary))
        examples.check(checks, runner.command, repository, Path(temporary))
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
