"""A worker as a function on AWS Lambda, which its queue feeds: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .aws import S3Store, SqsQueue, client
from .batch import Postpones, log, log_attempt, work_batch
from .declaration import Kernel
from .errors import InvalidInputError, describe_error
from .kernel_file import load_kernel_file
from .work import Invocation, Worker

#: Where bundle.py puts the kernels' files.
KERNELS = "kernels"


class Context(Protocol):
    """What Lambda says of an invocation: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html"""

    aws_request_id: str
    log_stream_name: str
    memory_limit_in_mb: str


@dataclass
class LambdaWorker:
    """The handler. What it names as failed is delivered again."""

    worker: Worker
    inbox: Postpones
    retry_after_seconds: float

    def __call__(self, event: Any, context: Context) -> dict[str, list[dict[str, str]]]:
        """Raises InvalidInputError for an event that is no batch of a queue."""
        memory_mb = int(context.memory_limit_in_mb)
        invocation = Invocation(context.aws_request_id, context.log_stream_name, memory_mb, began=time.monotonic())
        return work_batch(self.worker, self.inbox, event, self.retry_after_seconds, invocation)


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
        takes_uploads=environment.get("KERNEL_UPLOADS") == "all",
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


def ms_since_start() -> float:
    """Since this process began: its 22nd figure in /proc, in ticks since the machine started."""
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")) * 1000
