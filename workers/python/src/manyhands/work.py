"""Deals with one message: computes its chunks, stores them, and then reports them."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil

from .attempt import Attempt
from .check_spec import check_spec
from .chunk_message import ChunkMessage, parse_chunk_message
from .chunk_report import Record, chunk_report, report_messages
from .codec import encode
from .declaration import Kernel
from .driver import compute_chunk
from .errors import InvalidInputError, ManyhandsError, UnknownKernelError, describe_error
from .hand_on import MOST_HANDED_ON
from .job import Job, parse_job
from .layout import Chunk
from .ports import MAX_RECEIVE_COUNT, Outbox, Received, Store
from .stored_chunk import find_chunk, put_chunk
from .uploads import fetch_kernel

#: What a worker heard of a cancellation counts for a second.
FRESH_SECONDS = 1.0
JOBS_KEPT = 8
STORES_AT_ONCE = 4


@dataclass(frozen=True)
class Invocation:
    """One call of a function: logs know it by its id and stream, and a bill by its memory and by how long it took."""

    request_id: str
    log_stream: str
    memory_mb: int
    #: Of time.monotonic().
    began: float


@dataclass
class Worker:
    """What one process knows: its ports, its kernels, and the jobs that it has read."""

    store: Store
    chunks: Outbox
    results: Outbox
    kernels: Mapping[str, Kernel]
    name: str
    init_ms: float = 0.0
    #: The other workers of the queue have the same kernels: a message that lacks one has failed once its deliveries are used up.
    others_are_alike: bool = False
    #: Why kernels of these names cannot be loaded here.
    broken: Mapping[str, InvalidInputError] = field(default_factory=dict)
    #: Is told of each message that was worked on, before it is acknowledged.
    on_worked: Callable[[Attempt], None] = lambda _: None
    #: Whether it runs the files of Python that jobs bring along, with all of its own rights.
    takes_uploads: bool = False
    _is_cold: bool = True
    _jobs: dict[str, Job] = field(default_factory=dict)
    _cancelled: tuple[str, int, float, bool] | None = None

    def work(self, received: Received, invocation: Invocation | None = None) -> bool:
        """True where the message is done with, False where it must be delivered again. Raises NewerVersionError and
        UnknownKernelError, after which it waits for another worker; and what store and queues raise."""
        try:
            message = parse_chunk_message(received.body)
        except InvalidInputError as error:
            self._reject(received, error)
            return True
        if self._is_cancelled(message):
            return True
        job = self._job_of(message)
        if job is None:
            return True  # the job was deleted, and wants nothing any more
        kernel = self._kernel_or_why_not(message, job, received.receive_count)
        attempt = Attempt(message, received.receive_count, self._says_of_itself(invocation))
        with ThreadPoolExecutor(STORES_AT_ONCE) as stores:
            # While one chunk is stored the next is computed; leaving the block waits for all.
            for chunk in message.chunks:
                if isinstance(kernel, Kernel):
                    self._deal_with(chunk, job, kernel, attempt, stores)
                else:
                    attempt.fail(chunk, kernel)
        self.chunks.send(attempt.bodies_sent_again())
        reports = sorted(attempt.reports, key=lambda report: int(report["chunk"]))
        says = attempt.worker
        if invocation is not None:
            says = {**says, "elapsedMs": ceil((time.monotonic() - invocation.began) * 1000)}
        self.results.send(report_messages(message.job_id, message.round, says, reports, attempt.failures))
        self.on_worked(attempt)
        return not attempt.must_come_again

    def _deal_with(self, index: int, job: Job, kernel: Kernel, attempt: Attempt, stores: ThreadPoolExecutor) -> None:
        message = attempt.message
        try:
            check_spec(job.spec, kernel)
            chunk = job.spec.layout.chunk(index)
            found = find_chunk(self.store, job, chunk) if attempt.is_repeated or message.again else None
            if found is not None:
                attempt.reports.append(chunk_report(job, chunk, *found, None))
            elif attempt.is_repeated and len(message.chunks) > 1:
                attempt.apart.append(index)  # what broke the first delivery may be one chunk's fault
            else:
                self._compute(chunk, job, kernel, attempt, stores)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it costs the other chunks nothing
            attempt.fail(index, error)

    def _compute(self, chunk: Chunk, job: Job, kernel: Kernel, attempt: Attempt, stores: ThreadPoolExecutor) -> None:
        started_at, began, cpu = time.time(), time.perf_counter(), time.thread_time()
        values = compute_chunk(job.spec, chunk, kernel)
        compute_ms = (time.perf_counter() - began) * 1000
        encoded = [encode(array, job.spec.chunk_shape, job.spec.codec) for array in values]
        times = {"startedAtMs": started_at * 1000, "computeMs": compute_ms, "cpuMs": (time.thread_time() - cpu) * 1000}
        report = chunk_report(job, chunk, values, 0, None)
        elapsed = time.perf_counter() - began
        is_forced = attempt.message.kernel not in (None, job.spec.hash)

        def store() -> None:
            at = time.perf_counter()
            stored_bytes = put_chunk(self.store, job, chunk, encoded, is_forced)
            duration_ms = (elapsed + time.perf_counter() - at) * 1000
            attempt.reports.append(
                {**report, "storedBytes": stored_bytes, "times": {**times, "durationMs": duration_ms}}
            )

        def note(stored: Future[None]) -> None:
            error = stored.exception()
            if isinstance(error, Exception):
                attempt.fail(chunk.index, error)

        stores.submit(store).add_done_callback(note)

    def _says_of_itself(self, invocation: Invocation | None) -> Record:
        is_cold, self._is_cold = self._is_cold, False
        start = {"coldStart": is_cold, "initMs": self.init_ms if is_cold else None}
        if invocation is None:
            return {"requestId": str(uuid.uuid4()), "logStream": self.name, **start}
        named = {"requestId": invocation.request_id, "logStream": invocation.log_stream}
        return {**named, **start, "memoryMb": invocation.memory_mb}

    def _reject(self, received: Received, error: InvalidInputError) -> None:
        record = {"messageId": received.id, "eventSourceARN": received.queue, "reason": describe_error(error)}
        key = f"rejected/{re.sub('[^A-Za-z0-9-]', '_', received.id)}"
        self.store.put(key, (json.dumps({**record, "body": received.body}, indent=2) + "\n").encode())

    def _is_cancelled(self, message: ChunkMessage) -> bool:
        """Jobs that are not cancelled must not suffer where the store cannot be asked."""
        job_id, round_, now = message.job_id, message.round, time.monotonic()
        known = self._cancelled
        if known is not None and known[:2] == (job_id, round_) and now - known[2] < FRESH_SECONDS:
            return known[3]
        try:
            answer = self.store.get(f"jobs/{job_id}/control/cancelled-{round_}.json") is not None
        except Exception:  # noqa: BLE001 -- whatever it is
            return False
        self._cancelled = (job_id, round_, now, answer)
        return answer

    def _job_of(self, message: ChunkMessage) -> Job | None:
        def is_meant(job: Job) -> bool:
            return job.job_id == message.job_id and message.of_job_ms in (None, job.submitted_at_ms)

        known = self._jobs.get(message.job_id)
        if known is not None and is_meant(known):
            return known
        key = f"jobs/{message.job_id}/job.json"
        data = self.store.get(key)
        if data is None:
            return None
        job = parse_job(data, key)
        self._jobs.pop(message.job_id, None)
        self._jobs[message.job_id] = job
        if len(self._jobs) > JOBS_KEPT:
            del self._jobs[next(iter(self._jobs))]
        return job if is_meant(job) else None

    def _kernel_or_why_not(self, message: ChunkMessage, job: Job, receive_count: int) -> Kernel | ManyhandsError:
        """Raises UnknownKernelError where another worker may have it, and leaves a note of it for people."""
        try:
            return self._kernel_of(message, job)
        except InvalidInputError as error:
            return error
        except UnknownKernelError as error:
            if receive_count >= MAX_RECEIVE_COUNT if self.others_are_alike else message.handed_on >= MOST_HANDED_ON:
                return error
            if not self.others_are_alike and message.handed_on == 0:
                self._note_lack(job, error)
            raise

    def _note_lack(self, job: Job, error: UnknownKernelError) -> None:
        now = round(time.time() * 1000)
        note = {"version": 1, "worker": self.name, "reason": describe_error(error), "atMs": now}
        with suppress(Exception):  # the message's fate does not depend on it
            self.store.put(f"jobs/{job.job_id}/lacking.json", (json.dumps(note, indent=2) + "\n").encode())

    def _kernel_of(self, message: ChunkMessage, job: Job) -> Kernel:
        name, wanted = job.spec.kernel, message.kernel or job.spec.hash
        kernel = self.kernels.get(name)
        if name in self.broken:
            raise self.broken[name]
        if job.has_limit:
            raise UnknownKernelError(
                f"Expected a job without a limit, got {job.job_id}: this worker keeps no accounts."
            )
        if not job.spec.values:
            raise UnknownKernelError(f"Expected a kernel, got the task {name}: this worker maps no items.")
        if kernel is None or wanted not in (None, kernel.hash):
            # The same file under another name is a kernel of that name.
            alike = next((each for each in self.kernels.values() if wanted == each.hash), None)
            kernel = alike or self._uploaded_kernel(message, job, wanted) or kernel
        if kernel is None:
            raise UnknownKernelError(f"Expected kernel to be one of {', '.join(self.kernels)}, got {name}.")
        if wanted not in (None, kernel.hash):
            raise UnknownKernelError(
                f"Expected {name} of hash {kernel.hash[:16]}, got a message for {str(wanted)[:16]}."
            )
        return kernel

    def _uploaded_kernel(self, message: ChunkMessage, job: Job, wanted: str | None) -> Kernel | None:
        """None where the job's kernel was not uploaded, or is not Python."""
        if job.uploaded is None or wanted is None:
            return None
        if not self.takes_uploads:
            raise UnknownKernelError(
                f"Expected {job.spec.kernel} to be a kernel of this worker, got an upload: it takes those with --allow-uploads."
            )
        given = message.given.get("uploaded")
        sha256 = given.get("sha256") if isinstance(given, dict) else job.uploaded
        kernel = fetch_kernel(self.store, job.spec.kernel, str(sha256))
        self.kernels = {**self.kernels, kernel.hash: kernel}
        return kernel
