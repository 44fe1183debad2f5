"""What a plugin holds, over every backend: Slack Machine's own example plugin among others."""

import datetime as dt
from typing import Any

import pytest

from storage_core import BrowsableStorage, MachineBaseStorage, PluginStorage
from storage_core.exceptions import InvalidExpiry


class StoragePlugin:
    """Slack Machine's example plugin, without the chat: one method for each command."""

    def __init__(self, storage: PluginStorage) -> None:
        self.storage = storage

    async def store(self, key: str, value: str) -> str:
        await self.storage.set(key, value)
        return f"{key} -> {value}"

    async def retrieve(self, key: str) -> str:
        return f"{key} -> {await self.storage.get(key)}"

    async def delete(self, key: str) -> str:
        await self.storage.delete(key)
        return f"{key} deleted"

    async def exists(self, key: str) -> str:
        return f"{key} {'exists' if await self.storage.has(key) else 'does not exist'}"

    async def size(self) -> str:
        return f"storage size: {await self.storage.get_storage_size_human()}"


@pytest.fixture
def storage(backend: BrowsableStorage) -> PluginStorage:
    return PluginStorage("acme.plugins.Example", backend)


async def test_the_example_plugin_stores_retrieves_and_deletes(storage: PluginStorage) -> None:
    plugin = StoragePlugin(storage)
    assert await plugin.store("key", "value") == "key -> value"
    assert await plugin.exists("key") == "key exists"
    assert await plugin.retrieve("key") == "key -> value"
    assert await plugin.delete("key") == "key deleted"
    assert await plugin.exists("key") == "key does not exist"
    assert await plugin.retrieve("key") == "key -> None"
    assert await plugin.delete("key") == "key deleted"
    assert (await plugin.size()).endswith("B")


async def test_it_puts_the_plugins_name_before_its_keys(
    storage: PluginStorage, backend: BrowsableStorage
) -> None:
    await storage.set("key", 1)
    assert await backend.has("acme.plugins.Example:key")
    assert not await backend.has("key")


async def test_it_shares_what_is_shared_and_nothing_else(
    storage: PluginStorage, backend: BrowsableStorage
) -> None:
    another = PluginStorage("acme.plugins.Another", backend)
    await storage.set("key", "mine")
    await storage.set("key", "ours", shared=True)
    assert await another.get("key") is None
    assert await another.get("key", shared=True) == "ours"
    await another.delete("key", shared=True)
    assert await storage.get("key", shared=True) is None
    assert await storage.get("key") == "mine"


async def test_it_tells_a_stored_none_from_a_missing_key(storage: PluginStorage) -> None:
    await storage.set("nothing", None)
    assert await storage.get("nothing") is None
    assert await storage.has("nothing")
    assert not await storage.has("nowhere")


async def test_it_takes_seconds_and_timedeltas(
    storage: PluginStorage, backend: BrowsableStorage
) -> None:
    await storage.set("int", 1, expires=60)
    await storage.set("float", 1, expires=60.5)
    await storage.set("timedelta", 1, expires=dt.timedelta(minutes=1))
    entries = await backend.describe(
        [f"acme.plugins.Example:{key}" for key in ("int", "float", "timedelta")]
    )
    now = dt.datetime.now(dt.UTC).timestamp()
    moments = [entry.expires_at for entry in entries if entry]
    assert moments == [pytest.approx(now + 60, abs=2)] * 3


@pytest.mark.parametrize(
    "expires", [0, -1, dt.timedelta(0), dt.timedelta(seconds=-5), True, float("nan"), "60"]
)
async def test_it_refuses_an_expiry_that_is_not_positive(expires: Any) -> None:
    storage = PluginStorage("acme.plugins.Example", DictStorage({}))
    with pytest.raises(InvalidExpiry):
        await storage.set("key", 1, expires=expires)
    assert not await storage.has("key")


async def test_it_says_why_in_does_not_work() -> None:
    storage = PluginStorage("acme.plugins.Example", DictStorage({}))
    with pytest.raises(TypeError, match=r"await storage\.has\('key'\)"):
        _ = "key" in storage


class DictStorage(MachineBaseStorage):
    """The shortest backend that an author can write."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.entries: dict[str, bytes] = {}
        self.expires: list[float | None] = []

    async def get(self, key: str) -> bytes | None:
        return self.entries.get(key)

    async def set(self, key: str, value: bytes, expires: int | None = None) -> None:
        self.entries[key] = value
        self.expires.append(expires)

    async def delete(self, key: str) -> None:
        self.entries.pop(key, None)

    async def has(self, key: str) -> bool:
        return key in self.entries

    async def size(self) -> int:
        return 4096


async def test_it_gives_whole_seconds_to_a_backend_that_another_wrote() -> None:
    backend = DictStorage({})
    storage = PluginStorage("acme.plugins.Example", backend)
    await storage.set("key", 1, expires=0.2)
    await storage.set("key", 1, expires=dt.timedelta(seconds=5))
    assert backend.expires == [1, 5]
    assert all(type(seconds) is int for seconds in backend.expires)


async def test_it_words_sizes_as_slack_machine_does() -> None:
    storage = PluginStorage("acme.plugins.Example", DictStorage({}))
    assert await storage.get_storage_size() == 4096
    assert await storage.get_storage_size_human() == "4.0KB"
