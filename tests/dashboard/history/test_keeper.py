"""The bot's last versions are kept, seldom enough to leave it alone, and by one process."""

import asyncio

import pytest
from django.db import IntegrityError

from dashboard import catalog, history, stores, watching
from dashboard.history.book import Book, book_of
from dashboard.history.keeper import Keeper
from dashboard.history.models import Duty, Version
from dashboard.history.places import Scope
from dashboard.keyed import digest_of_key
from storage_core import open_storage
from tests.dashboard.history.conftest import KARMA, TEAM, mark, versions, when
from tests.waiting import until


async def test_what_a_marked_key_holds_is_kept_when_the_mark_is_set(kept):
    await kept.set(TEAM, b"one")
    await mark()
    await when(b"one")


async def test_what_the_bot_writes_under_a_marked_key_is_kept(kept):
    await mark(Scope.of_key(TEAM))
    for count, value in enumerate((b"one", b"two", b"one"), 1):
        await kept.set(TEAM, value)
        await until(lambda count=count: has(count))
    assert await versions() == [b"one", b"two", b"one"]


async def has(count: int) -> bool:
    return len(await versions()) == count


async def test_nothing_is_kept_of_keys_that_are_not_marked(kept):
    await mark(Scope(KARMA))
    await kept.set(TEAM, b"one")
    await kept.set(f"{KARMA}:mina", b"7")
    await when(b"7", key=f"{KARMA}:mina")
    assert await versions() == []


async def test_a_deletion_is_a_version(kept):
    await kept.set(TEAM, b"one")
    await mark()
    await when(b"one")
    await kept.delete(TEAM)
    await when(b"one", "gone")


async def test_the_expiry_is_kept_with_the_bytes(kept):
    await mark()
    await kept.set(TEAM, b"one", 500)
    await when(b"one")
    (stored,) = await kept.fetch([TEAM])
    version = await Version.objects.aget()
    assert version.expires_at == pytest.approx(stored.expires_at, abs=1)
    assert version.expires_at - version.seen_at.timestamp() == pytest.approx(500, abs=3)


async def test_the_same_bytes_with_another_expiry_are_the_same_version(kept):
    await mark()
    await kept.set(TEAM, b"one", 500)
    await when(b"one")
    await kept.set(TEAM, b"one", 900)

    async def is_later() -> bool:
        version = await Version.objects.aget()
        return version.expires_at - version.seen_at.timestamp() > 800

    await until(is_later)


async def test_what_is_too_large_is_told_and_not_kept(kept):
    await mark(largest=10)
    await kept.set(TEAM, b"x" * 11)
    await when("large")
    assert (await Version.objects.aget()).size == 11


async def test_a_key_that_is_written_all_the_time_costs_a_few_readings(kept):
    await mark()
    await kept.set(TEAM, b"first")
    await when(b"first")
    for number in range(400):
        await kept.set(TEAM, b"%d" % number)
        await asyncio.sleep(0.001)

    async def is_settled() -> bool:
        return (await versions())[-1] == b"399"

    await until(is_settled)
    found = [one async for one in Version.objects.order_by("number")]
    assert len(found) < 60
    assert sum(one.missed for one in found) > 0


async def test_what_changed_while_nobody_watched_is_one_version(bot):
    await bot.set(TEAM, b"one")
    await until(lambda: catalog.of("prod").row(TEAM) is not None)
    async with history.run():
        await mark()
        await when(b"one")
    for value in (b"two", b"6"):
        await bot.set(TEAM, value)
    await until(lambda: catalog.of("prod").row(TEAM).size == 1)
    async with history.run():
        await when(b"one", b"6")
    newest = await Version.objects.aget(until=None)
    assert newest.is_found


async def test_a_key_that_went_while_nobody_watched_is_gone(bot):
    await bot.set(TEAM, b"one")
    await until(lambda: catalog.of("prod").row(TEAM) is not None)
    async with history.run():
        await mark()
        await when(b"one")
    await bot.delete(TEAM)
    await until(lambda: catalog.of("prod").row(TEAM) is None)
    async with history.run():
        await when(b"one", "gone")


async def test_of_two_processes_one_reads_and_no_version_is_kept_twice(kept):
    """A keeper of another process, with marks and a duty of its own."""
    await mark()
    await kept.set(TEAM, b"one")
    await when(b"one")
    other = Keeper(stores.get("prod"), catalog.of("prod"), Book("prod"))
    await other.turn()
    assert not other.duty.is_held
    await kept.set(TEAM, b"two")
    await when(b"one", b"two")
    assert len(other.waiting) == 0


async def test_another_process_takes_over_when_the_first_was_killed(bot):
    await bot.set(TEAM, b"one")
    await mark()
    await until(lambda: catalog.of("prod").row(TEAM) is not None)
    await Duty.objects.acreate(store="prod", holder="killed", until="2026-01-01T00:00Z")
    keeper = Keeper(stores.get("prod"), catalog.of("prod"), book_of("prod"))
    await keeper.turn()
    assert await versions() == [b"one"]


async def test_while_the_database_refuses_the_change_waits(bot):
    """The number of the next version is taken, as when two processes keep at the same time."""
    await bot.set(TEAM, b"one")
    one = await mark()
    facts = {"mark": one, "store": "prod", "key": TEAM.encode(), "number": 1, "state": "held"}
    facts |= {"at": one.since, "until": one.since, "seen_at": one.since, "size": 0, "octets": 0}
    taken = await Version.objects.acreate(**facts, key_digest=digest_of_key(TEAM))
    keeper = Keeper(stores.get("prod"), catalog.of("prod"), book_of("prod"))
    keeper.waiting.note(TEAM, one.since.timestamp(), 3)
    with pytest.raises(IntegrityError):
        await keeper.keep(stores.get("prod").browsable, [TEAM])
    assert keeper.waiting.keys[TEAM].count == 3
    await taken.adelete()
    await keeper.keep(stores.get("prod").browsable, [TEAM])
    assert await versions() == [b"one"]


async def test_what_a_bot_writes_to_a_file_or_to_redis_is_kept(store_url, settings, tables):
    settings.CUBBYHOLE_STORES = {"prod": store_url}
    async with watching.run(), history.run(), open_storage(store_url) as bots:
        await until(lambda: catalog.of("prod").progress.state == "ready")
        await mark()
        await bots.set(TEAM, b"one", 900)
        await when(b"one")
        await bots.set(TEAM, b"two")
        await when(b"one", b"two")
        await bots.delete(TEAM)
        await when(b"one", b"two", "gone")
    first = await Version.objects.aget(number=1)
    assert first.expires_at == pytest.approx(first.at.timestamp() + 900, abs=3)


async def test_after_a_flood_what_was_lost_is_found(bot):
    """More keys changed than can wait: the one that did not get in is looked at afterwards."""
    await bot.set(TEAM, b"one")
    await mark()
    await until(lambda: catalog.of("prod").row(TEAM) is not None)
    keeper = Keeper(stores.get("prod"), catalog.of("prod"), book_of("prod"))
    await keeper.turn()
    await bot.set(TEAM, b"two")
    keeper.waiting.lost = True

    async def is_found() -> bool:
        await keeper.turn()
        return await versions() == [b"one", b"two"]

    await until(is_found)


async def test_even_two_processes_that_keep_at_once_keep_each_version_once(bot):
    """As when one was believed dead and was only slow."""
    await bot.set(TEAM, b"one")
    await mark()
    storage = stores.get("prod").browsable
    keepers = [Keeper(stores.get("prod"), catalog.of("prod"), Book("prod")) for _ in range(2)]
    for value in (b"one", b"two", b"one"):
        await bot.set(TEAM, value)
        for keeper in keepers:
            await keeper.book.load()
            keeper.waiting.note(TEAM, keeper.clock())
        await asyncio.gather(*(keeper.keep(storage, [TEAM]) for keeper in keepers))
    assert await versions() == [b"one", b"two", b"one"]
