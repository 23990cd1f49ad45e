"""A child that dies, one that is slow, and one that is told to stop, with a queue in memory."""

import os
import threading
import time
from multiprocessing.connection import Connection

from manyhands.child import Answer, Settings
from manyhands.lane import Lane
from manyhands.ports import Received
from memory import MemoryInbox, received

#: How long a beat hides a message here.
BEAT = MemoryInbox.visibility_seconds
SETTINGS = Settings("http://queue", "http://results", "bucket", None, ())


def obey(pipe: Connection, _settings: Settings, _name: str, _started_at: float) -> None:
    """Does what the body says."""
    while True:
        try:
            message: Received = pipe.recv()
        except EOFError:
            return
        if message.body == "die":
            os._exit(9)
        if message.body == "slow":
            time.sleep(0.8)  # the queue hides a message for a second: two beats
        answers = {"retry": Answer(False, "failed"), "newer": Answer(False, "newer", is_for_another=True)}
        pipe.send(answers.get(message.body, Answer(True)))


def outcome(*messages: Received) -> list[tuple[str, int | None]]:
    stop = threading.Event()
    inbox = MemoryInbox(list(messages), stop.set)
    Lane(inbox, SETTINGS, "test", 2, lambda *_, **__: None, obey).run(stop)
    return inbox.done


def test_a_childs_death_makes_its_message_visible_at_once_and_another_child_goes_on() -> None:
    done = outcome(received("die", id_="a"), received("good", id_="b"))
    assert [each for each in done if each[1] != BEAT] == [("a", 0), ("b", None)]


def test_a_slow_message_is_hidden_again_before_it_is_acknowledged() -> None:
    done = outcome(received("slow", id_="a"))
    assert done[-1] == ("a", None)
    assert ("a", BEAT) in done[:-1]


def test_pauses_grow_and_a_message_for_another_worker_waits_for_a_deployment() -> None:
    done = outcome(received("retry"), received("retry", 3), received("newer"), received("retry", 5))
    first, third, newer, last = [seconds or 0 for _, seconds in done if seconds != BEAT]
    assert 2 <= first <= 4
    assert 8 <= third <= 16
    assert 60 <= newer <= 120
    assert last == 0  # it becomes a dead letter
    assert ("m1 released", newer) in done
