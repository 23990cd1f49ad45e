"""rq: a worker per core that has imported the kernel, as its documentation advises, and forks for each job."""

import subprocess
import sys
from tempfile import TemporaryDirectory

import numpy as np
from redis import Redis
from rq import Queue, Worker

from job import WORKERS, blocks, measure, noop
from kernel import rows, warm
from redis_queue import start_server

PATIENCE_SECONDS = 600


def work(socket: str) -> None:
    redis = Redis(unix_socket_path=socket)
    warm()
    redis.rpush("ready", b"")
    Worker(["tasks"], connection=redis).work(logging_level="ERROR")


def send(function, tasks: list[tuple]) -> list:
    queue = Queue("tasks", connection=redis)
    jobs = queue.enqueue_many([Queue.prepare_data(function, args) for args in tasks])
    return [job.latest_result(timeout=PATIENCE_SECONDS).return_value for job in jobs]


def compute(y, x):
    return np.concatenate(send(rows, [(block, x) for block in blocks(y)]))


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work(sys.argv[2])
        sys.exit()
    with TemporaryDirectory() as folder:
        server, redis = start_server(folder)
        command = [sys.executable, __file__, "work", f"{folder}/redis.sock"]
        workers = [subprocess.Popen(command) for _ in range(WORKERS)]
        try:
            for _ in workers:
                redis.blpop("ready")
            measure(compute, noops=lambda count: send(noop, [()] * count))
        finally:
            for process in [*workers, server]:
                process.terminate()
            for process in [*workers, server]:
                process.wait()
