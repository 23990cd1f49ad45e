"""Store and queue on a redis-server of the tests' own; skipped where none is installed."""

import json
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import TimeoutError

from manyhands.errors import InvalidInputError, ManyhandsError
from manyhands.folder_store import FolderStore
from manyhands.hand_on import MOST_HANDED_ON, hand_on, times_handed_on
from manyhands.ports import MAX_RECEIVE_COUNT, Received, Store
from manyhands.redis_hub import Beat, FoundStore, expect_fit, occupation, open_redis, without_password
from manyhands.redis_ports import RedisQueue, RedisStore, StoreFullError

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="no redis-server is on PATH")

#: A holder that says nothing loses its message after this.
BRIEF_MS = 20


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", random.randint(15_000, 32_000)))  # below those of connections
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        options = ["--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", ""]
        with subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL) as process:
            redis = open_redis(f"redis://127.0.0.1:{port}", retries=50)
            redis.ping()
            yield f"redis://127.0.0.1:{port}"
            process.kill()


@pytest.fixture
def redis(server: str) -> Any:
    client = open_redis(server, retries=3)
    client.flushall()
    return client


def taken(queue: RedisQueue) -> Received:
    message = next((found for _ in range(4) if (found := queue.receive(1))), None)
    assert message is not None
    return message


def test_what_was_sent_before_is_received_once_and_is_gone_when_acknowledged(redis: Any) -> None:
    queue = RedisQueue(redis, "chunks", "a")
    queue.send(["one", "two ä"])
    messages = [taken(queue), taken(queue)]
    assert [(each.body, each.receive_count) for each in messages] == [("one", 1), ("two ä", 1)]
    assert queue.receive(0) is None
    for message in messages:
        queue.acknowledge(message)
    assert redis.xlen("manyhands:chunks") == 0
    queue.leave()
    assert redis.xinfo_consumers("manyhands:chunks", "workers") == []


def test_what_is_postponed_or_let_go_comes_again_and_five_deaths_bury_it(redis: Any) -> None:
    queue = RedisQueue(redis, "chunks", "a", BRIEF_MS)
    queue.send(["poison"])
    queue.postpone(taken(queue), 0)
    for death in range(2, MAX_RECEIVE_COUNT + 1):
        other = RedisQueue(redis, "chunks", f"dies {death}", BRIEF_MS)
        assert taken(other).receive_count == death
    time.sleep(2 * BRIEF_MS / 1000)
    assert queue.receive(0) is None
    [(_, letter)] = redis.xrange("manyhands:chunks-dead")
    assert letter == {b"body": b"poison", b"receives": b"5"}


def test_a_holder_that_lost_its_message_can_neither_hide_nor_show_it(redis: Any) -> None:
    slow, quick = (RedisQueue(redis, "chunks", name, BRIEF_MS) for name in ("slow", "quick"))
    slow.send(["a"])
    lost = taken(slow)
    time.sleep(2 * BRIEF_MS / 1000)
    assert taken(quick).receive_count == 2
    patient = RedisQueue(redis, "chunks", "patient")
    slow.postpone(lost, 0)
    slow.postpone(lost, 60)
    assert patient.receive(0) is None


@pytest.mark.parametrize("deliveries", [0, 1, 3])
def test_what_no_worker_can_do_goes_round_until_it_was_handed_on_too_often(redis: Any, deliveries: int) -> None:
    queue = RedisQueue(redis, "chunks", "a")
    queue.send([json.dumps({"version": 99, "handedOn": MOST_HANDED_ON - 2})])
    for _ in range(deliveries):
        queue.postpone(taken(queue), 0)
    for _ in range(2 * MAX_RECEIVE_COUNT):
        message = taken(queue)
        if times_handed_on(message.body) == MOST_HANDED_ON:
            break
        hand_on(message, queue, 0)
    assert times_handed_on(message.body) == MOST_HANDED_ON
    assert message.receive_count == 1
    assert redis.xlen("manyhands:chunks-dead") == 0


@pytest.mark.parametrize("kind", ["redis", "folder"])
def test_a_store_keeps_the_first_of_two_objects(redis: Any, tmp_path: Path, kind: str) -> None:
    store: Store = RedisStore(redis) if kind == "redis" else FolderStore(str(tmp_path))
    assert store.get("jobs/a/array/c/0") is None
    assert store.put_if_absent("jobs/a/array/c/0", b"first")
    assert not store.put_if_absent("jobs/a/array/c/0", b"second")
    assert store.get("jobs/a/array/c/0") == b"first"
    store.put("jobs/a/array/c/0", b"third")
    assert store.get("jobs/a/array/c/0") == b"third"
    assert store.get("jobs/a/array/c/0", 4) == b""
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == (["0"] if kind == "folder" else [])
    if kind == "redis":
        assert redis.zrange("manyhands:objects", 0, -1) == [b"jobs/a/array/c/0"]
        assert redis.get("manyhands:objects:bytes") == b"5"


def test_more_than_half_of_maxmemory_is_refused(redis: Any) -> None:
    redis.config_set("maxmemory", 2**24)
    try:
        store = RedisStore(redis)
        store.put("a", bytes(2**22))
        with pytest.raises(StoreFullError):
            store.put("b", bytes(2**23))
    finally:
        redis.config_set("maxmemory", 0)


def test_a_worker_uses_the_store_that_jobs_have_and_refuses_another(redis: Any, server: str, tmp_path: Path) -> None:
    store = FoundStore(redis, None)
    store.put("a", b"1")
    assert expect_fit(redis, server, str(tmp_path))
    store.put("b", b"2")
    assert (tmp_path / "b").read_bytes() == b"2"
    assert expect_fit(redis, server, str(tmp_path))
    with pytest.raises(InvalidInputError, match="where this Redis's jobs keep their objects"):
        expect_fit(redis, server, "s3://elsewhere")


def test_a_folder_that_is_not_mounted_is_no_empty_store(redis: Any, server: str, tmp_path: Path) -> None:
    folder = tmp_path / "share"
    assert expect_fit(redis, server, str(folder))
    store = FoundStore(redis, None)
    store.put("jobs/a", b"1")
    assert store.get("jobs/b") is None
    folder.rename(tmp_path / "elsewhere")
    folder.mkdir()
    for named in (str(folder), None):
        with pytest.raises(
            InvalidInputError, match="--store to be the folder that all machines share, got .*not mounted"
        ):
            expect_fit(redis, server, named)
    with pytest.raises(ManyhandsError, match="Expected the store to be the folder that all machines share"):
        store.get("jobs/a")
    with pytest.raises(ManyhandsError, match="Expected the store to be the folder that all machines share"):
        store.put_if_absent("jobs/c", b"1")
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_no_store_and_is_named_nowhere(redis: Any, server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for store, code in (("/proc/none/jobs", "ENOENT"), (str(tmp_path / "file"), "EEXIST")):
        with pytest.raises(InvalidInputError, match=f"--store to be a folder that can be written to, got .*{code}"):
            expect_fit(redis, server, store)
    assert expect_fit(redis, server, str(tmp_path / "jobs"))


def test_a_machine_beats_under_a_name_of_its_own(redis: Any) -> None:
    first = Beat(
        redis, "one", 2, ["mandelbrot"], lambda: [{**occupation('{"jobId":"j","chunks":[1,2]}'), "sinceMs": 3}]
    )
    first.begin()
    with pytest.raises(InvalidInputError, match="no other machine has, got one"):
        Beat(redis, "one", 1, [], list).begin()
    assert redis.pttl("manyhands:machine:one") > 0
    first.end()
    assert redis.exists("manyhands:machine:one") == 0


def test_a_refusal_shows_no_password(redis: Any, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_PASSWORD", "s3cret")
    other = open_redis(server.replace("//", "//boss@"), retries=0)
    with pytest.raises(InvalidInputError, match="to be open to this user and password") as refused:
        expect_fit(other, server.replace("//", "//boss@"), None)
    assert "s3cret" not in str(refused.value)
    assert without_password("redis://boss:s3cret@hub/0") == "redis://boss@hub:6379"


@pytest.mark.parametrize("rest", ["?x=1", "/abc", "/0#x", ":port"])
def test_another_url_is_refused_without_its_password(rest: str) -> None:
    with pytest.raises(InvalidInputError, match="a URL such as redis://user@host:6379/0, got redis://hub") as refused:
        open_redis(f"redis://boss:s3cret@hub{rest}", retries=0)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["boss:s3cret", "boss:s3cret/x@hub", "boss:x#s3cret@hub", "boss:x?s3cret@hub", "hub?password=s3cret"]
)
def test_a_url_that_is_none_shows_no_piece_of_a_password(url: str) -> None:
    with pytest.raises(InvalidInputError, match="a URL such as") as refused:
        open_redis(f"redis://{url}", retries=0)
    assert "s3cret" not in str(refused.value)


def test_a_redis_that_is_not_there_is_waited_for(server: str) -> None:
    assert not expect_fit(open_redis("redis://127.0.0.1:1", retries=0), "redis://127.0.0.1:1", None)


def test_a_connection_that_is_given_up_is_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a server that never answers."""
    monkeypatch.setattr("manyhands.redis_scripts.SILENCE_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        redis = open_redis(f"redis://127.0.0.1:{silent.getsockname()[1]}", retries=0)
        with pytest.raises(TimeoutError):
            redis.ping()
        peer, _ = silent.accept()
        with peer:
            while peer.recv(1000):
                pass
            with pytest.raises(ConnectionError):  # where it is merely closed, the first one is still taken
                peer.send(b"+PONG\r\n")


def test_what_is_sent_for_later_is_not_there_before(redis: Any) -> None:
    queue = RedisQueue(redis, "chunks", "a")
    queue.send(["later"], 1)
    queue.send(["now"])
    assert taken(queue).body == "now"
    assert queue.receive(0) is None
    assert taken(queue).body == "later"
