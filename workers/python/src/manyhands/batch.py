"""A function of Lambda's event source mapping: works an event's messages, and says which of them must come again."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from .attempt import Attempt
from .errors import InvalidInputError, NewerVersionError, UnknownKernelError, describe_error
from .pauses import deployment_pause, pause_after
from .ports import Received
from .work import Invocation, Worker


class Postpones(Protocol):
    def postpone(self, message: Received, seconds: int) -> None: ...


def work_batch(
    worker: Worker,
    inbox: Postpones,
    event: Mapping[str, Any],
    retry_after_seconds: float,
    invocation: Invocation | None = None,
) -> dict[str, list[dict[str, str]]]:
    """As functions/worker/deliver.ts does: hides for some seconds what must come again. Raises InvalidInputError for an event that is no
    batch of a queue, and nothing else."""
    received = _messages_of(event)
    again = [each for each in received if not _worked(worker, inbox, each, retry_after_seconds, invocation)]
    return {"batchItemFailures": [{"itemIdentifier": message.id} for message in again]}


def _messages_of(event: Mapping[str, Any]) -> list[Received]:
    try:
        return [
            Received(
                id=record["messageId"],
                body=record["body"],
                receive_count=int(record["attributes"]["ApproximateReceiveCount"]),
                handle=record["receiptHandle"],
                queue=record["eventSourceARN"],
            )
            for record in event["Records"]
        ]
    except (KeyError, TypeError) as error:
        given = json.dumps(event, default=repr)[:80]
        raise InvalidInputError("the event", "a batch of messages of the chunk queue", given) from error


def _worked(
    worker: Worker, inbox: Postpones, message: Received, retry_after_seconds: float, invocation: Invocation | None
) -> bool:
    count = message.receive_count
    pause = pause_after(count, retry_after_seconds)
    told = {"messageId": message.id, "receiveCount": count}
    try:
        if worker.work(message, invocation):
            return True
    except (NewerVersionError, UnknownKernelError) as error:
        log("WARN", "message for another worker handed back", **told, error=describe_error(error))
        pause = deployment_pause(count, retry_after_seconds)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the message comes again
        log("ERROR", "message failed", **told, error=describe_error(error))
    try:
        inbox.postpone(message, pause)
    except Exception as error:  # noqa: BLE001 -- the visibility timeout also brings it back, only later
        log("WARN", "message not hidden", **told, error=describe_error(error))
    return False


def log_attempt(attempt: Attempt) -> None:
    """The lines that the Node worker logs: `manyhands cost` and the dashboard read them."""
    job_id, worker = attempt.message.job_id, attempt.worker
    what = {"jobId": job_id, "computed": attempt.computed, "found": attempt.found}
    log("INFO", "message done", **what, receiveCount=attempt.receive_count, coldStart=worker["coldStart"])
    for failure in attempt.failures:
        log("ERROR", "chunk failed", jobId=job_id, **{name: failure[name] for name in ("chunk", "error", "final")})


def log(level: str, message: str, **facts: object) -> None:
    """A line of JSON."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"level": level, "message": message, "timestamp": at, "service": "worker", **facts}
    print(json.dumps(line), file=sys.stderr, flush=True)
