"""Celery on Redis: `default` as its documentation begins, `late` with late acknowledgement, also where a process is lost."""

import os
import sys

from celery import Celery

import lost

VARIABLE = "LOST_CELERY"
app = Celery("celery_queue", broker=f"redis+socket://{lost.SOCKET}")
if os.environ.get(VARIABLE) == "late":
    app.conf.task_acks_late = True
    app.conf.task_reject_on_worker_lost = True
    app.conf.worker_prefetch_multiplier = 1
app.conf.broker_connection_retry_on_startup = True


@app.task
def task(number: int) -> None:
    lost.task(number)


if __name__ == "__main__":
    os.environ[VARIABLE] = sys.argv[1]
    lost.redis_server()
    celery = [
        f"{sys.prefix}/bin/celery",
        "--app",
        "celery_queue",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "ERROR",
    ]
    for number in range(2):
        lost.started([*celery, "--hostname", f"worker{number}@%h"])
    lost.judge(lambda numbers: [task.delay(number) for number in numbers])
