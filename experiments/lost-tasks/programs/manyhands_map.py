"""manyhands: `local`, whose workers are processes of the command; `redis`, two standing workers of one process each."""

import json
import os
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

import lost

MANYHANDS = [os.environ["NODE"], str(Path(__file__).parents[3] / "cli/main.js")]


def submit(numbers: Iterable[int]) -> None:
    items = lost.FOLDER / "items.jsonl"
    items.write_text("".join(f"{json.dumps({'number': number, 'folder': str(lost.FOLDER)})}\n" for number in numbers))
    kernel = str(Path(__file__).with_name("sleeping.ts"))
    out = str(lost.FOLDER / "out")
    lost.started([*MANYHANDS, "map", kernel, str(items), "--items-per-shard", "1", "--out", out, *ENGINE])


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


if sys.argv[1] == "local":
    ENGINE = ["--engine", "local", "--workers", "2"]
else:
    PORT = free_port()
    URL = f"redis://127.0.0.1:{PORT}"
    ENGINE = ["--engine", "redis", "--redis", URL]

if __name__ == "__main__":
    if sys.argv[1] == "redis":
        lost.redis_server(PORT, is_kept=True)
        lost.workers(*MANYHANDS, "worker", "--queue", URL, "--workers", "1", "--kernel-uploads", "all")
    lost.judge(submit)
