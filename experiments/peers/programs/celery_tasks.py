"""Celery on Redis, broker and results: a worker with a process per core."""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

import numpy as np
from celery import Celery, group
from celery.signals import worker_process_init

import job
import kernel
from redis_queue import start_server

VARIABLE = "PEERS_SOCKET"
url = f"redis+socket://{os.environ.get(VARIABLE, '')}"
app = Celery("celery_tasks", broker=url, backend=url)
app.conf.task_serializer = app.conf.result_serializer = "pickle"
app.conf.accept_content = ["pickle"]
app.conf.broker_connection_retry_on_startup = True


@worker_process_init.connect
def prepare(**_):
    kernel.warm()


@app.task
def rows(y, x):
    return kernel.rows(y, x)


@app.task
def noop():
    return None


def compute(y, x):
    return np.concatenate(group(rows.s(block, x) for block in job.blocks(y))().get())


def noops(count):
    group(noop.s() for _ in range(count))().get()


if __name__ == "__main__":
    if VARIABLE not in os.environ:
        with TemporaryDirectory() as folder:
            server, _ = start_server(folder)
            try:
                # Pickle is safe here, on a socket of this program's own; root is the user of many containers.
                environment = {**os.environ, VARIABLE: f"{folder}/redis.sock", "C_FORCE_ROOT": "1"}
                subprocess.run([sys.executable, __file__, *sys.argv[1:]], env=environment, check=True)
            finally:
                server.terminate()
                server.wait()
        sys.exit()
    celery = [f"{sys.prefix}/bin/celery", "--app", "celery_tasks", "--quiet", "worker", "--loglevel", "ERROR"]
    worker = subprocess.Popen([*celery, "--concurrency", str(job.WORKERS)], stdout=sys.stderr)
    try:
        # From this module as the worker knows it, not from the program.
        import celery_tasks as tasks

        tasks.noops(job.WORKERS)
        job.measure(tasks.compute, tasks.noops)
    finally:
        worker.terminate()
        worker.wait()
