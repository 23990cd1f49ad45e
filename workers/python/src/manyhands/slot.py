"""A slot of manyhands' engine `local`: a process that plays a function, as client/local/slot-process.ts does for the bundles. Events and
answers are lines of JSON on the channel that Node opens for a child."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

from .aws import SqsQueue, client
from .batch import log_attempt, work_batch
from .child import Settings, make_worker
from .kernel_file import load_kernel


def run_slot(name: str, artifact: str, file: str) -> int:
    """Computes with the kernel in `artifact`, a copy of `file`, until its parent closes the channel; as BUCKET, CHUNK_QUEUE_URL,
    RESULT_QUEUE_URL, AWS_ENDPOINT_URL and RETRY_AFTER_SECONDS say."""
    started_at = time.time()
    for each in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        signal.signal(
            each, signal.SIG_IGN
        )  # they reach the whole process group; only the parent decides whether a slot stops
    env = os.environ
    channel = socket.socket(fileno=int(env.pop("NODE_CHANNEL_FD")))
    channel.set_inheritable(False)
    settings = Settings(
        env["CHUNK_QUEUE_URL"], env["RESULT_QUEUE_URL"], env["BUCKET"], env.get("AWS_ENDPOINT_URL"), files=()
    )
    kernel = load_kernel(Path(artifact).read_bytes(), file)
    worker = make_worker(settings, [kernel], name, started_at)
    worker.on_worked = log_attempt
    inbox = SqsQueue(client("sqs", settings.endpoint_url), settings.queue)
    retry_after_seconds = float(env["RETRY_AFTER_SECONDS"])
    with channel, channel.makefile("rw", encoding="utf-8", newline="\n") as lines:

        def tell(**message: object) -> None:
            lines.write(json.dumps(message) + "\n")
            lines.flush()

        with suppress(BrokenPipeError, ConnectionResetError):  # the parent has ended
            tell(kind="ready")
            for line in iter(lines.readline, ""):
                tell(
                    kind="response", response=work_batch(worker, inbox, json.loads(line)["event"], retry_after_seconds)
                )
    return 0
