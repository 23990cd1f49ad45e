"""A message that this worker leaves to others."""

import pytest

from manyhands.hand_on import hand_on
from memory import MemoryInbox, received


def handed_on(body: object, receive_count: int = 1) -> MemoryInbox:
    inbox = MemoryInbox([], None)
    hand_on(received(body, receive_count), inbox, 2)
    return inbox


@pytest.mark.parametrize(("rounds", "least", "most"), [(0, 2, 4), (8, 4, 8), (16, 6, 12), (900, 60, 120)])
@pytest.mark.parametrize("receive_count", [1, 5])
def test_it_is_sent_anew_with_all_that_it_says_and_counted_with_pauses_that_grow(
    rounds: int, least: int, most: int, receive_count: int
) -> None:
    inbox = handed_on({"version": 99, "handedOn": rounds, "of later": "ä"}, receive_count)
    [(body, delay)] = inbox.sent
    assert body == {"version": 99, "handedOn": rounds + 1, "of later": "ä"}
    assert least <= delay <= most
    assert inbox.done == [("m1", None)]


@pytest.mark.parametrize("receive_count", [2, 3, 4])
def test_one_that_was_delivered_before_is_hidden_and_that_delivery_counts(receive_count: int) -> None:
    inbox = handed_on({"version": 99}, receive_count)
    assert inbox.sent == []
    [(name, pause)] = inbox.done
    assert name == "m1"
    assert pause is not None
    assert 2 <= pause <= 4


@pytest.mark.parametrize("said", ["often", -3, None, 1.5])
def test_a_count_that_is_none_counts_as_nothing(said: object) -> None:
    [(body, _)] = handed_on({"version": 99, "handedOn": said}).sent
    assert body["handedOn"] == 1
