"""hotqueue as the tutorial uses it: a queue of tasks and one of answers on a Redis list, a worker process per core."""

import subprocess
import sys
from tempfile import TemporaryDirectory

import numpy as np
from hotqueue import HotQueue

from job import WORKERS, blocks, measure
from kernel import rows, warm
from redis_queue import start_server


def queues(socket: str) -> tuple[HotQueue, HotQueue]:
    return HotQueue("tasks", unix_socket_path=socket), HotQueue("answers", unix_socket_path=socket)


def work(socket: str) -> None:
    tasks, answers = queues(socket)
    warm()
    answers.put(None)
    for number, task in tasks.consume():
        answers.put((number, None if task is None else rows(*task)))


def send(given: list) -> list:
    tasks, answers = queues(socket)
    tasks.put(*enumerate(given))
    found = dict(answers.get(block=True) for _ in given)
    return [found[number] for number in range(len(given))]


def compute(y, x):
    return np.concatenate(send([(block, x) for block in blocks(y)]))


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work(sys.argv[2])
    with TemporaryDirectory() as folder:
        server, _ = start_server(folder)
        socket = f"{folder}/redis.sock"
        workers = [subprocess.Popen([sys.executable, __file__, "work", socket]) for _ in range(WORKERS)]
        try:
            for _ in workers:
                queues(socket)[1].get(block=True)
            measure(compute, noops=lambda count: send([None] * count))
        finally:
            for process in [*workers, server]:
                process.terminate()
            for process in [*workers, server]:
                process.wait()
