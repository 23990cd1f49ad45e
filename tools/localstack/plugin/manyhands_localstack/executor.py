"""Runs a Lambda environment as a process: LocalStack makes one of these for each of its environments.

LocalStack decides when there is a new environment, which one is reused, and when an idle one goes
(LAMBDA_KEEPALIVE_MS). The life of the process follows AWS:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import logging
import os
import threading
import time

from localstack import config
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.runtime_executor import LambdaRuntimeException, RuntimeExecutor

from manyhands_localstack import outcome
from manyhands_localstack.outcome import Outcome
from manyhands_localstack.runtime_process import RuntimeProcess

LOG = logging.getLogger(__name__)
HOST = "127.0.0.1"
INIT_LIMIT_S = 10
RESPONSE_LIMIT_BYTES = config.LAMBDA_LIMITS_MAX_FUNCTION_PAYLOAD_SIZE_BYTES
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html; nothing from this machine's own
# environment
VARIABLES = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8"}


class ProcessExecutor(RuntimeExecutor):
    def __init__(self, id: str, function_version: FunctionVersion):
        super().__init__(id, function_version)
        self._lock = threading.Lock()
        self._busy = self._stopping = False
        self._process: RuntimeProcess | None = None
        self._init_ms: float | None = None
        self._log = ""  # the initialisation's lines, until an invocation takes them along

    def start(self, env_vars: dict[str, str]) -> None:
        """Initialises. If that fails, the first invocation tries again within its own time, as on AWS."""
        runtime = self.function_version.config.runtime
        self._variables = VARIABLES | {name: str(value) for name, value in env_vars.items()}
        self._variables["AWS_EXECUTION_ENV"] = f"AWS_Lambda_{runtime}"
        began = time.monotonic()
        process = self._start_process()
        failure = process.ready("", INIT_LIMIT_S)
        self._init_ms = (time.monotonic() - began) * 1000
        self._log = process.take_log()
        if failure:
            self._log += line_end(self._log) + outcome.init_report_line(failure, self._init_ms)
            self._reset()

    def _start_process(self) -> RuntimeProcess:
        code = str(self.function_version.config.code.get_unzipped_code_location())
        settings = self.function_version.config
        self._process = RuntimeProcess(self._variables, code, settings.memory_size, settings.runtime)
        return self._process

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        with self._lock:
            self._busy = True
        try:
            return self._run(payload)
        finally:
            with self._lock:
                self._busy = False
                if self._stopping:
                    self._reset()

    def _run(self, payload: dict[str, str]) -> InvocationResult:
        request_id, settings = payload["invoke-id"], self.function_version.config
        log = self._log + line_end(self._log)
        log += f"START RequestId: {request_id} Version: {self.function_version.id.qualifier}\n"
        began = time.monotonic()
        process, result = self._handle(request_id, payload, began + settings.timeout)
        took_ms = (time.monotonic() - began) * 1000
        log += process.take_log()
        log += line_end(log) + result.lines + f"END RequestId: {request_id}\n"
        peak_mb = process.peak_mb
        # No Init Duration if the process was started in here: then Duration includes it.
        log += outcome.report_line(request_id, result, took_ms, self._init_ms, settings.memory_size, peak_mb)
        self._log, self._init_ms = "", None
        if result.status == "timeout" or result.error_type == "Runtime.ExitError":
            self._reset()
        return InvocationResult(request_id, result.body, is_error=result.is_error, logs=log)

    def _handle(self, request_id: str, payload: dict[str, str], end: float) -> tuple[RuntimeProcess, Outcome]:
        limit_s = self.function_version.config.timeout
        process = self._process
        failure = process.ready(request_id, left(end)) if process else None
        if failure or not process:  # the process ended after its last answer, or it never began
            self._reset()
            self._init_ms = None
            process = self._start_process()
            if failure := process.ready(request_id, left(end)):
                return process, outcome.timed_out(request_id, limit_s) if failure.status == "timeout" else failure
        headers = {
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + left(end)) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
            "Lambda-Runtime-Trace-Id": payload["trace-id"],
        }
        result = process.invoke(request_id, payload["payload"].encode(), headers, left(end))
        if not result:
            return process, outcome.timed_out(request_id, limit_s)
        if len(result.body) > RESPONSE_LIMIT_BYTES:
            return process, outcome.too_large(request_id, len(result.body), RESPONSE_LIMIT_BYTES)
        return process, result

    def stop(self) -> None:
        """LocalStack calls this for an environment that is idle for long or outdated, or when it stops. A
        running call finishes."""
        with self._lock:
            self._stopping = True
            if not self._busy:
                self._reset()

    def _reset(self) -> None:
        if self._process:
            self._process.close()
            self._process = None

    def get_logs(self) -> str:
        return self._log

    def get_address(self) -> str:
        return HOST

    def get_endpoint_from_executor(self) -> str:
        return HOST

    def get_runtime_endpoint(self) -> str:
        """LocalStack's own runtime reports to this address; ours does not."""
        return f"http://{HOST}:{config.GATEWAY_LISTEN[0].port}"

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        settings = function_version.config
        if not (settings.runtime or "").startswith(("nodejs", "python")):
            raise LambdaRuntimeException(f"Expected nodejs or python, got {settings.runtime or 'a container image'}")
        if settings.layers:
            raise LambdaRuntimeException("Expected a function without layers")
        settings.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        pass

    @classmethod
    def validate_environment(cls) -> bool:
        programs = ["MANYHANDS_NODE", "MANYHANDS_RUNTIME", "MANYHANDS_FUNCTIONS_PYTHON", "MANYHANDS_PYTHON_RUNTIME"]
        wanted = [*programs, "MANYHANDS_ENVIRONMENTS"]
        missing = [name for name in wanted if not os.path.exists(os.environ.get(name, ""))]
        if missing:
            LOG.error("Expected %s to name something that exists", ", ".join(missing))
        return not missing


def left(end: float) -> float:
    return max(0.0, end - time.monotonic())


def line_end(text: str) -> str:
    return "" if not text or text.endswith("\n") else "\n"
