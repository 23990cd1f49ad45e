"""The command `worker`: all CPUs of this machine at the messages of a queue, until it is told to stop."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from .aws import SqsQueue, client, is_queue_url, outputs_of_stack
from .child import Settings
from .errors import InvalidInputError, printable
from .kernel_file import load_kernel_file
from .kernels import BUILT_IN
from .lane import Lane, Log
from .redis_hub import Beat, expect_fit, is_redis_url, occupation, open_redis, without_password
from .redis_ports import RedisQueue
from .server import is_server_url, queues_of_server

DEFAULT_RETRY_AFTER_SECONDS = 2.0
#: Of a command that a Redis did not answer, before the worker says so.
RETRIES = 3


def add_worker_options(parser: argparse.ArgumentParser) -> None:
    env = os.environ
    parser.add_argument(
        "--queue",
        default=env.get("CHUNK_QUEUE_URL") or env.get("MANYHANDS_REDIS"),
        help="redis://user@host (password: REDIS_PASSWORD), sqs://<stack> for a deployment, sqs+http://<host>:<port> for a "
        "server that speaks SQS, or an SQS queue's URL (default: CHUNK_QUEUE_URL, or MANYHANDS_REDIS)",
    )
    parser.add_argument(
        "--results",
        default=env.get("RESULT_QUEUE_URL"),
        help="the result queue's URL (default: RESULT_QUEUE_URL, or the stack's)",
    )
    parser.add_argument(
        "--store",
        default=f"s3://{env['BUCKET']}" if env.get("BUCKET") else None,
        help="s3://<bucket>; with redis:// also redis or a shared folder (default: BUCKET, the stack's, or the Redis's)",
    )
    parser.add_argument(
        "--endpoint-url",
        default=env.get("AWS_ENDPOINT_URL"),
        help="where SQS and S3 are, if not on AWS (default: AWS_ENDPOINT_URL)",
    )
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes that compute (default: one a CPU)"
    )
    parser.add_argument(
        "--kernel",
        action="append",
        default=[],
        metavar="FILE",
        help="a file with a kernel, beside those in the program",
    )
    parser.add_argument(
        "--allow-uploads",
        action="store_true",
        help="also run the files of Python that jobs bring along: those can do all that this process can",
    )
    parser.add_argument(
        "--name",
        default=f"python-{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}",
        help="what reports call it",
    )
    parser.add_argument("--json", action="store_true", help="log lines of JSON")


def run_worker(options: argparse.Namespace) -> int:
    """Works until SIGINT or SIGTERM, then ends what it computes; a second one ends it at once. Raises InvalidInputError."""
    settings = _settings(options)
    for name, value in COMPUTING.items():
        os.environ.setdefault(name, value)  # for the children
    own = [load_kernel_file(path) for path in settings.files]
    stop = threading.Event()
    log = _log_lines(options.json)
    retry_after = float(os.environ.get("RETRY_AFTER_SECONDS", DEFAULT_RETRY_AFTER_SECONDS))
    inbox: SqsQueue | RedisQueue
    if is_redis_url(settings.queue):
        redis = open_redis(settings.queue, retries=RETRIES)
        inbox = RedisQueue(redis, "chunks", options.name)
    else:
        redis = None
        inbox = SqsQueue(client("sqs", settings.endpoint_url), settings.queue)
    lanes = [Lane(inbox, settings, f"{options.name}-{k}", retry_after, log) for k in range(options.workers)]

    def on_signal(number: int, _frame: object) -> None:
        if stop.is_set():
            for lane in lanes:
                lane.kill()
            os._exit(128 + number)
        log("stopping", hint="ends what it computes; a second signal ends it at once")
        stop.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, on_signal)
    names = [*BUILT_IN, *(kernel.name for kernel in own)]
    beat = _begin_beat(redis, settings, options, names, lanes, stop, log) if redis is not None else None
    shown = settings.queue if redis is None else without_password(settings.queue)
    log("working", queue=shown, workers=options.workers, kernels=names)
    threads = [threading.Thread(target=lane.run, args=(stop,), name=lane.name) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)  # a signal's handler runs between two of them
    if beat is not None and isinstance(inbox, RedisQueue):
        with suppress(Exception):  # it is away: it forgets both by itself
            beat.end()
            inbox.leave()
    log("stopped")
    return 0


def _begin_beat(
    redis: Any,
    settings: Settings,
    options: argparse.Namespace,
    kernels: list[str],
    lanes: list[Lane],
    stop: threading.Event,
    log: Log,
) -> Beat | None:
    """Waits for a Redis that is not there yet; None where the worker is told to stop meanwhile."""
    is_told = False
    while not expect_fit(redis, settings.queue, options.store):
        if not is_told:
            log("waiting", queue=without_password(settings.queue), hint="it is not there yet")
        is_told = True
        if stop.wait(1):
            return None

    def at_work() -> list[Any]:
        busy = [current for lane in lanes if (current := lane.current) is not None]
        return [
            {**occupation(received.body), "sinceMs": round(1000 * (time.monotonic() - at))} for received, at in busy
        ]

    beat = Beat(redis, options.name, options.workers, kernels, at_work, settings.takes_uploads)
    beat.begin()
    return beat


#: As tools/kernels/python.ts has it. One process a CPU computes: threads of numpy's libraries would fight over the CPUs. glibc would give an
#: array's memory back to the system after each operation, and page faults then take three quarters of the time (docs/decisions/standing.md).
COMPUTING = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "MALLOC_TRIM_THRESHOLD_": str(2**26),
}


def _settings(options: argparse.Namespace) -> Settings:
    queue, results, store = options.queue, options.results, options.store
    if options.workers < 1:
        raise InvalidInputError("--workers", "at least 1", options.workers)
    if not queue:
        raise InvalidInputError("--queue", "redis://<host>, sqs://<stack> or the URL of a chunk queue", "nothing")
    if is_redis_url(queue):
        return Settings(queue, "", "", options.endpoint_url, tuple(options.kernel), options.allow_uploads)
    if is_server_url(queue):
        queue, results = queues_of_server(queue)
    elif not is_queue_url(queue):
        outputs = outputs_of_stack(queue.removeprefix("sqs://"), options.endpoint_url)
        missing = [key for key in ("ChunkQueueUrl", "ResultQueueUrl", "BucketName") if key not in outputs]
        if missing:
            raise InvalidInputError("--queue", "a stack of manyhands", f"{queue}, which has no {missing[0]}")
        # Where it has workers of Python itself, the messages for them are in a queue of their own.
        queue, results = outputs.get("PythonChunkQueueUrl", outputs["ChunkQueueUrl"]), outputs["ResultQueueUrl"]
        store = options.store or f"s3://{outputs['BucketName']}"
    if not results or not is_queue_url(results):
        raise InvalidInputError("--results", "the URL of a result queue", results or "nothing")
    if not store or not store.startswith("s3://") or not store[5:].strip("/"):
        raise InvalidInputError("--store", "s3://<bucket>", store or "nothing")
    bucket, uploads = store[5:].strip("/"), options.allow_uploads
    return Settings(queue, results, bucket, options.endpoint_url, tuple(options.kernel), uploads)


def _log_lines(as_json: bool) -> Log:
    def log(what: str, **facts: object) -> None:
        if as_json:
            line = json.dumps({"atMs": round(time.time() * 1000), "what": what, **facts})
        else:
            line = " ".join([what, *(f"{name}={value}" for name, value in facts.items())])
        print(printable(line), file=sys.stderr, flush=True)

    return log
