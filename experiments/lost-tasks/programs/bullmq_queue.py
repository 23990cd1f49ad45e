"""BullMQ: bullmq.cjs works in two processes, and adds the tasks."""

import os
import subprocess
from pathlib import Path

from lost import judge, redis_server, workers

NODE = [os.environ["NODE"], str(Path(__file__).with_name("bullmq.cjs"))]

if __name__ == "__main__":
    redis_server()
    workers(*NODE, "work")
    judge(lambda numbers: subprocess.run([*NODE, "add", *map(str, numbers)], check=True))
