"""A function of Lambda's event source mapping: works an event's messages, and says which of them must come again."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Mapping
from typing import Any

from .errors import NewerVersionError, UnknownKernelError, describe_error
from .ports import DEPLOYMENT_FACTOR, MAX_RECEIVE_COUNT, Inbox, Received
from .work import Worker


def work_batch(
    worker: Worker, inbox: Inbox, event: Mapping[str, Any], retry_after_seconds: float
) -> dict[str, list[dict[str, str]]]:
    """As functions/worker/deliver.ts does: never raises, and hides for some seconds what must come again."""
    failures = []
    for record in event["Records"]:
        message = Received(
            id=record["messageId"],
            body=record["body"],
            receive_count=int(record["attributes"]["ApproximateReceiveCount"]),
            handle=record["receiptHandle"],
            queue=record["eventSourceARN"],
        )
        if not _worked(worker, inbox, message, retry_after_seconds):
            failures.append({"itemIdentifier": message.id})
    return {"batchItemFailures": failures}


def _worked(worker: Worker, inbox: Inbox, message: Received, retry_after_seconds: float) -> bool:
    factor = 2.0 ** (message.receive_count - 1)
    try:
        done = worker.work(message)
        log("message done" if done else "message handed back", messageId=message.id, deliveries=message.receive_count)
        if done:
            return True
    except Exception as error:  # noqa: BLE001 -- whatever it is, the message comes again
        if isinstance(error, (NewerVersionError, UnknownKernelError)):
            factor = DEPLOYMENT_FACTOR
        log("message handed back", messageId=message.id, error=describe_error(error), deliveries=message.receive_count)
    seconds = round(retry_after_seconds * factor * (1 + random.random()))
    try:
        # No pause after the last attempt: the message becomes a dead letter.
        inbox.postpone(message, seconds if message.receive_count < MAX_RECEIVE_COUNT else 0)
    except Exception as error:  # noqa: BLE001 -- the visibility timeout also brings it back, only later
        log("message not hidden", messageId=message.id, error=describe_error(error))
    return False


def log(what: str, **facts: object) -> None:
    """A line of JSON."""
    print(json.dumps({"message": what, **facts}), file=sys.stderr, flush=True)
