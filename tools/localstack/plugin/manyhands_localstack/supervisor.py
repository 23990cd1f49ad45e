"""Runs LocalStack and leaves nothing behind: `python -m manyhands_localstack.supervisor <folder>`.

Prints LocalStack's process id. It stops LocalStack when the standard input ends: the parent asks for a
stop, or is gone. When LocalStack has ended, for whatever reason, it kills the Lambda environments and
removes the folder. If LocalStack ended without being asked, the end of its log goes to the standard error,
exit code 1.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

STOP_LIMIT_S = 5
TAIL_LINES = 20


def main(folder: Path) -> int:
    log_path = folder / "localstack.log"
    with log_path.open("ab") as log:
        localstack = subprocess.Popen(
            [sys.executable, "-m", "manyhands_localstack"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    print(localstack.pid, flush=True)
    asked = threading.Event()

    def stop(*_):
        asked.set()
        localstack.terminate()
        # LocalStack may take too long to stop: its state is disposable, so killing it loses nothing.
        killer = threading.Timer(STOP_LIMIT_S, localstack.kill)
        killer.daemon = True
        killer.start()

    def stop_at_end_of_input():
        sys.stdin.buffer.read()
        stop()

    signal.signal(signal.SIGTERM, stop)
    threading.Thread(target=stop_at_end_of_input, daemon=True).start()
    localstack.wait()
    if not asked.is_set():
        lines = log_path.read_text(errors="replace").splitlines()
        print("\n".join(lines[-TAIL_LINES:]), file=sys.stderr, flush=True)
    kill_environments(folder / "environments")
    shutil.rmtree(folder, ignore_errors=True)
    return 0 if asked.is_set() else 1


def kill_environments(folder: Path) -> None:
    """Each environment has a folder there with its process id, which is its process group too, as long as it
    runs."""
    for pid in folder.glob("*/pid"):
        with contextlib.suppress(OSError, ValueError):
            os.killpg(int(pid.read_text()), signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
