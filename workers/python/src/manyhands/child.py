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
from .ports import Outbox, Received, Store
from .redis_hub import FoundStore, is_redis_url, open_redis
from .redis_ports import RedisQueue
from .work import Worker

#: As often as a command that a Redis did not answer is sent again: what was computed must be stored.
FOR_EVER = -1


@dataclass(frozen=True)
class Settings:
    """Where a worker's messages and objects are. For a Redis `queue` is its URL, and says all."""

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


def _ports(settings: Settings, name: str) -> tuple[Store, Outbox, Outbox]:
    if is_redis_url(settings.queue):
        redis = open_redis(settings.queue, retries=FOR_EVER)
        store = FoundStore(redis, settings.endpoint_url)
        return store, RedisQueue(redis, "chunks", name), RedisQueue(redis, "results", name)
    s3, sqs = client("s3", settings.endpoint_url), client("sqs", settings.endpoint_url)
    return S3Store(s3, settings.bucket), SqsQueue(sqs, settings.queue), SqsQueue(sqs, settings.results)


def make_worker(settings: Settings, own: list[Kernel], name: str, started_at: float) -> Worker:
    """A worker with these kernels beside those in the program; `started_at` (epoch seconds) is when its process was."""
    store, chunks, results = _ports(settings, name)
    return Worker(
        store=store,
        chunks=chunks,
        results=results,
        kernels={**BUILT_IN, **{kernel.name: kernel for kernel in own}},
        name=name,
        init_ms=(time.time() - started_at) * 1000,
        takes_uploads=settings.takes_uploads,
    )
