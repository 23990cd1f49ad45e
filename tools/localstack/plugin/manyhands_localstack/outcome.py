"""The outcome of an invocation or an initialisation, and its log lines, in AWS's words."""

import json
import math
import signal
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Outcome:
    """`body` goes to the caller; `status` is REPORT's: success, error or timeout; `lines` go before END."""

    body: bytes
    status: str = "success"
    error_type: str = ""
    lines: str = ""

    @property
    def is_error(self) -> bool:
        return self.status != "success"


def reported_error(body: bytes) -> Outcome:
    """The error that the runtime posted, unchanged."""
    try:
        error_type = json.loads(body).get("errorType", "")
    except (ValueError, AttributeError):
        error_type = ""
    return Outcome(body, "error", error_type)


def exited(request_id: str, code: int) -> Outcome:
    """The process ended. `code` is as in `subprocess`: negative if a signal ended it."""
    if code == 0:
        ending = "without providing a reason"
    elif code > 0:
        ending = f"with error: exit status {code}"
    else:
        ending = f"with error: signal: {(signal.strsignal(-code) or str(-code)).lower()}"
    message = f"RequestId: {request_id} Error: Runtime exited {ending}"
    return Outcome(
        error_body("Runtime.ExitError", message), "error", "Runtime.ExitError", f"{message}\nRuntime.ExitError\n"
    )


def timed_out(request_id: str, limit_s: float) -> Outcome:
    message = f"Task timed out after {limit_s:.2f} seconds"
    now = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return Outcome(
        error_body("Sandbox.Timedout", f"RequestId: {request_id} Error: {message}"),
        "timeout",
        lines=f"{now}Z {request_id} {message}\n\n",
    )


def too_large(request_id: str, size: int, limit: int) -> Outcome:
    message = f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({limit} bytes)."
    error_type = "Function.ResponseSizeTooLarge"
    return Outcome(error_body(error_type, message), "error", error_type, f"{request_id} {message}\n")


def error_body(error_type: str, message: str) -> bytes:
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()


def report_line(
    request_id: str, outcome: Outcome, took_ms: float, init_ms: float | None, memory_mb: int, peak_mb: int
) -> str:
    """The REPORT line. Billed is the used time in whole milliseconds, the initialisation included (since
    August 2025)."""
    fields = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {took_ms:.2f} ms",
        f"Billed Duration: {math.ceil(took_ms + (init_ms or 0))} ms",
        f"Memory Size: {memory_mb} MB",
        f"Max Memory Used: {min(peak_mb, memory_mb)} MB",
    ]
    if init_ms is not None:
        fields.append(f"Init Duration: {init_ms:.2f} ms")
    return "\t".join(fields + status_fields(outcome)) + "\n"


def init_report_line(outcome: Outcome, took_ms: float) -> str:
    """The INIT_REPORT line, written only if the initialisation failed."""
    return "\t".join([f"INIT_REPORT Init Duration: {took_ms:.2f} ms", "Phase: init", *status_fields(outcome)]) + "\n"


def status_fields(outcome: Outcome) -> list[str]:
    if not outcome.is_error:
        return []
    return [f"Status: {outcome.status}", *([f"Error Type: {outcome.error_type}"] if outcome.error_type else [])]
