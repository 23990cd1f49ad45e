"""A process that runs a function's code, and the Runtime API that serves this process only."""

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil

from manyhands_localstack import outcome, runtime_api
from manyhands_localstack.outcome import Outcome

SAMPLE_S = 0.05
MB = 1024 * 1024


class RuntimeProcess:
    """Starts at once. Takes one invocation at a time: `ready`, then `invoke`; `close` in any case."""

    def __init__(self, variables: dict[str, str], code: str, memory_mb: int, runtime: str):
        self.peak_mb = 0
        self._memory_mb = memory_mb
        self._changed = threading.Condition()
        self._inbox: queue.SimpleQueue = queue.SimpleQueue()
        self._idle = False
        self._request_id = ""
        self._answer: Outcome | None = None
        self._init_error: bytes | None = None
        self._exit_code: int | None = None
        self._folder = Path(tempfile.mkdtemp(dir=os.environ["MANYHANDS_ENVIRONMENTS"]))
        (self._folder / "tmp").mkdir()
        self._log_position = 0
        self._server = runtime_api.serve(self)
        self._process = self._start(variables, code, runtime)
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self, variables: dict[str, str], code: str, runtime: str) -> subprocess.Popen:
        variables = variables | {
            "AWS_LAMBDA_RUNTIME_API": self._server.address,
            "LAMBDA_TASK_ROOT": code,
            "TMPDIR": str(self._folder / "tmp"),  # on AWS, /tmp is the environment's own
        }
        # Like Lambda's own bootstrap; `_sample` watches memory outside V8's heap.
        heap = f"--max-old-space-size={self._memory_mb * 9 // 10}"
        command = [os.environ["MANYHANDS_NODE"], heap, os.environ["MANYHANDS_RUNTIME"]]
        if runtime.startswith("python"):
            command = [os.environ["MANYHANDS_FUNCTIONS_PYTHON"], os.environ["MANYHANDS_PYTHON_RUNTIME"]]
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env=variables,
                cwd=code,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        (self._folder / "pid").write_text(str(process.pid))  # for the supervisor, in case `close` is never called
        return process

    # Called by the executor

    def ready(self, request_id: str, limit_s: float) -> Outcome | None:
        """None when the process waits for an invocation, else the reason why it never will."""
        self._wait_for(lambda: self._idle or self._init_error is not None or self._exit_code is not None, limit_s)
        if self._init_error is not None:
            return outcome.reported_error(self._init_error)
        if self._exit_code is not None:
            return outcome.exited(request_id, self._exit_code)
        return None if self._idle else outcome.timed_out(request_id, limit_s)

    def invoke(self, request_id: str, payload: bytes, headers: dict[str, str], limit_s: float) -> Outcome | None:
        """The outcome, or None when the time is up; the process still runs then."""
        with self._changed:
            self._idle, self._answer, self._request_id = False, None, request_id
        self._inbox.put((payload, headers))
        self._wait_for(lambda: self._answer or self._exit_code is not None, limit_s)
        if self._answer:
            return self._answer
        return None if self._exit_code is None else outcome.exited(request_id, self._exit_code)

    def take_log(self) -> str:
        """The process's output since the last call."""
        with (self._folder / "log").open("rb") as log:
            log.seek(self._log_position)
            text = log.read()
        self._log_position += len(text)
        return text.decode("utf-8", "replace")

    def close(self) -> None:
        """Kills the process with all its children, and waits for its end."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    # Called by the process, see runtime_api.Conversation

    def next_invocation(self):
        self._set(_idle=True)
        return self._inbox.get()

    def responded(self, request_id: str, body: bytes, is_error: bool) -> bool:
        if request_id != self._request_id:
            return False
        self._set(_answer=outcome.reported_error(body) if is_error else Outcome(body))
        return True

    def init_failed(self, body: bytes) -> None:
        self._set(_init_error=body)

    def _watch(self) -> None:
        self._set(_exit_code=self._process.wait())
        self._inbox.put(None)
        self._server.shutdown()
        self._server.server_close()

    def _set(self, **fields) -> None:
        with self._changed:
            self.__dict__.update(fields)
            self._changed.notify_all()

    def _wait_for(self, condition, limit_s: float) -> None:
        end = time.monotonic() + limit_s
        with self._changed:
            while not condition() and time.monotonic() < end:
                self._sample()
                self._changed.wait(min(SAMPLE_S, max(0, end - time.monotonic())))
            self._sample()

    def _sample(self) -> None:
        """Kills a process that uses more memory than its function has, as the kernel does on AWS."""
        with contextlib.suppress(psutil.Error):
            used_mb = psutil.Process(self._process.pid).memory_info().rss // MB
            self.peak_mb = max(self.peak_mb, used_mb)
            if used_mb > self._memory_mb:
                self._process.kill()
