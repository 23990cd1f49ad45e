"""One child and the messages that it works on, one after the other."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from .child import Answer, Settings, serve
from .hand_on import MOST_HANDED_ON, hand_on, times_handed_on
from .pauses import deployment_pause, pause_after
from .ports import Inbox, Received

#: A poll of SQS; the longest that a worker without a message takes to end. A Redis is polled for a second.
WAIT_SECONDS = 5
#: After a receive that failed.
PAUSE_SECONDS = 2.0
#: A worker that handed a message on is not the next to take one: those that can do what it cannot come first.
REST_SECONDS = 1.0

Log = Callable[..., None]


class Lane:
    def __init__(
        self,
        inbox: Inbox,
        settings: Settings,
        name: str,
        retry_after_seconds: float,
        log: Log,
        target: Callable[[Connection, Settings, str, float], None] = serve,
    ) -> None:
        self.inbox = inbox
        self.settings = settings
        self.name = name
        self.retry_after_seconds = retry_after_seconds
        self.log = log
        self.target = target
        self._child: tuple[BaseProcess, Connection] | None = None
        #: The message at work, and since when (monotonic seconds).
        self.current: tuple[Received, float] | None = None

    def run(self, stop: threading.Event) -> None:
        """Takes messages until `stop` is set; then ends its child, once that has computed."""
        self._child = self._start_child()
        while not stop.is_set():
            try:
                received = self.inbox.receive(WAIT_SECONDS)
                if received is not None and stop.is_set():
                    self.inbox.postpone(received, 0)
                elif received is not None and self._deal_with(received):
                    stop.wait(REST_SECONDS)
            except Exception as error:  # noqa: BLE001 -- the queue cannot be reached: it may come back
                self.log("queue not reached", worker=self.name, error=f"{type(error).__name__}: {error}")
                stop.wait(PAUSE_SECONDS)
        self._end_child()

    def _deal_with(self, received: Received) -> bool:
        """Whether the message is left to others."""
        self.current = received, time.monotonic()
        try:
            answer = self._ask(received)
        finally:
            self.current = None
        if answer is None:
            self.log("child died", worker=self.name, message=received.id, deliveries=received.receive_count)
            self.inbox.postpone(received, 0)  # another one may take it at once
        elif answer.done:
            self.inbox.acknowledge(received)
            self.log("message done", worker=self.name, message=received.id)
        else:
            self.log("message handed back", worker=self.name, message=received.id, reason=answer.reason)
            self._hand_back(received, answer)
            return answer.is_for_another
        return False

    def _hand_back(self, received: Received, answer: Answer) -> None:
        if not answer.is_for_another:
            self.inbox.postpone(received, pause_after(received.receive_count, self.retry_after_seconds))
        elif times_handed_on(received.body) < MOST_HANDED_ON:
            hand_on(received, self.inbox, self.retry_after_seconds)
        else:
            # Its deliveries count from now on: of a newer version no chunk is known that could fail.
            self.inbox.postpone(received, deployment_pause(received.receive_count, self.retry_after_seconds))

    def _ask(self, received: Received) -> Answer | None:
        """The child's answer; None where it died. Hides the message meanwhile, again and again."""
        if self._child is None or not self._child[0].is_alive():
            self._child = self._start_child()
        process, pipe = self._child
        visibility = self.inbox.visibility_seconds
        try:
            pipe.send(received)
            while not pipe.poll(visibility / 3):
                self._beat(received, visibility)
            answer: Answer = pipe.recv()
        except (EOFError, OSError):
            process.join()
            self._child = self._start_child()
            return None
        return answer

    def _beat(self, received: Received, visibility: int) -> None:
        try:
            self.inbox.postpone(received, visibility)
        except Exception as error:  # noqa: BLE001 -- the next beat may get through
            self.log("beat lost", worker=self.name, error=f"{type(error).__name__}: {error}")

    def _start_child(self) -> tuple[BaseProcess, Connection]:
        context = multiprocessing.get_context("spawn")  # a fork would share boto3's connections
        ours, theirs = context.Pipe()
        process = context.Process(target=self.target, args=(theirs, self.settings, self.name, time.time()))
        process.start()
        theirs.close()
        return process, ours

    def _end_child(self) -> None:
        if self._child is not None:
            process, pipe = self._child
            pipe.close()
            process.join()

    def kill(self) -> None:
        if self._child is not None:
            self._child[0].kill()
