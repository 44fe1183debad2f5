"""What goes wrong with a store is a state, and ends with a catalog that is true again."""

import asyncio
import sqlite3
from contextlib import closing

from dashboard import marks
from storage_core import open_storage
from tests.dashboard.watching.conftest import bot, is_true, picture_in, run_bot
from tests.waiting import until

KEY = "acme.plugins.Karma:alice"


async def test_a_flush_empties_the_catalog(watch, redis_url, redis_server):
    await run_bot(redis_url, "fill", "1500")
    watcher = await watch(redis_url)
    redis_server.command("FLUSHALL")
    await until(lambda: watcher.catalog.totals().keys == 0, seconds=3)
    assert watcher.catalog.recent()[0].verb == "removed"


async def test_a_killed_server_is_down_and_what_it_lost_is_gone(watch, own_redis, ear):
    await run_bot(own_redis.url, "fill", "500")
    watcher = await watch(own_redis.url)
    watcher.hub.subscribe(marks.store_topic("test"), ear)
    own_redis.kill()
    await until(lambda: watcher.store.status.state == "down", seconds=2)
    assert ear.heard
    assert watcher.catalog.totals().keys == 500
    own_redis.start()
    await until(lambda: watcher.store.status.state == "up")
    await until(lambda: watcher.catalog.totals().keys == 0)


async def test_a_server_that_does_not_answer_is_down_until_it_does(watch, own_redis):
    watcher = await watch(own_redis.url)
    await until(lambda: watcher.store.status.state == "up")
    own_redis.pause()
    await until(lambda: watcher.store.status.state == "down")
    own_redis.resume()
    await until(lambda: watcher.store.status.state == "up")
    await run_bot(own_redis.url, "write", KEY)
    await until(lambda: watcher.catalog.row(KEY))


async def test_a_server_that_comes_late_is_watched_from_then_on(watch, own_redis):
    own_redis.kill()
    watcher = await watch(own_redis.url, until_ready=False)
    await until(lambda: watcher.store.status.state == "down")
    own_redis.start()
    await run_bot(own_redis.url, "write", KEY)
    await until(lambda: watcher.catalog.row(KEY))


async def test_ten_thousand_changes_with_a_killed_feed_end_equal_to_the_store(watch, own_redis):
    watcher = await watch(own_redis.url)
    async with bot(own_redis.url, "scramble", "10000", "7") as process:
        while process.returncode is None:
            await asyncio.to_thread(own_redis.command, "CLIENT", "KILL", "TYPE", "pubsub")
            await asyncio.sleep(0.2)
    await until(lambda: is_true(watcher), seconds=4)
    assert picture_in(watcher.catalog)
    assert watcher.store.status.state == "up"


async def test_what_was_missed_shows_as_changed_and_what_was_known_is_kept(watch, own_redis):
    async with open_storage(own_redis.url) as backend:
        await backend.set("kept", b"1")
        await backend.set("lost", b"1")
        watcher = await watch(own_redis.url)
        await backend.set("kept", b"22")
        await until(lambda: watcher.catalog.row("kept").changed_at)
        before = watcher.catalog.row("kept")
        index, read = watcher.catalog.index, watcher.catalog.progress.finished_at
        own_redis.command("CLIENT", "KILL", "TYPE", "pubsub")
        await backend.delete("lost")
        await until(lambda: watcher.catalog.progress.finished_at != read)
        assert watcher.catalog.index is index, "A second picture would take as much memory again."
    assert watcher.catalog.row("kept") == before
    await until(lambda: watcher.catalog.row("lost") is None)


async def test_a_file_that_is_locked_is_down_and_recovers(watch, tmp_path):
    with closing(sqlite3.connect(tmp_path / "bot.db")) as stock:  # as a stock bot makes it
        stock.execute(
            "CREATE TABLE sm_storage"
            " (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires_at INTEGER)"
        )
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    watcher = await watch(url)
    lock = "import sqlite3,sys;c=sqlite3.connect(sys.argv[1]);c.execute('BEGIN EXCLUSIVE');input()"
    process = await asyncio.create_subprocess_exec(
        "python3", "-c", lock, str(tmp_path / "bot.db"), stdin=asyncio.subprocess.PIPE
    )
    try:
        await until(lambda: watcher.store.status.state == "down", seconds=10)
        process.stdin.write(b"\n")
    finally:
        process.stdin.close()
        await process.wait()
    await until(lambda: watcher.store.status.state == "up")
    await run_bot(url, "write", "other")
    await until(lambda: watcher.catalog.row("other"))


async def test_a_file_in_the_place_of_another_is_watched_from_then_on(watch, tmp_path):
    old, new = tmp_path / "bot.db", tmp_path / "new.db"
    await run_bot(f"sqlite:///{old}?create=1", "write", "old")
    await run_bot(f"sqlite:///{new}?create=1", "write", "new")
    watcher = await watch(f"sqlite:///{old}")
    assert watcher.catalog.row("old")
    for name in ("-wal", "-shm"):
        (tmp_path / f"bot.db{name}").unlink(missing_ok=True)
    new.replace(old)
    await until(lambda: watcher.catalog.row("new"))
    await until(lambda: watcher.catalog.row("old") is None)
    assert watcher.store.status.state == "up"
    await run_bot(f"sqlite:///{old}", "write", KEY)
    await until(lambda: watcher.catalog.row(KEY))
