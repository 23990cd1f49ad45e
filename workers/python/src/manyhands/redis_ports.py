"""Store and queues on a Redis, with the keys and scripts of docs/protocol.md."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from .errors import ManyhandsError
from .ports import MAX_RECEIVE_COUNT, Received
from .redis_scripts import run_script

GROUP = "workers"
VISIBILITY_SECONDS = 30
#: What came due, or was let go, wakes no receiver: it waits for no longer.
LOOK_SECONDS = 1
MESSAGES_A_REQUEST = 500
MOST_BYTES = 80 * 2**20
SHARE_OF_MAXMEMORY = 0.5
SHARE_OF_HOST = 0.25


class StoreFullError(ManyhandsError):
    """Redis has no room for an object."""

    permanent = True


class RedisStore:
    def __init__(self, client: Any) -> None:
        self.client = client
        self._most_bytes: int | None = None

    def get(self, key: str, most_bytes: int | None = None) -> bytes | None:
        answer = run_script(self.client, "get", [f"manyhands:object:{key}"], [most_bytes or MOST_BYTES])
        return b"" if isinstance(answer, int) else answer

    def put(self, key: str, data: bytes) -> None:
        self._put(key, data, "")

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """False also for the object that this worker put itself, if the answer was lost: it has equal values."""
        return self._put(key, data, "absent") != 0

    def _put(self, key: str, data: bytes, condition: str) -> int:
        keys = ["manyhands:objects", "manyhands:objects:bytes", f"manyhands:object:{key}"]
        [answer] = run_script(self.client, "put", keys, [self._room(), key, condition, data])
        if answer == -1:
            self._most_bytes = None  # the server's owner may give it more memory meanwhile
            raise StoreFullError(
                f"Expected room for {key} ({len(data)} bytes) in Redis, its share for objects is full."
            )
        return int(answer)

    def _room(self) -> int:
        if self._most_bytes is None:
            memory = self.client.info("memory")
            most = int(memory["maxmemory"])
            share = SHARE_OF_MAXMEMORY * most if most > 0 else SHARE_OF_HOST * int(memory["total_system_memory"])
            self._most_bytes = int(share)
        return self._most_bytes


class RedisQueue:
    """`consumer` is who receives, in the queue's group."""

    visibility_seconds = VISIBILITY_SECONDS

    def __init__(self, client: Any, name: str, consumer: str, visibility_ms: int = 1000 * VISIBILITY_SECONDS) -> None:
        self.client = client
        self.consumer = consumer
        self.visibility_ms = visibility_ms
        self.stream = f"manyhands:{name}"
        self.hidden = f"{self.stream}:hidden"
        self.delayed = f"{self.stream}:delayed"
        self.dead = f"{self.stream}-dead"

    def receive(self, wait_seconds: float) -> Received | None:
        """A message, if there is one within the time, or within some part of a second."""
        keys = [self.stream, self.hidden, self.delayed, self.dead]
        for id_, body, count in self._run("take", keys, [self.consumer, self.visibility_ms, 1, MAX_RECEIVE_COUNT]):
            return self._received(id_, body, count)
        # Receivers that look in step would meet in the same order each time: whoever lacks a kernel, say, always first.
        block = round(1000 * min(wait_seconds, LOOK_SECONDS * random.uniform(0.5, 1)))
        if block > 0:
            answer = self.client.xreadgroup(GROUP, self.consumer, {self.stream: ">"}, count=1, block=block)
            for _stream, entries in answer or []:
                for id_, fields in entries:
                    return self._received(id_, fields.get(b"body", b""), 1)
        return None

    def acknowledge(self, message: Received) -> None:
        self._run("acknowledge", [self.stream, self.hidden], [message.id])

    def postpone(self, message: Received, seconds: float) -> None:
        """Does nothing where the message is another receiver's by now."""
        self._run("postpone", [self.stream, self.hidden], self._delivery(message, seconds))

    def send(self, bodies: Iterable[str], delay_seconds: float = 0) -> None:
        waiting = list(bodies)
        for at in range(0, len(waiting), MESSAGES_A_REQUEST):
            part = waiting[at : at + MESSAGES_A_REQUEST]
            if delay_seconds == 0:
                run_script(self.client, "send", [self.stream], part)
            else:
                members = [f"{uuid.uuid4()} {body}" for body in part]
                run_script(self.client, "sendLater", [self.delayed], [round(1000 * delay_seconds), *members])

    def leave(self) -> None:
        """Leaves the group, unless messages are still this receiver's."""
        self._run("leave", [self.stream], [self.consumer])

    def _delivery(self, message: Received, seconds: float) -> list[str | int | bytes]:
        return [self.consumer, message.id, message.receive_count, round(1000 * seconds), self.visibility_ms]

    def _received(self, id_: bytes, body: bytes, count: int) -> Received:
        name = id_.decode()
        return Received(name, body.decode(errors="replace"), count, f"{name}/{count}", self.stream)

    def _run(self, name: str, keys: Sequence[str], arguments: Sequence[str | int | bytes]) -> Any:
        """Makes the group where it is missing. It begins with what was sent before."""
        from redis.exceptions import ResponseError

        try:
            return run_script(self.client, name, keys, arguments)
        except ResponseError as error:
            if not _is_without_group(error):
                raise
        try:
            self.client.xgroup_create(self.stream, GROUP, "0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        return run_script(self.client, name, keys, arguments)


def _is_without_group(error: Exception) -> bool:
    return re.match(r"(-?NOGROUP|.*No such key .* or consumer group)", str(error)) is not None
