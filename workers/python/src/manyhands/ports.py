"""What a worker needs of a store and of queues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

#: A message that was delivered this often becomes a dead letter.
MAX_RECEIVE_COUNT = 5


class Store(Protocol):
    def get(self, key: str, most_bytes: int | None = None) -> bytes | None:
        """The object; None where there is none, no bytes where it has more than `most_bytes`."""

    def put(self, key: str, data: bytes) -> None: ...

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """False where there is an object already, which stays."""


class Outbox(Protocol):
    def send(self, bodies: Iterable[str]) -> None: ...


@dataclass(frozen=True)
class Received:
    """A message of a queue; `receive_count` is 1 for the first delivery."""

    id: str
    body: str
    receive_count: int
    handle: str
    queue: str


class Inbox(Protocol):
    @property
    def visibility_seconds(self) -> int:
        """For how long a message is hidden anew while it is worked on; the queue hides it for a third of that at least."""

    def receive(self, wait_seconds: int) -> Received | None: ...

    def acknowledge(self, message: Received) -> None: ...

    def postpone(self, message: Received, seconds: int) -> None:
        """Hides the message for that many seconds from now on; 0 makes it visible."""

    def send(self, bodies: Iterable[str], delay_seconds: int = 0) -> None:
        """Sends messages to the same queue, where they are hidden for that many seconds."""
