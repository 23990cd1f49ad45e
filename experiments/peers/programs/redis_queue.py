"""A Redis list as queue: a server of its own, one worker process per core, blocks of rows with the numba loop."""

import os
import pickle
import subprocess
import sys
from tempfile import TemporaryDirectory

import numpy as np
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError
from redis.retry import Retry

from job import WORKERS, blocks, measure


def start_server(folder: str) -> tuple[subprocess.Popen, Redis]:
    """On a socket in `folder`, with no port, nothing kept on disk."""
    socket = f"{folder}/redis.sock"
    settings = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder]
    server = subprocess.Popen([os.environ["REDIS_SERVER"], *settings], stdout=subprocess.DEVNULL)
    retry = Retry(ConstantBackoff(0.01), 500)
    redis = Redis(unix_socket_path=socket, retry=retry, retry_on_error=[ConnectionError])
    redis.ping()
    return server, redis


def results(redis: Redis, count: int) -> list:
    """All answers, by the number of their task."""
    answers = [None] * count
    for _ in range(count):
        number, result = pickle.loads(redis.blpop("results")[1])
        answers[number] = result
    return answers


def send(redis: Redis, tasks: list) -> list:
    with redis.pipeline(transaction=False) as pipeline:
        for number, task in enumerate(tasks):
            pipeline.rpush("tasks", pickle.dumps((number, task)))
        pipeline.execute()
    return results(redis, len(tasks))


def compute(y, x):
    return np.concatenate(send(redis, [(block, x) for block in blocks(y)]))


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        server, redis = start_server(folder)
        worker = os.path.join(os.path.dirname(__file__), "redis_worker.py")
        workers = [subprocess.Popen([sys.executable, worker, f"{folder}/redis.sock"]) for _ in range(WORKERS)]
        try:
            for _ in workers:
                redis.blpop("ready")
            measure(compute, noops=lambda count: send(redis, [None] * count))
        finally:
            for process in [*workers, server]:
                process.terminate()
            for process in [*workers, server]:
                process.wait()
