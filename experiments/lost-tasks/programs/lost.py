"""Ten tasks of a second each for two workers, one of which is killed: which tasks are done in the end, and when."""

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

TASKS = 10
SECONDS = 1.0
PATIENCE_SECONDS = int(os.environ.get("LOST_PATIENCE", "150"))
FOLDER = Path(os.environ["LOST_FOLDER"])
SOCKET = str(FOLDER / "redis.sock")


def task(number: int) -> None:
    """What a worker does. It says so before and after, by a file each: the marks of a killed process stay."""
    _mark("began", number)
    time.sleep(SECONDS)
    _mark("done", number)


def judge(submit: Callable[[Iterable[int]], object]) -> None:
    """
    Submits the tasks, kills a worker that is at work once two are done, and prints what became of the tasks, and how long after that
    (s). LOST_KILLS says what dies: the `process` that computes, or the `machine`, all processes of that worker.
    """
    for kind in ("began", "done"):
        (FOLDER / kind).mkdir()
    submit(range(TASKS))
    _until(lambda: len(_numbers("done")) >= 2 and _at_work() is not None)
    victim = _at_work()
    if victim is None:
        raise RuntimeError(f"no worker is at work, {len(_numbers('done'))} tasks are done")
    killed = time.monotonic()
    if os.environ["LOST_KILLS"] == "machine":
        for pid in _session(os.getsid(victim)):
            os.kill(pid, signal.SIGKILL)
    else:
        os.kill(victim, signal.SIGKILL)
    _until(lambda: len(_numbers("done")) == TASKS)
    runs = len(list((FOLDER / "done").iterdir()))
    seconds = time.monotonic() - killed
    done = len(_numbers("done"))
    print(json.dumps({"done": done, "runs": runs, "seconds": seconds if done == TASKS else None}), flush=True)


def redis_server(port: int = 0, is_kept: bool = False) -> None:
    """On a socket in the folder, and on a port of 127.0.0.1 where one is given; ended with everything else by the caller."""
    listening = ["--bind", "127.0.0.1", "--port", str(port), "--unixsocket", SOCKET]
    keeping = ["--save", "", "--appendonly", "yes" if is_kept else "no", "--dir", str(FOLDER)]
    started([os.environ["REDIS_SERVER"], *listening, *keeping])
    if not _until(lambda: os.path.exists(SOCKET)):
        raise RuntimeError("the server did not come up")


def workers(*command: str) -> None:
    """Two of them, each with its processes in a group of its own, as if on two machines."""
    for _ in range(2):
        started(command)


def started(command: Sequence[str]) -> None:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True)
    atexit.register(_end, process.pid)


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _mark(kind: str, number: int) -> None:
    (FOLDER / kind / f"{number}.{os.getpid()}.{time.monotonic_ns()}").touch()


def _numbers(kind: str) -> set[str]:
    return {path.name.split(".")[0] for path in (FOLDER / kind).iterdir()}


def _at_work() -> int | None:
    """The process that began a task last, unless it is done."""
    latest = max((FOLDER / "began").iterdir(), key=lambda path: int(path.name.split(".")[2]), default=None)
    if latest is None:
        return None
    number, pid, _ = latest.name.split(".")
    return None if number in _numbers("done") else int(pid)


def _session(leader: int) -> list[int]:
    """A worker's processes, whatever groups they made for themselves."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if _session_of(pid) == leader]


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def _until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
