"""More than one Redis server: a Cluster of two primaries, and Sentinel."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage_core import BrowsableStorage, open_storage
from storage_core.entries import Outcome
from storage_core.exceptions import StoreUnavailable
from tests.redis_server import RedisServer, free_port
from tests.storage_core.following import Follower
from tests.waiting import until

SLOTS = 16384


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[list[RedisServer]]:
    """Two primaries that share the keys."""
    servers = []
    for name in ("one", "two"):
        directory = tmp_path / name
        directory.mkdir()
        bus = str(free_port())
        servers.append(RedisServer(directory, "--cluster-enabled", "yes", "--cluster-port", bus))
    one, two = servers
    for server in servers:
        server.start()
    one.command("CLUSTER", "ADDSLOTSRANGE", "0", str(SLOTS // 2 - 1))
    two.command("CLUSTER", "ADDSLOTSRANGE", str(SLOTS // 2), str(SLOTS - 1))
    bus = two.arguments[-1]
    one.command("CLUSTER", "MEET", "127.0.0.1", str(two.port), bus)
    for server in servers:
        await until(lambda server=server: b"cluster_state:ok" in server.command("CLUSTER", "INFO"))
    yield servers
    for server in servers:
        server.kill()


@pytest.fixture
async def store(cluster: list[RedisServer]) -> AsyncIterator[BrowsableStorage]:
    async with open_storage(f"redis+cluster://127.0.0.1:{cluster[0].port}") as opened:
        assert isinstance(opened, BrowsableStorage)
        yield opened


async def test_it_keeps_keys_on_both_primaries(
    cluster: list[RedisServer], store: BrowsableStorage
) -> None:
    keys = [f"acme.plugins.Karma:{number}" for number in range(40)]
    for key in keys:
        await store.set(key, key.encode(), 60)
    assert [await store.get(key) for key in keys] == [key.encode() for key in keys]
    assert {entry.key async for page in store.scan() for entry in page} == set(keys)
    assert [value and value.data for value in await store.fetch(keys)] == [k.encode() for k in keys]
    assert all(entry and entry.expires_at for entry in await store.describe(keys))
    held = [int(server.command("DBSIZE")[1:]) for server in cluster]
    assert sum(held) == 40
    assert min(held) > 0


async def test_it_changes_with_care_in_a_cluster(store: BrowsableStorage) -> None:
    for number in range(10):
        key = f"key {number}"
        assert await store.compare_and_set(key, None, b"old", expires=60) is Outcome.SAVED
        assert await store.compare_and_set(key, b"old", b"new") is Outcome.SAVED
        assert await store.compare_and_set(key, b"old", b"other") is Outcome.CHANGED
        assert await store.compare_and_set(key, b"new", None) is Outcome.SAVED
        assert not await store.has(key)


async def test_it_follows_every_primary(store: BrowsableStorage) -> None:
    keys = [f"key {number}" for number in range(20)]
    async with Follower(store) as seen:
        for key in keys:
            await store.set(key, b"x")
        await seen.sees(*keys)


async def test_it_follows_a_key_that_moves(
    cluster: list[RedisServer], store: BrowsableStorage
) -> None:
    await store.set("key", b"x")
    slot = cluster[0].command("CLUSTER", "KEYSLOT", "SM:key").decode()[1:].strip()
    holder, other = sorted(cluster, key=lambda server: server.command("DBSIZE"), reverse=True)
    other_id = re.findall(r"\w{40}", other.command("CLUSTER", "MYID").decode())[0]
    holder.command("DEL", "SM:key")
    for server in (other, holder):
        server.command("CLUSTER", "SETSLOT", slot, "NODE", other_id)
    await store.set("key", b"y")  # the client's map is old by now
    assert await store.get("key") == b"y"
    assert other.command("DBSIZE") == b":1\r\n"


async def test_it_says_that_a_cluster_is_not_there() -> None:
    with pytest.raises(StoreUnavailable):
        await open_storage(f"redis+cluster://127.0.0.1:{free_port()}")


@pytest.fixture
def sentinel(tmp_path: Path, redis_url: str) -> Iterator[RedisServer]:
    """A Sentinel that watches over this test process's server."""
    port = redis_url.rpartition(":")[2].partition("/")[0]
    config = tmp_path / "sentinel.conf"
    config.write_text(f"sentinel monitor mymaster 127.0.0.1 {port} 1\n")
    server = RedisServer(tmp_path, "--sentinel", config=config)
    server.start()
    yield server
    server.kill()


async def test_it_asks_sentinel_for_the_primary(sentinel: RedisServer) -> None:
    url = f"redis+sentinel://127.0.0.1:{sentinel.port}/mymaster/0"
    async with open_storage(url) as store:
        assert isinstance(store, BrowsableStorage)
        async with Follower(store) as seen:
            await store.set("key", b"x")
            await seen.sees("key")
        assert await store.get("key") == b"x"


async def test_it_says_that_sentinel_knows_no_such_service(sentinel: RedisServer) -> None:
    with pytest.raises(StoreUnavailable):
        await open_storage(f"redis+sentinel://127.0.0.1:{sentinel.port}/nothing/0")
