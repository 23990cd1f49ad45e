"""A Redis list as the tutorial's hotqueue uses one: a worker pops a number and computes it."""

import sys

from hotqueue import HotQueue

from lost import SOCKET, judge, redis_server, task, workers

if __name__ == "__main__":
    if sys.argv[1:] == ["work"]:
        for number in HotQueue("tasks", unix_socket_path=SOCKET).consume():
            task(number)
    else:
        redis_server()
        workers(sys.executable, __file__, "work")
        queue = HotQueue("tasks", unix_socket_path=SOCKET)
        judge(lambda numbers: queue.put(*numbers))
