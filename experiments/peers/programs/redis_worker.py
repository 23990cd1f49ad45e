"""A worker of redis_queue.py: takes a task, computes it, sends the result back, until it is ended."""

import pickle
import sys

from redis import Redis

from kernel import rows, warm

redis = Redis(unix_socket_path=sys.argv[1])
warm()
redis.rpush("ready", b"")
while True:
    number, task = pickle.loads(redis.blpop("tasks")[1])
    redis.rpush("results", pickle.dumps((number, None if task is None else rows(*task))))
