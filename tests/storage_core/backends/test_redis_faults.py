"""Redis goes away in every way it can: no answer is invented, no change is lost unseen."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage_core.backends.redis import RedisStorage, wire
from storage_core.entries import NO_SIZE, Outcome
from storage_core.exceptions import StorageError, StoreUnavailable, UnsupportedByBackend
from tests.redis_server import RedisServer
from tests.storage_core.following import Follower
from tests.waiting import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server of this test's own, to be killed and paused."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[RedisStorage]:
    async with RedisStorage({"REDIS_URL": server.url}) as storage:
        yield storage


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for answers for a third of a second instead of five."""
    monkeypatch.setattr(wire, "ANSWER_SECONDS", 0.3)


async def test_it_says_that_a_server_is_not_there(server: RedisServer) -> None:
    server.kill()
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await RedisStorage({"REDIS_URL": server.url})


async def test_it_says_that_a_server_was_lost_and_recovers(
    server: RedisServer, store: RedisStorage
) -> None:
    await store.set("key", b"x")
    server.kill()
    with pytest.raises(StoreUnavailable):
        await store.get("key")
    with pytest.raises(StoreUnavailable):
        await store.set("key", b"y")
    server.start()
    assert await store.get("key") is None
    await store.set("key", b"z")
    assert await store.get("key") == b"z"


async def test_it_reads_again_over_a_connection_that_was_closed(
    server: RedisServer, store: RedisStorage
) -> None:
    await store.set("key", b"x")
    server.command("CLIENT", "KILL", "TYPE", "normal")
    assert await store.get("key") == b"x"


async def test_it_does_not_know_about_a_save_without_an_answer(
    server: RedisServer, store: RedisStorage, impatient: None
) -> None:
    await store.set("key", b"old")
    server.pause()
    assert await store.compare_and_set("key", b"old", b"new") is Outcome.UNKNOWN
    server.resume()
    # It was sent once, so it is done once the server goes on; nothing was sent twice.
    await until(lambda: _holds(store, "key", b"new"))


async def test_it_knows_that_nothing_was_saved_where_no_server_is(
    server: RedisServer, store: RedisStorage
) -> None:
    await store.set("key", b"old")
    server.kill()
    with pytest.raises(StoreUnavailable):
        await store.get("key")
    with pytest.raises(StoreUnavailable):
        await store.compare_and_set("key", b"old", b"new")


async def test_it_never_counts_a_write_twice(
    server: RedisServer, store: RedisStorage, impatient: None
) -> None:
    await store.set("key", b"0")
    server.pause()
    with pytest.raises(StoreUnavailable, match="unknown"):
        await store.set("key", b"1")
    server.resume()
    await until(lambda: _holds(store, "key", b"1"))
    calls = server.command("INFO", "commandstats").decode()
    assert "cmdstat_set:calls=2," in calls


async def test_its_feed_has_a_gap_after_the_server_was_restarted(
    server: RedisServer, store: RedisStorage
) -> None:
    async with Follower(store) as seen:
        server.kill()
        await until(lambda: bool(seen.losses))
        server.start()
        await seen.sees_gap(after=1)
        await store.set("after", b"x")
        await seen.sees("after")


async def test_its_feed_has_a_gap_after_everything_was_deleted(
    server: RedisServer, store: RedisStorage
) -> None:
    await store.set("key", b"x")
    async with Follower(store) as seen:
        server.command("FLUSHALL")
        await seen.sees_gap(after=1)
        await store.set("after", b"x")
        await seen.sees("after")
        assert not seen.losses


async def test_its_feed_has_a_gap_after_its_connection_was_closed(
    server: RedisServer, store: RedisStorage
) -> None:
    async with Follower(store) as seen:
        server.command("CLIENT", "KILL", "TYPE", "pubsub")
        await seen.sees_gap(after=1)


async def test_its_feed_notices_a_paused_server(server: RedisServer, store: RedisStorage) -> None:
    async with Follower(store) as seen:
        server.pause()
        await until(lambda: bool(seen.losses))
        server.resume()
        await seen.sees_gap(after=1)


async def test_its_errors_hold_no_password(server: RedisServer) -> None:
    server.command("CONFIG", "SET", "requirepass", "right")
    url = f"redis://:s3cret@127.0.0.1:{server.port}/0"
    with pytest.raises(StoreUnavailable, match="refused the sign-in") as caught:
        await RedisStorage({"REDIS_URL": url})
    assert "s3cret" not in str(caught.value) + repr(caught.value)
    server.kill()
    with pytest.raises(StoreUnavailable) as caught:
        await RedisStorage({"REDIS_URL": url})
    assert "s3cret" not in str(caught.value)


async def test_it_says_what_a_key_holds_that_no_bot_wrote(
    server: RedisServer, store: RedisStorage
) -> None:
    server.command("HSET", "SM:hash", "field", "1")
    server.command("RPUSH", "SM:list", "1", "2")
    hashed, listed = await store.describe(["hash", "list"])
    assert hashed is not None
    assert hashed.note == "This is a Redis hash of length 1, not a value that a bot stored."
    assert hashed.size == 0
    assert listed is not None
    assert listed.note == "This is a Redis list of length 2, not a value that a bot stored."
    columns = await store.describe_columns([b"nowhere", b"hash"])
    assert list(columns.sizes) == [NO_SIZE, 0]
    [value] = await store.fetch(["hash"])
    assert value is not None
    assert (value.data, value.note) == (b"", hashed.note)
    assert await store.has("hash")
    with pytest.raises(UnsupportedByBackend):
        await store.get("hash")
    assert await store.compare_and_set("hash", b"", b"x") is Outcome.CHANGED
    assert await store.compare_and_set("hash", None, b"x") is Outcome.CHANGED


async def test_it_says_why_a_server_refuses(server: RedisServer, store: RedisStorage) -> None:
    server.command("CONFIG", "SET", "maxmemory", "1")
    with pytest.raises(StorageError, match="refused"):
        await store.set("key", b"x" * 1000)


async def test_it_does_not_resurrect_in_races_with_expiry(store: RedisStorage) -> None:
    async def race(number: int) -> bool:
        key = f"key {number}"
        await store.set(key, b"old", 0.02 + number % 7 / 1000)
        deadline = time.monotonic() + 0.019 + number % 11 / 1000
        await until(lambda: time.monotonic() >= deadline)
        await store.compare_and_set(key, b"old", b"new")
        await until(lambda: _is_gone(store, key), seconds=2)
        return True

    assert all(await asyncio.gather(*(race(number) for number in range(1000))))


async def _holds(store: RedisStorage, key: str, data: bytes) -> bool:
    try:
        return await store.get(key) == data
    except StoreUnavailable:
        return False


async def _is_gone(store: RedisStorage, key: str) -> bool:
    return not await store.has(key)


async def test_its_feed_looks_again_where_the_server_tells_nothing(
    server: RedisServer, store: RedisStorage
) -> None:
    server.command("ACL", "SETUSER", "default", "-client|tracking")
    await store.set("key", b"x")
    await store.set("steady", b"x", 3600)
    async with Follower(store) as seen:
        assert "again and again" in store.feed
        await store.set("key", b"y")
        await seen.sees("key")
        seen.forget()
        await store.delete("key")
        await seen.sees("key")
        assert "steady" not in seen.keys
