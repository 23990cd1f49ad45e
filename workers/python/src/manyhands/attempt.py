"""What has become of each chunk of a message in one delivery."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from .chunk_message import ChunkMessage, error_mark, sent_again
from .chunk_report import Record
from .errors import IntegrityError, KernelError, ManyhandsError, UnusableObjectError, describe_error


@dataclass
class Attempt:
    message: ChunkMessage
    receive_count: int
    #: `requestId` and `logStream`, and what else a report says of its worker.
    worker: Record
    reports: list[Record] = field(default_factory=list)
    failures: list[Record] = field(default_factory=list)
    #: Not begun: each is to be tried in a message of its own.
    apart: list[int] = field(default_factory=list)
    #: By chunk, the mark of an error that is likely to recur, where it is the chunk's first one.
    marks: dict[int, str] = field(default_factory=dict)

    @property
    def is_repeated(self) -> bool:
        return self.receive_count > 1

    def fail(self, chunk: int, error: Exception) -> None:
        description = describe_error(error)
        mark = _mark_of(error, description)
        former = self.message.failed
        if mark is not None and former is None:
            self.marks[chunk] = mark
        is_permanent = isinstance(error, ManyhandsError) and error.permanent
        self.failures.append(
            {
                "chunk": chunk,
                "error": description,
                "final": is_permanent or (mark is not None and mark == former),
                "disputed": isinstance(error, IntegrityError),
                "attempt": self.receive_count + (0 if former is None else 1),
                "failedAtMs": time.time() * 1000,
                "requestId": self.worker["requestId"],
                "logStream": self.worker["logStream"],
            }
        )

    @property
    def computed(self) -> list[int]:
        return sorted(int(report["chunk"]) for report in self.reports if report["times"] is not None)

    @property
    def found(self) -> list[int]:
        """Stored by an earlier attempt."""
        return sorted(int(report["chunk"]) for report in self.reports if report["times"] is None)

    @property
    def must_come_again(self) -> bool:
        """Whether the queue must deliver the message again, for a chunk's sake that may succeed elsewhere or later."""
        return any(not failure["final"] and failure["chunk"] not in self.marks for failure in self.failures)

    def bodies_sent_again(self) -> list[str]:
        marked = {} if self.must_come_again else self.marks
        return [
            *(sent_again(self.message, chunk) for chunk in self.apart),
            *(sent_again(self.message, chunk, again=True, failed=mark) for chunk, mark in marked.items()),
        ]


def _mark_of(error: Exception, description: str) -> str | None:
    """What the same error is known by when it comes again, for what lies in the chunk itself and would be met wherever it is computed."""
    if isinstance(error, UnusableObjectError):
        return error_mark("InvalidObjectState")
    return error_mark(description) if isinstance(error, KernelError) else None
