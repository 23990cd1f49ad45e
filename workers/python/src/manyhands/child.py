"""The process that computes: one a CPU. Its parent receives, beats and acknowledges, since a kernel may keep this process busy for minutes."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

from .aws import S3Store, SqsQueue, client
from .declaration import Kernel
from .errors import NewerVersionError, UnknownKernelError, describe_error
from .kernel_file import load_kernel_file
from .kernels import BUILT_IN
from .ports import Received
from .work import Worker


@dataclass(frozen=True)
class Settings:
    queue: str
    results: str
    bucket: str
    endpoint_url: str | None
    files: tuple[str, ...]
    takes_uploads: bool = False


@dataclass(frozen=True)
class Answer:
    """`done`: acknowledge. Else the message is handed back, for long where another worker is to take it, and `reason` says why."""

    done: bool
    reason: str = ""
    is_for_another: bool = False


def serve(pipe: Connection, settings: Settings, name: str, started_at: float) -> None:
    """Works on what the parent sends through the pipe, until the parent closes it."""
    for each in (
        signal.SIGINT,
        signal.SIGTERM,
    ):  # the parent decides, also when a terminal or systemd tells all of its processes
        signal.signal(each, signal.SIG_IGN)
    worker = make_worker(settings, [load_kernel_file(path) for path in settings.files], name, started_at)
    while True:
        try:
            received: Received = pipe.recv()
            pipe.send(_answer(worker, received))
        except (EOFError, OSError):  # the parent has ended
            return


def _answer(worker: Worker, received: Received) -> Answer:
    try:
        done = worker.work(received)
    except (NewerVersionError, UnknownKernelError) as error:
        return Answer(False, describe_error(error), is_for_another=True)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the message comes again
        return Answer(False, describe_error(error))
    return Answer(done, "" if done else "some of its chunks failed")


def make_worker(settings: Settings, own: list[Kernel], name: str, started_at: float) -> Worker:
    """A worker on SQS and S3 with these kernels beside those in the program; `started_at` (epoch seconds) is when its process was."""
    s3, sqs = client("s3", settings.endpoint_url), client("sqs", settings.endpoint_url)
    return Worker(
        store=S3Store(s3, settings.bucket),
        chunks=SqsQueue(sqs, settings.queue),
        results=SqsQueue(sqs, settings.results),
        kernels={**BUILT_IN, **{kernel.name: kernel for kernel in own}},
        name=name,
        init_ms=(time.time() - started_at) * 1000,
        takes_uploads=settings.takes_uploads,
    )
