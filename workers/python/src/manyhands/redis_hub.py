"""What a worker opens of a Redis: queues, the store that its jobs have, and its machine's beat."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .aws import S3Store, client
from .errors import InvalidInputError
from .ports import Store
from .redis_ports import RedisStore
from .redis_scripts import redis_client
from .shared_folder import SharedFolder, expect_shared, make_shared

LEAST_VERSION = 7
BEAT_SECONDS = 5
FORGOTTEN_AFTER_MS = 15_000


def is_redis_url(text: str) -> bool:
    return urlsplit(text).scheme in ("redis", "rediss")


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    user = f"{parts.username}@" if parts.username else ""
    return f"{parts.scheme}://{user}{parts.hostname}:{parts.port or 6379}"


def open_redis(url: str, *, retries: int) -> Any:
    return redis_client(url, os.environ.get("REDIS_PASSWORD"), retries=retries)


def expect_fit(redis: Any, url: str, store: str | None) -> bool:
    """Whether the Redis is there. Raises InvalidInputError where it refuses, is too old, or its jobs have another store."""
    from redis.exceptions import AuthenticationError, ConnectionError, NoPermissionError, ResponseError, TimeoutError

    at = f"Redis at {without_password(url)}"
    try:
        found = str(redis.info("server")["redis_version"])
        if int(found.split(".")[0]) < LEAST_VERSION:
            raise InvalidInputError(at, f"Redis {LEAST_VERSION} or later, or Valkey", f"Redis {found}")
        named = redis.get("manyhands:store")
        if store is not None:
            _name_store(redis, _place(store), named)
        if named is not None and named.startswith(b"/"):
            expect_shared(Path(named.decode()))
    except AuthenticationError:
        hint = "The user is in the URL, the password there or in REDIS_PASSWORD."
        raise InvalidInputError(at, "open to this user and password", "a refusal", hint) from None
    except (ConnectionError, TimeoutError):
        return False
    except (NoPermissionError, ResponseError) as error:
        raise InvalidInputError(at, "willing", error, "docs/machines.md, Security, has what to do.") from None
    return True


def _name_store(redis: Any, place: str, named: bytes | None) -> None:
    if named is None:
        if place.startswith("/"):
            make_shared(Path(place))
        redis.set("manyhands:store", place, nx=True)
        named = redis.get("manyhands:store")
    if named != place.encode():
        at = (named or b"").decode()
        raise InvalidInputError("--store", f"{at}, where this Redis's jobs keep their objects", place)


def _place(store: str) -> str:
    """The text by which all clients and workers name one store. Raises InvalidInputError."""
    if store == "redis" or re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]+[a-z0-9](/.*)?", store) or store.startswith("/"):
        return store.rstrip("/") or "/"
    raise InvalidInputError("--store", "redis, s3://<bucket>[/<prefix>] or the whole path of a shared folder", store)


class FoundStore:
    """The store that `manyhands:store` names once a job is there; the first job makes it Redis itself where it named none."""

    def __init__(self, redis: Any, endpoint_url: str | None) -> None:
        self.redis = redis
        self.endpoint_url = endpoint_url
        self._store: Store | None = None

    def get(self, key: str, most_bytes: int | None = None) -> bytes | None:
        return self._found().get(key, most_bytes)

    def put(self, key: str, data: bytes) -> None:
        self._found().put(key, data)

    def put_if_absent(self, key: str, data: bytes) -> bool:
        return self._found().put_if_absent(key, data)

    def _found(self) -> Store:
        if self._store is not None:
            return self._store
        named = self.redis.get("manyhands:store")
        if named is None:
            return RedisStore(self.redis)
        self._store = self._opened(named.decode())
        return self._store

    def _opened(self, named: str) -> Store:
        if named == "redis":
            return RedisStore(self.redis)
        if named.startswith("s3://"):
            bucket, _, prefix = named[5:].partition("/")
            return S3Store(client("s3", self.endpoint_url), bucket, f"{prefix}/" if prefix else "")
        return SharedFolder(named)


def occupation(body: str) -> dict[str, Any]:
    """What a beat says of a message at work."""
    message = json.loads(body) if body.startswith("{") else {}
    return {"jobId": str(message.get("jobId", "")), "chunks": len(message.get("chunks", []))}


class Beat:
    """Tells of this machine until it is ended. Raises InvalidInputError where another one has its name."""

    def __init__(
        self,
        redis: Any,
        name: str,
        workers: int,
        kernels: list[str],
        at_work: Callable[[], list[Any]],
        takes_uploads: bool = False,
    ) -> None:
        self.redis = redis
        self.key = f"manyhands:machine:{name}"
        self.facts = {
            "name": name,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "version": _version(),
            "language": "python",
            "cpus": os.cpu_count() or 1,
            "workers": workers,
            "kernels": kernels,
            "uploads": "all" if takes_uploads else "none",
            "since": round(time.time() * 1000),
        }
        self.at_work = at_work
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="beat", daemon=True)

    def begin(self) -> None:
        if not self._tell(nx=True):
            raise InvalidInputError("--name", "a name that no other machine has", self.facts["name"])
        self._thread.start()

    def end(self) -> None:
        self._ending.set()
        self._thread.join()
        self.redis.delete(self.key)

    def _tell(self, *, nx: bool) -> bool:
        value = json.dumps({**self.facts, "at": self.at_work()})
        return bool(self.redis.set(self.key, value, px=FORGOTTEN_AFTER_MS, nx=nx))

    def _run(self) -> None:
        while not self._ending.wait(BEAT_SECONDS):
            try:
                self._tell(nx=False)
            except Exception:  # noqa: BLE001, S110 -- the next one may get through
                pass


def _version() -> str:
    try:
        return version("manyhands-worker")
    except PackageNotFoundError:
        return "0"
