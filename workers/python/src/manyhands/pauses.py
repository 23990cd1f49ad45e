"""How long a message that is handed back is hidden, in seconds: longer than what kept it from being worked on."""

from __future__ import annotations

import random

from .ports import MAX_RECEIVE_COUNT

#: A message for another worker waits for a deployment, which takes longer than a disturbance.
DEPLOYMENT_FACTOR = 30


def pause_after(receive_count: int, retry_after_seconds: float) -> int:
    """Doubles with each delivery, and differs; 0 after the last one, after which the message is a dead letter."""
    if receive_count >= MAX_RECEIVE_COUNT:
        return 0
    return round(retry_after_seconds * 2.0 ** (receive_count - 1) * (1 + random.random()))


def deployment_pause(receive_count: int, retry_after_seconds: float) -> int:
    """0 after the last delivery, too."""
    if receive_count >= MAX_RECEIVE_COUNT:
        return 0
    return round(retry_after_seconds * DEPLOYMENT_FACTOR * (1 + random.random()))
