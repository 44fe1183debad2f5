"""The catalog of a watched store follows what bots in other processes do to it."""

import gc

import pytest

from dashboard import marks
from dashboard.watching import following
from storage_core.abc import MachineBaseStorage
from storage_core.backends.memory import MemoryStorage
from storage_core.exceptions import UnsupportedByBackend
from tests.dashboard.watching.conftest import bot, is_true, picture_in, run_bot
from tests.waiting import until

KEY = "acme.plugins.Karma:alice"


class PlainStorage(MachineBaseStorage):
    """A backend with what a bot needs and no more."""

    async def get(self, key):
        return None

    async def set(self, key, value, expires=None):
        pass

    async def delete(self, key):
        pass

    async def has(self, key):
        return False

    async def size(self):
        return 0


class FeedlessStorage(MemoryStorage):
    """A backend that can be listed, but tells nothing."""

    async def changes(self):
        raise UnsupportedByBackend("No feed here.")
        yield


async def test_the_first_scan_finds_what_is_there(watch, store_url):
    await run_bot(store_url, "fill", "2500")
    watcher = await watch(store_url)
    totals = watcher.catalog.totals()
    assert (totals.keys, totals.described) == (2500, 2500)
    assert watcher.catalog.progress.counted == 2500
    assert await is_true(watcher)


async def test_the_garbage_collector_is_spared_a_large_picture(watch, redis_url, monkeypatch):
    monkeypatch.setattr(following, "MANY_KEYS", 100)
    await run_bot(redis_url, "fill", "200")
    gc.unfreeze()
    try:
        watcher = await watch(redis_url)
        await until(gc.get_freeze_count)
        keys = next(iter(watcher.catalog.index.sections.values())).keys
        assert not any(one is keys for one in gc.get_objects())
    finally:
        gc.unfreeze()


async def test_a_write_by_another_process_is_seen(watch, store_url):
    watcher = await watch(store_url)
    await run_bot(store_url, "write", KEY, "12", "600")
    await until(lambda: watcher.catalog.row(KEY))
    row = watcher.catalog.row(KEY)
    assert row.size == 12
    assert row.expires_at is not None
    assert row.changed_at is not None
    assert watcher.catalog.recent()[0].verb == "written"
    assert watcher.catalog.namespace("acme.plugins.Karma").writes_last_minute == 1


async def test_a_deletion_by_another_process_is_seen(watch, store_url):
    await run_bot(store_url, "write", KEY)
    watcher = await watch(store_url)
    await run_bot(store_url, "delete", KEY)
    await until(lambda: watcher.catalog.row(KEY) is None)
    assert watcher.catalog.recent()[0][::2] == (KEY, "removed")
    assert watcher.catalog.namespaces() == []


async def test_an_entry_that_expires_leaves_the_catalog(watch, store_url):
    watcher = await watch(store_url)
    await run_bot(store_url, "write", KEY, "3", "1")
    await until(lambda: watcher.catalog.row(KEY))
    await until(lambda: watcher.catalog.row(KEY) is None, seconds=30)


async def test_an_entry_that_was_there_before_expires_too(watch, store_url):
    await run_bot(store_url, "write", KEY, "3", "5")
    watcher = await watch(store_url)
    assert watcher.catalog.row(KEY)
    await until(lambda: watcher.catalog.row(KEY) is None, seconds=30)


async def test_a_change_marks_its_key_its_namespace_and_its_store_and_no_other(
    watch, store_url, ear
):
    watcher = await watch(store_url)
    stale = {
        marks.key_topic("test", KEY),
        marks.namespace_topic("test", "acme.plugins.Karma"),
        marks.store_topic("test"),
    }
    for topic in [
        *stale,
        marks.key_topic("test", "other"),
        marks.namespace_topic("test", None),
        marks.store_topic("other"),
    ]:
        watcher.hub.subscribe(topic, ear)
    ear.heard.clear()
    await run_bot(store_url, "write", KEY)
    await until(lambda: set(ear.heard) == stale)


async def test_a_store_that_cannot_be_listed_says_so(watch):
    watcher = await watch(f"class:{__name__}.PlainStorage")
    assert watcher.catalog.progress.state == "unlisted"
    await until(lambda: watcher.store.status.state == "up")


async def test_a_store_without_a_feed_is_scanned_again(watch):
    watcher = await watch(f"class:{__name__}.FeedlessStorage")
    await watcher.store.backend.set(KEY, b"new")
    await until(lambda: watcher.catalog.row(KEY), seconds=30)
    await watcher.store.backend.delete(KEY)
    await until(lambda: watcher.catalog.row(KEY) is None, seconds=30)


async def test_ten_thousand_changes_end_equal_to_the_store(watch, store_url):
    watcher = await watch(store_url)
    await run_bot(store_url, "scramble", "10000", "1")
    await until(lambda: is_true(watcher), seconds=30)
    assert picture_in(watcher.catalog)


async def test_it_ends_equal_to_the_store_when_it_starts_amid_changes(watch, store_url):
    await run_bot(store_url, "fill", "3000")
    async with bot(store_url, "scramble", "6000", "2") as process:
        watcher = await watch(store_url, until_ready=False)
        await process.wait()
    await until(lambda: is_true(watcher), seconds=30)


async def test_no_write_is_invented_when_everything_was_deleted_before(watch, own_redis):
    await run_bot(own_redis.url, "spread", "20", "300")
    watcher = await watch(own_redis.url)
    own_redis.command("FLUSHALL")
    await until(lambda: not watcher.catalog.totals().keys, seconds=30)
    await run_bot(own_redis.url, "spread", "20", "300")
    await until(lambda: is_true(watcher), seconds=30)
    rows = watcher.catalog.namespaces()
    assert {row.namespace: row.writes_last_minute for row in rows} == {
        f"acme.plugins.Space{number}": 300 for number in range(20)
    }


async def test_a_deletion_is_a_change_but_no_write(watch, store_url):
    await run_bot(store_url, "write", KEY)
    await run_bot(store_url, "write", f"{KEY}2")
    watcher = await watch(store_url)
    await run_bot(store_url, "delete", KEY)
    await until(lambda: watcher.catalog.row(KEY) is None)
    row = watcher.catalog.namespace("acme.plugins.Karma")
    assert row.changed_at is not None
    assert row.writes_last_minute == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["FLUSHALL"], "keyspace notifications"),
        (["CONFIG", "SET", "notify-keyspace-events", ""], "again and again"),
    ],
)
async def test_it_ends_equal_to_a_store_whose_notifications_fail(watch, own_redis, words, said):
    own_redis.command("CONFIG", "SET", "notify-keyspace-events", "AKE")
    own_redis.command("ACL", "SETUSER", "default", "-client|tracking")
    await run_bot(own_redis.url, "spread", "4", "300")
    watcher = await watch(own_redis.url)
    assert "keyspace notifications" in watcher.store.feed
    own_redis.command(*words)
    await run_bot(own_redis.url, "fill", "50")
    await until(lambda: is_true(watcher), seconds=30)
    assert watcher.catalog.namespace("acme.plugins.Fill").keys == 50
    assert said in watcher.store.feed


async def test_no_write_is_counted_twice_that_the_feed_names_while_it_is_looked_over(
    watch, own_redis
):
    own_redis.command("CONFIG", "SET", "notify-keyspace-events", "AKE")
    own_redis.command("ACL", "SETUSER", "default", "-client|tracking")
    await run_bot(own_redis.url, "spread", "20", "300")
    watcher = await watch(own_redis.url)
    own_redis.command("FLUSHALL")  # which is noticed amid the writes that follow
    await run_bot(own_redis.url, "spread", "20", "300")
    await until(lambda: is_true(watcher), seconds=30)
    own_redis.command("SET", "SM:last", "x")
    await until(lambda: watcher.catalog.row("last"), seconds=30)
    rows = watcher.catalog.namespaces()
    assert {row.writes_last_minute for row in rows} == {300}
