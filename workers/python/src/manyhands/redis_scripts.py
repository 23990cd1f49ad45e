"""The scripts that Redis runs for store and queues, as the workers in Node have them; docs/schemas/redis-scripts.md says what each takes."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import struct
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from .errors import InvalidInputError

SCRIPTS: dict[str, str] = json.loads(files(__package__).joinpath("redis-scripts.json").read_text("utf-8"))
#: A user who may not write a key may run these with it.
READING = {"depth", "get"}

#: Without an answer for so long the connection is made anew. Nothing blocks longer than a second.
SILENCE_SECONDS = 5
CONNECT_SECONDS = 1.5
LONGEST_PAUSE_SECONDS = 0.25


def redis_client(url: str, password: str | None, *, retries: int) -> Any:
    """A client of the package redis, which sends what was not answered again, `retries` times, or for ever (-1). Raises InvalidInputError
    where the package is not installed or the URL is none; the text has no password."""
    try:
        import redis
        from redis.backoff import ExponentialBackoff
        from redis.exceptions import ConnectionError, TimeoutError
        from redis.retry import Retry
    except ImportError:
        raise InvalidInputError(
            "redis", "installed", "none", "pip install './workers/python[redis]' in the checkout of manyhands."
        ) from None
    options: dict[str, Any] = {
        "protocol": 2,
        "socket_timeout": SILENCE_SECONDS,
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_keepalive": True,
        "redis_connect_func": _reset_where_given_up,
        "retry": Retry(ExponentialBackoff(LONGEST_PAUSE_SECONDS, 0.05), retries),
        "retry_on_error": [ConnectionError, TimeoutError],
    }
    if password:
        options["password"] = password
    scheme, _, rest = url.partition("://")
    server, *beyond = re.split("[/?#]", rest, maxsplit=1)
    # What may be a piece of a password is not shown: one with a / in it, or one that no host follows.
    shown = "another" if "@" in "".join(beyond) else f"{scheme}://{server.rpartition('@')[2].partition(':')[0]}"
    refused = InvalidInputError("--queue", "a URL such as redis://user@host:6379/0", shown)
    if not re.fullmatch(r"(/\d*)?", rest[len(server) :]):
        raise refused
    try:
        return redis.Redis.from_url(url, **options)
    except ValueError:
        raise refused from None


def _reset_where_given_up(connection: Any) -> None:
    """A connection that is merely closed goes on sending what was not confirmed: when a cable is in again the Redis would carry out commands
    that a new connection has repeated long since, and messages that it gives to the old one are lost for 30 s."""
    connection._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.on_connect()


def run_script(client: Any, name: str, keys: Sequence[str], arguments: Sequence[str | int | bytes]) -> Any:
    """Sends the script's text only where the server does not have it."""
    from redis.exceptions import NoScriptError

    text = SCRIPTS[name]
    read_only = "_RO" if name in READING else ""
    digest = hashlib.sha1(text.encode()).hexdigest()
    rest = [len(keys), *keys, *arguments]
    try:
        return client.execute_command(f"EVALSHA{read_only}", digest, *rest)
    except NoScriptError:
        return client.execute_command(f"EVAL{read_only}", text, *rest)
