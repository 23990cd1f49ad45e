"""job.json, as far as a worker needs it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .declaration import DTYPES, Kernel, Scalar, default_of
from .errors import InvalidInputError, NewerVersionError
from .grid import Axis
from .layout import Chunk, Layout, Shape

JOB_VERSION = 2
CODECS = ("none", "gzip", "zstd")


@dataclass(frozen=True)
class Spec:
    """All that a chunk's bytes follow from."""

    kernel: str
    hash: str | None
    parameters: Mapping[str, Scalar]
    axes: tuple[Axis, ...]
    chunk_shape: Shape
    codec: str
    seed: int
    #: A name (None in jobs of early versions) and a dtype for each value.
    values: tuple[tuple[str | None, str], ...]

    @property
    def layout(self) -> Layout:
        return Layout(tuple(axis.length for axis in self.axes), self.chunk_shape)


@dataclass(frozen=True)
class Job:
    job_id: str
    submitted_at_ms: float
    spec: Spec
    #: Where the overview cuts axes beyond the second, by input.
    at: Mapping[str, Scalar]
    nan_on_error: bool
    #: Whether it may cost no more than a sum.
    has_limit: bool
    #: The SHA-256 of the kernel's file, where it was uploaded and is Python's; else None.
    uploaded: str | None = None


def parse_job(data: bytes, key: str) -> Job:
    """Raises NewerVersionError, and InvalidInputError for a damaged record."""
    try:
        record = json.loads(data)
        check_version(record["version"], JOB_VERSION, key)
        job = Job(
            job_id=record["jobId"],
            submitted_at_ms=record["submittedAtMs"],
            at=record["output"].get("at", {}),
            nan_on_error=record.get("declaration", {}).get("onError") == "nan",
            has_limit="maxUsd" in record,
            uploaded=_uploaded(record),
            spec=parse_spec(record["spec"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InvalidInputError(key, "a whole job.json", f"{type(error).__name__}: {error}") from error
    if job.spec.codec not in CODECS or any(dtype not in DTYPES for _, dtype in job.spec.values):
        raise InvalidInputError(key, "of a known codec and dtypes", job.spec.codec)
    return job


def parse_spec(spec: Mapping[str, Any]) -> Spec:
    """Raises KeyError, TypeError, ValueError or AttributeError for a damaged one."""
    values = (
        [(spec.get("value"), spec["dtype"])]
        if "dtype" in spec
        else [(v.get("name"), v["dtype"]) for v in spec["values"]]
    )
    return Spec(
        kernel=spec["kernel"],
        hash=spec.get("hash"),
        parameters=spec["parameters"],
        axes=parse_axes(spec["axes"]),
        chunk_shape=tuple(spec["chunkShape"]),
        codec=spec["codec"],
        seed=spec.get("seed", 0),
        values=tuple(values),
    )


def _uploaded(record: Mapping[str, Any]) -> str | None:
    is_python = record.get("declaration", {}).get("language") == "python"
    return record.get("uploaded", {}).get("sha256") if is_python else None


def check_version(version: object, known: int, what: str) -> None:
    """Raises NewerVersionError, and InvalidInputError."""
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InvalidInputError(f"version of {what}", f"1 to {known}", json.dumps(version))
    if version > known:
        raise NewerVersionError(what, version, known)


def parse_axes(given: Iterable[Mapping[str, Any]]) -> tuple[Axis, ...]:
    return tuple(_axis(each) for each in given)


def _axis(given: Mapping[str, Any]) -> Axis:
    if given["rule"] == "list":
        return Axis(given.get("input"), "list", points=tuple(given["points"]))
    return Axis(given.get("input"), given["rule"], given["from"], given["step"], given["count"])


def chunk_keys(job: Job, chunk: Chunk) -> list[str]:
    """The chunk's keys, one a value."""
    place = "/".join(str(at) for at in chunk.place)
    return [f"jobs/{job.job_id}/array/{'' if name is None else f'{name}/'}c/{place}" for name, _ in job.spec.values]


def axis_inputs(spec: Spec, kernel: Kernel) -> tuple[str, ...]:
    """The inputs that the axes sweep. Those of jobs before axes had names are the last that the kernel sweeps by default."""
    swept = [name for name, declared in kernel.inputs.items() if declared.is_swept][-len(spec.axes) :]
    return tuple(axis.input or (swept[k] if k < len(swept) else "") for k, axis in enumerate(spec.axes))


def fixed_inputs(spec: Spec, kernel: Kernel) -> dict[str, Scalar]:
    """The inputs that the job holds fixed; those that it says nothing of at their defaults."""
    fixed = dict(spec.parameters)
    swept = axis_inputs(spec, kernel)
    for name, declared in kernel.inputs.items():
        default = default_of(declared)
        if default is not None and name not in fixed and name not in swept:
            fixed[name] = default
    return fixed
