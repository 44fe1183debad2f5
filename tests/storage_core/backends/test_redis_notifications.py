"""Redis without the right to client tracking: the feed by keyspace notifications, and its gaps."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage_core.backends.redis import RedisStorage, notifications
from tests.redis_server import RedisServer
from tests.storage_core.following import Follower
from tests.waiting import until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server that notifies, and does not let anybody track."""
    server = RedisServer(tmp_path)
    server.start()
    server.command("CONFIG", "SET", "notify-keyspace-events", "AKE")
    server.command("ACL", "SETUSER", "default", "-client|tracking")
    yield server
    server.kill()


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[RedisStorage]:
    async with RedisStorage({"REDIS_URL": server.url}) as storage:
        yield storage


async def test_it_sees_each_change_and_invents_none(
    server: RedisServer, store: RedisStorage
) -> None:
    await store.set("key", b"x", 3600)
    async with Follower(store) as seen:
        assert "notifications" in store.feed
        await store.set("key", b"y")
        await seen.sees("key")
        seen.forget()
        await store.delete("key")
        await seen.sees("key")
        server.command("SET", "other:key", "x")
        await store.set("expiring", b"x", 0.1)
        await seen.sees("expiring")
        assert set(seen.keys) == {"key", "expiring"}


@pytest.mark.parametrize("words", ["FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "CONFIG RESETSTAT"])
async def test_what_is_not_notified_of_is_a_gap(
    server: RedisServer, store: RedisStorage, words: str
) -> None:
    await store.set("key", b"x")
    async with Follower(store) as seen:
        server.command(*words.split())
        await seen.sees_gap(after=1)
        assert not seen.losses
        await store.set("other", b"x")  # and it goes on
        await seen.sees("other")
        assert "notifications" in store.feed


async def test_it_names_all_that_it_knows_before_a_gap(
    server: RedisServer, store: RedisStorage
) -> None:
    names = [f"key {number}" for number in range(500)]
    async with Follower(store) as seen:
        for name in names[:250]:
            await store.set(name, b"x")
        server.command("FLUSHALL")
        for name in names[250:]:
            await store.set(name, b"x")
        await seen.sees_gap(after=1)
        await seen.sees(*names)
        assert sorted(seen.keys) == sorted(names)


async def test_it_says_nothing_while_nothing_happens(
    server: RedisServer, store: RedisStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage_core.backends.redis.notifications.HEARTBEAT_SECONDS", 0.01)
    asked = b"cmdstat_dbsize:calls=30"
    async with Follower(store) as seen:
        await until(lambda: asked in server.command("INFO", "commandstats"))
        assert len(seen.gaps) == 1
        assert seen.keys == []


async def test_it_looks_again_and_again_once_notifications_are_switched_off(
    server: RedisServer, store: RedisStorage
) -> None:
    async with Follower(store) as seen:
        server.command("CONFIG", "SET", "notify-keyspace-events", "")
        for number in range(50):
            await store.set(f"key {number}", b"x")
        await seen.sees_gap(after=1)
        assert "again and again" in store.feed
        await store.set("later", b"x")
        await seen.sees("later")
        assert not seen.losses


async def test_it_does_not_rely_on_what_it_may_not_ask_for(
    server: RedisServer, store: RedisStorage
) -> None:
    async with Follower(store) as seen:
        server.command("ACL", "SETUSER", "default", "-info")
        await seen.sees_gap(after=1)
        assert "again and again" in store.feed
        await store.set("key", b"x")
        await seen.sees("key")


async def test_it_looks_over_everything_now_and_then(
    store: RedisStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "SHORTEST_SECONDS", 1)
    async with Follower(store) as seen:
        assert store.feed == "by Redis keyspace notifications; looked over every 1 s"
        await seen.sees_gap(after=3)
        assert seen.keys == []


async def test_a_larger_store_is_looked_over_less_often(
    server: RedisServer, store: RedisStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "KEYS_A_SECOND", 10)
    server.command("EVAL", "for n = 1, 1000 do redis.call('SET', 'n' .. n, '') end", "0")
    async with Follower(store):
        assert store.feed.endswith("looked over every 130 s")
