"""What becomes of a message that this worker cannot do and another one may: docs/protocol.md, "Leaves it to others"."""

from __future__ import annotations

import json
import random

from .ports import MAX_RECEIVE_COUNT, Inbox, Received

#: After as many rounds the pause is twice the first one, and three times after as many more,
SHORT_ROUNDS = 8
#: up to this many times.
LONGEST_FACTOR = 30
#: How often a message is handed on before its chunks fail: about a day in which workers were there, and none could do it.
MOST_HANDED_ON = 960


def hand_on(message: Received, inbox: Inbox, retry_after_seconds: float) -> None:
    """Sends it anew with a count of the rounds, and hidden for longer with each. One that was delivered before is only
    hidden, and that delivery counts: the retries of a message that kills its workers end, and at its last delivery it is sent anew, too."""
    rounds = times_handed_on(message.body)
    factor = min(1 + rounds / SHORT_ROUNDS, LONGEST_FACTOR)
    seconds = round(retry_after_seconds * factor * (1 + random.random()))
    if 1 < message.receive_count < MAX_RECEIVE_COUNT:
        inbox.postpone(message, seconds)
    else:
        passed = {**json.loads(message.body), "handedOn": rounds + 1}
        inbox.send([json.dumps(passed, separators=(",", ":"))], seconds)
        inbox.acknowledge(message)


def times_handed_on(body: str) -> int:
    """As a message of any version says."""
    rounds = json.loads(body).get("handedOn", 0)
    return max(rounds, 0) if isinstance(rounds, int) else 0
