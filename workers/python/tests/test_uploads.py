"""Files of Python that jobs bring along."""

import hashlib
import json
import sys
from typing import Any

import numpy as np
import pytest

from manyhands.errors import UnknownKernelError, UnusableObjectError
from manyhands.kernel_file import hash_of
from manyhands.work import Worker
from memory import MemoryOutbox, MemoryStore, job_record, received

SOURCE = b"""from manyhands import Kernel, Number, Value
def fill(window, out, tools):
    out[...] = 2 * window["x"]
kernel = Kernel(inputs={"x": Number(start=0, stop=1)}, values={"y": Value()}, fill=fill)
"""
AXES = [{"input": "x", "rule": "index", "from": 0, "step": 0.5, "count": 3}]
MESSAGE = received({"version": 2, "jobId": "j1", "chunks": [0]})


def worker(source: bytes = SOURCE, stored: bytes | None = None, takes_uploads: bool = True, **record: Any) -> Worker:
    sha256 = hashlib.sha256(source).hexdigest()
    job = {
        **job_record("twice", AXES, [3], values=[{"name": "y", "dtype": "float64"}], hash=hash_of(source)),
        "declaration": {"language": "python"},
        "uploaded": {"sha256": sha256},
        **record,
    }
    store = MemoryStore()
    store.put("jobs/j1/job.json", json.dumps(job).encode())
    store.put(f"kernels/{sha256}", source if stored is None else stored)
    return Worker(store, MemoryOutbox(), MemoryOutbox(), {}, "test", takes_uploads=takes_uploads)


def test_a_worker_that_takes_uploads_computes_with_the_file_that_the_job_names() -> None:
    here = worker()
    assert here.work(MESSAGE)
    stored = here.store.get("jobs/j1/array/y/c/0") or b""
    assert np.frombuffer(stored[:-4], "<f8").tolist() == [0, 1, 2]


def test_others_get_its_message() -> None:
    with pytest.raises(UnknownKernelError, match="it takes those with --allow-uploads"):
        worker(takes_uploads=False).work(MESSAGE)
    with pytest.raises(UnknownKernelError, match="none of nowhere"):
        worker(b"import nowhere").work(MESSAGE)
    with pytest.raises(UnknownKernelError, match="one of , got twice"):
        worker(declaration={}).work(MESSAGE)  # an upload of JavaScript


def test_others_get_a_point_where_there_is_no_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    point = SOURCE.replace(b"fill=fill", b"point=lambda x: 2 * x")
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(UnknownKernelError, match="Expected numba to be installed, for a kernel by `point`, got none"):
        worker(point, hash=hash_of(point)).work(MESSAGE)


def test_another_file_in_its_place_is_not_run() -> None:
    with pytest.raises(UnusableObjectError, match="the file of that SHA-256"):
        worker(stored=b"raise SystemExit").work(MESSAGE)
