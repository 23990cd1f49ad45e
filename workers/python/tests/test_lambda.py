"""The function on Lambda, around a store and queues in memory: test/localstack/python-kernels.test.ts has the same with AWS's parts played."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from manyhands.batch import log_attempt
from manyhands.errors import InvalidInputError
from manyhands.lambda_worker import LambdaWorker, lambda_worker, load_kernels, ms_since_start
from manyhands.work import Worker
from memory import MemoryInbox, MemoryOutbox, MemoryStore, job_record

FILE = """
from manyhands import Kernel, Number, Value

def fill(window, out, tools):
    out[...] = 1 / (window["x"] - 1) if window["x"].min() > 0 else window["x"]

kernel = Kernel(inputs={"x": Number(start=0, stop=4)}, values={"y": Value()}, fill=fill)
"""
AXES = [{"input": "x", "rule": "index", "from": 0, "step": 1, "count": 4}]
CONTEXT = SimpleNamespace(aws_request_id="request-1", log_stream_name="2026/11/29/[1]a", memory_limit_in_mb="1769")


class Function:
    """The handler, and what it said."""

    def __init__(self, folder: Path, **files: str) -> None:
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)
        kernels, broken = load_kernels(folder)
        hash_ = kernels["mine"].hash if "mine" in kernels else None
        job = job_record("mine", AXES, [2], hash=hash_, values=[{"name": "y", "dtype": "float64"}])
        self.store, self.chunks, self.results = MemoryStore(), MemoryOutbox(), MemoryOutbox()
        self.store.put("jobs/j1/job.json", json.dumps(job).encode())
        ports: dict[str, Any] = {"store": self.store, "chunks": self.chunks, "results": self.results}
        worker = Worker(**ports, kernels=kernels, name="", others_are_alike=True, broken=broken, on_worked=log_attempt)
        self.inbox = MemoryInbox([], None)
        self.handler = LambdaWorker(worker, self.inbox, 2)

    def __call__(self, *messages: object, receives: int = 1) -> list[str]:
        """The ids of the messages that come again."""
        records = [
            {
                "messageId": f"m{k}",
                "body": json.dumps(message),
                "receiptHandle": "handle",
                "attributes": {"ApproximateReceiveCount": str(receives)},
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:chunks",
            }
            for k, message in enumerate(messages)
        ]
        answer = self.handler({"Records": records}, CONTEXT)
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def message(*chunks: int, **more: Any) -> dict[str, Any]:
    return {"version": 2, "jobId": "j1", "chunks": list(chunks), **more}


def test_a_report_says_which_invocation_it_is_of_and_what_that_has_taken(tmp_path: Path) -> None:
    function = Function(tmp_path, mine=FILE)
    assert function(message(0)) == []
    assert function(message(0, again=True)) == []
    first, second = (body["worker"] for body in function.results.bodies)
    known = {"requestId": "request-1", "logStream": "2026/11/29/[1]a", "memoryMb": 1769}
    assert first | known | {"coldStart": True} == first
    assert second | known | {"coldStart": False, "initMs": None} == second
    assert isinstance(first["elapsedMs"], int)


def test_what_it_logs_is_what_the_node_worker_logs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Function(tmp_path, mine=FILE)(message(0))
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert line | {"level": "INFO", "message": "message done", "jobId": "j1", "computed": [0], "found": []} == line


def test_of_a_batch_what_cannot_be_worked_on_comes_again_alone(tmp_path: Path) -> None:
    function = Function(tmp_path, mine=FILE)
    newer = {"version": 99, "jobId": "j1", "chunks": [0]}
    assert function(message(0), newer) == ["m1"]
    ((id_, pause),) = function.inbox.done
    assert id_ == "m1"
    assert pause is not None
    assert 60 <= pause <= 120  # a deployment may be under way


def test_a_kernel_that_it_lacks_fails_with_the_last_delivery_since_its_fellows_lack_it_too(tmp_path: Path) -> None:
    function = Function(tmp_path, other=FILE)
    assert function(message(0, kernel="ab" * 8)) == ["m0"]
    assert function.results.bodies == []
    assert function(message(0, kernel="ab" * 8), receives=5) == []
    (report,) = function.results.bodies
    (failure,) = report["failures"]
    assert (failure["error"], failure["final"]) == ("Expected kernel to be one of other, got mine.", True)
    assert function.store.get("jobs/j1/lacking.json") is None  # a deployment is under way


def test_a_file_that_does_not_load_fails_its_chunks_at_once_and_the_other_kernels_go_on(tmp_path: Path) -> None:
    function = Function(tmp_path, mine="import no_such_package", other=FILE)
    assert list(function.handler.worker.kernels) == ["other"]
    assert function(message(0, 1)) == []
    (report,) = function.results.bodies
    assert [failure["final"] for failure in report["failures"]] == [True, True]
    assert "none of no_such_package" in report["failures"][0]["error"]


def test_an_event_that_is_no_batch_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="Expected the event to be a batch of messages of the chunk queue, got"):
        Function(tmp_path, mine=FILE).handler({"kind": "drain"}, CONTEXT)


def test_a_variable_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with pytest.raises(InvalidInputError, match="Expected CHUNK_QUEUE_URL to be in the environment, got nothing."):
        lambda_worker({"BUCKET": "b"})


def test_its_start_was_before_now() -> None:
    assert 0 < ms_since_start() < 3_600_000
