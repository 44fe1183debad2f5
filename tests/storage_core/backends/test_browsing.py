"""What every backend does, for a dashboard: listing and describing."""

import time

import pytest

from storage_core import BrowsableStorage
from storage_core.entries import NEVER, NO_SIZE
from storage_core.keys import key_to_bytes


async def _listed(backend: BrowsableStorage, batch: int = 1000) -> list[str]:
    return [entry.key async for page in backend.scan(batch=batch) for entry in page]


async def test_it_lists_nothing_in_an_empty_store(backend: BrowsableStorage) -> None:
    assert await _listed(backend) == []


async def test_it_lists_every_key(backend: BrowsableStorage) -> None:
    keys = {f"acme.plugins.Polls:{number}" for number in range(250)}
    for key in keys:
        await backend.set(key, b"x")
    assert set(await _listed(backend)) == keys


async def test_it_says_at_once_how_many_keys_it_lists_at_most_or_that_it_cannot(
    backend: BrowsableStorage,
) -> None:
    for number in range(25):
        await backend.set(f"key {number}", b"x")
    most = await backend.most_keys()
    assert (most == 25) if backend.feed.startswith("by Redis") else (most is None)


async def test_it_lists_every_key_at_any_size_of_batch(backend: BrowsableStorage) -> None:
    keys = {f"key {number}" for number in range(20)}
    for key in keys:
        await backend.set(key, b"x")
    for batch in (1, 7, 10, 1000):
        assert set(await _listed(backend, batch)) == keys


async def test_it_lists_what_stays_while_other_keys_come_and_go(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    staying = {f"stays {number}" for number in range(100)}
    for key in staying:
        await backend.set(key, b"x")
        await backend.set(f"goes {key}", b"x")
    listed: set[str] = set()
    async for page in backend.scan(batch=10):
        listed.update(entry.key for entry in page)
        for key in list(staying)[:5]:
            await another.set(key, b"again")
            await another.delete(f"goes {key}")
            await another.set(f"comes {key}", b"x")
    assert staying <= listed


async def test_it_can_be_listed_twice_at_once(backend: BrowsableStorage) -> None:
    for number in range(30):
        await backend.set(f"key {number}", b"x")
    outer: set[str] = set()
    async for page in backend.scan(batch=10):
        outer.update(entry.key for entry in page)
        assert len(set(await _listed(backend))) == 30
    assert len(outer) == 30


async def test_it_survives_a_listing_that_is_left_early(backend: BrowsableStorage) -> None:
    for number in range(30):
        await backend.set(f"key {number}", b"x")
    pages = backend.scan(batch=10)
    await anext(pages)
    await pages.aclose()  # type: ignore[attr-defined] # it is a generator
    await backend.set("key 1", b"y")
    assert await backend.get("key 1") == b"y"


async def test_it_describes_size_and_expiry(backend: BrowsableStorage) -> None:
    await backend.set("for ever", b"12345")
    await backend.set("for a minute", b"123", 60)
    ever, nothing, minute = await backend.describe(["for ever", "nowhere", "for a minute"])
    assert nothing is None
    assert ever is not None
    assert (ever.key, ever.size, ever.expires_at, ever.note) == ("for ever", 5, None, None)
    assert minute is not None
    assert minute.size == 3
    assert minute.expires_at == pytest.approx(time.time() + 60, abs=1)


async def test_it_fetches_bytes_and_expiry(backend: BrowsableStorage) -> None:
    await backend.set("for ever", b"12345")
    await backend.set("for a minute", b"123", 60)
    minute, nothing, ever = await backend.fetch(["for a minute", "nowhere", "for ever"])
    assert nothing is None
    assert ever is not None
    assert (ever.data, ever.expires_at) == (b"12345", None)
    assert minute is not None
    assert minute.data == b"123"
    assert minute.expires_at == pytest.approx(time.time() + 60, abs=1)


async def test_it_describes_and_fetches_thousands_at_once(backend: BrowsableStorage) -> None:
    keys = [f"key {number}" for number in range(600)]
    for key in keys[::2]:
        await backend.set(key, key.encode())
    described = await backend.describe(keys)
    fetched = await backend.fetch(keys)
    assert [entry and entry.key for entry in described[::2]] == keys[::2]
    assert [value and value.data for value in fetched[::2]] == [key.encode() for key in keys[::2]]
    assert set(described[1::2]) == set(fetched[1::2]) == {None}


async def test_it_describes_no_keys_as_nothing(backend: BrowsableStorage) -> None:
    assert list(await backend.describe([])) == []
    assert list(await backend.fetch([])) == []


async def test_it_says_how_changes_are_noticed(backend: BrowsableStorage) -> None:
    assert backend.feed


async def test_it_lists_and_describes_the_same_in_columns(backend: BrowsableStorage) -> None:
    for number in range(30):
        await backend.set(f"key {number}", b"x" * number, 3600 if number % 2 else None)
    listed = [key async for page in backend.scan_columns(batch=7) for key in page.stored_keys]
    assert sorted(listed) == sorted(f"key {number}".encode() for number in range(30))
    asked = [*listed, b"nowhere"]
    found = await backend.describe_columns(asked)
    assert list(found.keys) == asked
    entries = {key_to_bytes(e.key): e for e in await backend.describe([k.decode() for k in listed])}
    for key, size, expires_at in zip(listed, found.sizes, found.expires_at, strict=False):
        assert size == entries[key].size
        assert expires_at == pytest.approx(entries[key].expires_at or NEVER, abs=1)
    assert found.sizes[-1] == NO_SIZE
