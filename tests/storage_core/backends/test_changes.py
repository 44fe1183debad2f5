"""The feed of every backend: each change is seen, none is invented, a doubt is a gap."""

import random

from storage_core import BrowsableStorage
from storage_core.backends.dynamodb import DynamoDBStorage
from storage_core.entries import Outcome
from tests.storage_core.following import Follower
from tests.waiting import until


async def test_it_starts_with_a_gap(backend: BrowsableStorage) -> None:
    await backend.set("before", b"x")
    async with Follower(backend) as seen:
        assert len(seen.gaps) == 1
        assert seen.keys == []


async def test_it_sees_what_another_one_writes(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    async with Follower(backend) as seen:
        await another.set("acme.plugins.Karma:anna", b"1")
        await seen.sees("acme.plugins.Karma:anna")


async def test_it_sees_its_own_writes(backend: BrowsableStorage) -> None:
    async with Follower(backend) as seen:
        await backend.set("key", b"1")
        await seen.sees("key")


async def test_it_sees_each_overwriting(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    await another.set("key", b"0")
    await another.set("beside", b"0")
    async with Follower(backend) as seen:
        for number in range(1, 4):
            seen.forget()
            await another.set("key", b"%d" % number)
            await seen.sees("key")
        assert set(seen.keys) == {"key"}


async def test_it_sees_deleting(backend: BrowsableStorage, another: BrowsableStorage) -> None:
    for key in ("first", "middle", "last"):
        await another.set(key, b"x")
    async with Follower(backend) as seen:
        for key in ("middle", "last", "first"):
            await another.delete(key)
            await seen.sees(key)
        assert set(seen.keys) == {"first", "middle", "last"}
        assert len(seen.gaps) == 1


async def test_it_sees_deleting_and_setting_again(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    for key in ("a", "b", "c"):
        await another.set(key, b"x")
    async with Follower(backend) as seen:
        await another.delete("c")
        await another.set("c", b"y")
        await seen.sees("c")
        assert "a" not in seen.keys


async def test_it_sees_a_change_of_expiry_alone(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    await another.set("key", b"x")
    async with Follower(backend) as seen:
        assert await another.compare_and_set("key", b"x", b"x", expires=60) is Outcome.SAVED
        await seen.sees("key")


async def test_it_sees_a_careful_change(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    await another.set("key", b"x")
    async with Follower(backend) as seen:
        assert await another.compare_and_set("key", b"x", b"y") is Outcome.SAVED
        await seen.sees("key")


async def test_it_sees_what_expires(backend: BrowsableStorage, another: BrowsableStorage) -> None:
    async with Follower(backend) as seen:
        await another.set("key", b"x", 0.3)
        await seen.sees("key")
        seen.forget()
        await seen.sees("key")
        assert not await backend.has("key")


async def test_it_names_keys_that_are_no_utf_8(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    if isinstance(backend, DynamoDBStorage):
        return  # whose keys are always text
    async with Follower(backend) as seen:
        await another.set("\udcff:\udcfe", b"x")
        await seen.sees("\udcff:\udcfe")


async def test_it_says_nothing_while_nothing_happens(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    await another.set("key", b"x")
    async with Follower(backend) as seen:
        for _ in range(20):
            await another.get("key")
            await another.delete("nowhere")
            [_ async for _ in another.scan()]
        await another.set("end", b"x")
        await seen.sees("end")
        assert seen.keys == ["end"]
        assert len(seen.gaps) == 1


async def test_it_can_be_followed_twice(backend: BrowsableStorage) -> None:
    async with Follower(backend) as one, Follower(backend) as two:
        await backend.set("key", b"x")
        await one.sees("key")
        await two.sees("key")


async def test_it_serves_while_it_is_followed(backend: BrowsableStorage) -> None:
    async with Follower(backend) as seen:
        for number in range(200):
            await backend.set(f"key {number}", b"x")
        await seen.sees(*(f"key {number}" for number in range(200)))
        assert set(seen.keys) == {f"key {number}" for number in range(200)}


async def test_it_leads_to_the_state_of_the_store(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    """A copy that follows the feed, re-reading what it names, ends equal to the store."""
    copy: dict[str, bytes] = {}
    keys = [f"key {number}" for number in range(40)]
    choose = random.Random(20)

    async def refresh(names: list[str]) -> None:
        for key, value in zip(names, await backend.fetch(names), strict=True):
            copy.pop(key, None)
            if value is not None:
                copy[key] = value.data

    async def is_equal() -> bool:
        named, seen.keys = seen.keys, []
        await refresh(keys if len(seen.gaps) > gaps_known.pop() else sorted(set(named)))
        gaps_known.append(len(seen.gaps))
        stored = {value.key: value.data for value in await another.fetch(keys) if value}
        return copy == stored and not seen.keys

    gaps_known = [0]
    async with Follower(backend) as seen:
        for number in range(300):
            key = choose.choice(keys)
            if choose.random() < 0.4:
                await another.delete(key)
            else:
                await another.set(key, b"%d" % number)
            if number % 47 == 0:
                await is_equal()
        await until(is_equal)
