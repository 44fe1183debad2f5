"""Changing with care: exactly the bytes that were read, or nothing."""

import asyncio
import time

import pytest

from storage_core import BrowsableStorage
from storage_core.entries import Outcome
from storage_core.exceptions import InvalidExpiry
from tests.waiting import until


async def _expires_at(backend: BrowsableStorage, key: str) -> float | None:
    [value] = await backend.fetch([key])
    assert value is not None
    return value.expires_at


async def test_it_replaces_the_bytes_that_were_expected(backend: BrowsableStorage) -> None:
    await backend.set("key", b"old")
    assert await backend.compare_and_set("key", b"old", b"new") is Outcome.SAVED
    assert await backend.get("key") == b"new"


async def test_it_writes_nothing_over_other_bytes(backend: BrowsableStorage) -> None:
    await backend.set("key", b"the bot's")
    assert await backend.compare_and_set("key", b"old", b"new") is Outcome.CHANGED
    assert await backend.compare_and_set("key", b"old", None) is Outcome.CHANGED
    assert await backend.compare_and_set("key", None, b"new") is Outcome.CHANGED
    assert await backend.get("key") == b"the bot's"


async def test_it_does_not_bring_back_what_was_deleted(backend: BrowsableStorage) -> None:
    assert await backend.compare_and_set("key", b"old", b"new") is Outcome.GONE
    assert await backend.compare_and_set("key", b"old", None) is Outcome.GONE
    assert await backend.has("key") is False


async def test_it_does_not_bring_back_what_has_expired(backend: BrowsableStorage) -> None:
    await backend.set("key", b"old", 0.05)

    async def is_gone() -> bool:
        return not await backend.has("key")

    await until(is_gone, seconds=2)
    assert await backend.compare_and_set("key", b"old", b"new") is Outcome.GONE
    assert await backend.compare_and_set("key", b"old", b"old", expires=60) is Outcome.GONE
    assert await backend.has("key") is False


async def test_it_creates_where_nothing_is(backend: BrowsableStorage) -> None:
    assert await backend.compare_and_set("key", None, b"new") is Outcome.SAVED
    assert await backend.get("key") == b"new"
    assert await _expires_at(backend, "key") is None


async def test_it_creates_with_an_expiry(backend: BrowsableStorage) -> None:
    assert await backend.compare_and_set("key", None, b"new", expires=60) is Outcome.SAVED
    assert await _expires_at(backend, "key") == pytest.approx(time.time() + 60, abs=1)


async def test_it_deletes_what_was_expected(backend: BrowsableStorage) -> None:
    await backend.set("key", b"old")
    assert await backend.compare_and_set("key", b"old", None) is Outcome.SAVED
    assert await backend.has("key") is False


async def test_it_keeps_the_ttl_when_a_value_is_edited(backend: BrowsableStorage) -> None:
    await backend.set("key", b"old", 60)
    before = await _expires_at(backend, "key")
    assert await backend.compare_and_set("key", b"old", b"new") is Outcome.SAVED
    assert await _expires_at(backend, "key") == pytest.approx(before, abs=0.1)


async def test_it_changes_the_expiry_alone(backend: BrowsableStorage) -> None:
    await backend.set("key", b"same")
    assert await backend.compare_and_set("key", b"same", b"same", expires=90) is Outcome.SAVED
    assert await _expires_at(backend, "key") == pytest.approx(time.time() + 90, abs=1)
    assert await backend.compare_and_set("key", b"same", b"same", expires=None) is Outcome.SAVED
    assert await _expires_at(backend, "key") is None
    assert await backend.get("key") == b"same"


async def test_it_changes_bytes_and_expiry_in_one_step(backend: BrowsableStorage) -> None:
    await backend.set("key", b"old", 60)
    assert await backend.compare_and_set("key", b"old", b"new", expires=None) is Outcome.SAVED
    assert await _expires_at(backend, "key") is None
    assert await backend.compare_and_set("key", b"new", b"newer", expires=30) is Outcome.SAVED
    assert await _expires_at(backend, "key") == pytest.approx(time.time() + 30, abs=1)


async def test_it_is_saved_if_the_store_already_holds_it(backend: BrowsableStorage) -> None:
    await backend.set("key", b"new", 60)
    assert await backend.compare_and_set("key", b"old", b"new") is Outcome.SAVED
    assert await backend.compare_and_set("key", None, b"new") is Outcome.SAVED
    assert await _expires_at(backend, "key") == pytest.approx(time.time() + 60, abs=1)


async def test_it_keeps_the_empty_value_apart_from_no_value(backend: BrowsableStorage) -> None:
    assert await backend.compare_and_set("key", b"", b"new") is Outcome.GONE
    assert await backend.compare_and_set("key", None, b"") is Outcome.SAVED
    assert await backend.compare_and_set("key", None, b"new") is Outcome.CHANGED
    assert await backend.compare_and_set("key", b"", b"new") is Outcome.SAVED


async def test_it_refuses_an_expiry_that_is_not_positive(backend: BrowsableStorage) -> None:
    await backend.set("key", b"old")
    for expires in (0, -5, float("nan")):
        with pytest.raises(InvalidExpiry):
            await backend.compare_and_set("key", b"old", b"new", expires=expires)
    assert await backend.get("key") == b"old"


async def test_it_lets_one_of_many_writers_win_each_round(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    await backend.set("count", b"0")

    async def increase(through: BrowsableStorage, name: bytes) -> None:
        for _ in range(15):
            outcome = None
            while outcome is not Outcome.SAVED:
                old = await through.get("count")
                assert old is not None
                # The name makes every value unlike the others': SAVED then means "by me".
                new = b"%d %s" % (int(old.split()[0]) + 1, name)
                outcome = await through.compare_and_set("count", old, new)

    writers = {b"one": backend, b"two": another, b"three": backend}
    await asyncio.gather(*(increase(through, name) for name, through in writers.items()))
    assert (await backend.get("count") or b"").startswith(b"45 ")
