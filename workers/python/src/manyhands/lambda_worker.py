"""A worker as a function on AWS Lambda, which its queue feeds: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from .attempt import Attempt
from .aws import S3Store, SqsQueue, client
from .declaration import Kernel
from .errors import InvalidInputError, NewerVersionError, UnknownKernelError, describe_error
from .kernel_file import load_kernel_file
from .pauses import deployment_pause, pause_after
from .ports import MAX_RECEIVE_COUNT, Received
from .work import Invocation, Worker

#: Where bundle.py puts the kernels' files.
KERNELS = "kernels"


class Context(Protocol):
    """What Lambda says of an invocation: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    aws_request_id: str
    log_stream_name: str
    memory_limit_in_mb: str


class Postpones(Protocol):
    def postpone(self, message: Received, seconds: int) -> None: ...


@dataclass
class LambdaWorker:
    """The handler. What it names as failed is delivered again."""

    worker: Worker
    inbox: Postpones
    retry_after_seconds: float

    def __call__(self, event: Any, context: Context) -> dict[str, list[dict[str, str]]]:
        """Raises InvalidInputError for an event that is no batch of a queue."""
        began = time.monotonic()
        if not isinstance(event, dict) or not isinstance(event.get("Records"), list):
            raise InvalidInputError("the event", "a batch of messages of the chunk queue", json.dumps(event)[:80])
        memory_mb = int(context.memory_limit_in_mb)
        invocation = Invocation(context.aws_request_id, context.log_stream_name, memory_mb, began)
        received = [_received(record) for record in event["Records"]]
        again = [each for each in received if not self._work(each, invocation)]
        return {"batchItemFailures": [{"itemIdentifier": each.id} for each in again]}

    def _work(self, received: Received, invocation: Invocation) -> bool:
        count = received.receive_count
        try:
            if self.worker.work(received, invocation):
                return True
            pause = pause_after(count, self.retry_after_seconds)
        except (NewerVersionError, UnknownKernelError) as error:
            log("WARN", "message for another worker handed back", messageId=received.id, error=describe_error(error))
            pause = deployment_pause(self.retry_after_seconds) if count < MAX_RECEIVE_COUNT else 0
        except Exception as error:  # noqa: BLE001 -- whatever it is, the message comes again
            log("ERROR", "message failed", messageId=received.id, error=describe_error(error), receiveCount=count)
            pause = pause_after(count, self.retry_after_seconds)
        try:
            self.inbox.postpone(received, pause)
        except Exception as error:  # noqa: BLE001 -- the visibility timeout brings it back too, only later
            log("WARN", "message not postponed", messageId=received.id, error=describe_error(error))
        return False


def lambda_worker(environment: Mapping[str, str] = os.environ) -> LambdaWorker:
    """With the queues, the bucket and the kernels that the environment names. Raises InvalidInputError."""

    def read(name: str) -> str:
        if not environment.get(name):
            raise InvalidInputError(name, "in the environment", "nothing")
        return environment[name]

    endpoint_url = environment.get("AWS_ENDPOINT_URL")
    s3, sqs = client("s3", endpoint_url), client("sqs", endpoint_url)
    chunks = SqsQueue(sqs, read("CHUNK_QUEUE_URL"))
    kernels, broken = load_kernels(Path(read("LAMBDA_TASK_ROOT")) / KERNELS)
    worker = Worker(
        store=S3Store(s3, read("BUCKET")),
        chunks=chunks,
        results=SqsQueue(sqs, read("RESULT_QUEUE_URL")),
        kernels=kernels,
        name="python",
        others_are_alike=True,
        broken=broken,
        on_worked=log_attempt,
    )
    retry_after = float(read("RETRY_AFTER_SECONDS"))
    worker.init_ms = ms_since_start()
    return LambdaWorker(worker, chunks, retry_after)


def load_kernels(folder: Path) -> tuple[dict[str, Kernel], dict[str, InvalidInputError]]:
    """The kernels of the folder's files by name, and why the others, by their files' names, cannot be loaded."""
    kernels: dict[str, Kernel] = {}
    broken: dict[str, InvalidInputError] = {}
    for path in sorted(folder.glob("*.py")):
        try:
            kernel = load_kernel_file(str(path))
            kernels[kernel.name] = kernel
        except InvalidInputError as error:
            log("ERROR", "kernel not loaded", kernel=path.stem, error=describe_error(error))
            broken[path.stem] = error
    return kernels, broken


def log_attempt(attempt: Attempt) -> None:
    """The lines that the Node worker logs: `manyhands cost` and the dashboard read them."""
    job_id = attempt.message.job_id
    log(
        "INFO",
        "message done",
        jobId=job_id,
        computed=attempt.computed,
        found=attempt.found,
        receiveCount=attempt.receive_count,
        coldStart=attempt.worker["coldStart"],
    )
    for failure in attempt.failures:
        told = {name: failure[name] for name in ("chunk", "error", "final")}
        log("ERROR", "chunk failed", jobId=job_id, **told)


def log(level: str, message: str, **facts: object) -> None:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    print(json.dumps({"level": level, "message": message, "timestamp": now, "service": "worker", **facts}), flush=True)


def ms_since_start() -> float:
    """Since this process began: its 22nd figure in /proc, in ticks since the machine started."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")) * 1000


def _received(record: Mapping[str, Any]) -> Received:
    count = int(record["attributes"]["ApproximateReceiveCount"])
    return Received(record["messageId"], record["body"], count, record["receiptHandle"], record["eventSourceARN"])
