"""What every backend does, for a bot: bytes under stored keys."""

import asyncio

import pytest

from storage_core import BrowsableStorage
from storage_core.backends.dynamodb import DynamoDBStorage
from storage_core.exceptions import InvalidExpiry, StoreUnavailable, UnsupportedByBackend
from tests.waiting import until

STRANGE_KEYS = [
    "acme.plugins.Karma:anna",
    "rbac:role:admin",
    "",
    " ",
    "a*b?c[d]e\\f^g-",
    "\x00zero\x00",
    "naïve 💡 clé",
    "k" * 2000,
    "%s' OR 1=1 --",
]


async def test_it_gives_back_what_was_set(backend: BrowsableStorage) -> None:
    await backend.set("key", b"\x80\x04N.")
    assert await backend.get("key") == b"\x80\x04N."


async def test_it_gives_none_for_a_key_that_is_not_there(backend: BrowsableStorage) -> None:
    assert await backend.get("nowhere") is None
    assert await backend.has("nowhere") is False


async def test_it_keeps_bytes_as_they_are(backend: BrowsableStorage) -> None:
    data = bytes(range(256)) * 300
    await backend.set("all", data)
    await backend.set("empty", b"")
    assert await backend.get("all") == data
    assert await backend.get("empty") == b""
    assert await backend.has("empty") is True


async def test_it_overwrites(backend: BrowsableStorage) -> None:
    await backend.set("key", b"old")
    await backend.set("key", b"new")
    assert await backend.get("key") == b"new"


async def test_it_answers_has_with_a_bool(backend: BrowsableStorage) -> None:
    await backend.set("key", b"x")
    assert await backend.has("key") is True


async def test_it_deletes(backend: BrowsableStorage) -> None:
    await backend.set("key", b"x")
    await backend.delete("key")
    assert await backend.get("key") is None
    assert await backend.has("key") is False


async def test_it_finds_nothing_wrong_in_deleting_what_is_not_there(
    backend: BrowsableStorage,
) -> None:
    await backend.delete("nowhere")
    assert await backend.has("nowhere") is False


async def test_it_takes_any_key(backend: BrowsableStorage) -> None:
    for key in STRANGE_KEYS:
        await backend.set(key, key.encode("utf-8", "surrogateescape"))
    assert {entry.key async for page in backend.scan() for entry in page} == set(STRANGE_KEYS)
    fetched = await backend.fetch(STRANGE_KEYS)
    assert [value and value.key for value in fetched] == STRANGE_KEYS
    for key in STRANGE_KEYS:
        assert await backend.get(key) == key.encode("utf-8", "surrogateescape")
        await backend.delete(key)
        assert await backend.get(key) is None


async def test_it_takes_a_key_that_is_no_utf_8(backend: BrowsableStorage) -> None:
    key = "\udcff\udc80not utf-8"
    if isinstance(backend, DynamoDBStorage):  # whose keys are text
        with pytest.raises(UnsupportedByBackend):
            await backend.set(key, b"mine")
        assert await backend.get(key) is None
        assert await backend.describe([key]) == [None]
        return
    await backend.set(key, b"mine")
    assert await backend.get(key) == b"mine"
    assert [entry.key async for page in backend.scan() for entry in page] == [key]
    [described] = await backend.describe([key])
    assert described is not None
    assert described.key == key


async def test_it_forgets_what_has_expired(backend: BrowsableStorage) -> None:
    await backend.set("key", b"x", 0.05)
    await until(lambda: _is_gone(backend, "key"), seconds=2)
    assert await backend.get("key") is None
    assert await backend.describe(["key"]) == [None]
    assert await backend.fetch(["key"]) == [None]


async def _is_gone(backend: BrowsableStorage, key: str) -> bool:
    return not await backend.has(key)


async def test_it_keeps_what_has_not_expired(backend: BrowsableStorage) -> None:
    await backend.set("key", b"x", 60)
    assert await backend.get("key") == b"x"
    assert await backend.has("key") is True


async def test_it_removes_the_expiry_with_a_plain_set(backend: BrowsableStorage) -> None:
    await backend.set("key", b"x", 60)
    await backend.set("key", b"y")
    [entry] = await backend.describe(["key"])
    assert entry is not None
    assert entry.expires_at is None


async def test_it_refuses_an_expiry_that_is_no_positive_number(
    backend: BrowsableStorage,
) -> None:
    for expires in (0, -1, 0.0, float("nan"), float("inf"), True, "60", 10**12, b"1"):
        with pytest.raises(InvalidExpiry):
            await backend.set("key", b"x", expires)  # type: ignore[arg-type] # the point
    assert await backend.has("key") is False


async def test_it_has_a_size(backend: BrowsableStorage) -> None:
    await backend.set("key", b"x" * 100)
    size = await backend.size()
    assert isinstance(size, int)
    if not isinstance(backend, DynamoDBStorage):  # which measures a table every six hours
        assert size > 0


async def test_it_opens_twice_and_closes_twice_in_peace(backend: BrowsableStorage) -> None:
    await backend.init()
    await backend.set("key", b"x")
    await backend.close()
    await backend.close()


async def test_it_works_again_after_closing_and_opening(backend: BrowsableStorage) -> None:
    await backend.set("key", b"x")
    await backend.close()
    await backend.init()
    assert await backend.get("key") == b"x"


async def test_it_says_so_when_it_was_never_opened(make_backend) -> None:
    backend = make_backend()
    if backend.feed.startswith("directly"):
        assert await backend.get("key") is None  # memory is always open
        return
    with pytest.raises(StoreUnavailable, match="not been opened"):
        await backend.get("key")


async def test_it_never_mixes_up_the_answers_of_two_tasks(backend: BrowsableStorage) -> None:
    await backend.set("a", b"value of a")
    await backend.set("b", b"value of b")

    async def read(key: str) -> list[bytes | None]:
        return [await backend.get(key) for _ in range(200)]

    of_a, of_b = await asyncio.gather(read("a"), read("b"))
    assert of_a == [b"value of a"] * 200
    assert of_b == [b"value of b"] * 200


async def test_it_keeps_every_write_of_many_tasks(backend: BrowsableStorage) -> None:
    keys = [f"key {number}" for number in range(300)]
    await asyncio.gather(*(backend.set(key, key.encode()) for key in keys))
    values = await asyncio.gather(*(backend.get(key) for key in keys))
    assert values == [key.encode() for key in keys]


async def test_it_keeps_the_order_in_which_one_task_asks(backend: BrowsableStorage) -> None:
    async def write_and_read(key: str) -> None:
        for number in range(20):
            await backend.set(key, b"%d" % number)
            assert await backend.get(key) == b"%d" % number
            await backend.delete(key)
            assert not await backend.has(key)

    await asyncio.gather(*(write_and_read(f"key {number}") for number in range(10)))


async def test_it_goes_on_after_a_task_was_cancelled(backend: BrowsableStorage) -> None:
    tasks = [asyncio.ensure_future(backend.set(f"k{n}", b"x")) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await backend.set("after", b"y")
    assert await backend.get("after") == b"y"
    assert await backend.get("k1") == b"x"


async def test_it_sees_what_another_one_writes(
    backend: BrowsableStorage, another: BrowsableStorage
) -> None:
    await another.set("key", b"theirs")
    assert await backend.get("key") == b"theirs"
    await backend.set("key", b"ours")
    assert await another.get("key") == b"ours"
