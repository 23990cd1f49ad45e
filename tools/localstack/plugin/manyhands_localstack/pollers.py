"""Adds pollers: LocalStack serves an event source mapping with one thread, one batch at a time, whatever its
MaximumConcurrency.

Mappings of standard SQS queues get more threads, up to MaximumConcurrency but not above MANYHANDS_POLLERS
(twice the number of cores if unset): 900 threads that ask an empty queue would leave no time for the
functions.
"""

import logging
import os
import threading

from localstack.config import (
    LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC as EMPTY_PAUSE_S,
)
from localstack.config import LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC as PAUSE_S
from localstack.services.lambda_.event_source_mapping.esm_worker import EsmWorker
from localstack.services.lambda_.event_source_mapping.pollers.poller import EmptyPollResultsException
from localstack.services.lambda_.event_source_mapping.pollers.sqs_poller import SqsPoller

LOG = logging.getLogger(__name__)
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
WITHOUT_MAXIMUM = 5
ERROR_PAUSE_S = 2

start_one = EsmWorker.start


def install() -> None:
    EsmWorker.start = start


def start(worker: EsmWorker) -> None:
    start_one(worker)
    if isinstance(worker.poller, SqsPoller) and not worker.poller.is_fifo_queue:
        for _ in range(wanted(worker) - 1):
            threading.Thread(target=keep_polling, args=(worker, worker._poller_thread), daemon=True).start()


def wanted(worker: EsmWorker) -> int:
    scaling = worker.esm_config.get("ScalingConfig") or {}
    most = int(os.environ.get("MANYHANDS_POLLERS") or 2 * (os.cpu_count() or 1))
    return min(scaling.get("MaximumConcurrency") or WITHOUT_MAXIMUM, most)


def keep_polling(worker: EsmWorker, first) -> None:
    """Polls until the mapping stops, or starts again: a restart makes a new first thread, and more beside it."""
    while not worker._shutdown_event.is_set() and worker._poller_thread is first:
        pause = PAUSE_S
        try:
            worker.poller.poll_events()
        except EmptyPollResultsException:
            pause = EMPTY_PAUSE_S
        except Exception as error:  # noqa: BLE001 (a poller polls again, whatever failed)
            LOG.warning("Polling %s failed: %s", worker.esm_config.get("EventSourceArn"), error)
            pause = ERROR_PAUSE_S
        worker._shutdown_event.wait(pause)
