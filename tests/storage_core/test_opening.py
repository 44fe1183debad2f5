"""A store by its URL: what it opens, and what it refuses without telling secrets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from storage_core import BrowsableStorage, MachineBaseStorage, PluginStorage, open_storage
from storage_core.backends.memory import MemoryStorage
from storage_core.backends.redis import RedisStorage
from storage_core.backends.sqlite import SQLiteStorage
from storage_core.exceptions import InvalidStoreURL, ReadOnlyStore, StoreUnavailable


class ForeignStorage:
    """A backend that was written for Slack Machine and knows nothing of us."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self.entries: dict[str, bytes] = {}
        self.is_open = False

    async def init(self) -> None:
        self.is_open = True

    async def get(self, key: str) -> bytes | None:
        return self.entries.get(key)

    async def set(self, key: str, value: bytes, expires: int | None = None) -> None:
        self.entries[key] = value

    async def delete(self, key: str) -> None:
        del self.entries[key]

    async def has(self, key: str) -> bool:
        return int(key in self.entries)  # type: ignore[return-value] # as upstream's SQLite

    async def size(self) -> int:
        return 1

    async def close(self) -> None:
        self.is_open = False


async def test_it_opens_a_file_that_is_there(sqlite_path: str) -> None:
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        await store.set("key", b"x")
    for url in (f"sqlite://{sqlite_path}", f"sqlite:///{sqlite_path}"):
        async with open_storage(url) as store:
            assert await store.get("key") == b"x"


async def test_it_opens_a_file_by_a_path_from_here(
    sqlite_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        await store.set("key", b"x")
    monkeypatch.chdir(Path(sqlite_path).parent)
    async with open_storage("sqlite:///slack-machine-state.db") as store:
        assert await store.get("key") == b"x"


async def test_it_makes_a_file_unless_it_is_told_not_to(sqlite_path: str) -> None:
    url = f"sqlite://{sqlite_path}"
    for unwanted in (f"{url}?create=0", f"{url}?mode=ro"):
        with pytest.raises(StoreUnavailable, match="no SQLite file"):
            await open_storage(unwanted)
    with pytest.raises(StoreUnavailable, match="no SQLite file"):
        await open_storage(url, create=False)
    async with open_storage(url) as store:
        await store.set("key", b"x")
    async with open_storage(url, create=False) as store:
        assert await store.has("key")


async def test_it_makes_a_file_named_without_a_folder_where_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_storage("sqlite:///bot.db") as store:
        await store.set("key", b"x")
    assert (tmp_path / "bot.db").exists()


async def test_it_opens_redis_with_a_prefix(redis_url: str) -> None:
    async with open_storage(f"{redis_url}?prefix=BOT2") as store:
        assert isinstance(store, RedisStorage)
        await store.set("key", b"x")
    async with RedisStorage({"REDIS_URL": redis_url, "REDIS_KEY_PREFIX": "BOT2"}) as store:
        assert await store.get("key") == b"x"
    async with RedisStorage({"REDIS_URL": redis_url}) as store:
        assert not await store.has("key")


async def test_it_shares_named_memory_within_the_process() -> None:
    async with open_storage("memory://shared") as one, open_storage("memory://shared") as two:
        await one.set("key", b"x")
        assert await two.get("key") == b"x"
    assert isinstance(open_storage("memory://"), MemoryStorage)
    assert not await open_storage("memory://").has("key")


async def test_it_awaits_to_an_open_store() -> None:
    store = await open_storage("memory://")
    await store.set("key", b"x")
    await store.close()


async def test_it_opens_a_backend_that_another_wrote() -> None:
    store = open_storage(f"class:{__name__}.ForeignStorage?COLOUR=blue")
    assert isinstance(store, MachineBaseStorage)
    assert not isinstance(store, BrowsableStorage)
    assert store.settings == {"COLOUR": "blue"}
    async with store:
        storage = PluginStorage("acme.plugins.Example", store)
        await storage.set("key", [1])
        assert await storage.get("key") == [1]
        assert await store.has("acme.plugins.Example:key") is True
        await store.delete("nowhere")


async def test_it_opens_ours_by_class() -> None:
    store = open_storage("class:storage_core.backends.memory.MemoryStorage")
    assert isinstance(store, MemoryStorage)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nothing",
        "mysql://host/db",
        "sqlite://",
        "sqlite:///x.db?colour=blue",
        "sqlite:///x.db?mode=maybe",
        "sqlite:///x.db?create=maybe",
        "sqlite:///x.db?synchronous=OFF",
        "redis://host:notaport/0",
        "redis://host/zero",
        "redis://host/0?max_connections=none",
        "redis+sentinel://host:26379",
        "class:no.such.module.Backend",
        "class:pathlib.Path",
        "class:",
        "dynamodb://table?colour=blue",
    ],
)
def test_it_refuses_in_words(url: str) -> None:
    with pytest.raises(InvalidStoreURL) as caught:
        open_storage(url)
    assert str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "redis://:s3cret@host:notaport/0",
        "redis://user:s3cret@host/zero",
        "redis+sentinel://:s3cret@host",
        "mysql://user:s3cret@host/db",
        "redis://host/0?password=s3cret&nonsense=1",
        "redis://user:s3cret@[::1/0",
    ],
)
def test_it_tells_no_secret(url: str) -> None:
    with pytest.raises(InvalidStoreURL) as caught:
        open_storage(url)
    assert "s3cret" not in str(caught.value) + repr(caught.value)
    assert caught.value.__cause__ is None or "s3cret" not in str(caught.value.__cause__)


def test_it_shows_no_secret_of_an_open_store() -> None:
    store = open_storage("redis://user:s3cret@host/0")
    assert "s3cret" not in repr(store)


async def test_it_changes_nothing_when_opened_for_reading(sqlite_path: str) -> None:
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as store:
        await store.set("key", b"x")
    async with open_storage(f"sqlite://{sqlite_path}?mode=ro") as store:
        assert isinstance(store, BrowsableStorage)
        for change in (
            store.set("key", b"y"),
            store.delete("key"),
            store.compare_and_set("key", b"x", b"y"),
        ):
            with pytest.raises(ReadOnlyStore):
                await change
        assert [entry.key async for page in store.scan() for entry in page] == ["key"]
        [value] = await store.fetch(["key"])
        assert value is not None
        assert value.data == await store.get("key") == b"x"
        assert store.feed


async def test_it_changes_nothing_in_anothers_backend_when_opened_for_reading() -> None:
    async with open_storage(f"class:{__name__}.ForeignStorage?mode=ro") as store:
        with pytest.raises(ReadOnlyStore):
            await store.set("key", b"y")
        assert not await store.has("key")
