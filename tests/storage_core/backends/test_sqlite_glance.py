"""What is read on the event loop's own connection: of this moment, and let go at once."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from storage_core.backends.sqlite import SQLiteStorage

REPLACE = "INSERT OR REPLACE INTO sm_storage (key, value) VALUES ('key', ?)"


@pytest.fixture
async def store(sqlite_path: str) -> AsyncIterator[SQLiteStorage]:
    async with SQLiteStorage({"SQLITE_PATH": sqlite_path}) as opened:
        await opened.set("key", b"old")
        yield opened


async def test_it_sees_in_the_next_turn_what_another_process_has_written(
    store: SQLiteStorage, sqlite_path: str
) -> None:
    with closing(sqlite3.connect(sqlite_path, isolation_level=None)) as bot:
        for number in range(20):
            await asyncio.gather(*(store.get("key") for _ in range(10)))
            bot.execute(REPLACE, (b"%d" % number,))
            await asyncio.sleep(0)
            assert await store.get("key") == b"%d" % number


async def test_it_reads_what_it_has_just_written(store: SQLiteStorage) -> None:
    for number in range(20):
        assert await store.get("key") is not None
        await store.set("key", b"%d" % number)
        assert await store.get("key") == b"%d" % number


async def test_what_it_read_together_keeps_no_lock(store: SQLiteStorage, sqlite_path: str) -> None:
    await asyncio.gather(*(store.get("key") for _ in range(10)))
    await asyncio.sleep(0)
    with closing(sqlite3.connect(sqlite_path, timeout=0)) as other:
        [(is_busy, _, _)] = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        assert not is_busy


async def test_a_turn_that_lasts_sees_what_is_written_meanwhile(
    store: SQLiteStorage, sqlite_path: str
) -> None:
    """A task that never waits keeps the loop in one turn for ever."""
    loop = asyncio.get_running_loop()
    assert await store.get("key") == b"old"
    with closing(sqlite3.connect(sqlite_path, isolation_level=None)) as bot:
        bot.execute(REPLACE, (b"new",))
    deadline = loop.time() + 20
    while await store.get("key") == b"old":
        assert loop.time() < deadline
