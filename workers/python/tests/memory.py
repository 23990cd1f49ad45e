"""Store and queue in memory, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from manyhands.ports import Received


class MemoryStore:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def get(self, key: str, most_bytes: int | None = None) -> bytes | None:
        data = self.objects.get(key)
        return b"" if data is not None and most_bytes is not None and len(data) > most_bytes else data

    def put(self, key: str, data: bytes) -> None:
        self.objects[key] = data

    def put_if_absent(self, key: str, data: bytes) -> bool:
        if key in self.objects:
            return False
        self.objects[key] = data
        return True


class MemoryOutbox:
    def __init__(self) -> None:
        self.bodies: list[Any] = []

    def send(self, bodies: Iterable[str]) -> None:
        self.bodies += [json.loads(body) for body in bodies]


class MemoryInbox:
    """Gives the messages in turn; `on_empty` is called when there are no more."""

    visibility_seconds = 1

    def __init__(self, messages: list[Received], on_empty: Any) -> None:
        self.messages = messages
        self.on_empty = on_empty
        self.done: list[tuple[str, int | None]] = []
        self.sent: list[tuple[Any, int]] = []

    def receive(self, wait_seconds: int) -> Received | None:
        if self.messages:
            return self.messages.pop(0)
        self.on_empty()
        return None

    def acknowledge(self, message: Received) -> None:
        self.done.append((message.id, None))

    def postpone(self, message: Received, seconds: int) -> None:
        self.done.append((message.id, seconds))

    def send(self, bodies: Iterable[str], delay_seconds: int = 0) -> None:
        self.sent += [(json.loads(body), delay_seconds) for body in bodies]


def received(body: object, receive_count: int = 1, id_: str = "m1") -> Received:
    return Received(id_, body if isinstance(body, str) else json.dumps(body), receive_count, "handle", "queue")


def job_record(kernel: str, axes: list[dict[str, Any]], chunk_shape: list[int], **spec: Any) -> dict[str, Any]:
    """A job.json."""
    values = spec.pop("values", [{"name": "escape_time", "dtype": "uint16"}])
    common = {
        "kernel": kernel,
        "parameters": {},
        "axes": axes,
        "chunkShape": chunk_shape,
        "codec": "none",
        "values": values,
    }
    return {"version": 2, "jobId": "j1", "submittedAtMs": 5, "output": {}, "spec": {**common, **spec}}
