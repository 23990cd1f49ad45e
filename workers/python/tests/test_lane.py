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
            time.sleep(2)  # the queue hides a message for a second: two beats
        answers = {"good": Answer(True), "slow": Answer(True), "retry": Answer(False, "failed")}
        pipe.send(answers.get(message.body, Answer(False, "newer", is_for_another=True)))


def outcome(*messages: Received) -> list[tuple[str, int | None]]:
    return outcome_of(*messages)[0].done


def outcome_of(*messages: Received) -> tuple[MemoryInbox, list[tuple[str, int | None]]]:
    """The inbox, and what became of the messages beside beats."""
    stop = threading.Event()
    inbox = MemoryInbox(list(messages), stop.set)
    Lane(inbox, SETTINGS, "test", 2, lambda *_, **__: None, obey).run(stop)
    return inbox, [each for each in inbox.done if each[1] != BEAT]


def test_a_childs_death_makes_its_message_visible_at_once_and_another_child_goes_on() -> None:
    done = outcome(received("die", id_="a"), received("good", id_="b"))
    assert [each for each in done if each[1] != BEAT] == [("a", 0), ("b", None)]


def test_a_slow_message_is_hidden_again_before_it_is_acknowledged() -> None:
    done = outcome(received("slow", id_="a"))
    assert done[-1] == ("a", None)
    assert ("a", BEAT) in done[:-1]


def test_pauses_grow() -> None:
    done = outcome(received("retry"), received("retry", 3), received("retry", 5))
    first, third, last = [seconds or 0 for _, seconds in done if seconds != BEAT]
    assert 2 <= first <= 4
    assert 8 <= third <= 16
    assert last == 0  # it becomes a dead letter


def test_after_a_day_of_being_handed_on_the_deliveries_of_a_message_count() -> None:
    other, tired = ({"version": 99, "handedOn": rounds} for rounds in (959, 960))
    inbox, done = outcome_of(received(other, id_="a"), received(tired, id_="b"), received(tired, 5, id_="c"))
    [(body, delay)] = inbox.sent
    assert body == {"version": 99, "handedOn": 960}
    assert 60 <= delay <= 120
    (_, pause), (_, last) = done[1:]
    assert done[0] == ("a", None)
    assert pause is not None
    assert 60 <= pause <= 120
    assert last == 0  # it becomes a dead letter
