"""rq: `default` as its documentation begins, `retry` with three retries a job."""

import sys

from redis import Redis
from rq import Queue, Retry

from lost import SOCKET, judge, redis_server, task, workers

if __name__ == "__main__":
    redis_server()
    workers(f"{sys.prefix}/bin/rq", "worker", "--url", f"unix://{SOCKET}", "tasks")
    queue = Queue("tasks", connection=Redis(unix_socket_path=SOCKET))
    options = {"retry": Retry(max=3)} if sys.argv[1] == "retry" else {}
    judge(lambda numbers: [queue.enqueue(task, number, **options) for number in numbers])
