"""What a worker makes of messages, in memory; `manyhands conform` asks the same of the process on SQS and S3."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from manyhands import Kernel, Number, Value
from manyhands.errors import NewerVersionError, UnknownKernelError
from manyhands.kernels import BUILT_IN
from manyhands.work import Worker
from memory import MemoryOutbox, MemoryStore, job_record, received

AXES = [
    {"input": "y", "rule": "index", "from": 1, "step": -0.5, "count": 5},
    {"input": "x", "rule": "index", "from": -2, "step": 0.5, "count": 6},
]


def throw(_window: object, _out: object, _tools: object) -> None:
    raise ValueError("no such spot")


BROKEN = Kernel(
    name="broken", inputs={"x": Number(start=0, stop=1)}, values={"height": Value()}, fill=throw, hash="ab" * 8
)


def worker(job: dict[str, Any], *own: Kernel) -> Worker:
    store = MemoryStore()
    store.put("jobs/j1/job.json", json.dumps(job).encode())
    kernels = {**BUILT_IN, **{kernel.name: kernel for kernel in own}}
    return Worker(store, MemoryOutbox(), MemoryOutbox(), kernels, "test")


def outbox(port: object) -> list[Any]:
    assert isinstance(port, MemoryOutbox)
    return port.bodies


def test_the_tutorials_array_has_its_sum() -> None:
    step = 2 * 2.9 / 1000, 2 * 2.6 / 1000
    axes = [
        {"input": "y", "rule": "accumulate", "from": 1.3, "step": -step[1], "count": 500},
        {"input": "x", "rule": "accumulate", "from": -2.13, "step": step[0], "count": 500},
    ]
    here = worker(job_record("mandelbrot", axes, [100, 500], parameters={"maxIterations": 1000}))
    assert here.work(received({"version": 2, "jobId": "j1", "chunks": [0, 1, 2, 3, 4]}))
    assert sum(chunk["sum"] for report in outbox(here.results) for chunk in report["chunks"]) == 51214485


def test_what_a_kernel_raises_is_sent_again_once_with_its_mark_and_then_is_final() -> None:
    axes = [{"input": "x", "rule": "index", "from": 0, "step": 0.5, "count": 2}]
    here = worker(job_record("broken", axes, [2], values=[{"name": "height", "dtype": "float64"}]), BROKEN)
    assert here.work(received({"version": 2, "jobId": "j1", "chunks": [0]}))
    [failure] = outbox(here.results)[0]["failures"]
    assert failure["error"].startswith("ValueError: no such spot (test_work.py:")
    assert not failure["final"]
    [again] = outbox(here.chunks)
    assert here.work(received(again))
    [last] = outbox(here.results)[1]["failures"]
    assert (last["final"], last["attempt"]) == (True, 2)
    assert len(outbox(here.chunks)) == 1


def test_a_kernel_that_is_not_here_and_a_newer_record_are_another_workers() -> None:
    job = job_record("magnets", AXES, [5, 6])
    with pytest.raises(UnknownKernelError, match="got magnets"):
        worker(job).work(received({"version": 2, "jobId": "j1", "chunks": [0]}))
    with pytest.raises(UnknownKernelError, match="a message for 0123456789abcdef"):
        worker(job_record("julia", AXES, [5, 6], hash="0123456789abcdef")).work(
            received({"version": 2, "jobId": "j1", "chunks": [0]})
        )
    with pytest.raises(UnknownKernelError, match="maps no items"):
        worker(job_record("julia", AXES[:1], [5], values=[])).work(
            received({"version": 2, "jobId": "j1", "chunks": [0]})
        )
    with pytest.raises(UnknownKernelError, match="keeps no accounts"):
        worker({**job_record("julia", AXES, [5, 6]), "maxUsd": 1}).work(
            received({"version": 2, "jobId": "j1", "chunks": [0]})
        )
    with pytest.raises(NewerVersionError):
        worker({**job, "version": 3}).work(received({"version": 2, "jobId": "j1", "chunks": [0]}))


def test_what_no_worker_could_do_in_a_day_fails_for_good_and_was_told_of_from_the_first() -> None:
    here = worker(job_record("magnets", AXES, [5, 6]))
    for rounds in (1, 959, 0):
        with pytest.raises(UnknownKernelError):
            here.work(received({"version": 2, "jobId": "j1", "chunks": [0], "handedOn": rounds}))
        note = here.store.get("jobs/j1/lacking.json")
        assert (note is None) == (rounds > 0)
    assert note is not None
    assert json.loads(note) | {"version": 1, "worker": "test"} == json.loads(note)
    assert here.work(received({"version": 2, "jobId": "j1", "chunks": [0], "handedOn": 960}))
    [failure] = outbox(here.results)[0]["failures"]
    assert failure["final"]
    assert failure["error"] == json.loads(note)["reason"]
    assert failure["error"].startswith("Expected kernel to be one of mandelbrot,")


def test_a_store_that_fails_fails_its_chunk_only_and_the_message_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    here = worker(job_record("mandelbrot", AXES, [2, 6]))
    put = MemoryStore.put_if_absent

    def refuse_one(store: MemoryStore, key: str, data: bytes) -> bool:
        if key.endswith("c/1/0"):
            raise ConnectionError("cable cut")
        return put(store, key, data)

    monkeypatch.setattr(MemoryStore, "put_if_absent", refuse_one)
    assert not here.work(received({"version": 2, "jobId": "j1", "chunks": [0, 1, 2]}))
    [report] = outbox(here.results)
    assert [chunk["chunk"] for chunk in report["chunks"]] == [0, 2]
    assert [(each["chunk"], each["final"]) for each in report["failures"]] == [(1, False)]


def test_a_report_of_large_tiles_is_sent_in_parts_that_a_queue_takes() -> None:
    axes = [{**AXES[0], "count": 400}, {**AXES[1], "count": 400}]
    here = worker(job_record("mandelbrot", axes, [100, 400], parameters={"maxIterations": 1}))
    assert here.work(received({"version": 2, "jobId": "j1", "chunks": [0, 1, 2, 3]}))
    reports = outbox(here.results)
    assert [len(report["chunks"]) for report in reports] == [2, 2]
    assert all(len(json.dumps(report)) <= 250_500 for report in reports)


def test_several_values_are_several_objects_and_one_report() -> None:
    def fill(window: Any, out: Any, _tools: object) -> None:
        out["double"][...] = 2 * window["x"]
        out["square"][...] = window["x"] * window["x"]

    kernel = Kernel(inputs={"x": Number(start=0, stop=1)}, values={"double": Value(), "square": Value()}, fill=fill)
    axes = [{"input": "x", "rule": "index", "from": 0, "step": 0.5, "count": 3}]
    values = [{"name": "double", "dtype": "float64"}, {"name": "square", "dtype": "float32"}]
    here = worker(job_record("twice", axes, [3], values=values), replace(kernel, name="twice"))
    assert here.work(received({"version": 2, "jobId": "j1", "chunks": [0]}))
    [report] = outbox(here.results)
    assert report["version"] == 2
    assert (report["chunks"][0]["sum"], report["chunks"][0]["others"][0]["sum"]) == (3, 1.25)
    stored = here.store.get("jobs/j1/array/square/c/0") or b""
    assert np.frombuffer(stored[:-4], "<f4").tolist() == [0, 0.25, 1]
